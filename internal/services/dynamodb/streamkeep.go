package dynamodb

import (
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// keepStreams gives streams new shards in time, and removes records, shards and
// streams whose day is over.
func (s *Service) keepStreams(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for ctx.Err() == nil {
		next, err := s.keepDue(s.Clock.Now())
		if err != nil {
			return err
		}
		sleeper.Sleep(ctx, next, s.keeping)
	}
	return nil
}

// keepDue does what is due by now, and returns when something will be.
func (s *Service) keepDue(now time.Time) (next time.Time, err error) {
	if err := s.splitBusy(now); err != nil {
		return next, err
	}
	type found struct {
		scope       aws.Scope
		table, name string
	}
	var due []found
	err = s.DB.View(func(tx *store.Tx) error {
		for scope, st := range s.streams.Everywhere(tx) {
			if !st.due().After(now) {
				due = append(due, found{scope, st.Table, st.Label})
			}
		}
		return nil
	})
	for _, f := range due {
		if err == nil {
			err = s.keepStream(f.scope, f.table, f.name, now)
		}
	}
	if err != nil {
		return next, err
	}
	err = s.DB.View(func(tx *store.Tx) error {
		for _, st := range s.streams.Everywhere(tx) {
			if at := st.due(); next.IsZero() || at.Before(next) {
				next = at
			}
		}
		return nil
	})
	return next, err
}

// due is when something is to be done about a stream next.
func (st *stream) due() time.Time {
	if !st.Disabled.IsZero() {
		return st.Disabled.Add(retention)
	}
	var first time.Time
	for _, h := range st.Shards {
		at := h.Opened.Add(shardLife)
		if h.End != 0 {
			at = h.Closed.Add(retention)
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// keepStream does what is due about one stream.
func (s *Service) keepStream(scope aws.Scope, name, label string, now time.Time) error {
	keep := func(tx *store.Tx) (rolled *stream) {
		st, ok := s.streams.Get(tx, scope, name, label)
		if !ok {
			return nil
		}
		if st.gone(now) {
			records := appendRecords(nil, scope, st.Number)
			tx.DeleteRange(records, prefixEnd(records))
			s.streams.Delete(tx, scope, name, label)
			return nil
		}
		var left []shard
		for _, h := range st.Shards {
			if h.trimmed(now) {
				tx.DeleteRange(recordKey(scope, st.Number, h.Number, 0), recordKey(scope, st.Number, h.Number+1, 0))
				continue
			}
			left = append(left, h)
		}
		st.Shards = left
		if st.Disabled.IsZero() && st.roll(tx, s.IDs, now) {
			rolled = st
		}
		s.streams.Put(tx, scope, st, name, label)
		arn := streamARN(tableARN(scope, name), label)
		tx.OnCommit(func() { s.readers.wake(arn) })
		return rolled
	}
	t, err := s.table(scope, name)
	if err != nil {
		return err
	}
	if t == nil || t.Stream == nil || t.Stream.Label != label {
		return s.DB.Update(func(tx *store.Tx) error {
			keep(tx)
			return nil
		})
	}
	_, err = s.changeTable(scope, name, func(tx *store.Tx, t *table) (*table, error) {
		rolled := keep(tx)
		if t == nil || rolled == nil || t.Stream == nil || t.Stream.Label != label {
			return t, nil
		}
		t = t.clone()
		t.Stream = rolled.streaming()
		return t, nil
	})
	return err
}
