package logs

import (
	"context"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// An Authorizer decides whether another service may write to a group.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// target returns the group of an ARN.
func (s *Service) target(arn aws.ARN) (p aws.ARNParts, g group, err error) {
	p, ok := arn.Parse()
	if !ok || p.Service != "logs" || !strings.HasPrefix(p.Resource, "log-group:") {
		return p, g, errNoGroup()
	}
	err = s.DB.View(func(tx *store.Tx) error {
		g, err = s.find(tx, p.Scope, nameOf(string(arn)))
		return err
	})
	return p, g, err
}

// Check implements deliver.Receiver.
func (s *Service) Check(_ *aws.Call, arn aws.ARN) error {
	_, _, err := s.target(arn)
	return err
}

// Receive implements deliver.Receiver: it logs the payload in a stream of the
// sender's, if one of the account's policies lets it.
func (s *Service) Receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	err := s.receive(ctx, c, e)
	if _, refused := errors.AsType[*aws.Error](err); refused {
		return deliver.Permanent(err)
	}
	return err
}

func (s *Service) receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	p, g, err := s.target(e.Target)
	if err != nil {
		return err
	}
	name := strings.Map(func(r rune) rune {
		if r == ':' || r == '*' {
			return '-'
		}
		return r
	}, e.Source.Resource())
	arn := streamARN(p.Scope, g.Name, name)
	for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
		if err := s.admits(ctx, c, p.Scope, action, arn); err != nil {
			return err
		}
	}
	call := *c
	call.Scope = p.Scope
	err = s.DB.Update(func(tx *store.Tx) error {
		if _, exists := s.streams.Get(tx, p.Scope, g.Name, name); !exists {
			s.streams.Put(tx, p.Scope, stream{Name: name, Created: millis(c.Time)}, g.Name, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.putLogEvents(ctx, &call, &PutLogEventsInput{
		LogGroupName: g.Name, LogStreamName: name, LogEvents: []InputLogEvent{{Message: string(e.Payload), Timestamp: millis(c.Time)}},
	})
	return err
}

// admits refuses what no policy of the account allows the caller.
func (s *Service) admits(ctx context.Context, c *aws.Call, scope aws.Scope, action string, arn aws.ARN) error {
	var documents []string
	err := s.DB.View(func(tx *store.Tx) error {
		for _, p := range s.policies.All(tx, scope) {
			documents = append(documents, p.Document)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range documents {
		p, err := policy.Parse(d, policy.Resource)
		if err != nil {
			return err
		}
		if s.Authorizer.Allowed(ctx, c, service.Access{Action: action, Resource: arn, ResourcePolicy: p, Owner: scope.Account}) {
			return nil
		}
	}
	return errDenied(action, arn)
}
