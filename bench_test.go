package niebla

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// sink is a ResponseWriter that keeps only the status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// BenchmarkItems is what a signed request costs the server from its bytes to
// the disk, without HTTP's own part: 32 callers, items of 1 KiB.
func BenchmarkItems(b *testing.B) {
	c, err := Start(b.Context(), Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	request := func(op, body string) *http.Request {
		r := httptest.NewRequest("POST", "http://127.0.0.1:4566/", nil)
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+op)
		sum := sha256.Sum256([]byte(body))
		sigv4.Sign(r, sigv4.Credentials{AccessKey: "test", Secret: "test"}, "eu-west-3", "dynamodb", hex.EncodeToString(sum[:]), time.Now())
		r.ContentLength = int64(len(body))
		return r
	}
	send := func(r *http.Request, body []byte) int {
		q := *r
		q.Body = io.NopCloser(bytes.NewReader(body))
		w := sink{header: http.Header{}, status: 200}
		c.ServeHTTP(&w, &q)
		return w.status
	}
	for _, create := range []string{
		`{"TableName":"bench","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}`,
		`{"TableName":"pages","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],
			"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}`,
	} {
		if status := send(request("CreateTable", create), []byte(create)); status != 200 {
			b.Fatal(status)
		}
	}
	const rest = `"tags":{"L":[{"S":"Rock"},{"S":"Pop"}]},"notes":{"S":"`
	notes := strings.Repeat("x", 820)
	item := func(i, plays int) string {
		return fmt.Sprintf(`{"pk":{"S":"song-%04d"},"plays":{"N":"%d"},%s%s"}}`, i, plays, rest, notes)
	}
	several := func(n int, format string) func(int) string {
		return func(i int) string {
			var all []string
			for j := range n {
				all = append(all, fmt.Sprintf(format, item((i*n+j)%1000, i)))
			}
			return strings.Join(all, ",")
		}
	}
	puts, units := several(25, `{"PutRequest":{"Item":%s}}`), several(3, `{"Put":{"TableName":"bench","Item":%s}}`)
	for _, op := range []struct {
		name, operation string
		body            func(i int) string
	}{
		{"PutItem", "PutItem", func(i int) string { return `{"TableName":"bench","Item":` + item(i%500, i) + `}` }},
		{"GetItem", "GetItem", func(i int) string { return fmt.Sprintf(`{"TableName":"bench","Key":{"pk":{"S":"song-%04d"}}}`, i%500) }},
		{"UpdateItem", "UpdateItem", func(i int) string {
			return fmt.Sprintf(`{"TableName":"bench","Key":{"pk":{"S":"song-%04d"}},"UpdateExpression":"SET title = :t ADD plays :one","ConditionExpression":"attribute_exists(pk)",`+
				`"ExpressionAttributeValues":{":one":{"N":"1"},":t":{"S":"Calle de abril"}}}`, i%500)
		}},
		{"BatchWriteItem", "BatchWriteItem", func(i int) string { return `{"RequestItems":{"bench":[` + puts(i) + `]}}` }},
		{"TransactWriteItems", "TransactWriteItems", func(i int) string { return `{"TransactItems":[` + units(i) + `]}` }},
		{"PutPage", "PutItem", func(i int) string {
			return fmt.Sprintf(`{"TableName":"pages","Item":{"pk":{"S":"listener-%04d"},"sk":{"N":"%d"},"plays":{"N":"1"},%s%s"}}}`, i/20, i%20, rest, notes)
		}},
		{"Query", "Query", func(i int) string {
			return fmt.Sprintf(`{"TableName":"pages","KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":{"S":"listener-%04d"}}}`, i/20)
		}},
	} {
		const count = 1000
		var requests [count]*http.Request
		var bodies [count][]byte
		for i := range count {
			body := op.body(i)
			requests[i], bodies[i] = request(op.operation, body), []byte(body)
			if status := send(requests[i], bodies[i]); status != 200 {
				b.Fatalf("%s: %d", op.name, status)
			}
		}
		b.Run(op.name, func(b *testing.B) {
			var n atomic.Int64
			b.SetParallelism(16)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := int(n.Add(1)) % count
					if status := send(requests[i], bodies[i]); status != 200 {
						b.Errorf("status %d", status)
						return
					}
				}
			})
		})
	}
}
