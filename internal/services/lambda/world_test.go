package lambda_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
	"github.com/niebla-cloud/niebla/internal/store"
)

var scope = aws.Scope{Account: "000000000000", Region: "eu-west-3"}

const role = "arn:aws:iam::000000000000:role/fn"

// world is Lambda alone, with functions and a clock that do as they are told.
type world struct {
	*lambda.Service
	t   *testing.T
	ops map[string]service.Operation
	now *clock.Clock

	mu        sync.Mutex
	run       func(*runtime.Function, *runtime.Invocation) *runtime.Result
	delivered []*deliver.Event
	calls     []string // of other services
	group     map[string]bool
	gone      aws.ARN  // a role that was deleted
	stream    []string // records
	more      chan struct{}
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, ops: map[string]service.Operation{}, now: clock.New(func() time.Time { return time.Unix(1_800_000_000, 0) }, 0), group: map[string]bool{}, more: make(chan struct{})}
	db := store.OpenMemory()
	ids := aws.NewIDs(rand.NewChaCha8([32]byte{1}))
	targets := &deliver.Router{}
	targets.Mount("sqs", w)
	w.Service = lambda.New(lambda.Deps{
		DB: db, IDs: ids, Clock: w.now, Log: slog.New(slog.DiscardHandler), Blobs: blob.NewMemory(ids), Runner: runner{w}, Roles: roles{w},
		Authorizer: everybody{}, Objects: noObjects{}, Caller: w, Streams: w, Faults: w, Meter: meter.NewMeter(w.now.Now), Targets: targets, Endpoint: "http://127.0.0.1:1",
	})
	for _, op := range w.Operations() {
		w.ops[op.Name()] = op
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, db.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.now.Advance(w.t.Context(), d); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) answers(f func(*runtime.Function, *runtime.Invocation) *runtime.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.run = f
}

func (w *world) call() *aws.Call {
	return &aws.Call{Scope: scope, RequestID: w.IDs.UUID(), Time: w.now.Now(), Principal: &aws.Principal{Kind: aws.Root, Account: scope.Account}}
}

func (w *world) try(op string, in any) (any, error) {
	o := w.ops[op]
	v := o.NewInput()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		w.t.Fatal(err)
	}
	return o.Invoke(context.Background(), w.call(), v)
}

func (w *world) do(op string, in any) any {
	w.t.Helper()
	out, err := w.try(op, in)
	if err != nil {
		w.t.Fatalf("%s: %v", op, err)
	}
	return out
}

// create makes a function f.
func (w *world) create(further map[string]any) {
	w.t.Helper()
	in := map[string]any{
		"FunctionName": "f", "Runtime": "nodejs20.x", "Handler": "index.handler", "Role": role, "Code": map[string]any{"ZipFile": pack(w.t)},
	}
	for k, v := range further {
		in[k] = v
	}
	w.do("CreateFunction", in)
}

