package dynamodb

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// observed runs an operation and tells the observer of it, as the gateway does.
func (b *bench) observed(t *testing.T, op, in string) {
	t.Helper()
	o := b.ops[op]
	c := b.call
	c.Operation = op
	x := &service.Exchange{Call: &c, In: o.NewInput(), Status: 200, Took: 2 * time.Millisecond}
	rep := &shape.Report{}
	if err := b.codec[op].Decode(nil, []byte(in), service.Route{Operation: op}, x.In, rep); err != nil {
		t.Fatal(err)
	}
	_, err := o.Access(context.Background(), &c, x.In)
	if err == nil {
		x.Out, err = o.Invoke(context.Background(), &c, x.In)
	}
	if err != nil {
		x.Out, x.Err = nil, err.(*aws.Error)
		x.Status = x.Err.Status
	}
	var watch service.Observer = b.Service
	if b.codec[op] == b.codec["GetRecords"] {
		watch = b.Streams()
	}
	watch.Observe(x)
}

// TestMetrics reads what requests were measured as, and what they would be
// charged.
func TestMetrics(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(modelTable, `"KEYS_ONLY"`, `"ALL"`, 1))
	big := strings.Repeat("x", 5000)
	item := func(sk int) string {
		return fmt.Sprintf(`{"pk":{"S":"a"},"sk":{"N":"%d"},"n":{"N":"1"},"g":{"S":"g"},"text":{"S":"%s"}}`, sk, big)
	}
	b.observed(t, "PutItem", `{"TableName":"model","Item":`+item(1)+`}`)                                                  // 5 + 5 of each index
	b.observed(t, "PutItem", `{"TableName":"model","Item":`+item(1)+`,"ConditionExpression":"attribute_not_exists(pk)"}`) // 5
	b.observed(t, "GetItem", `{"TableName":"model","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}`)                               // 1
	b.observed(t, "GetItem", `{"TableName":"model","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConsistentRead":true}`)         // 2
	b.observed(t, "Query", `{"TableName":"model","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}}}`)
	b.observed(t, "Query", `{"TableName":"model","IndexName":"byg","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g"}}}`)
	b.observed(t, "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"model","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]}`) // 4
	b.observed(t, "BatchGetItem", `{"RequestItems":{"model":{"Keys":[{"pk":{"S":"none"},"sk":{"N":"1"}}]}}}`)                    // 0.5
	b.observed(t, "BatchWriteItem", `{"RequestItems":{"model":[{"DeleteRequest":{"Key":{"pk":{"S":"none"},"sk":{"N":"1"}}}}]}}`) // 1
	b.observed(t, "TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"model","Key":{"pk":{"S":"none"},"sk":{"N":"1"}},"ConditionExpression":"attribute_exists(pk)"}}]}`)
	b.observed(t, "GetItem", `{"TableName":"none","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}`)

	for series, want := range map[string]meter.Stat{
		"ConsumedWriteCapacityUnits Count TableName model":                              {Count: 4, Sum: 18, Min: 1, Max: 10},
		"ConsumedWriteCapacityUnits Count GlobalSecondaryIndexName byg TableName model": {Count: 1, Sum: 5, Min: 5, Max: 5},
		"ConsumedReadCapacityUnits Count TableName model":                               {Count: 5, Sum: 8.5, Min: 0.5, Max: 4},
		"ConsumedReadCapacityUnits Count GlobalSecondaryIndexName byg TableName model":  {Count: 1, Sum: 1, Min: 1, Max: 1},
		"SuccessfulRequestLatency Milliseconds Operation GetItem TableName model":       {Count: 2, Sum: 4, Min: 2, Max: 2},
		"SuccessfulRequestLatency Milliseconds Operation PutItem TableName model":       {Count: 1, Sum: 2, Min: 2, Max: 2},
		"ReturnedItemCount Count Operation Query TableName model":                       {Count: 2, Sum: 2, Min: 1, Max: 1},
		"ConditionalCheckFailedRequests Count TableName model":                          {Count: 2, Sum: 2, Min: 1, Max: 1},
		"UserErrors Count": {Count: 2, Sum: 2, Min: 1, Max: 1},
	} {
		b.measured(t, series, want)
	}
	b.charged(t, map[meter.Item]float64{readRequests: 9.5, writeRequests: 23})

	// An hour of what the table and its indexes store, in a month of 720 hours.
	if err := b.chargeHour(b.call.Time); err != nil {
		t.Fatal(err)
	}
	d := ask[struct {
		Table struct {
			TableSizeBytes                                float64
			LocalSecondaryIndexes, GlobalSecondaryIndexes []struct{ IndexSizeBytes float64 }
		}
	}](t, b, "DescribeTable", `{"TableName":"model"}`).Table
	stored := d.TableSizeBytes + d.LocalSecondaryIndexes[0].IndexSizeBytes + d.GlobalSecondaryIndexes[0].IndexSizeBytes + 3*overhead
	b.charged(t, map[meter.Item]float64{readRequests: 9.5, writeRequests: 23, storedMonths: stored / 1e9 / 720})
}

