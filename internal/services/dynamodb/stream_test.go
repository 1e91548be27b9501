package dynamodb

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// streamedTable has a stream of both images, over four shards.
const streamedTable = `{"TableName":"model","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

// streamed is a record as tests look at it.
type streamed struct {
	EventName    string `json:"eventName"`
	UserIdentity *struct {
		PrincipalId, Type string
	} `json:"userIdentity"`
	Dynamodb struct {
		Keys, NewImage, OldImage map[string]any
		SequenceNumber           string
		SizeBytes                int
	} `json:"dynamodb"`
	shard string
}

// ask is must with the answer in a struct.
func ask[T any](t testing.TB, b *bench, op, in string, args ...any) (v T) {
	t.Helper()
	out, _, err := b.do(op, fmt.Sprintf(in, args...))
	if err != nil {
		t.Fatalf("%s %s: %v", op, fmt.Sprintf(in, args...), err)
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// streamOf returns the ARN of a table's stream.
func (b *bench) streamOf(t testing.TB, table string) string {
	t.Helper()
	d := ask[struct {
		Table struct{ LatestStreamArn string }
	}](t, b, "DescribeTable", `{"TableName":"%s"}`, table)
	return d.Table.LatestStreamArn
}

type shards struct {
	StreamDescription struct {
		Shards []struct {
			ShardId, ParentShardId string
			SequenceNumberRange    struct{ StartingSequenceNumber, EndingSequenceNumber string }
		}
	}
}

// history reads all records of a stream, parents before their children.
func (b *bench) history(t testing.TB, arn string) (all []streamed) {
	t.Helper()
	for _, h := range ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards {
		it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"TRIM_HORIZON"}`, arn, h.ShardId).ShardIterator
		for it != "" {
			page := ask[struct {
				Records           []streamed
				NextShardIterator string
			}](t, b, "GetRecords", `{"ShardIterator":"%s","Limit":7}`, it)
			for _, r := range page.Records {
				r.shard = h.ShardId
				if s := r.Dynamodb.SequenceNumber; s < h.SequenceNumberRange.StartingSequenceNumber || h.SequenceNumberRange.EndingSequenceNumber != "" && s > h.SequenceNumberRange.EndingSequenceNumber {
					t.Errorf("record %s is outside of the shard %+v", s, h)
				}
				all = append(all, r)
			}
			if it = page.NextShardIterator; len(page.Records) == 0 {
				break
			}
		}
	}
	return all
}

func keyJSON(k map[string]any) string {
	b, _ := json.Marshal(k)
	return string(b)
}

// TestStreamIsTheHistory replays the stream of a table that was written to in
// every way, and compares with the table.
func TestStreamIsTheHistory(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", streamedTable)
	arn := b.streamOf(t, "model")
	r := rand.New(rand.NewPCG(7, 7))
	random := func() modelItem { return modelItem{r.IntN(16), r.IntN(3), 0, r.IntN(3)} }
	for range 600 {
		m := random()
		switch r.IntN(6) {
		case 0, 1:
			b.must(t, "PutItem", `{"TableName":"model","Item":%s}`, m.json())
		case 2:
			b.must(t, "DeleteItem", `{"TableName":"model","Key":%s}`, m.key())
		case 3:
			b.must(t, "UpdateItem", `{"TableName":"model","Key":%s,"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"%d"}}}`, m.key(), m.n)
		case 4:
			b.must(t, "BatchWriteItem", `{"RequestItems":{"model":[{"PutRequest":{"Item":%s}}]}}`, m.json())
		default:
			other := m
			other.sk += 10
			_, _, err := b.do("TransactWriteItems", fmt.Sprintf(`{"TransactItems":[{"Put":{"TableName":"model","Item":%s}},{"Put":{"TableName":"model","Item":%s,"ConditionExpression":"attribute_not_exists(pk)"}}]}`, m.json(), other.json()))
			if err != nil && !strings.Contains(err.Error(), "ConditionalCheckFailed") {
				t.Fatal(err)
			}
		}
	}
	records := b.history(t, arn)
	used := map[string]bool{}
	for _, r := range records {
		used[r.shard] = true
	}
	if len(used) != 4 {
		t.Errorf("records in %d shards, want 4", len(used))
	}
	if sameAsTable(t, b, "model", replay(t, records)) == 0 {
		t.Error("the table is empty")
	}
}

