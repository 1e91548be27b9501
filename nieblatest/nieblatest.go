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
	"testing"
	"time"

	"github.com/niebla-cloud/niebla"
)

// Epoch is when the clock of a test cloud begins.
var Epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Cloud is a cloud under test.
type Cloud struct {
	*niebla.Cloud
	tb testing.TB
}

// Start starts a cloud and closes it when the test ends. Options change its
// configuration first.
func Start(tb testing.TB, options ...func(*niebla.Config)) *Cloud {
	tb.Helper()
	c := &Cloud{tb: tb}
	cfg := niebla.Config{
		Now:     func() time.Time { return Epoch },
		Signers: c.Now,
		Rand:    rand.NewChaCha8([32]byte{'n', 'i', 'e', 'b', 'l', 'a'}),
	}
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
func RealClock(cfg *niebla.Config) { cfg.Now, cfg.Signers = time.Now, time.Now }

// Now is the cloud's time, for a client that signs requests.
func (c *Cloud) Now() time.Time { return c.Cloud.Now() }

// Advance moves the clock forward, and returns when what was due in between
// has happened.
func (c *Cloud) Advance(d time.Duration) {
	c.tb.Helper()
	if err := c.Cloud.Advance(context.Background(), d); err != nil {
		c.tb.Fatal(err)
	}
}
