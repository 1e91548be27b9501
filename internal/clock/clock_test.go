package clock_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/niebla-cloud/niebla/internal/clock"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// still is a base clock that stands still.
func still() time.Time { return epoch }

// log is what happened, in order.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

// every runs a loop that does something at each interval, until the test ends.
func every(t *testing.T, c *clock.Clock, d time.Duration, do func(at time.Duration)) {
	ctx, cancel := context.WithCancel(context.Background())
	s := c.Sleeper()
	var loop sync.WaitGroup
	loop.Go(func() {
		defer s.Close()
		for next := c.Now().Add(d); ; next = next.Add(d) {
			s.Sleep(ctx, next, nil)
			if ctx.Err() != nil {
				return
			}
			do(c.Now().Sub(epoch))
		}
	})
	t.Cleanup(func() { cancel(); loop.Wait() })
}

func TestOrder(t *testing.T) {
	c := clock.New(still, 0)
	var l log
	every(t, c, 2*time.Hour, func(at time.Duration) { l.add("two %v", at) })
	every(t, c, 3*time.Hour, func(at time.Duration) {
		l.add("three %v", at)
		if at == 3*time.Hour {
			// Who begins to wait while the clock is moved is not passed over.
			every(t, c, 30*time.Minute, func(at time.Duration) { l.add("half %v", at) })
		}
	})
	if err := c.Advance(context.Background(), 5*time.Hour); err != nil {
		t.Fatal(err)
	}
	want := []string{"two 2h0m0s", "three 3h0m0s", "half 3h30m0s", "half 4h0m0s", "two 4h0m0s", "half 4h30m0s", "half 5h0m0s"}
	got := slices.Clone(l.lines)
	slices.SortStableFunc(got[3:5], func(a, b string) int { return slices.Compare([]byte(a), []byte(b)) }) // at one time in any order
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if c.Ahead() != 5*time.Hour || !c.Now().Equal(epoch.Add(5*time.Hour)) {
		t.Errorf("ahead %v, now %v", c.Ahead(), c.Now())
	}
}

func TestChain(t *testing.T) {
	c := clock.New(still, 0)
	var l log
	ctx, cancel := context.WithCancel(context.Background())
	s := c.Sleeper()
	var loop sync.WaitGroup
	loop.Go(func() {
		defer s.Close()
		for {
			s.Sleep(ctx, time.Time{}, nil)
			if ctx.Err() != nil {
				return
			}
			runtime.Gosched()
			l.add("worked %v", c.Now().Sub(epoch))
		}
	})
	t.Cleanup(func() { cancel(); loop.Wait() })
	every(t, c, time.Hour, func(time.Duration) { s.Wake() })
	var want []string
	for hour := range 100 {
		want = append(want, fmt.Sprintf("worked %dh0m0s", hour+1))
	}
	if err := c.Advance(context.Background(), 100*time.Hour); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.lines, want) {
		t.Errorf("got %q", l.lines)
	}
}

func TestNeverBack(t *testing.T) {
	now := epoch
	c := clock.New(func() time.Time { return now }, time.Hour)
	first := c.Now()
	now = now.Add(-time.Minute)
	if got := c.Now(); !got.Equal(first) {
		t.Errorf("the clock went from %v to %v", first, got)
	}
	now = epoch.Add(time.Second)
	if got := c.Now(); !got.Equal(epoch.Add(time.Hour + time.Second)) {
		t.Errorf("it is %v", got)
	}
}

func TestStuckSleeper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(still, 0)
		release := make(chan struct{})
		every(t, c, time.Hour, func(time.Duration) { <-release })
		t.Cleanup(func() { close(release) })
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := c.Advance(ctx, 2*time.Hour); err != context.DeadlineExceeded {
			t.Errorf("Advance = %v while a sleeper was busy", err)
		}
		if !c.Now().Equal(epoch.Add(time.Hour)) {
			t.Errorf("it is %v", c.Now())
		}
		if err := c.Advance(context.Background(), time.Hour); err != nil || !c.Now().Equal(epoch.Add(2*time.Hour)) {
			t.Errorf("Advance = %v, and it is %v", err, c.Now())
		}
	})
}

func TestBaseClock(t *testing.T) {
	c := clock.New(time.Now, 0)
	s := c.Sleeper()
	defer s.Close()
	until := c.Now().Add(30 * time.Millisecond)
	s.Sleep(context.Background(), until, nil)
	if c.Now().Before(until) {
		t.Error("woke early")
	}
	wake := make(chan struct{}, 1)
	wake <- struct{}{}
	s.Sleep(context.Background(), time.Time{}, wake)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Sleep(ctx, until.Add(time.Hour), nil)
}
