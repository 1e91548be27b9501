package niebla

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
	"github.com/niebla-cloud/niebla/internal/store"
)

// newLambda completes what Lambda is given: what runs functions, where their
// packages are, and how they reach other services.
func newLambda(cfg *Config, db *store.DB, in *inside, d lambda.Deps) (*lambda.Service, error) {
	// Processes live in the time of the machine.
	host := runtime.Deps{Machine: time.Now, LookPath: exec.LookPath}
	d.Blobs = blob.NewMemory(d.IDs)
	if cfg.Dir != "" {
		dir, err := filepath.Abs(filepath.Join(cfg.Dir, "lambda"))
		if err != nil {
			return nil, err
		}
		if d.Blobs, err = blob.OpenDisk(filepath.Join(dir, "packages"), d.IDs); err != nil {
			return nil, err
		}
		host.Dir = filepath.Join(dir, "runtime")
	}
	d.DB, d.Runner, d.Objects, d.Caller, d.Endpoint = db, runtime.New(host), objects{in}, in, cmp.Or(cfg.url, reachable(cfg.Listen))
	return lambda.New(d), nil
}

// objects reads whole objects of S3 as somebody.
type objects struct{ *inside }

// Object implements lambda.Objects.
func (o objects) Object(ctx context.Context, c *aws.Call, bucket, key, version string) ([]byte, error) {
	u := &url.URL{Path: "/" + bucket + "/" + key}
	if version != "" {
		u.RawQuery = url.Values{"versionId": {version}}.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	r.RequestURI, r.Host, r.Body = u.RequestURI(), c.Host, http.NoBody
	w := &answer{header: http.Header{}, status: http.StatusOK}
	o.Serve(w, r, c.Principal, c.Scope)
	if w.status != http.StatusOK {
		e := &aws.Error{Status: w.status, Code: http.StatusText(w.status)}
		var told struct{ Code, Message string }
		if xml.Unmarshal(w.body.Bytes(), &told) == nil && told.Code != "" {
			e.Code, e.Message = told.Code, told.Message
		}
		return nil, e
	}
	return w.body.Bytes(), nil
}

// answer is a response that stays in the process.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
func (a *answer) WriteHeader(status int)      { a.status = status }

// callable is Lambda as services call it that want an answer.
type callable struct{ functions *lambda.Service }

// Invoke runs a function as c.Principal.
func (f callable) Invoke(ctx context.Context, c *aws.Call, function aws.ARN, payload []byte) ([]byte, bool, error) {
	r, err := f.functions.InvokeAs(ctx, c, function, payload)
	return r.Payload, r.FunctionError != "", err
}
