// Package storetest is the suite every way of opening a store must pass.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Harness opens stores for the suite.
type Harness struct {
	// Open opens the one store of this harness; it is closed before it is
	// opened again.
	Open func() (*store.DB, error)
	// Crash, if set, makes everything not synced be lost; the store that was
	// open is abandoned.
	Crash func()
}

// Run runs the suite. Each test gets a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	tests := map[string]func(*testing.T, Harness){
		"Basics":                testBasics,
		"Table":                 testTable,
		"UpdatesAreSerialised":  testUpdatesAreSerialised,
		"ViewIsASnapshot":       testViewIsASnapshot,
		"FailedUpdate":          testFailedUpdate,
		"Sequence":              testSequence,
		"Outbox":                testOutbox,
		"LongQueue":             testLongQueue,
		"ModelAcrossReopenings": testModel,
		"Crash":                 testCrash,
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) { tests[name](t, newHarness(t)) })
	}
}

func open(t *testing.T, h Harness) *store.DB {
	t.Helper()
	db, err := h.Open()
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func closeDB(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func update(t *testing.T, db *store.DB, f func(*store.Tx)) {
	t.Helper()
	if err := db.Update(func(tx *store.Tx) error { f(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// contents returns all keys and values of one prefix, and checks that both
// directions and Read agree.
func contents(t *testing.T, db *store.DB, prefix string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := db.View(func(tx *store.Tx) error {
		var keys, back []string
		for k, v := range tx.Scan([]byte(prefix), store.PrefixEnd([]byte(prefix))) {
			keys = append(keys, string(k))
			got[string(k)] = string(v)
		}
		for k := range tx.ScanBack([]byte(prefix), store.PrefixEnd([]byte(prefix))) {
			back = append(back, string(k))
		}
		slices.Reverse(back)
		if !slices.Equal(keys, back) || !slices.IsSorted(keys) {
			t.Errorf("scans disagree: %q, back %q", keys, back)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func testBasics(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	update(t, db, func(tx *store.Tx) {
		tx.Set([]byte("a"), []byte("1"))
		tx.Set([]byte("b"), []byte("2"))
		if v, ok := tx.Get([]byte("a")); !ok || string(v) != "1" {
			t.Errorf("an update does not see its own write: %q, %v", v, ok)
		}
		tx.Delete([]byte("b"))
	})
	if got := contents(t, db, ""); got["a"] != "1" || got["b"] != "" {
		t.Errorf("contents %v", got)
	}
	err := db.Read([]byte("a"), func(v []byte, ok bool) error {
		if !ok || string(v) != "1" {
			t.Errorf("Read: %q, %v", v, ok)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := db.Clear(); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, db, "a"); len(got) != 0 {
		t.Errorf("after Clear: %v", got)
	}
}

type row struct {
	Name string
	List []string
	Map  map[string]string
}

func testTable(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	tab, other := store.NewTable[row]("t/row"), store.NewTable[row]("t/row2")
	a, b := aws.Scope{Account: "1", Region: "x"}, aws.Scope{Account: "1", Region: "y"}
	update(t, db, func(tx *store.Tx) {
		for _, k := range [][]string{{"p"}, {"p", "1"}, {"p", "2"}, {"p\x00", "3"}, {"q", "4"}} {
			tab.Put(tx, a, row{Name: fmt.Sprint(k)}, k...)
		}
		tab.Put(tx, b, row{Name: "b", List: []string{}}, "p", "1")
		other.Put(tx, a, row{Name: "o"}, "p", "1")
	})
	view := func(f func(tx *store.Tx)) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) error { f(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	view(func(tx *store.Tx) {
		var got []string
		for k, v := range tab.All(tx, a, "p") {
			if fmt.Sprint(k) != v.Name {
				t.Errorf("key %q holds %q", k, v.Name)
			}
			got = append(got, v.Name)
		}
		if want := []string{"[p]", "[p 1]", "[p 2]"}; !slices.Equal(got, want) {
			t.Errorf("All = %q, want %q", got, want)
		}
		got = nil
		for _, v := range tab.After(tx, a, []string{"p", "1"}, "p") {
			got = append(got, v.Name)
		}
		if want := []string{"[p 2]"}; !slices.Equal(got, want) {
			t.Errorf("After = %q, want %q", got, want)
		}
		if v, ok := tab.Get(tx, a, "p", "1"); !ok || v.List != nil || v.Map != nil {
			t.Errorf("an absent list or map came back as %#v, %v", v, ok)
		}
		if v, ok := tab.Get(tx, b, "p", "1"); !ok || v.Name != "b" || v.List == nil {
			t.Errorf("Get = %v, %v", v, ok)
		}
		n := 0
		for s := range tab.Everywhere(tx) {
			if s != a && s != b {
				t.Errorf("scope %v", s)
			}
			n++
		}
		if n != 6 {
			t.Errorf("Everywhere yields %d", n)
		}
	})
	update(t, db, func(tx *store.Tx) { tab.DeleteAll(tx, a, "p"); tab.Delete(tx, b, "p", "1") })
	view(func(tx *store.Tx) {
		n := 0
		for range tab.Everywhere(tx) {
			n++
		}
		if _, ok := other.Get(tx, a, "p", "1"); n != 2 || !ok {
			t.Errorf("after deletes %d rows, other table %v", n, ok)
		}
	})
}

func testUpdatesAreSerialised(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	key := []byte("counter")
	const workers, each = 8, 50
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				err := db.Update(func(tx *store.Tx) error {
					var n uint64
					if v, ok := tx.Get(key); ok {
						n = binary.BigEndian.Uint64(v)
					}
					tx.Set(key, binary.BigEndian.AppendUint64(nil, n+1))
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := binary.BigEndian.Uint64([]byte(contents(t, db, "counter")["counter"])); got != workers*each {
		t.Errorf("counter %d, want %d", got, workers*each)
	}
}

func testViewIsASnapshot(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	update(t, db, func(tx *store.Tx) { tx.Set([]byte("a"), []byte("old")) })
	err := db.View(func(tx *store.Tx) error {
		update(t, db, func(tx *store.Tx) { tx.Set([]byte("a"), []byte("new")); tx.Set([]byte("b"), nil) })
		if v, _ := tx.Get([]byte("a")); string(v) != "old" {
			t.Errorf("the view sees %q", v)
		}
		if _, ok := tx.Get([]byte("b")); ok {
			t.Error("the view sees a later key")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func testFailedUpdate(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	boom := errors.New("boom")
	err := db.Update(func(tx *store.Tx) error {
		tx.Set([]byte("a"), []byte("1"))
		tx.OnCommit(func() { t.Error("OnCommit ran") })
		return boom
	})
	if err != boom || len(contents(t, db, "a")) != 0 {
		t.Errorf("err %v, contents %v", err, contents(t, db, "a"))
	}
	ran := false
	update(t, db, func(tx *store.Tx) { tx.OnCommit(func() { ran = true }) })
	if !ran {
		t.Error("OnCommit did not run")
	}
}

func testSequence(t *testing.T, h Harness) {
	var last uint64
	for range 3 {
		db := open(t, h)
		for range 5 {
			update(t, db, func(tx *store.Tx) {
				n := tx.Sequence()
				if n <= last {
					t.Errorf("sequence %d after %d", n, last)
				}
				last = n
			})
			// A failed update must not leave the ceiling unstored.
			_ = db.Update(func(tx *store.Tx) error { tx.Sequence(); return errors.New("no") })
		}
		if h.Crash != nil {
			h.Crash()
		} else {
			closeDB(t, db)
		}
	}
}

func testOutbox(t *testing.T, h Harness) {
	db := open(t, h)
	update(t, db, func(tx *store.Tx) {
		for i := range 6 {
			tx.Enqueue("q", fmt.Sprint("k", i%2), []byte{byte(i)})
		}
		tx.Enqueue("other", "k", nil)
	})
	select {
	case <-db.Waiting("q"):
	default:
		t.Error("nobody was told")
	}
	take := func(refuse byte) (got []byte, remain int) {
		remain, err := db.HandOver(t.Context(), "q", func(_ context.Context, ev store.Event) error {
			if ev.Payload[0] == refuse {
				return errors.New("not now")
			}
			got = append(got, ev.Payload[0])
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got, remain
	}
	if got, remain := take(2); !slices.Equal(got, []byte{0, 1, 3, 5}) || remain != 2 {
		t.Errorf("took %v, %d remain", got, remain)
	}
	closeDB(t, db)
	db = open(t, h)
	defer func() { closeDB(t, db) }()
	if got, remain := take(9); !slices.Equal(got, []byte{2, 4}) || remain != 0 {
		t.Errorf("took %v, %d remain", got, remain)
	}
}

// testLongQueue hands over more events than are read at a time, while the
// taker itself uses the store.
func testLongQueue(t *testing.T, h Harness) {
	db := open(t, h)
	defer func() { closeDB(t, db) }()
	const keys, each = 3, 200
	const count = keys * each
	update(t, db, func(tx *store.Tx) {
		for i := range count {
			tx.Enqueue("q", fmt.Sprint(i%keys), binary.BigEndian.AppendUint16(nil, uint16(i)))
		}
	})
	var got []uint16
	take := func(refuse uint16) int {
		remain, err := db.HandOver(t.Context(), "q", func(_ context.Context, ev store.Event) error {
			n := binary.BigEndian.Uint16(ev.Payload)
			if n == refuse {
				return errors.New("not now")
			}
			got = append(got, n)
			return db.Update(func(tx *store.Tx) error { tx.Set([]byte("taken"), ev.Payload); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return remain
	}
	if remain := take(1); remain != each { // the first of its key
		t.Errorf("%d remain", remain)
	}
	if remain := take(count); remain != 0 {
		t.Errorf("in the end %d remain", remain)
	}
	slices.Sort(got)
	if len(got) != count || len(slices.Compact(got)) != count {
		t.Errorf("%d of %d events", len(got), count)
	}
}

// testModel makes random calls and compares with a map, reopening in between.
func testModel(t *testing.T, h Harness) {
	rng := rand.New(rand.NewPCG(1, 2))
	model, edited := map[string]string{}, ""
	db := open(t, h)
	for range 300 {
		next, edits := maps.Clone(model), edited
		fail := rng.IntN(8) == 0
		err := db.Update(func(tx *store.Tx) error {
			writes, read := rng.IntN(6), rng.IntN(2) == 0
			if rng.IntN(5) == 0 {
				writes = 100
			}
			for range writes {
				k := fmt.Sprintf("m%02d", rng.IntN(40))
				if want, there := next[k]; read {
					if got, ok := tx.Get([]byte(k)); ok != there || string(got) != want {
						t.Fatalf("in the update %s is %q, %v, want %q", k, got, ok, want)
					}
				}
				switch rng.IntN(6) {
				case 5:
					tx.Edit([]byte("edits"), func(v []byte) []byte { return append(v, k...) })
					edits += k
				case 0:
					tx.Delete([]byte(k))
					delete(next, k)
				case 1:
					hi := fmt.Sprintf("m%02d", rng.IntN(40))
					if hi > k {
						tx.DeleteRange([]byte(k), []byte(hi))
						maps.DeleteFunc(next, func(x, _ string) bool { return x >= k && x < hi })
					}
				default:
					v := fmt.Sprint(rng.Uint64())
					tx.Set([]byte(k), []byte(v))
					next[k] = v
				}
			}
			there := map[string]string{}
			for k, v := range tx.Scan([]byte("m"), []byte("n")) {
				there[string(k)] = string(v)
			}
			if read && !maps.Equal(there, next) {
				t.Fatalf("in the update there is %v, want %v", there, next)
			}
			if fail {
				return errors.New("no")
			}
			return nil
		})
		if fail != (err != nil) {
			t.Fatal(err)
		}
		if !fail {
			model, edited = next, edits
		}
		if rng.IntN(30) == 0 {
			closeDB(t, db)
			db = open(t, h)
		}
		if got := contents(t, db, "m"); !maps.Equal(got, model) {
			t.Fatalf("contents %v, want %v", got, model)
		}
		if got := contents(t, db, "edits")["edits"]; got != edited {
			t.Fatalf("edited to %q, want %q", got, edited)
		}
	}
	closeDB(t, db)
}

// testCrash writes pairs of keys from several goroutines, crashes at a random
// moment, and checks that all that was acknowledged is there and that no pair
// is half there.
func testCrash(t *testing.T, h Harness) {
	if h.Crash == nil {
		return // a harness that cannot crash
	}
	for round := range 5 {
		db := open(t, h)
		var mu sync.Mutex
		acked := map[string]bool{}
		enough, stop := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					id := fmt.Sprintf("%d-%d-%06d", round, w, i)
					err := db.Update(func(tx *store.Tx) error {
						tx.Set([]byte("x"+id), []byte("1"))
						tx.Set([]byte("y"+id), []byte("1"))
						return nil
					})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acked[id] = true
					if len(acked) == 200 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		<-enough
		mu.Lock()
		before := maps.Clone(acked)
		mu.Unlock()
		h.Crash() // while the writers go on
		close(stop)
		wg.Wait()
		db = open(t, h)
		x, y := contents(t, db, "x"), contents(t, db, "y")
		for id := range before {
			if x["x"+id] == "" {
				t.Errorf("%s was acknowledged and is gone", id)
			}
		}
		for k := range x {
			if y["y"+k[1:]] == "" {
				t.Errorf("%s is half there", k)
			}
		}
		if len(x) != len(y) {
			t.Errorf("%d x, %d y", len(x), len(y))
		}
		closeDB(t, db)
	}
}
