package dynamodb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// batchStatement is one statement of a batch, or why it is none or may not be.
type batchStatement struct {
	*statement
	err error
}

func (in *BatchExecuteStatementInput) read(c *aws.Call) ([]*batchStatement, error) {
	if in.batch != nil {
		return in.batch, nil
	}
	var all []*batchStatement
	reads, writes := false, false
	for _, r := range in.Statements {
		st, err := newStatement(c, r.Statement, r.Parameters)
		all = append(all, &batchStatement{st, err})
		if err == nil {
			reads, writes = reads || st.reads(), writes || !st.reads()
		}
	}
	if reads && writes {
		return nil, errValidation("Read and write requests together in the same batch is not supported.")
	}
	in.batch = all
	return all, nil
}

func (s *Service) onBatchExecuteStatement(_ context.Context, c *aws.Call, in *BatchExecuteStatementInput) ([]service.Access, error) {
	batch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, b := range batch {
		if b.err != nil {
			continue // it touches nothing
		}
		a, err := s.statementAccess(c, b.statement, in.ReturnConsumedCapacity, "")
		if err != nil {
			return nil, err
		}
		a.Refused = func(why string) { b.err = errAccessDenied(why) }
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) batchExecuteStatement(_ context.Context, c *aws.Call, in *BatchExecuteStatementInput) (*BatchExecuteStatementOutput, error) {
	batch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if err := s.checkDistinct(c, batch); err != nil {
		return nil, err
	}
	out := &BatchExecuteStatementOutput{}
	done := 0
	for i, b := range batch {
		var one BatchStatementResponse
		err := b.err
		if err == nil {
			one, err = s.executeOne(c, b.statement, &in.Statements[i], out)
		}
		if err == nil {
			done++
		} else if one.Error, err = batchError(err); err != nil {
			return nil, err
		}
		out.Responses = append(out.Responses, one)
	}
	for _, c := range out.costs {
		if done > 0 { // else nothing is said of what the failures cost
			out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, c, in.ReturnConsumedCapacity)
		}
	}
	return out, nil
}

// checkDistinct refuses a batch that names an item twice.
func (s *Service) checkDistinct(c *aws.Call, batch []*batchStatement) error {
	seen := map[string]bool{}
	for _, b := range batch {
		if b.err != nil {
			continue
		}
		t, err := s.table(c.Scope, b.tableName)
		if err != nil {
			return err
		}
		key := b.place(t)
		if key == nil {
			continue // it will say itself what is wrong
		}
		if seen[string(key)] {
			return errValidation("Provided list of item keys contains duplicates")
		}
		seen[string(key)] = true
	}
	return nil
}

// place is the key in the store of the one item that a statement is about, nil
// if there is no such item.
func (st *statement) place(t *table) []byte {
	if t == nil || st.indexName != "" {
		return nil
	}
	var key ddbexpr.Item
	if st.write != nil {
		key = st.keyed(t).item
	} else if g, err := st.soleItem(t); err == nil && g != nil {
		key = g.key
	}
	typed := t.Key.each(func(a attribute, _ bool) error {
		if key.Get(a.Name).Type() != a.Type {
			return errKeyMismatch()
		}
		return nil
	})
	if typed != nil {
		return nil
	}
	return t.itemKey(nil, key)
}

// executeOne executes one statement of a batch by itself. The table is told
// unless the statement was refused before it was tried.
func (s *Service) executeOne(c *aws.Call, st *statement, r *BatchStatementRequest, out *BatchExecuteStatementOutput) (one BatchStatementResponse, err error) {
	if st.reads() {
		g, err := s.getOne(c, st)
		if g == nil && !isNoTable(err) {
			return one, err
		}
		one.TableName = st.tableName
		if err != nil {
			return one, err
		}
		one.Item = g.item
		spent := &cost{t: g.t, table: readUnits(g.size, r.ConsistentRead), reads: true}
		g.t.limiter.take(spent, c.Time)
		out.costs = sumCost(out.costs, spent)
		return one, nil
	}
	ch, err := s.executeWrite(c, st, r.ReturnValuesOnConditionCheckFailure)
	if ch != nil || isNoTable(err) {
		one.TableName = st.tableName
	}
	switch {
	case err == nil:
		one.Item = rawAttributes(ch.returned(st.write.returning))
		out.costs = sumCost(out.costs, &ch.cost)
	case ch != nil && ch.failed:
		out.costs = sumCost(out.costs, &cost{t: ch.t, failed: ch.cost.table})
	}
	return one, err
}

// getOne reads the one item that a SELECT of a batch must name by its key. There
// is a get once it was tried.
func (s *Service) getOne(c *aws.Call, st *statement) (*get, error) {
	t, err := s.usable(c.Scope, st.tableName)
	if err != nil {
		return nil, err
	}
	var g *get
	if st.indexName == "" {
		if g, err = st.soleItem(t); err != nil {
			return nil, visible(err)
		}
	}
	if g == nil {
		return nil, errValidation("Select statements within BatchExecuteStatement must specify the primary key in the where clause.")
	}
	if err := s.placeGet(c.Scope, g); err != nil {
		return nil, err
	}
	err = g.admit(c.Time)
	if st.refused = g.refused; err != nil {
		return g, err
	}
	return g, s.readAll([]*get{g})
}

// sumCost adds the cost of a part to that of its table.
func sumCost(costs []*cost, c *cost) []*cost {
	i := slices.IndexFunc(costs, func(d *cost) bool { return d.t.Name == c.t.Name })
	if i < 0 {
		own := *c
		own.indexes = slices.Clone(c.indexes)
		return append(costs, &own)
	}
	costs[i].add(c)
	costs[i].failed += c.failed
	return costs
}

// batchCodes are the codes of errors in a batch that are not those of requests
// less their ending.
var batchCodes = map[string]string{"ValidationException": "ValidationError", "ThrottlingException": "ThrottlingError"}

// batchError is an error as a batch tells it. An error of our own is none.
func batchError(err error) (*BatchStatementError, error) {
	var e *aws.Error
	if !errors.As(err, &e) {
		return nil, err
	}
	b := &BatchStatementError{Code: batchCodes[e.Code], Message: e.Message}
	if b.Code == "" {
		b.Code = strings.TrimSuffix(e.Code, "Exception")
	}
	for _, f := range e.Fields {
		if it, ok := f.Value.(shape.Raw); ok && f.Name == "Item" {
			b.Item = it
		}
	}
	return b, nil
}
