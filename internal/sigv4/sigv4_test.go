package sigv4

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

type vector struct {
	Name, Kind, Method, Target, Body string
	Headers                          []string
}

func (v vector) request() *http.Request {
	path, query, _ := strings.Cut(v.Target, "?")
	r := &http.Request{Method: v.Method, RequestURI: v.Target, Header: make(http.Header), URL: &url.URL{Path: path, RawQuery: query},
		Body: io.NopCloser(strings.NewReader(v.Body)), ContentLength: int64(len(v.Body))}
	for _, h := range v.Headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		} else {
			r.Header.Add(name, value)
		}
	}
	return r
}

func readVectors(t *testing.T, file string) []vector {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(data, &vs); err != nil {
		t.Fatal(err)
	}
	return vs
}

func at(s string) func() time.Time {
	t, err := time.Parse(timeFormat, s)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return t }
}

// The vectors are those of AWS' signing test suite that normalise paths, as
// every service but S3 does.
func TestPublishedVectors(t *testing.T) {
	ver := NewVerifier(at("20150830T123600Z"))
	for _, v := range readVectors(t, "testdata/vectors.json") {
		r := v.request()
		a, err := Parse(r)
		if err != nil {
			t.Errorf("%s %s: %v", v.Name, v.Kind, err)
			continue
		}
		if err := ver.Verify(r, a, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", HashBody([]byte(v.Body))); err != nil {
			t.Errorf("%s %s: %v", v.Name, v.Kind, err)
		}
	}
}

func TestS3Examples(t *testing.T) {
	ver := NewVerifier(at("20130524T000000Z"))
	for _, v := range readVectors(t, "testdata/s3.json") {
		r := v.request()
		a, err := Parse(r)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if err := ver.Verify(r, a, exampleSecret, ""); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		b, err := ver.Body(r, a, exampleSecret)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if got, err := io.ReadAll(b); err != nil || string(got) != v.Body {
			t.Errorf("%s: body %q, %v", v.Name, got, err)
		}
	}
}

const exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

var creds = Credentials{AccessKey: "AKIAIOSFODNN7EXAMPLE", Secret: exampleSecret}

// sent is the request as a server reads it.
func sent(t *testing.T, r *http.Request) *http.Request {
	t.Helper()
	got, err := http.NewRequest(r.Method, r.URL.String(), r.Body)
	if err != nil {
		t.Fatal(err)
	}
	got.RequestURI = r.URL.RequestURI()
	got.Header, got.Host, got.ContentLength = r.Header.Clone(), r.Host, r.ContentLength
	return got
}

// randomRequest has a path, query, headers and body out of an alphabet that is
// hard to encode.
func randomRequest(rnd *rand.Rand) (*http.Request, []byte) {
	text := func(n int) string {
		const alphabet = "aZ09-_.~ /+%&=?;:@!$'()*,[]#\"<>\\^`{|}ñ音"
		rs := []rune(alphabet)
		out := make([]rune, rnd.IntN(n))
		for i := range out {
			out[i] = rs[rnd.IntN(len(rs))]
		}
		return string(out)
	}
	u := &url.URL{Scheme: "http", Host: "niebla.test:4566", Path: "/" + strings.TrimLeft(text(24), "/")}
	q := url.Values{}
	for range rnd.IntN(4) {
		q.Add("k"+text(6), text(10))
	}
	u.RawQuery = q.Encode()
	body := []byte(text(200))
	r := httptest.NewRequest([]string{"GET", "PUT", "POST", "DELETE"}[rnd.IntN(4)], "http://x/", bytes.NewReader(body))
	r.URL, r.Host, r.RequestURI = u, u.Host, ""
	r.Header.Set("X-Amz-Meta-A", "one  two   "+url.QueryEscape(text(8)))
	r.Header.Set("Content-Type", "text/plain")
	return r, body
}

func TestSignedIsAccepted(t *testing.T) {
	now := at("20261122T080000Z")
	ver := NewVerifier(now)
	for seed := range uint64(400) {
		for _, service := range []string{"s3", "kms"} {
			r, body := randomRequest(rand.New(rand.NewPCG(seed, 1)))
			Sign(r, creds, "eu-west-3", service, HashBody(body), now())
			got := sent(t, r)
			a, err := Parse(got)
			if err != nil {
				t.Fatal(err)
			}
			if a.AccessKey != creds.AccessKey || a.Region != "eu-west-3" || a.Service != service || !a.Time.Equal(now()) {
				t.Fatalf("Parse = %+v", a)
			}
			if err := ver.Verify(got, a, creds.Secret, HashBody(body)); err != nil {
				t.Fatalf("seed %d, %s: %v", seed, service, err)
			}

			r, _ = randomRequest(rand.New(rand.NewPCG(seed, 2)))
			link := Presign(r, Credentials{creds.AccessKey, creds.Secret, "token/+="}, "eu-west-3", service, "", now(), time.Minute)
			r.URL, _ = url.Parse(link)
			got = sent(t, r)
			if a, err = Parse(got); err != nil {
				t.Fatal(err)
			}
			if !a.Presigned || a.SessionToken != "token/+=" || a.Expires != time.Minute {
				t.Fatalf("Parse = %+v", a)
			}
			if err := ver.Verify(got, a, creds.Secret, EmptyHash); err != nil {
				t.Fatalf("presigned, seed %d, %s: %v", seed, service, err)
			}
		}
	}
}

