package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

func TestPages(t *testing.T) {
	h, rec := handler(nil)
	rec.Add(meter.Record{RequestID: "r1", Method: "GET", Target: "/<script>", Status: 404, Err: aws.Errorf(404, "NoSuchKey", "<b>gone</b>")})
	for _, c := range []struct{ path, language, want string }{
		{"/", "", `<a href="http://d3example.cloudfront.localhost/"><b>Biihlive</b>`},
		{"/", "es-ES,es;q=0.9", "Aplicaciones"},
		{"/", "fr,en;q=0.5", "Applications"},
		{"/_niebla/mailbox", "", "<pre>later</pre>"},
		{"/_niebla/mailbox?to=bea", "es", "Buzón"},
		{"/_niebla/log", "", "&lt;b&gt;gone&lt;/b&gt;"},
	} {
		w := do(h, "GET", "http://localhost:4566"+c.path, local, map[string]string{"Accept-Language": c.language})
		if w.Code != 200 || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s in %q: %d %s", c.path, c.language, w.Code, w.Body)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s may load things: %v", c.path, w.Header())
		}
	}
	if w := do(h, "GET", "http://localhost:4566/_niebla/mailbox?to=broken", local, nil); w.Code != 500 {
		t.Errorf("a broken mailbox: %d", w.Code)
	}
}

// The first page is a browser's; the list of buckets at the same path stays S3's.
func TestClaimsHome(t *testing.T) {
	for _, c := range []struct {
		method, target, accept, authorization string
		want                                  bool
	}{
		{"GET", "http://localhost:4566/", "text/html,*/*", "", true},
		{"GET", "http://127.0.0.1:4566/", "text/html", "", true},
		{"GET", "http://localhost:4566/", "*/*", "", false},
		{"GET", "http://localhost:4566/", "text/html", "AWS4-HMAC-SHA256 x", false},
		{"GET", "http://localhost:4566/?X-Amz-Signature=x", "text/html", "", false},
		{"GET", "http://songs.localhost:4566/", "text/html", "", false},
		{"POST", "http://localhost:4566/", "text/html", "", false},
		{"GET", "http://localhost:4566/songs", "text/html", "", false},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Header = http.Header{"Accept": {c.accept}, "Authorization": {c.authorization}}
		if c.authorization == "" {
			r.Header.Del("Authorization")
		}
		if got := ClaimsHome(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestAddressesInMailAreLinks(t *testing.T) {
	for text, want := range map[string]string{
		"none": "none",
		"Confirm: http://localhost:4566/?Action=ConfirmSubscription&Token=2. Bye": "Confirm: [http://localhost:4566/?Action=ConfirmSubscription&Token=2]. Bye",
		`(https://a.example/b) javascript:alert(1) <http://c.example>`:            "([https://a.example/b]) javascript:alert(1) <[http://c.example]>",
	} {
		got := ""
		for _, r := range linked(text) {
			if r.Link {
				got += "[" + r.Text + "]"
			} else {
				got += r.Text
			}
		}
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}
