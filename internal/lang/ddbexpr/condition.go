package ddbexpr

import (
	"cmp"
	"slices"
	"strconv"
)

// A Condition decides about an item: a ConditionExpression, a FilterExpression
// or the condition inside a key condition. A nil one holds of every item.
type Condition struct {
	root   *cond
	heads  []string
	nested []string
}

// Match reports whether the condition holds; it is nil for an item that does
// not exist.
func (c *Condition) Match(it Item) bool { return c == nil || c.root.match(it) }

// Names returns the top-level attributes that the condition reads.
func (c *Condition) Names() []string {
	if c == nil {
		return nil
	}
	return c.heads
}

// Nested reports whether a path of the condition goes inside the attribute.
func (c *Condition) Nested(name string) bool { return c != nil && slices.Contains(c.nested, name) }

type condOp byte

const (
	opOperand condOp = iota // an operand where a condition may follow
	opAnd
	opOr
	opNot
	opCompare
	opBetween
	opIn
	opFunction
)

// cond is a node of a condition.
type cond struct {
	op     condOp
	sign   string // of a comparison
	left   *cond
	right  *cond
	args   []operand
	parens bool
}

// operand is a path, a value or a function's result.
type operand struct {
	path  Path
	ref   string // of a value: ":v"
	value Value
	fn    string
	args  []operand
}

func (o *operand) isPath() bool { return o.path != nil }

// constant returns the type of a value in the request, Missing of other operands.
func (o *operand) constant() Type { return o.value.Type() }

// Condition compiles a condition; param is the parameter's name.
func (p *Params) Condition(param, text string) (*Condition, error) {
	c, err := p.condition(text)
	if err != nil {
		return nil, within(param, err)
	}
	return c, nil
}

func (p *Params) condition(text string) (*Condition, error) {
	ps := newParser(text)
	root := ps.or()
	ps.mustBeCondition(root)
	if err := ps.finish(); err != nil {
		return nil, err
	}
	ck := conditionChecker{params: p}
	ck.walk(root)
	if ps.redundant {
		return nil, Invalid("The expression has redundant parentheses;")
	}
	if err := cmp.Or(ck.unknown, ck.misused, ck.word, ck.first); err != nil {
		return nil, err
	}
	return &Condition{root, ck.heads, ck.nested}, nil
}

func (p *parser) or() *cond {
	c := p.and()
	for p.err == nil && p.at("OR") {
		p.mustBeCondition(c)
		p.advance()
		p.operators++
		right := p.and()
		p.mustBeCondition(right)
		c = &cond{op: opOr, left: c, right: right}
	}
	return c
}

func (p *parser) and() *cond {
	c := p.not()
	for p.err == nil && p.at("AND") {
		p.mustBeCondition(c)
		p.advance()
		p.operators++
		right := p.not()
		p.mustBeCondition(right)
		c = &cond{op: opAnd, left: c, right: right}
	}
	return c
}

func (p *parser) not() *cond {
	if p.err != nil || !p.accept("NOT") {
		return p.comparison()
	}
	p.operators++
	inner := p.not()
	p.mustBeCondition(inner)
	return &cond{op: opNot, left: inner}
}

// mustBeCondition fails at the next token if c is an operand that is no
// condition: something had to follow it. A function is judged later.
func (p *parser) mustBeCondition(c *cond) {
	if c.op == opOperand && c.args[0].fn == "" {
		p.fail()
	}
}

// comparison reads a condition without AND, OR and NOT, or a lone operand.
func (p *parser) comparison() *cond {
	left := p.leading()
	if left.op != opOperand {
		return left
	}
	args := left.args
	switch t := p.peek(); {
	case p.err != nil:
	case t.kind == tokPunct && slices.Contains([]string{"=", "<>", "<", "<=", ">", ">="}, t.text):
		p.advance()
		p.operators++
		return &cond{op: opCompare, sign: t.text, args: append(args, p.operand())}
	case t.is("BETWEEN"):
		p.advance()
		p.operators++
		args = append(args, p.operand())
		p.expect("AND")
		return &cond{op: opBetween, args: append(args, p.operand())}
	case t.is("IN"):
		p.advance()
		p.operators++
		p.expect("(")
		return &cond{op: opIn, args: p.list(args)}
	}
	return left
}

