package vtl

import (
	"math/big"
	"strconv"
	"strings"
)

// binding is how an operator is written and how tightly it holds.
type binding struct {
	symbol, word string
	op           operator
}

// precedence lists the operators, loosest first. Of two symbols the longer
// stands first.
var precedence = [][]binding{
	{{"||", "or", opOr}},
	{{"&&", "and", opAnd}},
	{{"==", "eq", opEqual}, {"!=", "ne", opNotEqual}},
	{{"<=", "le", opLessEqual}, {">=", "ge", opGreaterEqual}, {"<", "lt", opLess}, {">", "gt", opGreater}},
	{{"+", "", opAdd}, {"-", "", opSubtract}},
	{{"*", "", opMultiply}, {"/", "", opDivide}, {"%", "", opRemainder}},
}

func (p *parser) expression() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	return p.binary(0)
}

// binary reads operators of a level of precedence and all that hold tighter.
func (p *parser) binary(level int) (expr, error) {
	if level == len(precedence) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		p.space()
		op, length := p.operator(precedence[level])
		if length == 0 {
			return left, nil
		}
		pos := p.base + p.pos
		p.pos += length
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = &binaryExpr{pos: pos, op: op, left: left, right: right}
	}
}

func (p *parser) operator(level []binding) (operator, int) {
	rest := p.src[p.pos:]
	for _, b := range level {
		if strings.HasPrefix(rest, b.symbol) {
			return b.op, len(b.symbol)
		}
		if n := len(b.word); n > 0 && strings.HasPrefix(rest, b.word) && !isWord(p.at(n)) {
			return b.op, n
		}
	}
	return 0, 0
}

func (p *parser) unary() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.space()
	switch {
	case p.peek() == '!' && p.at(1) != '=':
		p.pos++
		e, err := p.unary()
		return &notExpr{e}, err
	case strings.HasPrefix(p.src[p.pos:], "not") && !isWord(p.at(3)):
		p.pos += 3
		e, err := p.unary()
		return &notExpr{e}, err
	case p.peek() == '-' && !isDigit(p.at(1)) && p.at(1) != '.':
		pos := p.base + p.pos
		p.pos++
		e, err := p.unary()
		return &negateExpr{pos, e}, err
	}
	return p.operand()
}

// operand reads a value: a literal, a reference, or an expression in parentheses.
func (p *parser) operand() (expr, error) {
	p.space()
	switch c := p.peek(); {
	case c == '(':
		p.pos++
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		return e, p.expect(')')
	case c == '$':
		if !p.atReference() {
			return nil, p.unexpected()
		}
		return p.reference()
	case c == '"':
		return p.doubleQuoted()
	case c == '\'':
		return p.singleQuoted()
	case c == '[':
		return p.list()
	case c == '{':
		return p.mapping()
	case isDigit(c), c == '-' && (isDigit(p.at(1)) || p.at(1) == '.'), c == '.' && isDigit(p.at(1)):
		return p.number()
	case isLetter(c):
		return p.word()
	}
	return nil, p.unexpected()
}

func (p *parser) word() (expr, error) {
	start := p.pos
	switch name := p.identifier(); name {
	case "true":
		return constant{true}, nil
	case "false":
		return constant{false}, nil
	case "null":
		return constant{nil}, nil
	}
	p.pos = start
	return nil, p.unexpected()
}

func (p *parser) number() (expr, error) {
	start := p.pos
	if p.peek() == '-' {
		p.pos++
	}
	p.digits()
	float := false
	if p.peek() == '.' && p.at(1) != '.' { // not a range
		float = true
		p.pos++
		p.digits()
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		i := 1
		if p.at(i) == '+' || p.at(i) == '-' {
			i++
		}
		if isDigit(p.at(i)) {
			float = true
			p.pos += i
			p.digits()
		}
	}
	text := p.src[start:p.pos]
	v, ok := number(text, float)
	if !ok {
		return nil, p.errorf("%s is no number", text)
	}
	return constant{v}, nil
}

func (p *parser) digits() {
	for isDigit(p.peek()) {
		p.pos++
	}
}

// maxDigits is the longest integer.
const maxDigits = 1000

