package ddbexpr

import (
	"cmp"
	"slices"
)

// An Update changes an item: an UpdateExpression.
type Update struct {
	actions []action
	paths   []Path
	legacy  bool // came of AttributeUpdates
}

type verb byte

const (
	verbSet verb = iota
	verbRemove
	verbAdd
	verbDelete
)

var verbs = []string{"SET", "REMOVE", "ADD", "DELETE"}

// action is one change. Of SET, second is the right operand of sign, which is
// "+" or "-" if there is one.
type action struct {
	verb   verb
	path   Path
	value  operand
	sign   string
	second operand
}

// Paths returns the paths that the update changes, none within another.
func (u *Update) Paths() []Path { return u.paths }

// Names returns the top-level attributes that the update changes or reads.
func (u *Update) Names() []string {
	var names []string
	add := func(p Path) {
		if !slices.Contains(names, p[0].Name) {
			names = append(names, p[0].Name)
		}
	}
	for i := range u.actions {
		a := &u.actions[i]
		add(a.path)
		a.value.eachPath(add)
		a.second.eachPath(add)
	}
	return names
}

// Type returns the type that the update is known to give a top-level attribute
// whatever the item; Missing if it depends on the item.
func (u *Update) Type(name string) Type {
	for i := range u.actions {
		a := &u.actions[i]
		if len(a.path) > 1 || a.path[0].Name != name {
			continue
		}
		if a.sign != "" {
			return NumberType
		}
		return a.value.assignedType()
	}
	return Missing
}

// assignedType is the type of the right side of SET, as far as it is known.
func (o *operand) assignedType() Type {
	switch {
	case o.fn == "list_append":
		return List
	case o.fn == "if_not_exists":
		return o.args[1].assignedType()
	}
	return o.constant()
}

// OnlyRemoves reports whether the update makes nothing: of an item that does
// not exist it leaves nothing.
func (u *Update) OnlyRemoves() bool {
	return !slices.ContainsFunc(u.actions, func(a action) bool { return a.verb == verbSet || a.verb == verbAdd })
}

func (o *operand) eachPath(f func(Path)) {
	if o.isPath() {
		f(o.path)
	}
	for i := range o.args {
		o.args[i].eachPath(f)
	}
}

// Update compiles an UpdateExpression.
func (p *Params) Update(text string) (*Update, error) {
	u, err := p.update(text)
	if err != nil {
		return nil, within("UpdateExpression", err)
	}
	return u, nil
}

func (p *Params) update(text string) (*Update, error) {
	ps := newParser(text)
	ck := updateChecker{params: p}
	u := &Update{}
	seen := make([]bool, len(verbs))
	for ps.err == nil && (ps.peek().kind != tokEOF || len(u.actions) == 0) {
		v := slices.IndexFunc(verbs, ps.at)
		if v < 0 {
			ps.fail()
			break
		}
		ps.advance()
		if seen[v] {
			ck.section = cmp.Or(ck.section, error(Invalid(`The "`+verbs[v]+`" section can only be used once in an update expression;`)))
		}
		seen[v] = true
		u.actions = ps.section(verb(v), u.actions)
	}
	if err := ps.finish(); err != nil {
		return nil, err
	}
	if err := u.check(ck); err != nil {
		return nil, err
	}
	return u, nil
}

// check resolves what the actions name, and finds what is wrong with them.
func (u *Update) check(ck updateChecker) error {
	for i := range u.actions {
		ck.action(&u.actions[i])
		u.paths = append(u.paths, u.actions[i].path)
	}
	return cmp.Or(ck.word, ck.unknown, ck.section, ck.name, ck.value, checkClashes(u.paths), ck.operand, ck.function)
}

func (p *parser) section(v verb, actions []action) []action {
	for {
		a := action{verb: v, path: p.updatePath()}
		switch v {
		case verbSet:
			p.expect("=")
			p.setValue(&a)
		case verbAdd, verbDelete:
			if t := p.peek(); t.kind == tokValue {
				p.advance()
				a.value = operand{ref: t.text}
			} else {
				p.fail()
			}
		}
		actions = append(actions, a)
		if p.err != nil || !p.accept(",") {
			return actions
		}
	}
}

func (p *parser) updatePath() Path {
	if t := p.peek(); t.kind == tokWord && slices.ContainsFunc(verbs, t.is) {
		p.fail()
	}
	return p.path()
}

