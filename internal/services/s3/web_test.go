package s3

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

func TestCORS(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	ask := func(origin, method, headers string) (http.Header, error) {
		r := httptest.NewRequest("OPTIONS", "/bkt/k", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", method)
		if headers != "" {
			r.Header.Set("Access-Control-Request-Headers", headers)
		}
		return w.Preflight(r, w.call())
	}
	if _, err := ask("https://a.example", "GET", ""); err == nil || !strings.Contains(err.Error(), "not enabled") {
		t.Errorf("without rules: %v", err)
	}
	age := int32(600)
	rules := []CORSRule{
		{AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"https://*.example"}, AllowedHeaders: []string{"x-amz-*", "Content-Type"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: &age},
		{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}},
	}
	do[Empty](w, &PutBucketCorsInput{onBucket: on("bkt"), CORSConfiguration: &CORSConfiguration{CORSRules: rules}})
	for _, c := range []struct{ origin, method, headers, allowed, credentials string }{
		{"https://a.example", "PUT", "X-Amz-Date, content-type", "https://a.example", "true"},
		{"https://a.example", "GET", "", "https://a.example", "true"},
		{"https://elsewhere", "GET", "", "*", ""},
		{"https://elsewhere", "GET", "x-amz-date", "", ""},
		{"https://elsewhere", "PUT", "", "", ""},
		{"https://a.example", "PUT", "authorization", "", ""},
		{"https://a.example.evil", "PUT", "", "", ""},
	} {
		h, err := ask(c.origin, c.method, c.headers)
		if (err == nil) != (c.allowed != "") {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if err == nil && (h.Get("Access-Control-Allow-Origin") != c.allowed || h.Get("Access-Control-Allow-Credentials") != c.credentials) {
			t.Errorf("%+v: %v", c, h)
		}
	}
	h, _ := ask("https://a.example", "PUT", "X-Amz-Date, content-type")
	if h.Get("Access-Control-Allow-Methods") != "GET, PUT" || h.Get("Access-Control-Allow-Headers") != "x-amz-date, content-type" ||
		h.Get("Access-Control-Max-Age") != "600" || h.Get("Access-Control-Expose-Headers") != "ETag" {
		t.Errorf("%v", h)
	}
	r := httptest.NewRequest("GET", "/bkt/k", nil)
	r.Header.Set("Origin", "https://a.example")
	if h := w.Actual(r, w.call()); h.Get("Access-Control-Allow-Origin") != "https://a.example" {
		t.Errorf("actual: %v", h)
	}
	for _, bad := range []CORSRule{
		{AllowedMethods: []string{"OPTIONS"}, AllowedOrigins: []string{"*"}},
		{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*.*"}},
		{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, ExposeHeaders: []string{"*"}},
	} {
		w.refused("InvalidRequest", &PutBucketCorsInput{onBucket: on("bkt"), CORSConfiguration: &CORSConfiguration{CORSRules: []CORSRule{bad}}})
	}
}

// visitor gets a page of a website.
func (w *world) visitor(method, url string, header ...string) *http.Response {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if !w.Claims(r) {
		w.t.Fatalf("%s is not claimed", url)
	}
	c := w.call()
	c.Principal = &aws.Principal{}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r, c)
	return rec.Result()
}

func TestWebsiteHosts(t *testing.T) {
	for host, want := range map[string]string{
		"site.s3-website.localhost:4566":                  "site",
		"my.site.s3-website.localhost":                    "my.site",
		"site.s3-website-eu-west-3.amazonaws.com":         "site",
		"site.s3-website.eu-west-3.amazonaws.com":         "site",
		"site.s3-website.eu-west-3.localhost.example:443": "site",
		"site.s3.localhost":                               "",
		"s3-website.localhost":                            "",
		"localhost:4566":                                  "",
	} {
		if got, ok := websiteHost(host); got != want && ok || ok != (want != "") {
			t.Errorf("%s: %q %v", host, got, ok)
		}
	}
}

func TestWebsite(t *testing.T) {
	w := newWorld(t)
	w.bucket("site")
	const site = "http://site.s3-website.localhost"
	if res := w.visitor("GET", site+"/"); res.StatusCode != 404 || res.Header.Get("X-Amz-Error-Code") != "NoSuchWebsiteConfiguration" {
		t.Errorf("without a configuration: %d %v", res.StatusCode, res.Header)
	}
	empty := ""
	do[Empty](w, &PutBucketWebsiteInput{onBucket: on("site"), WebsiteConfiguration: &WebsiteConfiguration{
		IndexDocument: &IndexDocument{"index.html"}, ErrorDocument: &ErrorDocument{"oops.html"},
		RoutingRules: []RoutingRule{
			{Condition: &Condition{KeyPrefixEquals: "old/"}, Redirect: &Redirect{ReplaceKeyPrefixWith: ptr("new/"), HttpRedirectCode: "302"}},
			{Condition: &Condition{KeyPrefixEquals: "lost/", HttpErrorCodeReturnedEquals: "404"}, Redirect: &Redirect{HostName: "example.org", Protocol: "https", ReplaceKeyWith: &empty}},
		},
	}})
	for k, v := range map[string]string{"index.html": "home", "docs/index.html": "docs", "oops.html": "so sorry", "private.html": "secret"} {
		in := put("site", k, v)
		in.ContentType = "text/html"
		do[PutObjectOutput](w, in)
	}
	moved := put("site", "moved", "")
	moved.WebsiteRedirectLocation = "/docs/"
	do[PutObjectOutput](w, moved)
	w.deny = func(a service.Access) bool {
		return strings.HasSuffix(string(a.Resource), "private.html")
	}
	etag := quote(md5Hex("home"))
	for _, c := range []struct {
		method, path string
		header       []string
		status       int
		body         string
		location     string
	}{
		{"GET", "/", nil, 200, "home", ""},
		{"HEAD", "/", nil, 200, "", ""},
		{"GET", "/index.html", nil, 200, "home", ""},
		{"GET", "/docs/", nil, 200, "docs", ""},
		{"GET", "/docs", nil, 302, "", "/docs/"},
		{"GET", "/none", nil, 404, "so sorry", ""},
		{"GET", "/private.html", nil, 403, "so sorry", ""},
		{"GET", "/old/x/y", nil, 302, "", "http://site.s3-website.localhost/new/x/y"},
		{"GET", "/lost/x", nil, 301, "", "https://example.org/"},
		{"GET", "/moved", nil, 301, "", "/docs/"},
		{"GET", "/", []string{"If-None-Match", etag}, 304, "", ""},
		{"GET", "/", []string{"Range", "bytes=1-2"}, 206, "om", ""},
		{"GET", "/%2e%2e/etc/passwd", nil, 404, "so sorry", ""},
	} {
		res := w.visitor(c.method, site+c.path, c.header...)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != c.status || string(body) != c.body || res.Header.Get("Location") != c.location {
			t.Errorf("%s %s: %d %q %q", c.method, c.path, res.StatusCode, body, res.Header.Get("Location"))
		}
	}
	if res := w.visitor("GET", site+"/none"); res.Header.Get("X-Amz-Error-Code") != "NoSuchKey" || res.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%v", res.Header)
	}
	if res := w.visitor("POST", site+"/"); res.StatusCode != 405 {
		t.Errorf("POST: %d", res.StatusCode)
	}
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("site", "oops.html")})
	res := w.visitor("GET", site+"/none<script>")
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 404 || !strings.Contains(string(body), "Custom Error Document") || strings.Contains(string(body), "<script>") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	do[Empty](w, &PutBucketWebsiteInput{onBucket: on("site"), WebsiteConfiguration: &WebsiteConfiguration{RedirectAllRequestsTo: &RedirectAllRequestsTo{"example.org", "https"}}})
	if res := w.visitor("GET", site+"/a/b?c=d"); res.StatusCode != 301 || res.Header.Get("Location") != "https://example.org/a/b?c=d" {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestWebsiteConfigurations(t *testing.T) {
	w := newWorld(t)
	w.bucket("site")
	for code, conf := range map[string]*WebsiteConfiguration{
		"InvalidArgument": {},
		"MalformedXML":    {IndexDocument: &IndexDocument{"i"}, RoutingRules: []RoutingRule{{}}},
		"InvalidRequest":  {IndexDocument: &IndexDocument{"i"}, RoutingRules: []RoutingRule{{Redirect: &Redirect{HttpRedirectCode: "200"}}}},
	} {
		w.refused(code, &PutBucketWebsiteInput{onBucket: on("site"), WebsiteConfiguration: conf})
	}
	w.refused("InvalidArgument", &PutBucketWebsiteInput{onBucket: on("site"), WebsiteConfiguration: &WebsiteConfiguration{IndexDocument: &IndexDocument{"a/b"}}})
	w.refused("NoSuchWebsiteConfiguration", &GetBucketWebsiteInput{onBucket: on("site")})
}

// formFields are the fields of a form that the caller signed.
func (w *world) formFields(conditions ...any) map[string]string {
	doc, err := json.Marshal(map[string]any{"expiration": w.now.Add(time.Hour).Format(time.RFC3339), "conditions": conditions})
	if err != nil {
		w.t.Fatal(err)
	}
	policy := base64.StdEncoding.EncodeToString(doc)
	mac := hmac.New(sha1.New, []byte("secret"))
	mac.Write([]byte(policy))
	return map[string]string{"AWSAccessKeyId": "test", "policy": policy, "signature": base64.StdEncoding.EncodeToString(mac.Sum(nil))}
}

func (w *world) submit(fields map[string]string, file string) (*http.Response, string) {
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	for k, v := range fields {
		mw.WriteField(k, v)
	}
	part, _ := mw.CreateFormFile("file", "photo.jpg")
	io.WriteString(part, file)
	mw.WriteField("late", "ignored")
	mw.Close()
	r := httptest.NewRequest("POST", "/bkt", &b)
	r.Header.Set("Content-Type", mw.FormDataContentType())
	if !w.Claims(r) {
		w.t.Fatal("not claimed")
	}
	c := w.call()
	c.Principal = &aws.Principal{}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r, c)
	return rec.Result(), rec.Body.String()
}

