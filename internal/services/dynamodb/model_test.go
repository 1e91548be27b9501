package dynamodb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// modelItem is an item of the model: a partition key, a sort key, a group (0
// means none) and a counter.
type modelItem struct{ pk, sk, group, n int }

func (m modelItem) json() string {
	g := ""
	if m.group != 0 {
		g = fmt.Sprintf(`,"g":{"S":"g%d"}`, m.group)
	}
	return fmt.Sprintf(`{"pk":{"S":"p%d"},"sk":{"N":"%d"},"n":{"N":"%d"}%s}`, m.pk, m.sk, m.n, g)
}

func (m modelItem) key() string {
	return fmt.Sprintf(`{"pk":{"S":"p%d"},"sk":{"N":"%d"}}`, m.pk, m.sk)
}

// readModel turns an item of a response back into one of the model.
func readModel(t testing.TB, v any) (m modelItem) {
	t.Helper()
	a := v.(map[string]any)
	scan := func(name, kind, format string, into *int) {
		if x, ok := a[name].(map[string]any); ok {
			if _, err := fmt.Sscanf(x[kind].(string), format, into); err != nil {
				t.Fatalf("%s of %v: %v", name, v, err)
			}
		}
	}
	scan("pk", "S", "p%d", &m.pk)
	scan("sk", "N", "%d", &m.sk)
	scan("g", "S", "g%d", &m.group)
	scan("n", "N", "%d", &m.n)
	return m
}

const modelTable = `{"TableName":"model","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"LocalSecondaryIndexes":[{"IndexName":"byn","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
	"GlobalSecondaryIndexes":[{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}`

type world struct {
	*bench
	t     *testing.T
	r     *rand.Rand
	items map[[2]int]modelItem
}

// pages collects the items of all pages of a Query or Scan.
func (w *world) pages(op, in string) (all []modelItem) {
	w.t.Helper()
	start := ""
	for {
		out := w.must(w.t, op, "%s", strings.TrimSuffix(in, "}")+start+"}")
		items, _ := out["Items"].([]any)
		if float64(len(items)) != out["Count"] {
			w.t.Fatalf("%s: %d items, Count %v", in, len(items), out["Count"])
		}
		for _, it := range items {
			all = append(all, readModel(w.t, it))
		}
		last, more := out["LastEvaluatedKey"]
		if !more {
			return all
		}
		b, _ := json.Marshal(last)
		start = `,"ExclusiveStartKey":` + string(b)
	}
}

