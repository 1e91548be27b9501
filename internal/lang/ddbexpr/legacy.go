package ddbexpr

import (
	"math"
	"slices"
)

// LegacyTerm is an entry of the parameters that came before expressions:
// Expected, KeyConditions, QueryFilter and ScanFilter.
type LegacyTerm struct {
	Name     string
	Operator string // "EQ", "BETWEEN"…
	Values   []Value
}

// legacyOperator says what an operator compares with: how many values, and of
// which types.
type legacyOperator struct {
	least, most int
	types       []Type
}

var scalars = []Type{String, NumberType, Binary}

var legacyOperators = map[string]legacyOperator{
	"EQ": {1, 1, nil}, "NE": {1, 1, nil},
	"LE": {1, 1, scalars}, "LT": {1, 1, scalars}, "GE": {1, 1, scalars}, "GT": {1, 1, scalars},
	"NULL": {0, 0, nil}, "NOT_NULL": {0, 0, nil},
	"CONTAINS": {1, 1, scalars}, "NOT_CONTAINS": {1, 1, scalars},
	"BEGINS_WITH": {1, 1, []Type{String, Binary}},
	"IN":          {1, math.MaxInt, scalars},
	"BETWEEN":     {2, 2, scalars},
}

var legacySigns = map[string]string{"EQ": "=", "NE": "<>", "LE": "<=", "LT": "<", "GE": ">=", "GT": ">"}

func (t *LegacyTerm) check() error {
	op := legacyOperators[t.Operator]
	if n := len(t.Values); n < op.least || n > op.most {
		return Invalid(invalidValues + "Invalid number of argument(s) for the " + t.Operator + " ComparisonOperator")
	}
	for _, v := range t.Values {
		if v.Type() != t.Values[0].Type() {
			return Invalid(invalidValues + "AttributeValues inside AttributeValueList must be of same type")
		}
		if op.types != nil && !slices.Contains(op.types, v.Type()) {
			return Invalid(invalidValues + "ComparisonOperator " + t.Operator + " is not valid for " + v.Type().String() + " AttributeValue type")
		}
	}
	if t.Operator == "BETWEEN" && t.Values[0].Compare(t.Values[1]) > 0 {
		return Invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
	}
	return nil
}

// NewCondition returns the condition that all terms hold, or that any does.
func NewCondition(terms []LegacyTerm, any bool) (*Condition, error) {
	c := &Condition{}
	join := opAnd
	if any {
		join = opOr
	}
	for i := range terms {
		t := &terms[i]
		if err := t.check(); err != nil {
			return nil, err
		}
		c.heads = append(c.heads, t.Name)
		if one := t.cond(); c.root == nil {
			c.root = one
		} else {
			c.root = &cond{op: join, left: c.root, right: one}
		}
	}
	if c.root == nil {
		return nil, nil
	}
	return c, nil
}

func (t *LegacyTerm) cond() *cond {
	args := []operand{{path: Path{nameStep(t.Name)}}}
	for _, v := range t.Values {
		args = append(args, operand{value: v})
	}
	call := func(fn string) *cond { return &cond{op: opFunction, args: []operand{{fn: fn, args: args}}} }
	switch t.Operator {
	case "NULL":
		return call("attribute_not_exists")
	case "NOT_NULL":
		return call("attribute_exists")
	case "CONTAINS":
		return call("contains")
	case "NOT_CONTAINS": // does not hold of an attribute that is not there
		exists := &cond{op: opFunction, args: []operand{{fn: "attribute_exists", args: args[:1]}}}
		return &cond{op: opAnd, left: exists, right: &cond{op: opNot, left: call("contains")}}
	case "BEGINS_WITH":
		return call("begins_with")
	case "IN":
		return &cond{op: opIn, args: args}
	case "BETWEEN":
		return &cond{op: opBetween, args: args}
	}
	return &cond{op: opCompare, sign: legacySigns[t.Operator], args: args}
}

// NewKeyCondition returns the terms of KeyConditions.
func NewKeyCondition(terms []LegacyTerm) ([]KeyTerm, error) {
	var keys []KeyTerm
	for i := range terms {
		t := &terms[i]
		if err := t.check(); err != nil {
			return nil, err
		}
		k := KeyTerm{Name: t.Name, Sign: legacySigns[t.Operator]}
		switch t.Operator {
		case "BETWEEN":
			k.Sign, k.Upper = "BETWEEN", t.Values[1]
		case "BEGINS_WITH":
			k.Sign = "begins_with"
		case "NE", "IN", "NULL", "NOT_NULL", "CONTAINS", "NOT_CONTAINS":
			k.Sign = ""
		}
		if len(t.Values) > 0 {
			k.Value = t.Values[0]
		}
		keys = append(keys, k)
	}
	if len(keys) < 1 || len(keys) > 2 {
		return nil, Invalid("Conditions can be of length 1 or 2 only")
	}
	return keys, nil
}

// LegacyUpdate is an entry of AttributeUpdates; Action is PUT, ADD or DELETE.
type LegacyUpdate struct {
	Name   string
	Action string
	Value  Value // nil where there is none
}

// NewUpdate returns the update that AttributeUpdates asks for.
func NewUpdate(updates []LegacyUpdate) (*Update, error) {
	u := &Update{legacy: true}
	for _, x := range updates {
		a := action{path: Path{nameStep(x.Name)}, value: operand{value: x.Value}}
		t := x.Value.Type()
		switch {
		case t == Missing && x.Action != "DELETE":
			return nil, Invalid(invalidValues + "Only DELETE action is allowed when no attribute value is specified")
		case t == Missing:
			a.verb = verbRemove
		case x.Action == "DELETE" && t < StringSet:
			return nil, Invalid(invalidValues + "DELETE action with value is not supported for the type " + t.String())
		case x.Action == "DELETE":
			a.verb = verbDelete
		case x.Action == "ADD" && t < StringSet && t != NumberType && t != List:
			return nil, Invalid(invalidValues + "ADD action is not supported for the type " + t.String())
		case x.Action == "ADD":
			a.verb = verbAdd
		}
		u.actions = append(u.actions, a)
		u.paths = append(u.paths, a.path)
	}
	return u, nil
}

// TopLevel returns the paths of attribute names, and the name that is there
// twice, if any.
func TopLevel(names []string) (paths []Path, twice string) {
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			twice = n
		}
		paths = append(paths, Path{nameStep(n)})
	}
	return paths, twice
}