// setValue reads the right side of SET, maybe in parentheses.
func (p *parser) setValue(a *action) {
	wrapped := p.at("(") && p.sumInParens()
	if wrapped {
		p.advance()
	}
	a.value = p.updateOperand()
	if t := p.peek(); t.is("+") || t.is("-") {
		p.advance()
		p.operators++
		a.sign = t.text
		a.second = p.updateOperand()
	}
	if wrapped {
		p.expect(")")
	}
}

// sumInParens reports whether the parenthesis that is next holds a sum and not
// one operand.
func (p *parser) sumInParens() bool {
	depth := 0
	for _, t := range p.toks[p.i:] {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return false
			}
		case depth == 1 && (t.is("+") || t.is("-")):
			return true
		}
	}
	return false
}

func (p *parser) updateOperand() operand {
	t := p.peek()
	switch {
	case p.err != nil:
	case t.is("("):
		p.advance()
		o := p.updateOperand()
		p.expect(")")
		return o
	case t.kind == tokValue:
		p.advance()
		return operand{ref: t.text}
	case t.kind == tokWord && p.toks[p.i+1].is("("):
		p.advance()
		p.advance()
		o := operand{fn: t.text}
		for p.err == nil {
			o.args = append(o.args, p.updateOperand())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
		return o
	default:
		return operand{path: p.updatePath()}
	}
	return operand{path: Path{nameStep("")}}
}

// updateChecker resolves names and values and keeps the first error of each
// sort.
type updateChecker struct {
	params                                                 *Params // nil when there are no placeholders
	word, unknown, section, name, value, operand, function error
}

func (ck *updateChecker) action(a *action) {
	ck.path(a.path)
	ck.resolve(&a.value)
	ck.resolve(&a.second)
	switch a.verb {
	case verbAdd, verbDelete:
		t := a.value.constant()
		if t != Missing && t < StringSet && !(a.verb == verbAdd && t == NumberType) {
			ck.operand = cmp.Or(ck.operand, error(Invalid("Incorrect operand type for operator or function; operator: "+
				verbs[a.verb]+", operand type: "+longNames[t])))
		}
	case verbSet:
		if a.sign != "" {
			ck.needs(a.sign, NumberType, &a.value, &a.second)
		}
	}
}

func (ck *updateChecker) path(path Path) {
	if ck.params == nil {
		return
	}
	undefined, word := ck.params.resolve(path)
	ck.name, ck.word = cmp.Or(ck.name, undefined), cmp.Or(ck.word, word)
}

func (ck *updateChecker) resolve(o *operand) {
	switch {
	case o.isPath():
		ck.path(o.path)
	case o.ref != "":
		v, err := ck.params.value(o.ref)
		o.value, ck.value = v, cmp.Or(ck.value, err)
	case o.fn != "":
		for i := range o.args {
			ck.resolve(&o.args[i])
		}
		ck.call(o)
	}
}

var updateFunctions = []string{"if_not_exists", "list_append"}

func (ck *updateChecker) call(o *operand) {
	_, elsewhere := conditionFunctions[o.fn]
	switch {
	case elsewhere:
		ck.unknown = cmp.Or(ck.unknown, misuse(o.fn))
	case !slices.Contains(updateFunctions, o.fn):
		ck.unknown = cmp.Or(ck.unknown, error(Invalid("Invalid function name; function: "+o.fn)))
	case len(o.args) != 2:
		ck.function = cmp.Or(ck.function, operandCount(o.fn, len(o.args)))
	case o.fn == "list_append" && (o.args[0].fn == o.fn || o.args[1].fn == o.fn):
		ck.function = cmp.Or(ck.function, misuse(o.fn))
	case o.fn == "list_append":
		ck.needs(o.fn, List, &o.args[0], &o.args[1])
	case !o.args[0].isPath():
		ck.function = cmp.Or(ck.function, error(Invalid("Operator or function requires a document path; operator or function: "+o.fn)))
	}
}

// needs checks the types that are known before any item is.
func (ck *updateChecker) needs(operator string, want Type, args ...*operand) {
	for _, o := range args {
		t := o.constant()
		if o.fn == "list_append" {
			t = List
		}
		if t != Missing && t != want {
			ck.function = cmp.Or(ck.function, operandType(operator, t.String()))
		}
	}
}

// Nested reports whether the update changes or reads something inside the
// attribute.
func (u *Update) Nested(name string) bool {
	found := false
	look := func(p Path) { found = found || len(p) > 1 && p[0].Name == name }
	for i := range u.actions {
		a := &u.actions[i]
		look(a.path)
		a.value.eachPath(look)
		a.second.eachPath(look)
	}
	return found
}