func TestTamperedIsRefused(t *testing.T) {
	now := at("20261122T080000Z")
	ver := NewVerifier(now)
	body := []byte(`{"KeyId":"alias/a"}`)
	request := func(service string) *http.Request {
		r := httptest.NewRequest("POST", "http://niebla.test:4566/a/b?x=1&y=2", bytes.NewReader(body))
		r.RequestURI = ""
		r.Header.Set("X-Amz-Target", "TrentService.Encrypt")
		Sign(r, creds, "eu-west-3", service, HashBody(body), now())
		r.RequestURI = "/a/b?x=1&y=2"
		return r
	}
	refuse := func(name string, r *http.Request, body []byte) {
		t.Helper()
		a, err := Parse(r)
		if err == nil && a != nil {
			err = ver.Verify(r, a, creds.Secret, HashBody(body))
		}
		if err == nil && a != nil && a.AccessKey == creds.AccessKey { // another key has another secret
			t.Errorf("%s: accepted", name)
		}
	}
	// flip changes each byte of a string in turn.
	flip := func(name, s string, set func(r *http.Request, s string)) {
		for i := range len(s) {
			b := []byte(s)
			b[i] ^= 1
			for _, service := range []string{"kms", "s3"} {
				r := request(service)
				set(r, string(b))
				refuse(fmt.Sprintf("%s %s byte %d", service, name, i), r, body)
			}
		}
	}
	flip("target", "/a/b?x=1&y=2", func(r *http.Request, s string) { r.RequestURI = s })
	flip("method", "POST", func(r *http.Request, s string) { r.Method = s })
	flip("host", "niebla.test:4566", func(r *http.Request, s string) { r.Host = s })
	flip("X-Amz-Target", "TrentService.Encrypt", func(r *http.Request, s string) { r.Header.Set("X-Amz-Target", s) })
	flip("X-Amz-Date", "20261122T080000Z", func(r *http.Request, s string) { r.Header.Set("X-Amz-Date", s) })
	flip("Authorization", request("kms").Header.Get("Authorization")[20:], func(r *http.Request, s string) {
		r.Header.Set("Authorization", request("kms").Header.Get("Authorization")[:20]+s)
	})
	for i := range body {
		b := bytes.Clone(body)
		b[i] ^= 1
		refuse(fmt.Sprintf("body byte %d", i), request("kms"), b)
		refuse(fmt.Sprintf("s3 body byte %d", i), request("s3"), b)
	}
	r := request("kms")
	a, _ := Parse(r)
	if ver.Verify(r, a, creds.Secret+"x", HashBody(body)) == nil {
		t.Error("another secret was accepted")
	}
}

