package edge

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// visit is one request of a viewer.
type visit struct {
	e *Edge
	d *Distribution
	b *Behavior
	w http.ResponseWriter
	r *http.Request
	c *aws.Call

	path     string // escaped, normal
	query    string // of the cache key
	raw      string // of the viewer, without what signs the URL
	encoding string // of the cache key
	page     bool   // it is for the page of an error
	sent     int64
	read     counter
}

// object is what is served: a header, and a body from one of three places.
type object struct {
	status int
	header http.Header
	result []string      // X-Cache
	age    time.Duration // -1 unless it was in the cache
	size   int64         // -1 if unknown

	body   *body         // whole
	stream *reader       // coming
	alone  io.ReadCloser // for this viewer only
	free   func()
}

// The values of X-Cache.
var (
	miss       = []string{"Miss from cloudfront"}
	hit        = []string{"Hit from cloudfront"}
	refreshHit = []string{"RefreshHit from cloudfront"}
	failed     = []string{"Error from cloudfront"}
	redirected = []string{"Redirect from cloudfront"}
)

// pop is the point of presence that all answers name.
var pop = []string{"CDG50-C1"}

// Serve answers one request for a distribution.
func (e *Edge) Serve(w http.ResponseWriter, r *http.Request, d *Distribution, c *aws.Call) {
	v := &visit{e: e, d: d, w: w, r: r, c: c, path: normalPath(r.URL.EscapedPath()), raw: r.URL.RawQuery}
	if r.Body != nil {
		v.read.Reader = r.Body
	}
	d.Counts.Requests.Add(1)
	status, fresh := v.serve()
	if fresh {
		d.Counts.Hits.Add(1)
	}
	e.Observe(&Visit{Distribution: d, Status: status, Hit: fresh, TLS: c.TLS, In: v.read.n, Out: v.sent})
}

// counter counts what is read of a viewer's body.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (v *visit) serve() (status int, fresh bool) {
	if v.path == "" {
		v.path = "/"
	}
	v.b = v.d.behavior(v.path)
	switch {
	case !v.d.Enabled:
		return v.refuse(http.StatusForbidden, "The distribution is disabled."), false
	case contains(chainOf(v.r.Context()), v.d.ID):
		return v.refuse(http.StatusForbidden, "The origin of this distribution leads back to it."), false
	case !v.c.TLS && v.b.Protocol == HTTPSOnly:
		return v.refuse(http.StatusForbidden, "Bad request. This distribution takes HTTPS only."), false
	case !v.c.TLS && v.b.Protocol == RedirectToHTTPS && !v.trustworthy():
		return v.redirect(), false
	case !v.b.Allowed[v.r.Method]:
		return v.refuse(http.StatusForbidden, "This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests."), false
	}
	if v.b.Signers != nil && v.r.Method != http.MethodOptions {
		if refusal := v.unsigned(); refusal != nil {
			return v.deny(refusal), false
		}
	}
	if v.path == "/" && v.d.Root != "" {
		v.path = "/" + (&url.URL{Path: v.d.Root}).EscapedPath()
	}
	o, err := v.obtain()
	if err != nil {
		f := asFailure(err)
		if named, ok := errors.AsType[*failure](err); ok {
			f = named
		}
		return v.unreachable(f), false
	}
	defer o.close()
	if o.status >= 400 {
		return v.fail(o), false
	}
	v.send(o, 0)
	return o.status, o.age >= 0
}

