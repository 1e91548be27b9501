package apigatewayv2

import "testing"

func routesOf(keys ...string) map[string]route {
	m := map[string]route{}
	for _, k := range keys {
		m[k] = route{ID: k, Key: k}
	}
	return m
}

func TestRoutes(t *testing.T) {
	routes := routesOf("$default", "GET /rankings", "ANY /rankings", "GET /rankings/{city}", "GET /rankings/madrid", "GET /{proxy+}", "GET /rankings/{rest+}", "POST /a/{b}/c")
	for _, c := range []struct{ method, path, want, name, value string }{
		{"GET", "/rankings", "GET /rankings", "", ""},
		{"POST", "/rankings", "ANY /rankings", "", ""},
		{"GET", "/rankings/madrid", "GET /rankings/madrid", "", ""},
		{"GET", "/rankings/lugo", "GET /rankings/{city}", "city", "lugo"},
		{"GET", "/rankings/lugo/2026", "GET /rankings/{rest+}", "rest", "lugo/2026"},
		{"GET", "/other/x", "GET /{proxy+}", "proxy", "other/x"},
		{"POST", "/other/x", "$default", "", ""},
		{"POST", "/a/1/c", "POST /a/{b}/c", "b", "1"},
		{"POST", "/a//c", "$default", "", ""},
		{"GET", "/", "$default", "", ""},
	} {
		r, vars, ok := find(routes, c.method, c.path)
		if !ok || r.Key != c.want || vars[c.name] != c.value {
			t.Errorf("%s %s goes to %q with %v", c.method, c.path, r.Key, vars)
		}
	}
	if r, _, ok := find(routesOf("GET /x"), "GET", "/y"); ok {
		t.Errorf("goes to %q", r.Key)
	}
}

// FuzzRoutes: a route key is one or is refused, and a path that fits is what
// its variables say.
func FuzzRoutes(f *testing.F) {
	f.Add("GET /a/{b}/{c+}", "/a/1/2/3")
	f.Add("ANY /{x}", "//")
	f.Add("$default", "")
	f.Fuzz(func(t *testing.T, key, path string) {
		if !validKey(key) {
			return
		}
		r, vars, ok := find(routesOf(key), "GET", path)
		if !ok && r.Key != "" {
			t.Errorf("%q does not fit %q, and is found", key, path)
		}
		for name, v := range vars {
			if v == "" {
				t.Errorf("%s of %q in %q is empty", name, key, path)
			}
		}
	})
}
