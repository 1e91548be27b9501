package restbind

import (
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// FuzzDecode: whatever target and header arrive, a request is bound or
// refused, and a key is what its path says.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"/", "/b", "/b//", "/b/k?uploadId=1&partNumber=x", "/b/%2e%2e/%zz", "/b/a%00?acl&list-type=2", "//", "/tags/a/all", "?"} {
		f.Add(s, "PUT", "X-Amz-Meta-A", `"a", b`)
	}
	rt := router(false)
	f.Fuzz(func(t *testing.T, target, method, name, value string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{Method: method, URL: u, Header: http.Header{http.CanonicalHeaderKey(name): {value}}, Body: http.NoBody}
		query := u.Query()
		op, params, err := rt.Match(r, query)
		if err != nil {
			return
		}
		for _, p := range params {
			if p.Value == "" {
				t.Errorf("%s: label %s is empty", target, p.Name)
			}
		}
		in := reflect.New(op.Input.Go).Elem()
		if err := op.Decode(r, query, params, in, new(shape.Report), new(shape.Set)); err != nil {
			return
		}
		EncodeHeader(http.Header{}, op.Input, in)
	})
}
