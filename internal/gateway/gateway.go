package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/internal/wire/awsjson"
	"github.com/niebla-cloud/niebla/internal/wire/cbor"
	"github.com/niebla-cloud/niebla/internal/wire/query"
	"github.com/niebla-cloud/niebla/internal/wire/restjson"
	"github.com/niebla-cloud/niebla/internal/wire/restxml"
)

// Identity is what the gateway asks of IAM and STS.
type Identity interface {
	// Open returns whom an access key belongs to, and its secret. token is the
	// session token, "" for long-term keys. Its errors are ErrUnknownKey,
	// ErrBadToken and ErrExpiredToken.
	Open(ctx context.Context, accessKey, token string) (*aws.Principal, string, error)
	// Authorize decides whether a call may do all of accesses.
	Authorize(ctx context.Context, c *aws.Call, accesses []service.Access) (policy.Decision, error)
}

// Config configures New. Every field is required but Strict, Hosts and Guarded.
type Config struct {
	Services []service.Service
	Identity Identity
	Log      *slog.Logger
	Now      func() time.Time
	Signers  func() time.Time // the clock that signatures, and the Date of answers, go by
	IDs      *aws.IDs
	Default  aws.Scope // account and region of requests that name none
	Recorder *meter.Recorder
	Strict   bool     // refuse members that an operation does not model
	Guarded  bool     // listening on loopback with known credentials: keep foreign pages out
	Hosts    []string // further host names we are known by
	Faults   Faults
}

// Faults lets requests go wrong on purpose.
type Faults interface {
	Check(ctx context.Context, service, operation string) error
}

// Handler is the front door.
type Handler struct {
	Config
	signing   map[string][]*mount // by signing name
	target    map[string]*mount   // by X-Amz-Target prefix
	version   map[string]*mount   // by awsQuery version
	rpc       map[string]*mount   // by rpcv2Cbor service name
	s3        *mount
	endpoints []dataPlane
	verifier  *sigv4.Verifier
	nobody    *aws.Principal // who makes unsigned requests
	date      atomic.Pointer[date]
}

// date is the Date header of one second.
type date struct {
	second int64
	header []string
}

// dateHeader returns the value of the Date header at a time.
func (h *Handler) dateHeader(now time.Time) []string {
	d := h.date.Load()
	if d == nil || d.second != now.Unix() {
		d = &date{now.Unix(), []string{now.UTC().Format(http.TimeFormat)}}
		h.date.Store(d)
	}
	return d.header
}

// mount is a service as the gateway sees it.
type mount struct {
	service.Info
	svc    service.Service
	ops    map[string]service.Operation
	codecs map[service.Protocol]service.Codec
	cors   service.CORS
	signed service.SignedEndpoint // nil if it has no such data plane
	watch  service.Observer       // nil when the service measures nothing
}

// dataPlane is an endpoint with the name of its service.
type dataPlane struct {
	service.Endpoint
	name string
}

// New returns a gateway over the given services, of which one is S3.
func New(cfg Config) *Handler {
	h := &Handler{
		Config:   cfg,
		signing:  map[string][]*mount{},
		target:   map[string]*mount{},
		version:  map[string]*mount{},
		rpc:      map[string]*mount{},
		verifier: sigv4.NewVerifier(cfg.Signers),
		nobody:   &aws.Principal{Kind: aws.Anonymous},
	}
	for _, s := range cfg.Services {
		h.mount(s)
	}
	if h.s3 == nil || h.s3.cors == nil {
		panic("gateway: requests that nothing else claims are S3's, so it must be mounted")
	}
	return h
}

