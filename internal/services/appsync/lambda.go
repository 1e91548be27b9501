package appsync

import (
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	invokeOne  = "Invoke"
	invokeMany = "BatchInvoke"
	batchSize  = 5 // of BatchInvoke where the resolver does not say
)

// askLambda invokes a data source's function with what a document says.
func (x *execution) askLambda(d *source, doc any) (any, *failure) {
	operation, _ := property(doc, "operation").(string)
	if kind, _ := property(doc, "invocationType").(string); kind != "" && kind != "RequestResponse" {
		return nil, fatal("UnsupportedOperation", "Niebla's AppSync does not have the invocation type "+kind+".")
	}
	switch operation {
	case invokeOne:
		return x.invoke(d, property(doc, "payload"))
	case invokeMany: // of a function in a pipeline: a batch of one
		v, f := x.invoke(d, vtl.NewList(property(doc, "payload")))
		if f != nil {
			return nil, f
		}
		list, f := batchOf(v, 1)
		if f != nil {
			return nil, f
		}
		return list.At(0), nil
	case "":
		return nil, fatal(kindTemplate, "Value for field '$[operation]' not found.")
	}
	return nil, fatal(kindTemplate, "Unsupported operation '"+operation+"'.")
}

// batchOf checks that a function answered a batch with as many results.
func batchOf(v any, n int) (*vtl.List, *failure) {
	list, ok := v.(*vtl.List)
	if !ok {
		return nil, fatal("Lambda:IllegalArgument", "Expected response to be a list but was "+javaType(v)+".")
	}
	if list.Len() != n {
		return nil, fatal("Lambda:IllegalArgument", sprintf("The length of the response list does not match the length of the payload list: expected %d but was %d.", n, list.Len()))
	}
	return list, nil
}

// invoke calls a function, as the data source's role.
func (x *execution) invoke(d *source, payload any) (any, *failure) {
	function := aws.ARN(d.LambdaConfig.LambdaFunctionArn)
	region := x.api.scope.Region
	if p, ok := function.Parse(); ok {
		region = p.Region
	}
	c, err := x.s.actAs(x.ctx, x.call, x.api, d.role, region)
	if err != nil {
		return nil, serviceFailure("Lambda", "AWSLambda", x.call, err)
	}
	body, err := vtl.AppendJSON(nil, payload)
	if err != nil {
		return nil, fatal(kindTemplate, err.Error())
	}
	answer, failed, err := x.s.Functions.Invoke(x.ctx, c, function, body)
	if err != nil {
		return nil, serviceFailure("Lambda", "AWSLambda", c, err)
	}
	v, err := vtl.ParseJSON(string(answer))
	if failed {
		message, _ := property(v, "errorMessage").(string)
		return nil, &failure{raised: *raise("Lambda:Unhandled", message), cause: errors.New(message)}
	}
	if err != nil {
		return nil, fatal("Lambda:IllegalArgument", "The response of the function is not valid JSON.")
	}
	return v, nil
}

// directPayload is what a function gets without a request template.
func directPayload(e *evaluation) *vtl.Map {
	m := vtl.NewMap()
	for _, name := range []string{"arguments", "identity", "source", "request", "prev", "info", "stash"} {
		v, _ := e.ctx.Get(name)
		m.Put(name, v)
	}
	return m
}

// batches reports whether what a step asks of its function is collected from
// several parents.
func (st *step) batches() bool {
	return st != nil && st.source != nil && st.source.Type == sourceLambda && (st.batch > 0 || !st.direct)
}

// turn is one parent's part of a batch.
type turn struct {
	e       *evaluation
	doc     any
	out     outcome
	raised  *raised
	settled bool // without the data source
	payload any
	result  any
	failure *failure
}

// runBatch runs a resolver for several parents, and asks its function once for
// as many of them as a batch may have.
func (x *execution) runBatch(st *step, turns []*turn) {
	spread(len(turns), func(i int) {
		if t := turns[i]; t.raised == nil {
			t.begin(x, st)
		}
	})
	var many []*turn
	for _, t := range turns {
		operation, _ := property(t.doc, "operation").(string)
		switch {
		case t.settled || t.raised != nil:
		case st.direct && st.batch > 0:
			t.payload = directPayload(t.e)
			many = append(many, t)
		case operation == invokeMany:
			t.payload = property(t.doc, "payload")
			many = append(many, t)
		}
	}
	size := st.batch
	if size == 0 {
		size = batchSize
	}
	var chunks [][]*turn
	for len(many) > 0 {
		n := min(size, len(many))
		chunks, many = append(chunks, many[:n]), many[n:]
	}
	spread(len(chunks), func(i int) { x.invokeBatch(st, chunks[i]) })
	spread(len(turns), func(i int) {
		t := turns[i]
		if t.settled || t.raised != nil {
			return
		}
		if t.payload == nil {
			t.result, t.failure = x.ask(st, t.e, t.doc)
		}
		t.out, t.raised = x.finishStep(st, t.e, t.doc, t.result, t.failure)
	})
}

func (x *execution) invokeBatch(st *step, chunk []*turn) {
	payload := vtl.NewList()
	for _, t := range chunk {
		payload.Add(t.payload)
	}
	v, f := x.invoke(st.source, payload)
	var list *vtl.List
	if f == nil {
		list, f = batchOf(v, len(chunk))
	}
	for i, t := range chunk {
		if f != nil {
			t.failure = f
			continue
		}
		t.result, t.failure = batchEntry(list.At(i), st.batch > 0)
	}
}

// batchEntry is one result of a batch. Where the resolver names the size of
// batches, results can be errors.
func batchEntry(v any, wrapped bool) (any, *failure) {
	m, ok := v.(*vtl.Map)
	if !wrapped || !ok {
		return v, nil
	}
	message, failed := m.Get("errorMessage")
	data, given := m.Get("data")
	switch {
	case failed && message != nil:
		kind, _ := property(m, "errorType").(string)
		if kind == "" {
			kind = "Lambda:Unhandled"
		}
		return data, &failure{raised: raised{kind: kind, message: text(message), data: data}}
	case given:
		return data, nil
	}
	return v, nil
}

// begin runs the side of a step before its data source.
func (t *turn) begin(x *execution, st *step) {
	t.doc, t.out, t.settled, t.raised = x.beginStep(st, t.e)
}
