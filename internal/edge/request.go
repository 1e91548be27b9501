package edge

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// question is what an origin is asked for this visit: the parts of the request
// that the behavior selects, and nothing else of the viewer's.
func (v *visit) question(method string) *question {
	b := v.b
	h := http.Header{}
	if v.b.forwardsAll() {
		for name, values := range v.r.Header {
			h[name] = slices.Clone(values)
		}
		for _, name := range hopByHop {
			delete(h, name)
		}
		delete(h, "Cookie")
	}
	for _, n := range []Names{b.Key.Headers, b.Forward.Headers} {
		v.forwardHeaders(h, n)
	}
	for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Md5"} {
		if value := v.r.Header[name]; value != nil && method != http.MethodGet && method != http.MethodHead {
			h[name] = value
		}
	}
	if cookies := v.cookies(); cookies != "" {
		h["Cookie"] = []string{cookies}
	}
	if v.encoding != "" {
		h["Accept-Encoding"] = []string{v.encoding}
	}
	if h["User-Agent"] == nil {
		h["User-Agent"] = []string{"Amazon CloudFront"}
	}
	h["Via"] = v.e.viaHeader
	h["X-Amz-Cf-Id"] = []string{v.requestID()}
	h["X-Forwarded-For"] = []string{v.forwardedFor()}
	for _, name := range []string{"Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"} {
		delete(h, name)
	}
	return &question{
		d: v.d, method: method, path: v.path, query: v.forwardedQuery(), header: h, tls: v.c.TLS,
		chain: append(slices.Clone(chainOf(v.r.Context())), v.d.ID),
	}
}

// hopByHop are the headers of a connection, and what only CloudFront says.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"X-Amz-Cf-Id", "X-Amz-Cf-Pop", "X-Cache", "X-Niebla-Request", "X-Niebla-Ignored",
}

func (b *Behavior) forwardsAll() bool {
	return b.Key.Headers.Mode == All || b.Forward.Headers.Mode == All || b.Forward.Headers.Mode == Except
}

// forwardHeaders adds what a selection selects; for all but some it removes these.
func (v *visit) forwardHeaders(h http.Header, n Names) {
	for _, name := range n.Names {
		switch {
		case n.Mode == Except:
			delete(h, name)
			continue
		case n.Mode == None:
			continue
		case name == "Host":
			h["Host"] = []string{v.r.Host}
			continue
		}
		if values := v.headerValues(name); values != nil {
			h[name] = values
		}
	}
	if n.Mode == All || n.Mode == Except && !contains(n.Names, "Host") {
		h["Host"] = []string{v.r.Host}
	}
}

func (v *visit) cookies() string {
	key, forward := v.b.Key.Cookies, v.b.Forward.Cookies
	if key.Mode == None {
		return selectCookies(v.r.Header, forward, false)
	}
	if forward.Mode == None {
		return selectCookies(v.r.Header, key, false)
	}
	return selectCookies(v.r.Header, union(key, forward), false)
}

func (v *visit) forwardedQuery() string {
	return selectQuery(v.raw, union(v.b.Key.Query, v.b.Forward.Query))
}

// union selects what either selects.
func union(a, b Names) Names {
	switch {
	case a.Mode == All || b.Mode == All:
		return Names{Mode: All}
	case a.Mode == None:
		return b
	case b.Mode == None:
		return a
	case a.Mode == Only && b.Mode == Only:
		return Names{Mode: Only, Names: slices.Concat(a.Names, b.Names)}
	}
	// All but those that one leaves out and the other does not take.
	if a.Mode == Only {
		a, b = b, a
	}
	var out []string
	for _, name := range a.Names {
		if !b.has(name) {
			out = append(out, name)
		}
	}
	return Names{Mode: Except, Names: out}
}

func (v *visit) forwardedFor() string {
	if before := v.r.Header.Get("X-Forwarded-For"); before != "" {
		return before + ", " + v.c.SourceIP
	}
	return v.c.SourceIP
}

// generated is the value of a header that CloudFront adds itself.
func (v *visit) generated(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "Cloudfront-")
	if !ok {
		return "", false
	}
	agent := strings.ToLower(v.r.UserAgent())
	has := func(words ...string) string {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(agent, w) }) {
			return "true"
		}
		return "false"
	}
	switch rest {
	case "Forwarded-Proto":
		if v.c.TLS {
			return "https", true
		}
		return "http", true
	case "Viewer-Address":
		_, port, _ := net.SplitHostPort(v.r.RemoteAddr)
		return v.c.SourceIP + ":" + port, true
	case "Viewer-Http-Version":
		return strings.TrimPrefix(v.r.Proto, "HTTP/"), true
	case "Is-Mobile-Viewer":
		return has("mobile", "android", "iphone"), true
	case "Is-Tablet-Viewer":
		return has("ipad", "tablet"), true
	case "Is-Smarttv-Viewer":
		return has("smart-tv", "smarttv", "appletv"), true
	case "Is-Desktop-Viewer":
		if has("mobile", "android", "iphone", "ipad", "tablet", "smart-tv", "smarttv", "appletv") == "true" {
			return "false", true
		}
		return "true", true
	}
	return "", false
}
