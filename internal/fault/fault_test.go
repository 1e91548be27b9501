package fault_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/fault"
)

type world struct {
	*fault.Set
	now time.Time
}

func newWorld() *world {
	w := &world{now: time.Unix(1_800_000_000, 0)}
	w.Set = fault.NewSet(aws.NewIDs(rand.NewChaCha8([32]byte{1})), func() time.Time { return w.now })
	return w
}

func (w *world) add(t *testing.T, r fault.Rule) fault.Rule {
	t.Helper()
	r, err := w.Add(r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) struck(service, operation string) bool {
	return w.Check(context.Background(), service, operation) != nil
}

func TestMatch(t *testing.T) {
	w := newWorld()
	one := w.add(t, fault.Rule{Kind: fault.Error, Service: "s3", Operation: "GetObject"})
	w.add(t, fault.Rule{Kind: fault.Throttle, Service: "kms"})
	w.add(t, fault.Rule{Kind: fault.Duplicate, Service: "dynamodb"})
	for _, c := range []struct {
		service, operation string
		want               bool
	}{{"s3", "GetObject", true}, {"s3", "PutObject", false}, {"kms", "Encrypt", true}, {"sts", "GetObject", false}, {"dynamodb", "PutItem", false}} {
		if got := w.struck(c.service, c.operation); got != c.want {
			t.Errorf("%s.%s struck: %v", c.service, c.operation, got)
		}
	}
	if !w.Duplicate("dynamodb") || w.Duplicate("s3") {
		t.Error("duplicates are not those of dynamodb")
	}
	if !w.Remove(one.ID) || w.Remove(one.ID) || w.struck("s3", "GetObject") || len(w.List()) != 2 {
		t.Errorf("after removing %s: %+v", one.ID, w.List())
	}
	if w.Clear(); len(w.List()) != 0 || w.struck("kms", "Encrypt") {
		t.Error("cleared, and still in force")
	}
}

func TestEnd(t *testing.T) {
	w := newWorld()
	w.add(t, fault.Rule{Kind: fault.Error, Service: "s3", Count: 2})
	for i, want := range []bool{true, true, false} {
		if got := w.struck("s3", "GetObject"); got != want {
			t.Errorf("request %d struck: %v", i, got)
		}
	}
	w.add(t, fault.Rule{Kind: fault.Error, Service: "s3", Until: w.now.Add(time.Hour)})
	w.now = w.now.Add(time.Hour - 1)
	if !w.struck("s3", "GetObject") {
		t.Error("ended early")
	}
	w.now = w.now.Add(1)
	if w.struck("s3", "GetObject") || len(w.List()) != 0 {
		t.Error("not ended")
	}
}

func TestRate(t *testing.T) {
	w := newWorld()
	w.add(t, fault.Rule{Kind: fault.Error, Service: "s3", Rate: 0.25})
	n := 0
	for range 2000 {
		if w.struck("s3", "GetObject") {
			n++
		}
	}
	if n < 400 || n > 600 {
		t.Errorf("a quarter of 2000 were %d", n)
	}
}

func TestThrottle(t *testing.T) {
	w := newWorld()
	for service, code := range map[string]string{
		"dynamodb": "ProvisionedThroughputExceededException", "s3": "SlowDown", "lambda": "TooManyRequestsException", "sns": "Throttling", "kms": "ThrottlingException",
	} {
		w.add(t, fault.Rule{Kind: fault.Throttle, Service: service})
		err := w.Check(context.Background(), service, "X")
		if e, ok := errors.AsType[*aws.Error](err); !ok || e.Code != code {
			t.Errorf("%s: %v", service, err)
		}
	}
}

func TestLatency(t *testing.T) {
	w := newWorld()
	w.add(t, fault.Rule{Kind: fault.Latency, Service: "s3", Latency: time.Minute})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	if err := w.Check(ctx, "s3", "GetObject"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Check = %v", err)
	}
}

func TestRefused(t *testing.T) {
	for _, r := range []fault.Rule{
		{Kind: fault.Error}, {Kind: "fire", Service: "s3"}, {Kind: fault.Error, Service: "s3", Rate: 2}, {Kind: fault.Error, Service: "s3", Status: 200},
		{Kind: fault.Latency, Service: "s3"}, {Kind: fault.Throttle, Service: "s3", Count: -1},
	} {
		if _, err := newWorld().Add(r); err == nil {
			t.Errorf("%+v is in force", r)
		}
	}
}
