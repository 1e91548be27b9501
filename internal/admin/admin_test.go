package admin

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/fault"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
)

func handler(reset func(context.Context) error) (*Handler, *meter.Recorder) {
	rec := meter.NewRecorder(10)
	return New(Config{
		Version: "1", Services: []string{"s3"}, Recorder: rec, Mail: letters{{ID: "2", To: "ana", Body: "later"}, {ID: "1", To: "bea"}}, Reset: reset,
		Status: func() Status { return Status{Version: "1"} }, Closing: make(chan struct{}),
		Clock: &hands{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, Faults: fault.NewSet(aws.NewIDs(nil), time.Now),
		Sites: func(*http.Request) ([]Site, error) {
			return []Site{{"Biihlive", "http://d3example.cloudfront.localhost/"}}, nil
		},
	}), rec
}

// hands are a clock.
type hands struct{ now time.Time }

func (h *hands) Now() time.Time { return h.now }

func (h *hands) Advance(_ context.Context, d time.Duration) error {
	if d > 100*time.Hour {
		return errors.New("too far")
	}
	h.now = h.now.Add(d)
	return nil
}

func TestClock(t *testing.T) {
	h, _ := handler(nil)
	for _, c := range []struct{ method, body, want string }{
		{"GET", "", `{"now":"2026-01-02T03:04:05Z"}`},
		{"POST", `{"advance":"24h"}`, `{"now":"2026-01-03T03:04:05Z"}`},
		{"POST", `{"advance":"-24h"}`, `it goes forward only`},
		{"POST", `{"advance":"tomorrow"}`, `it goes forward only`},
		{"POST", `{`, `it goes forward only`},
		{"POST", `{"advance":"1000h"}`, `too far`},
		{"GET", "", `{"now":"2026-01-03T03:04:05Z"}`},
	} {
		if w := say(h, c.method, "/_niebla/clock", c.body); !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %s: %d %s", c.method, c.body, w.Code, w.Body)
		}
	}
}

func TestFaults(t *testing.T) {
	h, _ := handler(nil)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "", "", "[]"},
		{"POST", "", `{"kind":"throttle","service":"s3","operation":"GetObject"}`, `"rate":1`},
		{"POST", "", `{"kind":"throttle"}`, "names the service"},
		{"POST", "", `{"kind":"throttle","service":"s3","when":"now"}`, "unknown field"},
		{"GET", "", "", `"operation":"GetObject"`},
		{"DELETE", "/nothing", "", "no fault nothing"},
		{"DELETE", "/" + "ID", "", "removed"},
		{"POST", "", `{"kind":"duplicate","service":"dynamodb"}`, `"id"`},
		{"DELETE", "", "", "none"},
		{"GET", "", "", "[]"},
	} {
		if strings.HasSuffix(c.path, "ID") {
			c.path = "/" + h.Faults.List()[0].ID
		}
		if w := say(h, c.method, "/_niebla/faults"+c.path, c.body); !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
	}
}