// Each failure has the code, status and words of each style.
func TestFailures(t *testing.T) {
	now := at("20261122T083000Z")
	signed := func(at string, edit func(r *http.Request)) *http.Request {
		r := httptest.NewRequest("GET", "http://h/b/k", nil)
		when, _ := time.Parse(timeFormat, at)
		Sign(r, creds, "eu-west-3", "s3", "", when)
		edit(r)
		return r
	}
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
		}
	}
	presigned := func(at string, old, new string) *http.Request {
		when, _ := time.Parse(timeFormat, at)
		link := Presign(httptest.NewRequest("GET", "http://h/b/k", nil), creds, "eu-west-3", "s3", "", when, 15*time.Minute)
		return httptest.NewRequest("GET", strings.Replace(link, old, new, 1), nil)
	}
	fine := func(*http.Request) {}
	for _, c := range []struct {
		name             string
		r                *http.Request
		json, query, s3  string
		text, s3text     string
		jsonStat, s3Stat int
		fields           string
	}{
		{"late", signed("20261122T080000Z", fine), "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
			"Signature expired: 20261122T080000Z is now earlier than 20261122T081500Z (20261122T083000Z - 15 min.)",
			"The difference between the request time and the current time is too large.", 400, 403, "RequestTime ServerTime MaxAllowedSkewMilliseconds"},
		{"early", signed("20261122T090000Z", fine), "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
			"Signature not yet current: 20261122T090000Z is still later than 20261122T084500Z (20261122T083000Z + 15 min.)",
			"The difference between the request time and the current time is too large.", 400, 403, "RequestTime ServerTime MaxAllowedSkewMilliseconds"},
		{"wrong", signed("20261122T083000Z", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20261122T083001Z") }),
			"InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
			"The request signature we calculated does not match the signature you provided. Check your key and signing method.", 400, 403,
			"AWSAccessKeyId StringToSign SignatureProvided StringToSignBytes CanonicalRequest CanonicalRequestBytes"},
		{"no signature", signed("20261122T083000Z", replace("Signature=", "Sig=")), "IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed",
			"Authorization header requires 'Signature' parameter.", "the authorization header requires three components", 400, 400, ""},
		{"short credential", signed("20261122T083000Z", replace("/eu-west-3", "")), "IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed",
			"Credential must have exactly 5 slash-delimited elements", "the Credential is mal-formed", 400, 400, ""},
		{"another day", signed("20261122T083000Z", replace("/20261122/", "/20261121/")), "InvalidSignatureException", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed",
			"'20261121' != '20261122', from '20261122T083000Z'", `Invalid credential date "20261121"`, 400, 400, ""},
		{"unsigned header", signed("20261122T083000Z", func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }),
			"InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied", "", "There were headers present in the request which were not signed", 400, 403, "HeadersNotSigned"},
		{"no hash", signed("20261122T083000Z", func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }), "IncompleteSignatureException", "IncompleteSignature",
			"InvalidRequest", "", "Missing required header for this request: x-amz-content-sha256", 400, 400, ""},
		{"expired link", presigned("20261122T081459Z", "", ""), "InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied",
			"Signature expired", "Request has expired", 400, 403, "X-Amz-Expires Expires ServerTime"},
		{"early link", presigned("20261122T084501Z", "", ""), "InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied",
			"Signature not yet current", "Request is not yet valid", 400, 403, "X-Amz-Date Expires ServerTime"},
		{"long link", presigned("20261122T083000Z", "X-Amz-Expires=900", "X-Amz-Expires=604801"), "IncompleteSignatureException", "IncompleteSignature", "AuthorizationQueryParametersError",
			"", "must be less than a week", 400, 400, ""},
		{"link without date", presigned("20261122T083000Z", "X-Amz-Date=", "X-Date="), "IncompleteSignatureException", "IncompleteSignature", "AuthorizationQueryParametersError",
			"", "Query-string authentication version 4 requires the X-Amz-Algorithm", 400, 400, ""},
		{"two mechanisms", signed("20261122T083000Z", func(r *http.Request) { r.RequestURI += "?X-Amz-Algorithm=x" }), "IncompleteSignatureException", "IncompleteSignature", "InvalidArgument",
			"", "Only one auth mechanism allowed", 400, 400, "ArgumentName ArgumentValue"},
	} {
		a, err := Parse(c.r)
		if err == nil {
			err = NewVerifier(now).Verify(c.r, a, creds.Secret, EmptyHash)
		}
		var f *Failure
		if !errors.As(err, &f) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		j, q, s := f.For(JSON), f.For(Query), f.For(S3)
		if j.Code != c.json || j.Status != c.jsonStat || !strings.Contains(j.Message, c.text) {
			t.Errorf("%s: JSON %d %v", c.name, j.Status, j)
		}
		if q.Code != c.query || q.Message != j.Message || f.For(REST).Code != c.json {
			t.Errorf("%s: Query %d %v", c.name, q.Status, q)
		}
		if s.Code != c.s3 || s.Status != c.s3Stat || !strings.Contains(s.Message, c.s3text) {
			t.Errorf("%s: S3 %d %v", c.name, s.Status, s)
		}
		var names []string
		for _, f := range s.Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != c.fields {
			t.Errorf("%s: fields %s", c.name, got)
		}
	}
}

func TestOtherSchemesAreNotOurs(t *testing.T) {
	for _, h := range []string{"", "Bearer x", "Basic eDp5", "eyJhbGciOi"} {
		r := httptest.NewRequest("GET", "/?Signature=x&Expires=1", nil)
		r.Header.Set("Authorization", h)
		if a, err := Parse(r); a != nil || err != nil {
			t.Errorf("%q: %v, %v", h, a, err)
		}
	}
}

