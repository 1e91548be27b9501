package restxml

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

type (
	getInput struct {
		_      struct{}   `http:"GET /{Bucket}/{Key+}"`
		Bucket string     `loc:"uri" required:""`
		Key    string     `loc:"uri" required:""`
		Part   *int32     `loc:"query" wire:"partNumber" range:"1,10000"`
		Since  *time.Time `loc:"header" wire:"If-Modified-Since"`
	}
	getOutput struct {
		Body   *service.Stream   `loc:"payload"`
		ETag   string            `loc:"header"`
		Length *int64            `loc:"header" wire:"Content-Length"`
		Meta   map[string]string `loc:"headers" wire:"x-amz-meta-"`
	}
	headInput struct {
		_      struct{} `http:"HEAD /{Bucket}/{Key+}"`
		Bucket string   `loc:"uri"`
		Key    string   `loc:"uri"`
	}
	headOutput struct {
		Length *int64 `loc:"header" wire:"Content-Length"`
	}
	deleteInput struct {
		_      struct{} `http:"DELETE /{Bucket}"`
		Bucket string   `loc:"uri"`
	}
	deleteOutput struct {
		_ struct{} `status:"204"`
	}
	corsInput struct {
		_      struct{} `http:"PUT /{Bucket}?cors"`
		Bucket string   `loc:"uri"`
		ACL    string   `loc:"header" wire:"x-amz-acl" enum:"private|public-read"`
		CORS   cors     `loc:"payload" wire:"CORSConfiguration" required:""`
	}
	cors struct {
		Rules []rule `wire:"CORSRule" flat:"" required:"" len:"1,"`
	}
	rule struct {
		Methods []string `wire:"AllowedMethod" flat:"" required:""`
		MaxAge  *int32   `wire:"MaxAgeSeconds"`
	}
	aclInput struct {
		_      struct{} `http:"GET /{Bucket}?acl"`
		Bucket string   `loc:"uri"`
	}
	aclOutput struct {
		_      struct{} `root:"AccessControlPolicy"`
		Grants []grant  `wire:"AccessControlList" member:"Grant"`
		When   *time.Time
	}
	grant struct {
		Grantee    *grantee `xmlns:"xsi=http://www.w3.org/2001/XMLSchema-instance"`
		Permission string
	}
	grantee struct {
		ID   string
		Type string `wire:"xsi:type" attr:""`
	}
	locationInput struct {
		_      struct{} `http:"GET /{Bucket}?location"`
		Bucket string   `loc:"uri"`
	}
	locationOutput struct {
		Location string `loc:"payload" wire:"LocationConstraint" xmlns:"http://s3.amazonaws.com/doc/2006-03-01/"`
	}
	policyInput struct {
		_      struct{} `http:"GET /{Bucket}?policy"`
		Bucket string   `loc:"uri"`
	}
	policyOutput struct {
		Policy string `loc:"payload"`
	}
)

func handle[In, Out any](context.Context, *aws.Call, *In) (*Out, error) { return nil, nil }

func newS3() *Codec {
	return New(service.Info{Name: "s3", Namespace: "http://s3.amazonaws.com/doc/2006-03-01/"}, []service.Operation{
		service.Op("GetObject", service.Any, handle[getInput, getOutput]),
		service.Op("HeadObject", service.Any, handle[headInput, headOutput]),
		service.Op("DeleteBucket", service.Any, handle[deleteInput, deleteOutput]),
		service.Op("PutBucketCors", service.Any, handle[corsInput, service.Empty]),
		service.Op("GetBucketAcl", service.Any, handle[aclInput, aclOutput]),
		service.Op("GetBucketLocation", service.Any, handle[locationInput, locationOutput]),
		service.Op("GetBucketPolicy", service.Any, handle[policyInput, policyOutput]),
	})
}

