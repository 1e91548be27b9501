package dynamodb

import (
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
)

// newRead is the read that a SELECT is, before it is known of which table.
func (st *statement) newRead(consistent bool) *read {
	r := &read{tableName: st.tableName, indexName: st.indexName, consistent: consistent}
	r.projection, r.columns = st.selection.projection, st.selection.columns
	return r
}

// place is placeRead with PartiQL's errors.
func (r *read) place(t *table) error {
	r.t = t
	if r.indexName == "" {
		return nil
	}
	r.x = t.index(r.indexName)
	switch {
	case r.x == nil:
		return errValidation("The table does not have the specified index")
	case !r.x.Local && r.consistent:
		return errValidation("Strongly consistent read is not supported on Global Secondary Indexes")
	case r.x.Building:
		return errValidation("Cannot read from backfilling global secondary index: %s", r.indexName)
	}
	return nil
}

// decompose makes the reads of a SELECT in its table, in order: queries, or one
// scan.
func (st *statement) decompose(t *table, consistent bool) ([]*read, error) {
	r := st.newRead(consistent)
	if err := r.place(t); err != nil {
		return nil, err
	}
	if err := r.checkIndexSelect(); err != nil {
		return nil, err
	}
	queries, err := r.plan(st.where)
	if err != nil {
		return nil, visible(err)
	}
	if err := r.checkFiltered(queries); err != nil {
		return nil, err
	}
	backward, err := r.order(st.where, queries, st.selection.order)
	if err != nil {
		return nil, err
	}
	if len(queries) == 0 {
		return r.scan(st.where)
	}
	var reads []*read
	for _, q := range queries {
		one := *r
		one.lo, one.hi, one.backward, one.single = q.lo, q.hi, backward, q.key != nil
		if one.condition, err = q.filter.Condition(); err != nil {
			return nil, visible(err)
		}
		if err := one.checkPaths(); err != nil {
			return nil, err
		}
		reads = append(reads, &one)
	}
	return reads, nil
}

// scan makes the read go through everything.
func (r *read) scan(w *where) ([]*read, error) {
	var err error
	if r.condition, err = w.whole().Condition(); err != nil {
		return nil, visible(err)
	}
	number := uint32(0)
	if r.x != nil {
		number = r.x.Number
	}
	space := r.t.appendSpace(nil, number)
	r.lo, r.hi = space, prefixEnd(space)
	return []*read{r}, r.checkPaths()
}

// checkFiltered refuses queries of an index that does not hold what all of them
// filter by. A scan takes what is not there for missing.
func (r *read) checkFiltered(queries []*query) error {
	if r.x == nil || r.x.projection == nil || len(queries) == 0 {
		return nil
	}
	held := r.t.projected(r.x)
	var missing []string
	for _, q := range queries {
		missing = nil
		for _, n := range q.filtered {
			if !slices.Contains(held, n) {
				missing = append(missing, n)
			}
		}
		if missing == nil {
			return nil
		}
	}
	return errValidation(invalidValues+"Secondary index %s does not project one or more filter attributes: [%s]", r.x.Name, strings.Join(missing, ", "))
}

// place in the results of a SELECT: in which of its reads, and after which item
// if that was begun.
type resultPlace struct {
	read  int
	after ddbexpr.Item
}

func (s *Service) executeSelect(c *aws.Call, st *statement, in *ExecuteStatementInput) (*ExecuteStatementOutput, error) {
	t, err := s.usable(c.Scope, st.tableName)
	if err != nil {
		return nil, err
	}
	reads, err := st.decompose(t, in.ConsistentRead)
	if err != nil {
		return nil, err
	}
	at := resultPlace{}
	if in.NextToken != "" {
		if at, err = s.openPlace(c, st, in.NextToken); err != nil {
			return nil, err
		}
	}
	limit := int64(0)
	if in.Limit != nil {
		limit = *in.Limit
	}
	err = reads[0].admit(c.Time)
	if st.refused = reads[0].refused; err != nil {
		return nil, err
	}
	out := &ExecuteStatementOutput{cost: &cost{t: t, reads: true}}
	next, err := s.runAllReads(reads, at, limit, out)
	if err != nil {
		return nil, err
	}
	t.limiter.take(out.cost, c.Time)
	out.ConsumedCapacity = out.cost.consumed(in.ReturnConsumedCapacity)
	if next != nil {
		out.NextToken, err = s.sealPlace(c, st, next)
	}
	return out, err
}

// runAllReads runs reads one after the other, as far as the limit and the size
// of a page allow, and returns where to go on.
func (s *Service) runAllReads(reads []*read, at resultPlace, limit int64, out *ExecuteStatementOutput) (*resultPlace, error) {
	items := []byte{'['}
	spent := 0
	for i := at.read; i < len(reads); i++ {
		r := reads[i]
		r.limit, r.spent = limit, spent
		if i == at.read && at.after != nil {
			r.start = at.after
			r.goOn()
		}
		p, err := s.run(r)
		if err != nil {
			return nil, err
		}
		if found := p.items[1 : len(p.items)-1]; len(found) > 0 {
			if len(items) > 1 {
				items = append(items, ',')
			}
			items = append(items, found...)
		}
		p.release()
		out.Items = append(items, ']')
		out.count += int(p.count)
		r.addCost(out.cost, p)
		if spent += p.size; limit > 0 {
			limit -= p.scanned
		}
		if p.last == nil {
			continue
		}
		next := &resultPlace{i, p.last}
		if r.single {
			if next = (&resultPlace{read: i + 1}); i+1 == len(reads) {
				return nil, nil
			}
		}
		out.LastEvaluatedKey = rawItem(p.last)
		return next, nil
	}
	if out.Items == nil {
		out.Items = append(items, ']')
	}
	return nil, nil
}

// soleItem is the item that a SELECT is about, as a get; nil if it is about
// anything else than one item by its key.
func (st *statement) soleItem(t *table) (*get, error) {
	r := st.newRead(false)
	if err := r.place(t); err != nil {
		return nil, err
	}
	queries, err := r.plan(st.where)
	if err != nil || len(queries) != 1 || queries[0].key == nil || !queries[0].filter.IsZero() {
		return nil, err
	}
	return &get{tableName: st.tableName, key: queries[0].key, projection: r.projection, columns: r.columns}, nil
}
