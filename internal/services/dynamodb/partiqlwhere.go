package dynamodb

import (
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
)

// where is the WHERE of a statement: a tree of AND, OR and NOT over tests. Tests
// that a key could be asked for remember what they ask.
type where struct {
	op   string // "and", "or", "not", or "" of a test
	kids []*where
	test ddbexpr.Test

	name   string // the attribute that is asked for, "" if that is not all there is
	sign   string // as of a ddbexpr.KeyTerm, or IN
	values []ddbexpr.Value
}

// whole is the test of the whole tree.
func (w *where) whole() ddbexpr.Test {
	if w == nil {
		return ddbexpr.Test{}
	}
	if w.op == "" {
		return w.test
	}
	t := w.kids[0].whole()
	switch w.op {
	case "and":
		return t.And(w.kids[1].whole())
	case "or":
		return t.Or(w.kids[1].whole())
	}
	return t.Not()
}

func negate(w *where) *where { return &where{op: "not", kids: []*where{w}} }

const maxStatementIn = 100

// condition translates the WHERE of a statement, nil if there is none, and
// checks it as far as it can be without a table.
func (b *binder) condition(e partiql.Expr) (*where, error) {
	if e == nil {
		return nil, nil
	}
	w, err := b.where(e, "WHERE clause must contain an expression that resolves to a boolean")
	if err != nil {
		return nil, err
	}
	_, err = w.whole().Condition()
	return w, visible(err)
}

// where translates a condition; misfit is the error of what is none.
func (b *binder) where(e partiql.Expr, misfit string) (*where, error) {
	switch e := e.(type) {
	case *partiql.Op:
		return b.operator(e)
	case *partiql.Is:
		return b.typeTest(e)
	case *partiql.Call:
		return b.function(e)
	}
	return nil, errValidation("%s", misfit)
}

// mirroredSigns are the comparisons with their sides exchanged.
var mirroredSigns = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (b *binder) operator(e *partiql.Op) (*where, error) {
	switch e.Sign {
	case "and", "or", "not":
		misfit := "The arguments to AND/OR must be Expressions"
		if e.Sign == "not" {
			misfit = "The argument to NOT must be a Type or Expression"
		}
		w := &where{op: e.Sign}
		for _, x := range e.Args {
			kid, err := b.where(x, misfit)
			if err != nil {
				return nil, err
			}
			w.kids = append(w.kids, kid)
		}
		return w, nil
	case "between":
		return b.between(e)
	case "in":
		return b.in(e)
	case "not between", "not in":
		positive := &partiql.Op{Pos: e.Pos, Sign: strings.TrimPrefix(e.Sign, "not "), Args: e.Args}
		w, err := b.operator(positive)
		if err != nil {
			return nil, err
		}
		return negate(w), nil
	}
	if mirroredSigns[e.Sign] == "" {
		return nil, errValidation("Unsupported operator in Condition Expression. Operator: %s", strings.ToUpper(e.Sign))
	}
	if isCondition(e.Args[0]) || isCondition(e.Args[1]) {
		return b.compareConditions(e)
	}
	left, right, err := b.pair(e)
	if err != nil {
		return nil, err
	}
	w := &where{test: ddbexpr.Compare(e.Sign, left, right)}
	w.ask(left, e.Sign, right)
	w.ask(right, mirroredSigns[e.Sign], left)
	return w, nil
}

// ask notes that a test asks for an attribute, if it does.
func (w *where) ask(left ddbexpr.Operand, sign string, rights ...ddbexpr.Operand) {
	if len(left.Path()) != 1 || sign == "<>" {
		return
	}
	values := make([]ddbexpr.Value, len(rights))
	for i, r := range rights {
		if values[i] = r.Value(); values[i] == nil {
			return
		}
	}
	w.name, w.sign, w.values = left.Path()[0].Name, sign, values
}

func (b *binder) pair(e *partiql.Op) (left, right ddbexpr.Operand, err error) {
	if left, err = b.operand(e.Args[0]); err == nil {
		right, err = b.operand(e.Args[1])
	}
	return left, right, err
}

// operand translates a path, a value or a size.
func (b *binder) operand(e partiql.Expr) (ddbexpr.Operand, error) {
	switch e := e.(type) {
	case *partiql.Path:
		return ddbexpr.PathOperand(pathOf(e)), nil
	case *partiql.Call:
		if e.Name != "size" {
			return ddbexpr.Operand{}, errFunction(e)
		}
		args, err := b.operands(e.Args)
		return ddbexpr.CallOperand("size", args...), err
	case *partiql.Op:
		return ddbexpr.Operand{}, errValidation("Unsupported operator in Condition Expression. Operator: %s", strings.ToUpper(e.Sign))
	}
	v, err := b.value(e)
	return ddbexpr.ValueOperand(v), err
}

