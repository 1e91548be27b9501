package gateway

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
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
	x.bucketPreflight()
	return true
}

func (x *exchange) bucketPreflight() {
	header, err := x.m.cors.Preflight(x.r, &x.call)
	if err != nil {
		x.fail(err)
		return
	}
	for k, v := range header {
		x.w.Header()[k] = v
	}
	x.w.WriteHeader(http.StatusOK)
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
	if !x.ownOrigin(origin) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	return true
}

// intruder reports whether a page of a foreign origin made the browser send
// this request. It could sign it, since everybody knows our keys while we are
// guarded, and that it cannot read the answer does not help if the request
// changes something. Reading is left to what lets pages read: S3's objects are
// pictures and sounds of pages elsewhere too. Through a WebSocket, whose
// handshake only looks like reading, a page can do anything.
func (x *exchange) intruder() bool {
	if !x.Guarded {
		return false
	}
	s3 := x.m == nil || x.m == x.s3
	if s3 && (x.r.Method == http.MethodGet || x.r.Method == http.MethodHead) && x.r.Header.Get("Upgrade") == "" {
		return false
	}
	origin := x.r.Header.Get("Origin")
	if origin == "" { // browsers leave it out where they don't expect a change
		return x.r.Header.Get("Sec-Fetch-Site") == "cross-site"
	}
	if x.ownOrigin(origin) {
		return false
	}
	// A bucket that allows the origin has chosen to.
	return !s3 || x.s3.cors.Actual(x.pathStyle(x.orig), &x.call).Get("Access-Control-Allow-Origin") == ""
}

func intrusion(r *http.Request) *aws.Error {
	return aws.Errorf(http.StatusForbidden, "AccessDenied", "Niebla does not serve pages of %s while it listens on loopback with keys that everybody knows; see niebla start --help, --host", cmp.Or(r.Header.Get("Origin"), "another site"))
}

// ownOrigin reports whether a page comes from this machine, or from a host
// that is configured as ours. A private name is not enough: who answers to it
// is for the network to say.
func (h *Handler) ownOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	host := hostName(u.Host)
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || isBelow(host, "localhost") || h.configured(host)
}

// privateSuffixes end names that cannot be registered in the public DNS, or
// that only AWS can register.
var privateSuffixes = []string{
	"localhost", "local", "internal", "test", "lan", "home.arpa",
	"amazonaws.com", "cloudfront.net", "on.aws", "amazoncognito.com",
}

// knownHost reports whether a host name can only mean this machine or a name
// of ours: a foreign page whose name was made to point here is none of them.
func (h *Handler) knownHost(hostport string) bool {
	host := hostName(hostport)
	if ip := net.ParseIP(host); ip != nil || !strings.Contains(host, ".") {
		return true
	}
	for _, s := range privateSuffixes {
		if isBelow(host, s) {
			return true
		}
	}
	return h.configured(host)
}

// configured reports whether a host is one of Hosts, or below one.
func (h *Handler) configured(host string) bool {
	return slices.ContainsFunc(h.Hosts, func(name string) bool { return isBelow(host, strings.ToLower(name)) })
}

// isBelow reports whether host is name, or a name in its domain.
func isBelow(host, name string) bool {
	rest, ok := strings.CutSuffix(host, name)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

// hostName is the name in host:port, as names are compared.
func hostName(hostport string) string {
	return strings.ToLower(strings.Trim(hostOnly(hostport), "[]"))
}
