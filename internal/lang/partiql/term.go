package partiql

import (
	"strconv"
	"strings"
)

func upper(s string) string { return strings.ToUpper(s) }

// pathTerm reads a term and the steps of a path after it.
func (p *parser) pathTerm() Expr {
	e := p.term()
	if path, ok := e.(*Path); ok {
		p.steps(path, false)
		return path
	}
	if t := p.peek(); t.is(".") || t.is("[") {
		p.steps(&Path{Pos: e.At()}, false)
		p.refuseAt("Unexpected path component", e.At())
	}
	return e
}

// simplePath reads a path of a write, whose first step must be a name.
func (p *parser) simplePath() *Path {
	t := p.peek()
	if t.kind != tokName && t.kind != tokQuoted {
		p.fail(noSimplePath)
	}
	p.advance()
	path := &Path{t.Pos, []Step{{t.text, -1}}}
	p.steps(path, true)
	return path
}

// steps reads the steps of a path after its first.
func (p *parser) steps(path *Path, simple bool) {
	for p.err == nil {
		switch {
		case p.accept("."):
			p.dotStep(path, simple)
		case p.accept("["):
			p.indexStep(path)
		default:
			return
		}
	}
}

func (p *parser) dotStep(path *Path, simple bool) {
	switch t := p.peek(); {
	case t.kind == tokName || t.kind == tokQuoted:
		if t.text == "" {
			p.refuse("Path component cannot be an empty string")
		}
		path.Steps = append(path.Steps, Step{t.text, -1})
		p.advance()
	case t.is("*") && simple:
		p.fail("Invalid path dot component for simple path")
	case t.is("*"):
		p.advance()
		p.refuse("Unpivot path component like a.*.b are not supported")
	default:
		p.fail("Invalid path dot component")
	}
}

func (p *parser) indexStep(path *Path) {
	if p.accept("*") {
		p.refuse("Wildcard path component like a[*].b are not supported")
		p.expect("]")
		return
	}
	e := p.expression(0)
	p.expect("]")
	n, ok := e.(*Literal)
	switch {
	case ok && n.Type == String:
		path.Steps = append(path.Steps, Step{n.Text, -1})
	case ok && n.Type == Number:
		i, err := strconv.ParseInt(n.Text, 10, 32)
		if err != nil || i < 0 {
			p.refuseAt("List index is not within the allowable range; index: ["+n.Text+"]", n.Pos)
		}
		path.Steps = append(path.Steps, Step{"", max(int(i), 0)})
	default:
		p.refuseAt("Unexpected path component", e.At())
	}
}

// term reads what has no operator around it.
func (p *parser) term() Expr {
	switch t := p.peek(); t.kind {
	case tokKeyword:
		return p.keywordTerm(t)
	case tokSign:
		return p.signTerm(t)
	case tokName, tokQuoted:
		p.advance()
		if p.accept("(") {
			return p.call(t)
		}
		if t.text == "" {
			p.refuse("Path component cannot be an empty string")
		}
		return &Path{t.Pos, []Step{{t.text, -1}}}
	case tokParam:
		p.advance()
		p.params++
		return &Param{t.Pos, p.params - 1}
	case tokString:
		return p.literal(String)
	case tokNumber:
		return p.literal(Number)
	case tokIon:
		return p.literal(Ion)
	default:
		p.fail(unexpectedTerm)
		return &Literal{Pos: t.Pos}
	}
}

func (p *parser) literal(of Type) *Literal {
	t := p.advance()
	return &Literal{t.Pos, of, t.text}
}

func (p *parser) keywordTerm(t token) Expr {
	p.advance()
	switch t.text {
	case "null":
		return &Literal{t.Pos, Null, ""}
	case "missing":
		return &Literal{t.Pos, Missing, ""}
	case "true", "false":
		return &Literal{t.Pos, Bool, t.text}
	case "select":
		return &Query{t.Pos, p.selection()}
	case "pivot":
		p.refuse(refusedProjection)
		return &Query{t.Pos, p.selection()}
	case "insert":
		return &Query{t.Pos, p.insert()}
	case "update":
		return &Query{t.Pos, p.update()}
	case "delete":
		return &Query{t.Pos, p.deletion()}
	case "from":
		return &Query{t.Pos, p.fromFirst()}
	case "create", "drop":
		p.refuse("Unsupported operation: Ddl")
		p.at = len(p.tokens) - 1
		return &Literal{Pos: t.Pos}
	case "is", "like", "and", "or", "in", "between", "union", "except", "intersect":
		p.fail(unexpectedOperator)
	}
	if callable[t.text] && p.accept("(") {
		return p.call(t)
	}
	p.fail(unexpectedKeyword)
	return &Literal{Pos: t.Pos}
}

func (p *parser) signTerm(t token) Expr {
	switch p.advance(); t.text {
	case "(":
		group := p.elements(")")
		switch len(group) {
		case 0:
			p.fail("Expression group cannot be empty")
		case 1:
			return group[0]
		}
		return &List{t.Pos, group}
	case "[":
		return &List{t.Pos, p.elements("]")}
	case "<<":
		return &Bag{t.Pos, p.elements(">>")}
	case "{":
		return p.structure(t)
	case "@":
		if next := p.peek(); next.kind == tokName || next.kind == tokQuoted {
			return p.term()
		}
		p.fail("Identifier must follow @-operator")
	case "=", "<>", "<", "<=", ">", ">=", "||", "/", "%":
		p.fail(unexpectedOperator)
	default:
		p.fail(unexpectedTerm)
	}
	return &Literal{Pos: t.Pos}
}

func (p *parser) structure(t token) Expr {
	s := &Struct{Pos: t.Pos}
	if p.accept("}") {
		return s
	}
	for p.err == nil {
		key := p.expression(0)
		p.expect(":")
		s.Fields = append(s.Fields, Field{key, p.expression(0)})
		if !p.accept(",") {
			p.expect("}")
			break
		}
	}
	return s
}

// call reads the arguments of a function; its parenthesis was read.
func (p *parser) call(t token) Expr {
	name := strings.ToLower(t.text)
	if name == "count" && p.accept("*") {
		p.expect(")")
		return &Call{t.Pos, name, nil}
	}
	return &Call{t.Pos, name, p.elements(")")}
}
