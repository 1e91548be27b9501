package s3

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// websiteHost returns the bucket that a website's host name stands for:
// BUCKET.s3-website.localhost, BUCKET.s3-website-REGION.anything and
// BUCKET.s3-website.REGION.anything.
func websiteHost(host string) (bucket string, ok bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	i := strings.LastIndex(host, ".s3-website")
	if i <= 0 {
		return "", false
	}
	rest := host[i+len(".s3-website"):]
	return lower(host[:i]), strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "-") && strings.Contains(rest, ".")
}

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool {
	_, ok := websiteHost(r.Host)
	return ok || isForm(r)
}

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	name, ok := websiteHost(r.Host)
	if !ok {
		s.servePost(w, r, c)
		return
	}
	c.Service, c.Operation = "s3", "WebsiteRequest"
	v := &visit{s: s, w: w, r: r, c: c, name: name}
	h := w.Header()
	h["X-Amz-Request-Id"], h["X-Amz-Id-2"], h["Server"] = []string{c.RequestID}, []string{c.RequestID}, []string{"AmazonS3"}
	if r.Header.Get("Origin") != "" {
		for k, val := range s.corsFor(name, r) {
			h[k] = val
		}
	}
	if err := v.serve(); err != nil {
		v.fail(err)
	}
}

// visit is one request for a website.
type visit struct {
	s    *Service
	w    http.ResponseWriter
	r    *http.Request
	c    *aws.Call
	name string
	b    *opened
	key  string
}

func (v *visit) serve() (err error) {
	if v.b, err = v.s.buckets.open(v.name); err != nil {
		return err
	}
	site := v.b.Website
	switch {
	case site == nil:
		return errNoWebsite(v.name)
	case v.r.Method == http.MethodOptions:
		return v.preflight()
	case v.r.Method != http.MethodGet && v.r.Method != http.MethodHead:
		return aws.Errorf(405, "MethodNotAllowed", "The specified method is not allowed against this resource.").
			With("Method", v.r.Method).With("ResourceType", "OBJECT")
	}
	if all := site.RedirectAllRequestsTo; all != nil {
		return v.redirectAll(all)
	}
	path, err := url.PathUnescape(strings.TrimPrefix(v.r.URL.EscapedPath(), "/"))
	if err != nil {
		return errInvalidURI()
	}
	v.key = path
	if rule := site.route(path, 0); rule != nil {
		return v.redirect(rule.target(path, v.scheme(), v.r.Host))
	}
	if path == "" || strings.HasSuffix(path, "/") {
		v.key += site.IndexDocument.Suffix
	}
	err = v.object(v.key, 200)
	return v.instead(err, path)
}

// instead answers for an object that could not be had: with the index of the
// folder of that name, by a routing rule, or with the error document.
func (v *visit) instead(err error, path string) error {
	var e *aws.Error
	if !errors.As(err, &e) || e.Status == http.StatusNotModified || e.Status == http.StatusPreconditionFailed {
		return err
	}
	site := v.b.Website
	if e.Status == 404 && path != "" && !strings.HasSuffix(path, "/") && v.has(path+"/"+site.IndexDocument.Suffix) {
		return v.redirect("/"+escapePath(path)+"/", http.StatusFound)
	}
	if rule := site.route(path, e.Status); rule != nil {
		return v.redirect(rule.target(path, v.scheme(), v.r.Host))
	}
	if site.ErrorDocument == nil || e.Status < 400 || e.Status >= 500 {
		return err
	}
	h := v.w.Header()
	h.Set("X-Amz-Error-Code", e.Code)
	h.Set("X-Amz-Error-Message", e.Message)
	if second := v.object(site.ErrorDocument.Key, e.Status); second != nil {
		return &failedTwice{e, second}
	}
	return nil
}

// failedTwice is an error whose error document could not be had either.
type failedTwice struct {
	first  *aws.Error
	second error
}

func (f *failedTwice) Error() string { return f.first.Error() }

func (f *failedTwice) Unwrap() error { return f.first }

func (v *visit) scheme() string {
	if v.c.TLS {
		return "https"
	}
	return "http"
}

func (v *visit) redirect(location string, status int) error {
	v.w.Header().Set("Location", location)
	v.w.Header().Set("Content-Length", "0")
	v.w.WriteHeader(status)
	return nil
}

func (v *visit) redirectAll(to *RedirectAllRequestsTo) error {
	scheme := to.Protocol
	if scheme == "" {
		scheme = v.scheme()
	}
	return v.redirect(scheme+"://"+to.HostName+v.r.URL.RequestURI(), http.StatusMovedPermanently)
}

