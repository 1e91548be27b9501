package sns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// parcel is a message on its way to one endpoint. It is signed when it is
// delivered, outside of transactions.
type parcel struct {
	Kind         string
	Protocol     string
	Raw          bool
	Subscription string
	Origin       string
	Envelope     envelope
}

// deliver hands a parcel to its endpoint, once.
func (s *Service) deliver(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	var p parcel
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return deliver.Permanent(err)
	}
	err := s.pass(ctx, c, &p, e)
	if err == nil && p.Kind == notification {
		s.notified(p.Envelope.TopicArn)
	}
	return err
}

func (s *Service) pass(ctx context.Context, c *aws.Call, p *parcel, e *deliver.Event) error {
	switch p.Protocol {
	case "http", "https":
		return s.gone(s.post(ctx, p))
	case "email-json":
		return s.gone(s.mailJSON(p))
	}
	opened := *e
	if err := s.open(p, &opened); err != nil {
		return err
	}
	return s.Targets.Deliver(ctx, c, &opened)
}

// gone is no error: nobody wants the message any more.
func (s *Service) gone(err error) error {
	if e, ok := errors.AsType[*aws.Error](err); ok && e.Code == "NotFound" {
		return nil
	}
	return err
}

// open puts what is in a parcel into the event that carries it.
func (s *Service) open(p *parcel, e *deliver.Event) (err error) {
	if p.Raw {
		e.Payload = []byte(p.Envelope.Message)
		for name, a := range p.Envelope.Attributes {
			if e.Attributes == nil {
				e.Attributes, e.Types = map[string]string{}, map[string]string{}
			}
			e.Attributes[name], e.Types[name] = a.Value, a.Type
		}
		return nil
	}
	if err := s.sign(&p.Envelope, p.Origin); err != nil {
		return err
	}
	if p.Protocol == "lambda" {
		e.Payload, err = p.Envelope.forLambda(p.Subscription)
	} else {
		e.Payload, err = encode(p.Envelope)
	}
	return err
}

// bury hands a parcel that was given up to a dead-letter queue.
func (s *Service) bury(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	var p parcel
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return deliver.Permanent(err)
	}
	opened := *e
	p.Protocol = "sqs"
	if err := s.open(&p, &opened); err != nil {
		return err
	}
	return s.Targets.Deliver(ctx, c, &opened)
}

func (s *Service) gaveUp(m *deliver.Message, _ error) { s.failed(string(m.Event.Source)) }

// postTime is how long an endpoint may take to answer.
const postTime = 15 * time.Second

// post sends a parcel over HTTP, if somebody still wants it.
func (s *Service) post(ctx context.Context, p *parcel) error {
	var sub subscription
	err := s.DB.View(func(tx *store.Tx) (err error) {
		sub, _, err = s.find(tx, p.Subscription)
		return err
	})
	if err != nil {
		return err
	}
	h := http.Header{
		"Content-Type":               {"text/plain; charset=UTF-8"},
		"User-Agent":                 {"Amazon Simple Notification Service Agent"},
		"X-Amz-Sns-Message-Type":     {p.Kind},
		"X-Amz-Sns-Message-Id":       {p.Envelope.MessageID},
		"X-Amz-Sns-Topic-Arn":        {p.Envelope.TopicArn},
		"X-Amz-Sns-Subscription-Arn": {p.Subscription},
	}
	if p.Kind == confirmation {
		h.Del("X-Amz-Sns-Subscription-Arn")
	}
	body := []byte(p.Envelope.Message)
	if p.Raw && p.Kind == notification {
		h.Set("X-Amz-Sns-Rawdelivery", "true")
	} else {
		if err := s.sign(&p.Envelope, p.Origin); err != nil {
			return err
		}
		if body, err = encode(p.Envelope); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	status, err := s.Post(ctx, sub.Endpoint, h, body)
	switch {
	case err != nil:
		return err
	case status >= 200 && status < 300:
		return nil
	case status >= 400 && status < 500 && status != http.StatusTooManyRequests:
		return deliver.Permanent(fmt.Errorf("the endpoint answered %d", status))
	}
	return fmt.Errorf("the endpoint answered %d", status)
}

// Check implements deliver.Receiver.
func (s *Service) Check(_ *aws.Call, arn aws.ARN) error {
	_, err := s.read(string(arn))
	return err
}

// Receive implements deliver.Receiver: it publishes the payload, with the
// attribute Subject as its subject, if the topic's policy lets the sender.
func (s *Service) Receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	err := s.receive(ctx, c, e)
	if _, refused := errors.AsType[*aws.Error](err); refused {
		return deliver.Permanent(err)
	}
	return err
}

func (s *Service) receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	t, err := s.read(string(e.Target))
	if err != nil {
		return err
	}
	a, err := s.access(&t, "Publish")
	if err != nil {
		return err
	}
	if strings.HasPrefix(e.Service, "cloudwatch.") {
		// Alarms come in by a topic's default policy.
		a.Keys = map[string][]string{"aws:SourceOwner": {string(e.Scope.Account)}}
	}
	if !s.Authorizer.Allowed(ctx, c, a) {
		return errAccessDenied(a.Action, t.arn())
	}
	n := &notice{Message: string(e.Payload), Subject: e.Attributes["Subject"], email: e.Attributes["Email"]}
	if err := n.check(); err != nil {
		return err
	}
	return s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, string(e.Target))
		if err != nil {
			return err
		}
		return s.spread(tx, &t, s.IDs.UUID(), n)
	})
}
