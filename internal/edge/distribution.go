package edge

import (
	"crypto"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Distribution is what a distribution does, in the form that serves requests.
type Distribution struct {
	ID        string
	ARN       aws.ARN
	Domain    string // d….cloudfront.net
	Scope     aws.Scope
	Enabled   bool
	Root      string      // object served for "/"
	Behaviors []*Behavior // in order of precedence; the last one is the default
	Errors    map[int]ErrorResponse
	Counts    *Counts // shared by all versions of the distribution
}

// Counts is what a distribution has served since the start.
type Counts struct{ Requests, Hits, Origin atomic.Int64 }

// ErrorResponse is what is served instead of an origin's error.
type ErrorResponse struct {
	TTL    time.Duration // how long the error is remembered
	Page   string        // path of the page, or ""
	Status int           // of the response, 0 for the error's own
}

// Protocol is what a behavior does with plain HTTP.
type Protocol int

// The viewer protocol policies.
const (
	AllowAll Protocol = iota
	HTTPSOnly
	RedirectToHTTPS
)

// Behavior is how requests for some paths are served.
type Behavior struct {
	Pattern  string // "" for all paths
	Protocol Protocol
	Allowed  Methods
	Cached   Methods
	Compress bool

	Min, Default, Max time.Duration // time to live

	Key          Selection // what of a request tells objects apart, and is forwarded
	Forward      Selection // what else is forwarded
	Gzip, Brotli bool      // Accept-Encoding is part of the key

	Response *ResponseHeaders
	Signers  map[string]crypto.PublicKey // by id; nil where no signature is needed

	Origin   *Origin
	Failover *Failover
}

// Failover is the second origin of an origin group.
type Failover struct {
	Origin *Origin
	On     map[int]bool // statuses of the first that lead there
}

// Methods is a set of HTTP methods.
type Methods map[string]bool

// Mode says which of several things are selected.
type Mode int

// The modes of selection.
const (
	None   Mode = iota
	Only        // those that are named
	Except      // all but those that are named
	All
)

// Names selects by name.
type Names struct {
	Mode  Mode
	Names []string // headers in canonical form, or cookies, or parameters
}

// Selection is the parts of a request that matter.
type Selection struct{ Headers, Cookies, Query Names }

func (n Names) has(name string) bool {
	switch n.Mode {
	case All:
		return true
	case Only:
		return contains(n.Names, name)
	case Except:
		return !contains(n.Names, name)
	}
	return false
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// Origin is where objects come from.
type Origin struct {
	Bucket string // of S3, "" for any other
	Signs  Signing
	Domain string
	Path   string
	Header http.Header // sent with every request

	HTTP, HTTPS int    // ports
	Scheme      string // "http", "https", or "" to do as the viewer does

	Attempts  int
	Connect   time.Duration
	Read      time.Duration
	KeepAlive time.Duration
}

// Signing is whether requests of an S3 origin are signed as the distribution.
type Signing int

// The signing behaviors of origin access controls.
const (
	Never Signing = iota
	NoOverride
	Always
)

// behavior returns the first behavior whose pattern matches a path.
func (d *Distribution) behavior(path string) *Behavior {
	for _, b := range d.Behaviors {
		if b.Pattern == "" || MatchPath(b.Pattern, path) {
			return b
		}
	}
	return d.Behaviors[len(d.Behaviors)-1]
}

// MatchPath reports whether a path matches a pattern with * and ?. The slash
// that begins a pattern may be left out.
func MatchPath(pattern, path string) bool {
	return wildcard(strings.TrimPrefix(pattern, "/"), strings.TrimPrefix(path, "/"))
}

// wildcard goes back to the last star only, which is enough, so that no
// pattern takes more than the product of both lengths.
func wildcard(pattern, s string) bool {
	p, i := 0, 0
	star, from := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// invalidates reports whether the path of an invalidation covers an object:
// a path is exact, unless it ends with a star.
func invalidates(pattern, object string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(object, prefix)
	}
	return pattern == object
}