// trustworthy reports whether plain HTTP will do although the behavior asks
// for HTTPS: for what a page on this machine embeds. Browsers count names
// under localhost as secure; and what is embedded fails without a word while
// the certificates of the local authority are not trusted yet.
func (v *visit) trustworthy() bool {
	host := strings.ToLower(v.r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	dest := v.r.Header.Get("Sec-Fetch-Dest")
	return dest != "" && dest != "document" && (host == "localhost" || strings.HasSuffix(host, ".localhost"))
}

// object is what invalidations call what is asked for.
func (v *visit) object() string {
	if v.query == "" {
		return plainPath(v.path)
	}
	return plainPath(v.path) + "?" + v.query
}

// plainPath is a path without escapes, in which an invalidation and an object
// are compared.
func plainPath(escaped string) string {
	path, query, found := strings.Cut(escaped, "?")
	if p, err := url.PathUnescape(path); err == nil {
		path = p
	}
	if found {
		return path + "?" + query
	}
	return path
}

// obtain finds the object in the cache, or has it fetched.
func (v *visit) obtain() (*object, error) {
	b := v.b
	v.query = selectQuery(v.raw, b.Key.Query)
	v.encoding = b.acceptEncoding(v.r.Header)
	if !b.Cached[v.r.Method] || b.Max <= 0 || b.Key.Headers.Mode == All {
		return v.pass()
	}
	var room [256]byte
	key := v.appendKey(room[:0])
	for {
		now := v.e.Now()
		x := v.e.cache.get(key)
		switch {
		case x != nil && now.Before(x.fresh):
			return x.serve(hit, now, x.body.release), nil
		case x != nil && now.Before(x.fresh.Add(x.whileRevalidate)):
			if f, leads := v.e.join(v, key); leads {
				f.background = true
				go v.e.fly(f, *v, v.question(http.MethodGet), x.with(x.body.retain()))
				v.e.done(f)
			} else {
				v.e.done(f)
			}
			return x.serve(hit, now, x.body.release), nil
		case x == nil && v.r.Method == http.MethodHead:
			return v.pass()
		}
		f, leads := v.e.join(v, key)
		if leads {
			method := v.r.Method
			if method == http.MethodHead {
				method = http.MethodGet
			}
			go v.e.fly(f, *v, v.question(method), x)
		} else if x != nil {
			x.body.release()
		}
		o, err := v.await(f, leads)
		if o != nil || err != nil {
			return o, err
		}
	}
}

// await waits for a flight. It returns nothing if the flight had nothing for
// this viewer, who is to begin again.
func (v *visit) await(f *flight, leads bool) (*object, error) {
	select {
	case <-f.ready:
	case <-v.r.Context().Done():
		go v.abandon(f, leads)
		return nil, v.r.Context().Err()
	}
	free := func() { v.e.done(f) }
	switch {
	case f.err != nil:
		free()
		return nil, f.err
	case f.found != nil:
		result := refreshHit
		if f.stale {
			result = hit
		}
		return f.found.serve(result, v.e.Now(), free), nil
	case f.alone != nil && leads:
		end := f.end
		return v.single(f.alone, func() { free(); end() }), nil
	case f.alone != nil:
		free()
		return v.pass()
	}
	stream, over := f.first, false
	if !leads {
		stream, over = f.spool.reader()
	}
	if stream != nil {
		o := &object{status: f.head.status, header: f.head.header, result: miss, age: -1, size: -1, stream: stream}
		if n, ok := number(f.head.header.Get("Content-Length")); ok {
			o.size = n
		}
		o.free = func() { stream.close(); free() }
		if v.farAhead(o) {
			o.free()
			return v.pass()
		}
		return o, nil
	}
	if over {
		free()
		return nil, nil
	}
	<-f.landed
	if f.final == nil {
		free()
		return nil, nil
	}
	return f.final.serve(hit, v.e.Now(), free), nil
}

// abandon gives back what a viewer who left would have got.
func (v *visit) abandon(f *flight, leads bool) {
	<-f.ready
	if leads && f.first != nil {
		f.first.close()
	}
	if leads && f.alone != nil {
		f.alone.body.Close()
		f.end()
	}
	v.e.done(f)
}

// patience is how far ahead of what has arrived a range may begin before it is
// asked of the origin by itself.
const patience = 64 << 20

// farAhead reports whether a viewer wants what will not arrive soon.
func (v *visit) farAhead(o *object) bool {
	header := rangeOf(v.r, o.header)
	if header == "" || o.size < 0 {
		return false
	}
	spans, ok := parseRange(header, o.size)
	return ok && len(spans) > 0 && spans[0].start > o.stream.have()+patience
}

// serve makes an object of an entry.
func (x *entry) serve(result []string, now time.Time, free func()) *object {
	age := max(0, now.Sub(x.stored)) + x.age
	return &object{status: x.status, header: x.header, result: result, age: age, size: x.body.size, body: x.body, free: free}
}

// pass asks the origin for this viewer only.
func (v *visit) pass() (*object, error) {
	q := v.question(v.r.Method)
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"} {
		if value := v.r.Header[name]; value != nil && !v.page {
			q.header[name] = value
		}
	}
	if v.read.Reader != nil && !v.page && v.r.ContentLength != 0 {
		q.body, q.length = &v.read, v.r.ContentLength
	}
	ctx, end := context.WithCancel(v.r.Context())
	a, err := v.e.ask(ctx, v.b, q)
	if err != nil {
		end()
		return nil, err
	}
	return v.single(a, end), nil
}

