package awsjson

import (
	"context"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

type putInput struct {
	TableName                 string    `required:"" len:"1,255"`
	Item                      shape.Raw `required:""`
	ConditionExpression       *string
	ExpressionAttributeValues shape.Raw
	ReturnValues              string `enum:"NONE|ALL_OLD"`
}

type putOutput struct {
	Attributes shape.Raw
	Units      *float64 `wire:"CapacityUnits"`
}

func put(context.Context, *aws.Call, *putInput) (*putOutput, error) { return nil, nil }

func newCodec() *Codec {
	return New(service.Info{Name: "dynamodb", TargetPrefix: "DynamoDB_20120810",
		ErrorPrefix: "com.amazonaws.dynamodb.v20120810#"}, service.JSON10,
		[]service.Operation{service.Op("PutItem", service.Any, put)})
}

func request(target string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("X-Amz-Target", target)
	return r
}

func TestRoute(t *testing.T) {
	c := newCodec()
	route, err := c.Route(request("DynamoDB_20120810.PutItem"), nil)
	if err != nil || route.Operation != "PutItem" || route.Streams {
		t.Errorf("Route = %+v, %v", route, err)
	}
	for _, target := range []string{"", "PutItem", "DynamoDB_20120810.", "Other.PutItem"} {
		_, err := c.Route(request(target), nil)
		if e, ok := err.(*aws.Error); !ok || e.Code != "UnknownOperationException" || e.Status != 400 {
			t.Errorf("Route(%q) = %v", target, err)
		}
	}
}

func TestErrors(t *testing.T) {
	c := newCodec()
	tests := []struct {
		err  *aws.Error
		want string
	}{
		{aws.Errorf(400, "ResourceNotFoundException", "Requested resource not found"),
			`{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`},
		{aws.Errorf(400, "ValidationException", `say "x"`),
			`{"__type":"com.amazon.coral.validate#ValidationException","message":"say \"x\""}`},
		{aws.Errorf(400, "SerializationException", ""),
			`{"__type":"com.amazon.coral.service#SerializationException"}`},
		{aws.Errorf(400, "TransactionCanceledException", "lower").With("Message", "upper").
			With("CancellationReasons", []struct {
				Code string
				Item shape.Raw
			}{{"None", nil}, {"X", shape.Raw(`{"a":{"S":"b"}}`)}}),
			`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"upper","CancellationReasons":[{"Code":"None"},{"Code":"X","Item":{"a":{"S":"b"}}}]}`},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		c.Error(w, request(""), &aws.Call{RequestID: "id-1"}, tt.err)
		if got := w.Body.String(); got != tt.want || w.Code != 400 {
			t.Errorf("%s:\n%d %s\nwant\n%s", tt.err.Code, w.Code, got, tt.want)
		}
		if got := w.Header().Get("X-Amzn-ErrorType"); got != tt.err.Code {
			t.Errorf("X-Amzn-ErrorType %q, want %q", got, tt.err.Code)
		}
	}
}

func TestQueryCompatibleErrors(t *testing.T) {
	c := newCodec()
	r := request("")
	r.Header.Set("X-Amzn-Query-Mode", "true")
	plain := aws.Errorf(500, "Broken", "")
	legacy := aws.Errorf(400, "QueueDoesNotExist", "")
	legacy.Header = http.Header{"X-Amzn-Query-Error": {"AWS.SimpleQueueService.NonExistentQueue;Sender"}}
	for want, e := range map[string]*aws.Error{"Broken;Receiver": plain, "AWS.SimpleQueueService.NonExistentQueue;Sender": legacy} {
		w := httptest.NewRecorder()
		c.Error(w, r, &aws.Call{}, e)
		if got := w.Header().Get("X-Amzn-Query-Error"); got != want {
			t.Errorf("X-Amzn-Query-Error %q, want %q", got, want)
		}
	}
}

func TestCRC32(t *testing.T) {
	c := newCodec()
	for _, out := range []*putOutput{{}, {Attributes: shape.Raw(`{"id":{"S":"é"}}`)}} {
		w := httptest.NewRecorder()
		if err := c.Encode(w, nil, &aws.Call{RequestID: "id-1"}, "PutItem", out); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint(crc32.ChecksumIEEE(w.Body.Bytes()))
		if got := w.Header().Get("X-Amz-Crc32"); got != want {
			t.Errorf("X-Amz-Crc32 %s, want %s", got, want)
		}
		if got := w.Header().Get("Content-Length"); got != fmt.Sprint(w.Body.Len()) {
			t.Errorf("Content-Length %s of %d bytes", got, w.Body.Len())
		}
		if w.Header().Get("X-Amzn-RequestId") != "id-1" || w.Header().Get("Content-Type") != "application/x-amz-json-1.0" {
			t.Errorf("header %v", w.Header())
		}
	}
}

// body is a PutItem of about 1 KiB.
func body() []byte {
	var b strings.Builder
	b.WriteString(`{"TableName":"Catalogo","ConditionExpression":"attribute_not_exists(song_id)","Item":{"song_id":{"S":"id-1"}`)
	for i := range 12 {
		fmt.Fprintf(&b, `,"attribute%02d":{"S":"a value of some length, as an item has it: %02d"}`, i, i)
	}
	b.WriteString(`}}`)
	return []byte(b.String())
}

func TestAllocations(t *testing.T) {
	c, route := newCodec(), service.Route{Operation: "PutItem"}
	data := body()
	var in putInput
	decode := testing.AllocsPerRun(200, func() {
		var rep shape.Report
		in = putInput{}
		if err := c.Decode(nil, data, route, &in, &rep); err != nil || rep.Err() != nil {
			t.Fatal(err, rep.Err())
		}
	})
	if decode > 10 {
		t.Errorf("decoding takes %v allocations, want at most 10", decode)
	}
	out, call := &putOutput{Attributes: in.Item}, &aws.Call{RequestID: "id-1"}
	w := discard{http.Header{}}
	encode := testing.AllocsPerRun(200, func() {
		if err := c.Encode(w, nil, call, "PutItem", out); err != nil {
			t.Fatal(err)
		}
	})
	if encode > 5 {
		t.Errorf("encoding takes %v allocations, want at most 5", encode)
	}
}

// discard is a response nobody reads.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkDecodePutItem(b *testing.B) {
	c, route, data := newCodec(), service.Route{Operation: "PutItem"}, body()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var rep shape.Report
		in := new(putInput)
		if err := c.Decode(nil, data, route, in, &rep); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeGetItem(b *testing.B) {
	c := newCodec()
	out, call := &putOutput{Attributes: shape.Raw(body())}, &aws.Call{RequestID: "id-1"}
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Encode(w, nil, call, "PutItem", out); err != nil {
			b.Fatal(err)
		}
	}
}
