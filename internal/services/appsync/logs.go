package appsync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/logwriter"
)

// maxLog is how much one request logs at most, as on AWS.
const maxLog = 1 << 20

// logLevels are what fieldLogLevel can be. Requests are logged at all of them.
var logLevels = map[string]int{"NONE": 0, "ERROR": 1, "INFO": 2, "DEBUG": 3, "ALL": 4}

// requestLog is what is logged of one request. Nil is that of an API without
// logs, and costs nothing.
type requestLog struct {
	s       *Service
	api     *api
	id      string // of the request
	began   time.Time
	ready   time.Duration // after which execution began
	level   int
	verbose bool // headers, contexts and what handlers came to are shown

	mu    sync.Mutex
	size  int
	lines []string
}

// newLog returns the log of a request to an API.
func (s *Service) newLog(c *aws.Call, a *api) *requestLog {
	set := a.settings.LogConfig
	if set == nil {
		return nil
	}
	return &requestLog{
		s: s, api: a, id: c.RequestID, began: c.Time, level: logLevels[set.FieldLogLevel],
		verbose: set.ExcludeVerboseContent == nil || !*set.ExcludeVerboseContent,
	}
}

// actAsLogger is the call by which lines of an API are written.
func (s *Service) actAsLogger(ctx context.Context, to logwriter.Stream) (*aws.Call, error) {
	c := &aws.Call{
		Scope: to.Scope, RequestID: s.IDs.UUID(), Time: s.Now(), Service: "appsync", SourceIP: servicePrincipal,
		Principal: &aws.Principal{Kind: aws.ServicePrincipal, Account: to.Scope.Account, Name: servicePrincipal},
	}
	return s.actAs(ctx, c, &api{id: to.Group}, to.Role, to.Scope.Region)
}

func (l *requestLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size += len(line); l.size <= maxLog {
		l.lines = append(l.lines, line)
	}
}

// say logs a line of text.
func (l *requestLog) say(texts ...string) { l.add(l.id + " " + strings.Join(texts, "")) }

// record logs a line of JSON.
func (l *requestLog) record(v any) {
	if b, err := json.Marshal(v); err == nil { // what cannot be written is no reason to fail
		l.add(string(b))
	}
}

// ask logs what a client asks.
func (l *requestLog) ask(req *graphQLRequest) {
	if l == nil {
		return
	}
	operation, variables := "null", "{}"
	if req.operation != "" {
		operation = req.operation
	}
	if req.variables != nil {
		variables = string(appendValue(nil, req.variables))
	}
	l.say("Begin Request")
	l.say("GraphQL Query: ", req.query, ", Operation: ", operation, ", Variables: ", variables)
	if l.verbose {
		l.say("Request Headers: ", headerText(req.header))
	}
}

// hidden are headers that let somebody in.
var hidden = map[string]bool{"Authorization": true, "Cookie": true, "X-Amz-Security-Token": true, "X-Api-Key": true, "Sec-Websocket-Protocol": true}

// headerText writes headers, without what lets somebody in.
func headerText(h http.Header) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		v := strings.Join(h[name], ", ")
		if hidden[name] {
			v = "****" + v[max(0, len(v)-6):]
		}
		list = append(list, strings.ToLower(name)+"=["+v+"]")
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// span is a part of an execution, in nanoseconds since its begin.
type span struct {
	StartOffset int64 `json:"startOffset"`
	Duration    int64 `json:"duration"`
}

// prepared notes that the document is read and valid: both are one here.
func (l *requestLog) prepared() {
	if l != nil {
		l.ready = l.s.Now().Sub(l.began)
	}
}

// executed logs an execution that has ended.
func (l *requestLog) executed() {
	if l == nil {
		return
	}
	const layout = "2006-01-02T15:04:05.000Z"
	now := l.s.Now()
	l.record(struct {
		LogType    string `json:"logType"`
		RequestID  string `json:"requestId"`
		StartTime  string `json:"startTime"`
		EndTime    string `json:"endTime"`
		Parsing    span   `json:"parsing"`
		Validation span   `json:"validation"`
		Version    int    `json:"version"`
		API        string `json:"graphQLAPIId"`
		Duration   int64  `json:"duration"`
	}{
		"ExecutionSummary", l.id, l.began.UTC().Format(layout), now.UTC().Format(layout), span{0, int64(l.ready)}, span{0, int64(l.ready)},
		1, l.api.id, int64(now.Sub(l.began)),
	})
}

// end logs what came of the request, and hands the log over to be written.
func (l *requestLog) end(out *answered, no *refusal) {
	if l == nil {
		return
	}
	status := http.StatusOK
	if no != nil {
		status = no.status
		l.say(no.kind, ": ", no.message)
	} else {
		l.say("Tokens Consumed: 1")
		if l.verbose {
			h := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
			for _, header := range out.headers {
				h.Add(header.Name, header.Value)
			}
			l.say("Response Headers: ", headerText(h))
		}
	}
	now := l.s.Now()
	l.record(struct {
		LogType   string `json:"logType"`
		RequestID string `json:"requestId"`
		API       string `json:"graphQLAPIId"`
		Status    int    `json:"statusCode"`
		Latency   int64  `json:"latency"`
	}{"RequestSummary", l.id, l.api.id, status, int64(now.Sub(l.began))})
	l.say("End Request")
	l.mu.Lock()
	defer l.mu.Unlock()
	day := sha256.Sum256([]byte(l.api.id + now.UTC().Format(time.DateOnly)))
	l.s.logs.Write(logwriter.Stream{
		Scope: l.api.scope, Role: aws.ARN(l.api.settings.LogConfig.CloudWatchLogsRoleArn),
		Group: "/aws/appsync/apis/" + l.api.id, Name: hex.EncodeToString(day[:16]),
	}, now, l.lines...)
}

