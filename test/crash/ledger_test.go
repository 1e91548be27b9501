package crash

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streams "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

const (
	kills   = 6
	writers = 16
)

var ledger = aws.String("ledger")

// TestKills writes items, counters and transactions to a table with indexes and
// a stream from many clients, kills the cloud among them again and again, and
// adds an index at the same time every other time.
func TestKills(t *testing.T) {
	c := start(t)
	createLedger(t, c)
	random := rand.New(rand.NewPCG(1, 2))
	var all []*writer
	for id := range writers {
		all = append(all, &writer{id: id, random: rand.New(rand.NewPCG(3, uint64(id)))})
	}
	h := &history{last: map[string]string{}, items: map[string]row{}}
	acknowledged := 0
	for kill := range kills {
		left := &countdown{left: 500 + random.IntN(1500), done: make(chan struct{})}
		var work sync.WaitGroup
		for _, w := range all {
			work.Go(func() { w.work(t, c.tables(), left.count) })
		}
		if kill%2 == 0 {
			addIndex(t, c)
		}
		<-left.done
		if err := c.kill(); err != nil {
			t.Fatal(err)
		}
		work.Wait()
		c.run(t)
		rows := scan(t, c, "")
		counter := checkWriters(t, all, rows)
		for _, w := range all {
			acknowledged += int(w.acknowledged.Load())
			w.acknowledged.Store(0)
		}
		h.follow(t, c)
		h.check(t, rows)
		checkIndexes(t, c, rows)
		if t.Failed() {
			t.Fatalf("after kill %d, with a counter of %d", kill+1, counter)
		}
		if kill%2 == 1 {
			dropIndex(t, c)
		}
	}
	t.Logf("%d kills, %d clients, %d acknowledged writes, 0 lost; %d stream records, each once", kills, writers, acknowledged, h.records)
}

// row is an item as tests look at it.
type row map[string]any

func rowOf(t *testing.T, item attributes) (r row) {
	t.Helper()
	if err := attributevalue.UnmarshalMap(item, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r row) key() string { return fmt.Sprint(r["pk"], " ", r["sk"]) }

func (r row) number(name string) int {
	f, _ := r[name].(float64)
	return int(f)
}

func attribute(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: kind}
}

func schema(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &sort, KeyType: types.KeyTypeRange}}
}

func createLedger(t *testing.T, c *cloud) {
	t.Helper()
	_, err := c.tables().CreateTable(ctx(t), &dynamodb.CreateTableInput{
		TableName: ledger, BillingMode: types.BillingModePayPerRequest, KeySchema: schema("pk", "sk"),
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk", "S"), attribute("sk", "N"), attribute("g", "S"), attribute("v", "N")},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{IndexName: aws.String("local"), KeySchema: schema("pk", "v"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("global"), KeySchema: schema("g", "v"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addIndex adds an index that the kill is to interrupt.
func addIndex(t *testing.T, c *cloud) {
	t.Helper()
	_, err := c.tables().UpdateTable(ctx(t), &dynamodb.UpdateTableInput{TableName: ledger,
		AttributeDefinitions: []types.AttributeDefinition{attribute("g", "S"), attribute("sk", "N")},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("late"), KeySchema: schema("g", "sk"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}}})
	if err != nil {
		t.Fatal(err)
	}
}

func dropIndex(t *testing.T, c *cloud) {
	t.Helper()
	_, err := c.tables().UpdateTable(ctx(t), &dynamodb.UpdateTableInput{TableName: ledger,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("late")}}}})
	if err != nil {
		t.Fatal(err)
	}
}

// scan reads all of the table or of an index.
func scan(t *testing.T, c *cloud, index string) map[string]row {
	t.Helper()
	in := &dynamodb.ScanInput{TableName: ledger, Limit: aws.Int32(50)}
	if index != "" {
		in.IndexName = &index
	}
	rows := map[string]row{}
	for pages := dynamodb.NewScanPaginator(c.tables(), in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			r := rowOf(t, it)
			if rows[r.key()] != nil {
				t.Errorf("%s is there twice", r.key())
			}
			rows[r.key()] = r
		}
	}
	return rows
}