// The first link is the example of S3's documentation of V2 in the query; the
// others were made by botocore 1.43 with the same keys.
func TestV2(t *testing.T) {
	for _, c := range []struct{ name, at, method, target, authorization string }{
		{"documented", "20070327T190000Z", "GET",
			"/johnsmith/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620", ""},
		{"with a token", "20261122T080000Z", "GET",
			"/b/a%20b/%C3%B1%2B%281%29.txt?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=f4t7M1g%2BDVTwnBNt4NU8dyjZyK0%3D&x-amz-security-token=a%2Bb%2F%3D%3D&Expires=1795335000", ""},
		{"with a content type", "20261122T080000Z", "PUT",
			"/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=yVbVVU%2FjIxTH4niZEan95Ud%2FiNY%3D&content-type=text%2Fplain&x-amz-meta-x=y&Expires=1795335000", ""},
		{"of a listing", "20261122T080000Z", "GET",
			"/b?list-type=2&prefix=p&encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=zIlzkRhNxGdx4lm7AmrsFdOWyGM%3D&Expires=1795335000", ""},
		{"with response parameters", "20261122T080000Z", "GET",
			"/b/k?response-content-type=text%2Fx&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=d2LXvUNXi5DuD1gmRgcV5757aGc%3D&Expires=1795335000", ""},
		{"in the header, of a listing", "20261122T080000Z", "GET",
			"/b?list-type=2&prefix=p&encoding-type=url", "AWS AKIAIOSFODNN7EXAMPLE:Uks+qdGSZqW0kW5lBNLK2v2ucVQ="},
		{"in the header, of a subresource", "20261122T080000Z", "GET",
			"/b?tagging", "AWS AKIAIOSFODNN7EXAMPLE:S6UDIYkqO/QvUuGzrtSLjivEBI4="},
	} {
		ver := NewVerifier(at(c.at))
		request := func() *http.Request {
			r := httptest.NewRequest(c.method, c.target, nil)
			if c.authorization != "" {
				r.Header.Set("Authorization", c.authorization)
				r.Header.Set("Date", ver.now().Format(http.TimeFormat))
			}
			return r
		}
		verify := func(r *http.Request) error {
			a, err := Parse(r)
			if err != nil {
				return err
			}
			if !a.V2 || a.AccessKey != "AKIAIOSFODNN7EXAMPLE" || a.Service != "s3" {
				t.Errorf("%s: Parse = %+v", c.name, a)
			}
			return ver.Verify(r, a, exampleSecret, "")
		}
		if err := verify(request()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		for what, tamper := range map[string]func(r *http.Request){
			"method":  func(r *http.Request) { r.Method = "DELETE" },
			"path":    func(r *http.Request) { r.URL.Path += "x" },
			"headers": func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") },
			"type":    func(r *http.Request) { r.Header.Set("Content-Type", "text/html") },
		} {
			r := request()
			tamper(r)
			if verify(r) == nil {
				t.Errorf("%s: changed %s accepted", c.name, what)
			}
		}
		ver = NewVerifier(at("20970327T190000Z"))
		var f *Failure
		late := request()
		late.Header.Set("Date", at(c.at)().Format(http.TimeFormat))
		if err := verify(late); !errors.As(err, &f) || f.For(S3).Code != "AccessDenied" && f.For(S3).Code != "RequestTimeTooSkewed" {
			t.Errorf("%s, late: %v", c.name, err)
		}
	}
}

func TestKeyCacheIsBounded(t *testing.T) {
	var c keyCache
	for i := range maxKeys + 100 {
		c.get("s", &Auth{Date: fmt.Sprint(i)})
	}
	if len(c.keys) > maxKeys {
		t.Errorf("%d keys", len(c.keys))
	}
	if a, b := c.get("s", &Auth{Date: "x"}), c.get("s", &Auth{Date: "x"}); a != b {
		t.Error("derived twice")
	}
	if a, b := c.get("s", &Auth{Date: "x"}), c.get("t", &Auth{Date: "x"}); a == b {
		t.Error("another secret got the same key")
	}
}

func BenchmarkVerify(b *testing.B) {
	now := at("20261122T080000Z")
	ver := NewVerifier(now)
	body := bytes.Repeat([]byte("x"), 1024)
	r := httptest.NewRequest("POST", "http://127.0.0.1:4566/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.PutItem")
	r.Header.Set("Amz-Sdk-Invocation-Id", "0b1c9f0e-5d51-4f0a-9c7d-0b4f7f7f7f7f")
	r.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	Sign(r, creds, "eu-west-3", "dynamodb", HashBody(body), now())
	r.RequestURI = "/"
	b.ReportAllocs()
	for b.Loop() {
		a, err := Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := ver.Verify(r, a, creds.Secret, HashBody(body)); err != nil {
			b.Fatal(err)
		}
	}
}
