package vtl

import "strings"

// directives are the names that cannot be macros.
var directives = map[string]bool{
	"set": true, "if": true, "foreach": true, "break": true, "stop": true, "return": true, "macro": true, "define": true,
	"literal": true, "else": true, "elseif": true, "end": true, "include": true, "parse": true, "evaluate": true,
}

// directiveName looks at the name after #, which may be in braces, and at the
// length of it all. A block macro's name begins with @.
func (p *parser) directiveName() (name string, length int, block bool) {
	i := 1
	braces := p.at(i) == '{'
	if braces {
		i++
	}
	if p.at(i) == '@' {
		block = true
		i++
	}
	start := i
	if !isLetter(p.at(i)) {
		return "", 0, false
	}
	for isWord(p.at(i)) {
		i++
	}
	name = p.src[p.pos+start : p.pos+i]
	if braces {
		if p.at(i) != '}' {
			return "", 0, false
		}
		i++
	}
	return name, i, block
}

// directive reads a directive, the call of a macro, or text that looks like one.
func (p *parser) directive(b *blockBuilder) (end string, err error) {
	name, length, block := p.directiveName()
	if name == "" {
		b.text("#")
		p.pos++
		return "", nil
	}
	start := p.pos
	p.pos += length
	if block {
		return "", p.call(b, name, start, true)
	}
	switch name {
	case "end", "else":
		p.blockEnd = start
		p.lineEnd()
		return name, nil
	case "elseif":
		p.blockEnd = start
		return name, nil
	case "set":
		return "", p.set(b, start)
	case "if":
		return "", p.conditional(b)
	case "foreach":
		return "", p.foreach(b, start)
	case "break":
		return "", p.breakLoop(b, start)
	case "stop":
		b.add(stopNode{})
		return "", nil
	case "return":
		return "", p.returning(b, start)
	case "macro":
		return "", p.macro()
	case "define":
		return "", p.define(b)
	case "literal":
		return "", p.literal(b)
	case "include", "parse", "evaluate":
		p.pos = start
		return "", p.errorf("#%s is not supported", name)
	}
	return "", p.call(b, name, start, false)
}

// open reads the parenthesis that begins a directive's arguments.
func (p *parser) open() error {
	p.blanks()
	if p.peek() != '(' {
		return p.unexpected()
	}
	p.pos++
	return nil
}

// close reads the parenthesis that ends them, and the rest of an empty line.
func (p *parser) close() error {
	if err := p.expect(')'); err != nil {
		return err
	}
	p.lineEnd()
	return nil
}

// body reads a block that only #end may end.
func (p *parser) body() ([]node, error) {
	nodes, end, err := p.block()
	if err != nil {
		return nil, err
	}
	if end != "end" {
		if end == "" {
			return nil, p.errorf("Encountered the end of the text, where #end is missing")
		}
		p.pos = p.blockEnd
		return nil, p.errorf("Encountered #%s, where #end is missing", end)
	}
	return nodes, nil
}

func (p *parser) set(b *blockBuilder, start int) error {
	p.blanks()
	if p.peek() != '(' {
		b.text(p.src[start:p.pos])
		return nil
	}
	p.pos++
	p.space()
	if p.peek() != '$' || !p.atReference() {
		return p.unexpected()
	}
	target, err := p.reference()
	if err != nil {
		return err
	}
	if n := len(target.steps); n > 0 && target.steps[n-1].kind == stepMethod {
		return p.errorf("A method cannot be assigned to")
	}
	if err := p.expect('='); err != nil {
		return err
	}
	value, err := p.expression()
	if err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	b.trimIndent()
	b.add(&setNode{pos: p.base + start, target: target, value: value})
	return nil
}

func (p *parser) conditional(b *blockBuilder) error {
	n := &ifNode{}
	for {
		a := arm{pos: p.base + p.pos}
		if err := p.open(); err != nil {
			return err
		}
		var err error
		if a.cond, err = p.expression(); err != nil {
			return err
		}
		if err = p.close(); err != nil {
			return err
		}
		var end string
		if a.body, end, err = p.block(); err != nil {
			return err
		}
		n.arms = append(n.arms, a)
		switch end {
		case "elseif":
			continue
		case "else":
			if n.rest, err = p.body(); err != nil {
				return err
			}
		case "":
			return p.errorf("Encountered the end of the text, where #end is missing")
		}
		b.add(n)
		return nil
	}
}

