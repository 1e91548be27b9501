package dynamodb

import (
	"encoding/binary"
	"iter"
	"math"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// past is how a table keeps what its items were: while point-in-time recovery
// is on, and while a job reads the table as it was. It is never changed once
// made, and tables that don't need it have none.
type past struct {
	Days  int       // the recovery period; 0 while it is kept for jobs only
	Since time.Time // how far it goes back at most
}

// pastSpace has what items were before each of their changes:
//
//	day of the change (4 bytes) | key of the item, from its hash on | sequence number
//
// so what is too old is one range, and a table as it was is read in the order of
// its keys, a part at a time, however often the reading is interrupted.
const pastSpace = 0xfffffffc

// A record is a byte for the format, the time in microseconds (8 bytes), and the
// item in stored form, or nothing if there was none.
const (
	pastFormat = 1
	pastHead   = 9
)

// stamps gives changes their times. Requests reach the store in another order
// than they arrive in, but times never fall from one transaction to the next, so
// any time divides all transactions into those before it and those after it. It
// is used inside Updates only, which are serialised.
type stamps struct{ last int64 }

func (s *stamps) of(arrived time.Time) int64 {
	s.last = max(s.last, arrived.UnixMicro())
	return s.last
}

// remember keeps what the item was before the change.
func (c *change) remember(tx *store.Tx, old ddbexpr.Item, oldSize int) {
	at := c.t.stamps.of(c.call.Time)
	rest := c.storeKey[len(c.t.prefix)+4:]
	k := appendDay(make([]byte, 0, len(c.storeKey)+12), c.t.prefix, dayOf(at))
	k = binary.BigEndian.AppendUint64(append(k, rest...), tx.Sequence())
	v := append(make([]byte, 0, pastHead+8+len(old)), pastFormat)
	v = binary.BigEndian.AppendUint64(v, uint64(at))
	if old != nil {
		v = appendStored(v, oldSize, old)
	}
	tx.Set(k, v)
}

// dayOf is the day of a time in microseconds, from 1970 on.
func dayOf(micros int64) uint32 { return uint32(max(0, micros) / (24 * time.Hour).Microseconds()) }

func appendSpaceOf(dst, prefix []byte, space uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, prefix...), space)
}

// appendDay appends the beginning of the keys of a day's records.
func appendDay(dst, prefix []byte, day uint32) []byte {
	return binary.BigEndian.AppendUint32(appendSpaceOf(dst, prefix, pastSpace), day)
}

// moment divides the changes of a table: those that had happened by then, by
// number and by time, and the later ones. What is written from now on is later
// by its number, whatever its time.
type moment struct {
	Sequence uint64
	Micros   int64
	Day      uint32 // no later change was on a day before this
}

// present is the moment of the transaction.
func (s *stamps) present(tx *store.Tx, arrived time.Time) moment {
	return moment{tx.Sequence(), math.MaxInt64, dayOf(s.of(arrived))}
}

// at is the end of a microsecond that has begun.
func (s *stamps) at(tx *store.Tx, micros int64) moment {
	return moment{tx.Sequence(), micros, dayOf(micros)}
}

func (m moment) before(e entry) bool { return e.sequence > m.Sequence || e.micros > m.Micros }

// entry is one change: what the item was before it, in stored form, nil if there
// was none.
type entry struct {
	sequence uint64
	micros   int64
	old      []byte
}

// itemsAt yields the items of a table as they were at a moment, in the order of
// their keys and after one of them: the key from its hash on, and the stored
// form. Both are valid until the next step.
func itemsAt(tx *store.Tx, prefix []byte, m moment, after []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, stored []byte) bool) {
		for key, h := range history(tx, prefix, m.Day, after) {
			was, changed := []byte(nil), false
			for e := range h.changes {
				if !changed && m.before(e) {
					was, changed = append([]byte(nil), e.old...), true
				}
			}
			if !changed {
				was = h.present
			}
			if len(was) > 0 && !yield(key, was) {
				return
			}
		}
	}
}

// changed is what became of an item between two times, in stored forms.
type changed struct {
	micros   int64 // of the last change
	old, new []byte
}

