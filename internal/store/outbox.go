package store

import (
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
	k := AppendPart(AppendPart(nil, outboxName), queue)
	k = binary.BigEndian.AppendUint64(k, tx.Sequence())
	tx.Set(k, append(AppendPart(nil, key), payload...))
	tx.OnCommit(func() { tx.db.wake.signal(queue) })
}

// HandOver passes the events of a queue to take, oldest first, and forgets
// those it took without error. After an error the later events of the same key
// wait for the next call. It returns how many remain.
func (db *DB) HandOver(ctx context.Context, queue string, take func(context.Context, Event) error) (remain int, err error) {
	prefix := AppendPart(AppendPart(nil, outboxName), queue)
	blocked := map[string]bool{}
	var taken [][]byte
	err = db.View(func(tx *Tx) error {
		for k, v := range tx.Scan(prefix, PrefixEnd(prefix)) {
			key, payload, _ := CutPart(v)
			ev := Event{binary.BigEndian.Uint64(k[len(prefix):]), key, payload}
			if ctx.Err() != nil || blocked[key] || take(ctx, ev) != nil {
				blocked[key] = true
				remain++
				continue
			}
			taken = append(taken, append([]byte(nil), k...))
		}
		return nil
	})
	if err != nil || len(taken) == 0 {
		return remain, err
	}
	return remain, db.Update(func(tx *Tx) error {
		for _, k := range taken {
			tx.Delete(k)
		}
		return nil
	})
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
