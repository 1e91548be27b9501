package lambda

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/store"
)

// event is what a function is executed for.
type event struct {
	payload       []byte
	clientContext string
	trace         string
	tail          bool
}

// execute runs a function on an event, whoever asked for it. Its errors are
// such that the function was not run.
func (s *Service) execute(ctx context.Context, id string, n name, e *event) (*runtime.Result, *version, error) {
	f, v, unreserved, err := s.pick(n)
	if err != nil {
		return nil, nil, err
	}
	if err := s.enter(n, f.Reserved, unreserved); err != nil {
		s.count(n, "Throttles", meter.Count, 1)
		return nil, nil, err
	}
	defer s.leave(n, f.Reserved)
	code, err := s.folder(&v)
	if err != nil {
		return nil, nil, err
	}
	trace := e.trace
	if trace == "" {
		trace = fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", s.Clock.Now().Unix(), s.IDs.Hex(24), s.IDs.Hex(16))
	}
	// What was begun goes on when whoever asked does not wait for it.
	r, err := s.Runner.Invoke(context.WithoutCancel(ctx), s.executable(n, &v, code), &runtime.Invocation{
		RequestID: id, FunctionARN: string(n.arn()), Version: v.Number, TraceID: trace, ClientContext: e.clientContext, Payload: e.payload, Tail: e.tail,
	})
	switch {
	case errors.Is(err, runtime.ErrClosed):
		err = errClosing()
	case err == nil:
		s.measure(n, &v, r)
	}
	return r, &v, err
}

// pick returns the version that one invocation goes to.
func (s *Service) pick(n name) (f function, v version, unreserved int, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		var err error
		if a, ok := s.aliases.Get(tx, n.scope, n.function, n.qualifier); ok && n.qualifier != "" {
			n.qualifier = a.choose(float64(binary.BigEndian.Uint32(s.IDs.Bytes(4))) / (math.MaxUint32 + 1))
		}
		if f, v, err = s.find(tx, n); err != nil {
			return err
		}
		unreserved = s.unreserved(tx, n.scope, "")
		return nil
	})
	return f, v, unreserved, err
}

// instanceKey tells apart what cannot share an instance.
func instanceKey(n name, v *version) string {
	return string(n.bare()) + ":" + v.Number + "@" + v.Revision
}

// executable is a version as the runtime takes it.
func (s *Service) executable(n name, v *version, code string) *runtime.Function {
	return &runtime.Function{
		Key: instanceKey(n, v), Runtime: v.Runtime, Handler: v.Handler, Code: code,
		Memory: int(v.Memory), Timeout: time.Duration(v.Timeout) * time.Second,
		New: func() runtime.Setup {
			stream := fmt.Sprintf("%s/[%s]%s", s.Clock.Now().UTC().Format("2006/01/02"), v.Number, s.IDs.Hex(32))
			return runtime.Setup{
				Log: s.stream(n.scope, v, stream),
				Environment: func(ctx context.Context) (map[string]string, func() bool, error) {
					return s.environment(ctx, n, v, stream)
				},
			}
		},
	}
}

// Credentials of functions live for an hour, and an instance is replaced when
// less than a while of that is left: its events may take that long.
const (
	credentialLife = time.Hour
	credentialRest = 16 * time.Minute
)

// environment is what an instance gets to know.
func (s *Service) environment(ctx context.Context, n name, v *version, stream string) (map[string]string, func() bool, error) {
	creds, err := s.Roles.Issue(ctx, s.call(n.scope), aws.SessionRequest{Role: v.Role, Name: n.function, Duration: credentialLife, Service: hostName})
	if err != nil {
		return nil, nil, errCannotAssumeNow()
	}
	env := map[string]string{
		"AWS_ENDPOINT_URL":                s.Endpoint,
		"AWS_REGION":                      string(n.scope.Region),
		"AWS_DEFAULT_REGION":              string(n.scope.Region),
		"AWS_LAMBDA_FUNCTION_NAME":        n.function,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(int(v.Memory)),
		"AWS_LAMBDA_FUNCTION_VERSION":     v.Number,
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       v.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME":      stream,
		"AWS_ACCESS_KEY_ID":               creds.AccessKey,
		"AWS_SECRET_ACCESS_KEY":           creds.Secret,
		"AWS_SESSION_TOKEN":               creds.Token,
		"AWS_XRAY_CONTEXT_MISSING":        "LOG_ERROR",
	}
	if !strings.HasPrefix(v.Runtime, compiledRuntimes) {
		env["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + v.Runtime
	}
	maps.Copy(env, v.Environment)
	return env, func() bool { return s.Clock.Now().Add(credentialRest).Before(creds.Expires) }, nil
}

// call is a call of Lambda's own.
func (s *Service) call(scope aws.Scope) *aws.Call {
	return &aws.Call{
		Scope: scope, RequestID: s.IDs.UUID(), Time: s.Clock.Now(), Service: "lambda", SourceIP: hostName,
		Principal: &aws.Principal{Kind: aws.ServicePrincipal, Account: scope.Account, Name: hostName},
	}
}

// sessions remembers the principals of execution roles, for what Lambda does
// in their name.
type sessions struct {
	mu   sync.Mutex
	open map[aws.ARN]*aws.Principal // by role and session
}

// forget drops the sessions of a role.
func (s *sessions) forget(role aws.ARN) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.open, func(key aws.ARN, _ *aws.Principal) bool { return strings.HasPrefix(string(key), string(role)+"/") })
}

// assume returns a session of an execution role.
func (s *Service) assume(ctx context.Context, scope aws.Scope, role aws.ARN, session string) (*aws.Principal, error) {
	key := role + "/" + aws.ARN(session)
	s.sessions.mu.Lock()
	p := s.sessions.open[key]
	s.sessions.mu.Unlock()
	if p != nil && s.Clock.Now().Add(time.Minute).Before(p.Expires) {
		return p, nil
	}
	creds, err := s.Roles.Issue(ctx, s.call(scope), aws.SessionRequest{Role: role, Name: session, Duration: credentialLife, Service: hostName})
	if err != nil {
		return nil, err
	}
	if p, _, err = s.Roles.Open(creds.AccessKey, creds.Token); err != nil {
		return nil, err
	}
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	if s.sessions.open == nil || len(s.sessions.open) >= maxCompiled {
		s.sessions.open = map[aws.ARN]*aws.Principal{}
	}
	s.sessions.open[key] = p
	return p, nil
}
