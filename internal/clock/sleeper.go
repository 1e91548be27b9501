package clock

import (
	"context"
	"time"
)

// Sleeper waits for times of a Clock. It is for one goroutine.
type Sleeper struct {
	clock *Clock
	due   chan struct{} // receives when Advance has come to until

	// Under the clock's lock:
	until  time.Time
	again  bool // what it was woken for came while it was awake
	asleep bool
	stuck  bool // it did not come back in time: Advance goes on without it
}

// wake ends a sleep. The clock is locked.
func (s *Sleeper) wake() {
	s.asleep = false
	s.due <- struct{}{}
}

// Wake ends the sleep, or the next one if there is none. From now on Advance
// waits for the sleeper, as it does not for one that only a channel wakes.
func (s *Sleeper) Wake() {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	if s.asleep {
		s.wake()
	} else {
		s.again = true
	}
}

// shortest is how soon the base clock is looked at again, which may not go at
// the speed of the machine's.
const shortest = 10 * time.Millisecond

// Sleep returns at a time, or when Wake is called or wake receives, or when ctx ends. Without a
// time it waits for the others only; wake may be nil.
func (s *Sleeper) Sleep(ctx context.Context, until time.Time, wake <-chan struct{}) {
	c := s.clock
	c.mu.Lock()
	if s.again || !until.IsZero() && !c.now().Before(until) {
		s.again = false
		c.mu.Unlock()
		return
	}
	s.until, s.asleep, s.stuck = until, true, false
	c.change()
	c.mu.Unlock()
	for !s.wait(ctx, wake) {
	}
}

// wait waits for a while, and reports whether the sleep is over.
func (s *Sleeper) wait(ctx context.Context, wake <-chan struct{}) bool {
	var timer <-chan time.Time
	if !s.until.IsZero() {
		timer = time.After(max(s.until.Sub(s.clock.Now()), shortest))
	}
	select {
	case <-s.due:
		return true
	case <-wake:
	case <-ctx.Done():
	case <-timer:
		if s.clock.Now().Before(s.until) {
			return false
		}
	}
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	if !s.asleep { // Advance was about to wake it
		<-s.due
	}
	s.asleep = false
	return true
}

// Close ends the use of a sleeper: nothing waits for it any more.
func (s *Sleeper) Close() {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	delete(s.clock.sleepers, s)
	s.clock.change()
}
