package apigatewayv2

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// endpointPath is where APIs answer whose host names lead nowhere.
const endpointPath = "/_aws/execute-api/"

// maxRequest bounds a request's body, in bytes.
const maxRequest = 10 << 20

// address splits a request's URL into the API and the path within it.
func address(r *http.Request) (id, path string, ok bool) {
	if rest, under := strings.CutPrefix(r.URL.EscapedPath(), endpointPath); under {
		id, path, _ = strings.Cut(rest, "/")
		return id, "/" + path, id != ""
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	id, domain, _ := strings.Cut(host, ".")
	return id, r.URL.EscapedPath(), strings.HasPrefix(domain, "execute-api.") && id != ""
}

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool {
	_, _, ok := address(r)
	return ok
}

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	id, path, _ := address(r)
	x := &exchange{Service: s, w: w, r: r, call: *c, path: path, began: s.Now()}
	err := s.DB.View(func(tx *store.Tx) error {
		scope, ok := s.owners.Get(tx, aws.Scope{}, id)
		if ok {
			x.call.Scope = scope
			x.api, x.known = s.apis.Get(tx, scope, id)
		}
		return nil
	})
	switch {
	case err != nil:
		x.say(http.StatusInternalServerError, "Internal Server Error")
	case !x.known:
		x.say(http.StatusNotFound, "Not Found")
	case x.api.Disabled:
		x.say(http.StatusForbidden, "Forbidden")
	default:
		x.serve()
		s.measure(x.call.Scope, id, x.stage.Name, measured{x.status, s.Now().Sub(x.began), x.integration, x.bytes})
	}
}

// exchange is one request to an API.
type exchange struct {
	*Service
	w    http.ResponseWriter
	r    *http.Request
	call aws.Call

	api         api
	known       bool
	stage       stage
	path        string // below the stage
	began       time.Time
	integration time.Duration
	status      int
	bytes       int
}

// say answers with a message of our own.
func (x *exchange) say(status int, message string) {
	body, _ := json.Marshal(map[string]string{"message": message}) // strings
	x.answer(status, http.Header{"Content-Type": {"application/json"}}, body)
}

func (x *exchange) answer(status int, header http.Header, body []byte) {
	h := x.w.Header()
	for k, v := range header {
		h[http.CanonicalHeaderKey(k)] = v
	}
	h.Set("Apigw-Requestid", x.call.RequestID)
	if x.known {
		x.corsHeaders(h)
	}
	x.status, x.bytes = status, x.bytes+len(body)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	x.w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		x.w.Write(body) // a client that has gone away is no error of ours
	}
}

