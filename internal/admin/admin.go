package admin

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// Config configures New. Every field is required.
type Config struct {
	Version    string
	Services   []string // names, in order
	Recorder   *meter.Recorder
	Mail       Mailbox
	Clock      Clock
	Faults     Faults
	Dashboards Dashboards
	Bills      Bills
	Sites      func(*http.Request) ([]Site, error) // for who asks
	Reset      func(context.Context) error
	Status     func() Status
	Closing    <-chan struct{} // closed when the cloud ends: followers go home
}

// Status is what the cloud is and costs.
type Status struct {
	PID         int       `json:"pid"`
	Version     string    `json:"version"`
	Started     time.Time `json:"started"`
	Clock       time.Time `json:"clock"`
	URL         string    `json:"url"`
	Dir         string    `json:"dir"` // "" when all is in memory
	Account     string    `json:"account"`
	Region      string    `json:"region"`
	Strict      bool      `json:"strict"`
	DiskBytes   uint64    `json:"diskBytes"`
	MemoryBytes uint64    `json:"memoryBytes"`
	Requests    int       `json:"requests"`
}

// Handler serves the administrative paths.
type Handler struct {
	Config
	mux *http.ServeMux
}

// New returns the handler.
func New(cfg Config) *Handler {
	h := &Handler{Config: cfg, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET "+healthPath, h.health)
	h.mux.HandleFunc("GET "+otherHealthPath, h.health)
	h.mux.HandleFunc("POST /_niebla/reset", h.reset)
	h.mux.HandleFunc("GET /_niebla/status", h.status)
	h.mux.HandleFunc("GET /_niebla/requests", h.requests)
	h.mux.HandleFunc("GET /_niebla/requests/{id}", h.request)
	h.mux.HandleFunc("GET /_niebla/mail", h.mails)
	h.mux.HandleFunc("GET /_niebla/cost", h.cost)
	h.mux.HandleFunc("GET /_niebla/dashboards", h.dashboards)
	h.mux.HandleFunc("GET /_niebla/dashboards/{name}", h.dashboard)
	h.mux.HandleFunc("GET /_niebla/mail/{id}", h.mail)
	h.mux.HandleFunc("GET /{$}", h.home)
	h.mux.HandleFunc("GET /_niebla/mailbox", h.mailbox)
	h.mux.HandleFunc("GET /_niebla/log", h.log)
	h.mux.HandleFunc("GET /_niebla/clock", h.clock)
	h.mux.HandleFunc("POST /_niebla/clock", h.advance)
	h.mux.HandleFunc("GET /_niebla/faults", h.faults)
	h.mux.HandleFunc("POST /_niebla/faults", h.addFault)
	h.mux.HandleFunc("DELETE /_niebla/faults", h.clearFaults)
	h.mux.HandleFunc("DELETE /_niebla/faults/{id}", h.removeFault)
	h.mux.HandleFunc("/", h.absent)
	return h
}

const (
	healthPath = "/_niebla/health"
	// LocalStack's path, where tools look.
	otherHealthPath = "/_localstack/health"
)

// Claims reports whether a request is ours.
func Claims(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/_niebla/") || r.URL.Path == otherHealthPath
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Whether we are well is no secret, and who waits for us may be elsewhere.
	open := r.Method == http.MethodGet && (r.URL.Path == healthPath || r.URL.Path == otherHealthPath)
	if why := refuse(r); why != "" && !open {
		reply(w, http.StatusForbidden, map[string]string{"message": why})
		return
	}
	h.mux.ServeHTTP(w, r)
}

// refuse says why a request is not answered, or "".
func refuse(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "administrative calls are answered on the machine itself only"
	}
	if !ours(r.Host) {
		return "administrative calls are answered under localhost only"
	}
	if o := r.Header.Get("Origin"); o != "" {
		if u, err := url.Parse(o); err != nil || u.Host != r.Host {
			return "administrative calls are not for pages of another origin"
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return "administrative calls are not for pages of another site"
	}
	return ""
}

func ours(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback() || host == "localhost"
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client went away
}

func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	services := map[string]string{}
	for _, s := range h.Services {
		services[s] = "running"
	}
	reply(w, http.StatusOK, map[string]any{
		"status": "running", "edition": "niebla", "version": h.Version, "services": services,
	})
}

func (h *Handler) absent(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusNotFound, map[string]string{"message": "there is no administrative call " + r.Method + " " + r.URL.Path})
}

func (h *Handler) reset(w http.ResponseWriter, r *http.Request) {
	if err := h.Reset(r.Context()); err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	reply(w, http.StatusOK, map[string]string{"status": "empty"})
}

func (h *Handler) status(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, h.Status()) }

