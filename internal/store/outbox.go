package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"sync"
)

// Event is something a transaction promised to tell, kept until somebody took it.
type Event struct {
	Sequence uint64
	Key      string // events of one key are handed over in order
	Payload  []byte
}

const outboxName = "outbox"

// Enqueue adds an event to a queue, in the same transaction as the change that
// it tells of.
func (tx *Tx) Enqueue(queue, key string, payload []byte) {
	k := eventKey(AppendPart(AppendPart(nil, outboxName), queue), tx.Sequence())
	tx.Set(k, append(AppendPart(nil, key), payload...))
	tx.OnCommit(func() { tx.db.wake.signal(queue) })
}

// handOverStep is how many events are read, and forgotten, at a time.
const handOverStep = 256

// HandOver passes the events of a queue to take, oldest first, and forgets
// those it took without error. After an error the later events of the same key
// wait for the next call. It returns how many remain. take may be slow: it runs
// outside of any transaction.
func (db *DB) HandOver(ctx context.Context, queue string, take func(context.Context, Event) error) (remain int, err error) {
	prefix := AppendPart(AppendPart(nil, outboxName), queue)
	blocked := map[string]bool{}
	for last := uint64(0); ; {
		events, err := db.queued(prefix, last)
		if err != nil || len(events) == 0 {
			return remain, err
		}
		var taken []Event
		for _, ev := range events {
			last = ev.Sequence
			if ctx.Err() != nil || blocked[ev.Key] || take(ctx, ev) != nil {
				blocked[ev.Key] = true
				remain++
				continue
			}
			taken = append(taken, ev)
		}
		if err := db.forget(prefix, taken); err != nil {
			return remain, err
		}
	}
}

// queued returns the first events of a queue after a sequence number.
func (db *DB) queued(prefix []byte, last uint64) (events []Event, err error) {
	err = db.View(func(tx *Tx) error {
		for k, v := range tx.Scan(eventKey(prefix, last+1), PrefixEnd(prefix)) {
			key, payload, _ := CutPart(v)
			events = append(events, Event{binary.BigEndian.Uint64(k[len(prefix):]), key, bytes.Clone(payload)})
			if len(events) == handOverStep {
				break
			}
		}
		return nil
	})
	return events, err
}

func (db *DB) forget(prefix []byte, events []Event) error {
	return db.Update(func(tx *Tx) error {
		for _, ev := range events {
			tx.Delete(eventKey(prefix, ev.Sequence))
		}
		return nil
	})
}

func eventKey(prefix []byte, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(bytes.Clone(prefix), sequence)
}

// Waiting returns a channel that receives after events were added to the
// queue. One receive may stand for many events.
func (db *DB) Waiting(queue string) <-chan struct{} { return db.wake.channel(queue) }

type wakers struct {
	mu sync.Mutex
	ch map[string]chan struct{}
}

func (w *wakers) channel(queue string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch == nil {
		w.ch = map[string]chan struct{}{}
	}
	if w.ch[queue] == nil {
		w.ch[queue] = make(chan struct{}, 1)
	}
	return w.ch[queue]
}

func (w *wakers) signal(queue string) {
	select {
	case w.channel(queue) <- struct{}{}:
	default:
	}
}
