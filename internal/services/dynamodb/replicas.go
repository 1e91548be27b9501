package dynamodb

import (
	"bytes"
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A global table is a table of one name in several regions of the account. Each
// knows the regions of the others. All regions are in one store, so a change is
// made to every replica in the transaction that makes it: replicas are never
// behind, nothing can be lost between them, and of two writes of one item the
// later wins because it comes later.

// there is the scope of the same account in another region.
func (t *table) there(region aws.Region) aws.Scope {
	return aws.Scope{Account: t.scope.Account, Region: region}
}

// tableIn is table inside an Update.
func (s *Service) tableIn(tx *store.Tx, scope aws.Scope, name string) *table {
	if t := s.catalogue.get(scope, name); t != nil {
		return t
	}
	stored, ok := s.tables.Get(tx, scope, name)
	if !ok {
		return nil
	}
	t := s.prepare(stored, scope)
	s.catalogue.set(scope, name, t)
	return t
}

// replicate makes the change in the other regions, where it is a change like any
// other: with index entries, a record in the stream, and a cost.
func (c *change) replicate(tx *store.Tx, next ddbexpr.Item, size int, stored []byte) error {
	for _, region := range c.t.Replicas {
		t := c.t.service.tableIn(tx, c.t.there(region), c.t.Name)
		if t == nil {
			continue
		}
		copied, err := t.accept(tx, c.call, c.t.keyOf(c.item), next, size, stored)
		if err != nil {
			return err
		}
		if copied != nil {
			c.copies = append(c.copies, copied)
		}
	}
	return nil
}

// accept makes the item of a replica what it is elsewhere, nil if there is none.
// It returns nil if it is that already.
func (t *table) accept(tx *store.Tx, call *aws.Call, key, next ddbexpr.Item, size int, stored []byte) (*change, error) {
	c := &change{call: call, kind: changePut, t: t, tableName: t.Name, item: key, copied: true, cost: cost{t: t}}
	c.storeKey = t.itemKey(make([]byte, 0, len(t.prefix)+64), key)
	b, _ := tx.Get(c.storeKey)
	oldSize, old := openStored(b)
	if bytes.Equal(old, next) && (old == nil) == (next == nil) {
		return nil, nil
	}
	c.cost.table = writeUnits(max(oldSize, size))
	return c, c.write(tx, old, oldSize, next, size, stored)
}

// copySome puts the next items of a replica in, after a key of the table that it
// is a copy of. What was written meanwhile is there already, and newer.
func (s *Service) copySome(tx *store.Tx, t *table, after []byte) (last []byte, done bool, made []*change, err error) {
	src := s.tableIn(tx, t.there(t.Source), t.Name)
	if src == nil || !slices.Contains(src.Replicas, t.scope.Region) {
		return nil, true, nil, nil // it was deleted, or is a stranger: this is what is left of it
	}
	space := src.appendSpace(nil, 0)
	call := &aws.Call{Scope: t.scope, Time: s.Clock.Now()}
	var found [][]byte
	for k, v := range tx.Scan(goOn(space, after), prefixEnd(space)) {
		found = append(found, bytes.Clone(v))
		if last = bytes.Clone(k); len(found) == backfillStep {
			break
		}
	}
	for _, stored := range found {
		size, it := openStored(stored)
		c, err := t.accept(tx, call, t.keyOf(it), it, size, stored)
		if err != nil {
			return nil, false, nil, err
		}
		if c != nil {
			made = append(made, c)
		}
	}
	return last, len(found) < backfillStep, made, nil
}

// copyAll fills a replica.
func (s *Service) copyAll(ctx context.Context, scope aws.Scope, name string) error {
	var after []byte
	var number uint64
	for done := false; !done; {
		if ctx.Err() != nil {
			return nil
		}
		var made []*change
		t, err := s.table(scope, name)
		if err != nil || t == nil || t.Source == "" {
			return err
		}
		if t.Number != number { // the region may leave and join again
			number, after = t.Number, nil
		}
		err = retry(func() error {
			return s.DB.Update(func(tx *store.Tx) (err error) {
				if s.current(t) != nil {
					return nil // look again
				}
				after, done, made, err = s.copySome(tx, t, after)
				return err
			})
		})
		if err != nil {
			return err
		}
		s.published(made...)
	}
	_, err := s.changeTable(scope, name, func(_ *store.Tx, t *table) (*table, error) {
		if t == nil || t.Number != number {
			return t, nil
		}
		t = t.clone()
		t.Source, t.Filling = "", false
		return t, nil
	})
	return err
}
