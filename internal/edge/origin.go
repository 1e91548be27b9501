package edge

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// answer is what an origin says. Its body must be closed.
type answer struct {
	status int
	header http.Header
	body   io.ReadCloser
	length int64 // -1 if unknown
}

// failure is an origin that did not answer, as a status for the viewer.
type failure struct {
	status int
	cause  error
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// question is a request for an origin.
type question struct {
	d      *Distribution
	method string
	path   string // escaped
	query  string
	header http.Header
	body   io.Reader
	length int64
	tls    bool // the viewer's

	chain []string // ids of the distributions that it came through
}

// chainKey is the key of a request's chain in its context.
type chainKey struct{}

func chainOf(ctx context.Context) []string {
	chain, _ := ctx.Value(chainKey{}).([]string)
	return chain
}

// ask asks an origin, and where the behavior has one the second.
func (e *Edge) ask(ctx context.Context, b *Behavior, q *question) (*answer, error) {
	a, err := e.askOne(ctx, b.Origin, q)
	if b.Failover == nil || q.method != http.MethodGet && q.method != http.MethodHead && q.method != http.MethodOptions {
		return a, err
	}
	status := 0
	if f, ok := errors.AsType[*failure](err); ok {
		status = f.status
	} else if err == nil {
		status = a.status
	}
	if !b.Failover.On[status] {
		return a, err
	}
	if a != nil {
		a.body.Close()
	}
	return e.askOne(ctx, b.Failover.Origin, q)
}

func (e *Edge) askOne(ctx context.Context, o *Origin, q *question) (*answer, error) {
	q.d.Counts.Origin.Add(1)
	header := q.header.Clone()
	for k, v := range o.Header {
		header[k] = v
	}
	r := &http.Request{
		Method: q.method, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Host: o.Domain, ContentLength: q.length, Body: http.NoBody,
		RemoteAddr: "127.0.0.1:0",
	}
	if q.body != nil {
		r.Body = io.NopCloser(q.body)
	}
	if host := header.Get("Host"); host != "" && o.Bucket == "" {
		r.Host = host
	}
	header.Del("Host")
	if o.Bucket != "" {
		return e.askBucket(ctx, o, q, r)
	}
	u, err := url.ParseRequestURI(o.Path + q.path)
	if err != nil {
		return nil, &failure{http.StatusBadGateway, err}
	}
	u.RawQuery = q.query
	r.URL = u
	r.RequestURI = u.RequestURI()
	if ofAWS(o.Domain) {
		return inProcess(context.WithValue(ctx, chainKey{}, q.chain), r, e.Cloud.ServeHTTP)
	}
	return e.askHost(ctx, o, q, r)
}

// askBucket asks S3 in process.
func (e *Edge) askBucket(ctx context.Context, o *Origin, q *question, r *http.Request) (*answer, error) {
	u, err := url.ParseRequestURI("/" + o.Bucket + o.Path + q.path)
	if err != nil {
		return nil, &failure{http.StatusBadGateway, err}
	}
	u.RawQuery = q.query
	r.URL = u
	r.RequestURI = u.RequestURI()
	r.Host = "s3.amazonaws.com" // the bucket is in the path
	r.Header.Del("X-Amz-Cf-Id") // which is no parameter of S3's
	who := &aws.Principal{Kind: aws.Anonymous}
	signed := r.Header.Get("Authorization") != ""
	if o.Signs == Always || o.Signs == NoOverride && !signed {
		r.Header.Del("Authorization")
		who = &aws.Principal{
			Kind: aws.ServicePrincipal, Account: q.d.Scope.Account, Name: "cloudfront.amazonaws.com",
			Keys: map[string][]string{"aws:SourceArn": {string(q.d.ARN)}, "aws:SourceAccount": {string(q.d.Scope.Account)}},
		}
	}
	return inProcess(ctx, r, func(w http.ResponseWriter, r *http.Request) { e.Buckets.Serve(w, r, who, q.d.Scope) })
}

// ofAWS reports whether a name is one that this cloud answers for.
func ofAWS(domain string) bool {
	return strings.HasSuffix(domain, ".amazonaws.com") || strings.HasSuffix(domain, ".on.aws") || strings.HasSuffix(domain, ".cloudfront.net")
}

// inProcess has a handler answer while its answer is read.
func inProcess(ctx context.Context, r *http.Request, serve func(http.ResponseWriter, *http.Request)) (*answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	pr, pw := io.Pipe()
	p := &piped{header: http.Header{}, ready: make(chan struct{}), w: pw}
	r = r.WithContext(ctx)
	go func() {
		defer func() {
			if broken := recover(); broken != nil {
				pw.CloseWithError(io.ErrUnexpectedEOF)
			} else {
				p.WriteHeader(http.StatusOK)
				pw.Close()
			}
			p.once.Do(func() { close(p.ready) })
		}()
		serve(p, r)
	}()
	select {
	case <-p.ready:
	case <-ctx.Done():
		cancel()
		pr.CloseWithError(ctx.Err())
		return nil, &failure{http.StatusGatewayTimeout, ctx.Err()}
	}
	if p.status == 0 {
		cancel()
		return nil, &failure{http.StatusBadGateway, io.ErrUnexpectedEOF}
	}
	a := &answer{status: p.status, header: p.sent, length: -1, body: &ended{pr, cancel}}
	if n, err := strconv.ParseInt(p.sent.Get("Content-Length"), 10, 64); err == nil {
		a.length = n
	}
	return a, nil
}

// ended is the body of an answer in process; closing it ends the request.
type ended struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b *ended) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// piped is an http.ResponseWriter whose body is read elsewhere.
type piped struct {
	header, sent http.Header
	status       int
	once         sync.Once
	ready        chan struct{}
	w            *io.PipeWriter
}

