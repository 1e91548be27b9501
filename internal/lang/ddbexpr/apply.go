package ddbexpr

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// The errors of an update that meets an item it does not fit.
const (
	errNoAttribute = Invalid("The provided expression refers to an attribute that does not exist in the item")
	errOperand     = Invalid("An operand in the update expression has an incorrect data type")
	errLegacyType  = Invalid("Type mismatch for attribute to update")
	errUpdatePath  = Invalid("The document path provided in the update expression is invalid for update")
)

// Append appends the item that the update makes of it; a nil item is one that
// does not exist. Every operand is read from it as it was.
func (u *Update) Append(dst []byte, it Item) (Item, error) {
	var root document
	root.openItem(it)
	for i := range u.actions {
		if err := u.actions[i].apply(&root, it); err != nil {
			if u.legacy && err == errOperand {
				err = errLegacyType
			}
			return dst, err
		}
	}
	out := Item(root.appendBody(dst))
	if out[len(dst):].tooDeep(1) {
		return dst, errTooDeep
	}
	return out, nil
}

// tooDeep reports whether a value stands too deep in the item, whose own values
// are at level.
func (it Item) tooDeep(level int) bool {
	for _, v := range it.All() {
		if v.tooDeep(level) {
			return true
		}
	}
	return false
}

func (v Value) tooDeep(level int) bool {
	if level > maxDepth {
		return true
	}
	switch v.Type() {
	case Map:
		return v.Item().tooDeep(level + 1)
	case List:
		for e := range v.Elems() {
			if e.tooDeep(level + 1) {
				return true
			}
		}
	}
	return false
}

func (a *action) apply(root *document, it Item) error {
	switch a.verb {
	case verbRemove:
		return root.remove(a.path)
	case verbAdd:
		return a.add(root, it)
	case verbDelete:
		return a.deleteMembers(root, it)
	}
	v, err := a.right(it)
	if err != nil {
		return err
	}
	return root.set(a.path, v)
}

// right computes the right side of SET.
func (a *action) right(it Item) (Value, error) {
	v, err := a.value.compute(it)
	if err != nil || a.sign == "" {
		return v, err
	}
	w, err := a.second.compute(it)
	if err != nil {
		return nil, err
	}
	return sum(v, w, a.sign == "-")
}

func sum(v, w Value, minus bool) (Value, error) {
	if v.Type() != NumberType || w.Type() != NumberType {
		return nil, errOperand
	}
	n, err := AppendSum(make([]byte, 0, 24), v.Number(), w.Number(), minus)
	if err != nil {
		return nil, err
	}
	return AppendScalar(make([]byte, 0, 24), NumberType, n), nil
}

// compute evaluates an operand of SET.
func (o *operand) compute(it Item) (Value, error) {
	switch {
	case o.isPath():
		if v := o.path.Find(it); v != nil {
			return v, nil
		}
		return nil, errNoAttribute
	case o.fn == "if_not_exists":
		if v := o.args[0].path.Find(it); v != nil {
			return v, nil
		}
		return o.args[1].compute(it)
	case o.fn == "list_append":
		return o.listAppend(it)
	}
	return o.value, nil
}

func (o *operand) listAppend(it Item) (Value, error) {
	v, err := o.args[0].compute(it)
	if err != nil {
		return nil, err
	}
	w, err := o.args[1].compute(it)
	if err != nil {
		return nil, err
	}
	if v.Type() != List || w.Type() != List {
		return nil, errOperand
	}
	return appendLists(v, w), nil
}

func appendLists(v, w Value) Value {
	out := openContainer(make([]byte, 0, len(v)+len(w)), List)
	out = append(append(out, v.body()...), w.body()...)
	closeContainer(out, 0)
	return out
}

// add is ADD: a number to a number, members to a set.
func (a *action) add(root *document, it Item) error {
	old, v := a.path.Find(it), a.value.value
	switch {
	case old == nil:
		return root.set(a.path, v)
	case old.Type() != v.Type():
		return errOperand
	case v.Type() == NumberType:
		n, err := sum(old, v, false)
		if err != nil {
			return err
		}
		return root.set(a.path, n)
	case v.Type() == List: // only AttributeUpdates adds to lists
		return root.set(a.path, appendLists(old, v))
	}
	return root.set(a.path, mergeSets(old, v, true))
}

// deleteMembers is DELETE: members from a set, which goes when it is empty.
func (a *action) deleteMembers(root *document, it Item) error {
	old, v := a.path.Find(it), a.value.value
	switch {
	case old == nil:
		return root.remove(a.path) // of nothing, but the path must lead somewhere
	case old.Type() != v.Type():
		return errOperand
	}
	if left := mergeSets(old, v, false); len(left) > headLen {
		return root.set(a.path, left)
	}
	return root.remove(a.path)
}

