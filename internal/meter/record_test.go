package meter

import (
	"fmt"
	"testing"
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
