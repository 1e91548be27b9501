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
type recent struct{ sets [recentSets]recentSet }

// recentSet has the places for keys of one hash. Some, since two busy keys that
// have only one place between them would drive each other out.
type recentSet struct {
	places [4]atomic.Pointer[known]
	turn   uint8 // whose turn it is to go; db.mu is held
}

// What is kept: 32 MB at most, if each of the 8,192 places has a value and each is large.
const (
	recentSets = 2048
	maxKnown   = 4 << 10 // bytes of a value
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

func (r *recent) set(hash uint64) *recentSet { return &r.sets[hash%recentSets] }

// find returns what is known of a key and where, nil if nothing is.
func (s *recentSet) find(key []byte) (*atomic.Pointer[known], *known) {
	for i := range s.places {
		if k := s.places[i].Load(); k != nil && bytes.Equal(k.key, key) {
			return &s.places[i], k
		}
	}
	return nil, nil
}

// get returns what is known of a key, nil if nothing is.
func (r *recent) get(key []byte, hash uint64) *known {
	_, k := r.set(hash).find(key)
	return k
}

// put notes what was read of a key that nothing is known of.
func (r *recent) put(key []byte, hash uint64, value []byte, ok bool) {
	if len(value) > maxKnown {
		return
	}
	k := &known{key: bytes.Clone(key)}
	if ok {
		k.value = append([]byte{}, value...)
	}
	s := r.set(hash)
	for i := range s.places {
		if s.places[i].Load() == nil {
			s.places[i].Store(k)
			return
		}
	}
	s.turn++
	s.places[int(s.turn)%len(s.places)].Store(k)
}

// forget forgets everything.
func (r *recent) forget() {
	for i := range r.sets {
		for j := range r.sets[i].places {
			r.sets[i].places[j].Store(nil)
		}
	}
}

// follow has what is known of a key follow what the transaction does to it: the
// value is nil if it removes it, and copied unless it is its own.
func (tx *Tx) follow(key []byte, hash uint64, value []byte, own bool) {
	place, k := tx.db.recent.set(hash).find(key)
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
	tx.pending = append(tx.pending, pending{k.key, place, next})
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
