// Package service defines what an AWS service is to the rest of the program:
// how its requests are recognised, and a table of operations.
// Services are values. Nothing is registered at init time.
package service

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
)

// Service is implemented by every package under internal/services.
type Service interface {
	// Info says how the gateway recognises the service's requests.
	Info() Info
	// Operations lists what the service can do. Operations that are absent
	// answer 501 with their name; there is no fallback.
	Operations() []Operation
}

// Closer is implemented by services that acquired something in New.
type Closer interface{ Close() error }

// Worker is implemented by services with work in the background. Run returns
// when ctx ends.
type Worker interface {
	Run(ctx context.Context) error
}

// Waiter is implemented by services with requests that wait for something to
// happen.
type Waiter interface {
	// Hurry ends these waits, and those of later requests: the cloud is about
	// to end or to begin anew.
	Hurry()
}

// Endpoint is implemented by services with a data plane of their own, whose
// requests are told by host or path and are not API calls: an S3 website.
type Endpoint interface {
	// Claims reports whether the request is for the data plane. It is asked
	// only for requests that carry no AWS signature.
	Claims(r *http.Request) bool
	ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call)
}

// Front is implemented by data planes that stand in front of others: all
// requests of some hosts are theirs, signed ones too, since the signature is
// for what is behind.
type Front interface {
	Endpoint
	Fronts(r *http.Request) bool
}

// SignedEndpoint is an Endpoint that also takes requests which carry a
// signature of its service: c.Principal has signed them.
type SignedEndpoint interface {
	Endpoint
	// Refuse answers a request whose signature does not hold.
	Refuse(w http.ResponseWriter, r *http.Request, c *aws.Call, e *aws.Error)
}

// CORS is implemented by services whose resources carry cross-origin rules of
// their own. Others answer as AWS' shared front does.
type CORS interface {
	// Preflight answers OPTIONS with Origin and Access-Control-Request-Method.
	Preflight(r *http.Request, c *aws.Call) (http.Header, error)
	// Actual returns the headers to add to the response to a request that
	// carries Origin.
	Actual(r *http.Request, c *aws.Call) http.Header
}

// BodyChecker is implemented by services whose clients claim something of a
// body that the gateway reads whole: S3's checksums of its documents. The
// header includes the body's trailers.
type BodyChecker interface {
	CheckBody(operation string, h http.Header, body []byte) error
}

// Observer is implemented by services that measure what is asked of them.
type Observer interface {
	// Observe is told of a request to the service's API after its answer. x is
	// the gateway's: it must not be kept.
	Observe(x *Exchange)
}

// Exchange is one request and what became of it.
type Exchange struct {
	Call     *aws.Call
	In       any // the operation's input, nil when it was not decoded
	Out      any // its output, nil after an error
	Status   int
	Err      *aws.Error
	Took     time.Duration
	BytesIn  int64 // of the body, as far as it was read; the length that the client gave
	BytesOut int64 // of the answer's body
}

// Protocol is a wire protocol.
type Protocol string

// The wire protocols.
const (
	JSON10   Protocol = "awsJson1_0"
	JSON11   Protocol = "awsJson1_1"
	RestJSON Protocol = "restJson1"
	RestXML  Protocol = "restXml"
	Query    Protocol = "awsQuery"
	CBOR     Protocol = "rpcv2Cbor"
)

// Info identifies a service on the wire.
type Info struct {
	Name           string // SigV4 signing name and IAM action prefix: "kms"
	Title          string // "AWS Key Management Service"
	Protocols      []Protocol
	TargetPrefix   string // X-Amz-Target prefix, "TrentService"; JSON protocols
	Version        string // "2010-05-08"; awsQuery
	Namespace      string // XML namespace of responses; awsQuery and restXml
	ErrorPrefix    string // shape namespace before the code in awsJson errors: "com.amazonaws.dynamodb.v20120810#"
	ValidationCode string // code of a violated constraint, where it is not the protocol's own (ValidationException)
	CBORName       string // service shape name; rpcv2Cbor
	Global         bool   // its state has no region (IAM)
	Anonymous      bool   // unsigned requests are let through to authorisation (S3)
}

