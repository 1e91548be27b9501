package niebla

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidp"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
)

// triggers are the functions that user pools call.
type triggers struct {
	functions *lambda.Service // set once every service is there
}

// How long a pool waits for a function, and how often it asks one that does
// not answer in time, as AWS does.
const (
	triggerPatience = 5 * time.Second
	triggerAttempts = 3
)

// Check implements cognitoidp.Triggers. Whether the pool may call the function
// is seen when it does: tools give it that right after they made the pool.
func (t *triggers) Check(_ context.Context, c *aws.Call, function, _ aws.ARN) error {
	err := t.functions.Check(c, function)
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return aws.Errorf(http.StatusBadRequest, e.Code, "%s", e.Message) // in Cognito's own form
	}
	return err
}

// Invoke implements cognitoidp.Triggers.
func (t *triggers) Invoke(ctx context.Context, c *aws.Call, function, pool aws.ARN, event []byte) ([]byte, error) {
	own := *c
	own.Principal = &aws.Principal{
		Kind: aws.ServicePrincipal, Account: c.Account, Name: "cognito-idp.amazonaws.com",
		Keys: map[string][]string{"aws:SourceArn": {string(pool)}, "aws:SourceAccount": {string(c.Account)}},
	}
	type answer struct {
		result lambda.Result
		err    error
	}
	for range triggerAttempts {
		answers := make(chan answer, 1)
		go func() {
			r, err := t.functions.InvokeAs(ctx, &own, function, event)
			answers <- answer{r, err}
		}()
		select {
		case a := <-answers:
			if a.err != nil || a.result.FunctionError == "" {
				return a.result.Payload, a.err
			}
			return nil, functionError(a.result.Payload)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(triggerPatience):
		}
	}
	return nil, &cognitoidp.FunctionError{Message: "the function did not answer in time", Crashed: true}
}

// functionError is what became of a function, as it was described.
func functionError(payload []byte) error {
	var e struct {
		ErrorMessage string `json:"errorMessage"`
		ErrorType    string `json:"errorType"`
	}
	if json.Unmarshal(payload, &e) != nil {
		e.ErrorMessage = string(payload)
	}
	return &cognitoidp.FunctionError{
		Message: e.ErrorMessage, Crashed: strings.HasPrefix(e.ErrorType, "Runtime.") || strings.HasPrefix(e.ErrorType, "Sandbox."),
	}
}
