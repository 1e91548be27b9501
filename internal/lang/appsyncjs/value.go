package appsyncjs

import (
	"fmt"
	"math"
	"math/big"

	"github.com/dop251/goja"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	maxValue = 5 << 20 // bytes of all values that leave the code; AppSync's limit on a result
	maxDepth = 200
	perValue = 16 // bytes that a value counts for besides its text
)

// toJS turns a value of templates into one of JavaScript. What is Lazy in a map
// is made when the code first looks at it.
func (e *evaluation) toJS(v any) goja.Value {
	switch v := v.(type) {
	case nil:
		return goja.Null()
	case *vtl.Map:
		return e.objectOf(v)
	case *vtl.List:
		items := make([]any, v.Len())
		for i, item := range v.Items() {
			items[i] = e.toJS(item)
		}
		return e.vm.NewArray(items...)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return e.vm.ToValue(f)
	case vtl.Lazy:
		return e.toJS(v())
	case goja.Value:
		return v
	}
	return e.vm.ToValue(v)
}

func (e *evaluation) objectOf(m *vtl.Map) *goja.Object {
	o := e.vm.NewObject()
	m.EachLazy(func(k, v any) bool {
		key, ok := k.(string)
		if !ok {
			key = fmt.Sprint(k)
		}
		var err error
		if f, ok := v.(vtl.Lazy); ok {
			err = e.lazy(o, key, f)
		} else {
			err = e.put(o, key, e.toJS(v))
		}
		if err != nil {
			panic(err)
		}
		return true
	})
	return o
}

// put sets a property of the object itself, whatever its name.
func (e *evaluation) put(o *goja.Object, key string, v goja.Value) error {
	if key == "__proto__" {
		return o.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return o.Set(key, v)
}

// lazy defines a property that is made when it is looked at.
func (e *evaluation) lazy(o *goja.Object, key string, f vtl.Lazy) error {
	keep := func(v goja.Value) error {
		return o.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	getter := e.vm.ToValue(func(goja.FunctionCall) goja.Value {
		v := e.toJS(f())
		if err := keep(v); err != nil {
			panic(err)
		}
		return v
	})
	setter := e.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if err := keep(c.Argument(0)); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})
	return o.DefineAccessorProperty(key, getter, setter, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// fromJS turns a value of JavaScript into one of templates, as JSON has it:
// functions and what is undefined are left out of objects.
func (e *evaluation) fromJS(v goja.Value, depth int) (any, error) {
	if depth > maxDepth {
		return nil, &Error{Message: fmt.Sprintf("The value nests deeper than %d levels", maxDepth), cause: ErrLimit}
	}
	if err := e.spend(perValue); err != nil {
		return nil, err
	}
	if absent(v) {
		return nil, nil
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return e.primitive(v)
	}
	switch o.ClassName() {
	case "Array":
		return e.list(o, depth)
	case "Function":
		return nil, nil
	case "Date":
		text, err := e.vm.New(e.vm.Get("Date"), o)
		if err != nil {
			return nil, err
		}
		iso, _ := goja.AssertFunction(text.Get("toJSON"))
		s, err := iso(text)
		if err != nil {
			return nil, err
		}
		return e.primitive(s)
	case "String", "Number", "Boolean":
		return e.primitive(e.vm.ToValue(o.Export()))
	}
	m := vtl.NewMap()
	for _, key := range o.Keys() {
		if err := e.spend(len(key)); err != nil {
			return nil, err
		}
		property := o.Get(key)
		if property == nil || goja.IsUndefined(property) {
			continue
		}
		if p, ok := property.(*goja.Object); ok && p.ClassName() == "Function" {
			continue
		}
		item, err := e.fromJS(property, depth+1)
		if err != nil {
			return nil, err
		}
		m.Put(key, item)
	}
	return m, nil
}

func (e *evaluation) list(o *goja.Object, depth int) (any, error) {
	n := int(o.Get("length").ToInteger())
	if err := e.spend(perValue * n); err != nil {
		return nil, err
	}
	l := vtl.NewList()
	for i := range n {
		item, err := e.fromJS(o.Get(fmt.Sprint(i)), depth+1)
		if err != nil {
			return nil, err
		}
		l.Add(item)
	}
	return l, nil
}

func (e *evaluation) primitive(v goja.Value) (any, error) {
	switch x := v.Export().(type) {
	case int64:
		return x, nil
	case float64:
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			return nil, nil
		case x == math.Trunc(x) && math.Abs(x) < 1<<53:
			return int64(x), nil
		}
		return x, nil
	case bool:
		return x, nil
	case string:
		return x, e.spend(len(x))
	case nil:
		return nil, nil
	}
	return nil, &Error{Message: fmt.Sprintf("The value %s cannot leave the code", v)}
}

// spend counts bytes of values towards what may leave the code.
func (e *evaluation) spend(n int) error {
	if e.budget -= n; e.budget < 0 {
		return &Error{Message: fmt.Sprintf("The code makes values of more than %d bytes", maxValue), cause: ErrLimit}
	}
	return nil
}
