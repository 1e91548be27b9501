package edge

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// endToEnd is the header of an answer as viewers get it and the cache keeps it.
func (v *visit) endToEnd(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		out[name] = values
	}
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			delete(out, http.CanonicalHeaderKey(strings.TrimSpace(name)))
		}
	}
	for _, name := range hopByHop {
		delete(out, name)
	}
	if v.b.Key.Cookies.Mode == None && v.b.Forward.Cookies.Mode == None {
		delete(out, "Set-Cookie")
	}
	return out
}

// ResponseHeaders is what a response headers policy does to a response.
type ResponseHeaders struct {
	CORS   *CORS
	Set    []SetHeader // security and custom headers
	Remove []string    // in canonical form
	Timing float64     // part of the responses that carry Server-Timing
}

// SetHeader is a header that is added to responses.
type SetHeader struct {
	Name, Value string
	Override    bool // also where the origin sends one
}

// CORS is the cross-origin part of a response headers policy.
type CORS struct {
	Credentials                       bool
	Origins, Headers, Methods, Expose []string
	MaxAge                            int // -1 where none is sent
	Override                          bool
}

// apply changes the header of a response.
func (p *ResponseHeaders) apply(h http.Header, v *visit) {
	if p == nil {
		return
	}
	for _, name := range p.Remove {
		delete(h, name)
	}
	if p.CORS != nil {
		p.CORS.apply(h, v.r)
	}
	for _, s := range p.Set {
		if s.Override || h[s.Name] == nil {
			h[s.Name] = []string{s.Value}
		}
	}
	if p.Timing > 0 && float64(v.e.IDs.Bytes(1)[0])/256 < p.Timing {
		what := "cdn-cache-miss"
		if strings.HasPrefix(h.Get("X-Cache"), "Hit") {
			what = "cdn-cache-hit"
		}
		h.Add("Server-Timing", what+`,cdn-pop;desc="`+pop[0]+`",cdn-rid;desc="`+h.Get("X-Amz-Cf-Id")+`"`)
	}
}

func (c *CORS) apply(h http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" || !c.Override && h["Access-Control-Allow-Origin"] != nil {
		return
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
		}
	}
	all := slices.Contains(c.Origins, "*")
	if !all && !slices.ContainsFunc(c.Origins, func(o string) bool { return originMatches(o, origin) }) {
		return
	}
	if all && !c.Credentials {
		origin = "*"
	} else {
		h["Vary"] = append(slices.Clone(h["Vary"]), "Origin")
	}
	h["Access-Control-Allow-Origin"] = []string{origin}
	if c.Credentials {
		h["Access-Control-Allow-Credentials"] = []string{"true"}
	}
	if len(c.Expose) > 0 {
		h["Access-Control-Expose-Headers"] = []string{strings.Join(c.Expose, ", ")}
	}
	if r.Method != http.MethodOptions {
		return
	}
	h["Access-Control-Allow-Methods"] = []string{strings.Join(c.Methods, ", ")}
	if len(c.Headers) > 0 {
		h["Access-Control-Allow-Headers"] = []string{strings.Join(c.Headers, ", ")}
	}
	if c.MaxAge >= 0 {
		h["Access-Control-Max-Age"] = []string{strconv.Itoa(c.MaxAge)}
	}
}

// originMatches compares an origin with one of a policy, which may leave out
// the scheme and have a star.
func originMatches(pattern, origin string) bool {
	if !strings.Contains(pattern, "://") {
		if _, host, ok := strings.Cut(origin, "://"); ok {
			origin = host
		}
	}
	return wildcard(pattern, origin)
}
