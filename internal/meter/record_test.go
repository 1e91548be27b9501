package meter

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
)

func TestLatestAndFind(t *testing.T) {
	r := NewRecorder(3)
	for i := range 5 {
		r.Add(Record{RequestID: fmt.Sprint(i)})
	}
	got := ""
	for _, rec := range r.Latest(10) {
		got += rec.RequestID
	}
	if got != "234" {
		t.Errorf("Latest = %s", got)
	}
	if _, ok := r.Find("1"); ok {
		t.Error("found what was forgotten")
	}
	if rec, ok := r.Find("3"); !ok || rec.RequestID != "3" {
		t.Errorf("Find = %v, %v", rec, ok)
	}
}

func TestSlowFollower(t *testing.T) {
	r := NewRecorder(3)
	ch := make(chan Record, 1)
	r.Add(Record{RequestID: "before"})
	latest, stop := r.Follow(ch, 5)
	if len(latest) != 1 || latest[0].RequestID != "before" {
		t.Errorf("latest %v", latest)
	}
	r.Add(Record{RequestID: "a"})
	r.Add(Record{RequestID: "b"}) // nobody reads: must not wait
	if rec := <-ch; rec.RequestID != "a" {
		t.Errorf("got %s", rec.RequestID)
	}
	stop()
	r.Add(Record{RequestID: "c"})
	if len(ch) != 0 {
		t.Error("a stopped follower was sent a record")
	}
}

func TestRecordsAreSmall(t *testing.T) {
	long := strings.Repeat("é", 1<<20)
	fields := []aws.Field{{Name: "CanonicalRequest", Value: long}}
	r := NewRecorder(1)
	r.Add(Record{
		RequestID: "a", Method: long, Target: "/" + long,
		Call:     aws.Call{UserAgent: long, Referer: long, Host: long, Operation: long},
		Err:      &aws.Error{Code: "ValidationException", Status: 400, Message: long, Fields: fields},
		Decision: policy.Decision{Trace: append(make([]policy.Step, 5000), policy.Step{Policy: "the last"})},
	})
	rec, ok := r.Find("a")
	if !ok || rec.Err.Code != "ValidationException" || rec.Err.Status != 400 || !strings.HasPrefix(rec.Target, "/é") {
		t.Errorf("what matters is gone: %.300v", rec)
	}
	text := fmt.Sprintf("%+v", rec)
	if len(text) > 64<<10 || !utf8.ValidString(text) {
		t.Errorf("%d bytes are remembered, valid %v", len(text), utf8.ValidString(text))
	}
	if trace := rec.Decision.Trace; len(trace) > 1000 || trace[len(trace)-1].Policy != "the last" {
		t.Errorf("%d steps, not up to the decision", len(trace))
	}
}
