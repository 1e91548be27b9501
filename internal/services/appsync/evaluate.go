package appsync

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// evaluateMappingTemplate runs a template on a context that the caller made up.
func (s *Service) evaluateMappingTemplate(ctx context.Context, _ *aws.Call, in *EvaluateMappingTemplateInput) (*EvaluateMappingTemplateOutput, error) {
	given, err := parseContext(in.Context)
	if err != nil {
		return nil, err
	}
	out := &EvaluateMappingTemplateOutput{Logs: []string{}}
	t, err := vtl.Parse("template", in.Template)
	if err != nil {
		out.Error = &ErrorDetail{Message: err.Error()}
		return out, nil
	}
	res, err := t.Execute(ctx, s.trialEnv(given), map[string]any{"ctx": given, "context": given})
	for _, l := range res.Logs {
		out.Logs = append(out.Logs, l.Message)
	}
	out.Stash, out.OutErrors = string(appendValue(nil, property(given, "stash"))), outErrors(res.Errors)
	switch {
	case err != nil:
		out.Error = &ErrorDetail{Message: raisedBy(err, kindTemplate).message}
	case res.Early:
		out.EvaluationResult = string(appendValue(nil, res.Returned))
	default:
		out.EvaluationResult = res.Output
	}
	return out, nil
}

// trialEnv is the world of an evaluation for trial.
func (s *Service) trialEnv(given *vtl.Map) vtl.Env {
	info := property(given, "info")
	name := func(member string) string {
		s, _ := property(info, member).(string)
		return s
	}
	return vtl.Env{
		Now: s.Now, IDs: s.IDs, AuthType: "API Key Authorization", ParentType: name("parentTypeName"), Field: name("fieldName"),
		Extension: func(string, []any) (any, error) { return "", nil },
	}
}

func outErrors(list []vtl.FieldError) string {
	out := vtl.NewList()
	for _, e := range list {
		out.Add(build("message", e.Message, "type", orNull(e.Type), "data", e.Data, "errorInfo", e.Info))
	}
	return string(appendValue(nil, out))
}

// env is the world of a handler of a field's resolver.
func (e *evaluation) env() vtl.Env {
	return vtl.Env{
		Now: e.x.s.Now, IDs: e.x.s.IDs, AuthType: e.x.who.authType(), ParentType: e.field.info.parent.Name, Field: e.field.def.Name,
		Extension: e.extension,
	}
}

// keep takes what a handler leaves behind besides its value.
func (e *evaluation) keep(errors []vtl.FieldError, headers []vtl.Header, logs []vtl.Log) {
	e.appended = append(e.appended, errors...)
	if len(headers) > 0 {
		e.x.mu.Lock()
		e.x.headers = append(e.x.headers, headers...)
		e.x.mu.Unlock()
	}
	e.x.log.told(logs)
}