// checkWriters holds that each writer finds what it had after its last answer,
// or after the write whose answer was lost, and returns what all have counted.
func checkWriters(t *testing.T, all []*writer, rows map[string]row) int {
	t.Helper()
	counter, sum, items := rows["counter 0"], 0, 0
	for _, w := range all {
		found := holdings{counted: counter.number(w.part())}
		for k := range found.items {
			if r := rows[w.name(k)]; r != nil {
				found.items[k], items = r.number("v"), items+1
			}
		}
		if at := slices.Index(w.possible, found); at < 0 {
			t.Errorf("writer %d finds %+v, and can have left %+v", w.id, found, w.possible)
		}
		w.possible = []holdings{found}
		sum += found.counted
	}
	if sum != counter.number("tally") {
		t.Errorf("the counter has %d, its parts make %d", counter.number("tally"), sum)
	}
	if items != len(rows)-1 {
		t.Errorf("%d items belong to nobody", len(rows)-1-items)
	}
	return sum
}

// checkIndexes compares the indexes, and what is counted, with the table.
func checkIndexes(t *testing.T, c *cloud, rows map[string]row) {
	t.Helper()
	var d *types.TableDescription
	eventually(t, func() string {
		out, err := c.tables().DescribeTable(ctx(t), &dynamodb.DescribeTableInput{TableName: ledger})
		if err != nil {
			return err.Error()
		}
		d = out.Table
		for _, x := range d.GlobalSecondaryIndexes {
			if x.IndexStatus != types.IndexStatusActive {
				return *x.IndexName + " is " + string(x.IndexStatus)
			}
		}
		return ""
	})
	counts := map[string]int64{"": *d.ItemCount, "local": *d.LocalSecondaryIndexes[0].ItemCount}
	for _, x := range d.GlobalSecondaryIndexes {
		counts[*x.IndexName] = *x.ItemCount
	}
	for name, described := range counts {
		want := map[string]row{}
		for k, r := range rows {
			if name == "" || r["v"] != nil && (name == "local" || r["g"] != nil) {
				want[k] = r
			}
		}
		if described != int64(len(want)) {
			t.Errorf("of %q %d items are described, want %d", name, described, len(want))
		}
		sameRows(t, "index "+name, scan(t, c, name), want)
	}
}

func sameRows(t *testing.T, what string, got, want map[string]row) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d items, want %d", what, len(got), len(want))
	}
	for k, r := range want {
		if fmt.Sprint(got[k]) != fmt.Sprint(r) {
			t.Errorf("%s has %v, want %v", what, got[k], r)
		}
	}
}

// history follows the stream over all kills, from where it was before each.
type history struct {
	last    map[string]string // sequence number, by shard
	items   map[string]row
	records int
}

func (h *history) follow(t *testing.T, c *cloud) {
	t.Helper()
	table, err := c.tables().DescribeTable(ctx(t), &dynamodb.DescribeTableInput{TableName: ledger})
	if err != nil {
		t.Fatal(err)
	}
	arn := table.Table.LatestStreamArn
	d, err := c.streams().DescribeStream(ctx(t), &streams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range d.StreamDescription.Shards {
		in := &streams.GetShardIteratorInput{StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon}
		if last := h.last[*shard.ShardId]; last != "" {
			in.ShardIteratorType, in.SequenceNumber = streamtypes.ShardIteratorTypeAfterSequenceNumber, &last
		}
		it, err := c.streams().GetShardIterator(ctx(t), in)
		if err != nil {
			t.Fatal(err)
		}
		for at := it.ShardIterator; at != nil; {
			page, err := c.streams().GetRecords(ctx(t), &streams.GetRecordsInput{ShardIterator: at})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Records {
				h.replay(t, *shard.ShardId, r.Dynamodb)
			}
			if at = page.NextShardIterator; len(page.Records) == 0 {
				break
			}
		}
	}
}

// replay makes one change, which has to go on from where the one before left
// the item: so none is missing, and none is there twice.
func (h *history) replay(t *testing.T, shard string, r *streamtypes.StreamRecord) {
	t.Helper()
	row := func(m map[string]streamtypes.AttributeValue) row {
		if m == nil {
			return nil
		}
		item, err := attributevalue.FromDynamoDBStreamsMap(m)
		if err != nil {
			t.Fatal(err)
		}
		return rowOf(t, item)
	}
	k := row(r.Keys).key()
	if *r.SequenceNumber <= h.last[shard] {
		t.Errorf("%s comes after %s", *r.SequenceNumber, h.last[shard])
	}
	h.last[shard] = *r.SequenceNumber
	if old := row(r.OldImage); fmt.Sprint(old) != fmt.Sprint(h.items[k]) {
		t.Errorf("%s was %v, and its record says it was %v", k, h.items[k], old)
	}
	if h.items[k] = row(r.NewImage); h.items[k] == nil {
		delete(h.items, k)
	}
	h.records++
}

func (h *history) check(t *testing.T, rows map[string]row) {
	t.Helper()
	sameRows(t, "the stream", h.items, rows)
}
