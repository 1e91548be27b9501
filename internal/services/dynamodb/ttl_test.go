package dynamodb

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// TestItemsExpireOnTheClock moves the clock under the worker, to the time of
// an item and past that of a thousand.
func TestItemsExpireOnTheClock(t *testing.T) {
	b := newBench(t)
	now := b.call.Time
	b.Clock = clock.New(func() time.Time { return now }, 0)
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer run.Wait()
	defer stop()
	b.must(t, "CreateTable", hashTable)
	put := func(name string, at time.Duration) {
		b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"%s"},"until":{"N":"%d"}}}`, name, now.Add(at).Unix())
	}
	put("before", time.Minute)
	b.must(t, "UpdateTimeToLive", `{"TableName":"songs","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}`)
	put("next", time.Hour)
	for i := range 1000 {
		put(fmt.Sprint(i), 2*time.Hour)
	}
	put("last", 3*time.Hour)
	count := func() any { return b.must(t, "Scan", `{"TableName":"songs","Select":"COUNT"}`)["Count"] }
	for _, step := range []struct {
		by   time.Duration
		left float64
	}{{time.Hour - time.Second, 1002}, {time.Second, 1001}, {2*time.Hour - time.Second, 1}, {time.Second, 0}} {
		if err := b.Clock.Advance(ctx, step.by); err != nil {
			t.Fatal(err)
		}
		// A worker that was told of a write just before may still be at it.
		for deadline := time.Now().Add(20 * time.Second); count() != step.left; {
			if time.Now().After(deadline) {
				t.Fatalf("%v items are left after %v, want %v", count(), step.by, step.left)
			}
		}
	}
	series := meter.Series{Scope: testScope, Namespace: namespace, Metric: "TimeToLiveDeletedItemCount", Unit: meter.Count, Dimensions: "TableName\x00songs\x00"}
	deadline := time.Now().Add(20 * time.Second)
	for sum := 0.0; sum != 1003; {
		if time.Now().After(deadline) {
			t.Fatalf("%v items are counted", sum)
		}
		sum = 0
		for _, st := range b.Meter.Minutes(series) {
			sum += st.Sum
		}
	}
	err := b.db.View(func(tx *store.Tx) error {
		tb, _ := b.tables.Get(tx, testScope, "songs")
		space := tb.prepare(testScope).appendSpace(nil, expirySpace)
		for k := range tx.Scan(space, prefixEnd(space)) {
			t.Errorf("left: %x", k)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTablesWithoutTTL holds that they have no entries of times.
func TestTablesWithoutTTL(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", hashTable)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"a"},"until":{"N":"1795334410"}}}`)
	b.must(t, "UpdateTimeToLive", `{"TableName":"songs","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}`)
	b.pass(t, time.Second)
	entries := func() (n int) {
		err := b.db.View(func(tx *store.Tx) error {
			tb, _ := b.table(testScope, "songs")
			space := tb.appendSpace(nil, expirySpace)
			for range tx.Scan(space, prefixEnd(space)) {
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := entries(); n != 1 {
		t.Errorf("%d entries with a TTL, want 1", n)
	}
	b.must(t, "UpdateTimeToLive", `{"TableName":"songs","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"until"}}`)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"b"},"until":{"N":"1795334410"}}}`)
	if n := entries(); n != 0 {
		t.Errorf("%d entries without one", n)
	}
}
