package blob

import "sync"

// A syncer lets the callers that arrive while a sync is running share the
// next one.
type syncer struct {
	running sync.Mutex // held while a batch syncs
	mu      sync.Mutex
	next    *batch // the batch that callers join; nil when nobody waits
}

type batch struct {
	done chan struct{}
	err  error
}

// do returns after a call of f that began after do did.
func (s *syncer) do(f func() error) error {
	b, leads := s.join()
	if leads {
		s.lead(b, f)
	}
	<-b.done
	return b.err
}

// join returns the batch that has not begun. Who joins first leads it.
func (s *syncer) join() (b *batch, leads bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next, leads = &batch{done: make(chan struct{})}, true
	}
	return s.next, leads
}

func (s *syncer) lead(b *batch, f func() error) {
	s.running.Lock()
	defer s.running.Unlock()
	s.mu.Lock()
	s.next = nil
	s.mu.Unlock()
	b.err = f()
	close(b.done)
}
