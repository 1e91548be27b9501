package dynamodb

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxBatchWrite = 25

// batchWrite is what a BatchWriteItem writes: by table, in order of name.
type batchWrite struct{ tables []*tableWrites }

type tableWrites struct {
	requested string
	name      string
	changes   []*change
	refused   []*refusal // of those that were left unprocessed
}

func (in *BatchWriteItemInput) read(c *aws.Call) (*batchWrite, error) {
	if in.batch != nil {
		return in.batch, nil
	}
	if len(in.RequestItems) == 0 {
		return nil, errValidation("The requestItems parameter is required for BatchWriteItem")
	}
	b, total := &batchWrite{}, 0
	for _, requested := range slices.Sorted(maps.Keys(in.RequestItems)) {
		writes := in.RequestItems[requested]
		if total += len(writes); total > maxBatchWrite {
			return nil, errValidation("Too many items requested for the BatchWriteItem call")
		}
		name, err := resolveTable(c, requested)
		if err != nil {
			return nil, err
		}
		t := &tableWrites{requested: requested, name: name}
		for _, w := range writes {
			ch, err := w.change(c, name)
			if err != nil {
				return nil, err
			}
			t.changes = append(t.changes, ch)
		}
		b.tables = append(b.tables, t)
	}
	in.batch = b
	return b, nil
}

func (w *WriteRequest) change(c *aws.Call, table string) (*change, error) {
	switch {
	case w.PutRequest != nil && w.DeleteRequest != nil:
		return nil, errValidation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	case w.PutRequest != nil:
		return newChange(c, changePut, table, w.PutRequest.Item, "", expressions{})
	case w.DeleteRequest != nil:
		return newChange(c, changeDelete, table, w.DeleteRequest.Key, "", expressions{})
	}
	return nil, errValidation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
}

func (s *Service) onBatchWriteItem(_ context.Context, c *aws.Call, in *BatchWriteItemInput) ([]service.Access, error) {
	b, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, tw := range b.tables {
		a, err := s.access(c, tw.name, "")
		if err != nil {
			return nil, err
		}
		if !unconditional(c) {
			t, err := s.table(c.Scope, tw.name)
			if err != nil {
				return nil, err
			}
			k := keyed{}
			for _, ch := range tw.changes {
				k.leading(t, ch.item)
				k.attributes(ch.item)
			}
			k.set("ReturnConsumedCapacity", in.ReturnConsumedCapacity)
			a.Keys = k
		}
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) batchWriteItem(_ context.Context, c *aws.Call, in *BatchWriteItemInput) (*BatchWriteItemOutput, error) {
	b, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []*change
	for _, t := range b.tables {
		all = append(all, t.changes...)
	}
	// Each item is written by itself on AWS; one transaction for all saves their
	// syncs, and nobody can tell but by its having no partial failures. Only a
	// cloud that throttles has these.
	write := s.writeAll
	if s.limiter != nil {
		write = s.writeEach
	}
	if err := write(c.Scope, all, placeInBatch); err != nil {
		return nil, err
	}
	out := &BatchWriteItemOutput{UnprocessedItems: map[string][]WriteRequest{}}
	for _, t := range b.tables {
		if t.leave(in.RequestItems[t.requested], out.UnprocessedItems); len(t.changes) == 0 {
			continue
		}
		sum := &cost{t: t.changes[0].t}
		for _, ch := range t.changes {
			sum.add(&ch.cost)
		}
		out.costs = append(out.costs, sum)
		out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, sum, in.ReturnConsumedCapacity)
		out.ItemCollectionMetrics = addMetrics(out.ItemCollectionMetrics, t.requested, t.changes, in.ReturnItemCollectionMetrics)
	}
	return out, nil
}

func addMetrics(m map[string][]ItemCollectionMetrics, table string, changes []*change, mode string) map[string][]ItemCollectionMetrics {
	for _, ch := range changes {
		if one := ch.metrics(mode); one != nil {
			if m == nil {
				m = map[string][]ItemCollectionMetrics{}
			}
			m[table] = append(m[table], *one)
		}
	}
	return m
}

// placeInBatch reports a wrong key in a batch as one in a Key.
func placeInBatch(c *change, t *table) error {
	err := c.place(t)
	if c.kind == changePut && err != nil && t.Key.each(func(a attribute, _ bool) error {
		if c.item.Get(a.Name).Type() != a.Type {
			return errKeyMismatch()
		}
		return nil
	}) != nil {
		return errKeyMismatch()
	}
	return err
}

// placeEach finds the tables of the changes of a batch.
func (s *Service) placeEach(scope aws.Scope, changes []*change, place func(*change, *table) error) error {
	for _, c := range changes {
		t, err := s.usable(scope, c.tableName)
		if err != nil {
			return err
		}
		if err := place(c, t); err != nil {
			return err
		}
	}
	if duplicateChanges(changes) {
		return errValidation("Provided list of item keys contains duplicates")
	}
	return nil
}

// writeAll makes all changes or none, in one transaction.
func (s *Service) writeAll(scope aws.Scope, changes []*change, place func(*change, *table) error) error {
	err := retry(func() error {
		if err := s.placeEach(scope, changes, place); err != nil {
			return err
		}
		return s.DB.Update(func(tx *store.Tx) error {
			for _, c := range changes {
				if err := s.current(c.t); err != nil {
					return err
				}
				if err := c.run(tx); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err == nil {
		s.published(changes...)
	}
	return err
}

// writeEach makes each change by itself, and leaves out those that there is no
// capacity for. It fails if that is all of them.
func (s *Service) writeEach(scope aws.Scope, changes []*change, place func(*change, *table) error) error {
	if err := s.placeEach(scope, changes, place); err != nil {
		return err
	}
	done := 0
	for _, c := range changes {
		switch err := s.write(scope, c); {
		case err == nil:
			done++
		case c.refused == nil:
			return err
		}
	}
	if done == 0 {
		return changes[0].refused.err()
	}
	return nil
}

// leave moves the writes that there was no capacity for to the unprocessed ones.
func (t *tableWrites) leave(requests []WriteRequest, left map[string][]WriteRequest) {
	var done []*change
	for i, c := range t.changes {
		if c.refused != nil {
			left[t.requested] = append(left[t.requested], requests[i])
			t.refused = append(t.refused, c.refused)
		} else {
			done = append(done, c)
		}
	}
	t.changes = done
}

// duplicateChanges reports whether two changes are of one item.
func duplicateChanges(changes []*change) bool {
	for i, c := range changes {
		for _, d := range changes[:i] {
			if bytes.Equal(c.storeKey, d.storeKey) {
				return true
			}
		}
	}
	return false
}
