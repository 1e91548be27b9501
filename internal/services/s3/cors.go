package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// corsMethods are the methods that a rule may allow.
var corsMethods = []string{"GET", "PUT", "POST", "DELETE", "HEAD"}

// maxCORSRules is how many rules a bucket may have.
const maxCORSRules = 100

func (s *Service) putBucketCors(_ context.Context, _ *aws.Call, in *PutBucketCorsInput) (*Empty, error) {
	if in.CORSConfiguration == nil || len(in.CORSConfiguration.CORSRules) == 0 {
		return nil, errMalformedXML()
	}
	rules := in.CORSConfiguration.CORSRules
	if len(rules) > maxCORSRules {
		return nil, errInvalidRequest("The number of CORS rules should not exceed allowed limit of 100 rules.")
	}
	for _, r := range rules {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.CORS = rules
		return nil
	})
}

func (r *CORSRule) check() error {
	if len(r.AllowedMethods) == 0 || len(r.AllowedOrigins) == 0 {
		return errMalformedXML()
	}
	for _, m := range r.AllowedMethods {
		if !slices.Contains(corsMethods, m) {
			return errCORSMethod(m)
		}
	}
	for _, o := range r.AllowedOrigins {
		if strings.Count(o, "*") > 1 {
			return errInvalidRequest("AllowedOrigin %q can not have more than one wildcard.", o)
		}
	}
	for _, h := range r.AllowedHeaders {
		if strings.Count(h, "*") > 1 {
			return errInvalidRequest("AllowedHeader %q can not have more than one wildcard.", h)
		}
	}
	for _, h := range r.ExposeHeaders {
		if strings.Contains(h, "*") {
			return errInvalidRequest("ExposeHeader %q contains wildcard. We currently do not support wildcard for ExposeHeader.", h)
		}
	}
	return nil
}

func (s *Service) getBucketCors(_ context.Context, _ *aws.Call, in *GetBucketCorsInput) (*CORSConfiguration, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if len(b.CORS) == 0 {
		return nil, errNoCORS(b.Name)
	}
	return &CORSConfiguration{CORSRules: b.CORS}, nil
}

func (s *Service) deleteBucketCors(_ context.Context, _ *aws.Call, in *DeleteBucketCorsInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.CORS = nil
		return nil
	})
}

// crossOrigin is a request that a page of another origin makes, or asks to.
type crossOrigin struct {
	origin, method string
	headers        []string // asked for; lower case
}

// matchCORS returns the first rule that allows the request.
func matchCORS(rules []CORSRule, q crossOrigin) *CORSRule {
	for i := range rules {
		r := &rules[i]
		if slices.Contains(r.AllowedMethods, q.method) && r.origin(q.origin) != "" && r.headers(q.headers) {
			return r
		}
	}
	return nil
}

// origin returns what Access-Control-Allow-Origin is to say, or "".
func (r *CORSRule) origin(origin string) string {
	for _, o := range r.AllowedOrigins {
		switch {
		case o == "*":
			return "*"
		case likeOne(o, origin):
			return origin
		}
	}
	return ""
}

func (r *CORSRule) headers(asked []string) bool {
	for _, h := range asked {
		if !slices.ContainsFunc(r.AllowedHeaders, func(p string) bool { return likeOne(lower(p), h) }) {
			return false
		}
	}
	return true
}

// likeOne matches a pattern that has at most one asterisk.
func likeOne(pattern, s string) bool {
	before, behind, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == s
	}
	return len(s) >= len(before)+len(behind) && strings.HasPrefix(s, before) && strings.HasSuffix(s, behind)
}

// response are the headers of an allowed request.
func (r *CORSRule) response(q crossOrigin) http.Header {
	h := http.Header{}
	origin := r.origin(q.origin)
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", strings.Join(r.AllowedMethods, ", "))
	if len(q.headers) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(q.headers, ", "))
	}
	if len(r.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(r.ExposeHeaders, ", "))
	}
	if r.MaxAgeSeconds != nil {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(*r.MaxAgeSeconds)))
	}
	if origin != "*" {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	return h
}

// Preflight implements service.CORS.
func (s *Service) Preflight(r *http.Request, _ *aws.Call) (http.Header, error) {
	q := crossOrigin{origin: r.Header.Get("Origin"), method: r.Header.Get("Access-Control-Request-Method")}
	if q.origin == "" {
		return nil, aws.Errorf(400, "BadRequest", "Insufficient information. Origin request header needed.")
	}
	if !slices.Contains(corsMethods, q.method) {
		return nil, aws.Errorf(400, "BadRequest", "Invalid Access-Control-Request-Method: %s", q.method)
	}
	for h := range strings.SplitSeq(r.Header.Get("Access-Control-Request-Headers"), ",") {
		if h = lower(strings.TrimSpace(h)); h != "" {
			q.headers = append(q.headers, h)
		}
	}
	return s.preflight(bucketInPath(r.URL), q)
}

func (s *Service) preflight(name string, q crossOrigin) (http.Header, error) {
	b, err := s.buckets.open(name)
	var gone *aws.Error
	switch {
	case errors.As(err, &gone):
		return nil, errCORS("CORSResponse: Bucket not found", q.method)
	case err != nil:
		return nil, err
	case len(b.CORS) == 0:
		return nil, errCORS("CORSResponse: CORS is not enabled for this bucket.", q.method)
	}
	rule := matchCORS(b.CORS, q)
	if rule == nil {
		return nil, errCORS("CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.", q.method)
	}
	return rule.response(q), nil
}

func errCORS(message, method string) *aws.Error {
	return aws.Errorf(403, "AccessForbidden", "%s", message).With("Method", method).With("ResourceType", "BUCKET")
}

// Actual implements service.CORS.
func (s *Service) Actual(r *http.Request, _ *aws.Call) http.Header {
	return s.corsFor(bucketInPath(r.URL), r)
}

// corsFor returns the headers that a bucket's rules add to a response.
func (s *Service) corsFor(name string, r *http.Request) http.Header {
	b, err := s.buckets.open(name)
	if err != nil {
		return nil // the request itself will say so
	}
	q := crossOrigin{origin: r.Header.Get("Origin"), method: r.Method}
	rule := matchCORS(b.CORS, q)
	if rule == nil || q.origin == "" {
		return nil
	}
	return rule.response(q)
}

// bucketInPath is the bucket of a path-style URL.
func bucketInPath(u *url.URL) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return name
}