func TestAbsentSubresource(t *testing.T) {
	c := newS3()
	for _, tt := range []struct {
		method, target, code string
		status               int
	}{
		{"DELETE", "/b", "", 0},
		{"DELETE", "/b?x-id=DeleteBucket", "", 0},
		{"DELETE", "/b?lifecycle", "NotImplemented", 501},
		{"DELETE", "/b?cors", "NotImplemented", 501},
		{"GET", "/b/k?torrent", "NotImplemented", 501},
		{"GET", "/b/k?partNumber=1", "", 0},
		{"GET", "/b/k?uploadId=1", "NotImplemented", 501},
		{"POST", "/b?delete", "NotImplemented", 501},
		{"PATCH", "/b", "MethodNotAllowed", 405},
		{"GET", "/b/%F0", "InvalidURI", 400},
	} {
		_, err := c.Route(httptest.NewRequest(tt.method, tt.target, nil), nil)
		e, _ := err.(*aws.Error)
		if (e == nil) != (tt.code == "") || e != nil && (e.Code != tt.code || e.Status != tt.status) {
			t.Errorf("%s %s: %v, want %s", tt.method, tt.target, err, tt.code)
		}
	}
}

func decode(t *testing.T, r *http.Request, body string, in any) (*shape.Report, error) {
	t.Helper()
	c := newS3()
	route, err := c.Route(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	rep := new(shape.Report)
	return rep, c.Decode(r, []byte(body), route, in, rep)
}

func TestErrorsOfInput(t *testing.T) {
	const good = `<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>`
	for _, tt := range []struct{ name, target, acl, body, want string }{
		{"good", "/b?cors", "", good, ""},
		{"no body", "/b?cors", "", "", "MalformedXML"},
		{"not XML", "/b?cors", "", "{}", "MalformedXML"},
		{"other root", "/b?cors", "", "<Tagging/>", "MalformedXML"},
		{"empty", "/b?cors", "", "<CORSConfiguration/>", "MalformedXML"},
		{"deep", "/b?cors", "", "<CORSConfiguration><CORSRule/></CORSConfiguration>", "MalformedXML"},
		{"type", "/b?cors", "", strings.Replace(good, "</CORSRule>", "<MaxAgeSeconds>x</MaxAgeSeconds></CORSRule>", 1), "MalformedXML"},
		{"header", "/b?cors", "everyone", good, "InvalidArgument"},
	} {
		r := httptest.NewRequest("PUT", tt.target, nil)
		if tt.acl != "" {
			r.Header.Set("X-Amz-Acl", tt.acl)
		}
		rep, err := decode(t, r, tt.body, new(corsInput))
		e, _ := err.(*aws.Error)
		if e == nil {
			e = rep.Err()
		}
		if (e == nil) != (tt.want == "") || e != nil && (e.Code != tt.want || e.Status != 400) {
			t.Errorf("%s: %v, want %s", tt.name, e, tt.want)
		}
	}
	_, err := decode(t, httptest.NewRequest("GET", "/b/k?partNumber=x", nil), "", new(getInput))
	e, ok := err.(*aws.Error)
	if !ok || e.Code != "InvalidArgument" || len(e.Fields) != 2 || e.Fields[0].Value != "partNumber" || e.Fields[1].Value != "x" {
		t.Errorf("partNumber=x: %+v", err)
	}
}

func TestConditionsThatDoNotParseAreNone(t *testing.T) {
	r := httptest.NewRequest("GET", "/b/k", nil)
	r.Header.Set("If-Modified-Since", "yesterday")
	in := new(getInput)
	if _, err := decode(t, r, "", in); err != nil || in.Since != nil {
		t.Errorf("%v, %v", in.Since, err)
	}
	r.Header.Set("If-Modified-Since", "Sun, 22 Nov 2026 08:00:00 GMT")
	if _, err := decode(t, r, "", in); err != nil || in.Since == nil || in.Since.Hour() != 8 {
		t.Errorf("%v, %v", in.Since, err)
	}
}

func encode(t *testing.T, method, op string, out any) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	if err := newS3().Encode(w, httptest.NewRequest(method, "/", nil), &aws.Call{RequestID: "id-1"}, op, out); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("X-Amz-Request-Id") != "id-1" || w.Header().Get("X-Amz-Id-2") == "" {
		t.Errorf("%s: header %v", op, w.Header())
	}
	return w
}

