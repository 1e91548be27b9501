package metricmath

import (
	"fmt"
	"strconv"
	"strings"
)

// Expr is a parsed expression. It is safe for concurrent use.
type Expr struct {
	root node
	ids  []string
}

// IDs lists the ids that the expression names, in order, without doubles.
func (e *Expr) IDs() []string { return e.ids }

// SyntaxError says what is wrong with an expression.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return e.Reason }

func wrong(format string, args ...any) error { return &SyntaxError{fmt.Sprintf(format, args...)} }

type (
	node interface {
		eval(*evaluation) (Value, error)
	}
	constant  float64
	text      string
	reference string
	array     []node
	negation  struct{ of node }
	operation struct {
		op          string
		left, right node
	}
	call struct {
		name string
		args []node
	}
)

// maxDepth bounds how deep an expression nests.
const maxDepth = 100

// Parse compiles an expression. Its errors are *SyntaxError.
func Parse(source string) (*Expr, error) {
	p := &parser{source: source, seen: map[string]bool{}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.token != "" {
		return nil, wrong("Unexpected '%s' at position %d", p.token, p.at)
	}
	return &Expr{root, p.ids}, nil
}

// parser holds one token of lookahead, which is "" at the end.
type parser struct {
	source string
	pos    int
	at     int // where token begins
	token  string
	depth  int
	ids    []string
	seen   map[string]bool
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func (p *parser) advance() error {
	s := p.source
	for p.pos < len(s) && strings.IndexByte(" \t\r\n", s[p.pos]) >= 0 {
		p.pos++
	}
	p.at = p.pos
	if p.pos == len(s) {
		p.token = ""
		return nil
	}
	end := p.pos + 1
	switch c := s[p.pos]; {
	case isLetter(c):
		for end < len(s) && (isLetter(s[end]) || isDigit(s[end])) {
			end++
		}
	case isDigit(c) || c == '.':
		for end < len(s) && (isDigit(s[end]) || s[end] == '.' || s[end] == 'e' || s[end] == 'E' || (s[end] == '-' || s[end] == '+') && (s[end-1] == 'e' || s[end-1] == 'E')) {
			end++
		}
	case c == '"' || c == '\'':
		for end < len(s) && s[end] != c {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(s) {
			return wrong("Unclosed quote at position %d", p.pos)
		}
		end++
	case end < len(s):
		switch s[p.pos : end+1] {
		case "==", "!=", "<=", ">=", "&&", "||":
			end++
		}
	}
	p.token, p.pos = s[p.pos:end], end
	return nil
}

// levels are the binary operators, those that bind least first.
var levels = [][]string{{"OR", "||"}, {"AND", "&&"}, {"==", "!=", "<", ">", "<=", ">="}, {"+", "-"}, {"*", "/"}, {"^"}}

func (p *parser) binary(level int) (node, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op := ""
		for _, o := range levels[level] {
			if p.token == o {
				op = levels[level][0]
				if level > 1 {
					op = o
				}
			}
		}
		if op == "" {
			return left, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		var right node
		if right, err = p.binary(level + 1); err == nil {
			left = operation{op, left, right}
		}
	}
	return nil, err
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, wrong("The expression is nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.token == "-" {
		if err := p.advance(); err != nil {
			return nil, err
		}
		of, err := p.unary()
		return negation{of}, err
	}
	return p.primary()
}

func (p *parser) primary() (node, error) {
	t, at := p.token, p.at
	if t == "" {
		return nil, wrong("Unexpected end of the expression")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch c := t[0]; {
	case t == "(":
		n, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		return n, p.expect(")")
	case t == "[":
		list, err := p.list("]")
		return array(list), err
	case isDigit(c) || c == '.':
		v, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return nil, wrong("'%s' at position %d is not a number", t, at)
		}
		return constant(v), nil
	case c == '"' || c == '\'':
		return text(strings.ReplaceAll(t[1:len(t)-1], `\`+t[:1], t[:1])), nil
	case isLetter(c) && p.token == "(":
		name := strings.ToUpper(t)
		f, known := functions[name]
		if !known {
			return nil, wrong("Unknown function '%s' at position %d", t, at)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		args, err := p.list(")")
		if err != nil {
			return nil, err
		}
		if len(args) < f.min || len(args) > f.max {
			return nil, wrong("Wrong number of arguments of %s at position %d", name, at)
		}
		return call{name, args}, nil
	case c >= 'a' && c <= 'z':
		if !p.seen[t] {
			p.seen[t] = true
			p.ids = append(p.ids, t)
		}
		return reference(t), nil
	case t == "REPEAT" || t == "LINEAR" || t == "ASC" || t == "DESC" || statistic[t]:
		return text(t), nil
	}
	return nil, wrong("Unexpected '%s' at position %d", t, at)
}

// statistic are the words that SORT orders by.
var statistic = map[string]bool{"AVG": true, "MIN": true, "MAX": true, "SUM": true}

func (p *parser) expect(token string) error {
	if p.token != token {
		if p.token == "" {
			return wrong("Missing '%s' at the end of the expression", token)
		}
		return wrong("Expected '%s' at position %d, not '%s'", token, p.at, p.token)
	}
	return p.advance()
}

// list reads nodes up to a closing token.
func (p *parser) list(closing string) (list []node, err error) {
	if p.token == closing {
		return nil, p.advance()
	}
	for {
		n, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
		if p.token != "," {
			return list, p.expect(closing)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}
