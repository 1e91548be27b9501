package gateway

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// identify finds the service a request is for. The credential scope of a
// signed request names it; unsigned ones are told by target, host and path.
// It leaves x.m nil for a request that nothing but its host or path tells.
func (x *exchange) identify() error {
	auth, err := sigv4.Parse(x.r)
	if err != nil {
		x.guess()
		return x.asError(err)
	}
	x.auth = auth
	if auth == nil {
		x.guess()
		return nil
	}
	x.call.Presigned = auth.Presigned
	if auth.Region != "" {
		x.call.Region = aws.Region(auth.Region)
	}
	candidates := x.signing[auth.Service]
	if len(candidates) == 0 {
		x.adoptAbsent(auth.Service)
		return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement the service %q", auth.Service)
	}
	m := candidates[0]
	if prefix, _, ok := strings.Cut(x.r.Header.Get("X-Amz-Target"), "."); ok {
		for _, c := range candidates {
			if c.TargetPrefix == prefix {
				m = c
			}
		}
	}
	x.adopt(m, x.protocol(m))
	return nil
}

// guess finds the service of an unsigned API request, or leaves x.m nil.
func (x *exchange) guess() {
	r := x.r
	if prefix, _, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok && x.target[prefix] != nil {
		m := x.target[prefix]
		x.adopt(m, x.protocol(m))
		return
	}
	if parts := strings.Split(r.URL.Path, "/"); len(parts) > 4 && parts[len(parts)-4] == "service" && parts[len(parts)-2] == "operation" {
		if m := x.rpc[parts[len(parts)-3]]; m != nil {
			x.adopt(m, service.CBOR)
			return
		}
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && x.read() == nil {
		if form, err := url.ParseQuery(string(x.body)); err == nil && x.version[form.Get("Version")] != nil && form.Has("Action") {
			x.adopt(x.version[form.Get("Version")], service.Query)
			return
		}
		// It is the form of a page, for an endpoint that reads it itself.
		r.Body, x.body = io.NopCloser(bytes.NewReader(x.body)), nil
	}
}

// adopt settles the service and the protocol.
func (x *exchange) adopt(m *mount, p service.Protocol) {
	x.m, x.codec = m, m.codecs[p]
	x.call.Service = m.Name
	if m.Global {
		x.call.Region = ""
	}
	if m == x.s3 && x.r == x.orig {
		x.r = x.pathStyle(x.orig)
	}
}

// adoptAbsent lets a client of a service that we do not have understand that.
func (x *exchange) adoptAbsent(name string) {
	p := service.RestJSON
	switch {
	case x.r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		p = service.CBOR
	case x.r.Header.Get("X-Amz-Target") != "":
		p = service.JSON11
	case strings.HasPrefix(x.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		p = service.Query
	}
	info := service.Info{Name: name, Protocols: []service.Protocol{p}}
	x.adopt(&mount{Info: info, codecs: map[service.Protocol]service.Codec{p: newCodec(p, info, nil)}}, p)
}

// protocol tells which of a service's protocols a request speaks.
func (x *exchange) protocol(m *mount) service.Protocol {
	r := x.r
	has := func(p service.Protocol) bool { return m.codecs[p] != nil }
	switch {
	case has(service.CBOR) && r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return service.CBOR
	case has(service.JSON10) && r.Header.Get("X-Amz-Target") != "":
		return service.JSON10
	case has(service.JSON11) && r.Header.Get("X-Amz-Target") != "":
		return service.JSON11
	case has(service.Query):
		return service.Query
	}
	return m.Protocols[0]
}

// pathStyle returns the request with the bucket of a virtual host in its path.
func (h *Handler) pathStyle(r *http.Request) *http.Request {
	bucket := bucketOf(hostOnly(r.Host), h.Hosts)
	if bucket == "" {
		return r
	}
	u := *r.URL
	u.RawPath = "/" + bucket + u.EscapedPath()
	u.Path = "/" + bucket + u.Path
	styled := *r
	styled.URL = &u
	return &styled
}

// OfBucket reports whether a host is a bucket's own, given our further names:
// all its paths are the bucket's.
func OfBucket(hostport string, ours []string) bool { return bucketOf(hostOnly(hostport), ours) != "" }

// bucketOf returns the bucket that a host name stands for, or "" when the
// request is path style: BUCKET.s3.localhost, BUCKET.localhost,
// BUCKET.s3.eu-west-3.amazonaws.com, and the same below our own names.
func bucketOf(host string, ours []string) string {
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return ""
	}
	for _, base := range append([]string{"amazonaws.com", "localhost"}, ours...) {
		sub, ok := strings.CutSuffix(host, "."+base)
		if !ok {
			continue
		}
		labels := strings.Split(sub, ".")
		for i := len(labels) - 1; i >= 0 && i >= len(labels)-2; i-- {
			if l := labels[i]; l == "s3" || strings.HasPrefix(l, "s3-") && !strings.HasPrefix(l, "s3-website") {
				return strings.Join(labels[:i], ".")
			}
		}
		if base == "amazonaws.com" || labels[len(labels)-1] == "cloudfront" {
			return "" // another service's, or a distribution
		}
		return sub
	}
	return ""
}

func hostOnly(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return addr
}