// number converts the text of a number.
func number(text string, float bool) (any, bool) {
	if !float {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
		if len(text) > maxDigits {
			return nil, false
		}
		n, ok := new(big.Int).SetString(text, 10)
		return n, ok
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// singleQuoted reads a string that is taken as it stands, two quotes for one.
func (p *parser) singleQuoted() (expr, error) {
	s, _, err := p.quoted('\'')
	return constant{s}, err
}

// doubleQuoted reads a string in which references and directives are rendered.
func (p *parser) doubleQuoted() (expr, error) {
	s, start, err := p.quoted('"')
	if err != nil {
		return nil, err
	}
	if strings.Contains(s, `\u`) {
		s = unicodeEscapes(s)
	}
	if !strings.ContainsAny(s, "$#") {
		return constant{s}, nil
	}
	inner := &parser{t: p.t, src: s, base: p.base + start, depth: p.depth, failures: p.failures}
	nodes, end, err := inner.block()
	p.failures = inner.failures
	if err != nil {
		return nil, err
	}
	if end != "" {
		inner.pos = inner.blockEnd
		return nil, inner.errorf("Encountered #%s without its directive", end)
	}
	if len(nodes) == 1 {
		if text, ok := nodes[0].(textNode); ok {
			return constant{string(text)}, nil
		}
	}
	return &interpolated{nodes}, nil
}

// quoted reads a string up to its closing quote, and says where it began.
func (p *parser) quoted(quote byte) (s string, start int, err error) {
	p.pos++
	start = p.pos
	doubled := false
	for {
		i := strings.IndexByte(p.src[p.pos:], quote)
		if i < 0 {
			p.pos = start - 1
			return "", 0, p.errorf("The string has no closing %c", quote)
		}
		p.pos += i + 1
		if p.peek() != quote {
			break
		}
		doubled = true
		p.pos++
	}
	s = p.src[start : p.pos-1]
	if doubled {
		q := string(quote)
		s = strings.ReplaceAll(s, q+q, q)
	}
	return s, start, nil
}

func unicodeEscapes(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, `\u`)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		if i+6 <= len(s) {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteString(s[:i])
				b.WriteRune(rune(n))
				s = s[i+6:]
				continue
			}
		}
		b.WriteString(s[:i+2])
		s = s[i+2:]
	}
}

// list reads [a, b] and the range [a..b].
func (p *parser) list() (expr, error) {
	pos := p.base + p.pos
	p.pos++
	l := &listExpr{}
	for {
		p.space()
		if p.peek() == ']' && len(l.items) == 0 {
			p.pos++
			return l, nil
		}
		item, err := p.expression()
		if err != nil {
			return nil, err
		}
		p.space()
		if len(l.items) == 0 && p.peek() == '.' && p.at(1) == '.' {
			p.pos += 2
			to, err := p.expression()
			if err != nil {
				return nil, err
			}
			return &rangeExpr{pos: pos, from: item, to: to}, p.expect(']')
		}
		l.items = append(l.items, item)
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return l, nil
		default:
			return nil, p.unexpected()
		}
	}
}

// mapping reads {"a": b, "c": d}.
func (p *parser) mapping() (expr, error) {
	p.pos++
	m := &mapExpr{}
	for {
		p.space()
		if p.peek() == '}' && len(m.keys) == 0 {
			p.pos++
			return m, nil
		}
		key, err := p.expression()
		if err != nil {
			return nil, err
		}
		if err := p.expect(':'); err != nil {
			return nil, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, err
		}
		m.keys = append(m.keys, key)
		m.values = append(m.values, value)
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return m, nil
		default:
			return nil, p.unexpected()
		}
	}
}

// reference reads a reference, which is there.
func (p *parser) reference() (*reference, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	start := p.pos
	ref := &reference{pos: p.base + start}
	p.pos++
	if p.peek() == '!' {
		ref.quiet = true
		p.pos++
	}
	formal := p.peek() == '{'
	if formal {
		p.pos++
	}
	ref.name = p.identifier()
	ref.slot = p.t.slot(ref.name)
	for {
		s, ok, err := p.step()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		ref.steps = append(ref.steps, s)
	}
	if formal {
		if p.peek() == '|' {
			p.pos++
			var err error
			if ref.alternate, err = p.expression(); err != nil {
				return nil, err
			}
			p.space()
		}
		if p.peek() != '}' {
			return nil, p.unexpected()
		}
		p.pos++
	}
	ref.text = p.src[start:p.pos]
	return ref, nil
}

// step reads .name, .name(…) or [index], if there is one.
func (p *parser) step() (s step, ok bool, err error) {
	s.pos = p.base + p.pos
	switch {
	case p.peek() == '[':
		p.pos++
		s.kind = stepIndex
		if s.index, err = p.expression(); err != nil {
			return s, false, err
		}
		return s, true, p.expect(']')
	case p.peek() != '.' || !isLetter(p.at(1)):
		return s, false, nil
	}
	p.pos++
	s.name = p.identifier()
	if p.peek() != '(' {
		return s, true, nil
	}
	s.kind = stepMethod
	p.pos++
	for {
		p.space()
		if p.peek() == ')' && len(s.args) == 0 {
			p.pos++
			return s, true, nil
		}
		arg, err := p.expression()
		if err != nil {
			return s, false, err
		}
		s.args = append(s.args, arg)
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case ')':
			p.pos++
			return s, true, nil
		default:
			return s, false, p.unexpected()
		}
	}
}
