package restbind

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/shape"
)

type (
	listBuckets struct {
		_ struct{} `http:"GET /"`
	}
	listObjects struct {
		_      struct{} `http:"GET /{Bucket}"`
		Bucket string   `loc:"uri"`
	}
	listObjectsV2 struct {
		_      struct{} `http:"GET /{Bucket}?list-type=2"`
		Bucket string   `loc:"uri"`
		Prefix string   `loc:"query" wire:"prefix"`
	}
	getObject struct {
		_      struct{} `http:"GET /{Bucket}/{Key+}"`
		Bucket string   `loc:"uri"`
		Key    string   `loc:"uri"`
	}
	listParts struct {
		_        struct{} `http:"GET /{Bucket}/{Key+}"`
		Bucket   string   `loc:"uri"`
		Key      string   `loc:"uri"`
		UploadId string   `loc:"query" wire:"uploadId" required:""`
	}
	getObjectAcl struct {
		_ struct{} `http:"GET /{Bucket}/{Key+}?acl"`
	}
	putObject struct {
		_        struct{}          `http:"PUT /{Bucket}/{Key+}"`
		Bucket   string            `loc:"uri"`
		Key      string            `loc:"uri"`
		Metadata map[string]string `loc:"headers" wire:"x-amz-meta-"`
		ACL      string            `loc:"header" wire:"x-amz-acl"`
		Body     io.Reader         `loc:"payload"`
	}
	copyObject struct {
		_          struct{} `http:"PUT /{Bucket}/{Key+}"`
		CopySource string   `loc:"header" wire:"x-amz-copy-source" required:""`
	}
	uploadPart struct {
		_          struct{} `http:"PUT /{Bucket}/{Key+}"`
		PartNumber int32    `loc:"query" wire:"partNumber" required:""`
		UploadId   string   `loc:"query" wire:"uploadId" required:""`
	}
	uploadPartCopy struct {
		_          struct{} `http:"PUT /{Bucket}/{Key+}"`
		CopySource string   `loc:"header" wire:"x-amz-copy-source" required:""`
		PartNumber int32    `loc:"query" wire:"partNumber" required:""`
		UploadId   string   `loc:"query" wire:"uploadId" required:""`
	}
	getTags struct {
		_   struct{} `http:"GET /tags/{arn+}/all"`
		Arn string   `loc:"uri" wire:"arn"`
	}
)

// router has the table in two orders: the order must not matter.
func router(backwards bool) *Router {
	var plans shape.Plans
	rows := []any{listBuckets{}, listObjects{}, listObjectsV2{}, getObject{}, listParts{}, getObjectAcl{},
		putObject{}, copyObject{}, uploadPart{}, uploadPartCopy{}, getTags{}}
	if backwards {
		slices.Reverse(rows)
	}
	rt := new(Router)
	for _, row := range rows {
		t := reflect.TypeOf(row)
		rt.Add(t.Name(), plans.Of(t))
	}
	return rt
}

