package cloudfront

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/edge"
)

// localSuffix ends the names under which distributions are reached on the
// machine itself: browsers and curl resolve them without help.
const localSuffix = ".cloudfront.localhost"

// pathPrefix begins paths that name a distribution by its id, for clients that
// can neither resolve such a name nor say a Host of their own. No bucket's
// name begins with an underscore.
const pathPrefix = "/_cloudfront/"

// route finds the distribution of a request, and what its path is there. ours
// is set where the name can only be a distribution's.
func (s *Service) route(r *http.Request) (d *edge.Distribution, path string, ours bool) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(host)
	if label, ok := strings.CutSuffix(host, localSuffix); ok {
		host = label + ".cloudfront.net"
	}
	rt := s.routes.Load()
	if d := rt.hosts[host]; d != nil {
		return d, "", true
	}
	if strings.HasSuffix(host, ".cloudfront.net") {
		return nil, "", true
	}
	if i := strings.IndexByte(host, '.'); i >= 0 && len(rt.wildcards) > 0 {
		if d := rt.wildcards[host[i:]]; d != nil {
			return d, "", true
		}
	}
	if rest, ok := strings.CutPrefix(r.URL.EscapedPath(), pathPrefix); ok {
		id, path, _ := strings.Cut(rest, "/")
		return rt.ids[id], "/" + path, true
	}
	return nil, "", false
}

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool {
	_, _, ours := s.route(r)
	return ours
}

// Fronts implements service.Front.
func (s *Service) Fronts(r *http.Request) bool { return s.Claims(r) }

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	c.Service, c.Operation, c.Region = "cloudfront", "Viewer", ""
	d, path, _ := s.route(r)
	if d == nil {
		edge.Unknown(w, r)
		return
	}
	c.Account = d.Scope.Account
	if path != "" {
		plain, err := url.PathUnescape(path)
		if err != nil {
			edge.Unknown(w, r)
			return
		}
		moved := *r
		u := *r.URL
		u.Path, u.RawPath = plain, path
		moved.URL = &u
		r = &moved
	}
	s.edge.Serve(w, r, d, c)
}
