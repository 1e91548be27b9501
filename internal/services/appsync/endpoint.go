package appsync

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	graphqlPath  = "/graphql/"
	realtimePath = "/realtime"
	maxRequest   = 1 << 20
)

// address finds the API that a request is for, and whether it is for its
// subscriptions: /graphql/ID[/realtime] on any of our hosts, and /graphql or
// /graphql/realtime on the API's own.
func address(r *http.Request) (id string, realtime, ok bool) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	label, rest, _ := strings.Cut(strings.ToLower(host), ".")
	if kind, _, _ := strings.Cut(rest, "."); idPattern.MatchString(label) && (kind == "appsync-api" || kind == "appsync-realtime-api") {
		switch r.URL.Path {
		case "/graphql":
			return label, kind == "appsync-realtime-api", true
		case "/graphql/realtime":
			return label, true, true
		}
		return "", false, false
	}
	id, ok = strings.CutPrefix(r.URL.Path, graphqlPath)
	if !ok {
		return "", false, false
	}
	id, realtime = strings.CutSuffix(id, realtimePath)
	return id, realtime, idPattern.MatchString(id)
}

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool {
	_, realtime, ok := address(r)
	return ok && (realtime || r.Method == http.MethodPost || r.Method == http.MethodOptions)
}

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	id, realtime, _ := address(r)
	c.Service, c.Operation = "appsync", "GraphQL"
	h := w.Header()
	if origin := r.Header.Get("Origin"); origin != "" || r.Method == http.MethodOptions {
		crossOrigin(h, r)
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusOK)
		return
	}
	h["X-Amzn-Requestid"] = []string{c.RequestID}
	a, err := s.compiled(id)
	if err != nil {
		s.refuse(w, c, notFound(err))
		return
	}
	c.Scope = a.scope
	if realtime {
		s.serveRealtime(w, r, c, a)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), executionTime)
	defer cancel()
	answer, no := s.answer(ctx, c, a, r)
	status := http.StatusOK
	if no != nil {
		status = no.status
	}
	defer func() { s.count(a, status, s.Now().Sub(c.Time)) }()
	if no != nil {
		s.refuse(w, c, no)
		return
	}
	for _, header := range answer.headers {
		h.Add(header.Name, header.Value)
	}
	h["Content-Type"] = []string{"application/json;charset=UTF-8"}
	h["X-Amzn-Appsync-Tokensconsumed"] = []string{"1"}
	h["Content-Length"] = []string{strconv.Itoa(len(answer.body))}
	w.WriteHeader(http.StatusOK)
	w.Write(answer.body) // a client that has gone away is no error of ours
}

// notFound words what is wrong with an API as its data plane does.
func notFound(err error) *refusal {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return &refusal{e.Status, e.Code, e.Message}
	}
	return &refusal{http.StatusInternalServerError, "InternalFailure", "An internal failure occurred."}
}

// crossOrigin lets pages of any origin call, as AppSync does. Who may call at
// all is for the gateway to say.
func crossOrigin(h http.Header, r *http.Request) {
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version")
		return
	}
	h.Set("Access-Control-Allow-Methods", "POST")
	asked := r.Header.Get("Access-Control-Request-Headers")
	if asked == "" {
		asked = "content-type,authorization,x-api-key,x-amz-date,x-amz-security-token,x-amz-user-agent"
	}
	h.Set("Access-Control-Allow-Headers", asked)
	h.Set("Access-Control-Max-Age", "172800")
}

// Refuse implements service.SignedEndpoint.
func (s *Service) Refuse(w http.ResponseWriter, r *http.Request, c *aws.Call, e *aws.Error) {
	if r.Header.Get("Origin") != "" {
		crossOrigin(w.Header(), r)
	}
	s.refuse(w, c, &refusal{e.Status, e.Code, e.Message})
}

// refuse answers a request that is not executed.
func (s *Service) refuse(w http.ResponseWriter, c *aws.Call, no *refusal) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json;charset=UTF-8"}
	h["X-Amzn-Errortype"] = []string{no.kind}
	body := append([]byte(nil), `{"errors":[{"errorType":`...)
	body, _ = vtl.AppendJSON(body, no.kind) // strings can be written
	body = append(body, `,"message":`...)
	body, _ = vtl.AppendJSON(body, no.message)
	body = append(body, "}]}"...)
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(no.status)
	w.Write(body)
}

// graphQLRequest is what a client asks.
type graphQLRequest struct {
	query     string
	operation string
	variables *vtl.Map
	header    http.Header
	log       *requestLog
}

// answered is the answer to a request that was executed, or found invalid.
type answered struct {
	body    []byte
	headers []vtl.Header
	failed  bool // there are errors
}

// answer serves one request.
func (s *Service) answer(ctx context.Context, c *aws.Call, a *api, r *http.Request) (out *answered, no *refusal) {
	req, broken := readRequest(r)
	req.header, req.log = r.Header, s.newLog(c, a)
	req.log.ask(&req)
	defer func() { req.log.end(out, no) }()
	who, no := s.authenticate(ctx, c, a, &req)
	if no == nil {
		no = broken // who may not ask is not told what is wrong with the question
	}
	if no != nil {
		return nil, no
	}
	return s.execute(ctx, c, a, who, req)
}