func (b *binder) operands(es []partiql.Expr) ([]ddbexpr.Operand, error) {
	var all []ddbexpr.Operand
	for _, e := range es {
		o, err := b.operand(e)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

func pathOf(p *partiql.Path) ddbexpr.Path {
	path := make(ddbexpr.Path, len(p.Steps))
	for i, s := range p.Steps {
		path[i] = ddbexpr.Step{Name: s.Name, Index: s.Index}
	}
	return path
}

func errFunction(e *partiql.Call) error {
	return errValidation("Unrecognized function: %s at %s", e.Name, e.Pos)
}

func (b *binder) between(e *partiql.Op) (*where, error) {
	args, err := b.operands(e.Args)
	if err != nil {
		return nil, err
	}
	w := &where{test: ddbexpr.Between(args[0], args[1], args[2])}
	w.ask(args[0], "BETWEEN", args[1], args[2])
	return w, nil
}

func (b *binder) in(e *partiql.Op) (*where, error) {
	list, err := b.members(e.Args[1])
	if err != nil {
		return nil, err
	}
	if len(list) > maxStatementIn {
		return nil, errValidation("The IN operator is provided with too many operands; number of operands: %d", len(list))
	}
	_, isPath := e.Args[0].(*partiql.Path)
	if len(list) == 0 || !isPath && !isCondition(e.Args[0]) {
		return nil, errValidation("IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member")
	}
	if !isPath {
		return b.oneOf(e.Args[0], list)
	}
	left, err := b.operand(e.Args[0])
	if err != nil {
		return nil, err
	}
	w := &where{test: ddbexpr.In(left, list)}
	w.ask(left, "IN", list...)
	return w, nil
}

// members are what a value is to be one of: literals and parameters, or a
// parameter that is a list.
func (b *binder) members(e partiql.Expr) ([]ddbexpr.Operand, error) {
	switch e := e.(type) {
	case *partiql.List:
		return b.operands(e.Elems)
	case *partiql.Bag:
		return b.operands(e.Elems)
	case *partiql.Param:
		var all []ddbexpr.Operand
		if v := b.params[e.Index]; v.Type() == ddbexpr.List {
			for x := range v.Elems() {
				all = append(all, ddbexpr.ValueOperand(x))
			}
		}
		return all, nil
	}
	return nil, nil
}

// testedTypes are the types that IS tests for.
var testedTypes = map[string]string{"NULL": "NULL", "BOOLEAN": "BOOL", "BLOB": "B", "STRING": "S", "NUMERIC": "N", "STRUCT": "M", "TUPLE": "M", "LIST": "L"}

func (b *binder) typeTest(e *partiql.Is) (*where, error) {
	path, ok := e.X.(*partiql.Path)
	if !ok {
		return nil, errValidation("The left hand side argument to IS must be a Variable Reference, Literal, or Path")
	}
	at := ddbexpr.PathOperand(pathOf(path))
	name, known := testedTypes[e.Type]
	switch {
	case e.Type == "MISSING" && e.Not:
		return &where{test: ddbexpr.Holds("attribute_exists", at)}, nil
	case e.Type == "MISSING":
		return &where{test: ddbexpr.Holds("attribute_not_exists", at)}, nil
	case !known:
		return nil, errValidation("Unsupported data type for IS operator: %s. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]", e.Type)
	}
	w := &where{test: ddbexpr.Holds("attribute_type", at, ddbexpr.ValueOperand(ddbexpr.AppendScalar(nil, ddbexpr.String, []byte(name))))}
	if e.Not {
		return negate(w), nil
	}
	return w, nil
}

// conditionFunctions are the functions that are conditions.
var conditionFunctions = map[string]bool{"begins_with": true, "contains": true, "attribute_type": true, "attribute_exists": true, "attribute_not_exists": true}

func (b *binder) function(e *partiql.Call) (*where, error) {
	if !conditionFunctions[e.Name] {
		return nil, errFunction(e)
	}
	args, err := b.operands(e.Args)
	if err != nil {
		return nil, err
	}
	w := &where{test: ddbexpr.Holds(e.Name, args...)}
	if e.Name == "begins_with" && len(args) == 2 {
		w.ask(args[0], "begins_with", args[1])
	}
	return w, nil
}

// isCondition reports whether an expression is true or false.
func isCondition(e partiql.Expr) bool {
	switch e := e.(type) {
	case *partiql.Op:
		return mirroredSigns[e.Sign] != "" || strings.ContainsAny(e.Sign, "abcdefghijklmnopqrstuvwxyz")
	case *partiql.Is:
		return true
	case *partiql.Call:
		return conditionFunctions[e.Name]
	}
	return false
}

// compareConditions compares a condition with a value, which may be true or
// false. What else it could be compared with is refused.
func (b *binder) compareConditions(e *partiql.Op) (*where, error) {
	if e.Sign != "=" && e.Sign != "<>" {
		return nil, errValidation("Incorrect operand type for operator or function; operator or function: %s, operand type: BOOL", e.Sign)
	}
	left, right := e.Args[0], e.Args[1]
	if !isCondition(left) {
		left, right = right, left
	}
	if !isValue(right) {
		return nil, errValidation("Unsupported operator in Condition Expression. Operator: %s", e.Sign)
	}
	v, err := b.value(right)
	if err != nil {
		return nil, err
	}
	w, err := b.oneOf(left, []ddbexpr.Operand{ddbexpr.ValueOperand(v)})
	if err == nil && e.Sign == "<>" {
		w = negate(w)
	}
	return w, err
}

// oneOf holds when what a condition is, true or false, is in a list.
func (b *binder) oneOf(e partiql.Expr, list []ddbexpr.Operand) (*where, error) {
	w, err := b.where(e, "")
	if err != nil {
		return nil, err
	}
	var in [2]bool
	for _, o := range list {
		if v := o.Value(); v.Type() == ddbexpr.Bool {
			in[v[1]] = true
		}
	}
	switch {
	case in[0] && in[1]:
		return constant("="), nil
	case in[1]:
		return w, nil
	case in[0]:
		return negate(w), nil
	}
	return constant("<>"), nil
}

// constant is a test of a value with itself.
func constant(sign string) *where {
	v := ddbexpr.ValueOperand(ddbexpr.Value{byte(ddbexpr.Null)})
	return &where{test: ddbexpr.Compare(sign, v, v)}
}
