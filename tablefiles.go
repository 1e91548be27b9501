package niebla

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

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/services/dynamodb"
)

// tableFiles is S3 as DynamoDB's exports and imports use it.
type tableFiles struct{ *inside }

// PutObject implements dynamodb.Objects.
func (f tableFiles) PutObject(ctx context.Context, c *aws.Call, o dynamodb.Object, body []byte) (string, error) {
	out, told, err := f.do(ctx, c, http.MethodPut, o, nil, body)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, out)
	return strings.Trim(told.Get("ETag"), `"`), errors.Join(err, out.Close())
}

// GetObject implements dynamodb.Objects.
func (f tableFiles) GetObject(ctx context.Context, c *aws.Call, o dynamodb.Object) (io.ReadCloser, error) {
	out, _, err := f.do(ctx, c, http.MethodGet, o, nil, nil)
	return out, err
}

// ListObjects implements dynamodb.Objects.
func (f tableFiles) ListObjects(ctx context.Context, c *aws.Call, o dynamodb.Object, after string) (keys []string, more bool, err error) {
	q := url.Values{"list-type": {"2"}, "prefix": {o.Key}}
	if after != "" {
		q.Set("start-after", after)
	}
	o.Key = ""
	out, _, err := f.do(ctx, c, http.MethodGet, o, q, nil)
	if err != nil {
		return nil, false, err
	}
	defer out.Close()
	var page struct {
		Contents    []struct{ Key string }
		IsTruncated bool
	}
	err = xml.NewDecoder(out).Decode(&page)
	for _, x := range page.Contents {
		keys = append(keys, x.Key)
	}
	return keys, page.IsTruncated, err
}

// do makes a request. The body of its answer has to be closed.
func (f tableFiles) do(ctx context.Context, c *aws.Call, method string, o dynamodb.Object, query url.Values, body []byte) (io.ReadCloser, http.Header, error) {
	u := &url.URL{Path: "/" + o.Bucket + "/" + o.Key, RawQuery: query.Encode()}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for name, value := range map[string]string{
		"x-amz-expected-bucket-owner": o.Owner, "x-amz-server-side-encryption": o.Encryption,
		"x-amz-server-side-encryption-aws-kms-key-id": o.KMSKey,
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	r.RequestURI, r.Host = u.RequestURI(), c.Host
	out, in := io.Pipe()
	a := &flow{header: http.Header{}, told: make(chan struct{}), body: in}
	go a.serve(func() { f.Serve(a, r, c.Principal, c.Scope) })
	<-a.told
	if a.status/100 == 2 {
		return out, a.header, nil
	}
	defer out.Close()
	e := &dynamodb.ObjectError{Status: a.status, Code: http.StatusText(a.status), RequestID: a.header.Get("x-amz-request-id")}
	var told struct{ Code, Message string }
	if xml.NewDecoder(out).Decode(&told) == nil && told.Code != "" {
		e.Code, e.Message = told.Code, told.Message
	}
	return nil, nil, e
}

// flow is a response that is read while it is written.
type flow struct {
	header http.Header
	status int
	once   sync.Once
	told   chan struct{} // closed when the status is known
	body   *io.PipeWriter
}

func (a *flow) Header() http.Header { return a.header }

func (a *flow) WriteHeader(status int) {
	a.once.Do(func() {
		a.status = status
		close(a.told)
	})
}

func (a *flow) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// serve answers. An answer that is broken off ends with an error, as over the network.
func (a *flow) serve(f func()) {
	var broken error
	defer func() {
		if p := recover(); p != nil {
			broken = &dynamodb.ObjectError{Status: http.StatusInternalServerError, Code: "InternalError", Message: fmt.Sprint("broken off: ", p)}
		}
		a.WriteHeader(http.StatusOK)
		a.body.CloseWithError(broken) // nil is the end
	}()
	f()
}
