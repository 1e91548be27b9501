package ddbexpr

import (
	"cmp"
	"slices"
)

// What follows makes expressions without their texts, for languages of their
// own: names are as they are and values are values. What is wrong with operands
// is told as of a text, without the name of a parameter before it.

// An Operand is a path, a value or a function of operands.
type Operand struct{ o operand }

// PathOperand is what an item has at a path.
func PathOperand(p Path) Operand { return Operand{operand{path: p}} }

// ValueOperand is a value.
func ValueOperand(v Value) Operand { return Operand{operand{value: v}} }

// CallOperand is the result of a function.
func CallOperand(fn string, args ...Operand) Operand {
	return Operand{operand{fn: fn, args: bare(args)}}
}

// Path returns the path that the operand is, nil if it is none.
func (o Operand) Path() Path { return o.o.path }

// Value returns the value that the operand is, nil if it is none.
func (o Operand) Value() Value { return o.o.value }

func bare(args []Operand) []operand {
	out := make([]operand, len(args))
	for i, a := range args {
		out[i] = a.o
	}
	return out
}

// A Test is a condition in the making. The zero Test is none, and holds.
type Test struct{ c *cond }

// IsZero reports whether the test is none.
func (t Test) IsZero() bool { return t.c == nil }

// Compare compares two operands: = <> < <= > >=.
func Compare(sign string, a, b Operand) Test {
	return Test{&cond{op: opCompare, sign: sign, args: []operand{a.o, b.o}}}
}

// Between is a range with its ends.
func Between(v, low, high Operand) Test {
	return Test{&cond{op: opBetween, args: []operand{v.o, low.o, high.o}}}
}

// In is equality with one of several.
func In(v Operand, list []Operand) Test {
	return Test{&cond{op: opIn, args: append([]operand{v.o}, bare(list)...)}}
}

// Holds is a function that is a condition.
func Holds(fn string, args ...Operand) Test {
	return Test{&cond{op: opFunction, args: []operand{CallOperand(fn, args...).o}}}
}

// And holds when both do.
func (t Test) And(u Test) Test { return join(opAnd, t, u) }

// Or holds when one does.
func (t Test) Or(u Test) Test { return join(opOr, t, u) }

func join(op condOp, t, u Test) Test {
	switch {
	case t.c == nil:
		return u
	case u.c == nil:
		return t
	}
	return Test{&cond{op: op, left: t.c, right: u.c}}
}

// Not holds when t does not.
func (t Test) Not() Test { return Test{&cond{op: opNot, left: t.c}} }

// Condition returns the condition that the test is, nil for none.
func (t Test) Condition() (*Condition, error) {
	if t.c == nil {
		return nil, nil
	}
	ck := conditionChecker{}
	ck.walk(t.c)
	if err := cmp.Or(ck.unknown, ck.misused, ck.first); err != nil {
		return nil, err
	}
	return &Condition{t.c, ck.heads, ck.nested}, nil
}

// A Change is one action of an update.
type Change struct{ a action }

// Set assigns an operand.
func Set(p Path, v Operand) Change { return Change{action{verb: verbSet, path: p, value: v.o}} }

// SetSum assigns the sum of two operands, or their difference: sign is + or -.
func SetSum(p Path, a Operand, sign string, b Operand) Change {
	return Change{action{verb: verbSet, path: p, value: a.o, sign: sign, second: b.o}}
}

// Remove removes what is at a path.
func Remove(p Path) Change { return Change{action{verb: verbRemove, path: p}} }

// AddMembers adds the members of a set.
func AddMembers(p Path, set Value) Change {
	return Change{action{verb: verbAdd, path: p, value: operand{value: set}}}
}

// DeleteMembers deletes the members of a set.
func DeleteMembers(p Path, set Value) Change {
	return Change{action{verb: verbDelete, path: p, value: operand{value: set}}}
}

// Changes returns the update of several changes.
func Changes(changes []Change) (*Update, error) {
	u := &Update{}
	for _, c := range changes {
		u.actions = append(u.actions, c.a)
	}
	if err := u.check(updateChecker{}); err != nil {
		return nil, err
	}
	return u, nil
}

// Columns picks values of items and names them.
type Columns struct{ columns []column }

type column struct {
	name string
	path Path
}

// NewColumns returns the columns that have these names, all different, and paths.
func NewColumns(names []string, paths []Path) *Columns {
	c := &Columns{}
	for i, n := range names {
		c.columns = append(c.columns, column{n, paths[i]})
	}
	slices.SortFunc(c.columns, func(a, b column) int { return cmp.Compare(a.name, b.name) })
	return c
}

// Append appends the columns that an item has.
func (c *Columns) Append(dst []byte, it Item) Item {
	out := Item(dst)
	for _, x := range c.columns {
		if v := x.path.Find(it); v != nil {
			out = out.AppendAttr(x.name, v)
		}
	}
	return out
}