func (x *exchange) serve() {
	first, rest, _ := strings.Cut(strings.TrimPrefix(x.path, "/"), "/")
	st, named := x.api.Stages[first]
	if named && first != defaultStage {
		x.path = "/" + rest
	} else if st, named = x.api.Stages[defaultStage]; !named {
		x.say(http.StatusNotFound, "Not Found")
		return
	}
	x.stage = st
	if x.preflight() {
		return
	}
	routes, integrations := x.api.Routes, x.api.Integrations
	if !st.AutoDeploy {
		d := x.api.Deployments[st.Deployment]
		routes, integrations = d.Routes, d.Integrations
	}
	rt, vars, ok := find(routes, x.r.Method, x.path)
	in, target := integrations[strings.TrimPrefix(rt.Target, "integrations/")]
	if !ok || !target {
		x.say(http.StatusNotFound, "Not Found")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxRequest))
	if err != nil {
		x.say(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	x.bytes = len(body)
	x.invoke(rt, in, vars, body)
}

// invoke has the function answer.
func (x *exchange) invoke(rt route, in integration, vars map[string]string, body []byte) {
	var event any
	if in.Payload == "2.0" {
		event = x.event2(rt, vars, body)
	} else {
		event = x.event1(rt, vars, body)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		x.say(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	c := x.call
	method, path, _ := strings.Cut(rt.Key, " ")
	if rt.Key == defaultKey {
		method, path = defaultKey, ""
	} else {
		method = x.r.Method
	}
	source := aws.MakeARN("execute-api", c.Scope, x.api.ID+"/"+x.stage.Name+"/"+method+path)
	c.Service, c.Operation, c.Time = "apigateway", "Invoke", x.began
	c.Principal = &aws.Principal{
		Kind: aws.ServicePrincipal, Account: c.Account, Name: "apigateway.amazonaws.com",
		Keys: map[string][]string{"aws:SourceArn": {string(source)}, "aws:SourceAccount": {string(c.Account)}},
	}
	type outcome struct {
		answer []byte
		failed bool
		err    error
	}
	outcomes := make(chan outcome, 1)
	ctx := x.r.Context()
	start := x.Now()
	go func() {
		answer, failed, err := x.Functions.Invoke(ctx, &c, function(in.URI), payload)
		outcomes <- outcome{answer, failed, err}
	}()
	var o outcome
	select {
	case o = <-outcomes:
	case <-time.After(time.Duration(in.Timeout) * time.Millisecond):
		x.integration = x.Now().Sub(start)
		x.say(http.StatusServiceUnavailable, "Service Unavailable")
		return
	}
	x.integration = x.Now().Sub(start)
	refused, _ := errors.AsType[*aws.Error](o.err)
	switch {
	case refused != nil && refused.Status == http.StatusTooManyRequests:
		x.say(http.StatusServiceUnavailable, "Service Unavailable")
	case o.err != nil || o.failed:
		x.say(http.StatusInternalServerError, "Internal Server Error")
	default:
		x.respond(in.Payload, o.answer)
	}
}

// response is what a function answers that says more than a body.
type response struct {
	StatusCode        *json.Number        `json:"statusCode"`
	Headers           map[string]any      `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Cookies           []string            `json:"cookies"`
	Body              *string             `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// respond answers with what a function said.
func (x *exchange) respond(version string, payload []byte) {
	var res response
	err := json.Unmarshal(payload, &res)
	if err != nil || res.StatusCode == nil {
		if version == "2.0" { // any JSON is a body
			x.answer(http.StatusOK, http.Header{"Content-Type": {"application/json"}}, payload)
			return
		}
		x.say(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	status, err := strconv.Atoi(res.StatusCode.String())
	var body []byte
	if res.Body != nil {
		body = []byte(*res.Body)
	}
	if err == nil && res.IsBase64Encoded {
		body, err = base64.StdEncoding.DecodeString(string(body))
	}
	if err != nil || status < 200 || status > 599 {
		x.say(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	h := http.Header{}
	for k, v := range res.Headers {
		switch v := v.(type) {
		case string:
			h.Set(k, v)
		case bool, float64:
			text, _ := json.Marshal(v) // of JSON
			h.Set(k, string(text))
		}
	}
	for k, v := range res.MultiValueHeaders {
		h[http.CanonicalHeaderKey(k)] = v
	}
	for _, cookie := range res.Cookies {
		h.Add("Set-Cookie", cookie)
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/plain;charset=utf-8")
	}
	x.answer(status, h, body)
}

// text is a body as events carry it.
func text(r *http.Request, body []byte) (string, bool) {
	kind := r.Header.Get("Content-Type")
	if utf8.Valid(body) && (kind == "" || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "xml") ||
		strings.Contains(kind, "javascript") || strings.HasPrefix(kind, "application/x-www-form-urlencoded")) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

// preflight answers a browser's question, if the API is to do that itself.
func (x *exchange) preflight() bool {
	r, cors := x.r, x.api.CORS
	if cors == nil || r.Method != http.MethodOptions || r.Header.Get("Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h := http.Header{}
	if allowed(cors.AllowOrigins, r.Header.Get("Origin")) {
		if len(cors.AllowMethods) > 0 {
			h.Set("Access-Control-Allow-Methods", strings.Join(cors.AllowMethods, ","))
		}
		if len(cors.AllowHeaders) > 0 {
			h.Set("Access-Control-Allow-Headers", strings.Join(cors.AllowHeaders, ","))
		}
		if cors.MaxAge != nil {
			h.Set("Access-Control-Max-Age", strconv.Itoa(int(*cors.MaxAge)))
		}
	}
	x.answer(http.StatusNoContent, h, nil)
	return true
}

func allowed(origins []string, origin string) bool {
	return slices.ContainsFunc(origins, func(o string) bool {
		scheme, any := strings.CutSuffix(o, "*")
		return o == origin || any && strings.HasPrefix(origin, scheme)
	})
}

// corsHeaders lets pages read answers that the API's settings let them read.
func (x *exchange) corsHeaders(h http.Header) {
	cors, origin := x.api.CORS, x.r.Header.Get("Origin")
	if cors == nil || origin == "" {
		return
	}
	for name := range h { // the function's own say nothing then
		if strings.HasPrefix(name, "Access-Control-Allow-Origin") || strings.HasPrefix(name, "Access-Control-Allow-Credentials") || strings.HasPrefix(name, "Access-Control-Expose") {
			delete(h, name)
		}
	}
	if !allowed(cors.AllowOrigins, origin) {
		return
	}
	if slices.Contains(cors.AllowOrigins, "*") {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if cors.AllowCredentials != nil && *cors.AllowCredentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if len(cors.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(cors.ExposeHeaders, ","))
	}
}
