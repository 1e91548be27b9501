package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Message is an event and what its sender wants done for it.
type Message struct {
	Event Event
	// Key orders messages: one is tried only after those before it with the
	// same key were received or given up. "" is no order.
	Key   string
	Sent  time.Time
	Retry Retry
	// DeadLetter receives the event when it is given up; "" is nobody.
	DeadLetter aws.ARN
}

// Retry says how long to try.
type Retry struct {
	Attempts int           // in all; 0 is without end
	Age      time.Duration // since Sent; 0 is without end
	First    time.Duration // before the second attempt; it doubles with each
	Longest  time.Duration // between attempts; 0 is without bound
}

// after is the pause after the nth failure.
func (r Retry) after(n int) time.Duration {
	d := r.First
	for range n - 1 {
		d *= 2
		if r.Longest > 0 && d >= r.Longest || d <= 0 {
			return r.Longest
		}
	}
	return d
}

// busyRetry spaces the attempts at a target that is busy.
var busyRetry = Retry{First: time.Second, Longest: 5 * time.Minute}

// progress is what is known of a message that was tried, by its sequence.
type progress struct {
	Attempts int
	Busy     int       // attempts in a row that found the target busy
	Next     time.Time // not to be tried before
	GaveUp   bool      // only the dead-letter target is to be told
}

// QueueDeps is what a Queue needs. Every field is required.
type QueueDeps struct {
	DB   *store.DB
	IDs  *aws.IDs
	Name string // of the outbox's queue: one Queue each
	// Clock moves on when nothing is due or under way.
	Clock *clock.Clock
	// Deliver receives. It is called by several goroutines at once.
	Deliver func(context.Context, *aws.Call, *Event) error
	// DeadLetters takes what was given up: a Router's Deliver.
	DeadLetters func(context.Context, *aws.Call, *Event) error
	// GaveUp is told of messages that were given up, with the last error.
	GaveUp func(*Message, error)
}

// Queue delivers the messages of one queue of the store's outbox.
type Queue struct {
	QueueDeps
	table   store.Table[progress]
	sleeper *clock.Sleeper // made before anybody can move the clock

	mu      sync.Mutex
	work    map[uint64]bool // sequence -> delivered; false while under way
	next    time.Time       // when the first postponed message is due
	running sync.WaitGroup
	ended   chan struct{} // receives after a delivery ended
}

// parallel is how many deliveries a queue has under way at once.
const parallel = 64

// look is how soon a queue tries again what it could not read.
const look = 100 * time.Millisecond

// NewQueue returns a queue, with the messages that the store has for it.
func NewQueue(d QueueDeps) *Queue {
	if d.DB == nil || d.IDs == nil || d.Name == "" || d.Clock == nil || d.Deliver == nil || d.DeadLetters == nil || d.GaveUp == nil {
		panic("deliver: incomplete QueueDeps")
	}
	return &Queue{
		QueueDeps: d, table: store.NewTable[progress]("deliver/" + d.Name), sleeper: d.Clock.Sleeper(),
		work: map[uint64]bool{}, ended: make(chan struct{}, 1),
	}
}

// Send adds a message, in the transaction of the change that it tells of.
func (q *Queue) Send(tx *store.Tx, m *Message) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	key := m.Key
	if key == "" {
		key = m.Event.ID
	}
	tx.Enqueue(q.Name, key, b)
	tx.OnCommit(q.sleeper.Wake)
	return nil
}

// Run delivers until ctx ends, and then waits for deliveries under way. The
// clock is not moved while there are any: what they do, and what comes of it,
// happens at the time that it was due.
func (q *Queue) Run(ctx context.Context) error {
	defer q.sleeper.Close()
	defer q.running.Wait()
	for ctx.Err() == nil {
		if err := q.step(ctx); err != nil {
			return err
		}
		next, busy := q.state()
		if !busy {
			q.sleeper.Sleep(ctx, next, nil)
			continue
		}
		select {
		case <-ctx.Done():
		case <-q.DB.Waiting(q.Name):
		case <-q.ended:
		}
	}
	return nil
}

// state is when the next message is due, unless there are deliveries under way
// or ended that step has yet to look at.
func (q *Queue) state() (next time.Time, busy bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.next, len(q.work) > 0 || len(q.ended) > 0
}

// errNotYet keeps a message in the queue.
var errNotYet = errors.New("deliver: not yet")

// step starts what is due, and forgets what was delivered.
func (q *Queue) step(ctx context.Context) error {
	q.mu.Lock()
	q.next = time.Time{}
	q.mu.Unlock()
	_, err := q.DB.HandOver(ctx, q.Name, func(ctx context.Context, ev store.Event) error {
		q.mu.Lock()
		delivered, under := q.work[ev.Sequence]
		full := len(q.work) >= parallel
		if delivered {
			delete(q.work, ev.Sequence)
		}
		q.mu.Unlock()
		switch {
		case delivered:
			return nil
		case under || full:
			return errNotYet
		}
		return q.start(ctx, ev)
	})
	return err
}

