// Package nieblatest starts a cloud for the length of a test: in memory, with
// a clock that stands still until it is told to advance, and identifiers that
// are the same in every run.
//
//	cloud := nieblatest.Start(t)
//	// an SDK with endpoint cloud.URL(), keys test/test, and cloud.Now as its clock
package nieblatest

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla"
)

// Epoch is when the clock of a test cloud begins.
var Epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Cloud is a cloud under test.
type Cloud struct {
	*niebla.Cloud
	clock clock
}

// Start starts a cloud and closes it when the test ends. Options change its
// configuration first.
func Start(tb testing.TB, options ...func(*niebla.Config)) *Cloud {
	tb.Helper()
	c := &Cloud{clock: clock{now: Epoch}}
	cfg := niebla.Config{Now: c.Now, Rand: rand.NewChaCha8([32]byte{'n', 'i', 'e', 'b', 'l', 'a'})}
	for _, o := range options {
		o(&cfg)
	}
	cloud, err := niebla.Start(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	c.Cloud = cloud
	tb.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// RealClock is an option for clients that cannot be given a clock.
func RealClock(cfg *niebla.Config) { cfg.Now = time.Now }

// Now is the cloud's time, for a client that signs requests.
func (c *Cloud) Now() time.Time { return c.clock.read() }

// Advance moves the clock forward.
func (c *Cloud) Advance(d time.Duration) { c.clock.advance(d) }

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
