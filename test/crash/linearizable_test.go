package crash

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	keys   = 3  // that the clients of a history share
	absent = -1 // the number of an item that is not there
)

type kind byte

const (
	get      kind = iota // a consistent read
	put                  // writes a number, and tells the one before
	add                  // adds to a number, and tells the sum
	remove               // and tells the number before
	swap                 // writes a number if it is another
	transfer             // moves some of a number to another item, if it has so much
	look                 // reads all items in a transaction
)

func (k kind) String() string {
	return [...]string{"get", "put", "add", "remove", "swap", "transfer", "look"}[k]
}

// call is what a client asks for.
type call struct {
	kind     kind
	key, to  int
	was, now int
}

// answer is what it was told: a number, or all of them, or that the condition
// did not hold. Nothing is known of a call whose answer was lost.
type answer struct {
	lost, refused bool
	number        int
	all           [keys]int
}

// table is the model: what a table that does one call at a time holds.
type table [keys]int

// do is what the call does to the table, and what it answers.
func (t table) do(c call) (table, answer) {
	old := t[c.key]
	switch c.kind {
	case get:
		return t, answer{number: old}
	case put:
		t[c.key] = c.now
		return t, answer{number: old}
	case add:
		t[c.key] = max(old, 0) + c.now
		return t, answer{number: t[c.key]}
	case remove:
		t[c.key] = absent
		return t, answer{number: old}
	case swap:
		if old != c.was {
			return t, answer{refused: true}
		}
		t[c.key] = c.now
		return t, answer{}
	case transfer:
		if old < c.now {
			return t, answer{refused: true}
		}
		t[c.key] -= c.now
		t[c.to] = max(t[c.to], 0) + c.now
		return t, answer{}
	}
	return t, answer{all: t}
}

var model = porcupine.Model{
	Init: func() any {
		var t table
		for i := range t {
			t[i] = absent
		}
		return t
	},
	Step: func(state, input, output any) (bool, any) {
		next, want := state.(table).do(input.(call))
		got := output.(answer)
		return got.lost || got == want, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

// byKey takes a history of calls of one item each apart.
func byKey(history []porcupine.Operation) [][]porcupine.Operation {
	parts := make([][]porcupine.Operation, keys)
	for _, o := range history {
		k := o.Input.(call).key
		parts[k] = append(parts[k], o)
	}
	return parts
}

// shared are the items of one history, however they are reached.
type shared interface {
	do(context.Context, call) (answer, error)
}

// recorder notes what clients ask and are told, and when.
type recorder struct {
	mu      sync.Mutex
	begun   time.Time
	history []porcupine.Operation
}

func (r *recorder) note(client int, c call, a answer, from, to time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := porcupine.Operation{ClientId: client, Input: c, Output: a, Call: int64(from.Sub(r.begun)), Return: int64(to.Sub(r.begun))}
	if a.lost {
		o.Return = math.MaxInt64 // it may happen at any time from then on, which is as good as never
	}
	r.history = append(r.history, o)
}

// load has clients make calls of some kinds, each one after the other, until
// all are made or an answer is lost.
func (r *recorder) load(t *testing.T, items shared, seed uint64, clients, calls int, kinds []kind, progress func()) {
	var all sync.WaitGroup
	for n := range clients {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		all.Go(func() {
			seen := [keys]int{absent, absent, absent}
			for range calls {
				c := call{kind: kinds[random.IntN(len(kinds))], key: random.IntN(keys), now: 1 + random.IntN(1000)}
				switch c.kind {
				case swap:
					c.was = seen[c.key] // which another may have changed
				case transfer:
					c.to = (c.key + 1 + random.IntN(keys-1)) % keys
					c.now = 1 + random.IntN(20)
				case look:
					c.key = 0
				}
				from := time.Now()
				a, err := items.do(t.Context(), c)
				r.note(n, c, a, from, time.Now())
				if err != nil {
					t.Error(err)
				}
				if err != nil || a.lost {
					return
				}
				switch c.kind {
				case get, add:
					seen[c.key] = a.number
				case put:
					seen[c.key] = c.now
				case look:
					seen = a.all
				}
				progress()
			}
		})
	}
	all.Wait()
}

// TestLinearizable has concurrent clients share a few items, kills the cloud
// among them, and looks for an order in which a table that does one call at a
// time would have told them the same.
func TestLinearizable(t *testing.T) {
	c := start(t)
	create(t, c, "shared")
	single := model
	single.Partition = byKey
	for name, load := range map[string]struct {
		model                     porcupine.Model
		histories, clients, calls int
		kinds                     []kind
	}{
		"items":        {single, 6, 12, 100, []kind{get, get, put, add, add, remove, swap}},
		"transactions": {model, 10, 8, 30, []kind{get, look, look, put, add, remove, swap, transfer, transfer, transfer}},
	} {
		calls, lost := 0, 0
		for h := range load.histories {
			r := &recorder{begun: time.Now()}
			half := &countdown{left: load.clients * load.calls / 2, done: make(chan struct{})}
			killed := make(chan error, 1)
			go func() {
				<-half.done
				killed <- c.kill()
			}()
			prefix := fmt.Sprintf("%s-%d", name, h)
			r.load(t, &items{c.tables(), prefix}, uint64(h), load.clients, load.calls, load.kinds, half.count)
			if t.Failed() {
				t.FailNow()
			}
			if err := <-killed; err != nil {
				t.Fatal(err)
			}
			c.run(t)
			r.load(t, &items{c.tables(), prefix}, uint64(1000+h), load.clients, load.calls/2, load.kinds, func() {})
			judge(t, load.model, r.history, porcupine.Ok)
			for _, o := range r.history {
				if calls++; o.Output.(answer).lost {
					lost++
				}
			}
		}
		t.Logf("%s: %d histories with a kill in each, %d calls, %d of them lost their answer; all linearizable", name, load.histories, calls, lost)
	}
}

// judge holds that a history is linearizable, or that it is not.
func judge(t *testing.T, m porcupine.Model, history []porcupine.Operation, want porcupine.CheckResult) {
	t.Helper()
	got, info := porcupine.CheckOperationsVerbose(m, history, 30*time.Second)
	if got == want {
		return
	}
	t.Errorf("a history of %d calls is judged %v, want %v", len(history), got, want)
	if got == porcupine.Illegal {
		longest := 0
		for _, part := range info.PartialLinearizationsOperations() {
			for _, p := range part {
				longest = max(longest, len(p))
			}
		}
		t.Errorf("no more than %d calls of a part can be put in an order", longest)
	}
}

// countdown closes a channel after so many counts.
type countdown struct {
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *countdown) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		close(c.done)
	}
}