// changesBetween yields the items that were changed from a time on until a
// moment, after a key: what they were before and after, unless that is nothing.
func changesBetween(tx *store.Tx, prefix []byte, from int64, to moment, after []byte) iter.Seq2[[]byte, changed] {
	return func(yield func([]byte, changed) bool) {
		for key, h := range history(tx, prefix, to.Day, after) {
			var c changed
			touched, over := false, false
			for e := range h.changes {
				switch {
				case over || e.micros < from:
				case to.before(e):
					c.new, over = append([]byte(nil), e.old...), true
				case !touched:
					c.old, touched = append([]byte(nil), e.old...), true
					c.micros = e.micros
				default:
					c.micros = e.micros
				}
			}
			if !over {
				c.new = h.present
			}
			if touched && (len(c.old) > 0 || len(c.new) > 0) && !yield(key, c) {
				return
			}
		}
	}
}

// lifetime is what is known of one item: its changes, oldest first, which can be
// walked once, and what it is after them.
type lifetime struct {
	changes iter.Seq[entry]
	present []byte
}

// history yields the lifetimes of all items that are there or were changed since
// a day, in the order of their keys, after one of them.
func history(tx *store.Tx, prefix []byte, since uint32, after []byte) iter.Seq2[[]byte, lifetime] {
	return func(yield func([]byte, lifetime) bool) {
		var days []*source
		for _, day := range pastDays(tx, prefix, since) {
			days = append(days, newSource(tx, appendDay(nil, prefix, day), after, 8))
		}
		present := newSource(tx, appendSpaceOf(nil, prefix, 0), after, 0)
		all := append(days, present)
		defer func() {
			for _, s := range all {
				s.stop()
			}
		}()
		var key []byte
		for {
			var first []byte
			for _, s := range all {
				if s.key != nil && (first == nil || string(s.key) < string(first)) {
					first = s.key
				}
			}
			if first == nil {
				return
			}
			key = append(key[:0], first...)
			walk := func(f func(entry) bool) {
				for _, s := range days {
					for s.at(key) {
						e := s.entry()
						if !f(e) {
							return
						}
						s.step()
					}
				}
			}
			life := lifetime{changes: walk}
			if present.at(key) {
				life.present = present.value
			}
			if !yield(key, life) {
				return
			}
			for range walk { // what was not walked
			}
			if present.at(key) {
				present.step()
			}
		}
	}
}

// pastDays lists the days since one that have records.
func pastDays(tx *store.Tx, prefix []byte, since uint32) (days []uint32) {
	space := appendSpaceOf(nil, prefix, pastSpace)
	for lo := appendDay(nil, prefix, since); ; {
		found := false
		for k := range tx.Scan(lo, prefixEnd(space)) {
			days, found = append(days, binary.BigEndian.Uint32(k[len(space):])), true
			break
		}
		if !found {
			return days
		}
		lo = prefixEnd(appendDay(nil, prefix, days[len(days)-1]))
	}
}

// source is one range of keys on its way through a merge.
type source struct {
	next       func() (k, v []byte, ok bool)
	stop       func()
	head, tail int    // bytes of a key before and after the item's
	key        []byte // the item's; nil at the end
	full       []byte
	value      []byte
}

func newSource(tx *store.Tx, space, after []byte, tail int) *source {
	lo := space
	if after != nil { // no item's key begins with another's
		lo = prefixEnd(append(append([]byte(nil), space...), after...))
	}
	s := &source{head: len(space), tail: tail}
	s.next, s.stop = iter.Pull2(tx.Scan(lo, prefixEnd(space)))
	s.step()
	return s
}

func (s *source) step() {
	k, v, ok := s.next()
	if !ok {
		s.key = nil
		return
	}
	s.full, s.key, s.value = k, k[s.head:len(k)-s.tail], v
}

func (s *source) at(key []byte) bool { return s.key != nil && string(s.key) == string(key) }

// entry reads the record that the source is at.
func (s *source) entry() entry {
	e := entry{sequence: sequenceOf(s.full), micros: int64(binary.BigEndian.Uint64(s.value[1:]))}
	if len(s.value) > pastHead {
		e.old = s.value[pastHead:]
	}
	return e
}