// told logs what a handler said.
func (l *requestLog) told(logs []vtl.Log) {
	if l == nil {
		return
	}
	for _, line := range logs {
		if logLevels[line.Level] <= l.level {
			l.say(line.Level, " - ", line.Message)
		}
	}
}

// mapping is one run of a handler, as it is logged.
type mapping struct {
	LogType  string          `json:"logType"`
	Path     []any           `json:"path"`
	Field    string          `json:"fieldName"`
	Resolver aws.ARN         `json:"resolverArn"`
	Function string          `json:"functionName,omitempty"`
	ARN      aws.ARN         `json:"functionArn,omitempty"`
	Request  string          `json:"requestId"`
	Context  json.RawMessage `json:"context,omitempty"`
	InError  bool            `json:"fieldInError"`
	Value    json.RawMessage `json:"evaluationResult,omitempty"`    // of code
	Template string          `json:"transformedTemplate,omitempty"` // of templates
	Errors   []string        `json:"errors"`
	Parent   string          `json:"parentType"`
	API      string          `json:"graphQLAPIId"`
}

// The names of a handler's runs: those of a data source, and those around a
// pipeline; in templates and in code.
var mappingTypes = map[bool]map[bool][2]string{
	false: {false: {"BeforeMapping", "AfterMapping"}, true: {"BeforeRequestFunctionEvaluation", "AfterResponseFunctionEvaluation"}},
	true:  {false: {"RequestMapping", "ResponseMapping"}, true: {"RequestFunctionEvaluation", "ResponseFunctionEvaluation"}},
}

// run runs one side of a program, and keeps for the log what came of it. st is
// nil around a pipeline.
func (e *evaluation) run(p program, st *step, side side) (outcome, *raised) {
	out, no := p.run(e.x.ctx, side, e)
	l := e.x.log
	if l == nil || l.level < logLevels["ERROR"] {
		return out, no
	}
	_, isCode := p.(*code)
	info := e.field.info
	m := mapping{
		LogType: mappingTypes[st != nil][isCode][side], Path: e.path.keys(), Field: e.field.def.Name, Request: l.id, Errors: []string{},
		Resolver: resolverARN(l.api.scope, l.api.id, info.parent.Name, info.def.Name), Parent: info.parent.Name, API: l.api.id,
	}
	if st != nil && st.function != "" {
		m.Function, m.ARN = st.name, l.api.arn+aws.ARN("/functions/"+st.function)
	}
	if no != nil {
		m.Errors = append(m.Errors, no.message)
	}
	if l.verbose {
		ctx := vtl.NewMap()
		for _, name := range []string{"arguments", "source", "prev", "result", "error", "stash", "outErrors"} {
			if v, _ := e.ctx.Get(name); v != nil {
				ctx.Put(name, v)
			}
		}
		m.Context = appendValue(nil, ctx)
		switch {
		case no != nil:
		case isCode:
			m.Value = appendValue(nil, out.value)
		default:
			m.Template = out.text
		}
	}
	e.mappings = append(e.mappings, m)
	return out, no
}

// logField logs the runs of a field's handlers, if the field is in error or
// all fields are logged.
func (e *evaluation) logField(failed bool) {
	l := e.x.log
	if l == nil || l.level < logLevels["ERROR"] || l.level < logLevels["ALL"] && !failed {
		return
	}
	for _, m := range e.mappings {
		m.InError = failed
		l.record(m)
	}
	info := e.field.info
	l.record(struct {
		LogType  string  `json:"logType"`
		Path     []any   `json:"path"`
		Field    string  `json:"fieldName"`
		Start    int64   `json:"startOffset"`
		Resolver aws.ARN `json:"resolverArn"`
		Request  string  `json:"requestId"`
		Parent   string  `json:"parentType"`
		Returns  string  `json:"returnType"`
		API      string  `json:"graphQLAPIId"`
		Duration int64   `json:"duration"`
	}{
		"Tracing", e.path.keys(), info.def.Name, int64(e.began.Sub(l.began)), resolverARN(l.api.scope, l.api.id, info.parent.Name, info.def.Name),
		l.id, info.parent.Name, info.def.Type.String(), l.api.id, int64(l.s.Now().Sub(e.began)),
	})
}

// keys are the names and numbers on the way to a place of the answer.
func (p *path) keys() []any {
	if p == nil {
		return nil
	}
	if p.key == "" {
		return append(p.up.keys(), p.index)
	}
	return append(p.up.keys(), p.key)
}
