package dynamodb

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Inside is how exports and imports use other services: through the stages that
// clients' requests pass, as whoever asked for the job.
type Inside interface {
	// Serve answers a request to S3, in path style and unsigned, as p.
	Serve(w http.ResponseWriter, r *http.Request, p *aws.Principal, s aws.Scope)
	// Call runs an operation of a service that speaks awsJson, as c.Principal.
	Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error)
}

// s3Bucket is a bucket as a job uses it.
type s3Bucket struct {
	inside    Inside
	name      string
	owner     string // whose it has to be, if not ""
	principal *aws.Principal
	scope     aws.Scope
}

// do makes a request. The body of its answer has to be closed.
func (b *s3Bucket) do(ctx context.Context, method, key string, query url.Values, header http.Header, body []byte) (io.ReadCloser, http.Header, error) {
	u := &url.URL{Path: "/" + b.name + "/" + key, RawQuery: query.Encode()}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if header != nil {
		r.Header = header
	}
	if b.owner != "" {
		r.Header.Set("x-amz-expected-bucket-owner", b.owner)
	}
	r.RequestURI, r.Host = u.RequestURI(), "s3."+string(b.scope.Region)+".amazonaws.com"
	out, in := io.Pipe()
	a := &answering{header: http.Header{}, told: make(chan struct{}), body: in}
	go a.serve(func() { b.inside.Serve(a, r, b.principal, b.scope) })
	<-a.told
	if a.status/100 == 2 {
		return out, a.header, nil
	}
	defer out.Close()
	return nil, nil, a.error(out)
}

// put stores an object, and returns its entity tag.
func (b *s3Bucket) put(ctx context.Context, key string, header http.Header, body []byte) (etag string, err error) {
	out, told, err := b.do(ctx, http.MethodPut, key, nil, header, body)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, out)
	return strings.Trim(told.Get("ETag"), `"`), errors.Join(err, out.Close())
}

// get opens an object.
func (b *s3Bucket) get(ctx context.Context, key string) (io.ReadCloser, error) {
	out, _, err := b.do(ctx, http.MethodGet, key, nil, nil, nil)
	return out, err
}

// object is one of a list.
type object struct {
	Key  string
	Size int64
}

// list returns the first objects with a prefix, after a key, and whether there are more.
func (b *s3Bucket) list(ctx context.Context, prefix, after string) (objects []object, more bool, err error) {
	q := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	if after != "" {
		q.Set("start-after", after)
	}
	out, _, err := b.do(ctx, http.MethodGet, "", q, nil, nil)
	if err != nil {
		return nil, false, err
	}
	defer out.Close()
	var page struct {
		Contents    []object
		IsTruncated bool
	}
	err = xml.NewDecoder(out).Decode(&page)
	return page.Contents, page.IsTruncated, err
}

// answering is an answer on its way through the process.
type answering struct {
	header http.Header
	status int
	once   sync.Once
	told   chan struct{} // closed when the status is known
	body   *io.PipeWriter
}

func (a *answering) Header() http.Header { return a.header }

func (a *answering) WriteHeader(status int) {
	a.once.Do(func() {
		a.status = status
		close(a.told)
	})
}

func (a *answering) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

var errBrokenOff = errors.New("dynamodb: an answer of S3 was broken off")

// serve answers. An answer that is broken off ends with an error, as over the network.
func (a *answering) serve(f func()) {
	var broken error
	defer func() {
		if p := recover(); p != nil {
			broken = fmt.Errorf("%w: %v", errBrokenOff, p)
		}
		a.WriteHeader(http.StatusOK)
		a.body.CloseWithError(broken) // nil is the end
	}()
	f()
}

func (a *answering) error(body io.Reader) error {
	e := &s3Error{status: a.status, code: http.StatusText(a.status), request: a.header.Get("x-amz-request-id")}
	var told struct{ Code, Message string }
	if xml.NewDecoder(body).Decode(&told) == nil && told.Code != "" {
		e.code, e.message = told.Code, told.Message
	}
	return e
}

// s3Error is why S3 refused something, as exports and imports tell it.
type s3Error struct {
	status                 int
	code, message, request string
}

func (e *s3Error) Error() string {
	return fmt.Sprintf("%s (Service: Amazon S3; Status Code: %d; Error Code: %s; Request ID: %s)", strings.TrimSuffix(e.message, "."), e.status, e.code, e.request)
}

// failure is the code and the message of a job that S3 ended. What S3 did not
// refuse is no reason for the job to fail: it is tried again.
func failure(err error) (code, message string, ok bool) {
	var e *s3Error
	if !errors.As(err, &e) || e.status >= 500 {
		return "", "", false
	}
	if strings.HasPrefix(e.code, "KMS.") {
		return "Kms" + strings.TrimPrefix(e.code, "KMS."), e.Error(), true
	}
	return "S3" + e.code, e.Error(), true
}

// pause is how long a job waits after an error that may pass.
const pause = time.Second