// Access is one thing a request wants to do. A request is allowed when each
// of its accesses is, or takes its refusal.
type Access struct {
	Action   string // "s3:GetObjectVersion"; "" means service:Operation
	Resource aws.ARN
	Keys     map[string][]string // service-specific condition keys: "dynamodb:LeadingKeys"

	// ResourcePolicy is the policy attached to the resource, if any, and Owner
	// the account it belongs to ("" is the account of the call).
	ResourcePolicy *policy.Policy
	Owner          aws.AccountID
	// PolicyDecides is set where identity policies count only if the resource
	// policy delegates to the account: KMS key policies, role trust policies.
	PolicyDecides bool

	// Refused, where it is set, is told why this access is denied, and the
	// request goes on without it: a statement of a batch that answers for itself.
	Refused func(why string)
}

// A Resource says what IAM authorises a request against. It may read the
// store (an alias is resolved to its key), and its error ends the request.
type Resource[In any] func(context.Context, *aws.Call, *In) ([]Access, error)

// Any authorises against "*". It is spelled out, never implied.
func Any[In any](context.Context, *aws.Call, *In) ([]Access, error) {
	return []Access{{Resource: "*"}}, nil
}

// Open authorises nothing: the operation is for everybody who may call it at
// all (sts:GetCallerIdentity), or checks a token of its own.
func Open[In any](context.Context, *aws.Call, *In) ([]Access, error) { return nil, nil }

// Handler is the only function signature a service author writes.
type Handler[In, Out any] func(context.Context, *aws.Call, *In) (*Out, error)

// Operation is one API operation, with its input and output types erased.
// Make one with Op or Unsigned.
type Operation interface {
	Name() string
	// Unsigned operations are served without a signature.
	Unsigned() bool
	Input() reflect.Type  // struct type
	Output() reflect.Type // struct type
	NewInput() any
	Access(ctx context.Context, c *aws.Call, in any) ([]Access, error)
	Invoke(ctx context.Context, c *aws.Call, in any) (out any, err error)
}

// Op makes an Operation. Leaving out the resource does not compile.
func Op[In, Out any](name string, r Resource[In], h Handler[In, Out]) Operation {
	return &operation{
		name: name, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		access: func(ctx context.Context, c *aws.Call, in any) ([]Access, error) { return r(ctx, c, in.(*In)) },
		invoke: func(ctx context.Context, c *aws.Call, in any) (any, error) { return h(ctx, c, in.(*In)) },
	}
}

// Unsigned makes an Operation that AWS serves without a signature, such as
// cognito-identity:GetId. It is not authorised by IAM.
func Unsigned[In, Out any](name string, h Handler[In, Out]) Operation {
	return &operation{
		name: name, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), unsigned: true,
		invoke: func(ctx context.Context, c *aws.Call, in any) (any, error) { return h(ctx, c, in.(*In)) },
	}
}

// operation is an Operation. It is not generic itself: hundreds of types with
// all these methods would be a tenth of the binary.
type operation struct {
	name     string
	in, out  reflect.Type
	access   func(ctx context.Context, c *aws.Call, in any) ([]Access, error) // nil if unsigned
	invoke   func(ctx context.Context, c *aws.Call, in any) (any, error)
	unsigned bool
}

func (o *operation) Name() string         { return o.name }
func (o *operation) Unsigned() bool       { return o.unsigned }
func (o *operation) Input() reflect.Type  { return o.in }
func (o *operation) Output() reflect.Type { return o.out }
func (o *operation) NewInput() any        { return reflect.New(o.in).Interface() }

func (o *operation) Access(ctx context.Context, c *aws.Call, in any) ([]Access, error) {
	if o.unsigned {
		return nil, nil
	}
	return o.access(ctx, c, in)
}

func (o *operation) Invoke(ctx context.Context, c *aws.Call, in any) (any, error) {
	return o.invoke(ctx, c, in)
}

// Empty is the input or output of an operation that has no members.
type Empty struct{}

// Stream is a response payload: a body of known length that the gateway
// copies to the client and closes.
type Stream struct {
	io.ReadCloser
	Length int64
}
