package clock

import (
	"context"
	"sync"
	"time"
)

// Clock is safe for concurrent use.
type Clock struct {
	base      func() time.Time
	advancing sync.Mutex // held by Advance

	mu       sync.Mutex
	ahead    time.Duration // of the base clock
	last     time.Time     // what was read before
	sleepers map[*Sleeper]bool
	changed  chan struct{} // closed, and replaced, when a sleeper's state changes
}

// New returns a clock that is ahead of base.
func New(base func() time.Time, ahead time.Duration) *Clock {
	return &Clock{base: base, ahead: ahead, sleepers: map[*Sleeper]bool{}, changed: make(chan struct{})}
}

// Now is the cloud's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	t := c.base().Add(c.ahead)
	if t.Before(c.last) {
		return c.last
	}
	c.last = t
	return t
}

// Ahead is by how much the clock was moved.
func (c *Clock) Ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// patience is how long Advance waits for a sleeper that it woke.
const patience = 10 * time.Second

// Advance moves the clock forward by d, through the times that sleepers wait
// for. It ends early when ctx does, with the clock where it was by then.
func (c *Clock) Advance(ctx context.Context, d time.Duration) error {
	c.advancing.Lock()
	defer c.advancing.Unlock()
	end := c.Now().Add(d)
	for {
		if err := c.settle(ctx); err != nil {
			return err
		}
		c.mu.Lock()
		next := end
		for s := range c.sleepers {
			if s.asleep && !s.until.IsZero() && s.until.Before(next) {
				next = s.until
			}
		}
		now := c.now()
		if step := next.Sub(now); step > 0 {
			c.ahead += step
			now = next
		}
		for s := range c.sleepers {
			if s.asleep && !s.until.IsZero() && !s.until.After(now) {
				s.wake()
			}
		}
		c.mu.Unlock()
		if !now.Before(end) {
			return c.settle(ctx)
		}
	}
}

// settle waits until every sleeper sleeps that is not stuck.
func (c *Clock) settle(ctx context.Context) error {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		c.mu.Lock()
		busy := false
		for s := range c.sleepers {
			busy = busy || !s.asleep && !s.stuck
		}
		changed := c.changed
		c.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-timeout.C:
			c.mu.Lock()
			for s := range c.sleepers {
				s.stuck = !s.asleep
			}
			c.mu.Unlock()
		}
	}
}

// change tells Advance that the state of a sleeper changed.
func (c *Clock) change() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Sleeper returns a sleeper, for one loop that goes on in the background. It
// counts as busy from now on, until it sleeps.
func (c *Clock) Sleeper() *Sleeper {
	s := &Sleeper{clock: c, due: make(chan struct{}, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sleepers[s] = true
	return s
}