// single makes an object of an answer that is not kept.
func (v *visit) single(a *answer, end func()) *object {
	d := parseCacheControl(a.header["Cache-Control"])
	v.compress(a, &d)
	return &object{
		status: a.status, header: v.endToEnd(a.header), result: miss, age: -1, size: a.length, alone: a.body,
		free: func() { a.body.Close(); end() },
	}
}

func (o *object) close() { o.free() }

// send writes an object. status replaces its own if it is not 0.
func (v *visit) send(o *object, status int) {
	if status == 0 {
		status = o.status
	}
	h := v.w.Header()
	date := h["Date"]
	for name, values := range o.header {
		h[name] = values
	}
	if h["Date"] == nil {
		h["Date"] = date
	}
	v.stamp(h, o.result)
	if o.age >= 0 {
		h["Age"] = []string{strconv.FormatInt(int64(o.age/time.Second), 10)}
	}
	v.b.Response.apply(h, v)
	if status != http.StatusOK {
		v.body(o, status, span{0, o.size})
		return
	}
	if o.alone == nil && notModified(v.r, o.header) && (v.r.Method == http.MethodGet || v.r.Method == http.MethodHead) {
		delete(h, "Content-Length")
		v.w.WriteHeader(http.StatusNotModified)
		return
	}
	if v.partial(o, h) {
		return
	}
	v.body(o, status, span{0, o.size})
}

// stamp sets what tells an answer of CloudFront.
func (v *visit) stamp(h http.Header, result []string) {
	h["X-Cache"] = result
	if via := h["Via"]; len(via) > 0 {
		h["Via"] = []string{strings.Join(via, ", ") + ", " + v.e.via}
	} else {
		h["Via"] = v.e.viaHeader
	}
	h["X-Amz-Cf-Pop"] = pop
	h["X-Amz-Cf-Id"] = []string{v.requestID()}
}

// body writes the header and a part of the body, which is the whole if its
// length is not known.
func (v *visit) body(o *object, status int, s span) {
	if s.length >= 0 {
		if h := v.w.Header(); o.body == nil || s.length != o.size {
			h["Content-Length"] = []string{strconv.FormatInt(s.length, 10)}
		}
	} else {
		delete(v.w.Header(), "Content-Length")
	}
	if status == http.StatusNotModified || status == http.StatusNoContent {
		delete(v.w.Header(), "Content-Length")
		v.w.WriteHeader(status)
		return
	}
	v.w.WriteHeader(status)
	if v.r.Method == http.MethodHead {
		return
	}
	n, err := v.copy(v.w, o, s)
	v.sent += n
	if err != nil || s.length >= 0 && n != s.length {
		// The viewer must not take what is cut short for the whole.
		panic(http.ErrAbortHandler)
	}
}

// copy writes a part of an object's body.
func (v *visit) copy(w io.Writer, o *object, s span) (int64, error) {
	switch {
	case o.body != nil:
		return o.body.writeTo(w, s)
	case o.alone != nil:
		return io.Copy(w, o.alone)
	}
	o.stream.skip(s.start)
	buf := make([]byte, 32<<10)
	flush := http.NewResponseController(v.w)
	var sent int64
	for s.length < 0 || sent < s.length {
		p := buf
		if s.length >= 0 {
			p = buf[:min(int64(len(buf)), s.length-sent)]
		}
		n, err := o.stream.read(v.r.Context(), p)
		if err == io.EOF {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
		m, err := w.Write(p[:n])
		sent += int64(m)
		if err != nil {
			return sent, err
		}
		if n < len(p) {
			_ = flush.Flush() // what there is, since more may take its time
		}
	}
	if s.start+s.length == o.size {
		// Until the end itself: then the object is kept, and who asks next finds it.
		if _, err := o.stream.read(v.r.Context(), buf[:1]); err != io.EOF {
			return sent, io.ErrUnexpectedEOF
		}
	}
	return sent, nil
}
