package lambda

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/logwriter"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what Lambda needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Clock      *clock.Clock
	Log        *slog.Logger
	Blobs      blob.Store // of nobody else: what no function names is swept
	Runner     Runner
	Roles      Roles
	Authorizer Authorizer
	Objects    Objects
	Caller     Caller
	Streams    Streams
	Faults     Faults
	Meter      *meter.Meter
	Targets    *deliver.Router
	// Endpoint is the URL of this cloud, for functions.
	Endpoint string
}

// Runner runs functions: *runtime.Host.
type Runner interface {
	Supports(runtime, architecture string) error
	Unpack(name string, zip io.ReaderAt, size int64) (string, error)
	Invoke(ctx context.Context, f *runtime.Function, in *runtime.Invocation) (*runtime.Result, error)
	Retire(key string)
	Sweep(live func(name string) bool) error
	Close() error
}

// Roles gives functions their credentials.
type Roles interface {
	Issue(context.Context, *aws.Call, aws.SessionRequest) (aws.Session, error)
	Open(accessKey, token string) (*aws.Principal, string, error)
}

// Authorizer decides what callers may do that did not come through the gateway.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// Objects reads packages from S3, as the caller.
type Objects interface {
	Object(ctx context.Context, c *aws.Call, bucket, key, version string) ([]byte, error)
}

// Caller runs operations of other services, as the principal of a call.
type Caller interface {
	Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error)
}

// Streams tells of changes to streams: *dynamodb.Service.
type Streams interface {
	// StreamChanged returns a channel that is closed when records are next
	// added to a stream.
	StreamChanged(stream aws.ARN) <-chan struct{}
}

// Faults are injected: *fault.Set.
type Faults interface {
	// Duplicate reports whether a record is to come twice.
	Duplicate(service string) bool
}

// Service is the emulator of Lambda.
type Service struct {
	Deps
	functions store.Table[function]
	published store.Table[version]
	aliases   store.Table[alias]
	asyncs    store.Table[eventInvoke]
	signers   store.Table[[]byte] // of download links, under "key"

	mappings    store.Table[mapping]
	checkpoints store.Table[checkpoint] // by mapping and shard

	queue    *deliver.Queue // events of asynchronous invocations
	results  *deliver.Queue // what came of them, on the way to destinations
	policies policies
	sessions sessions
	running  running
	lines    *logwriter.Writer
	pollers  pollers
	signing  sync.Mutex
}

// hostName is Lambda as policies name it.
const hostName = "lambda.amazonaws.com"

// New returns the functions that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Log == nil || d.Blobs == nil || d.Runner == nil || d.Roles == nil ||
		d.Authorizer == nil || d.Objects == nil || d.Caller == nil || d.Streams == nil || d.Faults == nil || d.Meter == nil || d.Targets == nil || d.Endpoint == "" {
		panic("lambda: incomplete Deps")
	}
	s := &Service{
		Deps:      d,
		functions: store.NewTable[function]("lambda/function"),
		published: store.NewTable[version]("lambda/version"),
		aliases:   store.NewTable[alias]("lambda/alias"),
		asyncs:    store.NewTable[eventInvoke]("lambda/event-invoke"),
		signers:   store.NewTable[[]byte]("lambda/signer"),

		mappings:    store.NewTable[mapping]("lambda/mapping"),
		checkpoints: store.NewTable[checkpoint]("lambda/checkpoint"),
	}
	s.lines = logwriter.New(d.Caller, s.actAsLogger, d.Log)
	s.pollers.wake = make(chan struct{}, 1)
	s.queue = s.newQueue()
	s.results = s.newResults()
	return s
}

// Run implements service.Worker.
func (s *Service) Run(ctx context.Context) error {
	if err := s.sweep(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // it was to end before it began
		}
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	work := []func(context.Context) error{s.queue.Run, s.results.Run, s.lines.Run, s.poll}
	errs := make([]error, len(work))
	for i, run := range work {
		wg.Go(func() {
			defer cancel()
			errs[i] = run(ctx)
		})
	}
	<-ctx.Done()
	// What waits for a function that runs for long would wait as long.
	closed := s.Runner.Close()
	wg.Wait()
	return errors.Join(append(errs, closed)...)
}