func (p *parser) foreach(b *blockBuilder, start int) error {
	if err := p.open(); err != nil {
		return err
	}
	p.space()
	if p.peek() != '$' || !p.atReference() {
		return p.unexpected()
	}
	item, err := p.reference()
	if err != nil {
		return err
	}
	if len(item.steps) > 0 {
		return p.errorf("The variable of #foreach is not a plain one")
	}
	p.space()
	if word := p.identifier(); word != "in" {
		return p.errorf("Encountered %q, where in is missing", word)
	}
	n := &foreachNode{pos: p.base + start, slot: item.slot}
	if n.list, err = p.expression(); err != nil {
		return err
	}
	if err = p.close(); err != nil {
		return err
	}
	var end string
	if n.body, end, err = p.block(); err != nil {
		return err
	}
	switch end {
	case "else":
		if n.rest, err = p.body(); err != nil {
			return err
		}
	case "elseif":
		p.pos = p.blockEnd
		return p.errorf("Encountered #elseif, where #end is missing")
	case "":
		return p.errorf("Encountered the end of the text, where #end is missing")
	}
	b.add(n)
	return nil
}

// breakLoop reads #break, #break() and #break($foreach).
func (p *parser) breakLoop(b *blockBuilder, start int) error {
	if p.peek() == '(' {
		p.pos++
		p.space()
		if p.peek() != ')' {
			if _, err := p.expression(); err != nil {
				return err
			}
		}
		if err := p.close(); err != nil {
			return err
		}
	}
	b.add(breakNode{pos: p.base + start})
	return nil
}

// returning reads #return, #return() and #return(value).
func (p *parser) returning(b *blockBuilder, start int) error {
	n := &returnNode{pos: p.base + start}
	if p.blanks(); p.peek() == '(' {
		p.pos++
		p.space()
		if p.peek() != ')' {
			var err error
			if n.value, err = p.expression(); err != nil {
				return err
			}
		}
		if err := p.close(); err != nil {
			return err
		}
	}
	b.add(n)
	return nil
}

// macro reads a definition; it holds in the whole template.
func (p *parser) macro() error {
	if err := p.open(); err != nil {
		return err
	}
	p.space()
	if !isLetter(p.peek()) {
		return p.unexpected()
	}
	name := p.identifier()
	m := &macro{}
	for {
		p.space()
		if p.peek() == ',' {
			p.pos++
			continue
		}
		if p.peek() == ')' {
			break
		}
		if p.peek() != '$' || !p.atReference() {
			return p.unexpected()
		}
		param, err := p.reference()
		if err != nil {
			return err
		}
		var value expr
		if p.space(); p.peek() == '=' {
			p.pos++
			if value, err = p.expression(); err != nil {
				return err
			}
		}
		m.params = append(m.params, param.slot)
		m.defaults = append(m.defaults, value)
	}
	if err := p.close(); err != nil {
		return err
	}
	var err error
	if m.body, err = p.body(); err != nil {
		return err
	}
	if _, taken := p.t.macros[name]; !taken {
		p.t.macros[name] = m
	}
	return nil
}

func (p *parser) define(b *blockBuilder) error {
	if err := p.open(); err != nil {
		return err
	}
	p.space()
	if p.peek() != '$' || !p.atReference() {
		return p.unexpected()
	}
	target, err := p.reference()
	if err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	body, err := p.body()
	if err != nil {
		return err
	}
	b.add(&defineNode{slot: target.slot, body: body})
	return nil
}

// literal reads #literal() … #end: its block must be well formed and is text.
func (p *parser) literal(b *blockBuilder) error {
	if err := p.open(); err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	start := p.pos
	if _, err := p.body(); err != nil {
		return err
	}
	b.text(p.src[start:p.blockEnd])
	return nil
}

// call reads the call of a macro. What does not read as one is text: the
// expressions of DynamoDB have names such as #id and #id (…).
func (p *parser) call(b *blockBuilder, name string, start int, block bool) error {
	n := &callNode{pos: p.base + start, name: name}
	named := p.pos
	p.blanks()
	if p.peek() != '(' {
		p.pos = named
	} else if args, err := p.arguments(); err != nil {
		if p.failures++; p.failures > maxFailures || block {
			return err
		}
		p.pos = named
		b.text(p.src[start:p.pos])
		return nil
	} else {
		n.args = args
		p.lineEnd()
	}
	n.text = p.src[start:p.pos]
	if block {
		var err error
		if n.body, err = p.body(); err != nil {
			return err
		}
	}
	b.add(n)
	return nil
}

// arguments reads what is between the parentheses of a macro's call: values
// with blanks or commas between them.
func (p *parser) arguments() ([]expr, error) {
	p.pos++
	var args []expr
	for {
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case ')':
			p.pos++
			return args, nil
		default:
			arg, err := p.operand()
			if err != nil {
				return nil, err
			}
			args = append(args, arg)
		}
	}
}

// source is the text of an expression that has one: a reference.
func source(e expr) string {
	if ref, ok := e.(*reference); ok {
		return strings.TrimSpace(ref.text)
	}
	return ""
}
