package sqs

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// target returns the queue of an ARN.
func (s *Service) target(arn aws.ARN) (q queue, err error) {
	p, ok := arn.Parse()
	if !ok || p.Service != "sqs" {
		return queue{}, errNoQueue()
	}
	err = s.DB.View(func(tx *store.Tx) error {
		q, err = s.get(tx, p.Scope, p.Resource)
		return err
	})
	return q, err
}

// Check implements deliver.Receiver.
func (s *Service) Check(_ *aws.Call, arn aws.ARN) error {
	_, err := s.target(arn)
	return err
}

// Receive implements deliver.Receiver: it sends the payload as a message, with
// the event's attributes, if the queue's policy lets the sender.
func (s *Service) Receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	err := s.receiveEvent(ctx, c, e)
	if _, refused := errors.AsType[*aws.Error](err); refused {
		return deliver.Permanent(err)
	}
	return err
}

func (s *Service) receiveEvent(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	q, err := s.target(e.Target)
	if err != nil {
		return err
	}
	a, err := s.access(&q, "SendMessage")
	if err != nil {
		return err
	}
	if !s.Authorizer.Allowed(ctx, c, a) {
		return errAccessDenied(a.Action, q.arn())
	}
	in := &body{MessageBody: string(e.Payload)}
	for name, v := range e.Attributes {
		if in.MessageAttributes == nil {
			in.MessageAttributes = map[string]MessageAttributeValue{}
		}
		a := MessageAttributeValue{DataType: cmp.Or(e.Types[name], "String"), StringValue: v}
		if strings.HasPrefix(a.DataType, "Binary") {
			if a.BinaryValue, err = base64.StdEncoding.DecodeString(v); err != nil {
				return errContents()
			}
			a.StringValue = ""
		}
		in.MessageAttributes[name] = a
	}
	size, err := in.check()
	if err != nil {
		return err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		q, err := s.same(tx, &q)
		if err != nil {
			return err
		}
		_, err = s.send(tx, c, &q, in, size)
		return err
	})
	if err == nil {
		s.sent(&q, size)
	}
	return err
}