// Close implements service.Closer: it ends all processes.
func (s *Service) Close() error { return s.Runner.Close() }

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:      "lambda",
		Title:     "AWS Lambda",
		Protocols: []service.Protocol{service.RestJSON},
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateFunction", s.onCreate, s.createFunction),
		service.Op("GetFunction", onFunction[GetFunctionInput](s), s.getFunction),
		service.Op("GetFunctionConfiguration", onFunction[GetFunctionConfigurationInput](s), s.getFunctionConfiguration),
		service.Op("UpdateFunctionCode", onFunction[UpdateFunctionCodeInput](s), s.updateFunctionCode),
		service.Op("UpdateFunctionConfiguration", s.onConfigure, s.updateFunctionConfiguration),
		service.Op("DeleteFunction", onFunction[DeleteFunctionInput](s), s.deleteFunction),
		service.Op("ListFunctions", service.Any, s.listFunctions),

		service.Op("PublishVersion", onFunction[PublishVersionInput](s), s.publishVersion),
		service.Op("ListVersionsByFunction", onFunction[ListVersionsByFunctionInput](s), s.listVersionsByFunction),
		service.Op("CreateAlias", onFunction[CreateAliasInput](s), s.createAlias),
		service.Op("GetAlias", onFunction[GetAliasInput](s), s.getAlias),
		service.Op("UpdateAlias", onFunction[UpdateAliasInput](s), s.updateAlias),
		service.Op("DeleteAlias", onFunction[DeleteAliasInput](s), s.deleteAlias),
		service.Op("ListAliases", onFunction[ListAliasesInput](s), s.listAliases),

		service.Op("TagResource", onTagged(func(in *TagResourceInput) string { return in.Resource }), s.tagResource),
		service.Op("UntagResource", onTagged(func(in *UntagResourceInput) string { return in.Resource }), s.untagResource),
		service.Op("ListTags", onTagged(func(in *ListTagsInput) string { return in.Resource }), s.listTags),

		service.Op("AddPermission", onFunction[AddPermissionInput](s), s.addPermission),
		service.Op("GetPolicy", onFunction[GetPolicyInput](s), s.getPolicy),
		service.Op("RemovePermission", onFunction[RemovePermissionInput](s), s.removePermission),

		service.Op("PutFunctionConcurrency", onFunction[PutFunctionConcurrencyInput](s), s.putFunctionConcurrency),
		service.Op("GetFunctionConcurrency", onFunction[GetFunctionConcurrencyInput](s), s.getFunctionConcurrency),
		service.Op("DeleteFunctionConcurrency", onFunction[DeleteFunctionConcurrencyInput](s), s.deleteFunctionConcurrency),
		service.Op("GetAccountSettings", service.Any, s.getAccountSettings),

		service.Op("GetFunctionCodeSigningConfig", onFunction[GetFunctionCodeSigningConfigInput](s), s.getFunctionCodeSigningConfig),
		service.Op("GetFunctionRecursionConfig", onFunction[GetFunctionRecursionConfigInput](s), s.getFunctionRecursionConfig),
		service.Op("GetRuntimeManagementConfig", onFunction[GetRuntimeManagementConfigInput](s), s.getRuntimeManagementConfig),

		service.Op("PutFunctionEventInvokeConfig", onFunction[PutFunctionEventInvokeConfigInput](s), s.putFunctionEventInvokeConfig),
		service.Op("UpdateFunctionEventInvokeConfig", onFunction[UpdateFunctionEventInvokeConfigInput](s), s.updateFunctionEventInvokeConfig),
		service.Op("GetFunctionEventInvokeConfig", onFunction[GetFunctionEventInvokeConfigInput](s), s.getFunctionEventInvokeConfig),
		service.Op("DeleteFunctionEventInvokeConfig", onFunction[DeleteFunctionEventInvokeConfigInput](s), s.deleteFunctionEventInvokeConfig),
		service.Op("ListFunctionEventInvokeConfigs", onFunction[ListFunctionEventInvokeConfigsInput](s), s.listFunctionEventInvokeConfigs),

		service.Op("Invoke", s.onInvoke, s.invoke),

		service.Op("CreateEventSourceMapping", onNewMapping, s.createEventSourceMapping),
		service.Op("GetEventSourceMapping", onUUID[GetEventSourceMappingInput](s), s.getEventSourceMapping),
		service.Op("UpdateEventSourceMapping", onUUID[UpdateEventSourceMappingInput](s), s.updateEventSourceMapping),
		service.Op("DeleteEventSourceMapping", onUUID[DeleteEventSourceMappingInput](s), s.deleteEventSourceMapping),
		service.Op("ListEventSourceMappings", service.Any, s.listEventSourceMappings),
	}
}

// input is a pointer to an input that names a function.
type input[In any] interface {
	*In
	naming
}

// onFunction authorises against the function that an input names, with its
// policy and tags.
func onFunction[In any, P input[In]](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		n := P(in).name(c)
		n.qualifier = "" // of all that functions can be asked for, only invocations have qualified ARNs
		a, err := s.access(n)
		return []service.Access{a}, err
	}
}

// access is what it takes to do something with a function, which need not exist.
func (s *Service) access(n name) (a service.Access, err error) {
	a = service.Access{Resource: n.arn(), Owner: n.scope.Account}
	var document string
	err = s.DB.View(func(tx *store.Tx) error {
		f, ok := s.functions.Get(tx, n.scope, n.function)
		if ok {
			document = f.Policies[n.policyKey()].document()
			if len(f.Tags) > 0 {
				a.Keys = map[string][]string{}
				for k, v := range f.Tags {
					a.Keys["aws:ResourceTag/"+k] = []string{v}
				}
			}
		}
		return nil
	})
	if err == nil && document != "" {
		a.ResourcePolicy, err = s.policies.compile(document)
	}
	return a, err
}

func (s *Service) onCreate(_ context.Context, c *aws.Call, in *CreateFunctionInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for k, v := range in.Tags {
		keys["aws:RequestTag/"+k] = []string{v}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], k)
	}
	return []service.Access{
		{Resource: parseName(in.FunctionName, c.Scope).bare(), Keys: keys},
		passRole(in.Role),
	}, nil
}

func (s *Service) onConfigure(ctx context.Context, c *aws.Call, in *UpdateFunctionConfigurationInput) ([]service.Access, error) {
	list, err := onFunction[UpdateFunctionConfigurationInput](s)(ctx, c, in)
	if in.Role != nil {
		list = append(list, passRole(*in.Role))
	}
	return list, err
}

// passRole is handing a role to Lambda.
func passRole(role string) service.Access {
	return service.Access{Action: "iam:PassRole", Resource: aws.ARN(role), Keys: map[string][]string{"iam:PassedToService": {hostName}}}
}

func onTagged[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}
