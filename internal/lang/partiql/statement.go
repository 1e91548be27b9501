package partiql

import "slices"

const (
	refusedProjection = Invalid("Select projection doesn't support value or pivot keywords")
	refusedTwoTables  = Invalid("FROM clause may only contain a single table name in data manipulation statements")
)

// selection reads a SELECT after its first word.
func (p *parser) selection() Statement {
	s := &Select{}
	if p.accept("distinct") {
		p.refuse("Unsupported clause: DISTINCT")
	} else {
		p.accept("all")
	}
	if p.accept("value") {
		p.refuse(refusedProjection)
	}
	s.Columns = p.columns()
	if !p.accept("from") {
		p.fail("Expected FROM after SELECT list")
	}
	s.Source = p.source()
	if p.accept("let") {
		p.refuse("Unsupported clause: LET")
		p.aliased()
	}
	if p.accept("where") {
		s.Where = p.expression(inSelect)
	}
	if p.accept("order") {
		s.Order = p.ordering()
	}
	if p.accept("group") {
		p.refuse("Unsupported clause: GROUP BY")
		p.accept("partial")
		p.by()
		p.aliased()
	}
	for _, clause := range []string{"having", "limit", "offset"} {
		if p.accept(clause) {
			p.refuse(Invalid("Unsupported clause: " + upper(clause)))
			p.expression(inSelect)
		}
	}
	return s
}

// columns reads what a SELECT is to return, nil for all.
func (p *parser) columns() []*Path {
	var columns []*Path
	names := map[string]bool{}
	stars, n := 0, 0
	for ; p.err == nil; n++ {
		if p.accept("*") {
			stars++
		} else {
			e := p.expression(0)
			p.alias()
			c, ok := e.(*Path)
			if !ok {
				p.refuseAt("Unexpected path component", e.At())
				c = &Path{Pos: e.At(), Steps: []Step{{"", -1}}}
			}
			if name := c.Column(); names[name] {
				p.refuse(Invalid("Duplicate identifiers in select clause: " + name))
			} else {
				names[name] = true
			}
			columns = append(columns, c)
		}
		if !p.accept(",") {
			break
		}
	}
	if stars > 0 && n > 0 {
		p.refuse("Other attributes should not be present in the projection when '*' is used.")
	}
	if stars > 0 {
		return nil
	}
	return columns
}

// aliased reads expressions with names.
func (p *parser) aliased() {
	for p.err == nil {
		p.expression(inSelect)
		p.alias()
		if !p.accept(",") {
			return
		}
	}
}

// alias reads a name for what stands before it.
func (p *parser) alias() {
	as := p.accept("as")
	switch t := p.peek(); {
	case t.kind == tokName || t.kind == tokQuoted:
		p.advance()
	case as:
		p.fail("Expected identifier for AS-alias")
		return
	default:
		return
	}
	p.refuse(refusedAlias)
}

// aliases reads the names that a source may have.
func (p *parser) aliases() {
	p.alias()
	for _, word := range []string{"at", "by"} {
		if p.accept(word) {
			p.refuse(refusedAlias)
			p.expression(inSelect)
		}
	}
}

// source reads the table or index of a SELECT. Joins are read, and refused.
func (p *parser) source() Source {
	if p.accept("unpivot") {
		p.refuse("Unexpected from source")
	}
	path, ok := p.expression(inSelect).(*Path)
	if !ok {
		p.refuse("Unexpected from source")
	}
	p.aliases()
	for p.err == nil && p.join() {
		p.refuse("Only select from a single table or index is supported.")
		p.expression(inSelect)
		p.aliases()
		if p.accept("on") {
			p.expression(inSelect)
		}
	}
	if !ok || p.err != nil {
		return Source{}
	}
	return p.sourceOf(path)
}

// join reads what stands between two sources.
func (p *parser) join() bool {
	if p.accept(",") {
		return true
	}
	n := p.at
	for n < len(p.tokens)-1 && p.tokens[n].kind == tokKeyword && slices.Contains([]string{"inner", "left", "right", "full", "outer", "cross"}, p.tokens[n].text) {
		n++
	}
	if !p.tokens[n].is("join") {
		return false
	}
	p.at = n + 1
	return true
}

// sourceOf is the table, or index of a table, that a path names.
func (p *parser) sourceOf(path *Path) Source {
	for _, s := range path.Steps {
		if s.Index >= 0 {
			p.refuse("Invalid list expression in source.")
		} else if s.Name == "" {
			p.refuse("Path component cannot be an empty string")
		}
	}
	s := Source{Table: path.Steps[0].Name}
	switch len(path.Steps) {
	case 1:
	case 2:
		s.Index = path.Steps[1].Name
	default:
		p.refuse("A path may contain at most 2 components in the FROM clause")
	}
	return s
}

func (p *parser) by() {
	if !p.accept("by") {
		p.fail("Expected BY")
	}
}

