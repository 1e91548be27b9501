package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// crashTable has all that a write has to keep in step: an index of either kind,
// a stream and, once it is turned on, the times at which items expire.
const crashTable = `{"TableName":"ledger","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"LocalSecondaryIndexes":[{"IndexName":"byn","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
	"GlobalSecondaryIndexes":[{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
	"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

const (
	crashSeeds   = 5
	crashRounds  = 4 // crashes of one store, each after it has recovered from the one before
	crashWriters = 8
)

// TestCrashes writes to tables in every way from many sides, and takes the
// power away at a random moment: what was not synced is gone, wholly or in
// part. What is found then has to be what each writer had written at some
// moment between its last answer and its last request, to the item. The same is
// found of the times that were noted meanwhile, when the table is restored to them.
func TestCrashes(t *testing.T) {
	acknowledged, streamed, restored := 0, 0, 0
	for seed := range uint64(crashSeeds) {
		c := &crashing{t: t, fs: vfs.NewCrashableMem(), r: rand.New(rand.NewPCG(seed, 1))}
		for w := range crashWriters {
			c.writers = append(c.writers, &writer{id: w, r: rand.New(rand.NewPCG(seed, uint64(100+w)))})
		}
		for range crashRounds {
			acknowledged += c.round()
		}
		streamed, restored = streamed+c.records, restored+c.restored
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d crashes of %d stores: %d acknowledged writes, 0 lost; %d stream records, each once; %d times restored",
		crashSeeds*crashRounds, crashSeeds, acknowledged, streamed, restored)
}

// crashing is one store that crashes again and again, and its writers.
type crashing struct {
	t       *testing.T
	fs      *vfs.MemFS
	r       *rand.Rand
	writers []*writer
	records int

	millis   atomic.Int64 // the time, which goes on when one is noted
	cut      atomic.Bool  // the power is going
	mu       sync.Mutex
	times    []*noted
	restored int
}

// noted is a time, and what each writer had written by then: something from so many
// writes, which were acknowledged, to so many, which had begun.
type noted struct {
	at          time.Time
	least, most [crashWriters]int
	between     [crashWriters][]holdings // what they had after each of those
	counter     int
	seen        bool // restored before, when it was all that is in between
}

func (c *crashing) now() time.Time {
	return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.millis.Load()) * time.Millisecond)
}

// note notes the time, and moves it on. A request that comes at it was counted before
// that, so it is among those that had begun.
func (c *crashing) note() {
	n := &noted{}
	for i, w := range c.writers {
		n.least[i] = int(w.acknowledged.Load())
	}
	n.at = c.now()
	c.millis.Add(1)
	for i, w := range c.writers {
		n.most[i] = int(w.started.Load())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut.Load() { // else what was acknowledged may not be there
		c.times = append(c.times, n)
	}
}

// round writes until the power goes, and returns how many writes were answered.
func (c *crashing) round() int {
	db, err := store.OpenFS(c.fs, "store")
	if err != nil {
		c.t.Fatal(err)
	}
	b := benchOn(db)
	b.call.Time = c.now()
	if tb, err := b.table(testScope, "ledger"); err == nil && tb == nil {
		b.must(c.t, "CreateTable", crashTable)
		b.must(c.t, "UpdateTimeToLive", `{"TableName":"ledger","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"due"}}`)
		b.must(c.t, "UpdateContinuousBackups", turnOnRecovery, "ledger", 35)
		b.pass(c.t, 0)
	}
	c.cut.Store(false)
	var total atomic.Int64
	enough, stop, gaveUp := make(chan struct{}), make(chan struct{}), make(chan struct{}, crashWriters)
	target := int64(50 + c.r.IntN(400))
	var all sync.WaitGroup
	for _, w := range c.writers {
		all.Go(func() {
			if !w.work(c.t, b, c.now, stop, func() {
				switch n := total.Add(1); {
				case n == target:
					close(enough)
				case n < target && n%30 == 0:
					c.note()
				}
			}) {
				gaveUp <- struct{}{}
			}
		})
	}
	all.Go(func() { remodel(c.t, b, stop) })
	select {
	case <-enough:
	case <-gaveUp:
		close(stop)
		all.Wait()
		c.t.FailNow()
	}
	c.cut.Store(true)
	sum := 0
	for _, w := range c.writers {
		w.least = int(w.acknowledged.Load())
		sum += w.least
	}
	after := c.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: c.r.IntN(3) * 50, RNG: c.r})
	for _, w := range c.writers {
		w.most = int(w.started.Load())
	}
	close(stop)
	all.Wait()
	if err := db.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.fs = after
	c.check()
	return sum
}