// leading reads the first operand of a condition, or a condition in parentheses.
func (p *parser) leading() *cond {
	if !p.accept("(") {
		o := p.operand()
		if o.fn != "" && o.fn != "size" && !p.atComparison() {
			return &cond{op: opFunction, args: []operand{o}}
		}
		return &cond{op: opOperand, args: []operand{o}}
	}
	c := p.or()
	p.expect(")")
	if c.parens {
		p.redundant = true
	}
	c.parens = true
	if c.op == opOperand && c.args[0].isPath() {
		c.args[0].path = p.steps(c.args[0].path)
	}
	return c
}

// atComparison reports whether a comparison goes on here.
func (p *parser) atComparison() bool {
	t := p.peek()
	return t.kind == tokPunct && t.text != ")" || t.is("BETWEEN") || t.is("IN")
}

var conditionWords = []string{"AND", "OR", "NOT", "BETWEEN", "IN"}

// operand reads an operand of a condition.
func (p *parser) operand() operand {
	t := p.peek()
	switch {
	case p.err != nil:
	case t.is("("):
		p.advance()
		doubled := p.at("(")
		o := p.operand()
		p.expect(")")
		if doubled {
			p.redundant = true
		}
		if o.isPath() {
			o.path = p.steps(o.path)
		}
		return o
	case t.kind == tokValue:
		p.advance()
		return operand{ref: t.text}
	case t.kind == tokWord && slices.ContainsFunc(conditionWords, t.is):
		p.fail()
	case t.kind == tokWord && p.toks[p.i+1].is("("):
		p.advance()
		p.advance()
		return operand{fn: t.text, args: p.list(nil)}
	default:
		return operand{path: p.path()}
	}
	return operand{path: Path{nameStep("")}}
}

