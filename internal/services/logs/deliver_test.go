package logs

import (
	"context"
	"errors"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
)

// resourcePolicies decides by the policy of the resource alone.
type resourcePolicies struct{}

func (resourcePolicies) Allowed(_ context.Context, c *aws.Call, a service.Access) bool {
	return policy.Decide(&policy.Case{
		Request:        policy.Request{Principal: c.Principal, Action: a.Action, Resource: a.Resource, Keys: func(string) []string { return nil }},
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner,
	}).Allowed
}

func TestReceive(t *testing.T) {
	b := newBench(t)
	b.group("/aws/events/all")
	e := &deliver.Event{
		ID: "1", Target: "arn:aws:logs:eu-west-3:000000000000:log-group:/aws/events/all:*", Payload: []byte(`{"detail":1}`),
		Scope: b.call().Scope, Service: "events.amazonaws.com", Source: "arn:aws:events:eu-west-3:000000000000:rule/r",
	}
	receive := func() error {
		c := b.call()
		c.Principal = e.Principal()
		return b.Receive(context.Background(), c, e)
	}
	if err := b.Check(b.call(), e.Target); err != nil {
		t.Error(err)
	}
	if err := b.Check(b.call(), "arn:aws:logs:eu-west-3:000000000000:log-group:none"); err == nil {
		t.Error("an absent group can receive")
	}
	var refused *aws.Error
	if err := receive(); !errors.As(err, &refused) || refused.Code != "AccessDeniedException" {
		t.Errorf("without a policy: %v", err)
	}
	must(b, b.putResourcePolicy, &PutResourcePolicyInput{PolicyName: "p", PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow",
		"Principal":{"Service":"events.amazonaws.com"},"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:/aws/events/*:*"}}`})
	for range 2 {
		if err := receive(); err != nil {
			t.Fatal(err)
		}
	}
	out := must(b, b.filterLogEvents, &FilterLogEventsInput{LogGroupName: "/aws/events/all"})
	if len(out.Events) != 2 || out.Events[0].Message != `{"detail":1}` || out.Events[0].LogStreamName != "rule/r" {
		t.Errorf("logged %+v", out.Events)
	}
}
