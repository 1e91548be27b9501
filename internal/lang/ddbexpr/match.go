package ddbexpr

import (
	"bytes"
	"unicode/utf16"
)

func (c *cond) match(it Item) bool {
	switch c.op {
	case opAnd:
		return c.left.match(it) && c.right.match(it)
	case opOr:
		return c.left.match(it) || c.right.match(it)
	case opNot:
		return !c.left.match(it)
	case opFunction:
		return c.args[0].holds(it)
	}
	v := c.args[0].eval(it)
	switch c.op {
	case opBetween:
		return compare(">=", v, c.args[1].eval(it)) && compare("<=", v, c.args[2].eval(it))
	case opIn:
		for i := range c.args[1:] {
			if compare("=", v, c.args[1+i].eval(it)) {
				return true
			}
		}
		return false
	}
	return compare(c.sign, v, c.args[1].eval(it))
}

// compare compares two values. What is missing equals nothing.
func compare(sign string, a, b Value) bool {
	switch sign {
	case "=":
		return a != nil && a.Equal(b)
	case "<>":
		return a == nil || !a.Equal(b)
	}
	if a.Type() != b.Type() || a.Type() < String || a.Type() > Binary {
		return false
	}
	n := a.Compare(b)
	switch sign {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	}
	return n >= 0
}

// eval returns an operand's value, nil if it has none.
func (o *operand) eval(it Item) Value {
	switch {
	case o.isPath():
		return o.path.Find(it)
	case o.fn == "size":
		return sizeOf(o.args[0].eval(it))
	}
	return o.value
}

func sizeOf(v Value) Value {
	n := 0
	switch v.Type() {
	case String: // in UTF-16, as Java counts
		for _, r := range v.Text() {
			n += utf16.RuneLen(r)
		}
	case Binary:
		n = len(v.Bytes())
	case List, Map, StringSet, NumberSet, BinarySet:
		n = v.Len()
	default:
		return nil
	}
	return AppendScalar(nil, NumberType, NumberOf(int64(n)))
}

// holds evaluates a function that is a condition.
func (o *operand) holds(it Item) bool {
	v := o.args[0].eval(it)
	switch o.fn {
	case "attribute_exists":
		return v != nil
	case "attribute_not_exists":
		return v == nil
	}
	w := o.args[1].eval(it)
	switch o.fn {
	case "attribute_type":
		return v != nil && TypeNamed(w.Text()) == v.Type()
	case "begins_with":
		t := v.Type()
		return t == w.Type() && (t == String || t == Binary) && bytes.HasPrefix(v.Bytes(), w.Bytes())
	}
	return contains(v, w)
}

func contains(v, w Value) bool {
	switch t := v.Type(); t {
	case String, Binary:
		return w.Type() == t && bytes.Contains(v.Bytes(), w.Bytes())
	case StringSet, NumberSet, BinarySet:
		return w.Type() == t.elem() && v.Has(w.Bytes())
	case List:
		for e := range v.Elems() {
			if w != nil && e.Equal(w) {
				return true
			}
		}
	}
	return false
}