// replay makes the items that records, parents' before their children's, lead
// to. Each has to go on from where the one before it left its item, so none can
// be missing or there twice, and the records of one partition key are in one
// shard after the other.
func replay(t *testing.T, records []streamed) map[string]map[string]any {
	t.Helper()
	replayed := map[string]map[string]any{}
	last := map[string]string{}
	shardOf := map[any]string{}
	for _, rec := range records {
		d, k := rec.Dynamodb, keyJSON(rec.Dynamodb.Keys)
		if d.SequenceNumber <= last[rec.shard] {
			t.Errorf("%s comes after %s", d.SequenceNumber, last[rec.shard])
		}
		last[rec.shard] = d.SequenceNumber
		pk := d.Keys["pk"].(map[string]any)["S"]
		if s := shardOf[pk]; s != "" && s != rec.shard {
			t.Errorf("%v is in the shards %s and %s", pk, s, rec.shard)
		}
		shardOf[pk] = rec.shard
		if !reflect.DeepEqual(d.OldImage, replayed[k]) {
			t.Fatalf("%s of %s: the old image is %v, but before it was %v", rec.EventName, k, d.OldImage, replayed[k])
		}
		event := "MODIFY"
		switch {
		case d.OldImage == nil:
			event = "INSERT"
		case d.NewImage == nil:
			event = "REMOVE"
		}
		if rec.EventName != event || reflect.DeepEqual(d.OldImage, d.NewImage) {
			t.Errorf("%s from %v to %v", rec.EventName, d.OldImage, d.NewImage)
		}
		replayed[k] = d.NewImage
		if d.NewImage == nil {
			delete(replayed, k)
		}
	}
	return replayed
}

// sameAsTable compares what a stream leads to with its table, and returns how
// many items that has.
func sameAsTable(t *testing.T, b *bench, table string, replayed map[string]map[string]any) int {
	t.Helper()
	items := ask[struct{ Items []map[string]any }](t, b, "Scan", `{"TableName":"%s"}`, table).Items
	if len(items) != len(replayed) {
		t.Fatalf("the stream leads to %d items, the table has %d", len(replayed), len(items))
	}
	for _, it := range items {
		k := keyJSON(map[string]any{"pk": it["pk"], "sk": it["sk"]})
		if !reflect.DeepEqual(replayed[k], it) {
			t.Errorf("%s: the stream leads to %v, the table has %v", k, replayed[k], it)
		}
	}
	return len(items)
}

// TestReadersAreWoken holds that who waits for a stream hears of each write of
// it, and of none of another table.
func TestReadersAreWoken(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", streamedTable)
	b.must(t, "CreateTable", strings.Replace(streamedTable, `"model"`, `"other"`, 1))
	arn := aws.ARN(b.streamOf(t, "model"))
	woken := func(ch <-chan struct{}) bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
	for i, write := range []string{
		`PutItem {"TableName":"model","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}`,
		`BatchWriteItem {"RequestItems":{"model":[{"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]}}`,
		`TransactWriteItems {"TransactItems":[{"Put":{"TableName":"other","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},{"Put":{"TableName":"model","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]}`,
		`UpdateTable {"TableName":"model","StreamSpecification":{"StreamEnabled":false}}`,
	} {
		ch := b.StreamChanged(arn)
		b.must(t, "PutItem", `{"TableName":"other","Item":{"pk":{"S":"a"},"sk":{"N":"%d"}}}`, i+10)
		b.must(t, "DeleteItem", `{"TableName":"model","Key":{"pk":{"S":"none"},"sk":{"N":"1"}}}`)
		if woken(ch) {
			t.Fatalf("woken before %s", write)
		}
		op, in, _ := strings.Cut(write, " ")
		b.must(t, op, in)
		if !woken(ch) {
			t.Errorf("not woken by %s", write)
		}
	}
}

// TestIteratorsAreSealed holds that no byte of an iterator can be changed.
func TestIteratorsAreSealed(t *testing.T) {
	b := newBench(t)
	text, err := b.sealIterator(&iterator{stream: "arn:aws:dynamodb:eu-west-3:1:table/t/stream/l", shard: 3, next: 1 << 40, trim: true, created: time.UnixMilli(5)})
	if err != nil {
		t.Fatal(err)
	}
	it, err := b.openIterator(text)
	if err != nil || it.shard != 3 || it.next != 1<<40 || !it.trim || it.created.UnixMilli() != 5 {
		t.Fatalf("%+v, %v", it, err)
	}
	for i := range text {
		other := []byte(text)
		other[i] ^= 1
		if it, err := b.openIterator(string(other)); err == nil {
			t.Errorf("changed at %d it opens as %+v", i, it)
		}
	}
}

