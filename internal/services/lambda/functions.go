package lambda

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/store"
)

// function is what is stored of a function, by its name.
type function struct {
	Name     string
	Latest   version
	Next     int // the number of the next version
	Tags     map[string]string
	Reserved *int32
	Policies map[string]*resourcePolicy // by qualifier
}

// version is a function's configuration and code at one time: published, or the latest.
type version struct {
	Number       string // "$LATEST", "1"
	Runtime      string
	Role         aws.ARN
	Handler      string
	Description  string
	Timeout      int32
	Memory       int32
	Environment  map[string]string
	Architecture string
	LogGroup     string
	DeadLetter   aws.ARN

	Digest string // SHA-256 of the package, hexadecimal
	Size   int64
	Blob   blob.ID

	Modified time.Time
	Revision string
	From     string // of a published version: the revision of the latest one that it is
}

// The reserved names of environment variables, with what begins like one of them.
var (
	reservedVariables = []string{
		"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
		"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
	}
	compiledRuntimes = "provided"
)

// ephemeral is how much temporary storage every function has, in MB.
const ephemeral = 512

// maxEnvironment bounds the variables of a function together, in bytes.
const maxEnvironment = 4 << 10

func (s *Service) createFunction(ctx context.Context, c *aws.Call, in *CreateFunctionInput) (*CreateFunctionOutput, error) {
	n := parseName(in.FunctionName, c.Scope)
	if len(n.function) > 64 {
		return nil, errInvalid("1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64", n.function)
	}
	if in.PackageType == "Image" {
		return nil, errAbsent("container images")
	}
	v := version{Number: latest, Timeout: 3, Memory: 128, Architecture: "x86_64", LogGroup: "/aws/lambda/" + n.function}
	if len(in.Architectures) > 0 {
		v.Architecture = in.Architectures[0]
	}
	err := s.configure(c, &v, &settings{
		DeadLetterConfig: in.DeadLetterConfig, Description: in.Description, Environment: in.Environment, EphemeralStorage: in.EphemeralStorage, Handler: in.Handler,
		LoggingConfig: in.LoggingConfig, MemorySize: in.MemorySize, Role: &in.Role, Runtime: in.Runtime, Timeout: in.Timeout,
	})
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx, c, &v, &in.Code); err != nil {
		return nil, err
	}
	f := function{Name: n.function, Latest: v, Next: 1, Tags: in.Tags}
	var out FunctionConfiguration
	err = s.DB.Update(func(tx *store.Tx) error {
		if _, ok := s.functions.Get(tx, n.scope, n.function); ok {
			return errFunctionExists(n.function)
		}
		s.modify(c, &f.Latest)
		out = f.Latest.describe(n)
		if in.Publish != nil && *in.Publish {
			p := s.publish(tx, n.scope, &f, "")
			out = p.describe(n)
		}
		s.functions.Put(tx, n.scope, f, n.function)
		return nil
	})
	if err != nil {
		s.discard(v.Blob)
		return nil, err
	}
	out.State, out.StateReason, out.StateReasonCode, out.LastUpdateStatus = "Pending", "The function is being created.", "Creating", ""
	return &CreateFunctionOutput{FunctionConfiguration: out}, nil
}

// settings are the members that creating and configuring a function share.
type settings struct {
	DeadLetterConfig *DeadLetterConfig
	Description      *string
	Environment      *Environment
	EphemeralStorage *EphemeralStorage
	Handler          *string
	LoggingConfig    *LoggingConfig
	MemorySize       *int32
	Role             *string
	Runtime          string
	Timeout          *int32
}

// configure checks settings, and applies those that are given.
func (s *Service) configure(c *aws.Call, v *version, in *settings) error {
	set(&v.Description, in.Description)
	set(&v.Handler, in.Handler)
	set(&v.Timeout, in.Timeout)
	set(&v.Memory, in.MemorySize)
	if in.Runtime != "" {
		v.Runtime = in.Runtime
	}
	if v.Runtime == "" || v.Handler == "" {
		return errInvalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	if in.Environment != nil {
		if err := checkVariables(in.Environment.Variables); err != nil {
			return err
		}
		v.Environment = in.Environment.Variables
	}
	if in.EphemeralStorage != nil && in.EphemeralStorage.Size != ephemeral {
		return errAbsent("ephemeral storage beyond 512 MB")
	}
	if in.LoggingConfig != nil {
		if in.LoggingConfig.LogFormat == "JSON" {
			return errAbsent("log format JSON")
		}
		if in.LoggingConfig.LogGroup != "" {
			v.LogGroup = in.LoggingConfig.LogGroup
		}
	}
	if in.DeadLetterConfig != nil && in.DeadLetterConfig.TargetArn != nil {
		v.DeadLetter = aws.ARN(*in.DeadLetterConfig.TargetArn)
		if v.DeadLetter != "" {
			if err := s.Targets.Check(c, v.DeadLetter); err != nil {
				return errInvalid("The provided target %s does not exist", v.DeadLetter)
			}
		}
	}
	if err := s.Runner.Supports(v.Runtime, v.Architecture); err != nil {
		return errInvalid("%v.", err)
	}
	if in.Role != nil {
		v.Role = aws.ARN(*in.Role)
		s.sessions.forget(v.Role) // it may be another role of this name by now
		if _, err := s.assume(context.Background(), c.Scope, v.Role, "check"); err != nil {
			return errCannotAssume()
		}
	}
	return nil
}

func set[T any](p *T, v *T) {
	if v != nil {
		*p = *v
	}
}

func checkVariables(v map[string]string) error {
	size := 0
	var reserved []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		size += len(k) + len(v[k])
		if slices.Contains(reservedVariables, k) {
			reserved = append(reserved, k)
		}
	}
	switch {
	case len(reserved) > 0:
		return errInvalid("Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s", strings.Join(reserved, ", "))
	case size > maxEnvironment:
		return errInvalid("Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. Bytes measured: %d", size)
	}
	return nil
}