// remodel adds and drops an index, and makes and deletes another table.
func remodel(t *testing.T, b *bench, stop <-chan struct{}) {
	for range 8 {
		select {
		case <-stop:
			return
		default:
		}
		for _, step := range []string{
			`UpdateTable {"TableName":"ledger","AttributeDefinitions":[{"AttributeName":"v","AttributeType":"N"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"late","KeySchema":[{"AttributeName":"v","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`,
			`CreateTable {"TableName":"passing","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}}`,
			`PutItem {"TableName":"passing","Item":{"pk":{"S":"a"}}}`,
			`DeleteTable {"TableName":"passing"}`,
			`UpdateTable {"TableName":"ledger","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"late"}}]}`,
		} {
			op, in, _ := strings.Cut(step, " ")
			// A crash left some of it done.
			if _, _, err := b.do(op, in); err != nil && !errors.As(err, new(*aws.Error)) {
				t.Error(err)
			}
			if op == "UpdateTable" {
				if err := b.build(context.Background(), testScope, "ledger"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// check opens what the crash left.
func (c *crashing) check() {
	db, err := store.OpenFS(c.fs, "store")
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			c.t.Error(err)
		}
	}()
	b := benchOn(db)
	b.call.Time = c.now()
	b.pass(c.t, 0) // an index that was being built is finished first
	checkIndexes(c.t, b, "ledger")
	checkExpiry(c.t, b, "ledger")
	checkSpaces(c.t, b)

	c.restore(b)
	found, counter := c.found(b, "ledger")
	sum := 0
	for _, w := range c.writers {
		at := slices.Index(w.states[min(w.least, len(w.states)):min(w.most+1, len(w.states))], found[w.id])
		if at < 0 {
			c.t.Errorf("writer %d has %+v, which it was at no moment from write %d, which was acknowledged, to %d, the last begun: %+v",
				w.id, found[w.id], w.least, w.most, w.states[w.least:w.most+1])
		}
		w.resume(found[w.id])
		sum += found[w.id].counted
	}
	if sum != counter {
		c.t.Errorf("the counter has %d, its parts make %d", counter, sum)
	}
	c.replay(b)
}

// restore restores the table to the times that were noted since the last crash, and to
// one of those from before, which is still what it was.
func (c *crashing) restore(b *bench) {
	old := slices.IndexFunc(c.times, func(n *noted) bool { return !n.seen })
	if old < 0 {
		old = len(c.times)
	}
	again := -1
	if old > 0 {
		again = c.r.IntN(old)
	}
	for i, n := range c.times {
		if i < old && i != again {
			continue
		}
		b.must(c.t, "RestoreTableToPointInTime", `{"SourceTableName":"ledger","TargetTableName":"then","RestoreDateTime":%s}`, secondsOf(n.at))
		b.pass(c.t, 0)
		checkIndexes(c.t, b, "then")
		found, counter := c.found(b, "then")
		sum := 0
		for id, w := range c.writers {
			if !n.seen {
				n.between[id] = slices.Clone(w.states[n.least[id] : n.most[id]+1])
			}
			if !slices.Contains(n.between[id], found[id]) {
				c.t.Errorf("at %v writer %d had %+v, which it had at no moment from write %d to %d: %+v", n.at, id, found[id], n.least[id], n.most[id], n.between[id])
			}
			n.between[id] = []holdings{found[id]}
			sum += found[id].counted
		}
		if sum != counter || n.seen && counter != n.counter {
			c.t.Errorf("at %v the counter had %d, its parts make %d, before the last crash it was %d", n.at, counter, sum, n.counter)
		}
		n.counter, n.seen = counter, true
		b.must(c.t, "DeleteTable", `{"TableName":"then"}`)
		b.pass(c.t, 0)
		c.restored++
	}
}

// found reads what the writers have in a table, and the counter, in pages.
func (c *crashing) found(b *bench, table string) (found [crashWriters]holdings, counter int) {
	count := 0
	for start := ""; ; {
		page := ask[struct {
			Items            []map[string]map[string]string
			LastEvaluatedKey map[string]any
		}](c.t, b, "Scan", `{"TableName":"%s","ConsistentRead":true,"Limit":9%s}`, table, start)
		for _, it := range page.Items {
			count++
			number := func(name string) (n int) {
				if v := it[name]["N"]; v != "" {
					if _, err := fmt.Sscan(v, &n); err != nil {
						c.t.Fatal(err)
					}
				}
				return n
			}
			var id int
			if it["pk"]["S"] == "counter" {
				counter = number("tally")
				for w := range found {
					found[w].counted = number(fmt.Sprintf("w%d", w))
				}
				continue
			}
			if _, err := fmt.Sscanf(it["pk"]["S"], "writer-%d", &id); err != nil {
				c.t.Fatal(err)
			}
			found[id].items[number("sk")] = owned{g: it["g"]["S"], n: number("n"), v: number("v"), until: number("due")}
		}
		if page.LastEvaluatedKey == nil {
			break
		}
		start = `,"ExclusiveStartKey":` + keyJSON(page.LastEvaluatedKey)
	}
	described := ask[struct{ Table struct{ ItemCount int } }](c.t, b, "DescribeTable", `{"TableName":"%s"}`, table)
	if described.Table.ItemCount != count {
		c.t.Errorf("%d items are described, a scan finds %d", described.Table.ItemCount, count)
	}
	return found, counter
}

// replay holds that the whole history leads to the table, and that what it was
// before the last crash it still is.
func (c *crashing) replay(b *bench) {
	records := b.history(c.t, b.streamOf(c.t, "ledger"))
	if len(records) < c.records {
		c.t.Errorf("%d records are left of %d", len(records), c.records)
	}
	c.records = len(records)
	sameAsTable(c.t, b, "ledger", replay(c.t, records))
}

// checkExpiry holds that the items that expire are entered, once, at their time.
func checkExpiry(t *testing.T, b *bench, name string) {
	t.Helper()
	tb, err := b.table(testScope, name)
	if err != nil || tb == nil {
		t.Fatal(tb, err)
	}
	err = b.db.View(func(tx *store.Tx) error {
		want := map[string]bool{}
		items := tb.appendSpace(nil, 0)
		for k, v := range tx.Scan(items, prefixEnd(items)) {
			_, it := openStored(v)
			if at, ok := tb.expiry(it); ok {
				want[string(tb.expiryKey(at, k))] = true
			}
		}
		times := tb.appendSpace(nil, expirySpace)
		for k := range tx.Scan(times, prefixEnd(times)) {
			if !want[string(k)] {
				t.Errorf("a time without its item: %x", k)
			}
			delete(want, string(k))
		}
		if len(want) > 0 {
			t.Errorf("%d items are not entered with their time", len(want))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkSpaces holds that nothing is stored of tables and indexes that are gone.
func checkSpaces(t *testing.T, b *bench) {
	t.Helper()
	err := b.db.View(func(tx *store.Tx) error {
		var known [][]byte
		for scope, tb := range b.tables.Everywhere(tx) {
			tb.prepare(scope)
			for _, n := range []uint32{0, tallySpace, collectionSpace, expirySpace} {
				known = append(known, tb.appendSpace(nil, n))
			}
			if tb.Past != nil {
				known = append(known, tb.appendSpace(nil, pastSpace))
			}
			for _, x := range tb.Indexes {
				known = append(known, tb.appendSpace(nil, x.Number))
			}
		}
		data := store.AppendPart(nil, "dynamodb/data")
		for k := range tx.Scan(data, prefixEnd(data)) {
			if !slices.ContainsFunc(known, func(p []byte) bool { return strings.HasPrefix(string(k), string(p)) }) {
				t.Errorf("left of a table or an index that is gone: %q", k)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
