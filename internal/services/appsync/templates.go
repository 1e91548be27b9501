package appsync

import (
	"context"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// kindTemplate is the errorType of templates that do not work.
const kindTemplate = "MappingTemplate"

// templates is a program in VTL.
type templates struct {
	sides  [2]*vtl.Template
	broken [2]error
}

func (s *Service) newTemplates(request, response string) *templates {
	t := &templates{}
	for i, text := range []string{request, response} {
		if text != "" {
			t.sides[i], t.broken[i] = vtl.Parse(side(i).String()+" mapping template", text)
		}
	}
	return t
}

func (t *templates) has(side side) bool { return t.sides[side] != nil || t.broken[side] != nil }

func (t *templates) run(ctx context.Context, side side, e *evaluation) (outcome, *raised) {
	if t.broken[side] != nil {
		return outcome{}, raise(kindTemplate, t.broken[side].Error())
	}
	res, err := t.sides[side].Execute(ctx, e.env(), map[string]any{"ctx": e.ctx, "context": e.ctx})
	e.keep(res.Errors, res.Headers, res.Logs)
	if err != nil {
		return outcome{}, raisedBy(err, kindTemplate)
	}
	if res.Early {
		return outcome{value: clone(res.Returned), early: true}, nil
	}
	if strings.TrimSpace(res.Output) == "" {
		return outcome{blank: true}, nil
	}
	v, err := vtl.ParseJSON(res.Output)
	if err != nil {
		return outcome{}, raise(kindTemplate, "Unable to convert "+res.Output+" to class java.lang.Object.")
	}
	return outcome{value: v, text: res.Output}, nil
}

// raisedBy is the error of a handler as its field has it. kind is that of errors
// which it did not raise itself.
func raisedBy(err error, kind string) *raised {
	if thrown, ok := errors.AsType[*vtl.Thrown](err); ok {
		return &raised{kind: thrown.Type, message: thrown.Message, data: clone(thrown.Data), info: clone(thrown.Info)}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return raise("ExecutionTimeout", "Execution timed out.")
	}
	return raise(kind, err.Error())
}