// ordering reads the terms of ORDER BY.
func (p *parser) ordering() []Ordering {
	p.by()
	var terms []Ordering
	for p.err == nil {
		e := p.expression(0)
		var o Ordering
		path, ok := e.(*Path)
		if ok {
			o.Attribute, ok = path.Name()
		}
		if !ok {
			p.refuse(Invalid("Argument to ORDER BY must be of type VariableReference. Type: " + Kind(e)))
		}
		if o.Desc = p.accept("desc"); !o.Desc {
			p.accept("asc")
		}
		terms = append(terms, o)
		if !p.accept(",") {
			break
		}
	}
	return terms
}

// insert reads an INSERT after its first word.
func (p *parser) insert() Statement {
	if !p.accept("into") {
		p.fail(unexpectedKeyword)
	}
	path := p.simplePath()
	if !p.accept("value") {
		p.expression(0)
		p.refuse(`Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead`)
		return &Insert{}
	}
	i := &Insert{Item: p.expression(0)}
	if p.accept("at") {
		p.refuse("AT is not supported in insert statements.")
		p.expression(0)
	}
	if p.peek().is("on") && p.after().is("conflict") {
		p.onConflict()
	}
	if p.accept("returning") {
		p.returning()
		p.refuse("RETURNING is not supported in INSERT")
	}
	if len(path.Steps) > 1 {
		p.refuse(refusedTwoTables)
	}
	i.Source = p.sourceOf(path)
	return i
}

// onConflict reads what is to be done if the item is there.
func (p *parser) onConflict() {
	p.at += 2
	if p.accept("where") {
		p.expression(0)
	}
	if !p.accept("do") || !p.accept("nothing") {
		p.fail("invalid ON CONFLICT syntax")
	}
	p.refuse("Unsupported clause: ON CONFLICT")
}

// update reads an UPDATE after its first word.
func (p *parser) update() Statement {
	u := &Update{}
	path := p.simplePath()
	p.aliases()
	u.Actions = p.actions()
	u.Where, u.Returning = p.condition()
	u.Source = p.written(path)
	return u
}

// fromFirst reads an UPDATE that begins with FROM, after that word.
func (p *parser) fromFirst() Statement {
	u := &Update{Source: p.source()}
	if p.accept("where") {
		u.Where = p.expression(0)
	}
	u.Actions = p.actions()
	if p.accept("returning") {
		u.Returning = p.returning()
	}
	p.notOnIndex(u.Source)
	return u
}

// deletion reads a DELETE after its first word.
func (p *parser) deletion() Statement {
	if !p.accept("from") {
		p.fail("Expected FROM after DELETE")
	}
	d := &Delete{}
	path := p.simplePath()
	p.aliases()
	d.Where, d.Returning = p.condition()
	if d.Returning != "" && d.Returning != AllOld {
		p.refuse("Invalid returning clause: RETURNING " + Invalid(d.Returning) + " *. Only RETURNING ALL OLD * is allowed in DELETE statements.")
	}
	d.Source = p.written(path)
	return d
}

// written is the table of a write.
func (p *parser) written(path *Path) Source {
	if p.err != nil {
		return Source{}
	}
	s := p.sourceOf(path)
	p.notOnIndex(s)
	return s
}

func (p *parser) notOnIndex(s Source) {
	if s.Index != "" {
		p.refuse("This operation is not supported on an index")
	}
}

// condition reads WHERE and RETURNING.
func (p *parser) condition() (where Expr, r Returning) {
	if p.accept("where") {
		where = p.expression(0)
	}
	if p.accept("returning") {
		r = p.returning()
	}
	return where, r
}

// actions reads SET and REMOVE, each as often as it comes.
func (p *parser) actions() []Action {
	var all []Action
	for p.err == nil {
		switch {
		case p.accept("set"):
			all = p.assignments(all)
		case p.accept("remove"):
			all = append(all, Action{Path: p.simplePath()})
		case len(all) == 0:
			p.fail(noOperation)
		default:
			return all
		}
	}
	return all
}

func (p *parser) assignments(all []Action) []Action {
	for p.err == nil {
		path := p.simplePath()
		p.expect("=")
		all = append(all, Action{path, p.expression(0)})
		if !p.accept(",") {
			break
		}
	}
	return all
}

// returning reads what follows RETURNING.
func (p *parser) returning() Returning {
	r := p.returningElement()
	for p.err == nil && p.accept(",") {
		p.refuse("Invalid syntax with multiple returning elements in RETURNING clause")
		p.returningElement()
	}
	return r
}

func (p *parser) returningElement() Returning {
	which, when := p.advance(), p.advance()
	if !which.is("all") && !which.is("modified") || !when.is("old") && !when.is("new") {
		p.fail("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
		return ""
	}
	if !p.accept("*") {
		p.expression(0)
		p.refuse("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
	}
	return Returning(upper(which.text + " " + when.text))
}