// TestAllocations holds that a write of a table without a stream and recovery
// does not allocate for them: a table with one allocates more, and is the only one.
func TestAllocations(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	c := &change{call: &b.call, tableName: "pairs"}
	item := func(n int) {
		it, err := parseItem([]byte(fmt.Sprintf(`{"pk":{"S":"a"},"sk":{"N":"1"},"n":{"N":"%d"}}`, n)))
		if err != nil {
			t.Fatal(err)
		}
		c.puts(behindRoom(it))
	}
	n := 0
	write := func() {
		n++
		item(n)
		if err := b.write(testScope, c); err != nil {
			t.Fatal(err)
		}
	}
	without := testing.AllocsPerRun(200, write)
	b.must(t, "UpdateTable", `{"TableName":"pairs","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}}`)
	with := testing.AllocsPerRun(200, write)
	if without > 22 || with > without+6 {
		t.Errorf("a write allocates %v times without a stream, %v with one", without, with)
	}
	if n := b.pastRecords(t, "pairs"); n > 0 {
		t.Errorf("%d records of the past of a table without recovery", n)
	}
	b.must(t, "UpdateTable", `{"TableName":"pairs","StreamSpecification":{"StreamEnabled":false}}`)
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 1)
	if with := testing.AllocsPerRun(200, write); with > without+4 {
		t.Errorf("a write allocates %v times without recovery, %v with it", without, with)
	}
}

// TestStreamsSurviveACrash crashes among concurrent writers.
func TestStreamsSurviveACrash(t *testing.T) {
	fs := vfs.NewCrashableMem()
	db, err := store.OpenFS(fs, "store")
	if err != nil {
		t.Fatal(err)
	}
	b := benchOn(db)
	b.must(t, "CreateTable", streamedTable)
	var acknowledged [4]atomic.Int64
	var writers sync.WaitGroup
	var crashed atomic.Bool
	for w := range acknowledged {
		writers.Go(func() {
			for n := int64(1); !crashed.Load(); n++ {
				if _, _, err := b.do("PutItem", fmt.Sprintf(`{"TableName":"model","Item":{"pk":{"S":"%d"},"sk":{"N":"1"},"n":{"N":"%d"}}}`, w, n)); err != nil {
					t.Error(err)
					return
				}
				acknowledged[w].Store(n)
			}
		})
	}
	for w := range acknowledged {
		for acknowledged[w].Load() < 20 {
			runtime.Gosched()
		}
	}
	var least [4]int64
	for w := range acknowledged {
		least[w] = acknowledged[w].Load()
	}
	after := fs.CrashClone(vfs.CrashCloneCfg{})
	crashed.Store(true)
	writers.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenFS(after, "store"); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b = benchOn(db)
	last := map[any]any{}
	for _, r := range b.history(t, b.streamOf(t, "model")) {
		if d := r.Dynamodb; !reflect.DeepEqual(d.OldImage["n"], last[keyJSON(d.Keys)]) {
			t.Fatalf("a record before %+v is lost", r)
		}
		last[keyJSON(r.Dynamodb.Keys)] = r.Dynamodb.NewImage["n"]
	}
	for w := range least {
		key := fmt.Sprintf(`{"pk":{"S":"%d"},"sk":{"N":"1"}}`, w)
		n := ask[struct{ Item map[string]map[string]string }](t, b, "GetItem", `{"TableName":"model","Key":%s}`, key).Item["n"]["N"]
		streamed, _ := last[key].(map[string]any)
		if got, _ := strconv.ParseInt(n, 10, 64); got < least[w] || streamed["N"] != n {
			t.Errorf("the item has %s, its stream ends with %v, and %d was acknowledged", n, streamed, least[w])
		}
	}
}

