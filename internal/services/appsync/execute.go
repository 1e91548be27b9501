package appsync

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	executionTime = 30 * time.Second
	maxResolvers  = 10_000  // of one request, as AppSync has
	maxValues     = 500_000 // of one answer: what aliases can multiply
	maxErrors     = 1_000
	parallel      = 16 // resolvers of one field, or fields, at a time
)

// execution is one operation being executed.
type execution struct {
	s       *Service
	api     *api
	ctx     context.Context
	call    *aws.Call
	who     *caller
	header  http.Header // of the request
	log     *requestLog
	doc     *document
	op      *ast.OperationDefinition
	vars    map[string]any // coerced values of variables
	rawVars any            // as they came

	resolvers atomic.Int64
	values    atomic.Int64

	mu      sync.Mutex
	errors  []*fieldError
	headers []vtl.Header // of the answer

	extended extended
	event    any // of a subscription that is told of a mutation: its field
}

// fieldError is an error of an answer.
type fieldError struct {
	path     *path
	line     int // 0 leaves out the locations
	column   int
	kind     string // errorType; "" is null
	message  string
	data     any
	info     any
	plain    bool // an error of GraphQL itself, which has no type, data and info
	rawData  []byte
	pathless bool
}

// path is where a value is in the answer.
type path struct {
	up    *path
	key   string
	index int // of a list, where key is ""
}

// parent is an object whose fields are asked for.
type parent struct {
	value any
	path  *path
}

// object is a finished object of the answer.
type object struct {
	fields []*field
	values []any
}

// absent are values that are null for a reason that is in the errors already.
type absent uint8

const (
	nulled absent = iota // and may be
	failed               // and may not be: the object around it is null
)

// start executes the operation and returns its data.
func (x *execution) start() any {
	root := x.root()
	if root == nil {
		x.fail(&fieldError{message: "Schema is not configured for " + string(x.op.Operation) + "s.", plain: true, pathless: true})
		return nil
	}
	out := x.objects(x.doc.roots[x.op], root, []parent{{}}, x.op.Operation == ast.Mutation)
	return out[0]
}

func (x *execution) root() *ast.Definition {
	switch x.op.Operation {
	case ast.Mutation:
		return x.api.schema.Mutation
	case ast.Subscription:
		return x.api.schema.Subscription
	}
	return x.api.schema.Query
}

// objects finishes objects of one type: all those at one place of the answer,
// so that resolvers can take them in batches. An object of which a field
// failed is nulled.
func (x *execution) objects(s *selection, def *ast.Definition, parents []parent, inOrder bool) []any {
	fields := x.collect(s, def)
	columns := make([][]any, len(fields))
	if remote := resolved(fields); remote > 1 && !inOrder {
		var wait sync.WaitGroup
		for i, f := range fields {
			if f.info != nil && f.info.resolver != nil {
				wait.Go(func() { columns[i] = x.field(f, def, parents) })
			}
		}
		for i, f := range fields {
			if f.info == nil || f.info.resolver == nil {
				columns[i] = x.field(f, def, parents)
			}
		}
		wait.Wait()
	} else {
		for i, f := range fields {
			columns[i] = x.field(f, def, parents)
		}
	}
	out := make([]any, len(parents))
	cells := make([]any, len(parents)*len(fields))
	for p := range parents {
		o := &object{fields: fields, values: cells[p*len(fields) : (p+1)*len(fields)]}
		out[p] = o
		for i := range fields {
			v := columns[i][p]
			if v == failed {
				out[p] = nulled
				break
			}
			o.values[i] = v
		}
	}
	return out
}

func resolved(fields []*field) (n int) {
	for _, f := range fields {
		if f.info != nil && f.info.resolver != nil {
			n++
		}
	}
	return n
}

// field finishes one field of objects of one type.
func (x *execution) field(f *field, def *ast.Definition, parents []parent) []any {
	items := make([]item, len(parents))
	for i, p := range parents {
		items[i].path = &path{up: p.path, key: f.key}
	}
	switch {
	case f.node.Name == "__typename":
		for i := range items {
			items[i].value = def.Name
		}
	case f.info == nil && x.builtIn(f, def, items, parents):
	case f.info == nil:
		for i, p := range parents {
			items[i].value = property(p.value, f.node.Name)
		}
	case !x.api.allows(x.who, f.info) || parents[0].path == nil && !x.permitted(f.info):
		for i := range items {
			x.deny(f, &items[i])
		}
	case x.event != nil && parents[0].path == nil:
		for i := range items {
			items[i].value = x.event
		}
	case f.info.resolver != nil && x.event == nil:
		x.resolve(f, parents, items)
	default:
		for i, p := range parents {
			items[i].value = property(p.value, f.def.Name)
		}
	}
	return x.complete(f, def, f.def.Type, items)
}

func (x *execution) deny(f *field, it *item) {
	it.failed = true
	x.fail(&fieldError{
		path: it.path, line: f.node.Position.Line, column: f.node.Position.Column, kind: "Unauthorized",
		message: "Not Authorized to access " + f.def.Name + " on type " + f.info.parent.Name,
	})
}

// property is a member of a value.
func property(v any, name string) any {
	if m, ok := v.(*vtl.Map); ok && m != nil { // no answer has no members
		v, _ := m.Get(name)
		return v
	}
	return nil
}

// fail notes an error.
func (x *execution) fail(e *fieldError) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.errors) < maxErrors {
		x.errors = append(x.errors, e)
	}
}

// spread runs f for each of n, some at a time.
func spread(n int, f func(i int)) {
	if n == 1 {
		f(0)
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, parallel) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wait.Wait()
}