// say makes a request with a body from the machine itself.
func say(h *Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:4566"+path, strings.NewReader(body))
	r.RemoteAddr = local
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// letters is a mailbox, the newest first.
type letters []mail.Message

func (l letters) List(to string, max int) ([]mail.Message, error) {
	if to == "broken" {
		return nil, errors.New("disk")
	}
	list := slices.DeleteFunc(slices.Clone(l), func(m mail.Message) bool { return to != "" && m.To != to })
	return list[:min(max, len(list))], nil
}

func (l letters) Get(id string) (mail.Message, bool, error) {
	i := slices.IndexFunc(l, func(m mail.Message) bool { return m.ID == id })
	if i < 0 {
		return mail.Message{}, false, nil
	}
	return l[i], true, nil
}

func TestMail(t *testing.T) {
	h, _ := handler(nil)
	for target, want := range map[string]string{
		"/_niebla/mail":           `"later"`,
		"/_niebla/mail?n=1":       `{"messages":[{"id":"2",`,
		"/_niebla/mail?to=bea":    `{"messages":[{"id":"1",`,
		"/_niebla/mail?n=x":       "number of messages",
		"/_niebla/mail?to=broken": "disk",
		"/_niebla/mail/1":         `{"id":"1",`,
		"/_niebla/mail/9":         "no message 9",
	} {
		if w := do(h, "GET", "http://localhost:4566"+target, local, nil); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func do(h http.Handler, method, target, remote string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = remote
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const local = "127.0.0.1:50000"

func TestGuard(t *testing.T) {
	resets := 0
	h, _ := handler(func(context.Context) error { resets++; return nil })
	for _, tc := range []struct {
		name, target, remote string
		header               map[string]string
		status               int
	}{
		{"a tool", "http://localhost:4566/_niebla/reset", local, nil, 200},
		{"our own page", "http://localhost:4566/_niebla/reset", local, map[string]string{"Origin": "http://localhost:4566", "Sec-Fetch-Site": "same-origin"}, 200},
		{"another machine", "http://localhost:4566/_niebla/reset", "10.0.0.9:1", nil, 403},
		{"a foreign page", "http://localhost:4566/_niebla/reset", local, map[string]string{"Origin": "http://evil.example"}, 403},
		{"a page of another port", "http://localhost:4566/_niebla/reset", local, map[string]string{"Origin": "http://localhost:3000"}, 403},
		{"a form without origin", "http://localhost:4566/_niebla/reset", local, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a name made to point here", "http://evil.example:4566/_niebla/reset", local, nil, 403},
		{"a bucket's page", "http://web.s3-website.localhost:4566/_niebla/reset", local, nil, 403},
	} {
		before := resets
		w := do(h, "POST", tc.target, tc.remote, tc.header)
		if w.Code != tc.status || (resets > before) != (tc.status == 200) {
			t.Errorf("%s: %d, %d resets: %s", tc.name, w.Code, resets-before, w.Body)
		}
	}
}

// Health is what somebody who waits for us asks from another machine.
func TestHealthFromAfar(t *testing.T) {
	h, _ := handler(nil)
	for path, status := range map[string]int{"/_niebla/health": 200, "/_localstack/health": 200, "/_niebla/status": 403, "/_niebla/requests": 403} {
		if w := do(h, "GET", "http://niebla.lan:4566"+path, "10.0.0.9:1", nil); w.Code != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := do(h, "GET", "http://localhost/_niebla/nothing", local, nil); w.Code != 404 || !strings.Contains(w.Body.String(), `"message"`) {
		t.Errorf("a path that is not there: %d %s", w.Code, w.Body)
	}
}

// A follower sees each request once, and goes when the cloud ends.
func TestFollow(t *testing.T) {
	h, rec := handler(nil)
	closing := make(chan struct{})
	h.Closing = closing
	rec.Add(meter.Record{RequestID: "before"})
	srv := httptest.NewServer(h)
	defer srv.Close()
	res, err := http.Get(srv.URL + "/_niebla/requests?follow=1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for _, want := range []string{"before", "after"} {
		if !lines.Scan() || !strings.Contains(lines.Text(), `"id":"`+want+`"`) {
			t.Fatalf("got %q, want %s", lines.Text(), want)
		}
		rec.Add(meter.Record{RequestID: "after"})
	}
	close(closing)
	for lines.Scan() { // ends, or the test does not
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

func TestResetFails(t *testing.T) {
	h, _ := handler(func(context.Context) error { return errors.New("disk full") })
	if w := do(h, "POST", "http://localhost/_niebla/reset", local, nil); w.Code != 500 || !strings.Contains(w.Body.String(), "disk full") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestExplain(t *testing.T) {
	h, rec := handler(nil)
	step := policy.Step{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Class: policy.IdentityBased, Policy: "inline p", Effect: policy.Deny, Statement: 1, Sid: "No"}
	rec.Add(meter.Record{
		RequestID: "r1", Method: "GET", Target: "/b/k?X-Amz-Signature=secret&X-Amz-Security%2DToken=secret&x=1", Status: 403,
		Call:     aws.Call{Service: "s3", Operation: "GetObject", Principal: &aws.Principal{Kind: aws.User, ARN: "arn:aws:iam::1:user/u"}},
		Decision: policy.Decision{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Reason: "with an explicit deny", Decided: step, Trace: []policy.Step{step}},
	})
	w := do(h, "GET", "http://localhost/_niebla/requests/r1", local, nil)
	body := w.Body.String()
	for _, want := range []string{`"allowed":false`, `"sid":"No"`, `"statement":1`, `X-Amz-Signature=***`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Contains(body, "secret") {
		t.Errorf("the signature leaks: %s", body)
	}
	rec.Add(meter.Record{RequestID: "r2", Call: aws.Call{Principal: &aws.Principal{Kind: aws.Root}}, Decision: policy.Decision{Allowed: true, Root: true}})
	if w := do(h, "GET", "http://localhost/_niebla/requests/r2", local, nil); !strings.Contains(w.Body.String(), "root key pair") {
		t.Errorf("what root may: %s", w.Body)
	}
	rec.Add(meter.Record{RequestID: "r3", Call: aws.Call{Principal: &aws.Principal{Kind: aws.Root}}, Status: 501})
	if w := do(h, "GET", "http://localhost/_niebla/requests/r3", local, nil); strings.Contains(w.Body.String(), "root key pair") {
		t.Errorf("where nothing was decided: %s", w.Body)
	}
	if w := do(h, "GET", "http://localhost/_niebla/requests/none", local, nil); w.Code != 404 {
		t.Errorf("an unknown request: %d", w.Code)
	}
	if w := do(h, "GET", "http://localhost/_niebla/requests?n=x", local, nil); w.Code != 400 {
		t.Errorf("a bad n: %d", w.Code)
	}
}

func TestHealth(t *testing.T) {
	h, _ := handler(nil)
	for _, path := range []string{"/_niebla/health", "/_localstack/health"} {
		if w := do(h, "GET", "http://localhost"+path, local, nil); w.Code != 200 || !strings.Contains(w.Body.String(), `"s3":"running"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