// TestShardsFollowTheClock lets two days pass over a stream that is written to
// each hour.
func TestShardsFollowTheClock(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(streamedTable, `"BillingMode":"PAY_PER_REQUEST"`, `"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`, 1))
	arn := b.streamOf(t, "model")
	first := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards[0]
	iterator := func(kind, sequence string) string {
		return fmt.Sprintf(`{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"%s"%s}`, arn, first.ShardId, kind, sequence)
	}
	for hour := range 48 {
		b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"a"},"sk":{"N":"%d"}}}`, hour)
		b.pass(t, time.Hour)
		if hour == 24 { // the shard's four hours are not over for a day yet; its first hours are
			if e := b.fails(t, "GetShardIterator", iterator("AT_SEQUENCE_NUMBER", `,"SequenceNumber":"`+first.SequenceNumberRange.StartingSequenceNumber+`"`)); e.Code != "TrimmedDataAccessException" {
				t.Errorf("a place that is too old: %v", e)
			}
			it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", "%s", iterator("TRIM_HORIZON", "")).ShardIterator
			if rs := ask[struct{ Records []streamed }](t, b, "GetRecords", `{"ShardIterator":"%s"}`, it).Records; len(rs) != 3 {
				t.Errorf("%d records of the shard are left after 25 hours, want 3: %v", len(rs), rs)
			}
		}
	}
	if e := b.fails(t, "GetShardIterator", iterator("TRIM_HORIZON", "")); e.Code != "ResourceNotFoundException" {
		t.Errorf("a shard of two days ago: %v", e)
	}
	all := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards
	if len(all) != 7 {
		t.Fatalf("%d shards, want one for each four hours of a day, and the open one: %+v", len(all), all)
	}
	for i, h := range all[1:] {
		parent := all[i]
		if h.ParentShardId != parent.ShardId || parent.SequenceNumberRange.EndingSequenceNumber >= h.SequenceNumberRange.StartingSequenceNumber {
			t.Errorf("%+v is not the child of %+v", h, parent)
		}
		children := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s","ShardFilter":{"Type":"CHILD_SHARDS","ShardId":"%s"}}`, arn, parent.ShardId).StreamDescription.Shards
		if len(children) != 1 || children[0].ShardId != h.ShardId {
			t.Errorf("the children of %s are %+v", parent.ShardId, children)
		}
	}
	var hours []string
	for _, r := range b.history(t, arn) {
		hours = append(hours, r.Dynamodb.Keys["sk"].(map[string]any)["N"].(string))
	}
	if len(hours) != 24 || hours[0] != "24" || hours[23] != "47" {
		t.Errorf("the stream holds the hours %v", hours)
	}
	b.must(t, "DeleteTable", `{"TableName":"model"}`)
	if left := b.history(t, arn); len(left) != 24 {
		t.Errorf("%d records are left of a table that is deleted", len(left))
	}
	b.pass(t, 24*time.Hour)
	err := b.db.View(func(tx *store.Tx) error {
		for k := range tx.Scan(store.AppendPart(nil, "dynamodb/stream-record"), prefixEnd(store.AppendPart(nil, "dynamodb/stream-record"))) {
			t.Errorf("left in the store: %q", k)
		}
		for _, st := range b.streams.Everywhere(tx) {
			t.Errorf("left: %+v", st)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStreamAccess holds that IAM decides about the stream that is read, not
// about what a client says of it.
func TestStreamAccess(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", streamedTable)
	arn := b.streamOf(t, "model")
	h := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards[0]
	it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"LATEST"}`, arn, h.ShardId).ShardIterator
	for op, in := range map[string]string{
		"DescribeStream":   fmt.Sprintf(`{"StreamArn":"%s"}`, arn),
		"GetShardIterator": fmt.Sprintf(`{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"LATEST"}`, arn, h.ShardId),
		"GetRecords":       fmt.Sprintf(`{"ShardIterator":"%s"}`, it),
	} {
		_, access, err := b.do(op, in)
		if err != nil || len(access) != 1 || access[0].Action != "" || string(access[0].Resource) != arn {
			t.Errorf("%s asks for %+v, %v", op, access, err)
		}
	}
	if name := b.Streams().Info().Name; name != "dynamodb" {
		t.Errorf("its actions begin with %q", name)
	}
}

// TestStreamLatency holds that a record can be read as soon as who waits for
// the stream is woken.
func TestStreamLatency(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(streamedTable, `"BillingMode":"PAY_PER_REQUEST"`, `"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`, 1))
	arn := b.streamOf(t, "model")
	h := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards[0]
	it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"LATEST"}`, arn, h.ShardId).ShardIterator
	var took []time.Duration
	for n := range 200 {
		changed, begun := b.StreamChanged(aws.ARN(arn)), make(chan time.Time, 1)
		go func() {
			begun <- time.Now()
			if _, _, err := b.do("PutItem", fmt.Sprintf(`{"TableName":"model","Item":{"pk":{"S":"a"},"sk":{"N":"%d"}}}`, n)); err != nil {
				t.Error(err)
			}
		}()
		<-changed
		page := ask[struct {
			Records           []streamed
			NextShardIterator string
		}](t, b, "GetRecords", `{"ShardIterator":"%s"}`, it)
		if len(page.Records) != 1 {
			t.Fatalf("%d records after the wake-up, want 1", len(page.Records))
		}
		it, took = page.NextShardIterator, append(took, time.Since(<-begun))
	}
	slices.Sort(took)
	if took[100] > 20*time.Millisecond {
		t.Errorf("half of the records took longer than %v", took[100])
	}
	t.Logf("from the request to its record: median %v, 99 of 100 within %v", took[100], took[198])
}
