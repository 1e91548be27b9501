package dynamodb

import (
	"bytes"
	"cmp"
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// backfillStep is how many items one transaction of a backfill enters. Writers
// wait for it, and for its part of the log: with 256 a put beside one took five
// times as long (BenchmarkPutBeside).
const backfillStep = 32

// alarm wakes a sleeping worker; rung while it is awake it rings once more.
type alarm chan struct{}

func newAlarm() alarm { return make(alarm, 1) }

func (a alarm) wake() {
	select {
	case a <- struct{}{}:
	default:
	}
}

// Run does the work in the background until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	loops := []func(context.Context) error{s.buildIndexes, s.keepStreams, s.expireItems, s.chargeHours, s.keepPast, s.runJobs}
	errs := make(chan error, len(loops))
	for _, loop := range loops {
		go func() { errs <- loop(ctx) }()
	}
	var first error
	for range loops {
		if err := <-errs; err != nil {
			first = cmp.Or(first, err)
			stop()
		}
	}
	return first
}

// buildIndexes enters items into the indexes that were added to tables that had items
// already: those added from now on, and those a stop of the program interrupted.
func (s *Service) buildIndexes(ctx context.Context) error {
	for {
		for {
			scope, name, ok, err := s.unfinished()
			if err != nil {
				return err
			}
			if !ok || ctx.Err() != nil {
				break
			}
			if err := s.build(ctx, scope, name); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.backfill:
		}
	}
}

// unfinished finds a table with an index that is being built.
func (s *Service) unfinished() (scope aws.Scope, name string, found bool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		for at, t := range s.tables.Everywhere(tx) {
			if t.Source != "" || t.TTL != nil && t.TTL.Building {
				scope, name, found = at, t.Name, true
				return nil
			}
			for _, x := range t.Indexes {
				if x.Building {
					scope, name, found = at, t.Name, true
					return nil
				}
			}
		}
		return nil
	})
	return scope, name, found, err
}

// build enters all items of a table into its unfinished index. Writes keep the
// index true from the moment it is there, so an item may be entered twice,
// which changes nothing.
func (s *Service) build(ctx context.Context, scope aws.Scope, name string) error {
	if err := s.copyAll(ctx, scope, name); err != nil {
		return err
	}
	var after []byte
	var current any // what is being built
	for ctx.Err() == nil {
		t, err := s.table(scope, name)
		if err != nil || t == nil {
			return err
		}
		var x *index
		for _, y := range t.Indexes {
			if y.Building {
				x = y
			}
		}
		expiry := t.TTL
		if x != nil || expiry != nil && !expiry.Building {
			expiry = nil
		}
		if x == nil && expiry == nil {
			return nil
		}
		var next any
		if x != nil {
			next = x.Number
		} else {
			next = expiry.Number
		}
		if next != current { // another of the same table, which begins anew
			current, after = next, nil
		}
		var done bool
		err = retry(func() error {
			return s.DB.Update(func(tx *store.Tx) error {
				if s.current(t) != nil {
					return nil // look again
				}
				if expiry != nil {
					after, done = expiry.enterSome(tx, t, s.Clock.Now(), after)
				} else {
					after, done = t.enterSome(tx, x, after)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		if done {
			return s.finish(scope, name, t, x)
		}
	}
	return nil
}

// goOn is where the walk of a space goes on after a key. That is the beginning if
// the key is of another: the table was made anew since.
func goOn(space, after []byte) []byte {
	if !bytes.HasPrefix(after, space) {
		return space
	}
	return append(bytes.Clone(after), 0)
}

// enterSome enters the next items after a key, and tells whether those were all.
func (t *table) enterSome(tx *store.Tx, x *index, after []byte) (last []byte, done bool) {
	space := t.appendSpace(nil, 0)
	var batch []ddbexpr.Item
	for k, v := range tx.Scan(goOn(space, after), prefixEnd(space)) {
		_, it := openStored(v)
		batch = append(batch, bytes.Clone(it))
		if last = bytes.Clone(k); len(batch) == backfillStep {
			break
		}
	}
	var d []difference
	for _, it := range batch {
		if !x.holds(it) {
			continue
		}
		if _, there := tx.Get(t.entryKey(nil, x, it)); there {
			continue
		}
		dx, _ := t.enter(tx, x, nil, it)
		d = append(d, dx)
	}
	t.addTally(tx, d)
	return last, len(batch) < backfillStep
}

// finish notes that an index, or the times at which items expire if there is
// none, are complete.
func (s *Service) finish(scope aws.Scope, name string, built *table, x *index) error {
	_, err := s.changeTable(scope, name, func(_ *store.Tx, t *table) (*table, error) {
		if t == nil || t.Number != built.Number {
			return t, nil
		}
		t = t.clone()
		switch {
		case x != nil:
			for _, y := range t.Indexes {
				if y.Number == x.Number {
					y.Building = false
				}
			}
		case t.TTL != nil && t.TTL.Number == built.TTL.Number:
			t.TTL = &ttl{Number: t.TTL.Number, Attribute: t.TTL.Attribute}
		}
		return t, nil
	})
	s.expiring.wake()
	return err
}
