package dynamodb

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// kilobyte is an item of about 1 KiB.
func kilobyte(i int) string {
	return fmt.Sprintf(`{"pk":{"S":"user-%d"},"sk":{"N":"%d"},"name":{"S":"%s"},"count":{"N":"42"},"tags":{"SS":["rock","jazz","blues"]},"m":{"M":{"a":{"S":"%s"},"b":{"L":[{"N":"1"},{"BOOL":true}]}}},"text":{"S":"%s"}}`,
		i%100, i, strings.Repeat("n", 100), strings.Repeat("a", 200), strings.Repeat("t", 600))
}

// measure runs one operation as the gateway does: decoding, access, the
// handler and encoding, without HTTP.
func measure(b *testing.B, op string, prepare func(*bench), body func(i int) string) {
	bench := newBench(b)
	bench.call.Principal = &aws.Principal{Kind: aws.Root}
	bench.must(b, "CreateTable", pairTable)
	if prepare != nil {
		prepare(bench)
	}
	o := bench.ops[op]
	bodies := make([][]byte, 256)
	for i := range bodies {
		bodies[i] = []byte(body(i))
	}
	c := bench.call
	c.Operation = op
	route := service.Route{Operation: op}
	b.ReportAllocs()
	b.ResetTimer()
	before, n := cpuTime(b), 0
	for i := 0; b.Loop(); i++ {
		n++
		in, rep := o.NewInput(), shape.Report{}
		if err := bench.codec[op].Decode(nil, bodies[i%len(bodies)], route, in, &rep); err != nil {
			b.Fatal(err)
		}
		if _, err := o.Access(context.Background(), &c, in); err != nil {
			b.Fatal(err)
		}
		if _, err := o.Invoke(context.Background(), &c, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(n), "cpu-ns/op")
}

// cpuTime is the processor time the process has used: it tells more than the
// clock on a machine that is shared.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func fill(n int) func(*bench) {
	return func(x *bench) {
		for i := range n {
			if _, _, err := x.do("PutItem", `{"TableName":"pairs","Item":`+kilobyte(i)+`}`); err != nil {
				panic(err)
			}
		}
	}
}

func BenchmarkGetItem(b *testing.B) {
	measure(b, "GetItem", fill(1000), func(i int) string {
		return fmt.Sprintf(`{"TableName":"pairs","Key":{"pk":{"S":"user-%d"},"sk":{"N":"%d"}}}`, i%100, i)
	})
}

func BenchmarkPutItem(b *testing.B) {
	measure(b, "PutItem", nil, func(i int) string { return `{"TableName":"pairs","Item":` + kilobyte(i) + `}` })
}

// BenchmarkPutItemChanged writes another value each time, unlike BenchmarkPutItem.
func BenchmarkPutItemChanged(b *testing.B) {
	measure(b, "PutItem", nil, func(i int) string {
		return `{"TableName":"pairs","Item":` + strings.Replace(kilobyte(i%16), `"42"`, fmt.Sprintf(`"%d"`, i), 1) + `}`
	})
}

func BenchmarkUpdateItem(b *testing.B) {
	measure(b, "UpdateItem", fill(256), func(i int) string {
		return fmt.Sprintf(`{"TableName":"pairs","Key":{"pk":{"S":"user-%d"},"sk":{"N":"%d"}},"UpdateExpression":"SET #c = #c + :one","ConditionExpression":"attribute_exists(pk)","ExpressionAttributeNames":{"#c":"count"},"ExpressionAttributeValues":{":one":{"N":"1"}}}`, i%100, i)
	})
}

func BenchmarkQuery20(b *testing.B) {
	measure(b, "Query", fill(2500), func(i int) string {
		return fmt.Sprintf(`{"TableName":"pairs","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"user-%d"}},"Limit":20}`, i%100)
	})
}
