package appsync

import (
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// publication is a mutation that was done, for those who follow it.
type publication struct {
	api      *api
	mutation string // field of the type Mutation
	// value is what the mutation's client selected of its result, by the names
	// of fields: what it did not select is not there.
	value any
	args  any
}

// announce publishes the mutations of an operation that came to something.
func (x *execution) announce(data any) {
	o, ok := data.(*object)
	if !ok {
		return
	}
	for i, f := range o.fields {
		switch v := o.values[i]; v.(type) {
		case nil, absent:
		default:
			if f.info == nil {
				continue
			}
			args, err := x.arguments(f)
			if err != nil {
				continue
			}
			x.s.publish(publication{api: x.api, mutation: f.def.Name, value: byName(v), args: args})
		}
	}
}

// byName makes a finished value one whose members have the names of fields.
func byName(v any) any {
	switch v := v.(type) {
	case absent:
		return nil
	case []any:
		l := vtl.NewList()
		for _, item := range v {
			l.Add(byName(item))
		}
		return l
	case *object:
		m := vtl.NewMap()
		for i, f := range v.fields {
			if f.info != nil { // interfaces and unions are told apart by it
				m.Put("__typename", f.info.parent.Name)
			}
			m.Put(f.node.Name, byName(v.values[i]))
		}
		return m
	}
	return v
}
