package store

import (
	"bytes"
	"sync/atomic"
)

// recent are values that Updates have read lately, as the last Update left
// them. Who changes a value reads it before, and often again soon after; the way
// to it through Pebble was a tenth of a put.
//
// Only the holder of db.mu changes what is there, so nobody can put an old value
// over a newer one; anybody may look.
type recent struct {
	places [recentPlaces]atomic.Pointer[known]
}

// What is kept: 16 MB at most, if each place has a value and each is large.
const (
	recentPlaces = 4096
	maxKnown     = 4 << 10 // bytes of a value
)

// known is what a key holds, nil if that is nothing. It is never changed.
type known struct{ key, value []byte }

// pending is what will be known of a key when the transaction is applied, if
// something still is by then; nil if its value is too large.
type pending struct {
	key   []byte
	place *atomic.Pointer[known]
	known *known
}

func (r *recent) place(hash uint64) *atomic.Pointer[known] { return &r.places[hash%recentPlaces] }

// get returns what is known of a key, nil if nothing is.
func (r *recent) get(key []byte, hash uint64) *known {
	if k := r.place(hash).Load(); k != nil && bytes.Equal(k.key, key) {
		return k
	}
	return nil
}

// put notes what was read.
func (r *recent) put(key []byte, hash uint64, value []byte, ok bool) {
	if len(value) <= maxKnown {
		k := &known{key: bytes.Clone(key)}
		if ok {
			k.value = append([]byte{}, value...)
		}
		r.place(hash).Store(k)
	}
}

// forget forgets everything.
func (r *recent) forget() {
	for i := range r.places {
		r.places[i].Store(nil)
	}
}

// follow has what is known of a key follow what the transaction does to it: the
// value is nil if it removes it, and copied unless it is its own.
func (tx *Tx) follow(key []byte, hash uint64, value []byte, own bool) {
	k := tx.db.recent.get(key, hash)
	if k == nil {
		return
	}
	var next *known
	if len(value) <= maxKnown {
		if !own {
			value = append([]byte{}, value...)
		}
		next = &known{k.key, value}
	}
	tx.pending = append(tx.pending, pending{k.key, tx.db.recent.place(hash), next})
}

// settle makes known what was applied. db.mu is held. A place that was given to
// another key in between is left alone: later writes of the first were not followed.
func (tx *Tx) settle() {
	for _, p := range tx.pending {
		if k := p.place.Load(); k != nil && bytes.Equal(k.key, p.key) {
			p.place.Store(p.known)
		}
	}
	if tx.removesRange {
		tx.db.recent.forget()
	}
}
