package appsync

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// evaluation is what one run of a resolver works on: $ctx of templates, and ctx
// of code. Its values are those of package vtl; as JSON, it is the ctx of code.
type evaluation struct {
	ctx *vtl.Map

	x     *execution
	field *field
	path  *path
	// Failures that were appended on the way, in order.
	appended []vtl.FieldError

	began    time.Time // where there is a log
	mappings []mapping // for the log
}

// newEvaluation prepares the context of a field's resolver. What is seldom
// looked at is made when it is.
func (x *execution) newEvaluation(f *field, source any, at *path) (*evaluation, error) {
	args, err := x.arguments(f)
	if err != nil {
		return nil, err
	}
	ctx := vtl.NewMap()
	ctx.Put("arguments", args)
	ctx.Put("args", args)
	if source != nil {
		ctx.Put("source", vtl.Lazy(func() any { return clone(source) }))
	} else {
		ctx.Put("source", nil)
	}
	if x.who.identity != nil {
		ctx.Put("identity", vtl.Lazy(func() any { return clone(x.who.identity) }))
	} else {
		ctx.Put("identity", nil)
	}
	ctx.Put("request", vtl.Lazy(x.request))
	ctx.Put("info", vtl.Lazy(func() any { return x.info(f) }))
	ctx.Put("stash", vtl.NewMap())
	ctx.Put("prev", nil)
	ctx.Put("result", nil)
	ctx.Put("error", nil)
	ctx.Put("outErrors", vtl.NewList())
	if x.api.env != nil {
		ctx.Put("env", vtl.From(x.api.env))
	} else {
		ctx.Put("env", vtl.NewMap())
	}
	e := &evaluation{ctx: ctx, x: x, field: f, path: at}
	if x.log != nil {
		e.began = x.s.Now()
	}
	return e, nil
}

// request is $ctx.request.
func (x *execution) request() any {
	return build("headers", headersOf(x.header), "domainName", nil)
}

// headersOf are headers under lower-case names.
func headersOf(h http.Header) *vtl.Map {
	m := vtl.NewMap()
	for _, name := range slices.Sorted(maps.Keys(h)) {
		m.Put(strings.ToLower(name), strings.Join(h[name], ","))
	}
	return m
}

// info is $ctx.info.
func (x *execution) info(f *field) any {
	variables := vtl.NewMap()
	for _, def := range x.op.VariableDefinitions {
		if v, ok := x.vars[def.Variable]; ok {
			variables.Put(def.Variable, clone(v))
		}
	}
	m := vtl.NewMap()
	m.Put("fieldName", f.def.Name)
	m.Put("parentTypeName", f.info.parent.Name)
	m.Put("variables", variables)
	m.Put("selectionSetList", vtl.Lazy(func() any { return x.selected(f) }))
	m.Put("selectionSetGraphQL", vtl.Lazy(func() any { return sourceOf(f.node.SelectionSet) }))
	return m
}

// sourceOf writes a selection set as GraphQL.
func sourceOf(set ast.SelectionSet) string {
	if len(set) == 0 {
		return ""
	}
	var b strings.Builder
	writeSelection(&b, set, 0)
	return b.String()
}

func writeSelection(b *strings.Builder, set ast.SelectionSet, depth int) {
	indent := strings.Repeat("  ", min(depth, 100))
	b.WriteString("{")
	for _, sel := range set {
		b.WriteString("\n" + indent + "  ")
		var sub ast.SelectionSet
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Alias != sel.Name {
				b.WriteString(sel.Alias + ": ")
			}
			b.WriteString(sel.Name)
			for i, a := range sel.Arguments {
				b.WriteString([]string{"(", ", "}[min(i, 1)] + a.Name + ": " + a.Value.String())
			}
			if len(sel.Arguments) > 0 {
				b.WriteString(")")
			}
			sub = sel.SelectionSet
		case *ast.InlineFragment:
			b.WriteString("...")
			if sel.TypeCondition != "" {
				b.WriteString(" on " + sel.TypeCondition)
			}
			sub = sel.SelectionSet
		case *ast.FragmentSpread:
			b.WriteString("..." + sel.Name)
		}
		if len(sub) > 0 {
			b.WriteString(" ")
			writeSelection(b, sub, depth+1)
		}
	}
	b.WriteString("\n" + indent + "}")
}

// set puts a member of $ctx.
func (e *evaluation) set(name string, v any) { e.ctx.Put(name, v) }

// previous makes a value $ctx.prev.result.
func (e *evaluation) previous(v any) {
	prev := vtl.NewMap()
	prev.Put("result", v)
	e.ctx.Put("prev", prev)
}

// outcome is what a handler came to.
type outcome struct {
	value any
	text  string // as a template wrote it
	blank bool   // it wrote nothing at all
	early bool   // #return, or runtime.earlyReturn: the rest is left out
	end   bool   // of the whole pipeline
}

// program is what a resolver or function runs before and after its data source.
type program interface {
	// run evaluates one side. The error is a *raised.
	run(ctx context.Context, side side, e *evaluation) (outcome, *raised)
	// has reports whether there is anything for that side.
	has(side side) bool
}

type side uint8

const (
	before side = iota
	after
)

func (s side) String() string { return [...]string{"request", "response"}[s] }

// raised is an error that ends a resolver. It becomes the error of its field.
type raised struct {
	kind    string // errorType; "" is null
	message string
	data    any
	info    any
}

func raise(kind, message string) *raised { return &raised{kind: kind, message: message} }
