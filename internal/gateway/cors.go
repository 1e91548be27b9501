package gateway

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// preflight answers a browser's question whether a page may make a request.
func (x *exchange) preflight() bool {
	r := x.r
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	for _, e := range x.endpoints {
		if e.Claims(r) {
			e.ServeHTTP(x.w, r, &x.call)
			return true
		}
	}
	// A preflight carries neither signature nor target: POST to the root is an
	// API call, all else is for a bucket.
	if r.Header.Get("Access-Control-Request-Method") == http.MethodPost && strings.Trim(r.URL.Path, "/") == "" && bucketOf(hostOnly(r.Host), x.Hosts) == "" {
		x.sharedPreflight()
		return true
	}
	x.adopt(x.s3, x.s3.Protocols[0])
	header, err := x.m.cors.Preflight(x.r, &x.call)
	if err != nil {
		x.fail(err)
		return true
	}
	for k, v := range header {
		x.w.Header()[k] = v
	}
	x.w.WriteHeader(http.StatusOK)
	return true
}

func (x *exchange) sharedPreflight() {
	header := x.w.Header()
	if !x.allowOrigin(header) {
		x.w.WriteHeader(http.StatusForbidden)
		return
	}
	header.Set("Access-Control-Allow-Methods", "POST, GET, PUT, DELETE, OPTIONS")
	if asked := x.r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	header.Set("Access-Control-Max-Age", "172800")
	x.w.WriteHeader(http.StatusOK)
}

// corsHeaders adds what lets the page that made this request read its answer.
func (x *exchange) corsHeaders() {
	if x.r.Header.Get("Origin") == "" {
		return
	}
	if x.m.cors != nil {
		for k, v := range x.m.cors.Actual(x.r, &x.call) {
			x.w.Header()[k] = v
		}
		return
	}
	if x.allowOrigin(x.w.Header()) {
		x.w.Header().Set("Access-Control-Expose-Headers",
			"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-crc32,Date,X-Niebla-Request,X-Niebla-Ignored")
	}
}

// allowOrigin answers as AWS' shared front does, with "*"; but while we are
// guarded only pages of this machine are let in, since everybody knows our keys.
func (x *exchange) allowOrigin(header http.Header) bool {
	origin := x.r.Header.Get("Origin")
	if !x.Guarded {
		header.Set("Access-Control-Allow-Origin", "*")
		return true
	}
	header.Add("Vary", "Origin")
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || !x.knownHost(u.Host) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	return true
}

// privateSuffixes end names that cannot be registered in the public DNS, or
// that only AWS can register.
var privateSuffixes = []string{
	".localhost", ".local", ".internal", ".test", ".lan", ".home.arpa",
	".amazonaws.com", ".cloudfront.net", ".on.aws", ".amazoncognito.com",
}

// knownHost reports whether a host name can only mean this machine or a name
// of ours: a foreign page whose name was made to point here is none of them.
func (h *Handler) knownHost(hostport string) bool {
	host := strings.ToLower(strings.Trim(hostOnly(hostport), "[]"))
	if ip := net.ParseIP(host); ip != nil || !strings.Contains(host, ".") {
		return true
	}
	for _, s := range privateSuffixes {
		if strings.HasSuffix(host, s) {
			return true
		}
	}
	for _, name := range h.Hosts {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}
