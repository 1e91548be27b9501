package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

func insideCall() *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: "111111111111", Region: "eu-west-3"}, RequestID: "req-1", Time: now,
		Principal: &aws.Principal{Kind: aws.AssumedRole, Account: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/r/s"},
	}
}

func TestInsideCalls(t *testing.T) {
	g := newRig(nil)
	out, err := g.Call(context.Background(), insideCall(), "fake", "Say", []byte(`{"Word":"hi"}`))
	if err != nil || string(out) != `{"Word":"hi"}` || g.fake.calls != 1 {
		t.Errorf("%s, %v", out, err)
	}
	if rec, ok := g.Recorder.Find("req-1"); !ok || rec.Status != 200 || rec.Call.Operation != "Say" || rec.Call.Service != "fake" {
		t.Errorf("recorded %+v", rec)
	}
	for _, c := range []struct{ name, op, body, code string }{
		{"fake", "Say", `{"Word":"too long"}`, "ValidationException"},
		{"fake", "Say", `{`, "SerializationException"},
		{"fake", "Shout", `{}`, "NotImplemented"},
		{"fake", "Fail", `{}`, "InternalFailure"},
		{"fake", "Panic", `{}`, "InternalFailure"},
		{"other", "Say", `{}`, "NotImplemented"},
	} {
		_, err := g.Call(context.Background(), insideCall(), c.name, c.op, []byte(c.body))
		if e, ok := errors.AsType[*aws.Error](err); !ok || e.Code != c.code || strings.Contains(e.Message, "secret") {
			t.Errorf("%s.%s %s: %v", c.name, c.op, c.body, err)
		}
	}
}

func TestInsideCallsAreAuthorised(t *testing.T) {
	g := newRig(func(cfg *Config) { cfg.Identity = one{allow: false} })
	_, err := g.Call(context.Background(), insideCall(), "fake", "Say", []byte(`{"Word":"hi"}`))
	if e, ok := errors.AsType[*aws.Error](err); !ok || e.Code != "AccessDeniedException" || g.fake.calls != 0 {
		t.Errorf("%v after %d calls", err, g.fake.calls)
	}
}

// struck are faults that strike every request.
type struck struct{}

func (struck) Check(context.Context, string, string) error {
	return aws.Errorf(429, "Enough", "of this")
}

func TestFaults(t *testing.T) {
	g := newRig(func(cfg *Config) { cfg.Faults = struck{} })
	if status, _, body := g.do(call{op: "Say", body: `{"Word":"hi"}`, key: "AKIAONE", secret: "secret"}); status != 429 || !strings.Contains(body, "Enough") || g.fake.calls != 0 {
		t.Errorf("%d %s after %d calls", status, body, g.fake.calls)
	}
}

func TestObserver(t *testing.T) {
	g := newRig(nil)
	g.do(call{op: "Say", body: `{"Word":"hi"}`, key: "AKIAONE", secret: "secret"})
	g.do(call{op: "Say", body: `{"Word":"too long"}`, key: "AKIAONE", secret: "secret"})
	if len(g.fake.seen) != 2 {
		t.Fatalf("seen %+v", g.fake.seen)
	}
	ok, bad := g.fake.seen[0], g.fake.seen[1]
	if ok.In.(*sayInput).Word != "hi" || ok.Out.(*sayOutput).Word != "hi" || ok.Status != 200 || ok.BytesIn != 13 || ok.BytesOut != 13 || ok.Err != nil {
		t.Errorf("seen %+v", ok)
	}
	if bad.Status != 400 || bad.Err.Code != "ValidationException" || bad.Out != nil {
		t.Errorf("seen %+v", bad)
	}
}

// Observe implements service.Observer.
func (f *fake) Observe(x *service.Exchange) { f.seen = append(f.seen, *x) }