// TestThrottleMetrics counts faults as what they stand for.
func TestThrottleMetrics(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	for _, f := range []struct {
		op, code string
		status   int
	}{{"GetItem", "ProvisionedThroughputExceededException", 400}, {"PutItem", "ThrottlingException", 400}, {"PutItem", "InternalServerError", 500}} {
		c := b.call
		c.Operation = f.op
		in := b.ops[f.op].NewInput()
		if err := b.codec[f.op].Decode(nil, []byte(`{"TableName":"pairs","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}`), service.Route{Operation: f.op}, in, &shape.Report{}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.ops[f.op].Access(context.Background(), &c, in); err != nil {
			t.Fatal(err)
		}
		b.Observe(&service.Exchange{Call: &c, In: in, Status: f.status, Err: aws.Errorf(f.status, f.code, "injected")})
	}
	one := meter.Stat{Count: 1, Sum: 1, Min: 1, Max: 1}
	for _, series := range []string{
		"ThrottledRequests Count Operation GetItem TableName pairs", "ReadThrottleEvents Count TableName pairs",
		"ThrottledRequests Count Operation PutItem TableName pairs", "WriteThrottleEvents Count TableName pairs",
		"SystemErrors Count Operation PutItem TableName pairs",
	} {
		b.measured(t, series, one)
	}
	b.measured(t, "UserErrors Count", meter.Stat{})
}

// TestStreamMetrics counts what is read of streams, which is free to Lambda.
func TestStreamMetrics(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", streamedTable)
	arn := b.streamOf(t, "model")
	h := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards[0]
	it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"TRIM_HORIZON"}`, arn, h.ShardId).ShardIterator
	for _, from := range []string{"127.0.0.1", "lambda.amazonaws.com"} {
		b.call.SourceIP = from
		b.observed(t, "GetRecords", `{"ShardIterator":"`+it+`"}`)
	}
	b.measured(t, "ReturnedRecordsCount Count Operation GetRecords StreamLabel 2026-11-22T08:00:00.000 TableName model", meter.Stat{Count: 2})
	b.charged(t, map[meter.Item]float64{streamReads: 1})
}

// measured checks one series: its name, unit, and the names and values of its
// dimensions.
func (b *bench) measured(t *testing.T, series string, want meter.Stat) {
	t.Helper()
	f := strings.Fields(series)
	s := meter.Series{Scope: testScope, Namespace: namespace, Metric: f[0], Unit: meter.Unit(f[1])}
	for _, d := range f[2:] {
		s.Dimensions += d + "\x00"
	}
	var got meter.Stat
	for _, st := range b.Meter.Minutes(s) {
		got = st
	}
	if got != want {
		t.Errorf("%s: %+v, want %+v", series, got, want)
	}
}

func (b *bench) charged(t *testing.T, want map[meter.Item]float64) {
	t.Helper()
	got := map[meter.Item]float64{}
	for u, q := range b.Meter.Used() {
		got[u.Item] += q
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("charged %v, want %v", got, want)
	}
}

// TestMeasuringIsCheap holds that a request's metrics do not allocate much.
func TestMeasuringIsCheap(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", hashTable)
	tb, err := b.table(testScope, "songs")
	if err != nil {
		t.Fatal(err)
	}
	c := b.call
	c.Operation = "GetItem"
	x := &service.Exchange{Call: &c, In: &GetItemInput{get: &get{t: tb, tableName: "songs", size: 1024}}, Out: &GetItemOutput{}, Took: time.Millisecond}
	if n := testing.AllocsPerRun(1000, func() { b.Observe(x) }); n > 1 {
		t.Errorf("measuring a GetItem allocates %v times", n)
	}
	begun := time.Now()
	for range 10000 {
		b.Observe(x)
	}
	t.Logf("measuring a GetItem takes %v", time.Since(begun)/10000)
}
