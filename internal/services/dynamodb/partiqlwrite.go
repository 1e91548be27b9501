package dynamodb

import (
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
)

// statementWrite is what an INSERT, UPDATE or DELETE is to do.
type statementWrite struct {
	kind      changeKind
	item      ddbexpr.Item // of an INSERT
	update    *ddbexpr.Update
	returning string // as ReturnValues says it
}

var returnValues = map[partiql.Returning]string{
	partiql.AllOld: "ALL_OLD", partiql.AllNew: "ALL_NEW", partiql.ModifiedOld: "UPDATED_OLD", partiql.ModifiedNew: "UPDATED_NEW",
}

func (b *binder) insert(p *partiql.Insert) (*statementWrite, error) {
	it, err := b.item(p.Item)
	if err != nil {
		return nil, err
	}
	if it.Size() > ddbexpr.MaxItemSize {
		return nil, errValidation("Item size has exceeded the maximum allowed size")
	}
	return &statementWrite{kind: changePut, item: it}, nil
}

func (b *binder) update(p *partiql.Update) (*statementWrite, error) {
	var changes []ddbexpr.Change
	for _, a := range p.Actions {
		c, err := b.change(a)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	u, err := ddbexpr.Changes(changes)
	if err != nil {
		return nil, visible(err)
	}
	return &statementWrite{kind: changeUpdate, update: u, returning: returnValues[p.Returning]}, nil
}

// change translates a SET or REMOVE.
func (b *binder) change(a partiql.Action) (c ddbexpr.Change, err error) {
	path := pathOf(a.Path)
	switch e := a.Value.(type) {
	case nil:
		return ddbexpr.Remove(path), nil
	case *partiql.Op:
		if e.Sign != "+" && e.Sign != "-" || len(e.Args) != 2 {
			return c, errUpdateOperator(e)
		}
		left, err := b.source(e.Args[0])
		if err != nil {
			return c, err
		}
		right, err := b.source(e.Args[1])
		return ddbexpr.SetSum(path, left, e.Sign, right), err
	case *partiql.Call:
		if e.Name == "set_add" || e.Name == "set_delete" {
			return b.changeSet(path, e)
		}
	}
	v, err := b.source(a.Value)
	return ddbexpr.Set(path, v), err
}

func errUpdateOperator(e *partiql.Op) error {
	return errValidation("Unsupported operator in Update Expression. Operator: %s", strings.ToUpper(e.Sign))
}

// source translates what is assigned.
func (b *binder) source(e partiql.Expr) (ddbexpr.Operand, error) {
	switch e := e.(type) {
	case *partiql.Path:
		return ddbexpr.PathOperand(pathOf(e)), nil
	case *partiql.Op:
		return ddbexpr.Operand{}, errUpdateOperator(e)
	case *partiql.Is:
		return ddbexpr.Operand{}, errValidation("IS operator is not supported in update expressions")
	case *partiql.Call:
		if e.Name != "list_append" && e.Name != "if_not_exists" {
			return ddbexpr.Operand{}, errFunction(e)
		}
		var args []ddbexpr.Operand
		for _, x := range e.Args {
			o, err := b.source(x)
			if err != nil {
				return o, err
			}
			args = append(args, o)
		}
		return ddbexpr.CallOperand(e.Name, args...), nil
	}
	v, err := b.value(e)
	return ddbexpr.ValueOperand(v), err
}

// changeSet translates set_add and set_delete, which name the set twice.
func (b *binder) changeSet(path ddbexpr.Path, e *partiql.Call) (c ddbexpr.Change, err error) {
	name := strings.ToUpper(e.Name)
	if len(e.Args) != 2 {
		return c, errValidation("%s must have exactly two arguments at %s", name, e.Pos)
	}
	set, ok := e.Args[0].(*partiql.Path)
	if !ok || !slices.Equal(pathOf(set), path) {
		return c, errValidation("The first argument to %s must equal the assignment value at %s", name, e.Pos)
	}
	var v ddbexpr.Value
	if isValue(e.Args[1]) {
		if v, err = b.value(e.Args[1]); err != nil {
			return c, err
		}
	}
	if v.Type() < ddbexpr.StringSet {
		return c, errValidation("The second argument to %s must be a value with type SET at %s", name, set.Pos)
	}
	if e.Name == "set_add" {
		return ddbexpr.AddMembers(path, v), nil
	}
	return ddbexpr.DeleteMembers(path, v), nil
}

// target is the item that a condition names by its key, and what it asks
// beside. The key has what the condition gives of it.
type target struct {
	item    ddbexpr.Item
	rest    ddbexpr.Test
	problem error // that the condition does not name one item as it should
}

// keyed takes the key out of the condition of a write. An EXISTS takes what it
// finds first; writes refuse to be told two values.
func (st *statement) keyed(t *table) target {
	var g target
	if st.write != nil && st.write.kind == changePut {
		g.item = st.write.item
		return g
	}
	key := map[string]ddbexpr.Value{}
	for _, w := range st.where.conjuncts() {
		a, ok := t.keyAttribute(w.name)
		if !ok || w.sign != "=" {
			g.rest = g.rest.And(w.whole())
			continue
		}
		switch v, told := key[a.Name]; {
		case !told:
			key[a.Name] = w.values[0]
			if w.values[0].Type() != a.Type && g.problem == nil {
				g.problem = wrongKey("Key attribute's data type should match its data type in table's schema: Key " + a.Name)
			}
		case v.Equal(w.values[0]):
		case st.exists:
			g.rest = g.rest.And(w.test)
		default:
			g.problem = errValidation("Multiple conditions on same key %s. Only single item Update/Insert/Delete are supported", a.Name)
		}
	}
	if len(key) < t.Key.len() {
		g.problem = errIncompleteKey
	}
	g.item = itemOf(key)
	return g
}

// conjuncts are the conditions that all have to hold.
func (w *where) conjuncts() []*where {
	switch {
	case w == nil:
		return nil
	case w.op == "and":
		return append(w.kids[0].conjuncts(), w.kids[1].conjuncts()...)
	}
	return []*where{w}
}

func (t *table) keyAttribute(name string) (found attribute, ok bool) {
	_ = t.Key.each(func(a attribute, _ bool) error {
		if a.Name == name {
			found, ok = a, true
		}
		return nil
	})
	return found, ok
}

// change is the write of a statement in a table. An INSERT is of an item that is
// not there and an UPDATE of one that is; a DELETE of one that is not does
// nothing, whatever else it asks.
func (st *statement) change(c *aws.Call, t *table) (*change, target, error) {
	g := st.keyed(t)
	ch := &change{call: c, kind: changeCheck, tableName: st.tableName, item: g.item}
	there := ddbexpr.PathOperand(ddbexpr.Path{{Name: t.Key.Hash[0].Name, Index: -1}})
	condition := g.rest
	if w := st.write; w != nil {
		ch.kind, ch.update = w.kind, w.update
		ch.wantOld = w.returning == "ALL_OLD" || w.returning == "UPDATED_OLD"
		ch.wantNew = w.returning == "ALL_NEW" || w.returning == "UPDATED_NEW"
		switch w.kind {
		case changePut:
			ch.insert = true
			ch.puts(behindRoom(g.item))
			condition = ddbexpr.Holds("attribute_not_exists", there)
		case changeUpdate:
			condition = ddbexpr.Holds("attribute_exists", there).And(condition)
		case changeDelete:
			if !condition.IsZero() {
				condition = ddbexpr.Holds("attribute_not_exists", there).Or(condition)
			}
		}
	}
	var err error
	ch.condition, err = condition.Condition()
	return ch, g, visible(err)
}

// executeWrite makes the write of a statement.
func (s *Service) executeWrite(c *aws.Call, st *statement, onFailure string) (*change, error) {
	t, err := s.usable(c.Scope, st.tableName)
	if err != nil {
		return nil, err
	}
	ch, g, err := st.change(c, t)
	if err == nil {
		err = visible(g.problem)
	}
	if err != nil {
		return nil, err
	}
	st.made = ch
	ch.wantOld = ch.wantOld || onFailure == "ALL_OLD"
	err = s.write(c.Scope, ch)
	return ch, ch.failure(err, onFailure)
}