// list reads operands up to a closing parenthesis.
func (p *parser) list(args []operand) []operand {
	for p.err == nil {
		args = append(args, p.operand())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return args
}

// conditionChecker resolves names and values and finds what is wrong. Errors
// are told in the order of its fields; first is of the first condition at
// fault.
type conditionChecker struct {
	params                        *Params
	unknown, misused, word, first error
	heads, nested                 []string
}

var conditionFunctions = map[string]int{
	"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2, "size": 1,
}

func (ck *conditionChecker) walk(c *cond) {
	if c == nil {
		return
	}
	ck.walk(c.left)
	ck.walk(c.right)
	if c.args == nil {
		return
	}
	var undefined error
	for i := range c.args {
		o := &c.args[i]
		undefined = cmp.Or(undefined, ck.resolve(o, c.op == opFunction || c.op == opOperand))
	}
	if c.op == opOperand { // only a function gets here
		ck.misused = cmp.Or(ck.misused, misuse(c.args[0].fn))
	}
	ck.first = cmp.Or(ck.first, undefined)
	if ck.first == nil {
		ck.first = checkCond(c)
	}
}

// resolve looks up names and values in an operand; a function may stand there
// only if it is the condition itself, or size.
func (ck *conditionChecker) resolve(o *operand, condition bool) (undefined error) {
	switch {
	case o.isPath():
		if ck.params != nil {
			var word error
			undefined, word = ck.params.resolve(o.path)
			ck.word = cmp.Or(ck.word, word)
		}
		if h := o.path[0].Name; !slices.Contains(ck.heads, h) {
			ck.heads = append(ck.heads, h)
		}
		if len(o.path) > 1 {
			ck.nested = append(ck.nested, o.path[0].Name)
		}
	case o.ref != "":
		o.value, undefined = ck.params.value(o.ref)
	case o.value != nil:
	default:
		if _, ok := conditionFunctions[o.fn]; !ok && !slices.Contains(updateFunctions, o.fn) {
			ck.unknown = cmp.Or(ck.unknown, error(Invalid("Invalid function name; function: "+o.fn)))
		} else if !ok || !condition && o.fn != "size" {
			ck.misused = cmp.Or(ck.misused, misuse(o.fn))
		}
		for i := range o.args {
			undefined = cmp.Or(undefined, ck.resolve(&o.args[i], false))
		}
	}
	return undefined
}

func misuse(fn string) error {
	return Invalid("The function is not allowed to be used this way in an expression; function: " + fn)
}

// checkCond checks the operands of one condition.
func checkCond(c *cond) error {
	for i := range c.args {
		if err := checkOperand(&c.args[i]); err != nil {
			return err
		}
	}
	switch c.op {
	case opCompare:
		if err := distinct(c.sign, c.args); err != nil {
			return err
		}
		if c.sign != "=" && c.sign != "<>" {
			return ordered(c.sign, c.args)
		}
	case opBetween:
		if err := ordered("BETWEEN", c.args); err != nil {
			return err
		}
		return bounds(c.args[1].value, c.args[2].value)
	case opIn:
		if len(c.args)-1 > maxIn {
			return operandCount("IN", len(c.args)-1)
		}
		return distinct("IN", c.args)
	}
	return nil
}

func checkOperand(o *operand) error {
	if o.fn == "" {
		return nil
	}
	for i := range o.args {
		if err := checkOperand(&o.args[i]); err != nil {
			return err
		}
	}
	if want, ok := conditionFunctions[o.fn]; ok && want != len(o.args) {
		return operandCount(o.fn, len(o.args))
	}
	if err := distinct(o.fn, o.args); err != nil {
		return err
	}
	switch o.fn {
	case "attribute_exists", "attribute_not_exists":
		if !o.args[0].isPath() {
			return Invalid("Operator or function requires a document path; operator or function: " + o.fn)
		}
	case "begins_with":
		for i := range o.args {
			if t := o.args[i].resultType(); t != Missing && t != String && t != Binary {
				return operandType(o.fn, t.String())
			}
		}
	case "attribute_type":
		return checkAttributeType(o)
	case "size":
		if t := o.args[0].resultType(); t == NumberType || t == Bool || t == Null {
			return operandType(o.fn, t.String())
		}
	}
	return nil
}

func checkAttributeType(o *operand) error {
	switch t := o.args[1].resultType(); t {
	case Missing:
		return operandType(o.fn, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
	case String:
		if v := o.args[1].value; TypeNamed(v.Text()) == Missing {
			return Invalid("Invalid attribute type name found; type: " + v.Text() + ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")
		}
		return nil
	default:
		return operandType(o.fn, t.String())
	}
}

// resultType is the type an operand has whatever the item.
func (o *operand) resultType() Type {
	if o.fn == "size" {
		return NumberType
	}
	return o.constant()
}

// ordered checks that values of the request can be ordered.
func ordered(sign string, args []operand) error {
	for i := range args {
		switch t := args[i].constant(); t {
		case Missing, String, NumberType, Binary:
		default:
			return operandType(sign, t.String())
		}
	}
	return nil
}

func bounds(lo, hi Value) error {
	var problem string
	switch {
	case lo == nil || hi == nil:
		return nil
	case lo.Type() != hi.Type():
		problem = "same data type for lower and upper bounds"
	case lo.Compare(hi) > 0:
		problem = "upper bound to be greater than or equal to lower bound"
	default:
		return nil
	}
	return Invalid("The BETWEEN operator requires " + problem + "; lower bound operand: AttributeValue: " + lo.operandText() +
		", upper bound operand: AttributeValue: " + hi.operandText())
}

func distinct(operator string, args []operand) error {
	for _, o := range args[1:] {
		if args[0].isPath() && o.isPath() && args[0].path.equal(o.path) {
			return Invalid("The first operand must be distinct from the remaining operands for this operator or function; operator: " +
				operator + ", first operand: " + o.path.String())
		}
	}
	return nil
}

func operandType(operator, t string) error {
	return Invalid("Incorrect operand type for operator or function; operator or function: " + operator + ", operand type: " + t)
}

func operandCount(operator string, n int) error {
	return Invalid("Incorrect number of operands for operator or function; operator or function: " + operator +
		", number of operands: " + strconv.Itoa(n))
}
