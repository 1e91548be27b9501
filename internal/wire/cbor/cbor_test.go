package cbor

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

type datum struct {
	MetricName string `required:"" len:"1,255"`
	Value      *float64
	Count      int64
	Timestamp  *time.Time
	Blob       []byte
	Flag       bool
	Dimensions []datum
	Tags       map[string]string
}

func put(context.Context, *aws.Call, *datum) (*datum, error) { return nil, nil }

func newCodec() *Codec {
	return New(service.Info{Name: "monitoring", CBORName: "GraniteServiceVersion20100801"},
		[]service.Operation{service.Op("Put", service.Any, put)})
}

func decodeBody(body string) (*datum, *shape.Report, error) {
	in, rep := new(datum), new(shape.Report)
	return in, rep, newCodec().Decode(nil, []byte(body), service.Route{Operation: "Put"}, in, rep)
}

func TestRoute(t *testing.T) {
	c := newCodec()
	for target, want := range map[string]string{
		"/service/GraniteServiceVersion20100801/operation/Put":             "Put",
		"/some/prefix/service/GraniteServiceVersion20100801/operation/Put": "Put",
		"/service/Other/operation/Put":                                     "",
		"/service/GraniteServiceVersion20100801/operation/":                "",
		"/": "",
	} {
		route, err := c.Route(httptest.NewRequest("POST", target, nil), nil)
		if route.Operation != want || (err == nil) != (want != "") {
			t.Errorf("%s: %+v, %v", target, route, err)
		}
	}
	r := httptest.NewRequest("POST", "/service/GraniteServiceVersion20100801/operation/Put", nil)
	r.Header.Set("X-Amz-Target", "GraniteServiceVersion20100801.Put")
	if _, err := c.Route(r, nil); err == nil {
		t.Error("a request of two protocols is routed")
	}
}

// TestIndefiniteLengths reads what the Go SDK sends.
func TestIndefiniteLengths(t *testing.T) {
	body := "\xbf\x6aMetricName\x7f\x62CP\x61U\xff\x65Value\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00\x6aDimensions\x9f\xbf\x6aMetricName\x61d\xff\xff" +
		"\x64Blob\x5f\x41a\x41b\xff\x64Tags\xbf\x61k\x61v\xff\x69Timestamp\xc1\xfb\x41\xda\xc0\x00\x00\x20\x00\x00\x63New\x9f\xbf\x61a\xf6\xff\xff\x64Flag\xf6\xff"
	in, rep, err := decodeBody(body)
	if err != nil || rep.Err() != nil {
		t.Fatal(err, rep.Err())
	}
	value, at := 1.5, time.UnixMilli(1795162240500).UTC()
	want := &datum{MetricName: "CPU", Value: &value, Dimensions: []datum{{MetricName: "d"}}, Blob: []byte("ab"), Tags: map[string]string{"k": "v"}, Timestamp: in.Timestamp}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got  %+v\nwant %+v", in, want)
	}
	if in.Timestamp == nil || in.Timestamp.Year() != at.Year() || in.Timestamp.Nanosecond() != 5e8 {
		t.Errorf("timestamp %v", in.Timestamp)
	}
	if !slices.Equal(rep.Ignored(), []string{"New"}) {
		t.Errorf("ignored %v", rep.Ignored())
	}
}

func TestNumbers(t *testing.T) {
	for body, want := range map[string]float64{
		"\xf9\x3c\x00":                         1,
		"\xf9\xc4\x00":                         -4,
		"\xf9\x00\x01":                         math.Ldexp(1, -24),
		"\xf9\x7c\x00":                         math.Inf(1),
		"\xfa\x3f\x80\x00\x00":                 1,
		"\x18\x64":                             100,
		"\x39\x03\xe7":                         -1000,
		"\x1a\x00\x0f\x42\x40":                 1e6,
		"\xfb\xbf\xf0\x00\x00\x00\x00\x00\x00": -1,
	} {
		in, _, err := decodeBody("\xa1\x65Value" + body)
		if err != nil || in.Value == nil || *in.Value != want {
			t.Errorf("%x: %v, %v, want %v", body, in.Value, err, want)
		}
	}
	if !math.IsNaN(half(0x7e00)) {
		t.Error("half NaN is a number")
	}
}

