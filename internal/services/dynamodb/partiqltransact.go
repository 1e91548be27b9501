package dynamodb

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// statementTransaction is what an ExecuteTransaction does: it reads, or it
// writes, as the operations of transactions do.
type statementTransaction struct {
	statements []*statement
	reads      bool
	writes     *transactWrite // once it is placed
}

func (in *ExecuteTransactionInput) read(c *aws.Call) (*statementTransaction, error) {
	if in.prepared != nil {
		return in.prepared, nil
	}
	var binders []*binder
	for _, r := range in.TransactStatements {
		b, err := newBinder(r.Parameters)
		if err != nil {
			return nil, err
		}
		binders = append(binders, b)
	}
	t := &statementTransaction{}
	writes := false
	for i, r := range in.TransactStatements {
		st, err := binders[i].statement(c, r.Statement)
		if err != nil {
			return nil, inStatement(i, err)
		}
		t.statements = append(t.statements, st)
		t.reads, writes = t.reads || st.reads(), writes || !st.reads()
	}
	if t.reads && writes {
		return nil, errValidation("ExecuteTransaction API does not support both read and write operations in the same request.")
	}
	in.prepared = t
	return t, nil
}

// inStatement says which statement of a transaction is invalid.
func inStatement(i int, err error) error {
	var e *aws.Error
	if errors.As(err, &e) && e.Code == "ValidationException" {
		return errValidation("Validation failed in TransactStatements[%d]: %s", i, e.Message)
	}
	return err
}

func (s *Service) onExecuteTransaction(_ context.Context, c *aws.Call, in *ExecuteTransactionInput) ([]service.Access, error) {
	t, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, st := range t.statements {
		a, err := s.statementAccess(c, st, in.ReturnConsumedCapacity, "ExecuteTransaction")
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) executeTransaction(_ context.Context, c *aws.Call, in *ExecuteTransactionInput) (*ExecuteTransactionOutput, error) {
	t, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if t.reads {
		return s.transactSelects(c, t, in.ReturnConsumedCapacity)
	}
	return s.transactStatements(c, t, in)
}

// transactSelects reads each item that a SELECT names.
func (s *Service) transactSelects(c *aws.Call, t *statementTransaction, capacity string) (*ExecuteTransactionOutput, error) {
	gets := make([]*get, len(t.statements))
	problems := make([]error, len(gets))
	for i, st := range t.statements {
		var err error
		if gets[i], problems[i], err = s.transactGet(c, st); err != nil {
			return nil, inStatement(i, err)
		}
	}
	if slices.ContainsFunc(problems, func(err error) bool { return err != nil }) {
		return nil, cancelled(problems, true, noItem)
	}
	if duplicateKeys(gets) {
		return nil, errSameItem()
	}
	if s.limiter != nil {
		err := admitGets(c, gets)
		for i, st := range t.statements {
			st.refused = gets[i].refused
		}
		if err != nil {
			return nil, err
		}
	}
	if err := s.readAll(gets); err != nil {
		return nil, err
	}
	out := &ExecuteTransactionOutput{}
	for _, g := range gets {
		out.Responses = append(out.Responses, ItemResponse{g.item})
		out.costs = sumCost(out.costs, &cost{t: g.t, table: readUnits(g.size, true), reads: true, double: true})
	}
	for _, spent := range out.costs {
		spent.t.limiter.take(spent, c.Time)
		out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, spent, capacity)
	}
	return out, nil
}

func noItem(int) shape.Raw { return nil }

func isNoTable(err error) bool {
	var e *aws.Error
	return errors.As(err, &e) && e.Code == errNoTable().Code
}

