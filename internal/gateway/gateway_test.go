package gateway

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// fake is a service with one operation for each way a request can go.
type fake struct {
	calls int
	seen  []service.Exchange
}

type sayInput struct {
	Word string `required:"" len:"1,5"`
}
type sayOutput struct{ Word string }

func (f *fake) Info() service.Info {
	return service.Info{Name: "fake", Protocols: []service.Protocol{service.JSON11}, TargetPrefix: "Fake"}
}

func (f *fake) Operations() []service.Operation {
	res := func(context.Context, *aws.Call, *sayInput) ([]service.Access, error) {
		return []service.Access{{Resource: "arn:aws:fake:::thing"}}, nil
	}
	return []service.Operation{
		service.Op("Say", res, func(_ context.Context, _ *aws.Call, in *sayInput) (*sayOutput, error) {
			f.calls++
			return &sayOutput{in.Word}, nil
		}),
		service.Unsigned("Greet", func(_ context.Context, c *aws.Call, _ *service.Empty) (*sayOutput, error) {
			return &sayOutput{string(c.Region)}, nil
		}),
		service.Op("Fail", service.Any[service.Empty], func(context.Context, *aws.Call, *service.Empty) (*sayOutput, error) {
			return nil, errors.New("secret detail")
		}),
		service.Op("Fill", service.Any[service.Empty], func(context.Context, *aws.Call, *service.Empty) (*sayOutput, error) {
			return nil, fmt.Errorf("secret detail: %w", syscall.ENOSPC)
		}),
		service.Op("Panic", service.Any[service.Empty], func(context.Context, *aws.Call, *service.Empty) (*sayOutput, error) {
			panic("secret detail")
		}),
	}
}

// buckets stands where S3 stands: the service of what nothing else claims.
type buckets struct{}

func (buckets) Info() service.Info {
	return service.Info{Name: "s3", Protocols: []service.Protocol{service.RestXML}, Anonymous: true}
}
func (buckets) Operations() []service.Operation { return nil }
func (buckets) Preflight(*http.Request, *aws.Call) (http.Header, error) {
	return nil, aws.Errorf(403, "AccessForbidden", "CORS is not enabled for this bucket.")
}

// Actual lets pages of one origin use the bucket open.
func (buckets) Actual(r *http.Request, _ *aws.Call) http.Header {
	if o := r.Header.Get("Origin"); o == "https://friend.example" && strings.HasPrefix(r.URL.Path, "/open/") {
		return http.Header{"Access-Control-Allow-Origin": {o}}
	}
	return nil
}

// one is an Identity with one user, who may do what allow says.
type one struct{ allow bool }