func TestResponse(t *testing.T) {
	at, value := time.Unix(1, 0), 0.5
	w := httptest.NewRecorder()
	err := newCodec().Encode(w, nil, &aws.Call{RequestID: "id-1"}, "Put", &datum{MetricName: "a", Timestamp: &at, Value: &value})
	const want = "\xa5\x6aMetricName\x61a\x65Value\xfb\x3f\xe0\x00\x00\x00\x00\x00\x00\x65Count\x00\x69Timestamp\xc1\x01\x64Flag\xf4"
	if err != nil || w.Body.String() != want {
		t.Errorf("%v, %q", err, w.Body)
	}
	h := w.Header()
	if h.Get("Smithy-Protocol") != "rpc-v2-cbor" || h.Get("Content-Type") != "application/cbor" || h.Get("X-Amzn-RequestId") != "id-1" {
		t.Errorf("header %v", h)
	}
}

func TestQueryCompatibleErrors(t *testing.T) {
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("X-Amzn-Query-Mode", "true")
	w := httptest.NewRecorder()
	newCodec().Error(w, r, &aws.Call{}, aws.Errorf(http.StatusBadRequest, "Gone", ""))
	if got := w.Header().Get("X-Amzn-Query-Error"); got != "Gone;Sender" || w.Body.String() != "\xa1\x66__type\x64Gone" {
		t.Errorf("%q, %q", got, w.Body)
	}
}

func TestViolations(t *testing.T) {
	_, rep, err := decodeBody("\xa1\x6aDimensions\x81\xa0")
	if err != nil {
		t.Fatal(err)
	}
	const want = "2 validation errors detected: Value null at 'dimensions.1.member.metricName' failed to satisfy constraint: Member must not be null; " +
		"Value null at 'metricName' failed to satisfy constraint: Member must not be null"
	if e := rep.Err(); e == nil || e.Message != want {
		t.Errorf("%v", e)
	}
}

func TestLengthsAreNotBelieved(t *testing.T) {
	bodies := []string{"\xa1\x64Blob\x5b\x00\x00\x00\xff\xff\xff\xff\xff", "\xa1\x6aDimensions\x9b\x00\x00\x00\xff\xff\xff\xff\xff", "\xbb\x00\x00\x00\xff\xff\xff\xff\xff"}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, body := range bodies {
		if _, _, err := decodeBody(body); err == nil {
			t.Errorf("%q is taken", body)
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes allocated", n)
	}
}

// FuzzDecode: whatever arrives is decoded or refused, and what was decoded is
// written and read back.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"\xa1\x6aMetricName\x61a", "\xbf\x6aDimensions\x9f\xbf\xff\xff\xff", "\xa1\x69Timestamp\xc1\x01", "\xa1\x64Tags\xa1\x61a\x61b",
		"\xa1\x65Value\xf9\x3c\x00", "\xa1\x63New" + strings.Repeat("\xc1", 9) + "\xf6", "\xff"} {
		f.Add([]byte(s))
	}
	c := newCodec()
	t := c.plans.Of(reflect.TypeFor[datum]())
	f.Fuzz(func(tt *testing.T, body []byte) {
		in, rep := new(datum), new(shape.Report)
		if decode(body, t, reflect.ValueOf(in).Elem(), rep) != nil {
			return
		}
		rep.Err()
		out := appendStruct(nil, t, reflect.ValueOf(in).Elem())
		if err := decode(out, t, reflect.New(t.Go).Elem(), new(shape.Report)); err != nil {
			tt.Errorf("%q was read, written as %q and then refused: %v", body, out, err)
		}
	})
}