// mergeSets returns the members of a and, if union, of b; else those of a that
// b has not. Both are in order.
func mergeSets(a, b Value, union bool) Value {
	out := openContainer(make([]byte, 0, len(a)+len(b)), a.Type())
	put := func(m []byte) { out = append(binary.AppendUvarint(out, uint64(len(m))), m...) }
	x, y := a.body(), b.body()
	for len(x) > 0 || len(y) > 0 {
		var c int
		var m, n, xs, ys []byte
		switch {
		case len(y) == 0:
			m, xs = cutBytes(x)
			c = -1
		case len(x) == 0:
			n, ys = cutBytes(y)
			c = 1
		default:
			m, xs = cutBytes(x)
			n, ys = cutBytes(y)
			c = bytes.Compare(m, n)
		}
		if c < 0 || c == 0 && union {
			put(m)
		} else if c > 0 && union {
			put(n)
		}
		if c <= 0 {
			x = xs
		}
		if c >= 0 {
			y = ys
		}
	}
	closeContainer(out, 0)
	return out
}

// A document is a value while it is changed. Only what a path goes through is
// opened; the rest stays the bytes it was.
type document struct {
	raw    Value // when not opened
	kind   Type  // Map or List once opened
	fields []field
	elems  []element
	fresh  []element // beyond the end of a list, by the index they were given
}

type field struct {
	name []byte
	document
}

type element struct {
	index int
	gone  bool
	document
}

func (d *document) openItem(it Item) {
	d.kind = Map
	d.fields = make([]field, 0, it.Len()+4)
	for name, v := range it.All() {
		d.fields = append(d.fields, field{name, document{raw: v}})
	}
}

// open makes the elements of a list or map reachable.
func (d *document) open() {
	if d.kind != Missing {
		return
	}
	switch d.raw.Type() {
	case Map:
		d.openItem(d.raw.Item())
	case List:
		d.kind = List
		for e := range d.raw.Elems() {
			d.elems = append(d.elems, element{index: len(d.elems), document: document{raw: e}})
		}
	}
}

// child returns what a step leads to, nil if that is not there.
func (d *document) child(s Step) *document {
	d.open()
	switch {
	case s.Index < 0 && d.kind == Map:
		if i, ok := d.find(s.Name); ok {
			return &d.fields[i].document
		}
	case s.Index >= 0 && d.kind == List && s.Index < len(d.elems):
		return &d.elems[s.Index].document
	}
	return nil
}

func (d *document) find(name string) (int, bool) {
	return slices.BinarySearchFunc(d.fields, name, func(f field, name string) int {
		return cmp.Compare(string(f.name), name)
	})
}

func (d *document) parent(path Path) *document {
	for _, s := range path[:len(path)-1] {
		if d = d.child(s); d == nil {
			return nil
		}
	}
	d.open()
	return d
}

func (d *document) set(path Path, v Value) error {
	s := path[len(path)-1]
	switch d = d.parent(path); {
	case d != nil && s.Index < 0 && d.kind == Map:
		i, ok := d.find(s.Name)
		if !ok {
			d.fields = slices.Insert(d.fields, i, field{name: []byte(s.Name)})
		}
		d.fields[i].document = document{raw: v}
	case d != nil && s.Index >= 0 && d.kind == List:
		if s.Index < len(d.elems) {
			d.elems[s.Index].document = document{raw: v}
		} else {
			d.fresh = append(d.fresh, element{index: s.Index, document: document{raw: v}})
		}
	default:
		return errUpdatePath
	}
	return nil
}

func (d *document) remove(path Path) error {
	s := path[len(path)-1]
	switch d = d.parent(path); {
	case d != nil && s.Index < 0 && d.kind == Map:
		if i, ok := d.find(s.Name); ok {
			d.fields = slices.Delete(d.fields, i, i+1)
		}
	case d != nil && s.Index >= 0 && d.kind == List:
		if s.Index < len(d.elems) {
			d.elems[s.Index].gone = true
		}
	default:
		return errUpdatePath
	}
	return nil
}

func (d *document) append(dst []byte) []byte {
	if d.kind == Missing {
		return append(dst, d.raw...)
	}
	start := len(dst)
	dst = d.appendBody(openContainer(dst, d.kind))
	closeContainer(dst, start)
	return dst
}

func (d *document) appendBody(dst []byte) []byte {
	for i := range d.fields {
		f := &d.fields[i]
		dst = binary.AppendUvarint(dst, uint64(len(f.name)))
		dst = f.document.append(append(dst, f.name...))
	}
	for i := range d.elems {
		if !d.elems[i].gone {
			dst = d.elems[i].document.append(dst)
		}
	}
	slices.SortStableFunc(d.fresh, func(a, b element) int { return a.index - b.index })
	for i := range d.fresh {
		dst = d.fresh[i].document.append(dst)
	}
	return dst
}
