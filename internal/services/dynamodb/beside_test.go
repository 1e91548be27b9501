package dynamodb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/store"
)

// BenchmarkPutBeside measures what a put of 1 KiB takes on disk when nothing
// else happens, and while 20,000 items are entered into a new index or read by
// one scan after the other.
func BenchmarkPutBeside(b *testing.B) {
	const items = 20_000
	db, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	x := benchOn(db)
	x.must(b, "CreateTable", pairTable)
	for i := 0; i < items; i += 25 {
		var puts []string
		for j := range 25 {
			puts = append(puts, `{"PutRequest":{"Item":`+kilobyte(i+j)+`}}`)
		}
		x.must(b, "BatchWriteItem", "%s", `{"RequestItems":{"pairs":[`+strings.Join(puts, ",")+`]}}`)
	}
	beside := map[string]func(ctx context.Context){
		"nothing": func(context.Context) {},
		"backfill": func(ctx context.Context) {
			for n := 0; ctx.Err() == nil; n++ {
				x.must(b, "UpdateTable", `{"TableName":"pairs","AttributeDefinitions":[{"AttributeName":"name","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"late","KeySchema":[{"AttributeName":"name","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
				if err := x.build(ctx, testScope, "pairs"); err != nil {
					b.Error(err)
				}
				x.must(b, "UpdateTable", `{"TableName":"pairs","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"late"}}]}`)
			}
		},
		"scan": func(ctx context.Context) {
			for start := ""; ctx.Err() == nil; {
				page := x.must(b, "Scan", `{"TableName":"pairs","FilterExpression":"attribute_not_exists(pk)"%s}`, start)
				start = ""
				if last, ok := page["LastEvaluatedKey"].(map[string]any); ok {
					start = `,"ExclusiveStartKey":` + keyJSON(last)
				}
			}
		},
	}
	for _, name := range []string{"nothing", "backfill", "scan"} {
		b.Run(name, func(b *testing.B) {
			ctx, stop := context.WithCancel(context.Background())
			var wg sync.WaitGroup
			wg.Go(func() { beside[name](ctx) })
			defer wg.Wait()
			defer stop()
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				begun := time.Now()
				x.must(b, "PutItem", "%s", fmt.Sprintf(`{"TableName":"pairs","Item":%s}`, strings.Replace(kilobyte(i%items), `"42"`, fmt.Sprintf(`"%d"`, i), 1)))
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