func (w *world) want(keep func(modelItem) bool, order func(a, b modelItem) int) []modelItem {
	var all []modelItem
	for _, m := range w.items {
		if keep(m) {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, order)
	return all
}

func bySort(a, b modelItem) int { return cmp.Or(a.pk-b.pk, a.sk-b.sk) }

func (w *world) same(what string, got, want []modelItem) {
	w.t.Helper()
	if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
		w.t.Fatalf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestModel(t *testing.T) {
	for seed := range uint64(4) {
		w := &world{bench: newBench(t), t: t, r: rand.New(rand.NewPCG(seed, 9)), items: map[[2]int]modelItem{}}
		w.must(t, "CreateTable", modelTable)
		for range 1500 {
			w.step()
		}
		w.checkAll()
	}
}

func (w *world) step() {
	m := modelItem{w.r.IntN(5), w.r.IntN(12) - 6, w.r.IntN(4), w.r.IntN(10) - 5}
	at := [2]int{m.pk, m.sk}
	old, exists := w.items[at]
	switch w.r.IntN(10) {
	case 0, 1, 2:
		w.must(w.t, "PutItem", `{"TableName":"model","Item":%s}`, m.json())
		w.items[at] = m
	case 3:
		_, _, err := w.do("PutItem", fmt.Sprintf(`{"TableName":"model","Item":%s,"ConditionExpression":"attribute_not_exists(pk)"}`, m.json()))
		if (err != nil) != exists {
			w.t.Fatalf("a put of %v that must be the first: %v", m, err)
		}
		if !exists {
			w.items[at] = m
		}
	case 4:
		out := w.must(w.t, "UpdateItem", `{"TableName":"model","Key":%s,"UpdateExpression":"ADD n :d","ExpressionAttributeValues":{":d":{"N":"%d"}},"ReturnValues":"ALL_NEW"}`, m.key(), m.n)
		if !exists {
			old = modelItem{pk: m.pk, sk: m.sk}
		}
		old.n += m.n
		w.items[at] = old
		w.same("an update", []modelItem{readModel(w.t, out["Attributes"])}, []modelItem{old})
	case 5:
		w.must(w.t, "UpdateItem", `{"TableName":"model","Key":%s,"UpdateExpression":"REMOVE g"}`, m.key())
		if exists {
			old.group = 0
			w.items[at] = old
		}
	case 6:
		w.must(w.t, "DeleteItem", `{"TableName":"model","Key":%s}`, m.key())
		delete(w.items, at)
	case 7:
		out := w.must(w.t, "GetItem", `{"TableName":"model","Key":%s}`, m.key())
		if _, found := out["Item"]; found != exists {
			w.t.Fatalf("%v: found %v, is there %v", m, found, exists)
		} else if exists {
			w.same("a get", []modelItem{readModel(w.t, out["Item"])}, []modelItem{old})
		}
	case 8:
		w.transact(m)
	default:
		w.read(m)
	}
}

// transact moves a count from one item to another, if the first is there.
func (w *world) transact(m modelItem) {
	from, to := [2]int{m.pk, m.sk}, [2]int{(m.pk + 1) % 5, m.sk}
	_, _, err := w.do("TransactWriteItems", fmt.Sprintf(`{"TransactItems":[
		{"Update":{"TableName":"model","Key":%s,"UpdateExpression":"ADD n :m","ConditionExpression":"attribute_exists(pk)","ExpressionAttributeValues":{":m":{"N":"-1"}}}},
		{"Update":{"TableName":"model","Key":%s,"UpdateExpression":"ADD n :p","ExpressionAttributeValues":{":p":{"N":"1"}}}}]}`,
		modelItem{pk: from[0], sk: from[1]}.key(), modelItem{pk: to[0], sk: to[1]}.key()))
	a, exists := w.items[from]
	if (err == nil) != exists {
		w.t.Fatalf("a transaction from %v: %v", from, err)
	}
	if exists {
		a.n--
		w.items[from] = a
		b := w.items[to]
		b.pk, b.sk = to[0], to[1]
		b.n++
		w.items[to] = b
	}
}

// read compares a query with the model, page by page.
func (w *world) read(m modelItem) {
	limit := 1 + w.r.IntN(6)
	forward := w.r.IntN(2) == 0
	turn := func(ms []modelItem) []modelItem {
		if !forward {
			slices.Reverse(ms)
		}
		return ms
	}
	lo, hi := m.sk, m.sk+w.r.IntN(6)
	got := w.pages("Query", fmt.Sprintf(`{"TableName":"model","Limit":%d,"ScanIndexForward":%v,"KeyConditionExpression":"pk = :p AND sk BETWEEN :a AND :b","ExpressionAttributeValues":{":p":{"S":"p%d"},":a":{"N":"%d"},":b":{"N":"%d"}}}`, limit, forward, m.pk, lo, hi))
	w.same("a query", got, turn(w.want(func(x modelItem) bool { return x.pk == m.pk && x.sk >= lo && x.sk <= hi }, bySort)))

	got = w.pages("Query", fmt.Sprintf(`{"TableName":"model","IndexName":"byn","Limit":%d,"ScanIndexForward":%v,"KeyConditionExpression":"pk = :p AND n >= :n","ExpressionAttributeValues":{":p":{"S":"p%d"},":n":{"N":"%d"}}}`, limit, forward, m.pk, m.n))
	w.same("a query of the local index", got, turn(w.want(func(x modelItem) bool { return x.pk == m.pk && x.n >= m.n },
		func(a, b modelItem) int { return cmp.Or(a.n-b.n, a.sk-b.sk) })))

	got = w.pages("Query", fmt.Sprintf(`{"TableName":"model","IndexName":"byg","Limit":%d,"ScanIndexForward":%v,"KeyConditionExpression":"g = :g AND n < :n","ExpressionAttributeValues":{":g":{"S":"g2"},":n":{"N":"%d"}}}`, limit, forward, m.n))
	w.same("a query of the global index", got, turn(w.want(func(x modelItem) bool { return x.group == 2 && x.n < m.n },
		func(a, b modelItem) int { return cmp.Or(a.n-b.n, a.pk-b.pk, a.sk-b.sk) })))

	got = w.pages("Query", fmt.Sprintf(`{"TableName":"model","Limit":%d,"KeyConditionExpression":"pk = :p","FilterExpression":"n > :n","ExpressionAttributeValues":{":p":{"S":"p%d"},":n":{"N":"%d"}}}`, limit, m.pk, m.n))
	w.same("a filtered query", got, w.want(func(x modelItem) bool { return x.pk == m.pk && x.n > m.n }, bySort))
}

func (w *world) checkAll() {
	got := w.pages("Scan", `{"TableName":"model","Limit":7}`)
	slices.SortFunc(got, bySort)
	w.same("a scan", got, w.want(func(modelItem) bool { return true }, bySort))
	var segments []modelItem
	for s := range 3 {
		segments = append(segments, w.pages("Scan", fmt.Sprintf(`{"TableName":"model","Limit":4,"Segment":%d,"TotalSegments":3}`, s))...)
	}
	slices.SortFunc(segments, bySort)
	w.same("a scan in segments", segments, got)
	checkIndexes(w.t, w.bench, "model")
}

// checkIndexes compares every index and the counts with the table.
func checkIndexes(t *testing.T, b *bench, name string) {
	t.Helper()
	tbl, err := b.Service.table(b.call.Scope, name)
	if err != nil || tbl == nil {
		t.Fatal(tbl, err)
	}
	err = b.db.View(func(tx *store.Tx) error {
		want := map[string]string{}
		counts := tally{}
		count := func(number uint32, size int) {
			e := counts[number]
			counts[number] = extent{e.Count + 1, e.Size + int64(size)}
		}
		space := tbl.appendSpace(nil, 0)
		for _, v := range tx.Scan(space, prefixEnd(space)) {
			size, it := openStored(v)
			if size != it.Size() {
				t.Errorf("%s is stored with size %d", it, size)
			}
			count(0, size)
			for _, x := range tbl.Indexes {
				if x.holds(it) {
					entry := x.projection.Append(nil, it)
					count(x.Number, entry.Size())
					want[string(tbl.entryKey(nil, x, it))] = entry.String()
				}
			}
		}
		for _, x := range tbl.Indexes {
			space := tbl.appendSpace(nil, x.Number)
			for k, v := range tx.Scan(space, prefixEnd(space)) {
				_, entry := openStored(v)
				if want[string(k)] != entry.String() {
					t.Errorf("%s has %s, want %s", x.Name, entry, want[string(k)])
				}
				delete(want, string(k))
			}
		}
		if len(want) > 0 {
			t.Errorf("missing in indexes: %v", want)
		}
		got := tbl.readTally(tx)
		for number := range got {
			counts[number] = counts[number] // 0 if there is nothing
		}
		for number, e := range counts {
			if got[number] != e {
				t.Errorf("index %d is counted as %v, is %v", number, got[number], e)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestIndexesEqualTheirTable(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", modelTable)
	r := rand.New(rand.NewPCG(5, 6))
	for range 800 {
		m := modelItem{r.IntN(20), r.IntN(4), r.IntN(3), r.IntN(1000)}
		switch r.IntN(3) {
		case 0:
			b.must(t, "DeleteItem", `{"TableName":"model","Key":%s}`, m.key())
		default:
			b.must(t, "BatchWriteItem", `{"RequestItems":{"model":[{"PutRequest":{"Item":%s}}]}}`, m.json())
		}
	}
	checkIndexes(t, b, "model")
	n := len((&world{bench: b, t: t}).pages("Scan", `{"TableName":"model"}`))
	d := b.must(t, "DescribeTable", `{"TableName":"model"}`)["Table"].(map[string]any)
	if d["ItemCount"] != float64(n) {
		t.Errorf("%v items are described, %d are there", d["ItemCount"], n)
	}
}

func TestSegments(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", hashTable)
	const n = 400
	for i := range n {
		b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"song-%d"}}}`, i)
	}
	for _, segments := range []int{1, 2, 7, 64} {
		seen := map[string]bool{}
		for s := range segments {
			out := b.must(t, "Scan", `{"TableName":"songs","Segment":%d,"TotalSegments":%d}`, s, segments)
			items := out["Items"].([]any)
			if segments == 7 && (len(items) < n/7/2 || len(items) > n/7*2) {
				t.Errorf("segment %d of 7 has %d of %d items", s, len(items), n)
			}
			for _, it := range items {
				pk := it.(map[string]any)["pk"].(map[string]any)["S"].(string)
				if seen[pk] {
					t.Errorf("%s is in two of %d segments", pk, segments)
				}
				seen[pk] = true
			}
		}
		if len(seen) != n {
			t.Errorf("%d segments have %d items of %d", segments, len(seen), n)
		}
	}
}

// TestPages fills more than one page of a Query and of a Scan.
func TestPages(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	for i := range 30 {
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"a"},"sk":{"N":"%d"},"v":{"S":"%s"}}}`, i, strings.Repeat("x", 100<<10))
	}
	for _, ask := range []string{
		`{"TableName":"pairs","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"ProjectionExpression":"sk","ReturnConsumedCapacity":"TOTAL"}`,
		`{"TableName":"pairs","ProjectionExpression":"sk","ReturnConsumedCapacity":"TOTAL"}`,
	} {
		op := "Query"
		if !strings.Contains(ask, "KeyCondition") {
			op = "Scan"
		}
		out := b.must(t, op, "%s", ask)
		if out["Count"] != 11.0 || out["LastEvaluatedKey"] == nil {
			t.Errorf("the first page of a %s has %v items", op, out["Count"])
		}
		if units := out["ConsumedCapacity"].(map[string]any)["CapacityUnits"]; units != 138.0 {
			t.Errorf("it cost %v", units)
		}
		if all := (&world{bench: b, t: t}).pages(op, ask); len(all) != 30 {
			t.Errorf("all pages have %d items", len(all))
		}
	}
}

// TestBackfill adds an index to a table with items while others are written.
func TestBackfill(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", `{"TableName":"grown","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`)
	put := func(i int) {
		g := `{"S":"odd"}`
		if i%2 == 0 {
			g = `{"S":"even"}`
		}
		if i%17 == 0 {
			g = `{"N":"1"}`
		}
		_, _, err := b.do("PutItem", fmt.Sprintf(`{"TableName":"grown","Item":{"pk":{"S":"k%d"},"g":%s}}`, i, g))
		if e := (*aws.Error)(nil); err != nil && !(errors.As(err, &e) && e.Code == "ValidationException") {
			t.Error(err)
		}
	}
	for i := range 1000 {
		put(i)
	}
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer wg.Wait()
	defer stop()
	b.must(t, "UpdateTable", `{"TableName":"grown","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
	deadline := time.Now().Add(30 * time.Second)
	for i := 900; ; i++ {
		put(i)
		d := b.must(t, "DescribeTable", `{"TableName":"grown"}`)["Table"].(map[string]any)
		if d["GlobalSecondaryIndexes"].([]any)[0].(map[string]any)["IndexStatus"] == "ACTIVE" && i > 1100 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the index is not there yet: %v", d)
		}
	}
	checkIndexes(t, b, "grown")
}

// TestBackfillCountsWhatChanges changes and deletes items after their table was
// given an index and before they are entered into it.
func TestBackfillCountsWhatChanges(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", hashTable)
	for i := range 6 {
		b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"k%d"},"g":{"S":"old"}}}`, i)
	}
	b.must(t, "UpdateTable", `{"TableName":"songs","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"k0"},"g":{"S":"old"},"n":{"N":"1"}}}`)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"k1"},"g":{"S":"moved"}}}`)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"k2"}}}`)
	b.must(t, "DeleteItem", `{"TableName":"songs","Key":{"pk":{"S":"k3"}}}`)
	b.must(t, "PutItem", `{"TableName":"songs","Item":{"pk":{"S":"k9"},"g":{"S":"new"}}}`)
	b.pass(t, 0)
	checkIndexes(t, b, "songs")
}

// TestConcurrentWriters counts from many sides, alone and in transactions:
// no count may be lost, and a transaction that failed may not have counted.
func TestConcurrentWriters(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", hashTable)
	const writers, rounds = 6, 40
	var wg sync.WaitGroup
	var moved atomic.Int64
	for w := range writers {
		wg.Go(func() {
			for i := range rounds {
				b.must(t, "UpdateItem", `{"TableName":"songs","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}`)
				_, _, err := b.do("TransactWriteItems", fmt.Sprintf(`{"TransactItems":[
					{"Update":{"TableName":"songs","Key":{"pk":{"S":"moved"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}},
					{"Put":{"TableName":"songs","Item":{"pk":{"S":"once-%d"}},"ConditionExpression":"attribute_not_exists(pk)"}}]}`, (w+i)%(rounds/2)))
				if err == nil {
					moved.Add(1)
				}
			}
		})
	}
	wg.Wait()
	for pk, want := range map[string]int64{"a": writers * rounds, "moved": moved.Load()} {
		out := b.must(t, "GetItem", `{"TableName":"songs","Key":{"pk":{"S":"%s"}}}`, pk)
		if got := out["Item"].(map[string]any)["n"].(map[string]any)["N"]; got != fmt.Sprint(want) {
			t.Errorf("%s counted %v, want %d", pk, got, want)
		}
	}
	if moved.Load() != rounds/2 {
		t.Errorf("%d transactions were the first with their item, want %d", moved.Load(), rounds/2)
	}
	checkIndexes(t, b, "songs")
}

// TestTablesChangeUnderWriters writes while the table is deleted and made
// again: no write may be found in a table that came after it.
func TestTablesChangeUnderWriters(t *testing.T) {
	b := newBench(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				_, _, err := b.do("PutItem", fmt.Sprintf(`{"TableName":"songs","Item":{"pk":{"S":"k%d"}}}`, i%50))
				if e := (*aws.Error)(nil); err != nil && !(errors.As(err, &e) && e.Code == "ResourceNotFoundException") {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 60 {
		b.must(t, "CreateTable", hashTable)
		b.must(t, "TagResource", `{"ResourceArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/songs","Tags":[{"Key":"k","Value":"v"}]}`)
		b.must(t, "DeleteTable", `{"TableName":"songs"}`)
	}
	close(stop)
	wg.Wait()
	left := 0
	p := store.Prefix("dynamodb/data", testScope)
	if err := b.db.View(func(tx *store.Tx) error {
		for range tx.Scan(p, store.PrefixEnd(p)) {
			left++
		}
		return nil
	}); err != nil || left > 0 {
		t.Errorf("%d keys are left of deleted tables; %v", left, err)
	}
}

// TestRestart reads a table through another service on the same store.
func TestRestart(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", modelTable)
	b.must(t, "PutItem", `{"TableName":"model","Item":%s}`, modelItem{1, 2, 3, 4}.json())
	before := b.must(t, "DescribeTable", `{"TableName":"model"}`)
	again := benchOn(b.db)
	if after := again.must(t, "DescribeTable", `{"TableName":"model"}`); !reflect.DeepEqual(before, after) {
		t.Errorf("described as\n%v, then as\n%v", before, after)
	}
	if out := again.must(t, "GetItem", `{"TableName":"model","Key":%s}`, modelItem{1, 2, 3, 4}.key()); readModel(t, out["Item"]) != (modelItem{1, 2, 3, 4}) {
		t.Errorf("read %v", out)
	}
}
