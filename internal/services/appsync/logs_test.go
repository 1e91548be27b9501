package appsync

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// logged is CloudWatch Logs, which lets in who has a role.
type logged struct {
	nobody
	lines []string
}

func (l *logged) Call(_ context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error) {
	var in struct {
		LogGroupName string
		LogEvents    []struct{ Message string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	if service != "logs" || operation != "PutLogEvents" || c.Principal.Name != "arn:aws:iam::000000000000:role/logs" || !strings.HasPrefix(in.LogGroupName, "/aws/appsync/apis/") {
		return nil, aws.Errorf(400, "AccessDeniedException", "no")
	}
	for _, e := range in.LogEvents {
		l.lines = append(l.lines, e.Message)
	}
	return nil, nil
}

func (*logged) Assume(_ context.Context, c *aws.Call, role aws.ARN, _, service string) (*aws.Principal, aws.Session, error) {
	if service != servicePrincipal {
		return nil, aws.Session{}, aws.Errorf(403, "AccessDenied", "no")
	}
	return &aws.Principal{Kind: aws.AssumedRole, Account: c.Scope.Account, Name: string(role), Expires: c.Time.Add(time.Hour)}, aws.Session{}, nil
}

// TestLogs: what each level logs of two fields, one of which fails.
func TestLogs(t *testing.T) {
	const (
		request = "Begin Request|GraphQL Query: { ok bad }|ExecutionSummary|Tokens Consumed: 1|RequestSummary|End Request"
		failing = "ERROR - broken|RequestMapping bad|Tracing bad"
		fine    = "RequestMapping ok|ResponseMapping ok|Tracing ok"
	)
	for _, test := range []struct {
		level      string
		terse      bool
		want, lack string
	}{
		{level: "", lack: request},
		{level: "NONE", want: request, lack: failing + "|" + fine + "|INFO - "},
		{level: "ERROR", want: request + "|" + failing + `|"errors":["no"]`, lack: fine + "|INFO - |DEBUG - "},
		{level: "INFO", want: failing + "|INFO - hello", lack: fine + "|DEBUG - "},
		{level: "DEBUG", want: failing + "|INFO - hello|DEBUG - detail", lack: fine},
		{level: "ALL", want: request + "|" + failing + "|" + fine + `|DEBUG - detail|Request Headers|"context":{"arguments":{}|transformedTemplate`},
		{level: "ALL", terse: true, want: request + "|" + fine, lack: `Headers|"context":|transformedTemplate`},
	} {
		t.Run(test.level, func(t *testing.T) {
			l := &logged{}
			s := newService(t, func(d *Deps) { d.Caller, d.Roles = l, l })
			id, key := makeAPI(t, s, `type Query { ok: String bad: String }`)
			setResolver(t, s, id, "Query", "ok", `$util.log.info("hello")$util.log.debug("detail"){"payload":"x"}`, `$util.toJson($ctx.result)`)
			setResolver(t, s, id, "Query", "bad", `$util.log.error("broken")$util.error("no")`, `null`)
			if test.level != "" {
				in := &UpdateGraphqlApiInput{ApiId: id, APISettings: APISettings{Name: "a", AuthenticationType: byKey, LogConfig: &LogConfig{
					CloudWatchLogsRoleArn: "arn:aws:iam::000000000000:role/logs", FieldLogLevel: test.level, ExcludeVerboseContent: &test.terse,
				}}}
				if _, err := s.updateGraphqlAPI(t.Context(), root(), in); err != nil {
					t.Fatal(err)
				}
			}
			a, err := s.compiled(id)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/graphql/"+id, strings.NewReader(`{"query":"{ ok bad }"}`))
			r.Header.Set("X-Api-Key", key)
			c := root()
			c.RequestID = "the-request"
			if _, no := s.answer(t.Context(), c, a, r); no != nil {
				t.Fatal(no)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := s.logs.Run(ctx); err != nil {
				t.Fatal(err)
			}
			has := func(what string) bool {
				return slices.ContainsFunc(l.lines, func(line string) bool {
					kind, field, ofField := strings.Cut(what, " ")
					if ofField && (strings.HasSuffix(kind, "Mapping") || kind == "Tracing") {
						return strings.Contains(line, `"logType":"`+kind+`"`) && strings.Contains(line, `"fieldName":"`+field+`"`)
					}
					return strings.Contains(line, what)
				})
			}
			for what := range strings.SplitSeq(test.want, "|") {
				if what != "" && !has(what) {
					t.Errorf("no line has %s: %q", what, l.lines)
				}
			}
			for what := range strings.SplitSeq(test.lack, "|") {
				if what != "" && has(what) {
					t.Errorf("a line has %s: %q", what, l.lines)
				}
			}
			for _, line := range l.lines {
				if !strings.Contains(line, "the-request") || strings.Contains(line, key) {
					t.Errorf("a line of no request, or with the key: %s", line)
				}
			}
		})
	}
}