func TestEncode(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		op     string
		out    any
		status int
		ctype  string
		want   string
	}{
		{"GetBucketAcl", &aclOutput{Grants: []grant{{&grantee{"me", "CanonicalUser"}, "READ"}}, When: &at}, 200, "application/xml",
			prolog + `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><AccessControlList><Grant>` +
				`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>me</ID></Grantee>` +
				`<Permission>READ</Permission></Grant></AccessControlList><When>2026-11-22T08:00:00.000Z</When></AccessControlPolicy>`},
		{"GetBucketLocation", &locationOutput{"eu-west-3"}, 200, "application/xml",
			prolog + `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-3</LocationConstraint>`},
		{"GetBucketLocation", &locationOutput{}, 200, "application/xml",
			prolog + `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>`},
		{"GetBucketPolicy", &policyOutput{`{"a":"<"}`}, 200, "", `{"a":"<"}`},
		{"DeleteBucket", &deleteOutput{}, 204, "", ""},
		{"PutBucketCors", &service.Empty{}, 200, "", ""},
	} {
		w := encode(t, "GET", tt.op, tt.out)
		if w.Code != tt.status || w.Body.String() != tt.want || w.Header().Get("Content-Type") != tt.ctype {
			t.Errorf("%s: %d %v\n%s\nwant\n%s", tt.op, w.Code, w.Header(), w.Body, tt.want)
		}
	}
}

// body is a payload that tells when it is closed.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error { b.closed = true; return nil }

func TestStream(t *testing.T) {
	b := &body{Reader: strings.NewReader("data")}
	w := encode(t, "GET", "GetObject", &getOutput{Body: &service.Stream{ReadCloser: b, Length: 4}, ETag: `"e"`, Meta: map[string]string{"a": "b"}})
	h := w.Header()
	if w.Body.String() != "data" || !b.closed || h.Get("Content-Length") != "4" || h.Get("Etag") != `"e"` || len(h["x-amz-meta-a"]) != 1 {
		t.Errorf("%v, %q, closed %v", h, w.Body, b.closed)
	}
}

func TestHead(t *testing.T) {
	n := int64(7)
	w := encode(t, "HEAD", "HeadObject", &headOutput{&n})
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") != "7" {
		t.Errorf("%v %q", w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	newS3().Error(w, httptest.NewRequest("HEAD", "/b/k", nil), &aws.Call{}, aws.Errorf(404, "NoSuchKey", "The specified key does not exist."))
	if w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestErrorBody(t *testing.T) {
	w := httptest.NewRecorder()
	call := &aws.Call{RequestID: "id-1"}
	newS3().Error(w, httptest.NewRequest("GET", "/b/k", nil), call,
		aws.Errorf(404, "NoSuchKey", "The specified key does not exist.").With("Key", "a<b").With("Size", 5))
	want := prolog + `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key><Size>5</Size>` +
		`<RequestId>id-1</RequestId><HostId>` + hostID(call) + `</HostId></Error>`
	if w.Body.String() != want || w.Header().Get("Content-Type") != "application/xml" || w.Header().Get("X-Amz-Id-2") != hostID(call) {
		t.Errorf("%v\n%s\nwant\n%s", w.Header(), w.Body, want)
	}
	w = httptest.NewRecorder()
	e := aws.Errorf(304, "NotModified", "Not Modified")
	e.Header = http.Header{"Etag": {`"e"`}}
	newS3().Error(w, httptest.NewRequest("GET", "/b/k", nil), call, e)
	if w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("Etag") != `"e"` {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

func BenchmarkGetObject(b *testing.B) {
	c := newS3()
	r := httptest.NewRequest("GET", "/bucket/some/key.enc", nil)
	r.Header.Set("Range", "bytes=0-65535")
	r.Header.Set("X-Amz-Date", "20261122T080000Z")
	b.ReportAllocs()
	for b.Loop() {
		route, err := c.Route(r, nil)
		if err != nil {
			b.Fatal(err)
		}
		var rep shape.Report
		if err := c.Decode(r, nil, route, new(getInput), &rep); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListObjects(b *testing.B) {
	type object struct {
		Key, ETag, StorageClass string
		LastModified            time.Time
		Size                    int64
	}
	type listOutput struct {
		_        struct{} `root:"ListBucketResult"`
		Name     string
		Contents []object `flat:""`
	}
	c := New(service.Info{Name: "s3"}, []service.Operation{service.Op("List", service.Any, handle[deleteInput, listOutput])})
	out := &listOutput{Name: "bucket", Contents: make([]object, 1000)}
	for i := range out.Contents {
		out.Contents[i] = object{"songs/some-key.enc", `"5d41402abc4b2a76b9719d911017c592"`, "STANDARD", time.Unix(1e9, 0), 1 << 20}
	}
	r := httptest.NewRequest("GET", "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Encode(httptest.NewRecorder(), r, &aws.Call{}, "List", out); err != nil {
			b.Fatal(err)
		}
	}
}
