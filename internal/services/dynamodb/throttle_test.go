package dynamodb

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

const slowTable = `{"TableName":"slow","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":3},
	"GlobalSecondaryIndexes":[{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},
	"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]}`

func newThrottled(t *testing.T) *bench {
	b := newBench(t)
	b.limiter = newLimiter()
	b.must(t, "CreateTable", slowTable)
	return b
}

// until counts how often an operation succeeds before it is throttled.
func (b *bench) until(t *testing.T, op, in string) int {
	t.Helper()
	for n := 0; ; n++ {
		_, _, err := b.do(op, in)
		if err == nil {
			continue
		}
		if e, ok := err.(*aws.Error); !ok || e.Code != "ProvisionedThroughputExceededException" {
			t.Fatalf("%s: %v", op, err)
		}
		return n
	}
}

// TestBursts holds tables to what they may take at once: a second of their
// capacity when they are made, five minutes of it at most, and what time gives.
func TestBursts(t *testing.T) {
	b := newThrottled(t)
	put := `{"TableName":"slow","Item":{"pk":{"S":"a"}}}`
	get := `{"TableName":"slow","Key":{"pk":{"S":"a"}},"ConsistentRead":true}`
	for _, c := range []struct {
		wait         time.Duration
		writes, gets int
	}{{0, 3, 2}, {time.Second, 3, 2}, {10 * time.Second, 30, 20}, {time.Hour, 900, 600}, {0, 0, 0}} {
		b.call.Time = b.call.Time.Add(c.wait)
		if n := b.until(t, "PutItem", put); n != c.writes {
			t.Errorf("after %v: %d writes, want %d", c.wait, n, c.writes)
		}
		if n := b.until(t, "GetItem", get); n != c.gets {
			t.Errorf("after %v: %d reads, want %d", c.wait, n, c.gets)
		}
	}
	// A request is let in for the last unit, whatever it costs, and owes the rest.
	b.call.Time = b.call.Time.Add(time.Second)
	b.must(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"a"},"text":{"S":"`+strings.Repeat("x", 8<<10)+`"}}}`) // 9 units
	b.call.Time = b.call.Time.Add(2 * time.Second)
	if n := b.until(t, "PutItem", put); n != 0 {
		t.Errorf("%d writes while in debt", n)
	}
	// More capacity fills faster from then on.
	b.must(t, "UpdateTable", `{"TableName":"slow","ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":30}}`)
	b.call.Time = b.call.Time.Add(time.Second)
	if n := b.until(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"b"}}}`); n != 30 {
		t.Errorf("%d writes with 30 units a second", n)
	}
}

// TestBackPressure holds that a write which an index has no capacity for leaves
// nothing behind, and costs nothing.
func TestBackPressure(t *testing.T) {
	b := newThrottled(t)
	b.must(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"a"},"g":{"S":"1"}}}`)
	for range 3 {
		e := b.fails(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"b"},"g":{"S":"1"}}}`)
		if want := "[{IndexWriteProvisionedThroughputExceeded arn:aws:dynamodb:eu-west-3:000000000000:table/slow/index/byg}]"; fmt.Sprint(e.Fields[0].Value) != want {
			t.Errorf("throttled for %v, want %s", e.Fields, want)
		}
	}
	if n := b.until(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"c"}}}`); n != 2 {
		t.Errorf("%d more writes, want 2: those that were refused are not to cost anything", n)
	}
	if n := ask[struct{ Count int }](t, b, "Scan", `{"TableName":"slow"}`).Count; n != 2 {
		t.Errorf("%d items, want 2", n)
	}
}

// TestOnDemandCapacity holds on-demand tables to what they serve from the start.
func TestOnDemandCapacity(t *testing.T) {
	b := newBench(t)
	b.limiter = newLimiter()
	b.must(t, "CreateTable", hashTable)
	b.call.Time = b.call.Time.Add(time.Hour)
	tb, err := b.table(testScope, "songs")
	if err != nil {
		t.Fatal(err)
	}
	b.limiter.take(&cost{t: tb, table: freshWrites - 1}, b.call.Time)
	put := `{"TableName":"songs","Item":{"pk":{"S":"a"}}}`
	b.must(t, "PutItem", put)
	if e := b.fails(t, "PutItem", put); e.Code != "ThrottlingException" {
		t.Errorf("%d writes in a second, and another: %v", freshWrites, e)
	}
	b.must(t, "GetItem", `{"TableName":"songs","Key":{"pk":{"S":"a"}}}`)
	b.call.Time = b.call.Time.Add(time.Second)
	b.must(t, "PutItem", put)
}

// TestRefusalMetrics counts each part of a request that there is no capacity
// for, and the request unless some of it was done.
func TestRefusalMetrics(t *testing.T) {
	b := newThrottled(t)
	write := `{"RequestItems":{"slow":[{"PutRequest":{"Item":{"pk":{"S":"a"},"g":{"S":"1"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"},"g":{"S":"1"}}}},{"PutRequest":{"Item":{"pk":{"S":"c"},"g":{"S":"1"}}}}]}}`
	b.observed(t, "BatchWriteItem", write)                                                                          // one is written
	b.observed(t, "BatchWriteItem", strings.Replace(write, `"g":{"S":"1"}`, `"g":{"S":"2"}`, 1))                    // none is
	b.observed(t, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"slow","Item":{"pk":{"S":"x"}}}}]}`) // 2 units, which were left
	b.observed(t, "PutItem", `{"TableName":"slow","Item":{"pk":{"S":"a"}}}`)
	for range 3 {
		b.observed(t, "GetItem", `{"TableName":"slow","Key":{"pk":{"S":"a"}},"ConsistentRead":true}`)
	}
	one := meter.Stat{Count: 1, Sum: 1, Min: 1, Max: 1}
	for series, want := range map[string]meter.Stat{
		"WriteThrottleEvents Count GlobalSecondaryIndexName byg TableName slow": {Count: 5, Sum: 5, Min: 1, Max: 1},
		"WriteThrottleEvents Count TableName slow":                              one,
		"ReadThrottleEvents Count TableName slow":                               one,
		"ThrottledRequests Count Operation BatchWriteItem TableName slow":       one,
		"ThrottledRequests Count Operation PutItem TableName slow":              one,
		"ThrottledRequests Count Operation GetItem TableName slow":              one,
	} {
		b.measured(t, series, want)
	}
}
