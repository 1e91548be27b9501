package partiql

// Parse reads a statement, and counts the parameters that it has.
func Parse(text string) (st Statement, params int, err error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, 0, err
	}
	p := &parser{tokens: tokens}
	e := p.expression(0)
	p.accept(";")
	if p.peek().kind != tokEOF {
		p.fail(leftover)
	}
	if p.err != nil {
		return nil, 0, p.err
	}
	st = p.statement(e)
	if p.refused != nil {
		return nil, 0, p.refused
	}
	return st, p.params, nil
}

// statement is the statement that an expression is.
func (p *parser) statement(e Expr) Statement {
	switch e := e.(type) {
	case *Query:
		return e.Statement
	case *Call:
		if e.Name != "exists" || len(e.Args) != 1 {
			break
		}
		if q, ok := e.Args[0].(*Query); ok {
			if s, ok := q.Statement.(*Select); ok {
				return &Exists{s}
			}
		}
	}
	p.refuse(Invalid("Unsupported operation: " + Kind(e)))
	return nil
}

// A parser goes through the tokens of a statement. The first error of syntax
// stays, and so does the first thing that is refused for another reason, which
// is told only if the syntax is right.
type parser struct {
	tokens  []token
	at      int
	params  int
	err     error
	refused error
}

func (p *parser) peek() token { return p.tokens[p.at] }

// after is the token that follows the next one.
func (p *parser) after() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

func (p *parser) advance() token {
	t := p.peek()
	if t.kind != tokEOF {
		p.at++
	}
	return t
}

func (p *parser) accept(text string) bool {
	if !p.peek().is(text) {
		return false
	}
	p.advance()
	return true
}

// tokenNames are the names of signs in errors.
var tokenNames = map[string]string{")": "RIGHT_PAREN", "]": "RIGHT_BRACKET", "}": "RIGHT_CURLY", ">>": "RIGHT_DOUBLE_ANGLE_BRACKET", ":": "COLON", "=": "EQ"}

func (p *parser) expect(sign string) {
	if !p.accept(sign) {
		p.fail("Expected " + tokenNames[sign])
	}
}

// fail is an error of syntax. Nothing more is read after it.
func (p *parser) fail(detail string) {
	if p.err == nil {
		p.err = malformed(detail)
	}
	p.at = len(p.tokens) - 1
}

func (p *parser) refuse(err Invalid) {
	if p.refused == nil {
		p.refused = err
	}
}

// refuseAt is refuse with the place of what is refused.
func (p *parser) refuseAt(text string, at Pos) { p.refuse(Invalid(text + " at " + at.String())) }

// precedence orders the infix operators; what binds closer has more.
var precedence = map[string]int{
	"union": 5, "except": 5, "intersect": 5,
	"or": 10, "and": 20,
	"=": 40, "<>": 40, "is": 40, "is not": 40, "in": 40, "not in": 40,
	"<": 50, "<=": 50, ">": 50, ">=": 50, "between": 50, "not between": 50, "like": 50, "not like": 50,
	"+": 60, "-": 60, "||": 60,
	"*": 70, "/": 70, "%": 70,
}

const (
	inSelect = 6 // of the expressions of a SELECT, which unions do not belong to
	afterNot = 30
)

// infix returns the operator that is next, and of how many words it is.
func (p *parser) infix() (sign string, words int) {
	t := p.peek()
	if t.kind != tokKeyword && t.kind != tokSign {
		return "", 0
	}
	next := p.after().text
	switch {
	case t.is("is") && p.after().is("not"):
		return "is not", 2
	case t.is("not") && p.after().kind == tokKeyword && (next == "in" || next == "between" || next == "like"):
		return "not " + next, 2
	case precedence[t.text] == 5 && (p.after().is("all") || p.after().is("distinct")):
		return t.text, 2
	}
	return t.text, 1
}

// expression reads operators that bind closer than least.
func (p *parser) expression(least int) Expr {
	left := p.unary()
	for p.err == nil {
		sign, n := p.infix()
		binds := precedence[sign]
		if binds <= least {
			break
		}
		at := p.peek().Pos
		p.at += n
		left = p.operation(at, left, sign, binds)
	}
	return left
}

// operation reads what follows an infix operator.
func (p *parser) operation(at Pos, left Expr, sign string, binds int) Expr {
	switch sign {
	case "is", "is not":
		return &Is{at, left, p.typeName(), sign == "is not"}
	case "in", "not in":
		if p.peek().is("(") && !p.after().is("select") && !p.after().is("values") {
			list := p.advance()
			return &Op{at, sign, []Expr{left, &List{list.Pos, p.elements(")")}}}
		}
	case "between", "not between":
		low := p.right(binds)
		if !p.accept("and") {
			p.fail("Expected AND keyword")
		}
		if p.peek().kind == tokEOF {
			p.fail("Expected expression after AND")
		}
		return &Op{at, sign, []Expr{left, low, p.expression(binds)}}
	}
	right := p.right(binds)
	if (sign == "like" || sign == "not like") && p.accept("escape") {
		p.right(binds)
	}
	return &Op{at, sign, []Expr{left, right}}
}

func (p *parser) right(binds int) Expr {
	if p.peek().kind == tokEOF {
		p.fail(noRight)
	}
	return p.expression(binds)
}

// types are the names that others stand for.
var types = map[string]string{"bool": "BOOLEAN", "dec": "DECIMAL", "int": "INTEGER", "int2": "SMALLINT", "integer2": "SMALLINT",
	"int4": "INTEGER4", "int8": "INTEGER8", "bigint": "INTEGER8", "varchar": "CHARACTER_VARYING", "char": "CHARACTER"}

// typeName reads the name of a type, and the numbers in parentheses after it.
func (p *parser) typeName() string {
	t := p.peek()
	name := t.text
	if p.advance(); p.accept("varying") && name == "character" || p.accept("precision") && name == "double" {
		name += " " + p.tokens[p.at-1].text
	} else if t.kind != tokKeyword || !typeNames[name] {
		p.fail("Expected type name")
	}
	if p.accept("(") {
		p.elements(")")
	}
	if full, ok := types[name]; ok {
		return full
	}
	return upper(name)
}

// unary reads a term with what stands before it. The sign of a number becomes
// part of it.
func (p *parser) unary() Expr {
	t := p.peek()
	switch {
	case t.is("not"):
		p.advance()
		return &Op{t.Pos, "not", []Expr{p.expression(afterNot)}}
	case t.is("+"), t.is("-"):
		p.advance()
		x := p.unary()
		n, ok := x.(*Literal)
		if !ok || n.Type != Number {
			return &Op{t.Pos, t.text, []Expr{x}}
		}
		if t.is("-") {
			n.Text = negated(n.Text)
		}
		return n
	}
	return p.pathTerm()
}

func negated(number string) string {
	if number[0] == '-' {
		return number[1:]
	}
	return "-" + number
}

// elements reads expressions up to a closing sign; the opening one was read.
func (p *parser) elements(end string) []Expr {
	var all []Expr
	if p.accept(end) {
		return nil
	}
	for p.err == nil {
		all = append(all, p.expression(0))
		if !p.accept(",") {
			p.expect(end)
			break
		}
	}
	return all
}
