package store

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/batchrepr"
)

// syncing are the transactions that were applied and are not durable yet, in
// the order of the log. Others see what they wrote; but what a crash may still
// take back is told to nobody, so whoever read something of it waits as well.
type syncing struct {
	some atomic.Int32 // how many
	mu   sync.Mutex
	txs  []*Tx
	next *round // of syncing: what is applied now waits for it
	busy bool   // somebody syncs
}

// round is one sync of the log. What was applied before it began is durable
// when it is done, unless it failed.
type round struct {
	done chan struct{}
	err  error
}

func newRound() *round { return &round{done: make(chan struct{})} }

func (r *round) wait() error {
	<-r.done
	return r.err
}

// span is a range of keys that was read: from lo up to but without hi. A nil
// bound is open.
type span struct{ lo, hi []byte }

// maxSpans is how many spans are told apart. Who reads more waits for all.
const maxSpans = 32

// add has tx wait for the next round. It is about to be applied, and db.mu is held.
func (s *syncing) add(tx *Tx) {
	tx.log = tx.batch.Reader()
	s.mu.Lock()
	defer s.mu.Unlock()
	tx.round = s.next
	s.txs = append(s.txs, tx)
	s.some.Add(1)
}

// lead reports whether the caller is to sync, since nobody does.
func (s *syncing) lead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return false
	}
	s.busy = true
	return true
}

// begin returns the round that begins now.
func (s *syncing) begin() *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.next
	s.next = newRound()
	return r
}

// end lets those go on who wait for a round, and reports whether others wait for the next.
func (s *syncing) end(r *round, err error) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n < len(s.txs) && s.txs[n].round == r {
		n++
	}
	s.txs = slices.Delete(s.txs, 0, n)
	s.some.Store(int32(len(s.txs)))
	r.err = err
	close(r.done)
	s.busy = len(s.txs) > 0
	return s.busy
}

// sync waits until what was applied is durable. The first to wait syncs for all.
func (tx *Tx) sync() error {
	if tx.db.volatile {
		return nil
	}
	if tx.db.syncing.lead() && tx.db.syncOnce() {
		go func() {
			for tx.db.syncOnce() {
			}
		}()
	}
	return tx.round.wait()
}

// patience is how often others go first, since whatever they have applied when a
// sync begins needs none of its own.
const patience = 2

// syncOnce makes durable what was applied, and reports whether there is more by then.
func (db *DB) syncOnce() (more bool) {
	for range patience {
		runtime.Gosched()
	}
	r, b, err := db.beginSync()
	if err == nil {
		if err = b.SyncWait(); err != nil {
			err = fmt.Errorf("store: sync: %w", err)
			db.mu.Lock()
			_ = db.fail(err)
			db.mu.Unlock()
		} else {
			must(b.Close())
		}
	}
	return db.syncing.end(r, err)
}

// beginSync asks Pebble for a sync of all that was applied, by a batch of nothing.
func (db *DB) beginSync() (*round, *pebble.Batch, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	r := db.syncing.begin()
	if db.failed != nil {
		return r, nil, db.failed
	}
	b := db.p.NewBatch()
	must(b.LogData(nil, nil))
	return r, b, db.apply(func() error { return db.p.ApplyNoSyncWait(b, pebble.Sync) })
}

// wait returns once what the spans hold is durable; without spans, once all is
// that is there now.
func (s *syncing) wait(spans ...span) error {
	if s.some.Load() == 0 {
		return nil
	}
	tx := s.last(spans)
	if tx == nil {
		return nil
	}
	return tx.round.wait()
}

// last is the last transaction that wrote within the spans: what came before it
// is durable when it is.
func (s *syncing) last(spans []span) *Tx {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tx := range slices.Backward(s.txs) {
		if len(spans) == 0 || len(spans) > maxSpans || wroteWithin(tx.log, spans) {
			return tx
		}
	}
	return nil
}

func wroteWithin(log batchrepr.Reader, spans []span) bool {
	for {
		kind, key, end, ok, err := log.Next()
		if !ok || err != nil {
			return err != nil
		}
		if kind != pebble.InternalKeyKindRangeDelete {
			end = nil
		}
		for _, s := range spans {
			if s.meets(key, end) {
				return true
			}
		}
	}
}

// meets reports whether a key, or a range if end is not nil, is in the span.
func (s span) meets(key, end []byte) bool {
	if s.hi != nil && bytes.Compare(key, s.hi) >= 0 {
		return false
	}
	if end != nil {
		return bytes.Compare(end, s.lo) > 0
	}
	return bytes.Compare(key, s.lo) >= 0
}

// only is the span of one key.
func only(key []byte) span {
	hi := append(append(make([]byte, 0, len(key)+1), key...), 0)
	return span{hi[:len(key)], hi}
}

// saw notes what a View is about to read, if it has to wait for that. It returns
// the span's place, negative if it is not noted.
func (tx *Tx) saw(s span) (at int) {
	if !tx.watch || len(tx.spans) > maxSpans {
		return -1
	}
	tx.spans = append(tx.spans, span{bytes.Clone(s.lo), bytes.Clone(s.hi)})
	return len(tx.spans) - 1
}

// stopped notes the last key that was read of a span.
func (tx *Tx) stopped(at int, key []byte, back bool) {
	switch {
	case at < 0:
	case back:
		tx.spans[at].lo = bytes.Clone(key)
	default:
		tx.spans[at].hi = only(key).hi
	}
}