func (h *Handler) mount(s service.Service) {
	m := &mount{Info: s.Info(), svc: s, ops: map[string]service.Operation{}, codecs: map[service.Protocol]service.Codec{}}
	ops := s.Operations()
	for _, op := range ops {
		if m.ops[op.Name()] != nil {
			panic("gateway: two operations " + m.Name + "." + op.Name())
		}
		m.ops[op.Name()] = op
	}
	for _, p := range m.Protocols {
		m.codecs[p] = newCodec(p, m.Info, ops)
	}
	h.signing[m.Name] = append(h.signing[m.Name], m)
	index(h.target, m.TargetPrefix, m)
	index(h.version, m.Version, m)
	index(h.rpc, m.CBORName, m)
	if m.Name == "s3" {
		h.s3 = m
	}
	m.cors, _ = s.(service.CORS)
	m.signed, _ = s.(service.SignedEndpoint)
	if e, ok := s.(service.Endpoint); ok {
		h.endpoints = append(h.endpoints, dataPlane{e, m.Name})
	}
	m.watch, _ = s.(service.Observer)
}

// index enters a service by a name that it may not have.
func index(table map[string]*mount, name string, m *mount) {
	if name != "" {
		table[name] = m
	}
}

func newCodec(p service.Protocol, info service.Info, ops []service.Operation) service.Codec {
	switch p {
	case service.JSON10, service.JSON11:
		return awsjson.New(info, p, ops)
	case service.RestJSON:
		return restjson.New(info, ops)
	case service.RestXML:
		return restxml.New(info, ops)
	case service.Query:
		return query.New(info, ops)
	case service.CBOR:
		return cbor.New(info, ops)
	}
	panic("gateway: unknown protocol " + string(p))
}

// exchange is one request on its way through the stages.
type exchange struct {
	*Handler
	w    http.ResponseWriter
	r    *http.Request // its URL is path style once identify has run
	orig *http.Request // as it was signed
	call aws.Call

	m      *mount
	codec  service.Codec
	auth   *sigv4.Auth // nil when unsigned
	secret string
	data   bool // a data plane has it, which has its own way to answer
	body   []byte
	route  service.Route
	op     service.Operation

	in, out any // of the operation, as far as it came

	decision policy.Decision
	status   int
	sent     int64 // bytes of the answer's body
	err      *aws.Error
	seen     service.Exchange // what the service is told of all this
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{Handler: h, r: r, orig: r}
	x.accept(w)
	defer x.observe()
	if front, ok := h.front(r); ok {
		defer x.recover()
		if x.intruder() {
			x.fail(intrusion(r))
			return
		}
		x.serveData(front)
		return
	}
	if h.Guarded && !h.knownHost(r.Host) {
		http.Error(x.w, "niebla: the host name "+r.Host+" is not one of ours; see niebla start --help, --host", http.StatusForbidden)
		return
	}
	defer x.recover()
	if err := x.identify(); err != nil {
		x.fail(err)
		return
	}
	if x.preflight() {
		return
	}
	if x.intruder() {
		x.fail(intrusion(r))
		return
	}
	if x.m == nil {
		for _, e := range h.endpoints {
			if e.Claims(r) {
				x.serveData(e)
				return
			}
		}
		x.adopt(h.s3, service.RestXML)
	}
	if x.auth != nil && x.m.signed != nil && x.m.signed.Claims(r) {
		x.serveSigned(x.m.signed)
		return
	}
	x.corsHeaders()
	x.answer()
}

// front finds the data plane that all requests of a host are for.
func (h *Handler) front(r *http.Request) (dataPlane, bool) {
	for _, e := range h.endpoints {
		if f, ok := e.Endpoint.(service.Front); ok && f.Fronts(r) {
			return e, true
		}
	}
	return dataPlane{}, false
}

// Fronted reports whether all paths of a request's host are a data plane's own.
func (h *Handler) Fronted(r *http.Request) bool {
	_, ok := h.front(r)
	return ok
}

// serveSigned hands a request to a data plane that wants to know who signed it.
func (x *exchange) serveSigned(e service.SignedEndpoint) {
	if err := x.authenticate(); err != nil {
		e.Refuse(x.w, x.r, &x.call, x.clientError(err))
		return
	}
	r := *x.r
	r.Body = io.NopCloser(bytes.NewReader(x.body))
	x.r = &r
	x.serveData(dataPlane{e, x.m.Name})
}