func pack(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	_, err := z.Create("index.js")
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// until polls for what the service does in the background.
func (w *world) until(what string, cond func() bool) {
	w.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		w.mu.Lock()
		ok := cond()
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-timeout:
			w.t.Fatalf("not so after 20 seconds: %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

// Check and Receive make the world a target: sqs.
func (w *world) Check(*aws.Call, aws.ARN) error { return nil }
func (w *world) Receive(_ context.Context, _ *aws.Call, e *deliver.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delivered = append(w.delivered, e)
	return nil
}

// Call makes the world the other services.
func (w *world) Call(_ context.Context, c *aws.Call, name, operation string, body []byte) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if name == "dynamodb" {
		return w.answerStream(operation, body)
	}
	w.calls = append(w.calls, string(c.Principal.Role)+" "+name+":"+operation+" "+string(body))
	switch {
	case operation == "CreateLogGroup":
		w.group["group"] = true
	case operation == "CreateLogStream" && w.group["group"]:
		w.group["stream"] = true
	case operation == "CreateLogStream", operation == "PutLogEvents" && !w.group["stream"]:
		return nil, aws.Errorf(400, "ResourceNotFoundException", "none")
	}
	return []byte("{}"), nil
}

type everybody struct{}

func (everybody) Allowed(context.Context, *aws.Call, service.Access) bool { return true }

type noObjects struct{}

func (noObjects) Object(context.Context, *aws.Call, string, string, string) ([]byte, error) {
	return nil, aws.Errorf(404, "NoSuchKey", "The specified key does not exist.")
}

type roles struct{ w *world }

func (r roles) Issue(_ context.Context, _ *aws.Call, in aws.SessionRequest) (aws.Session, error) {
	if in.Role == r.w.gone {
		return aws.Session{}, errors.New("there is no such role")
	}
	return aws.Session{AccessKey: string(in.Role), Token: in.Name, Role: in.Role, Expires: r.w.now.Now().Add(in.Duration)}, nil
}

func (r roles) Open(accessKey, _ string) (*aws.Principal, string, error) {
	return &aws.Principal{Kind: aws.AssumedRole, Account: scope.Account, Role: aws.ARN(accessKey), Expires: r.w.now.Now().Add(time.Hour)}, "", nil
}

type runner struct{ w *world }

func (runner) Supports(string, string) error                     { return nil }
func (runner) Unpack(string, io.ReaderAt, int64) (string, error) { return "/code", nil }
func (runner) Retire(string)                                     {}
func (runner) Sweep(func(string) bool) error                     { return nil }
func (runner) Close() error                                      { return nil }
func (r runner) Invoke(_ context.Context, f *runtime.Function, in *runtime.Invocation) (*runtime.Result, error) {
	setup := f.New()
	setup.Log([]byte("START RequestId: " + in.RequestID))
	r.w.mu.Lock()
	run := r.w.run
	r.w.mu.Unlock()
	if run == nil {
		return &runtime.Result{Payload: in.Payload}, nil
	}
	return run(f, in), nil
}

func code(err error) string {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestReservedConcurrency(t *testing.T) {
	w := newWorld(t)
	w.create(nil)
	w.do("PutFunctionConcurrency", map[string]any{"FunctionName": "f", "ReservedConcurrentExecutions": 2})
	begun, release := make(chan struct{}), make(chan struct{})
	w.answers(func(*runtime.Function, *runtime.Invocation) *runtime.Result {
		begun <- struct{}{}
		<-release
		return &runtime.Result{Payload: []byte("1")}
	})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { w.do("Invoke", map[string]any{"FunctionName": "f"}) })
		<-begun
	}
	_, err := w.try("Invoke", map[string]any{"FunctionName": "f"})
	e, _ := errors.AsType[*aws.Error](err)
	if code(err) != "TooManyRequestsException" || e.Status != 429 || e.Fields[0].Value != "ReservedFunctionConcurrentInvocationLimitExceeded" {
		t.Errorf("a third at once: %v", err)
	}
	close(release)
	wg.Wait()
	w.answers(nil)
	w.do("Invoke", map[string]any{"FunctionName": "f"})
}

func TestAsynchronous(t *testing.T) {
	w := newWorld(t)
	w.create(map[string]any{"DeadLetterConfig": map[string]any{"TargetArn": "arn:aws:sqs:eu-west-3:000000000000:dead"}})
	w.do("PutFunctionEventInvokeConfig", map[string]any{"FunctionName": "f", "MaximumRetryAttempts": 1, "DestinationConfig": map[string]any{
		"OnFailure": map[string]any{"Destination": "arn:aws:sqs:eu-west-3:000000000000:failed"},
		"OnSuccess": map[string]any{"Destination": "arn:aws:sqs:eu-west-3:000000000000:done"},
	}})
	tries := 0
	w.answers(func(*runtime.Function, *runtime.Invocation) *runtime.Result {
		w.mu.Lock()
		defer w.mu.Unlock()
		tries++
		return &runtime.Result{Payload: []byte(`{"errorMessage":"no"}`), Error: "Unhandled"}
	})
	w.do("Invoke", map[string]any{"FunctionName": "f", "InvocationType": "Event", "Payload": []byte(`{"n":1}`)})
	w.until("the first attempt", func() bool { return tries == 1 })
	w.advance(time.Minute)
	w.until("the destination and the dead-letter target were told", func() bool { return len(w.delivered) == 2 })
	if tries != 2 {
		t.Errorf("tried %d times", tries)
	}
	slices.SortFunc(w.delivered, func(a, b *deliver.Event) int { return strings.Compare(string(a.Target), string(b.Target)) })
	dead, failed := w.delivered[0], w.delivered[1]
	if string(dead.Payload) != `{"n":1}` || dead.Attributes["ErrorMessage"] != "no" {
		t.Errorf("dead letter %s, %v", dead.Payload, dead.Attributes)
	}
	var told struct {
		RequestContext struct {
			Condition              string
			ApproximateInvokeCount int
		}
		RequestPayload, ResponsePayload json.RawMessage
	}
	if err := json.Unmarshal(failed.Payload, &told); err != nil || told.RequestContext.Condition != "RetriesExhausted" ||
		told.RequestContext.ApproximateInvokeCount != 2 || string(told.RequestPayload) != `{"n":1}` || string(told.ResponsePayload) != `{"errorMessage":"no"}` {
		t.Errorf("%v, told %s", err, failed.Payload)
	}
	w.answers(nil)
	w.do("Invoke", map[string]any{"FunctionName": "f", "InvocationType": "Event", "Payload": []byte(`{"n":2}`)})
	w.until("the success is told", func() bool { return len(w.delivered) == 3 })
	if !strings.Contains(string(w.delivered[2].Payload), `"condition":"Success"`) {
		t.Errorf("told %s", w.delivered[2].Payload)
	}
}

func TestLogs(t *testing.T) {
	w := newWorld(t)
	w.create(nil)
	w.do("Invoke", map[string]any{"FunctionName": "f"})
	w.until("the line is written", func() bool { return len(w.calls) == 5 })
	for i, operation := range []string{"PutLogEvents", "CreateLogStream", "CreateLogGroup", "CreateLogStream", "PutLogEvents"} {
		if !strings.HasPrefix(w.calls[i], role+" logs:"+operation+" ") {
			t.Errorf("call %d is %s", i, w.calls[i])
		}
	}
	if last := w.calls[4]; !strings.Contains(last, `"message":"START RequestId: `) || !strings.Contains(last, `"logGroupName":"/aws/lambda/f"`) {
		t.Errorf("written: %s", last)
	}
}
