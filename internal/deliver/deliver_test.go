package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// world is a queue with a clock, and a receiver that does as it is told.
type world struct {
	t     *testing.T
	db    *store.DB
	queue *deliver.Queue
	clock *clock.Clock
	stop  func()

	mu     sync.Mutex
	answer func(*deliver.Event) error
	got    []string // payloads, as they were tried
	dead   []string
	gaveUp []error
}

var errDown = errors.New("down")

func newWorld(t *testing.T, db *store.DB) *world {
	w := &world{t: t, db: db, clock: clock.New(func() time.Time { return time.Unix(1_800_000_000, 0) }, 0), answer: func(*deliver.Event) error { return nil }}
	w.run()
	t.Cleanup(func() { w.stop() })
	return w
}

// run starts a queue over the store, as a process that starts does.
func (w *world) run() {
	w.queue = deliver.NewQueue(deliver.QueueDeps{
		DB: w.db, IDs: aws.NewIDs(nil), Name: "test", Clock: w.clock,
		Deliver: func(_ context.Context, _ *aws.Call, e *deliver.Event) error {
			w.mu.Lock()
			w.got = append(w.got, string(e.Payload))
			answer := w.answer
			w.mu.Unlock()
			return answer(e)
		},
		DeadLetters: func(_ context.Context, _ *aws.Call, e *deliver.Event) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.dead = append(w.dead, string(e.Target)+" "+string(e.Payload))
			return nil
		},
		GaveUp: func(_ *deliver.Message, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.gaveUp = append(w.gaveUp, err)
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.queue.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.clock.Advance(w.t.Context(), d); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) answers(f func(*deliver.Event) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = f
}

func (w *world) send(payload, key string, r deliver.Retry, dead aws.ARN) {
	w.t.Helper()
	err := w.db.Update(func(tx *store.Tx) error {
		return w.queue.Send(tx, &deliver.Message{
			Event: deliver.Event{ID: payload, Payload: []byte(payload), Target: "arn:aws:lambda:::f"},
			Key:   key, Sent: w.clock.Now(), Retry: r, DeadLetter: dead,
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// until polls for what the queue does in the background.
func (w *world) until(what string, cond func() bool) {
	w.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		w.mu.Lock()
		ok := cond()
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-timeout:
			w.t.Fatalf("not so after 20 seconds: %s; tried %q", what, w.got)
		case <-time.After(time.Millisecond):
		}
	}
}

// empty waits until nothing is left in the store.
func (w *world) empty() {
	w.t.Helper()
	w.until("the queue is empty", func() bool {
		n := 0
		if err := w.db.View(func(tx *store.Tx) error {
			for _, name := range []string{"outbox", "deliver/test"} {
				p := store.AppendPart(nil, name)
				for range tx.Scan(p, store.PrefixEnd(p)) {
					n++
				}
			}
			return nil
		}); err != nil {
			w.t.Fatal(err)
		}
		return n == 0
	})
}

func memory(t *testing.T) *store.DB {
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestOrderWithinAKey(t *testing.T) {
	w := newWorld(t, memory(t))
	w.answers(func(e *deliver.Event) error {
		if string(e.Payload) == "a1" {
			return errDown
		}
		return nil
	})
	retry := deliver.Retry{First: time.Minute}
	for _, p := range []string{"a1", "a2", "b1", "a3"} {
		w.send(p, p[:1], retry, "")
	}
	w.until("b1 came through", func() bool { return slices.Contains(w.got, "b1") })
	w.answers(func(*deliver.Event) error { return nil })
	w.advance(time.Minute)
	w.empty()
	var a []string
	for _, p := range w.got {
		if p[0] == 'a' {
			a = append(a, p)
		}
	}
	if want := []string{"a1", "a1", "a2", "a3"}; !slices.Equal(a, want) {
		t.Errorf("tried %q, want %q", a, want)
	}
}

func TestRetriesFollowTheClock(t *testing.T) {
	w := newWorld(t, memory(t))
	w.answers(func(*deliver.Event) error { return errDown })
	w.send("x", "", deliver.Retry{Attempts: 3, First: time.Minute}, "")
	for i, pause := range []time.Duration{time.Minute, 2 * time.Minute} {
		w.until(fmt.Sprint("attempt ", i+1), func() bool { return len(w.got) == i+1 })
		w.advance(pause - time.Second)
		w.send("probe", "", deliver.Retry{Attempts: 1}, "") // a pass over the queue that must not retry
		w.until("the probe came", func() bool { return slices.Contains(w.got, "probe") })
		w.mu.Lock()
		w.got = slices.DeleteFunc(w.got, func(p string) bool { return p == "probe" })
		n := len(w.got)
		w.mu.Unlock()
		if n != i+1 {
			t.Fatalf("tried %d times before it was due", n)
		}
		w.advance(time.Second)
	}
	w.empty()
	if len(w.got) != 3 || !errors.Is(w.gaveUp[len(w.gaveUp)-1], errDown) {
		t.Errorf("tried %d times, gave up with %v", len(w.got), w.gaveUp)
	}
}

func TestTheClockWaits(t *testing.T) {
	w := newWorld(t, memory(t))
	began := w.clock.Now()
	var at []time.Duration
	w.answers(func(e *deliver.Event) error {
		for range 100 {
			runtime.Gosched() // slow, as deliveries are
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if at = append(at, w.clock.Now().Sub(began)); len(at) < 3 {
			return errDown
		}
		return nil
	})
	w.send("x", "", deliver.Retry{First: time.Minute}, "")
	w.advance(time.Hour)
	w.mu.Lock()
	defer w.mu.Unlock()
	if want := []time.Duration{0, time.Minute, 3 * time.Minute}; !slices.Equal(at, want) {
		t.Errorf("tried after %v, want %v", at, want)
	}
}

func TestFirstAttempt(t *testing.T) {
	w := newWorld(t, memory(t))
	err := w.db.Update(func(tx *store.Tx) error {
		return w.queue.Send(tx, &deliver.Message{
			Event: deliver.Event{ID: "x", Payload: []byte("x"), Target: "arn:aws:lambda:::f"},
			Sent:  w.clock.Now().Add(-time.Hour), Retry: deliver.Retry{Attempts: 2, Age: time.Minute},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.until("it was tried", func() bool { return len(w.got) == 1 })
	w.empty()
}

func TestAgeEndsRetries(t *testing.T) {
	w := newWorld(t, memory(t))
	w.answers(func(*deliver.Event) error { return deliver.Busy(errDown) })
	w.send("x", "", deliver.Retry{Attempts: 1, Age: time.Minute}, "")
	w.until("the first attempt", func() bool { return len(w.got) == 1 })
	w.advance(time.Second)
	w.until("a second, though attempts are used up", func() bool { return len(w.got) == 2 })
	w.advance(time.Hour)
	w.empty()
	if !errors.Is(w.gaveUp[0], deliver.ErrTooOld) {
		t.Errorf("gave up with %v", w.gaveUp)
	}
}

func TestDeadLetters(t *testing.T) {
	w := newWorld(t, memory(t))
	w.answers(func(*deliver.Event) error { return deliver.Permanent(errDown) })
	w.send("x", "", deliver.Retry{}, "arn:aws:sqs:::dead")
	w.send("y", "", deliver.Retry{}, "")
	w.empty()
	if !slices.Equal(w.dead, []string{"arn:aws:sqs:::dead x"}) || len(w.got) != 2 {
		t.Errorf("dead letters %q after %q", w.dead, w.got)
	}
}

func TestKeysAreIndependent(t *testing.T) {
	w := newWorld(t, memory(t))
	release := make(chan struct{})
	w.answers(func(e *deliver.Event) error {
		if string(e.Payload) == "slow" {
			<-release
		}
		return nil
	})
	w.send("slow", "a", deliver.Retry{}, "")
	w.send("next", "a", deliver.Retry{}, "")
	w.send("fast", "b", deliver.Retry{}, "")
	w.until("fast came through", func() bool { return slices.Contains(w.got, "fast") })
	if slices.Contains(w.got, "next") {
		t.Error("next overtook slow")
	}
	close(release)
	w.empty()
}

func TestEventsSurviveACrash(t *testing.T) {
	dir := t.TempDir()
	open := func() *store.DB {
		db, err := store.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	w := newWorld(t, open())
	w.answers(func(*deliver.Event) error { return errDown })
	for i := range 10 {
		w.send(fmt.Sprint(i), "k", deliver.Retry{First: time.Minute}, "")
	}
	w.until("one was tried", func() bool { return len(w.got) > 0 })
	w.stop()
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w.db, w.got = open(), nil
	t.Cleanup(func() {
		w.stop()
		if err := w.db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.answers(func(*deliver.Event) error { return nil })
	w.run()
	w.advance(time.Hour)
	w.empty()
	if got := slices.Compact(w.got); !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
		t.Errorf("received %q", got)
	}
}

func TestRouter(t *testing.T) {
	var r deliver.Router
	if err := r.Check(nil, "arn:aws:sns:eu-west-3:1:t"); !errors.Is(err, deliver.ErrNoReceiver) {
		t.Errorf("Check = %v", err)
	}
	rec := &receiver{}
	r.Mount("sns", rec)
	e := &deliver.Event{Target: "arn:aws:sns:eu-west-3:1:t"}
	if err := errors.Join(r.Check(nil, e.Target), r.Deliver(context.Background(), nil, e)); err != nil || rec.checked != e.Target || rec.received != e {
		t.Errorf("%v, %+v", err, rec)
	}
}

type receiver struct {
	checked  aws.ARN
	received *deliver.Event
}

func (r *receiver) Check(_ *aws.Call, arn aws.ARN) error { r.checked = arn; return nil }
func (r *receiver) Receive(_ context.Context, _ *aws.Call, e *deliver.Event) error {
	r.received = e
	return nil
}
