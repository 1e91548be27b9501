package appsync

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/store"
)

// resolver is the compiled form of a resolver.
type resolver struct {
	name     string // Type.field
	unit     *step  // or
	pipeline []*step
	around   program // before and after a pipeline
	broken   string  // why it cannot work, or ""
}

// step is a data source with what is run before and after it.
type step struct {
	function string // its id, or "" of a resolver's own
	name     string // of the function
	program  program
	source   *source
	direct   bool // a Lambda function gets the context itself
	batch    int  // of BatchInvoke without a program
	broken   string
}

// source is the compiled form of a data source.
type source struct {
	name string
	DataSourceSettings
	role aws.ARN
}

type compiler struct {
	s         *Service
	tx        *store.Tx
	api       *api
	sources   map[string]*source
	functions map[string]*step
}

func (c *compiler) source(name string) *source {
	if d := c.sources[name]; d != nil {
		return d
	}
	r, ok := c.s.sources.Get(c.tx, c.api.scope, c.api.id, name)
	if !ok {
		return nil
	}
	d := &source{name: name, DataSourceSettings: r.Settings, role: aws.ARN(r.Settings.ServiceRoleArn)}
	c.sources[name] = d
	return d
}

func (c *compiler) resolver(r *resolverRecord) *resolver {
	out := &resolver{name: r.Type + "." + r.Field}
	if r.Settings.Kind == kindUnit {
		out.unit = c.step(&r.Settings.Handlers)
		return out
	}
	out.around = c.s.program(&r.Settings.Handlers)
	if r.Settings.PipelineConfig == nil {
		return out
	}
	for _, id := range r.Settings.PipelineConfig.Functions {
		st := c.functions[id]
		if st == nil {
			f, ok := c.s.functions.Get(c.tx, c.api.scope, c.api.id, id)
			if !ok {
				out.broken = "Function " + id + " not found"
				return out
			}
			st = c.step(&f.Settings.Handlers)
			st.function, st.name = f.ID, f.Settings.Name
			c.functions[id] = st
		}
		out.pipeline = append(out.pipeline, st)
	}
	return out
}

func (c *compiler) step(h *Handlers) *step {
	st := &step{program: c.s.program(h), source: c.source(h.DataSourceName)}
	if h.MaxBatchSize != nil {
		st.batch = int(*h.MaxBatchSize)
	}
	if st.source == nil {
		st.broken = "Data source " + h.DataSourceName + " not found"
		return st
	}
	st.direct = st.source.Type == sourceLambda && !st.program.has(before)
	return st
}

// program makes what a resolver or function runs.
func (s *Service) program(h *Handlers) program {
	if h.Runtime != nil {
		return s.newCode(h)
	}
	return s.newTemplates(h.RequestMappingTemplate, h.ResponseMappingTemplate)
}

// resolve runs the resolver of a field for each of its parents.
func (x *execution) resolve(f *field, parents []parent, items []item) {
	r := f.info.resolver
	limit := int64(maxResolvers)
	if l := x.api.settings.ResolverCountLimit; l != nil && *l > 0 {
		limit = int64(*l)
	}
	start := func(i int) *turn {
		e, err := x.newEvaluation(f, parents[i].value, items[i].path)
		switch {
		case err != nil:
			return &turn{raised: raise("", err.Error())}
		case x.resolvers.Add(1) > limit:
			return &turn{raised: raise("ResolverExecutionLimitReached", "The maximum number of resolvers was invoked.")}
		}
		return &turn{e: e}
	}
	end := func(i int, t *turn) {
		if t.e != nil {
			t.e.logField(t.raised != nil || len(t.e.appended) > 0)
			for _, a := range t.e.appended {
				x.fail(x.fieldError(f, items[i].path, a.Type, a.Message, x.visible(f, clone(a.Data)), clone(a.Info)))
			}
		}
		if t.raised != nil {
			x.failField(f, &items[i], t.raised)
			return
		}
		items[i].value = t.out.value
	}
	if r.unit.batches() {
		turns := make([]*turn, len(parents))
		for i := range turns {
			turns[i] = start(i)
		}
		x.runBatch(r.unit, turns)
		for i, t := range turns {
			end(i, t)
		}
		return
	}
	spread(len(parents), func(i int) {
		t := start(i)
		if t.raised == nil {
			t.out.value, t.raised = x.runResolver(r, t.e)
		}
		end(i, t)
	})
}

// failField notes the error that a field has instead of a value.
func (x *execution) failField(f *field, it *item, r *raised) {
	it.failed = true
	x.fail(x.fieldError(f, it.path, r.kind, r.message, x.visible(f, r.data), r.info))
}

// visible is what an error may show of a value: what was selected of the field.
func (x *execution) visible(f *field, v any) any {
	switch v := v.(type) {
	case *vtl.List:
		out := vtl.NewList()
		for _, item := range v.Items() {
			out.Add(x.visible(f, item))
		}
		return out
	case *vtl.Map:
		if f.sub == nil {
			return v
		}
		out := vtl.NewMap()
		for _, def := range x.api.concrete(f.named) {
			for _, sub := range x.collect(f.sub, def) {
				if member, ok := v.Get(sub.node.Name); ok {
					out.Put(sub.key, x.visible(sub, member))
				}
			}
		}
		return out
	}
	return v
}