func TestRouter(t *testing.T) {
	tests := []struct{ method, target, header, want string }{
		{"GET", "/", "", "listBuckets"},
		{"GET", "/?x-id=ListBuckets", "", "listBuckets"},
		{"GET", "/b", "", "listObjects"},
		{"GET", "/b/", "", "listObjects"},
		{"GET", "/b?list-type=2&prefix=p", "", "listObjectsV2"},
		{"GET", "/b?list-type=1", "", "listObjects"},
		{"GET", "/b/k", "", "getObject"},
		{"GET", "/b/k?acl", "", "getObjectAcl"},
		{"GET", "/b/k?acl=", "", "getObjectAcl"},
		{"GET", "/b/k?uploadId=u", "", "listParts"},
		{"GET", "/b//", "", "getObject"},
		{"PUT", "/b/k", "", "putObject"},
		{"PUT", "/b/k", "X-Amz-Copy-Source", "copyObject"},
		{"PUT", "/b/k?partNumber=1&uploadId=u", "", "uploadPart"},
		{"PUT", "/b/k?partNumber=1&uploadId=u", "X-Amz-Copy-Source", "uploadPartCopy"},
		{"PUT", "/b/k?uploadId=u", "", "putObject"},
		{"GET", "/tags/arn:x/all", "", "getTags"},
		{"GET", "/tags/arn:x/a/b/all", "", "getTags"},
		{"GET", "/tags/arn:x/some", "", "getObject"},
		{"DELETE", "/b/k", "", ErrMethod.Error()},
		{"PUT", "/", "", ErrMethod.Error()},
		{"GET", "//k", "", ErrNoRoute.Error()},
		{"GET", "/b/%FF", "", ErrPath.Error()},
	}
	for _, backwards := range []bool{false, true} {
		rt := router(backwards)
		for _, tt := range tests {
			r := httptest.NewRequest(tt.method, "http://localhost"+tt.target, nil)
			if tt.header != "" {
				r.Header.Set(tt.header, "/b/other")
			}
			op, _, err := rt.Match(r, r.URL.Query())
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = op.Name
			}
			if got != tt.want {
				t.Errorf("%s %s %s: %s, want %s", tt.method, tt.target, tt.header, got, tt.want)
			}
		}
	}
}

func TestKeysAreLiteral(t *testing.T) {
	rt := router(false)
	for raw, want := range map[string]string{
		"k":             "k",
		"a/b/c":         "a/b/c",
		"a//b":          "a//b",
		"/a":            "/a",
		"a/../b":        "a/../b",
		"./a/.":         "./a/.",
		"a%2Fb":         "a/b",
		"a%252Fb":       "a%2Fb",
		"a+b%20c":       "a+b c",
		"%C3%A9/\u00e9": "é/é",
		"a/":            "a/",
		"%2e%2e/x":      "../x",
	} {
		r := &http.Request{Method: "GET", Header: http.Header{}}
		u, err := http.NewRequest("GET", "http://localhost/b/"+raw, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u.URL
		_, params, err := rt.Match(r, nil)
		if err != nil || params.Get("Key") != want || params.Get("Bucket") != "b" {
			t.Errorf("%s: %v, %v, want key %s", raw, params, err, want)
		}
	}
}

func TestRouterRefusesAnInputWithoutBinding(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "no http tag") {
			t.Errorf("recovered %v", r)
		}
	}()
	var plans shape.Plans
	new(Router).Add("x", plans.Of(reflect.TypeFor[struct{ A string }]()))
}

func decodePut(t *testing.T, target string, h http.Header) (*putObject, *shape.Report) {
	t.Helper()
	rt := router(false)
	r := httptest.NewRequest("PUT", "http://localhost"+target, strings.NewReader("data"))
	for k, v := range h {
		r.Header[k] = v
	}
	op, params, err := rt.Match(r, r.URL.Query())
	if err != nil {
		t.Fatal(err)
	}
	in, rep, seen := new(putObject), new(shape.Report), new(shape.Set)
	if err := op.Decode(r, r.URL.Query(), params, reflect.ValueOf(in).Elem(), rep, seen); err != nil {
		t.Fatal(err)
	}
	return in, rep
}

func TestDecodeHeaders(t *testing.T) {
	in, _ := decodePut(t, "/b/k", http.Header{"X-Amz-Meta-Some-Name": {"a", "b"}, "X-Amz-Acl": {"private"}})
	if in.Metadata["some-name"] != "a,b" || in.ACL != "private" || in.Bucket != "b" {
		t.Errorf("%+v", in)
	}
	if data, err := io.ReadAll(in.Body); string(data) != "data" {
		t.Errorf("body %q, %v", data, err)
	}
}