// Line is one request as the log tells it.
type Line struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	Millis    float64   `json:"millis"`
	Status    int       `json:"status"`
	Service   string    `json:"service,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Method    string    `json:"method"`
	Target    string    `json:"target"`
	Principal string    `json:"principal,omitempty"`
	Error     string    `json:"error,omitempty"`
	Message   string    `json:"message,omitempty"`
	Ignored   []string  `json:"ignored,omitempty"`
}

func line(r meter.Record) Line {
	l := Line{
		ID: r.RequestID, Time: r.Time, Millis: float64(r.Took.Microseconds()) / 1000, Status: r.Status,
		Service: r.Call.Service, Operation: r.Call.Operation, Method: r.Method, Target: redact(r.Target), Ignored: r.Call.Ignored,
	}
	if p := r.Call.Principal; p != nil {
		l.Principal = string(p.ARN)
	}
	if r.Err != nil {
		l.Error, l.Message = r.Err.Code, r.Err.Message
	}
	return l
}

// redact takes the signature out of a presigned target: a log must not let
// anybody repeat the request.
func redact(target string) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok {
		return target
	}
	parts := strings.Split(query, "&")
	for i, p := range parts {
		name, _, _ := strings.Cut(p, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		switch strings.ToLower(name) {
		case "x-amz-signature", "x-amz-security-token", "signature":
			parts[i] = name + "=***"
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

func (h *Handler) requests(w http.ResponseWriter, r *http.Request) {
	n := 100
	if q := r.FormValue("n"); q != "" {
		v, err := strconv.Atoi(q)
		if err != nil || v < 0 {
			reply(w, http.StatusBadRequest, map[string]string{"message": "n is a number of requests, such as 100"})
			return
		}
		n = v
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	if r.FormValue("follow") != "" {
		h.follow(w, r, n)
		return
	}
	writeLines(w, h.Recorder.Latest(n)...)
}

// follow tells of the latest requests, and of each one that comes, until the
// client or the cloud ends.
func (h *Handler) follow(w http.ResponseWriter, r *http.Request, n int) {
	ch := make(chan meter.Record, 256)
	latest, stop := h.Recorder.Follow(ch, n)
	defer stop()
	err := writeLines(w, latest...)
	for flush := http.NewResponseController(w); err == nil && flush.Flush() == nil; {
		select {
		case rec := <-ch:
			err = writeLines(w, rec)
		case <-r.Context().Done():
			return
		case <-h.Closing:
			return
		}
	}
}

func writeLines(w io.Writer, records ...meter.Record) error {
	enc := json.NewEncoder(w)
	for _, rec := range records {
		if err := enc.Encode(line(rec)); err != nil {
			return err
		}
	}
	return nil
}

// Explanation is one request with what let it in, or did not.
type Explanation struct {
	Line
	Allowed  *bool  `json:"allowed,omitempty"` // absent when nothing was to be decided
	Action   string `json:"action,omitempty"`
	Resource string `json:"resource,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Decided  *Step  `json:"decided,omitempty"`
	Trace    []Step `json:"trace,omitempty"`
}

// Step is one policy that was looked at.
type Step struct {
	Action    string `json:"action"`
	Resource  string `json:"resource"`
	Kind      string `json:"kind"`
	Policy    string `json:"policy"`
	Effect    string `json:"effect"`
	Statement int    `json:"statement"` // from 0; -1 when none matched
	Sid       string `json:"sid,omitempty"`
}

func step(s policy.Step) Step {
	return Step{string(s.Action), string(s.Resource), classes[s.Class], s.Policy, effects[s.Effect], s.Statement, s.Sid}
}

var (
	classes = map[policy.Class]string{
		policy.IdentityBased: "identity-based policy", policy.ResourceBased: "resource-based policy",
		policy.PermissionsBoundary: "permissions boundary", policy.SessionPolicy: "session policy", policy.TrustPolicy: "trust policy",
	}
	effects = map[policy.Effect]string{policy.NoMatch: "no match", policy.Allow: "Allow", policy.Deny: "Deny"}
)

func (h *Handler) request(w http.ResponseWriter, r *http.Request) {
	rec, ok := h.Recorder.Find(r.PathValue("id"))
	if !ok {
		reply(w, http.StatusNotFound, map[string]string{
			"message": "no request " + r.PathValue("id") + " is remembered; the latest are listed by niebla logs",
		})
		return
	}
	e := Explanation{Line: line(rec)}
	if d := rec.Decision; d.Action != "" || d.Allowed {
		e.Allowed, e.Action, e.Resource, e.Reason = &d.Allowed, d.Action, string(d.Resource), d.Reason
		if d.Decided.Policy != "" {
			s := step(d.Decided)
			e.Decided = &s
		}
		for _, s := range d.Trace {
			e.Trace = append(e.Trace, step(s))
		}
		if d.Root {
			e.Reason = "the root key pair may do everything in its account"
		}
	}
	reply(w, http.StatusOK, e)
}
