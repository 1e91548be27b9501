package appsync

import (
	"context"
	"errors"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/appsyncjs"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// kindCode is the errorType of code that does not work.
const kindCode = "Code"

// runtimeVersion is the only version of APPSYNC_JS.
const runtimeVersion = "1.0.0"

// checkCode refuses code that would not run.
func (s *Service) checkCode(h *Handlers) error {
	if h.Runtime.RuntimeVersion != runtimeVersion {
		return errBadRequest("The runtime version %s is not supported.", h.Runtime.RuntimeVersion)
	}
	if _, err := appsyncjs.Compile(h.Code); err != nil {
		return errCode(err)
	}
	return nil
}

func errCode(err error) error {
	list, ok := errors.AsType[appsyncjs.CodeErrors](err)
	if !ok {
		return err
	}
	return aws.Errorf(http.StatusBadRequest, "BadRequestException", "The code contains one or more errors.").
		With("reason", "CODE_ERROR").With("detail", &BadRequestDetail{CodeErrors: codeErrors(list)})
}

func codeErrors(list appsyncjs.CodeErrors) []CodeError {
	var out []CodeError
	for _, e := range list {
		out = append(out, CodeError{ErrorType: e.Type, Value: e.Value, Location: &CodeErrorLocation{Line: e.Line, Column: e.Column, Span: e.Span}})
	}
	return out
}

// code is a program in JavaScript.
type code struct {
	s       *Service
	program *appsyncjs.Program
	broken  error
}

// newCode makes the program of a resolver in JavaScript.
func (s *Service) newCode(h *Handlers) program {
	p, err := appsyncjs.Compile(h.Code)
	return &code{s: s, program: p, broken: err}
}

func (*code) has(side) bool { return true }

func (p *code) run(ctx context.Context, side side, e *evaluation) (outcome, *raised) {
	if p.broken != nil {
		return outcome{}, raise(kindCode, p.broken.Error())
	}
	res, err := p.program.Evaluate(ctx, e.env(), side.String(), e.ctx)
	e.keep(res.Errors, res.Headers, res.Logs)
	if err != nil {
		return outcome{}, raisedBy(err, kindCode)
	}
	return outcome{value: res.Value, early: res.Early, end: res.SkipTo == "END"}, nil
}

// evaluateCode runs one function of code on a context that the caller made up.
func (s *Service) evaluateCode(ctx context.Context, _ *aws.Call, in *EvaluateCodeInput) (*EvaluateCodeOutput, error) {
	given, err := parseContext(in.Context)
	if err != nil {
		return nil, err
	}
	out := &EvaluateCodeOutput{Logs: []string{}}
	if in.Function == "" {
		in.Function = appsyncjs.Request
	}
	if in.Function != appsyncjs.Request && in.Function != appsyncjs.Response {
		return nil, errBadRequest("The function must be request or response.")
	}
	p, err := appsyncjs.Compile(in.Code)
	if err != nil {
		out.Error = &EvaluateCodeErrorDetail{Message: "The code contains one or more errors."}
		if list, ok := errors.AsType[appsyncjs.CodeErrors](err); ok {
			out.Error.CodeErrors = codeErrors(list)
		}
		return out, nil
	}
	res, err := p.Evaluate(ctx, s.trialEnv(given), in.Function, given)
	for _, l := range res.Logs {
		out.Logs = append(out.Logs, l.Level+" - "+l.Message)
	}
	out.Stash, out.OutErrors = string(appendValue(nil, property(given, "stash"))), outErrors(res.Errors)
	if err != nil {
		out.Error = &EvaluateCodeErrorDetail{Message: err.Error()}
		return out, nil
	}
	out.EvaluationResult = string(appendValue(nil, res.Value))
	return out, nil
}

// parseContext reads the context of an evaluation for trial.
func parseContext(text string) (*vtl.Map, error) {
	v, err := vtl.ParseJSON(text)
	given, ok := v.(*vtl.Map)
	if err != nil || !ok {
		return nil, errBadRequest("The context must be a JSON object.")
	}
	for _, name := range []string{"arguments", "stash"} {
		if v, ok := given.Get(name); !ok || v == nil {
			given.Put(name, vtl.NewMap())
		}
	}
	given.Put("args", property(given, "arguments"))
	return given, nil
}
