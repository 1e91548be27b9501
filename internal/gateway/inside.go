package gateway

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// Requests that our own services make: they come without a signature, from a
// principal that is known, and pass every stage from there on.

// Call runs an operation of a service that speaks awsJson, as c.Principal in
// c.Scope. body and the answer are the operation's JSON. What a client would
// see as an error is an *aws.Error.
func (h *Handler) Call(ctx context.Context, c *aws.Call, name, operation string, body []byte) ([]byte, error) {
	x, w := h.inside(c), &memory{header: http.Header{}}
	x.r = &http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: "/"}, RequestURI: "/", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, ContentLength: int64(len(body)), Host: c.Host, RemoteAddr: c.SourceIP,
	}
	x.orig = x.r.WithContext(ctx)
	x.body = body
	x.w = &statusWriter{ResponseWriter: w, status: &x.status, sent: &x.sent}
	defer x.observe()
	for _, m := range h.signing[name] {
		for _, p := range m.Protocols {
			if (p == service.JSON10 || p == service.JSON11) && (x.m == nil || m.ops[operation] != nil) {
				x.r.Header.Set("X-Amz-Target", m.TargetPrefix+"."+operation)
				x.adopt(m, p)
			}
		}
	}
	if x.m == nil {
		return nil, aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement the service %q", name)
	}
	if err := x.try(); err != nil {
		return nil, err
	}
	return w.body.Bytes(), nil
}

// try answers, and returns what would be written as an error.
func (x *exchange) try() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = x.seenError(fmt.Errorf("panic in the service: %v", p))
		}
	}()
	if x.out, err = x.run(); err == nil {
		err = x.codec.Encode(x.w, x.r, &x.call, x.op.Name(), x.out)
	}
	if err != nil {
		x.out = nil
		return x.seenError(err)
	}
	return nil
}

// seenError is an error as clients see it, noted in the record.
func (x *exchange) seenError(err error) *aws.Error {
	e := x.clientError(err)
	x.status = e.Status
	return e
}

// Serve answers a request to S3 that one of our own services makes as p. The
// request is in path style, without a signature.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, p *aws.Principal, s aws.Scope) {
	x := h.inside(&aws.Call{Scope: s, RequestID: h.IDs.UUID(), Time: h.Now(), Principal: p, SourceIP: p.Name, Host: r.Host})
	x.r, x.orig = r, r
	x.w = &statusWriter{ResponseWriter: w, status: &x.status, sent: &x.sent}
	defer x.observe()
	defer x.recover()
	x.adopt(h.s3, service.RestXML)
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		x.bucketPreflight()
		return
	}
	x.corsHeaders()
	x.answer()
}

// inside begins an exchange that did not come over the network.
func (h *Handler) inside(c *aws.Call) *exchange {
	x := &exchange{Handler: h, call: *c}
	x.call.Ignored = nil
	return x
}

// memory is a response that stays in the process.
type memory struct {
	header http.Header
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }
func (m *memory) WriteHeader(int)             {}
