package dynamodb

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

const globalTable = `{"TableName":"world","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
	"GlobalSecondaryIndexes":[{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}],
	"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

// in makes the next requests go to a region.
func (b *bench) in(region aws.Region) *bench {
	b.call.Region = region
	return b
}

func (b *bench) replicate(t *testing.T, region string) {
	t.Helper()
	b.must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"%s"}}]}`, region)
	b.pass(t, 0)
}

// replicaStatus is what the table says of its other regions.
func (b *bench) replicaStatus(t *testing.T) string {
	t.Helper()
	d := ask[struct {
		Table struct {
			TableStatus string
			Replicas    []struct{ RegionName, ReplicaStatus string }
		}
	}](t, b, "DescribeTable", `{"TableName":"world"}`).Table
	return fmt.Sprint(d.TableStatus, d.Replicas)
}

func (b *bench) contents(t *testing.T, index string) string {
	t.Helper()
	out, _, err := b.do("Scan", `{"TableName":"world"`+index+`}`)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReplicasAreEqual writes at random in three regions, of which one joins when
// there are items and one while there are writes, and finds the same items, index
// entries and counts in all of them, and in each stream the history of all.
func TestReplicasAreEqual(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", globalTable)
	r := rand.New(rand.NewPCG(7, 7))
	item := func() string {
		return fmt.Sprintf(`{"pk":{"S":"%d"},"g":{"S":"%d"},"n":{"N":"%d"}}`, r.IntN(600), r.IntN(3), r.IntN(1000))
	}
	write := func() {
		switch r.IntN(5) {
		case 0:
			b.must(t, "DeleteItem", `{"TableName":"world","Key":{"pk":{"S":"%d"}}}`, r.IntN(600))
		case 1:
			b.must(t, "UpdateItem", `{"TableName":"world","Key":{"pk":{"S":"%d"}},"UpdateExpression":"SET n = :n REMOVE g","ExpressionAttributeValues":{":n":{"N":"%d"}}}`, r.IntN(600), r.IntN(1000))
		case 2:
			b.must(t, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"world","Item":%s}}]}`, item())
		case 3:
			b.must(t, "BatchWriteItem", `{"RequestItems":{"world":[{"PutRequest":{"Item":%s}}]}}`, item())
		default:
			b.must(t, "PutItem", `{"TableName":"world","Item":%s}`, item())
		}
	}
	for range 1500 {
		write()
	}
	b.replicate(t, "us-east-1")

	// The third region joins step by step, with writes in between.
	b.must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"ap-south-1"}}]}`)
	if got := b.replicaStatus(t); got != "ACTIVE[{us-east-1 ACTIVE} {ap-south-1 CREATING}]" {
		t.Errorf("while a replica is created: %s", got)
	}
	if e := b.in("ap-south-1").fails(t, "GetItem", `{"TableName":"world","Key":{"pk":{"S":"1"}}}`); e.Code != "ResourceNotFoundException" {
		t.Errorf("a replica that is being created: %v", e)
	}
	b.in("us-east-1")
	for range 100 {
		write()
	}
	b.pass(t, 0)
	for range 600 {
		b.in([]aws.Region{"eu-west-3", "us-east-1", "ap-south-1"}[r.IntN(3)])
		write()
	}
	for _, index := range []string{"", `,"IndexName":"byg"`} {
		want := b.in("eu-west-3").contents(t, index)
		for _, region := range []aws.Region{"us-east-1", "ap-south-1"} {
			if got := b.in(region).contents(t, index); got != want {
				t.Fatalf("%s has\n%.300s\nand not\n%.300s", region, got, want)
			}
			if got, want := b.counts(t), b.in("eu-west-3").counts(t); got != want {
				t.Errorf("%s counts %s, want %s", region, got, want)
			}
		}
	}
	if got := b.in("ap-south-1").replicaStatus(t); got != "ACTIVE[{eu-west-3 ACTIVE} {us-east-1 ACTIVE}]" {
		t.Errorf("ap-south-1: %s", got)
	}
}

func (b *bench) counts(t *testing.T) string {
	t.Helper()
	d := b.must(t, "DescribeTable", `{"TableName":"world"}`)["Table"].(map[string]any)
	x := d["GlobalSecondaryIndexes"].([]any)[0].(map[string]any)
	return fmt.Sprint(d["ItemCount"], d["TableSizeBytes"], x["ItemCount"], x["IndexSizeBytes"])
}

