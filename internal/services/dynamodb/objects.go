package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Objects is S3 as exports and imports use it, as c.Principal: through the stages
// that clients' requests pass. What S3 refuses is an *ObjectError.
type Objects interface {
	// PutObject stores an object, and returns its entity tag.
	PutObject(ctx context.Context, c *aws.Call, o Object, body []byte) (etag string, err error)
	// GetObject opens an object.
	GetObject(ctx context.Context, c *aws.Call, o Object) (io.ReadCloser, error)
	// ListObjects returns the first keys after one that begin with o.Key, and
	// whether there are more.
	ListObjects(ctx context.Context, c *aws.Call, o Object, after string) (keys []string, more bool, err error)
}

// Caller makes requests to our other services, as c.Principal.
type Caller interface {
	Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error)
}

// Object names an object.
type Object struct {
	Bucket     string
	Owner      string // whose bucket it has to be, if not ""
	Key        string
	Encryption string // of one that is stored: AES256 or aws:kms
	KMSKey     string // and with which key, if not S3's own
}

// ObjectError is why S3 refused something.
type ObjectError struct {
	Status                   int
	Code, Message, RequestID string
}

func (e *ObjectError) Error() string {
	return fmt.Sprintf("%s (Service: Amazon S3; Status Code: %d; Error Code: %s; Request ID: %s)", strings.TrimSuffix(e.Message, "."), e.Status, e.Code, e.RequestID)
}

// callAs is a call of a job, as who asked for it.
func (s *Service) callAs(scope aws.Scope, p *aws.Principal, service string) *aws.Call {
	return &aws.Call{
		Scope: scope, RequestID: s.IDs.UUID(), Time: s.Clock.Now(), Principal: p, SourceIP: "dynamodb.amazonaws.com",
		Host: fmt.Sprintf("%s.%s.amazonaws.com", service, scope.Region),
	}
}

// failure is the code and the message of a job that S3 ended. What S3 did not
// refuse is no reason for the job to fail: it is tried again.
func failure(err error) (code, message string, ok bool) {
	var e *ObjectError
	if !errors.As(err, &e) || e.Status >= 500 {
		return "", "", false
	}
	if strings.HasPrefix(e.Code, "KMS.") {
		return "Kms" + strings.TrimPrefix(e.Code, "KMS."), e.Error(), true
	}
	return "S3" + e.Code, e.Error(), true
}

// pause is how long a job waits after an error that may pass.
const pause = time.Second