func TestForm(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	base := []any{map[string]string{"bucket": "bkt"}, []string{"starts-with", "$key", "up/"}, []any{"content-length-range", 2, 10}, []string{"starts-with", "$success_action_status", ""}}
	with := func(pairs ...string) map[string]string {
		f := w.formFields(base...)
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] == "-" {
				delete(f, pairs[i])
			} else {
				f[pairs[i]] = pairs[i+1]
			}
		}
		return f
	}
	for _, c := range []struct {
		fields map[string]string
		file   string
		status int
		body   string
	}{
		{with("key", "up/${filename}"), "hello", 204, ""},
		{with("key", "up/x", "success_action_status", "201"), "hello", 201, "<Key>up/x</Key>"},
		{with("key", "up/x", "success_action_status", "200"), "hello", 200, ""},
		{with("key", "elsewhere"), "hello", 403, "Policy Condition failed"},
		{with("key", "up/x", "extra", "y"), "hello", 403, "Extra input fields: extra"},
		{with("key", "up/x"), "h", 400, "EntityTooSmall"},
		{with("key", "up/x"), "hello hello", 400, "EntityTooLarge"},
		{with(), "hello", 400, "field named &#39;key&#39;"},
		{with("key", "up/x", "signature", "AAAA"), "hello", 403, "SignatureDoesNotMatch"},
		{with("key", "up/x", "signature", "-"), "hello", 400, "field named &#39;Signature&#39;"},
		{with("key", "up/x", "AWSAccessKeyId", "other"), "hello", 403, "InvalidAccessKeyId"},
	} {
		res, body := w.submit(c.fields, c.file)
		if res.StatusCode != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%v: %d %s", c.fields, res.StatusCode, body)
		}
	}
	if w.content(get("bkt", "up/photo.jpg")) != "hello" {
		t.Error("the file is not what was posted")
	}
	late := with("key", "up/late")
	w.now = w.now.Add(2 * time.Hour)
	if res, body := w.submit(late, "hello"); res.StatusCode != 403 || !strings.Contains(body, "Policy expired") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	w.deny = func(a service.Access) bool { return a.Action == "s3:PutObject" }
	if res, _ := w.submit(map[string]string{"key": "anonymous"}, "hello"); res.StatusCode != 403 {
		t.Errorf("anonymous: %d", res.StatusCode)
	}
	if out := do[ListObjectsV2Output](w, &ListObjectsV2Input{listing: listing{onBucket: on("bkt")}}); out.KeyCount != 2 {
		t.Errorf("%s", fmt.Sprint(out.Contents))
	}
}