func (v *visit) preflight() error {
	h, err := v.s.Preflight(&http.Request{Header: v.r.Header, URL: &url.URL{Path: "/" + v.name}}, v.c)
	if err != nil {
		return err
	}
	for k, val := range h {
		v.w.Header()[k] = val
	}
	v.w.WriteHeader(http.StatusOK)
	return nil
}

// allowed authorises the visitor, who is nobody, as GetObject would be.
func (v *visit) allowed(key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	keys := map[string][]string{}
	if err := v.s.addTagKeys(keys, v.b, key, ""); err != nil {
		return err
	}
	if !v.s.Authorizer.Allowed(v.r.Context(), v.c, v.b.access(v.c, "GetObject", key, keys)) {
		return errAccessDenied()
	}
	return nil
}

func (v *visit) has(key string) bool {
	found, err := v.s.lookup(v.b, key, "")
	return err == nil && found != nil && v.allowed(key) == nil
}

// object sends an object.
func (v *visit) object(key string, status int) error {
	if err := v.allowed(key); err != nil {
		return err
	}
	in := &GetObjectInput{reading: reading{onObject: onObject{onBucket{Bucket: v.name}, key}}}
	if h := v.r.Header; status == 200 {
		in.IfMatch, in.IfNoneMatch, in.Range = h.Get("If-Match"), h.Get("If-None-Match"), h.Get("Range")
		in.IfModifiedSince, in.IfUnmodifiedSince = h.Get("If-Modified-Since"), h.Get("If-Unmodified-Since")
	}
	out, err := v.s.getObject(v.r.Context(), v.c, in)
	if err != nil {
		return err
	}
	defer out.Body.Close()
	if to := out.WebsiteRedirectLocation; to != "" && status == 200 {
		return v.redirect(to, http.StatusMovedPermanently)
	}
	if status == 200 {
		status = int(out.StatusCode)
	}
	out.write(v.w.Header())
	v.w.Header().Set("Content-Length", strconv.FormatInt(out.Body.Length, 10))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		// A visitor who leaves is no error of ours.
		_, _ = io.Copy(v.w, out.Body.ReadCloser)
	}
	return nil
}

// write sets the headers a website sends with an object.
func (o *objectHeaders) write(h http.Header) {
	for name, value := range map[string]string{
		"Accept-Ranges": o.AcceptRanges, "Cache-Control": o.CacheControl, "Content-Disposition": o.ContentDisposition,
		"Content-Encoding": o.ContentEncoding, "Content-Language": o.ContentLanguage, "Content-Range": o.ContentRange,
		"Content-Type": o.ContentType, "Etag": o.ETag, "Expires": o.Expires,
		"Last-Modified": o.LastModified.UTC().Format(http.TimeFormat), "X-Amz-Version-Id": o.VersionId,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	for k, val := range o.Metadata {
		h.Set("X-Amz-Meta-"+k, val)
	}
}

// fail writes an error as a page.
func (v *visit) fail(err error) {
	var e *aws.Error
	if !errors.As(err, &e) {
		e = aws.Errorf(500, "InternalError", "We encountered an internal error. Please try again.")
	}
	h := v.w.Header()
	for k, val := range e.Header {
		h[k] = val
	}
	if e.Status == http.StatusNotModified {
		v.w.WriteHeader(e.Status)
		return
	}
	var second *failedTwice
	nested := ""
	if errors.As(err, &second) {
		nested = v.nested(second)
	}
	h.Set("X-Amz-Error-Code", e.Code)
	h.Set("X-Amz-Error-Message", e.Message)
	page := errorPage(e, nested, v.c.RequestID)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	v.w.WriteHeader(e.Status)
	if v.r.Method != http.MethodHead {
		_, _ = io.WriteString(v.w, page)
	}
}

// nested tells why the error document is not shown.
func (v *visit) nested(f *failedTwice) string {
	var e *aws.Error
	if !errors.As(f.second, &e) {
		return ""
	}
	return "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n" + list(e, "")
}

func list(e *aws.Error, request string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<ul>\n<li>Code: %s</li>\n<li>Message: %s</li>\n", html.EscapeString(e.Code), html.EscapeString(e.Message))
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "<li>%s: %s</li>\n", html.EscapeString(f.Name), html.EscapeString(fmt.Sprint(f.Value)))
	}
	if request != "" {
		fmt.Fprintf(&b, "<li>RequestId: %s</li>\n<li>HostId: %[1]s</li>\n", html.EscapeString(request))
	}
	b.WriteString("</ul>\n")
	return b.String()
}

func errorPage(e *aws.Error, nested, request string) string {
	title := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	return "<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n" +
		list(e, request) + nested + "<hr/>\n</body>\n</html>\n"
}

// escapePath encodes a key for a URL's path, leaving its slashes.
func escapePath(key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
