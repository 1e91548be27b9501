package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/niebla-cloud/niebla/internal/store"
)

// TestRecent does random things to more keys than places: what Updates and reads
// are told is always what the store has, which a View asks.
func TestRecent(t *testing.T) {
	db := store.OpenMemory()
	defer func() { closeTo(t, db, nil) }()
	r := rand.New(rand.NewPCG(1, 2))
	key := func() []byte {
		if r.IntN(2) == 0 {
			return fmt.Appendf(nil, "k%05d", r.IntN(20))
		}
		return fmt.Appendf(nil, "k%05d", r.IntN(20_000))
	}
	value := func() []byte {
		n := r.IntN(40)
		if r.IntN(10) == 0 {
			n = 4090 + r.IntN(12) // about as large as is kept
		}
		return bytes.Repeat([]byte{byte(r.Int())}, n)
	}
	regret := errors.New("no")
	for range 20_000 {
		type seen struct{ key, value []byte }
		var all []seen
		err := db.Update(func(tx *store.Tx) error {
			for range 1 + r.IntN(6) {
				k := key()
				switch r.IntN(12) {
				case 0, 1:
					tx.Delete(k)
				case 2, 3:
					tx.Set(k, value())
				case 4, 5:
					tx.SetOwn(k, append(value(), 1))
				case 6:
					if r.IntN(20) == 0 {
						tx.DeleteRange(k, append(k[:4:4], "99"...))
					}
				default:
					v, ok := tx.Get(k)
					if ok != (v != nil) {
						t.Fatalf("%s is there: %v, and its value %v", k, ok, v)
					}
				}
			}
			if r.IntN(8) == 0 {
				return regret
			}
			return nil
		})
		if err != nil && err != regret {
			t.Fatal(err)
		}
		err = db.Update(func(tx *store.Tx) error {
			for range 4 {
				k := key()
				v, _ := tx.Get(k)
				all = append(all, seen{k, bytes.Clone(v)})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			k := key()
			if err := db.Read(k, func(v []byte, ok bool) error { all = append(all, seen{k, bytes.Clone(v)}); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		err = db.View(func(tx *store.Tx) error {
			for _, s := range all {
				if v, _ := tx.Get(s.key); !bytes.Equal(v, s.value) {
					return fmt.Errorf("%s is %d bytes of %v, told was %d of %v", s.key, len(v), v[:min(1, len(v))], len(s.value), s.value[:min(1, len(s.value))])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecentWrittenTwice reads so much between two writes of one key that what was
// known of it is not kept any more: it must not come back as the first write left it.
func TestRecentWrittenTwice(t *testing.T) {
	db := store.OpenMemory()
	defer func() { closeTo(t, db, nil) }()
	key := []byte("key")
	err := db.Update(func(tx *store.Tx) error {
		tx.Get(key)
		tx.Set(key, []byte("first"))
		for i := range 60_000 { // more than enough for 8,192 places
			tx.Get(fmt.Appendf(nil, "other%d", i))
		}
		tx.Set(key, []byte("second"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Read(key, func(v []byte, _ bool) error {
		if string(v) != "second" {
			t.Errorf("it is %q", v)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestRecentRises counts in few keys, beside readers: nobody sees less than he
// saw before, or than was acknowledged before he asked.
func TestRecentRises(t *testing.T) {
	db := store.OpenMemory()
	defer func() { closeTo(t, db, nil) }()
	const rounds = 3000
	keys := [][]byte{[]byte("a"), []byte("b"), []byte("c")}
	acknowledged := make([]atomic.Uint64, len(keys))
	read := func(v []byte) uint64 {
		if v == nil {
			return 0
		}
		return binary.BigEndian.Uint64(v)
	}
	var all sync.WaitGroup
	for i, k := range keys {
		for range 2 {
			all.Go(func() {
				for range rounds {
					var next uint64
					err := db.Update(func(tx *store.Tx) error {
						v, _ := tx.Get(k)
						next = read(v) + 1
						tx.SetOwn(k, binary.BigEndian.AppendUint64(nil, next))
						return nil
					})
					if err != nil {
						t.Error(err)
						return
					}
					for a := acknowledged[i].Load(); a < next && !acknowledged[i].CompareAndSwap(a, next); a = acknowledged[i].Load() {
					}
				}
			})
			all.Go(func() {
				for last := uint64(0); last < 2*rounds; {
					least := max(last, acknowledged[i].Load())
					if err := db.Read(k, func(v []byte, _ bool) error { last = read(v); return nil }); err != nil || last < least {
						t.Errorf("%s is %d after %d: %v", k, last, least, err)
						return
					}
				}
			})
		}
	}
	all.Wait()
}
