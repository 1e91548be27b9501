package ddbexpr

import "slices"

// A KeyTerm is one condition on a key attribute. Sign is one of = < <= > >=
// BETWEEN and begins_with, or "" where keys cannot be asked for that.
type KeyTerm struct {
	Name  string
	Sign  string
	Value Value
	Upper Value // of BETWEEN
}

// KeyTerms takes a KeyConditionExpression apart: conditions joined by AND, each
// on a different attribute.
func (c *Condition) KeyTerms() ([]KeyTerm, error) {
	var terms []KeyTerm
	if err := keyTerms(c.root, &terms); err != nil {
		return nil, err
	}
	return terms, nil
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func keyTerms(c *cond, terms *[]KeyTerm) error {
	switch c.op {
	case opAnd:
		if err := keyTerms(c.left, terms); err != nil {
			return err
		}
		return keyTerms(c.right, terms)
	case opOr:
		return Invalid("Invalid operator used in KeyConditionExpression: OR")
	case opNot:
		return Invalid("Invalid operator used in KeyConditionExpression: NOT")
	case opIn:
		return Invalid("Invalid operator used in KeyConditionExpression: IN")
	}
	t, err := keyTerm(c)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(*terms, func(u KeyTerm) bool { return u.Name == t.Name }) {
		return Invalid("Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key")
	}
	*terms = append(*terms, t)
	return nil
}

func keyTerm(c *cond) (KeyTerm, error) {
	t := KeyTerm{Sign: c.sign}
	args := c.args
	switch c.op {
	case opBetween:
		t.Sign = "BETWEEN"
	case opFunction:
		if t.Sign, args = args[0].fn, args[0].args; t.Sign != "begins_with" {
			return t, Invalid("Invalid operator used in KeyConditionExpression: " + t.Sign)
		}
	default:
		if t.Sign == "<>" {
			return t, Invalid("Invalid operator used in KeyConditionExpression: <>")
		}
	}
	if c.op != opCompare && !args[0].isPath() {
		return t, Invalid("Invalid condition in KeyConditionExpression: " + t.Sign + " operator must have the key attribute as its first operand")
	}
	at := -1
	for i := range args {
		switch o := &args[i]; {
		case o.fn != "":
			return t, Invalid("Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations")
		case !o.isPath():
		case at >= 0:
			return t, Invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case len(o.path) > 1:
			return t, Invalid("Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes")
		default:
			at = i
		}
	}
	switch {
	case at < 0:
		return t, Invalid("Invalid condition in KeyConditionExpression: No key attribute specified")
	case at > 0:
		t.Sign = mirrored[t.Sign]
		args = []operand{args[1], args[0]}
	}
	t.Name, t.Value = args[0].path[0].Name, args[1].value
	if c.op == opBetween {
		t.Upper = args[2].value
	}
	return t, nil
}