func malformed(message string) *refusal {
	return &refusal{http.StatusBadRequest, "MalformedHttpRequestException", message}
}

func readRequest(r *http.Request) (graphQLRequest, *refusal) {
	body, err := readBody(r)
	switch {
	case err != nil:
		return graphQLRequest{}, malformed("The request body could not be read.")
	case len(body) > maxRequest:
		return graphQLRequest{}, &refusal{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "Request size exceeded the limit of 1 MB."}
	case len(strings.TrimSpace(string(body))) == 0:
		return graphQLRequest{}, malformed("Request body is empty.")
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/graphql"):
		return graphQLRequest{query: string(body)}, nil
	}
	return parseRequest(string(body))
}

func readBody(r *http.Request) ([]byte, error) {
	if n := r.ContentLength; n > 0 && n <= maxRequest {
		b := make([]byte, n)
		_, err := io.ReadFull(r.Body, b)
		return b, err
	}
	if r.ContentLength > maxRequest {
		return make([]byte, maxRequest+1), nil
	}
	return io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
}

// parseRequest reads the JSON of a request.
func parseRequest(body string) (req graphQLRequest, no *refusal) {
	v, err := vtl.ParseJSON(body)
	m, ok := v.(*vtl.Map)
	if err != nil || !ok {
		return req, malformed("Request body is not a valid JSON object.")
	}
	if req.query, ok = property(m, "query").(string); !ok || strings.TrimSpace(req.query) == "" {
		return req, malformed("Unable to parse GraphQL query.")
	}
	switch name := property(m, "operationName").(type) {
	case nil:
	case string:
		req.operation = name
	default:
		return req, malformed("The operationName must be a string.")
	}
	switch vars := property(m, "variables").(type) {
	case nil:
	case *vtl.Map:
		req.variables = vars
	case string: // some clients encode them twice
		if strings.TrimSpace(vars) == "" {
			break
		}
		v, err := vtl.ParseJSON(vars)
		if req.variables, ok = v.(*vtl.Map); err != nil || !ok {
			return req, malformed("The variables must be a JSON object.")
		}
	default:
		return req, malformed("The variables must be a JSON object.")
	}
	return req, nil
}

// execute serves a request of somebody who is known.
func (s *Service) execute(ctx context.Context, c *aws.Call, a *api, who *caller, req graphQLRequest) (*answered, *refusal) {
	x := &execution{s: s, api: a, ctx: ctx, call: c, who: who, header: req.header, log: req.log}
	no := x.prepare(req)
	x.log.prepared()
	if no != nil {
		return nil, no
	}
	defer x.log.executed()
	var data any
	if len(x.errors) == 0 {
		data = x.start()
		if x.op.Operation == ast.Mutation {
			x.announce(data)
			x.invalidate()
		}
	}
	return x.write(data), nil
}

// prepare finds out what is to be executed. What is wrong with it is among the
// errors.
func (x *execution) prepare(req graphQLRequest) *refusal {
	if x.api.schema == nil {
		return &refusal{http.StatusBadRequest, "GraphQLSchemaException", "Schema is not configured."}
	}
	doc, err := x.api.document(req.query)
	if syntax, ok := errors.AsType[graphql.SyntaxError](err); ok {
		return malformed("Unable to parse GraphQL query. " + syntax.Error())
	}
	if list, ok := errors.AsType[graphql.Errors](err); ok {
		for _, e := range list {
			x.fail(&fieldError{line: e.Line, column: e.Column, message: e.Message, plain: true})
		}
		return nil
	}
	invalid := func(message string) *refusal {
		x.fail(&fieldError{message: message, plain: true})
		return nil
	}
	if limit := x.api.settings.QueryDepthLimit; limit != nil && *limit > 0 && doc.depth > int(*limit) {
		return &refusal{http.StatusBadRequest, "BadRequestException", sprintf("Query depth %d exceeds the limit of %d.", doc.depth, *limit)}
	}
	x.doc = doc
	if x.op = doc.operation(req.operation); x.op == nil {
		if req.operation == "" {
			return invalid("Must provide operation name if query contains multiple operations.")
		}
		return invalid(sprintf("Unknown operation named '%s'.", req.operation))
	}
	vars, err := x.api.variables(x.op, req.variables)
	if err != nil {
		return invalid(err.Error())
	}
	x.vars = vars
	return nil
}

// document parses a document, or finds it parsed.
func (a *api) document(text string) (*document, error) {
	if doc := a.documents.get(text); doc != nil {
		return doc, nil
	}
	parsed, err := a.schema.ParseDocument(text)
	if err != nil {
		return nil, err
	}
	doc := newDocument(parsed)
	a.documents.put(text, doc)
	return doc, nil
}