// modify stamps a version that changed.
func (s *Service) modify(c *aws.Call, v *version) {
	v.Modified = c.Time.UTC()
	v.Revision = s.IDs.UUID()
}

// describe is the version as most operations answer it, under the ARN by
// which it was asked for.
func (v *version) describe(n name) FunctionConfiguration {
	d := FunctionConfiguration{
		Architectures: []string{v.Architecture}, CodeSha256: base64OfHex(v.Digest), CodeSize: v.Size,
		Description: &v.Description, EphemeralStorage: EphemeralStorage{ephemeral},
		FunctionArn: string(n.arn()), FunctionName: n.function, Handler: v.Handler,
		LastModified: v.Modified.Format("2006-01-02T15:04:05.000-0700"), LastUpdateStatus: "Successful",
		LoggingConfig: LoggingConfig{"Text", v.LogGroup}, MemorySize: v.Memory, PackageType: "Zip", RevisionId: v.Revision,
		Role: string(v.Role), Runtime: v.Runtime, SnapStart: SnapStartResponse{"None", "Off"}, State: "Active",
		Timeout: v.Timeout, TracingConfig: TracingConfigResponse{"PassThrough"}, Version: v.Number,
	}
	if v.Number != latest && n.qualifier == "" {
		d.FunctionArn += ":" + v.Number
	}
	if v.Environment != nil {
		d.Environment = &EnvironmentResponse{v.Environment}
	}
	if v.DeadLetter != "" {
		dead := string(v.DeadLetter)
		d.DeadLetterConfig = &DeadLetterConfig{&dead}
	}
	return d
}

// find returns a function and the version that a name means. An alias that
// divides its traffic means its main version.
func (s *Service) find(tx *store.Tx, n name) (f function, v version, err error) {
	f, ok := s.functions.Get(tx, n.scope, n.function)
	if !ok {
		return f, v, errFunctionNotFound(n.arn())
	}
	q := n.qualifier
	if q != "" && q != latest && !isVersion(q) {
		a, ok := s.aliases.Get(tx, n.scope, n.function, q)
		if !ok {
			return f, v, errFunctionNotFound(n.arn())
		}
		q = a.Version
	}
	if q == "" || q == latest {
		return f, f.Latest, nil
	}
	if v, ok = s.published.Get(tx, n.scope, n.function, versionKey(q)); !ok {
		return f, v, errFunctionNotFound(n.arn())
	}
	return f, v, nil
}

// read is find in a transaction of its own.
func (s *Service) read(n name) (f function, v version, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		var err error
		f, v, err = s.find(tx, n)
		return err
	})
	return f, v, err
}

// change changes a function.
func (s *Service) change(n name, do func(tx *store.Tx, f *function) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		f, ok := s.functions.Get(tx, n.scope, n.function)
		if !ok {
			return errFunctionNotFound(n.arn())
		}
		if err := do(tx, &f); err != nil {
			return err
		}
		s.functions.Put(tx, n.scope, f, n.function)
		return nil
	})
}

func (s *Service) getFunction(_ context.Context, c *aws.Call, in *GetFunctionInput) (*GetFunctionOutput, error) {
	n := in.name(c)
	f, v, err := s.read(n)
	if err != nil {
		return nil, err
	}
	location, err := s.location(c, n, &v)
	if err != nil {
		return nil, err
	}
	out := &GetFunctionOutput{Code: FunctionCodeLocation{location, "S3"}, Configuration: v.describe(n), Tags: f.Tags}
	if f.Reserved != nil {
		out.Concurrency = &Concurrency{f.Reserved}
	}
	return out, nil
}

func (s *Service) getFunctionConfiguration(_ context.Context, c *aws.Call, in *GetFunctionConfigurationInput) (*FunctionConfiguration, error) {
	n := in.name(c)
	_, v, err := s.read(n)
	if err != nil {
		return nil, err
	}
	d := v.describe(n)
	return &d, nil
}