// answer runs the stages of a request to an API, and encodes what comes of it.
func (x *exchange) answer() {
	var err error
	if x.out, err = x.run(); err == nil {
		err = x.codec.Encode(x.w, x.r, &x.call, x.op.Name(), x.out)
	}
	if err != nil {
		x.out = nil
		x.fail(err)
	}
}

// serveData hands a request to a data plane.
func (x *exchange) serveData(e dataPlane) {
	x.call.Service, x.data = e.name, true
	if err := x.Faults.Check(x.r.Context(), e.name, ""); err != nil {
		f, ok := errors.AsType[*aws.Error](err)
		if !ok {
			return // the client went away
		}
		x.err = f
		http.Error(x.w, f.Message, f.Status)
		return
	}
	e.ServeHTTP(x.w, x.r, &x.call)
}

// run is the life of an API request from its credentials to its outcome.
func (x *exchange) run() (any, error) {
	if err := x.authenticate(); err != nil {
		return nil, err
	}
	if err := x.inflate(); err != nil {
		return nil, err
	}
	if err := x.resolve(); err != nil {
		return nil, err
	}
	in := x.op.NewInput()
	if err := x.decode(in); err != nil {
		return nil, err
	}
	x.in = in
	if err := x.authorize(in); err != nil {
		return nil, err
	}
	if err := x.Faults.Check(x.orig.Context(), x.call.Service, x.call.Operation); err != nil {
		return nil, err
	}
	return x.op.Invoke(x.orig.Context(), &x.call, in)
}

// accept gives the request its identity.
func (x *exchange) accept(w http.ResponseWriter) {
	now := x.Now()
	r := x.r
	x.call = aws.Call{
		Scope:     x.Default,
		RequestID: x.IDs.UUID(),
		Time:      now,
		Principal: x.nobody,
		SourceIP:  hostOnly(r.RemoteAddr),
		UserAgent: r.UserAgent(),
		Referer:   r.Referer(),
		TLS:       r.TLS != nil,
		Host:      r.Host,
	}
	x.w = &statusWriter{ResponseWriter: w, status: &x.status, sent: &x.sent, hasty: r.ContentLength > 0 && strings.Contains(x.call.UserAgent, "aws-sdk-go-v2/")}
	header := w.Header()
	header["Date"] = x.dateHeader(x.Signers())
	header["X-Niebla-Request"] = []string{x.call.RequestID}
}

// resolve finds the operation and its body.
func (x *exchange) resolve() (err error) {
	if x.route, err = x.codec.Route(x.r, x.body); err != nil {
		return err
	}
	x.call.Operation = x.route.Operation
	x.op = x.m.ops[x.route.Operation]
	if x.op == nil {
		return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement %s.%s", x.m.Name, x.route.Operation)
	}
	if x.call.Principal.Kind == aws.Anonymous && !x.op.Unsigned() && !x.m.Anonymous {
		return missingToken(x.style())
	}
	if x.m == x.s3 {
		return x.receive()
	}
	return nil
}

func (x *exchange) decode(in any) error {
	var rep shape.Report
	if x.codec == x.m.codecs[service.Query] {
		rep.Code = "ValidationError"
	}
	if err := x.codec.Decode(x.r, x.body, x.route, in, &rep); err != nil {
		return err
	}
	if x.call.Ignored = rep.Ignored(); len(x.call.Ignored) > 0 {
		members := strings.Join(x.call.Ignored, ", ")
		x.w.Header().Set("X-Niebla-Ignored", members)
		if x.Strict {
			return aws.Errorf(http.StatusNotImplemented, "NotImplemented",
				"Niebla does not act on these members of %s.%s: %s", x.m.Name, x.op.Name(), members)
		}
	}
	if err := rep.Err(); err != nil {
		return err
	}
	return nil
}

