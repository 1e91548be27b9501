package dynamodb

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/store"
)

// TestBusyShardsSplit writes more to a shard than a partition takes, and finds two
// in its place, again and again, with the records of each key in order.
func TestBusyShardsSplit(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(streamedTable, `"PAY_PER_REQUEST"`, `"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`, 1))
	arn := b.streamOf(t, "model")
	text := strings.Repeat("x", 390<<10) // 391 units
	put := func(pk, n int, text string) {
		b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"%d"},"sk":{"N":"1"},"n":{"N":"%d"},"text":{"S":"%s"}}}`, pk, n, text)
	}
	took := func() *load {
		tb, err := b.table(testScope, "model")
		if err != nil {
			t.Fatal(err)
		}
		return &tb.Stream.loads[0]
	}
	put(1, 1, text)
	put(2, 2, text)
	if got := took().units; got != 2*391 {
		t.Errorf("two writes count as %v units, want %d", got, 2*391)
	}
	for _, c := range []struct {
		wait  time.Duration
		units float64 // of the shard before another 391 are written
		want  int
	}{{0, splitAt - 391, 1}, {time.Minute, splitAt, 1}, {0, splitAt - 390, 2}} {
		took().units = c.units
		b.pass(t, c.wait)
		put(1, int(c.units), text+c.wait.String())
		b.pass(t, 0)
		if got := len(b.openShards(t)); got != c.want {
			t.Errorf("after %v, and %v units in the minute before: %d shards, want %d", c.wait, c.units, got, c.want)
		}
	}
	for range 3 { // the rest without the writing
		b.pass(t, time.Minute)
		for i := range b.openShards(t) {
			tb, err := b.table(testScope, "model")
			if err != nil {
				t.Fatal(err)
			}
			tb.Stream.loads[i] = load{minute: b.call.Time.Unix() / 60, units: splitAt}
		}
		for pk := range 40 {
			put(pk, 1000, "small")
			put(pk, 2000, "small")
		}
		b.pass(t, 0)
	}
	open := b.openShards(t)
	if len(open) != 16 {
		t.Errorf("%d shards are open, want 16", len(open))
	}
	for i, h := range open {
		if want := firstHash(i, len(open)); h.From != want {
			t.Errorf("shard %d begins at hash %d, want %d", i, h.From, want)
		}
	}
	shardsByID := map[string]string{}
	children := map[string]int{}
	for _, h := range ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards {
		shardsByID[h.ShardId] = h.ParentShardId
		children[h.ParentShardId]++
		if closed := h.SequenceNumberRange.EndingSequenceNumber != ""; closed && children[h.ShardId] != 0 {
			t.Errorf("%s comes after its children", h.ShardId)
		}
	}
	for id, n := range children {
		if id != "" && n != 2 {
			t.Errorf("%s has %d children", id, n)
		}
	}
	last := map[string]string{}
	records := b.history(t, arn)
	for i, r := range records {
		k := keyJSON(r.Dynamodb.Keys)
		records[i].shard = k // a key goes from parents to children
		if r.Dynamodb.SequenceNumber <= last[k] {
			t.Errorf("%s: %s after %s", k, r.Dynamodb.SequenceNumber, last[k])
		}
		last[k] = r.Dynamodb.SequenceNumber
	}
	sameAsTable(t, b, "model", replay(t, records))
}

func (b *bench) openShards(t *testing.T) []openShard {
	t.Helper()
	tb, err := b.table(testScope, "model")
	if err != nil {
		t.Fatal(err)
	}
	return tb.Stream.Shards
}

// TestShardsWithSlots reads a stream as it was stored before shards had ranges.
func TestShardsWithSlots(t *testing.T) {
	st := &stream{Shards: []shard{{Number: 1, Slot: 0, End: 5}, {Number: 2, Slot: 1}, {Number: 3, Slot: 2}, {Number: 4, Slot: 3}, {Number: 5, Slot: 0}}}
	st.adopt()
	now := (&streaming{Open: []uint32{5, 2, 3, 4}}).prepared()
	if got := st.streaming().Shards; !slices.Equal(got, now.Shards) {
		t.Errorf("the stream has %v, its table %v", got, now.Shards)
	}
	for _, hash := range []uint32{0, 1<<30 - 1, 1 << 30, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
		if slot := int(uint64(hash) * 4 >> 32); now.at(hash) != slot {
			t.Errorf("hash %x is in shard %d, was in slot %d", hash, now.at(hash), slot)
		}
	}
	if fmt.Sprint(now.Shards) != fmt.Sprint([]openShard{{5, 0}, {2, 1 << 30}, {3, 1 << 31}, {4, 3 << 30}}) {
		t.Errorf("%v", now.Shards)
	}
}

// TestSplitNeedsRoom holds that a shard of one hash, or one that is not open, stays.
func TestSplitNeedsRoom(t *testing.T) {
	b := newBench(t)
	st := &stream{Shards: []shard{{Number: 1, From: 0}, {Number: 2, From: 1}, {Number: 3, From: 2, End: 9}}}
	err := b.DB.Update(func(tx *store.Tx) error {
		for number, want := range map[uint32]bool{1: false, 3: false, 9: false, 2: true} {
			if got := st.split(tx, b.IDs, number, b.call.Time); got != want {
				t.Errorf("split of %d: %v", number, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