func (s *Service) updateFunctionCode(ctx context.Context, c *aws.Call, in *UpdateFunctionCodeInput) (*FunctionConfiguration, error) {
	n := in.name(c)
	_, v, err := s.read(name{scope: n.scope, function: n.function})
	if err != nil {
		return nil, err
	}
	if len(in.Architectures) > 0 {
		v.Architecture = in.Architectures[0]
		if err := s.Runner.Supports(v.Runtime, v.Architecture); err != nil {
			return nil, errInvalid("%v.", err)
		}
	}
	if err := s.load(ctx, c, &v, &in.FunctionCode); err != nil {
		return nil, err
	}
	if in.DryRun != nil && *in.DryRun {
		s.discard(v.Blob)
		d := v.describe(n)
		return &d, nil
	}
	return s.update(c, n, in.RevisionId, in.Publish != nil && *in.Publish, v.Blob, func(l *version) error {
		l.Architecture, l.Digest, l.Size, l.Blob = v.Architecture, v.Digest, v.Size, v.Blob
		return nil
	})
}

func (s *Service) updateFunctionConfiguration(_ context.Context, c *aws.Call, in *UpdateFunctionConfigurationInput) (*FunctionConfiguration, error) {
	return s.update(c, in.name(c), in.RevisionId, false, "", func(l *version) error {
		return s.configure(c, l, &settings{
			DeadLetterConfig: in.DeadLetterConfig, Description: in.Description, Environment: in.Environment, EphemeralStorage: in.EphemeralStorage, Handler: in.Handler,
			LoggingConfig: in.LoggingConfig, MemorySize: in.MemorySize, Role: in.Role, Runtime: in.Runtime, Timeout: in.Timeout,
		})
	})
}

// update changes the latest version of a function: do is called outside of
// transactions, on a copy. added is a blob that goes if nothing comes of it.
func (s *Service) update(c *aws.Call, n name, revision string, publish bool, added blob.ID, do func(*version) error) (*FunctionConfiguration, error) {
	f, _, err := s.read(name{scope: n.scope, function: n.function})
	if err == nil && revision != "" && revision != f.Latest.Revision {
		err = errRevision()
	}
	v := f.Latest
	if err == nil {
		err = do(&v)
	}
	var out FunctionConfiguration
	var old version
	if err == nil {
		err = s.change(n, func(tx *store.Tx, f *function) error {
			if old = f.Latest; old.Revision != v.Revision {
				return errConflict("The operation cannot be performed at this time. An update is in progress for resource: %s", n.bare())
			}
			s.modify(c, &v)
			f.Latest = v
			out = v.describe(n)
			if publish {
				p := s.publish(tx, n.scope, f, "")
				out = p.describe(n)
			}
			return nil
		})
	}
	if err != nil {
		s.discard(added)
		return nil, err
	}
	s.Runner.Retire(instanceKey(n, &old))
	if added != "" {
		s.release(n, old.Blob)
	}
	out.LastUpdateStatus, out.LastUpdateStatusReason, out.LastUpdateStatusReasonCode = "InProgress", "The function is being created.", "Creating"
	return &out, nil
}

func (s *Service) deleteFunction(_ context.Context, c *aws.Call, in *DeleteFunctionInput) (*DeleteFunctionOutput, error) {
	n := in.name(c)
	if n.qualifier != "" {
		return &DeleteFunctionOutput{}, s.deleteVersion(n)
	}
	var all []version
	err := s.DB.Update(func(tx *store.Tx) error {
		f, ok := s.functions.Get(tx, n.scope, n.function)
		if !ok {
			return errFunctionNotFound(n.arn())
		}
		all = append(all[:0], f.Latest)
		for _, v := range s.published.All(tx, n.scope, n.function) {
			all = append(all, v)
		}
		s.functions.Delete(tx, n.scope, n.function)
		s.published.DeleteAll(tx, n.scope, n.function)
		s.aliases.DeleteAll(tx, n.scope, n.function)
		s.asyncs.DeleteAll(tx, n.scope, n.function)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		s.Runner.Retire(instanceKey(n, &all[i]))
		s.discard(all[i].Blob)
	}
	return &DeleteFunctionOutput{}, nil
}

func (s *Service) listFunctions(_ context.Context, c *aws.Call, in *ListFunctionsInput) (*ListFunctionsOutput, error) {
	out := &ListFunctionsOutput{Functions: []FunctionConfiguration{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, f := range s.functions.After(tx, c.Scope, []string{in.Marker}) {
			if len(out.Functions) >= in.size() {
				out.NextMarker = out.Functions[len(out.Functions)-1].FunctionName
				return nil
			}
			n := name{scope: c.Scope, function: f.Name}
			out.Functions = append(out.Functions, f.Latest.describe(n))
			if in.FunctionVersion == "ALL" {
				for _, v := range s.published.All(tx, c.Scope, f.Name) {
					out.Functions = append(out.Functions, v.describe(n))
				}
			}
		}
		return nil
	})
	return out, err
}

// size is how many elements a page has.
func (p *page) size() int {
	if p.MaxItems == nil {
		return 50
	}
	return int(*p.MaxItems)
}