func (x *execution) fieldError(f *field, at *path, kind, message string, data, info any) *fieldError {
	return &fieldError{
		path: at, line: f.node.Position.Line, column: f.node.Position.Column, kind: kind, message: message, data: data, info: info,
	}
}

func (x *execution) runResolver(r *resolver, e *evaluation) (any, *raised) {
	if err := x.ctx.Err(); err != nil {
		return nil, raise("ExecutionTimeout", "Execution timed out.")
	}
	if r.broken != "" {
		return nil, raise("", r.broken)
	}
	if r.unit != nil {
		out, raised := x.runStep(r.unit, e)
		return out.value, raised
	}
	pipeline := r.pipeline
	if r.around.has(before) {
		out, raised := e.run(r.around, nil, before)
		if _, isCode := r.around.(*code); raised != nil || out.early && !isCode {
			return out.value, raised
		}
		if out.early { // the response handler of code has the last word
			pipeline = nil
		}
		e.previous(out.value)
	} else {
		e.previous(vtl.NewMap())
	}
	for _, st := range pipeline {
		e.set("result", nil)
		e.set("error", nil)
		out, raised := x.runStep(st, e)
		if raised != nil {
			return nil, raised
		}
		e.previous(out.value)
		e.set("result", out.value)
		if out.end {
			break
		}
	}
	e.set("error", nil)
	prev, _ := e.ctx.Get("prev")
	result := property(prev, "result")
	if !r.around.has(after) {
		return result, nil
	}
	e.set("result", result)
	out, raised := e.run(r.around, nil, after)
	return out.value, raised
}

// runStep asks one data source, with what is run before and after.
func (x *execution) runStep(st *step, e *evaluation) (outcome, *raised) {
	doc, out, settled, raised := x.beginStep(st, e)
	if settled || raised != nil {
		return out, raised
	}
	result, f := x.ask(st, e, doc)
	return x.finishStep(st, e, doc, result, f)
}

// beginStep runs what comes before the data source. settled means that there
// is nothing left to do.
func (x *execution) beginStep(st *step, e *evaluation) (doc any, out outcome, settled bool, no *raised) {
	switch {
	case st.broken != "":
		return nil, out, false, raise("", st.broken)
	case st.direct:
		return nil, out, false, nil
	case !st.program.has(before):
		return nil, out, false, raise(kindTemplate, "A request mapping template is required.")
	}
	out, no = e.run(st.program, st, before)
	if no == nil && out.blank {
		no = raise(kindTemplate, "Template transformation yielded an empty response.")
	}
	return out.value, out, out.early, no
}

// finishStep runs what comes after the data source.
func (x *execution) finishStep(st *step, e *evaluation, doc, result any, f *failure) (outcome, *raised) {
	if f != nil && f.fatal {
		return outcome{}, &f.raised
	}
	if old, _ := property(doc, "version").(string); old == "2017-02-28" {
		if f != nil {
			return outcome{}, &f.raised
		}
		if result == nil {
			return outcome{}, nil
		}
	}
	if !st.program.has(after) {
		if f != nil {
			return outcome{}, &f.raised
		}
		return outcome{value: result}, nil
	}
	e.set("result", result)
	if f != nil {
		e.set("error", f.value())
	}
	return e.run(st.program, st, after)
}

// failure is an error of a data source: $ctx.error, unless it is fatal, which
// is when the request itself made no sense.
type failure struct {
	raised
	fatal bool
	cause error
}

func (f *failure) value() *vtl.Map {
	m := vtl.NewMap()
	m.Put("message", f.message)
	m.Put("type", f.kind)
	return m
}

func fatal(kind, message string) *failure {
	return &failure{raised: *raise(kind, message), fatal: true}
}

// ask makes the request that a document says to a data source.
func (x *execution) ask(st *step, e *evaluation, doc any) (any, *failure) {
	switch st.source.Type {
	case sourceNone:
		return property(doc, "payload"), nil
	case sourceDynamoDB:
		return x.askDynamoDB(st.source, doc)
	case sourceLambda:
		if st.direct {
			return x.invoke(st.source, directPayload(e))
		}
		return x.askLambda(st.source, doc)
	}
	return nil, fatal("UnsupportedOperation", "Niebla's AppSync does not have data sources of type "+st.source.Type)
}

// failed is the error of a call to another service, worded as AppSync does.
func serviceFailure(prefix, title string, c *aws.Call, err error) *failure {
	if errors.Is(err, context.DeadlineExceeded) {
		return fatal("ExecutionTimeout", "Execution timed out.")
	}
	e, ok := errors.AsType[*aws.Error](err)
	if !ok {
		return fatal("InternalFailure", "An internal failure occurred while resolving this field.")
	}
	return &failure{
		raised: *raise(prefix+":"+e.Code, sprintf("%s (Service: %s, Status Code: %d, Request ID: %s)", e.Message, title, e.Status, c.RequestID)),
		cause:  e,
	}
}