// TestReplicaStreams holds that each region's stream tells of a change once,
// wherever it was made, and of an item that expired.
func TestReplicaStreams(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", globalTable)
	b.replicate(t, "us-east-1")
	b.in("us-east-1").must(t, "UpdateTimeToLive", `{"TableName":"world","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ends"}}`)
	b.pass(t, 0)
	b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"a"},"ends":{"N":"%d"}}}`, b.call.Time.Add(time.Minute).Unix())
	b.in("eu-west-3").must(t, "UpdateItem", `{"TableName":"world","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"1"}}}`)
	b.pass(t, time.Hour)
	for _, region := range []aws.Region{"eu-west-3", "us-east-1"} {
		b.in(region)
		arn := ask[struct {
			Table struct{ LatestStreamArn string }
		}](t, b, "DescribeTable", `{"TableName":"world"}`).Table.LatestStreamArn
		var names []string
		for _, h := range ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards {
			it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"TRIM_HORIZON"}`, arn, h.ShardId).ShardIterator
			for _, r := range ask[struct{ Records []struct{ EventName string } }](t, b, "GetRecords", `{"ShardIterator":"%s"}`, it).Records {
				names = append(names, r.EventName)
			}
		}
		if got := strings.Join(names, " "); got != "INSERT MODIFY REMOVE" {
			t.Errorf("%s: %s", region, got)
		}
	}
	one := meter.Stat{Count: 1, Sum: 1, Min: 1, Max: 1}
	series := meter.Series{Scope: aws.Scope{Account: testScope.Account, Region: "us-east-1"}, Namespace: namespace, Metric: "ConsumedWriteCapacityUnits", Unit: meter.Count, Dimensions: "TableName\x00world\x00"}
	if got := b.Meter.Minutes(series)[b.call.Time.Add(-time.Hour).Unix()/60]; got != one {
		t.Errorf("the replica consumed %v, want %v", got, one)
	}
	used := 0.0
	for u, q := range b.Meter.Used() {
		if u.Item == replicaWrites {
			used += q
		}
	}
	if used != 3 { // the insertion, the change and the removal, where they came from elsewhere
		t.Errorf("%v replicated units", used)
	}
}

// TestReplicasFollow holds that what is changed of a table is changed of all, and
// that a replica which is deleted, either way, leaves the others alone.
func TestReplicasFollow(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", globalTable)
	b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"a"},"h":{"S":"x"}}}`)
	b.replicate(t, "us-east-1")
	b.replicate(t, "ap-south-1")
	b.in("us-east-1").must(t, "UpdateTable", `{"TableName":"world","AttributeDefinitions":[{"AttributeName":"h","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byh","KeySchema":[{"AttributeName":"h","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
	b.pass(t, 0)
	for _, region := range []aws.Region{"eu-west-3", "us-east-1", "ap-south-1"} {
		if n := ask[struct{ Count int }](t, b.in(region), "Scan", `{"TableName":"world","IndexName":"byh"}`).Count; n != 1 {
			t.Errorf("%s: %d entries in the new index", region, n)
		}
	}
	b.in("eu-west-3").must(t, "UpdateTable", `{"TableName":"world","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byg"}}]}`)
	if e := b.in("ap-south-1").fails(t, "Scan", `{"TableName":"world","IndexName":"byg"}`); e.Code != "ValidationException" {
		t.Errorf("the index that was deleted: %v", e)
	}
	b.in("eu-west-3").must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Delete":{"RegionName":"us-east-1"}}]}`)
	if e := b.in("us-east-1").fails(t, "DescribeTable", `{"TableName":"world"}`); e.Code != "ResourceNotFoundException" {
		t.Errorf("the replica that was deleted: %v", e)
	}
	if got := b.in("ap-south-1").replicaStatus(t); got != "ACTIVE[{eu-west-3 ACTIVE}]" {
		t.Errorf("ap-south-1: %s", got)
	}
	b.must(t, "DeleteTable", `{"TableName":"world"}`)
	if got := b.in("eu-west-3").replicaStatus(t); got != "ACTIVE[]" {
		t.Errorf("eu-west-3, alone: %s", got)
	}
	b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"b"}}}`)
}

// TestReplicasSurviveARestart ends the program in the middle of the copying of
// items, and finds them all in the replica once it runs again.
func TestReplicasSurviveARestart(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", globalTable)
	const items = 2*backfillStep + 10
	for i := range items {
		b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"%d"}}}`, i)
	}
	b.must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"us-east-1"}}]}`)
	replica, err := b.table(aws.Scope{Account: testScope.Account, Region: "us-east-1"}, "world")
	if err != nil {
		t.Fatal(err)
	}
	err = b.DB.Update(func(tx *store.Tx) error {
		_, _, made, err := b.copySome(tx, replica, nil)
		if len(made) != backfillStep {
			t.Errorf("%d items in one step", len(made))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := benchOn(b.db)
	again.must(t, "DeleteItem", `{"TableName":"world","Key":{"pk":{"S":"0"}}}`)
	again.pass(t, 0)
	if n := ask[struct{ Count int }](t, again.in("us-east-1"), "Scan", `{"TableName":"world","Select":"COUNT"}`).Count; n != items-1 {
		t.Errorf("the replica has %d items, want %d", n, items-1)
	}
}

// TestSourceLeaves takes away the region that a replica is being filled from: it
// is filled from another.
func TestSourceLeaves(t *testing.T) {
	for name, leave := range map[string]func(b *bench){
		"by an update": func(b *bench) {
			b.in(testScope.Region).must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Delete":{"RegionName":"us-east-1"}}]}`)
		},
		"by a deletion": func(b *bench) {
			b.in("us-east-1").must(t, "DeleteTable", `{"TableName":"world"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(t, "CreateTable", globalTable)
			const items = 2*backfillStep + 10
			for i := range items {
				b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"%d"}}}`, i)
			}
			b.replicate(t, "us-east-1")
			b.in("us-east-1").must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"ap-south-1"}}]}`)
			leave(b)
			b.pass(t, 0)
			if n := ask[struct{ Count int }](t, b.in("ap-south-1"), "Scan", `{"TableName":"world","Select":"COUNT"}`).Count; n != items {
				t.Errorf("the replica has %d items, want %d", n, items)
			}
		})
	}
}