func TestPresignedHeadersInTheQuery(t *testing.T) {
	const query = "?X-Amz-Signature=s&X-Amz-Expires=60&x-amz-acl=private&x-amz-meta-Color=red&x-amz-checksum-crc32=AAAAAA%3D%3D"
	in, rep := decodePut(t, "/b/k"+query, nil)
	if in.ACL != "private" || in.Metadata["color"] != "red" {
		t.Errorf("%+v", in)
	}
	if len(rep.Ignored()) > 0 {
		t.Errorf("ignored %v", rep.Ignored())
	}
	in, rep = decodePut(t, "/b/k?x-amz-acl=private", nil)
	if in.ACL != "" || !slices.Equal(rep.Ignored(), []string{"?x-amz-acl"}) {
		t.Errorf("without a signature: %+v, ignored %v", in, rep.Ignored())
	}
}

func TestIgnored(t *testing.T) {
	_, rep := decodePut(t, "/b/k?x-id=PutObject&color=red", http.Header{
		"X-Amz-Date": {"x"}, "X-Amz-Storage-Class": {"GLACIER"}, "User-Agent": {"u"}, "X-Amz-Meta-A": {"b"}})
	if want := []string{"?color", "x-amz-storage-class"}; !slices.Equal(rep.Ignored(), want) {
		t.Errorf("ignored %v, want %v", rep.Ignored(), want)
	}
}

// A sum of a body that is read whole is verified for every operation; of one
// that is streamed, only an operation that models the header can verify it.
func TestSumsOfBodies(t *testing.T) {
	claims := http.Header{"X-Amz-Checksum-Crc32": {"AAAAAA=="}, "X-Amz-Checksum-Mode": {"ENABLED"}}
	_, rep := decodePut(t, "/b/k", claims)
	if want := []string{"x-amz-checksum-crc32", "x-amz-checksum-mode"}; !slices.Equal(rep.Ignored(), want) {
		t.Errorf("streamed: ignored %v, want %v", rep.Ignored(), want)
	}
	r := httptest.NewRequest("GET", "http://localhost/b", nil)
	r.Header = claims
	op, params, err := router(false).Match(r, r.URL.Query())
	if err != nil {
		t.Fatal(err)
	}
	rep = new(shape.Report)
	if err := op.Decode(r, r.URL.Query(), params, reflect.New(op.Input.Go).Elem(), rep, new(shape.Set)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"x-amz-checksum-mode"}; !slices.Equal(rep.Ignored(), want) {
		t.Errorf("whole: ignored %v, want %v", rep.Ignored(), want)
	}
}

func TestBadValues(t *testing.T) {
	rt := router(false)
	r := httptest.NewRequest("PUT", "/b/k?partNumber=one&uploadId=u", nil)
	op, params, err := rt.Match(r, r.URL.Query())
	if err != nil {
		t.Fatal(err)
	}
	err = op.Decode(r, r.URL.Query(), params, reflect.New(op.Input.Go).Elem(), new(shape.Report), new(shape.Set))
	var bad *ValueError
	if !errors.As(err, &bad) || bad.Field.Wire != "partNumber" || bad.Value != "one" {
		t.Errorf("Decode = %v", err)
	}
}

func TestSplitList(t *testing.T) {
	for _, tt := range []struct {
		in    string
		dates bool
		want  []string
	}{
		{"a,b, c", false, []string{"a", "b", "c"}},
		{`"b,c", "\"d\"", a`, false, []string{"b,c", `"d"`, "a"}},
		{"Mon, 16 Dec 2019 23:48:18 GMT, Tue, 17 Dec 2019 23:48:18 GMT", true,
			[]string{"Mon, 16 Dec 2019 23:48:18 GMT", "Tue, 17 Dec 2019 23:48:18 GMT"}},
		{`"`, false, []string{`"`}},
	} {
		if got := splitList(tt.in, tt.dates); !slices.Equal(got, tt.want) {
			t.Errorf("splitList(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPrefixHeadersKeepTheirCase(t *testing.T) {
	var plans shape.Plans
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := putObject{Metadata: map[string]string{"some-name": "v"}}
		EncodeHeader(w.Header(), plans.Of(reflect.TypeFor[putObject]()), reflect.ValueOf(out))
	}))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
	raw, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(raw), "\r\nx-amz-meta-some-name: v\r\n") {
		t.Errorf("%v, response:\n%s", err, raw)
	}
}
