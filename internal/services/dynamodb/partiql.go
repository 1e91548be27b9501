package dynamodb

import (
	"context"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// statement is a PartiQL statement, read and translated as far as it can be
// without its table. What it does is done by the structures of the other
// operations: a selection becomes reads or a get, a write becomes a change.
type statement struct {
	text       string
	parameters []ddbexpr.Value
	tableName  string
	indexName  string
	where      *where

	selection *selection // of SELECT and EXISTS
	exists    bool
	write     *statementWrite // of the others
	made      *change         // what came of it
	refused   *refusal        // what had no capacity for what it reads
}

// selection is what a SELECT returns, and in which order.
type selection struct {
	columns    *ddbexpr.Columns    // nil for all attributes
	projection *ddbexpr.Projection // to the paths of the columns
	order      []partiql.Ordering
}

// statement reads a statement that has the binder's parameters.
func (b *binder) statement(c *aws.Call, text string) (*statement, error) {
	parsed, params, err := partiql.Parse(text)
	if err != nil {
		return nil, visible(err)
	}
	if params != len(b.params) {
		return nil, errValidation("Number of parameters in request and statement don't match.")
	}
	st := &statement{text: text, parameters: b.params, indexName: parsed.Target().Index}
	if st.tableName, err = statementTable(c, parsed.Target().Table); err != nil {
		return nil, err
	}
	return st, st.translate(b, parsed)
}

// statementTable is resolveTable with PartiQL's error.
func statementTable(c *aws.Call, name string) (string, error) {
	if !strings.HasPrefix(name, "arn:") && checkTableName(name) != nil {
		return "", errValidation("Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.")
	}
	return resolveTable(c, name)
}

func (st *statement) translate(b *binder, parsed partiql.Statement) (err error) {
	var condition partiql.Expr
	switch p := parsed.(type) {
	case *partiql.Select:
		st.selection, condition = newSelection(p), p.Where
	case *partiql.Exists:
		st.selection, st.exists, condition = newSelection(p.Select), true, p.Where
	case *partiql.Insert:
		st.write, err = b.insert(p)
	case *partiql.Update:
		st.write, err = b.update(p)
		condition = p.Where
	case *partiql.Delete:
		st.write = &statementWrite{kind: changeDelete, returning: returnValues[p.Returning]}
		condition = p.Where
	}
	if err != nil {
		return err
	}
	st.where, err = b.condition(condition)
	return err
}

func newSelection(p *partiql.Select) *selection {
	s := &selection{order: p.Order}
	if p.Columns == nil {
		return s
	}
	var names []string
	var paths []ddbexpr.Path
	for _, c := range p.Columns {
		names = append(names, c.Column())
		paths = append(paths, pathOf(c))
	}
	s.columns, s.projection = ddbexpr.NewColumns(names, paths), ddbexpr.NewProjection(paths)
	return s
}

func (st *statement) reads() bool { return st.write == nil && !st.exists }

func (in *ExecuteStatementInput) read(c *aws.Call) (_ *statement, err error) {
	if in.statement == nil {
		in.statement, err = newStatement(c, in.Statement, in.Parameters)
	}
	return in.statement, err
}

// newStatement reads a statement that is not of a transaction.
func newStatement(c *aws.Call, text string, parameters []shape.Raw) (*statement, error) {
	b, err := newBinder(parameters)
	if err != nil {
		return nil, err
	}
	st, err := b.statement(c, text)
	if err == nil && st.exists {
		err = errValidation("EXISTS can only be used in ExecuteTransaction write requests.")
	}
	if err != nil {
		return nil, err
	}
	return st, nil
}

func (s *Service) onExecuteStatement(_ context.Context, c *aws.Call, in *ExecuteStatementInput) ([]service.Access, error) {
	st, err := in.read(c)
	if err != nil {
		return nil, err
	}
	a, err := s.statementAccess(c, st, in.ReturnConsumedCapacity, "")
	return []service.Access{a}, err
}

func (s *Service) executeStatement(_ context.Context, c *aws.Call, in *ExecuteStatementInput) (*ExecuteStatementOutput, error) {
	st, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if st.reads() {
		return s.executeSelect(c, st, in)
	}
	ch, err := s.executeWrite(c, st, in.ReturnValuesOnConditionCheckFailure)
	if err != nil {
		return nil, err
	}
	out := &ExecuteStatementOutput{Items: shape.Raw("[]"), ConsumedCapacity: ch.cost.consumed(in.ReturnConsumedCapacity), cost: &ch.cost, count: -1}
	if it := ch.returned(st.write.returning); len(it) > 0 {
		out.Items = append(it.AppendJSON([]byte{'['}), ']')
	}
	return out, nil
}

// statementAccess is the access of a statement: one of PartiQL's four actions.
// What is wrong with the statement in its table is left for the statement to say.
func (s *Service) statementAccess(c *aws.Call, st *statement, capacity, enclosing string) (service.Access, error) {
	action, suffix := "PartiQLSelect", ""
	if st.write != nil {
		action = statementActions[st.write.kind]
	} else if st.indexName != "" {
		suffix = "/index/" + st.indexName
	}
	a, err := s.access(c, st.tableName, suffix)
	if err != nil {
		return a, err
	}
	a.Action = "dynamodb:" + action
	if unconditional(c) {
		return a, nil
	}
	t, err := s.table(c.Scope, st.tableName)
	if err != nil {
		return a, err
	}
	k := keyed{}
	k.set("ReturnConsumedCapacity", capacity)
	k.set("EnclosingOperation", enclosing)
	condition, err := st.where.whole().Condition()
	if err != nil {
		return a, visible(err)
	}
	k.add("Attributes", condition.Names()...)
	if st.write != nil {
		k.written(t, st)
	} else {
		k.read(t, st)
	}
	a.Keys = k
	return a, nil
}

var statementActions = map[changeKind]string{changePut: "PartiQLInsert", changeUpdate: "PartiQLUpdate", changeDelete: "PartiQLDelete"}

func (k keyed) written(t *table, st *statement) {
	k.set("ReturnValues", st.write.returning)
	k.attributes(st.write.item)
	if st.write.update != nil {
		k.add("Attributes", st.write.update.Names()...)
	}
	if t != nil {
		k.leading(t, st.keyed(t).item)
	}
}

func (k keyed) read(t *table, st *statement) {
	r := st.newRead(false)
	k.set("Select", r.selected())
	if r.projection != nil {
		k.add("Attributes", r.projection.Names()...)
	}
	if t == nil || r.place(t) != nil {
		return
	}
	queries, err := r.plan(st.where)
	if err != nil {
		return
	}
	whole := "true"
	if len(queries) > 0 {
		whole = "false"
	}
	k.set("FullTableScan", whole)
	for _, q := range queries {
		for _, a := range r.schema().Hash {
			k.add("LeadingKeys", keyText(q.hash[a.Name]))
		}
	}
}

// isWrongKey reports whether an error is about a key that a condition does not
// give as it should.
func isWrongKey(err error) bool {
	var wrong wrongKey
	return errors.As(err, &wrong)
}
