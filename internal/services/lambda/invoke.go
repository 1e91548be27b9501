package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/service"
)

// The largest events, in bytes.
const (
	maxSync  = runtime.MaxPayload
	maxAsync = 1 << 20
)

const invokeAction = "lambda:InvokeFunction"

// Result is what a function answered.
type Result struct {
	Payload       []byte
	FunctionError string // "", or "Unhandled": Payload describes the error
	Version       string // that was executed
}

// onInvoke authorises against the function, or its qualifier.
func (s *Service) onInvoke(_ context.Context, c *aws.Call, in *InvokeInput) ([]service.Access, error) {
	a, err := s.access(in.name(c))
	a.Action = invokeAction
	return []service.Access{a}, err
}

func (s *Service) invoke(ctx context.Context, c *aws.Call, in *InvokeInput) (*InvokeOutput, error) {
	n := in.name(c)
	payload := in.Payload
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	limit := maxSync
	if in.InvocationType == "Event" {
		limit = maxAsync
	}
	if len(payload) > limit {
		return nil, errTooLarge(len(payload), limit)
	}
	if !json.Valid(payload) {
		return nil, errNotJSON("the payload is not JSON")
	}
	if in.ClientContext != "" {
		text, err := base64.StdEncoding.DecodeString(in.ClientContext)
		if err != nil || !json.Valid(text) {
			return nil, errNotJSON("the client context is not JSON in base64")
		}
		in.ClientContext = string(text)
	}
	switch in.InvocationType {
	case "DryRun":
		_, _, err := s.read(n)
		return &InvokeOutput{StatusCode: http.StatusNoContent}, err
	case "Event":
		return &InvokeOutput{StatusCode: http.StatusAccepted}, s.accept(c, n, payload)
	}
	r, v, err := s.execute(ctx, c.RequestID, n, &event{payload: payload, clientContext: in.ClientContext, trace: in.TraceId, tail: in.LogType == "Tail"})
	if err != nil {
		return nil, err
	}
	out := &InvokeOutput{StatusCode: http.StatusOK, ContentType: "application/json", ExecutedVersion: v.Number, FunctionError: r.Error, Payload: r.Payload}
	if in.LogType == "Tail" {
		out.LogResult = base64.StdEncoding.EncodeToString(r.Tail)
	}
	return out, nil
}

// InvokeAs invokes a function for another service, and waits for its answer.
// c.Principal is who invokes it, and must be let in by its own policies or the
// function's.
func (s *Service) InvokeAs(ctx context.Context, c *aws.Call, function aws.ARN, payload []byte) (Result, error) {
	n := parseName(string(function), c.Scope)
	if err := s.permit(ctx, c, n); err != nil {
		return Result{}, err
	}
	if len(payload) > maxSync {
		return Result{}, errTooLarge(len(payload), maxSync)
	}
	r, v, err := s.execute(ctx, s.IDs.UUID(), n, &event{payload: payload})
	if err != nil {
		return Result{}, err
	}
	return Result{r.Payload, r.Error, v.Number}, nil
}

// permit authorises an invocation that did not come through the gateway.
func (s *Service) permit(ctx context.Context, c *aws.Call, n name) error {
	a, err := s.access(n)
	if err != nil {
		return err
	}
	a.Action = invokeAction
	if !s.Authorizer.Allowed(ctx, c, a) {
		return errDenied(c, invokeAction, n.arn())
	}
	return nil
}