// transactGet is the read of a SELECT. A problem cancels the transaction, an
// error fails it.
func (s *Service) transactGet(c *aws.Call, st *statement) (g *get, problem, err error) {
	t, err := s.usable(c.Scope, st.tableName)
	switch {
	case isNoTable(err):
		return nil, err, nil
	case err != nil:
		return nil, nil, err
	case st.indexName != "":
		return nil, nil, errValidation("Reads on indices are not supported within transactions.")
	}
	g, err = st.soleItem(t)
	switch {
	case isWrongKey(err):
		return nil, errKeyMismatch(), nil
	case err != nil:
		return nil, nil, err
	case g == nil:
		return nil, nil, errValidation("Select statements within ExecuteTransaction must specify the primary key in the where clause.")
	}
	return g, s.placeGet(c.Scope, g), nil
}

// transactStatements makes all writes or none.
func (s *Service) transactStatements(c *aws.Call, t *statementTransaction, in *ExecuteTransactionInput) (*ExecuteTransactionOutput, error) {
	done := false // by an earlier request with the same token
	err := retry(func() error {
		if err := s.placeStatements(c, t, in); err != nil {
			return err
		}
		return s.DB.Update(func(tx *store.Tx) error {
			var err error
			if done, err = s.spend(tx, c, statementToken(in.ClientRequestToken), t.writes.digest); err != nil {
				return err
			}
			if done {
				t.writes.reread(tx)
				return nil
			}
			return s.runAll(tx, t.writes)
		})
	})
	if err != nil {
		return nil, err
	}
	s.published(t.writes.changes...)
	answer := t.writes.answer(&TransactWriteItemsInput{ReturnConsumedCapacity: in.ReturnConsumedCapacity}, done)
	return &ExecuteTransactionOutput{Responses: []ItemResponse{}, ConsumedCapacity: answer.ConsumedCapacity, costs: answer.costs}, nil
}

// statementToken is a client's token as it is kept: those of the operations of
// transactions are told apart.
func statementToken(token string) string {
	if token == "" {
		return ""
	}
	return "statements\x00" + token
}

// placeStatements turns the statements into changes of their tables. What names
// no table or no item cancels the transaction.
func (s *Service) placeStatements(c *aws.Call, t *statementTransaction, in *ExecuteTransactionInput) error {
	w := &transactWrite{tellAll: true, changes: make([]*change, len(t.statements))}
	problems := make([]error, len(t.statements))
	digest := sha256.New()
	for i, st := range t.statements {
		var err error
		if w.changes[i], problems[i], err = s.transactChange(c, st); err != nil {
			return inStatement(i, err)
		}
		digest.Write(st.digest(c.Scope))
		if ch := w.changes[i]; ch != nil {
			ch.wantOld = in.TransactStatements[i].ReturnValuesOnConditionCheckFailure == "ALL_OLD"
			ch.cost.double = true
		}
	}
	if slices.ContainsFunc(problems, func(err error) bool { return err != nil }) {
		return cancelled(problems, true, noItem)
	}
	if duplicateChanges(w.changes) {
		return errSameItem()
	}
	digest.Sum(w.digest[:0])
	t.writes = w
	return nil
}

// transactChange is the change that a statement makes.
func (s *Service) transactChange(c *aws.Call, st *statement) (ch *change, problem, err error) {
	t, err := s.usable(c.Scope, st.tableName)
	switch {
	case isNoTable(err):
		return nil, err, nil
	case err != nil:
		return nil, nil, err
	case st.write != nil && st.write.returning != "":
		return nil, nil, errValidation("RETURNING clause is not supported in ExecuteTransaction.")
	case st.indexName != "":
		return nil, nil, errValidation("Operations on indices are not supported in transactions")
	}
	ch, g, err := st.change(c, t)
	switch {
	case err != nil:
		return nil, nil, err
	case st.exists && (g.rest.IsZero() || errors.Is(g.problem, errIncompleteKey)):
		return nil, nil, errValidation("EXISTS() must contain a single item read with additional condition")
	case isWrongKey(g.problem):
		return nil, errKeyMismatch(), nil
	case g.problem != nil:
		return nil, g.problem, nil
	}
	return ch, ch.place(t), nil
}
