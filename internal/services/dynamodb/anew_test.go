package dynamodb

import (
	"context"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// meanwhile is a context in which something happens the nth time that it is asked,
// as it is before each step of a backfill.
type meanwhile struct {
	context.Context
	left int
	do   func()
}

func (c *meanwhile) Err() error {
	if c.left--; c.left == 0 {
		c.do()
	}
	return nil
}

// TestAnotherTableIsFilled makes a table anew while an index of the one of the same name
// is filled: the new one has all entries that it should, and none of a neighbour.
func TestAnotherTableIsFilled(t *testing.T) {
	const items = 2*backfillStep + 10
	const index = `{"TableName":"songs","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`
	b := newBench(t)
	fill := func(table string) {
		b.must(t, "CreateTable", strings.Replace(hashTable, "songs", table, 1))
		for i := range items {
			b.must(t, "PutItem", `{"TableName":"%s","Item":{"pk":{"S":"%s-%d"},"g":{"S":"x"}}}`, table, table, i)
		}
	}
	for at := 2; at <= 4; at++ {
		fill("songs")
		b.must(t, "UpdateTable", index)
		if err := b.build(&meanwhile{context.Background(), at, func() {
			b.must(t, "DeleteTable", `{"TableName":"songs"}`)
			fill("between")
			fill("songs")
			b.must(t, "UpdateTable", index)
		}}, testScope, "songs"); err != nil {
			t.Fatal(err)
		}
		b.pass(t, 0)
		checkIndexes(t, b, "songs")
		b.must(t, "DeleteTable", `{"TableName":"songs"}`)
		b.must(t, "DeleteTable", `{"TableName":"between"}`)
	}

	// An end that comes late is not that of the new one.
	fill("songs")
	b.must(t, "UpdateTable", index)
	old, err := b.table(testScope, "songs")
	if err != nil {
		t.Fatal(err)
	}
	b.must(t, "DeleteTable", `{"TableName":"songs"}`)
	fill("songs")
	b.must(t, "UpdateTable", index)
	if err := b.Service.finish(testScope, "songs", old, old.Indexes[0]); err != nil {
		t.Fatal(err)
	}
	b.pass(t, 0)
	checkIndexes(t, b, "songs")
}

// TestAnotherReplicaIsFilled has a region leave and join again while it is filled, and
// then the table that it is filled from become another: it takes nothing from that.
func TestAnotherReplicaIsFilled(t *testing.T) {
	const items = 2*backfillStep + 10
	b := newBench(t)
	b.must(t, "CreateTable", globalTable)
	for i := range items {
		b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"%d"}}}`, i)
	}
	update := func(verb string) {
		b.must(t, "UpdateTable", `{"TableName":"world","ReplicaUpdates":[{"%s":{"RegionName":"us-east-1"}}]}`, verb)
	}
	there := aws.Scope{Account: testScope.Account, Region: "us-east-1"}
	count := func() int {
		defer b.in(testScope.Region)
		return ask[struct{ Count int }](t, b.in("us-east-1"), "Scan", `{"TableName":"world","Select":"COUNT"}`).Count
	}
	update("Create")
	if err := b.copyAll(&meanwhile{context.Background(), 3, func() { update("Delete"); update("Create") }}, there, "world"); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != items {
		t.Errorf("the region that joined again has %d items of %d", n, items)
	}

	update("Delete")
	update("Create")
	if err := b.copyAll(&meanwhile{context.Background(), 2, func() {
		b.must(t, "DeleteTable", `{"TableName":"world"}`)
		b.must(t, "CreateTable", globalTable)
		b.must(t, "PutItem", `{"TableName":"world","Item":{"pk":{"S":"stranger"}}}`)
	}}, there, "world"); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != backfillStep {
		t.Errorf("%d items of a table that was deleted after %d were copied", n, backfillStep)
	}
}
