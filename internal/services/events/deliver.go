package events

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// encode writes JSON as AWS does: with the characters of HTML as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Deliveries are tried for a day unless the target says otherwise.
const (
	defaultAttempts = 185
	defaultAge      = 24 * time.Hour
	firstPause      = time.Second
	longestPause    = 10 * time.Minute
)

func (t *Target) retry() deliver.Retry {
	r := deliver.Retry{Attempts: 1 + defaultAttempts, Age: defaultAge, First: firstPause, Longest: longestPause}
	if p := t.RetryPolicy; p != nil {
		if p.MaximumRetryAttempts != nil {
			r.Attempts = 1 + int(*p.MaximumRetryAttempts)
		}
		if p.MaximumEventAgeInSeconds != nil {
			r.Age = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
		}
	}
	return r
}

// trigger sends an event to the targets of a rule.
func (s *Service) trigger(tx *store.Tx, r *rule, e *event, text []byte) error {
	now := s.Clock.Now()
	for i := range r.Targets {
		t := &r.Targets[i]
		payload, err := t.payload(r, text, now)
		if err != nil {
			return err
		}
		m := &deliver.Message{
			Event: deliver.Event{
				ID: e.ID + "/" + r.Bus + "/" + r.Name + "/" + t.Id, Target: aws.ARN(t.Arn), Payload: payload,
				Scope: r.scope, Service: hostName, Source: r.arn(),
			},
			Sent: now, Retry: t.retry(),
		}
		if t.DeadLetterConfig != nil {
			m.DeadLetter = aws.ARN(t.DeadLetterConfig.Arn)
		}
		if err := s.queue.Send(tx, m); err != nil {
			return err
		}
	}
	at, name := r.scope, r.Name
	tx.OnCommit(func() { s.measure(at, name, "TriggeredRules") })
	return nil
}

// deliver hands an event to its target, once.
func (s *Service) deliver(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	err := s.Targets.Deliver(ctx, c, e)
	if err == nil {
		s.measure(e.Scope, ruleOf(e.Source), "Invocations")
	}
	return err
}

// gaveUp tells the dead-letter queue, whose message carries attributes, why.
func (s *Service) gaveUp(m *deliver.Message, err error) {
	name := ruleOf(m.Event.Source)
	s.measure(m.Event.Scope, name, "Invocations")
	s.measure(m.Event.Scope, name, "FailedInvocations")
	code, message, condition := "SDK_CLIENT_ERROR", err.Error(), "MaximumRetryAttempts"
	if refused, ok := errors.AsType[*aws.Error](err); ok {
		code, message = refused.Code, refused.Message
		if refused.Status == 403 {
			code = "NO_PERMISSIONS"
		}
	}
	if errors.Is(err, deliver.ErrTooOld) || m.Retry.Attempts == 0 {
		condition = "MaximumEventAgeInSeconds"
	}
	m.Event.Attributes = map[string]string{
		"RULE_ARN": string(m.Event.Source), "TARGET_ARN": string(m.Event.Target), "ERROR_CODE": code, "ERROR_MESSAGE": cmp.Or(message, "-"),
		"EXHAUSTED_RETRY_CONDITION": condition,
		"RETRY_ATTEMPTS":            strconv.Itoa(max(m.Retry.Attempts-1, 0)),
	}
	m.Event.Types = map[string]string{"RETRY_ATTEMPTS": "Number"}
	if m.DeadLetter != "" {
		s.measure(m.Event.Scope, name, "InvocationsSentToDlq")
	}
}

// target returns the bus of an ARN.
func (s *Service) target(arn aws.ARN) (b bus, err error) {
	p, ok := arn.Parse()
	at, name := locate(p.Scope, string(arn))
	if !ok || p.Service != "events" || busARN(at, name) != arn {
		return bus{}, errNoBus(string(arn))
	}
	err = s.DB.View(func(tx *store.Tx) error {
		b, err = s.bus(tx, at, name)
		return err
	})
	return b, err
}

// Check implements deliver.Receiver.
func (s *Service) Check(_ *aws.Call, arn aws.ARN) error {
	_, err := s.target(arn)
	return err
}

// Receive implements deliver.Receiver. The payload is an event; what it lacks
// of who sent it, when and under which id is filled in. Events of the bus'
// own account may come in, others if the bus' policy lets them.
func (s *Service) Receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	err := s.receive(ctx, c, e)
	if _, refused := errors.AsType[*aws.Error](err); refused {
		return deliver.Permanent(err)
	}
	return err
}

func (s *Service) receive(ctx context.Context, c *aws.Call, sent *deliver.Event) error {
	b, err := s.target(sent.Target)
	if err != nil {
		return err
	}
	if sent.Scope.Account != b.scope.Account {
		a, err := s.access(&b, "events:PutEvents")
		if err != nil {
			return err
		}
		asAccount := *c
		asAccount.Principal = &aws.Principal{
			Kind: aws.Root, Account: sent.Scope.Account, ID: string(sent.Scope.Account), ARN: aws.MakeARN("iam", aws.Scope{Account: sent.Scope.Account}, "root"),
		}
		if !s.Authorizer.Allowed(ctx, &asAccount, a) {
			return errAccessDenied(b.arn())
		}
	}
	var e event
	if json.Unmarshal(sent.Payload, &e) != nil || e.Source == "" || e.DetailType == "" || len(e.Detail) == 0 {
		return errValidation("The payload is not an event.")
	}
	e.Version = "0"
	e.ID = cmp.Or(e.ID, s.IDs.UUID())
	e.Account = cmp.Or(e.Account, string(sent.Scope.Account))
	e.Region = cmp.Or(e.Region, string(sent.Scope.Region))
	e.Time = cmp.Or(e.Time, eventTime(s.Clock.Now()))
	e.Resources = append([]string{}, e.Resources...)
	return s.DB.Update(func(tx *store.Tx) error { return s.match(tx, b.scope, b.Name, &e) })
}
