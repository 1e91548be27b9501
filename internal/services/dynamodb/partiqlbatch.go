package dynamodb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// batchStatement is one statement of a batch, or why it is none.
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
		return nil, errValidation("BatchExecuteStatement API does not support both read and write operations in the same request.")
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
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) batchExecuteStatement(_ context.Context, c *aws.Call, in *BatchExecuteStatementInput) (*BatchExecuteStatementOutput, error) {
	batch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	out := &BatchExecuteStatementOutput{}
	for i, b := range batch {
		r := &in.Statements[i]
		var one BatchStatementResponse
		err := b.err
		if err == nil {
			var spent *cost
			one, spent, err = s.executeOne(c, b.statement, r)
			if spent != nil {
				out.costs = sumCost(out.costs, spent)
			}
		}
		if err != nil {
			if one.Error, err = batchError(err); err != nil {
				return nil, err
			}
		}
		out.Responses = append(out.Responses, one)
	}
	for _, c := range out.costs {
		out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, c, in.ReturnConsumedCapacity)
	}
	return out, nil
}

// executeOne executes one statement of a batch by itself.
func (s *Service) executeOne(c *aws.Call, st *statement, r *BatchStatementRequest) (one BatchStatementResponse, spent *cost, err error) {
	t, err := s.usable(c.Scope, st.tableName)
	if err != nil {
		return one, nil, err
	}
	one.TableName = t.Name
	if st.reads() {
		g, err := s.getOne(c, st, t)
		if err != nil {
			return one, nil, err
		}
		one.Item = g.item
		spent = &cost{t: g.t, table: readUnits(g.size, r.ConsistentRead), reads: true}
		t.limiter.take(spent, c.Time)
		return one, spent, nil
	}
	ch, err := s.executeWrite(c, st, r.ReturnValuesOnConditionCheckFailure)
	if err == nil {
		one.Item = rawAttributes(ch.returned(st.write.returning))
	}
	if err == nil || ch != nil && ch.failed {
		spent = &ch.cost
	}
	return one, spent, err
}

// getOne reads the one item that a SELECT of a batch must name by its key.
func (s *Service) getOne(c *aws.Call, st *statement, t *table) (*get, error) {
	var g *get
	var err error
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
		return nil, err
	}
	return g, s.readAll([]*get{g})
}

// sumCost adds the cost of a part to that of its table.
func sumCost(costs []*cost, c *cost) []*cost {
	i := slices.IndexFunc(costs, func(d *cost) bool { return d.t.Name == c.t.Name })
	if i < 0 {
		return append(costs, &cost{t: c.t, table: c.table, indexes: slices.Clone(c.indexes), reads: c.reads, double: c.double})
	}
	costs[i].add(c)
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