// postponed notes that a message is not due before a time.
func (q *Queue) postponed(at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next.IsZero() || at.Before(q.next) {
		q.next = at
	}
}

// start tries a message if it is due.
func (q *Queue) start(ctx context.Context, ev store.Event) error {
	var m Message
	if err := json.Unmarshal(ev.Payload, &m); err != nil {
		return err
	}
	var p progress
	err := q.DB.View(func(tx *store.Tx) error {
		p, _ = q.table.Get(tx, aws.Scope{}, sequenceKey(ev.Sequence))
		return nil
	})
	if err != nil {
		p.Next = q.Clock.Now().Add(look)
	}
	if q.Clock.Now().Before(p.Next) {
		q.postponed(p.Next)
		return errNotYet
	}
	q.mu.Lock()
	q.work[ev.Sequence] = false
	q.mu.Unlock()
	q.running.Go(func() {
		q.settle(ev.Sequence, q.attempt(ctx, ev.Sequence, &m, p))
	})
	return errNotYet
}

func (q *Queue) settle(sequence uint64, delivered bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if delivered {
		q.work[sequence] = true
	} else {
		delete(q.work, sequence)
	}
	select {
	case q.ended <- struct{}{}:
	default:
	}
}

// attempt tries once, and reports whether the message is done with.
func (q *Queue) attempt(ctx context.Context, sequence uint64, m *Message, p progress) (done bool) {
	before := p
	err := q.try(ctx, m, &p)
	if err != nil && ctx.Err() != nil {
		return false // interrupted: neither a success nor an attempt
	}
	if err == nil && before == (progress{}) {
		return true
	}
	kept := q.DB.Update(func(tx *store.Tx) error {
		if err == nil {
			q.table.Delete(tx, aws.Scope{}, sequenceKey(sequence))
			return nil
		}
		q.table.Put(tx, aws.Scope{}, p, sequenceKey(sequence))
		return nil
	})
	return err == nil && kept == nil
}

// ErrTooOld is why a message was given up that nobody could try again in time.
var ErrTooOld = errors.New("deliver: the event is older than its sender allows")

// try delivers a message or gives it up. After an error p says when to go on.
func (q *Queue) try(ctx context.Context, m *Message, p *progress) error {
	if !p.GaveUp {
		err := ErrTooOld
		first := *p == progress{} // made however late it is: the clock may have been moved past it
		if m.Retry.Age == 0 || first || q.Clock.Now().Sub(m.Sent) <= m.Retry.Age {
			err = q.Deliver(ctx, q.call(m), &m.Event)
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		why := err
		if err != ErrTooOld {
			if why = q.postpone(m, p, err); why == nil {
				return err
			}
		}
		q.GaveUp(m, why)
		*p = progress{Attempts: p.Attempts, GaveUp: true}
	}
	return q.bury(ctx, m, p)
}

// postpone settles when to try again after err, or returns why nobody should.
func (q *Queue) postpone(m *Message, p *progress, err error) error {
	if _, hopeless := errors.AsType[permanent](err); hopeless {
		return err
	}
	pause := busyRetry
	n := &p.Busy
	if _, full := errors.AsType[busy](err); !full {
		p.Busy = 0
		pause, n = m.Retry, &p.Attempts
		if m.Retry.Attempts > 0 && p.Attempts+1 >= m.Retry.Attempts {
			return err
		}
	}
	*n++
	p.Next = q.Clock.Now().Add(pause.after(*n))
	if m.Retry.Age > 0 && p.Next.Sub(m.Sent) > m.Retry.Age {
		return errors.Join(ErrTooOld, err)
	}
	return nil
}

// burials is how often a dead-letter target is tried.
const burials = 8

// bury hands a message that was given up to its dead-letter target.
func (q *Queue) bury(ctx context.Context, m *Message, p *progress) error {
	if m.DeadLetter == "" {
		return nil
	}
	e := m.Event
	e.Target = m.DeadLetter
	err := q.DeadLetters(ctx, q.call(m), &e)
	if _, hopeless := errors.AsType[permanent](err); hopeless || p.Busy+1 == burials {
		return nil
	}
	p.Busy++
	p.Next = q.Clock.Now().Add(busyRetry.after(p.Busy))
	return err
}

func (q *Queue) call(m *Message) *aws.Call {
	return &aws.Call{
		Scope: m.Event.Scope, RequestID: m.Event.ID, Time: q.Clock.Now(), Principal: m.Event.Principal(),
		Service: "deliver", Operation: "Deliver", SourceIP: m.Event.Service,
	}
}

func sequenceKey(n uint64) string { return strconv.FormatUint(n, 10) }