func (x *exchange) authorize(in any) error {
	if x.op.Unsigned() {
		return nil
	}
	accesses, err := x.op.Access(x.orig.Context(), &x.call, in)
	if err != nil || len(accesses) == 0 {
		return err
	}
	d, err := x.Identity.Authorize(x.orig.Context(), &x.call, accesses)
	if err != nil {
		return err
	}
	x.decision = d
	if !d.Allowed {
		return x.denied(d)
	}
	return nil
}

// fail is the single place where an error becomes an answer.
func (x *exchange) fail(err error) {
	e := x.clientError(err)
	if x.status != 0 {
		// The answer had begun: all that is left is to break it off.
		panic(http.ErrAbortHandler)
	}
	if x.data {
		http.Error(x.w, e.Message, e.Status)
		return
	}
	if x.codec == nil {
		x.adopt(x.s3, service.RestXML)
	}
	x.codec.Error(x.w, x.r, &x.call, e)
}

// clientError is an error as clients see it, and remembers it.
func (x *exchange) clientError(err error) *aws.Error {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		x.err = e
		return e
	}
	return x.internal(err)
}

// internal keeps the cause of a failure to ourselves, and returns what the
// client is told.
func (x *exchange) internal(err error) *aws.Error {
	code := "InternalFailure"
	if x.m == x.s3 {
		code = "InternalError"
	}
	level := slog.LevelError
	if x.orig.Context().Err() != nil {
		level = slog.LevelDebug // the client went away, which is no failure of ours
	}
	x.Log.Log(context.Background(), level, "internal failure", "request", x.call.RequestID, "operation", x.call.Service+"."+x.call.Operation, "err", err)
	x.err = aws.Errorf(http.StatusInternalServerError, code, "%v", err)
	if errors.Is(err, syscall.ENOSPC) {
		return aws.Errorf(http.StatusInternalServerError, code, "the disk that keeps the cloud's data is full: make room, and try again")
	}
	return aws.Errorf(http.StatusInternalServerError, code, "internal failure: niebla logs %s has the cause", x.call.RequestID)
}

func (x *exchange) recover() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	x.Log.Error("panic", "request", x.call.RequestID, "operation", x.call.Service+"."+x.call.Operation, "panic", p, "stack", string(debug.Stack()))
	x.fail(errors.New("panic in the service"))
}

// observe records the request when all is over.
func (x *exchange) observe() {
	took := x.Now().Sub(x.call.Time)
	if x.m != nil && x.m.watch != nil {
		x.seen = service.Exchange{
			Call: &x.call, In: x.in, Out: x.out, Status: x.status, Err: x.err, Took: took,
			BytesIn: max(x.orig.ContentLength, 0), BytesOut: x.sent,
		}
		x.m.watch.Observe(&x.seen)
	}
	x.Recorder.Add(meter.Record{
		RequestID: x.call.RequestID,
		Time:      x.call.Time,
		Took:      took,
		Method:    x.orig.Method,
		Target:    x.orig.RequestURI,
		Call:      x.call,
		Status:    x.status,
		Err:       x.err,
		Decision:  x.decision,
	})
}

// statusWriter remembers the status of the answer.
type statusWriter struct {
	http.ResponseWriter
	status *int
	sent   *int64
	hasty  bool // the client may fail if we are too fast for it
}

// oneRead is about what Go's client reads at once, with the header.
const oneRead = 3 << 10

func (w *statusWriter) WriteHeader(status int) {
	if *w.status == 0 && status >= 200 {
		*w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if *w.status == 0 {
		*w.status = http.StatusOK
	}
	// The Go SDK forgets a request's body when the answer begins. If its transport is
	// still at the end of that body by then, since we had the processor, it closes the connection in
	// the middle of the answer (docs/clients.md): let it get done with the request first.
	if w.hasty && *w.sent == 0 && len(p) > oneRead {
		pause()
	}
	n, err := w.ResponseWriter.Write(p)
	*w.sent += int64(n)
	return n, err
}

// ReadFrom lets the kernel send a file: it is what io.Copy looks for.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) {
	if *w.status == 0 {
		*w.status = http.StatusOK
	}
	n, err := io.Copy(w.ResponseWriter, r)
	*w.sent += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
