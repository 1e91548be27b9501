package store

import (
	"bytes"
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
}

// span is a range of keys that was read: from lo up to but without hi. A nil
// bound is open.
type span struct{ lo, hi []byte }

// maxSpans is how many spans are told apart. Who reads more waits for all.
const maxSpans = 32

func (s *syncing) add(tx *Tx) {
	tx.log = tx.batch.Reader()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.txs = append(s.txs, tx)
	s.some.Add(1)
}

// done lets those go on who wait for tx.
func (s *syncing) done(tx *Tx, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.txs = slices.DeleteFunc(s.txs, func(other *Tx) bool { return other == tx })
	s.some.Add(-1)
	tx.syncErr = err
	if tx.synced != nil {
		close(tx.synced)
	}
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
	<-tx.synced
	return tx.syncErr
}

// last is the last transaction that wrote within the spans: what came before it
// is durable when it is.
func (s *syncing) last(spans []span) *Tx {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tx := range slices.Backward(s.txs) {
		if len(spans) == 0 || len(spans) > maxSpans || wroteWithin(tx.log, spans) {
			if tx.synced == nil {
				tx.synced = make(chan struct{})
			}
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