func (one) Open(_ context.Context, key, token string) (*aws.Principal, string, error) {
	switch {
	case key == "AKIAOLD":
		return nil, "", ErrExpiredToken
	case key != "AKIAONE":
		return nil, "", ErrUnknownKey
	}
	return &aws.Principal{Kind: aws.User, Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/one"}, "secret", nil
}

func (i one) Authorize(_ context.Context, _ *aws.Call, a []service.Access) (policy.Decision, error) {
	return policy.Decision{
		Allowed: i.allow, Action: "fake:Say", Resource: a[0].Resource,
		Reason: "because no identity-based policy allows the fake:Say action",
	}, nil
}

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

type noFaults struct{}

func (noFaults) Check(context.Context, string, string) error { return nil }

type rig struct {
	*Handler
	fake *fake
	log  *strings.Builder
}

func newRig(change func(*Config)) rig {
	r := rig{fake: &fake{}, log: &strings.Builder{}}
	cfg := Config{
		Services: []service.Service{r.fake, buckets{}}, Identity: one{allow: true},
		Log: slog.New(slog.NewTextHandler(r.log, nil)), Now: func() time.Time { return now }, IDs: aws.NewIDs(nil),
		Default: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Recorder: meter.NewRecorder(10), Guarded: true,
		Signers: func() time.Time { return now }, Faults: noFaults{},
	}
	if change != nil {
		change(&cfg)
	}
	r.Handler = New(cfg)
	return r
}

type call struct {
	op, body, key, secret, host string
	header                      map[string]string
	tamper                      func(*http.Request)
}

func (r rig) do(c call) (int, http.Header, string) {
	req := httptest.NewRequest("POST", "http://localhost:4566/", strings.NewReader(c.body))
	if c.host != "" {
		req.Host = c.host
	}
	req.Header.Set("X-Amz-Target", "Fake."+c.op)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if c.key != "" {
		sum := sha256.Sum256([]byte(c.body))
		sigv4.Sign(req, sigv4.Credentials{AccessKey: c.key, Secret: c.secret}, "eu-west-1", "fake", hex.EncodeToString(sum[:]), now)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	if c.tamper != nil {
		c.tamper(req)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Code, w.Header(), w.Body.String()
}

func say(body string) call { return call{op: "Say", body: body, key: "AKIAONE", secret: "secret"} }

func TestSay(t *testing.T) {
	r := newRig(nil)
	status, header, body := r.do(say(`{"Word":"hello"}`))
	if status != 200 || body != `{"Word":"hello"}` || header.Get("x-amzn-RequestId") == "" {
		t.Errorf("%d %s %v", status, body, header)
	}
	rec := r.Recorder.Latest(1)[0]
	if rec.Status != 200 || rec.Call.Operation != "Say" || rec.Call.Region != "eu-west-1" || rec.Call.Account != "111111111111" || !rec.Decision.Allowed {
		t.Errorf("recorded %+v", rec)
	}
}

func TestUnauthenticated(t *testing.T) {
	r := newRig(nil)
	for _, tc := range []struct {
		name string
		call call
		want string
	}{
		{"unsigned", call{op: "Say", body: `{"Word":"x"}`}, "MissingAuthenticationTokenException"},
		{"unknown key", call{op: "Say", body: `{}`, key: "AKIATWO", secret: "secret"}, "UnrecognizedClientException"},
		{"expired", call{op: "Say", body: `{}`, key: "AKIAOLD", secret: "secret"}, "ExpiredTokenException"},
		{"wrong secret", call{op: "Say", body: `{}`, key: "AKIAONE", secret: "guess"}, "InvalidSignatureException"},
		{"tampered body", call{op: "Say", body: `{"Word":"a"}`, key: "AKIAONE", secret: "secret", tamper: func(q *http.Request) {
			q.Body, q.ContentLength = io.NopCloser(strings.NewReader(`{"Word":"b"}`)), 12
		}}, "InvalidSignatureException"},
		{"cut body", call{op: "Say", body: `{"Word":"a"}`, key: "AKIAONE", secret: "secret", tamper: func(q *http.Request) {
			q.Body = io.NopCloser(strings.NewReader(`{"Wor`))
		}}, "IncompleteBody"},
	} {
		status, _, body := r.do(tc.call)
		if status < 400 || !strings.Contains(body, tc.want) {
			t.Errorf("%s: %d %s", tc.name, status, body)
		}
	}
	if r.fake.calls != 0 {
		t.Errorf("%d calls got through", r.fake.calls)
	}
}

func TestDenied(t *testing.T) {
	r := newRig(func(c *Config) { c.Identity = one{allow: false} })
	status, _, body := r.do(say(`{"Word":"x"}`))
	want := `User: arn:aws:iam::111111111111:user/one is not authorized to perform: fake:Say on resource: arn:aws:fake:::thing because no identity-based policy allows the fake:Say action`
	if status != 400 || !strings.Contains(body, want) || !strings.Contains(body, "AccessDeniedException") || r.fake.calls != 0 {
		t.Errorf("%d %s, %d calls", status, body, r.fake.calls)
	}
}

func TestValidated(t *testing.T) {
	r := newRig(nil)
	for body, want := range map[string]string{
		`{}`:                  "Value null at 'word' failed to satisfy constraint: Member must not be null",
		`{"Word":"too long"}`: "Member must have length less than or equal to 5",
		`{"Word":7}`:          "SerializationException",
		`{"Word":`:            "SerializationException",
	} {
		if status, _, got := r.do(say(body)); status != 400 || !strings.Contains(got, want) {
			t.Errorf("%s: %d %s", body, status, got)
		}
	}
	if r.fake.calls != 0 {
		t.Errorf("%d calls got through", r.fake.calls)
	}
}

func TestIgnored(t *testing.T) {
	r := newRig(nil)
	status, header, _ := r.do(say(`{"Word":"x","Volume":3}`))
	if status != 200 || header.Get("X-Niebla-Ignored") != "Volume" {
		t.Errorf("%d %v", status, header)
	}
	r = newRig(func(c *Config) { c.Strict = true })
	if status, _, body := r.do(say(`{"Word":"x","Volume":3}`)); status != 501 || !strings.Contains(body, "Volume") || r.fake.calls != 0 {
		t.Errorf("strict: %d %s", status, body)
	}
}

func TestAbsentOperation(t *testing.T) {
	r := newRig(nil)
	if status, _, body := r.do(call{op: "Shout", body: `{}`, key: "AKIAONE", secret: "secret"}); status != 501 || !strings.Contains(body, "fake.Shout") {
		t.Errorf("%d %s", status, body)
	}
}

// A client of a service that we lack reads our answer in its own protocol.
func TestAbsentService(t *testing.T) {
	r := newRig(nil)
	for contentType, want := range map[string]string{
		"application/x-amz-json-1.0":        `"__type":"NotImplemented"`,
		"application/x-www-form-urlencoded": "<Code>NotImplemented</Code>",
		"application/json":                  `"message":"Niebla does not implement the service \"sqs\""`,
	} {
		req := httptest.NewRequest("POST", "http://localhost:4566/", nil)
		req.Header.Set("Content-Type", contentType)
		if strings.Contains(contentType, "amz-json") {
			req.Header.Set("X-Amz-Target", "AmazonSQS.SendMessage")
		}
		sigv4.Sign(req, sigv4.Credentials{AccessKey: "AKIAONE", Secret: "secret"}, "eu-west-1", "sqs", "", now)
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != 501 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", contentType, w.Code, w.Body)
		}
	}
}

func TestUnsignedOperation(t *testing.T) {
	r := newRig(nil)
	if status, _, body := r.do(call{op: "Greet", body: `{}`}); status != 200 || !strings.Contains(body, "eu-west-3") {
		t.Errorf("%d %s", status, body)
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	r := newRig(nil)
	status, _, body := r.do(call{op: "Fail", body: `{}`, key: "AKIAONE", secret: "secret"})
	if status != 500 || strings.Contains(body, "secret detail") || !strings.Contains(r.log.String(), "secret detail") {
		t.Errorf("%d %s; log %s", status, body, r.log)
	}
}

func TestFullDisk(t *testing.T) {
	r := newRig(nil)
	status, _, body := r.do(call{op: "Fill", body: `{}`, key: "AKIAONE", secret: "secret"})
	if status != 500 || !strings.Contains(body, "is full") || strings.Contains(body, "secret detail") {
		t.Errorf("%d %s", status, body)
	}
}

func TestPanic(t *testing.T) {
	r := newRig(nil)
	status, _, body := r.do(call{op: "Panic", body: `{}`, key: "AKIAONE", secret: "secret"})
	if status != 500 || strings.Contains(body, "secret detail") || !strings.Contains(r.log.String(), "secret detail") {
		t.Errorf("%d %s; log %s", status, body, r.log)
	}
	if status, _, _ := r.do(say(`{"Word":"x"}`)); status != 200 {
		t.Errorf("after the panic: %d", status)
	}
}

func TestForeignPages(t *testing.T) {
	r := newRig(func(c *Config) { c.Hosts = []string{"niebla.example"} })
	for _, tc := range []struct {
		origin string
		want   string
	}{
		{"http://localhost:5173", "http://localhost:5173"},
		{"http://web.s3-website.localhost:4566", "http://web.s3-website.localhost:4566"},
		{"http://app.niebla.example", "http://app.niebla.example"},
		{"http://evil.example", ""},
		{"http://203.0.113.5", ""},
		{"http://evil.s3-website-us-east-1.amazonaws.com", ""},
		{"http://evil.local", ""},
		{"http://localhost.evil.example", ""},
		{"http://evillocalhost", ""},
		{"null", ""},
	} {
		c := say(`{"Word":"x"}`)
		c.header = map[string]string{"Origin": tc.origin}
		if _, header, _ := r.do(c); header.Get("Access-Control-Allow-Origin") != tc.want {
			t.Errorf("%s: %q", tc.origin, header.Get("Access-Control-Allow-Origin"))
		}
		req := httptest.NewRequest("OPTIONS", "http://localhost:4566/", nil)
		req.Header.Set("Origin", tc.origin)
		req.Header.Set("Access-Control-Request-Method", "POST")
		req.Header.Set("Access-Control-Request-Headers", "x-amz-target")
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != tc.want || (w.Code == 200) != (tc.want != "") {
			t.Errorf("preflight from %s: %d %q", tc.origin, w.Code, got)
		}
	}
	c := say(`{"Word":"x"}`)
	c.host = "evil.example:4566"
	before := r.fake.calls
	if status, _, _ := r.do(c); status != 403 || r.fake.calls != before {
		t.Errorf("a foreign host name: %d", status)
	}
}

// A page may sign in the URL, and post forms, without the browser asking us first.
func TestForeignPagesChangeNothing(t *testing.T) {
	r := newRig(nil)
	const refused = "see niebla start --help, --host"
	for _, tc := range []struct {
		name, method, url, origin, site string
		signed, refused                 bool
	}{
		{"a signed call", "POST", "http://localhost:4566/", "http://evil.example", "cross-site", true, true},
		{"a signed call of a file", "POST", "http://localhost:4566/", "null", "cross-site", true, true},
		{"a link to a signed call", "GET", "http://localhost:4566/", "", "cross-site", true, true},
		{"a call of our own page", "POST", "http://localhost:4566/", "http://web.s3-website.localhost:4566", "cross-site", true, false},
		{"a call of a tool", "POST", "http://localhost:4566/", "", "", true, false},
		{"a form to a bucket", "POST", "http://localhost:4566/b", "http://evil.example", "cross-site", false, true},
		{"a form to an open bucket", "POST", "http://localhost:4566/open/", "https://friend.example", "cross-site", false, false},
		{"a form to an open virtual host", "POST", "http://open.localhost:4566/", "https://friend.example", "cross-site", false, false},
		{"a picture", "GET", "http://localhost:4566/b/k.jpg", "", "cross-site", false, false},
		{"a bucket's rules decide", "GET", "http://localhost:4566/b/k.jpg", "http://evil.example", "cross-site", false, false},
	} {
		req := httptest.NewRequest(tc.method, tc.url, nil)
		if tc.signed {
			req.Header.Set("X-Amz-Target", "Fake.Say")
			sigv4.Sign(req, sigv4.Credentials{AccessKey: "AKIAONE", Secret: "secret"}, "eu-west-1", "fake", "", now)
		}
		for name, value := range map[string]string{"Origin": tc.origin, "Sec-Fetch-Site": tc.site} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if got := strings.Contains(w.Body.String(), refused); got != tc.refused || got && w.Code != 403 {
			t.Errorf("%s: %d %s", tc.name, w.Code, w.Body)
		}
	}
	for origin, want := range map[string]bool{"http://evil.example": true, "http://localhost:5173": false} {
		req := httptest.NewRequest("GET", "http://localhost:4566/graphql/x/realtime", nil)
		req.Header.Set("Origin", origin)
		req.Header.Set("Upgrade", "websocket")
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if got := strings.Contains(w.Body.String(), refused); got != want {
			t.Errorf("a WebSocket of %s: %d %s", origin, w.Code, w.Body)
		}
	}
}

// Two names of a service may be the same word.
func TestNamesOfOneService(t *testing.T) {
	r := newRig(func(c *Config) { c.Services = append(c.Services, twin{}) })
	if r.target["Twin"] == nil || r.rpc["Twin"] == nil {
		t.Errorf("targets %v, rpc %v", r.target, r.rpc)
	}
}

type twin struct{}

func (twin) Operations() []service.Operation { return nil }
func (twin) Info() service.Info {
	return service.Info{Name: "twin", Protocols: []service.Protocol{service.JSON10, service.CBOR}, TargetPrefix: "Twin", CBORName: "Twin"}
}

// That a client goes away is its own affair.
func TestClientGoesAway(t *testing.T) {
	r := newRig(nil)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	status, _, _ := r.do(call{op: "Fail", body: `{}`, key: "AKIAONE", secret: "secret", tamper: func(q *http.Request) { *q = *q.WithContext(ctx) }})
	if status != 500 || r.log.Len() != 0 {
		t.Errorf("%d, log %s", status, r.log)
	}
}

func TestBucketOf(t *testing.T) {
	for host, want := range map[string]string{
		"localhost": "", "127.0.0.1": "", "[::1]": "", "niebla": "",
		"b.localhost": "b", "b.s3.localhost": "b", "s3.localhost": "", "a.b.localhost": "a.b",
		"b.s3.eu-west-3.amazonaws.com": "b", "s3.eu-west-3.amazonaws.com": "", "s3.amazonaws.com": "", "a.b.s3.amazonaws.com": "a.b",
		"dynamodb.eu-west-3.amazonaws.com": "", "b.niebla.lan": "b", "b.other.lan": "",
	} {
		if got := bucketOf(host, []string{"niebla.lan"}); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestCompressedBody(t *testing.T) {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(`{"Word":"hello"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	c := say(b.String())
	c.header = map[string]string{"Content-Encoding": "gzip"}
	plainStatus, _, plain := newRig(nil).do(say(`{"Word":"hello"}`))
	if status, _, body := newRig(nil).do(c); status != plainStatus || body != plain || status != 200 {
		t.Errorf("compressed %d %s, plain %d %s", status, body, plainStatus, plain)
	}
	c.body = "not gzip"
	if status, _, body := newRig(nil).do(c); status != 400 || !strings.Contains(body, "SerializationException") {
		t.Errorf("%d %s", status, body)
	}
}

// plane is a data plane that fails.
type plane struct{ buckets }

func (plane) Info() service.Info {
	return service.Info{Name: "plane", Protocols: []service.Protocol{service.JSON10}}
}
func (plane) Claims(r *http.Request) bool                             { return strings.HasPrefix(r.URL.Path, "/plane") }
func (plane) ServeHTTP(http.ResponseWriter, *http.Request, *aws.Call) { panic("secret detail") }

func TestPanicOfADataPlane(t *testing.T) {
	r := newRig(func(c *Config) { c.Services = append(c.Services, plane{}) })
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost:4566/plane/x", nil))
	if body := w.Body.String(); w.Code != 500 || strings.Contains(body, "<") || !strings.Contains(body, "internal failure") || strings.Contains(body, "secret detail") {
		t.Errorf("%d %q", w.Code, body)
	}
}