func (p *piped) Header() http.Header { return p.header }

func (p *piped) WriteHeader(status int) {
	if status < 200 {
		return
	}
	p.once.Do(func() {
		p.status, p.sent = status, p.header.Clone()
		close(p.ready)
	})
}

func (p *piped) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.w.Write(b)
}

// askHost asks an origin over the network.
func (e *Edge) askHost(ctx context.Context, o *Origin, q *question, r *http.Request) (*answer, error) {
	scheme := o.Scheme
	if scheme == "" {
		scheme = "http"
		if q.tls {
			scheme = "https"
		}
	}
	port := o.HTTP
	if scheme == "https" {
		port = o.HTTPS
	}
	r.URL.Scheme, r.URL.Host, r.RequestURI = scheme, net.JoinHostPort(o.Domain, strconv.Itoa(port)), ""
	r.Close = false
	again := q.method == http.MethodGet || q.method == http.MethodHead
	for attempt := 1; ; attempt++ {
		a, err := e.once(ctx, o, r)
		if err == nil {
			return a, nil
		}
		f := asFailure(err)
		var op *net.OpError
		unconnected := errors.As(err, &op) && op.Op == "dial"
		if attempt >= o.Attempts || ctx.Err() != nil || !unconnected && !(again && f.status == http.StatusGatewayTimeout) {
			return nil, f
		}
	}
}

func asFailure(err error) *failure {
	var timeout net.Error
	if errors.Is(err, errSilent) || errors.As(err, &timeout) && timeout.Timeout() {
		return &failure{http.StatusGatewayTimeout, err}
	}
	return &failure{http.StatusBadGateway, err}
}

var errSilent = errors.New("edge: the origin says nothing")

// once makes one attempt. An origin that is silent for longer than its read
// timeout, before or in its answer, is given up.
func (e *Edge) once(ctx context.Context, o *Origin, r *http.Request) (*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(o.Read+o.Connect, func() { cancel(errSilent) })
	ctx = context.WithValue(ctx, connectWithin{}, o.Connect)
	resp, err := e.transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		watch.Stop()
		cause := context.Cause(ctx)
		cancel(nil)
		return nil, cmp.Or(errors.Join(cause, err), err)
	}
	watch.Reset(o.Read)
	return &answer{resp.StatusCode, resp.Header, &watched{resp.Body, watch, o.Read, ctx, cancel}, resp.ContentLength}, nil
}

// watched is a body whose origin must not be silent for long.
type watched struct {
	io.ReadCloser
	watch  *time.Timer
	within time.Duration
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func (b *watched) Read(p []byte) (int, error) {
	b.watch.Reset(b.within)
	n, err := b.ReadCloser.Read(p)
	b.watch.Stop() // how long the viewer takes is another matter
	return n, err
}

func (b *watched) Close() error {
	b.watch.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// connectWithin is the key of a connection's timeout in its context.
type connectWithin struct{}

func newTransport() *http.Transport {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		within, _ := ctx.Value(connectWithin{}).(time.Duration)
		d := net.Dialer{Timeout: within}
		return d.DialContext(ctx, network, addr)
	}
	return &http.Transport{
		DialContext: dial,
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialTLS(ctx, dial, network, addr)
		},
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     time.Minute,
		DisableCompression:  true, // what the viewer accepts is forwarded or not, by policy
	}
}

// dialTLS verifies certificates, except those of this machine: nobody
// certifies localhost.
func dialTLS(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	c, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
	t := tls.Client(c, &tls.Config{ServerName: host, InsecureSkipVerify: local, MinVersion: tls.VersionTLS12})
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("TLS with %s: %w", addr, err)
	}
	return t, nil
}
