package query

import (
	"reflect"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// decoder is one decoding pass.
type decoder struct{ rep *shape.Report }

func (d decoder) structure(n *node, t *shape.Type, v reflect.Value) error {
	var seen shape.Set
	for _, name := range n.names() {
		f := t.Body(name)
		if f == nil {
			d.ignore(name, n.children[name])
			continue
		}
		fv := f.In(v)
		if err := d.member(n.children[name], f, fv); err != nil {
			return err
		}
		seen.Add(f)
		d.rep.Check(f, fv)
	}
	d.rep.Finish(t, &seen)
	return nil
}

// ignore reports the parameters below a name.
func (d decoder) ignore(name string, n *node) {
	if n.set {
		d.rep.Ignore(name)
	}
	for _, child := range n.names() {
		d.ignore(name+"."+child, n.children[child])
	}
}

func (d decoder) member(n *node, f *shape.Field, v reflect.Value) error {
	d.rep.Enter(f)
	defer d.rep.Leave()
	return d.value(n, f, f.Type, v)
}

func (d decoder) value(n *node, f *shape.Field, t *shape.Type, v reflect.Value) error {
	t, v = t.Settle(v)
	switch t.Kind {
	case shape.Struct:
		return d.structure(n, t, v)
	case shape.List:
		return d.list(n, f, t, v)
	case shape.Map:
		return d.dict(n, f, t, v)
	}
	for _, name := range n.names() {
		d.ignore(name, n.children[name])
	}
	if err := t.SetText(v, n.value, f.Time.Or(shape.ISO8601)); err != nil {
		return malformed("'%s' is not a valid value of %s", n.value, f.Wire)
	}
	return nil
}

// inner is where a list's or map's elements are: below name, or, flattened,
// directly below the member.
func (d decoder) inner(n *node, f *shape.Field, name string) *node {
	if f.Flat {
		return n
	}
	for _, other := range n.names() {
		if other != name {
			d.ignore(other, n.children[other])
		}
	}
	if c := n.children[name]; c != nil {
		return c
	}
	return &node{} // "List=" is an empty list
}

// elements are the numbered children of n; others are reported.
func (d decoder) elements(n *node) []*node {
	elems, others := n.numbered()
	for _, name := range others {
		d.ignore(name, n.children[name])
	}
	return elems
}

func (d decoder) list(n *node, f *shape.Field, t *shape.Type, v reflect.Value) error {
	elems := d.elements(d.inner(n, f, f.Member))
	v.Set(reflect.MakeSlice(t.Go, len(elems), len(elems)))
	for i, e := range elems {
		d.rep.EnterIndex(i)
		if err := d.value(e, f, t.Elem, v.Index(i)); err != nil {
			return err
		}
		d.rep.Leave()
	}
	return nil
}

func (d decoder) dict(n *node, f *shape.Field, t *shape.Type, v reflect.Value) error {
	entries := d.elements(d.inner(n, f, "entry"))
	v.Set(reflect.MakeMap(t.Go))
	for _, e := range entries {
		key := e.children[f.MapKey]
		if key == nil {
			return malformed("An entry of %s has no %s.", f.Wire, f.MapKey)
		}
		value := reflect.New(t.Elem.Go).Elem()
		if c := e.children[f.MapValue]; c != nil {
			d.rep.EnterKey(key.value)
			if err := d.value(c, f, t.Elem, value); err != nil {
				return err
			}
			d.rep.Leave()
		}
		v.SetMapIndex(reflect.ValueOf(key.value).Convert(t.Go.Key()), value)
	}
	return nil
}
