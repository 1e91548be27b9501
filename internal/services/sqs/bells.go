package sqs

import "sync"

// bells wake those who wait for messages of a queue. The zero value is ready
// for use.
type bells struct {
	mu        sync.Mutex
	listeners map[uint64]map[chan struct{}]bool // by the queue's UID
}

// listen returns a channel that receives after messages came, until leave is
// called.
func (b *bells) listen(uid uint64) (arrived <-chan struct{}, leave func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[uint64]map[chan struct{}]bool{}
	}
	if b.listeners[uid] == nil {
		b.listeners[uid] = map[chan struct{}]bool{}
	}
	b.listeners[uid][ch] = true
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners[uid], ch)
		if len(b.listeners[uid]) == 0 {
			delete(b.listeners, uid)
		}
	}
}

func (b *bells) ring(uid uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.listeners[uid] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
