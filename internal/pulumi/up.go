package pulumi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/rpc"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// Options say which program is applied to which cloud.
type Options struct {
	Dir         string            // of Pulumi.yaml
	Stack       string            // "" is the only one that has a file
	Program     string            // that is built already; "" to build it
	Config      map[string]string // overrides the files'
	Endpoint    string            // "http://127.0.0.1:4566"
	Region      string            // where the stack's config does not say
	Credentials sigv4.Credentials
	Out         io.Writer // what people read; nil for nothing
	CacheDir    string    // keeps built programs; "" for no cache
	Preview     bool      // only find out what would be done

	HTTP *http.Client     // nil for one of its own
	Now  func() time.Time // required: the clock requests are signed by
	Rand io.Reader        // required: makes names unique
}

// A Result is what a stack is after a run.
type Result struct {
	Project       string         `json:"project"`
	Stack         string         `json:"stack"`
	Outputs       map[string]any `json:"outputs"`
	SecretOutputs []string       `json:"secretOutputs,omitempty"` // those not to be shown
	Steps         []Step         `json:"steps,omitempty"`
	Preview       bool           `json:"preview,omitempty"` // nothing was done
}

// Changed reports whether anything was created, changed or deleted.
func (r *Result) Changed() bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Verb != Same && s.Verb != Read })
}

// Up makes the cloud have what the program describes.
func Up(ctx context.Context, o Options) (*Result, error) {
	r, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := r.project.checkConfig(); err != nil {
		return nil, err
	}
	r.head()
	program, cleanup, err := r.project.build(ctx, o.CacheDir, r.out)
	if err != nil {
		return nil, err
	}
	defer cleanup()
	plan, err := r.try(ctx, program)
	if err != nil {
		return nil, err
	}
	settled := !plan.result().Changed() && r.state.Pending == nil && !value.HasUnknown(plan.outputs)
	if o.Preview || settled {
		r.replay(plan)
		if !o.Preview {
			err = r.bookkeep(ctx, plan)
		}
		if err != nil {
			return nil, err
		}
		return r.end(plan, o.Preview), nil
	}
	done, err := r.apply(ctx, program)
	if err != nil {
		r.summary(done)
		return nil, err
	}
	return r.end(done, false), nil
}

// Destroy deletes everything of the stack.
func Destroy(ctx context.Context, o Options) (*Result, error) {
	r, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	r.head()
	d := r.deployment(ctx, r.state, o.Preview)
	d.report = r.line
	if err := d.recover(); err != nil {
		return nil, err
	}
	if err := d.finish(); err != nil {
		r.summary(d)
		return nil, err
	}
	if !o.Preview {
		if err := r.vault.remove(ctx); err != nil {
			return nil, err
		}
	}
	return r.end(d, o.Preview), nil
}

// Outputs returns the stack's outputs as the last Up left them.
func Outputs(ctx context.Context, o Options) (*Result, error) {
	r, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(r.state.Resources) == 0 {
		return nil, fmt.Errorf("there is no stack %s of %s in %s", r.project.stack, r.project.name, o.Endpoint)
	}
	return &Result{Project: r.project.name, Stack: r.project.stack, Outputs: r.state.Outputs, SecretOutputs: r.state.SecretOutputs}, nil
}

// A run is one call of Up or Destroy.
type run struct {
	project *project
	client  *provider.Client
	vault   *vault
	state   *state // as it was
	rand    io.Reader
	out     io.Writer
}

func prepare(ctx context.Context, o Options) (*run, error) {
	if o.Now == nil || o.Rand == nil {
		return nil, errors.New("pulumi: Options.Now and Options.Rand are required")
	}
	p, err := loadProject(o.Dir, o.Stack, o.Config)
	if err != nil {
		return nil, err
	}
	if o.Program != "" {
		if p.binary, err = filepath.Abs(o.Program); err != nil {
			return nil, err
		}
	}
	r := &run{project: p, rand: o.Rand, out: io.Discard}
	if o.Out != nil {
		r.out = &lockedWriter{w: o.Out}
	}
	r.client = &provider.Client{
		Endpoint: o.Endpoint, Region: o.Region, Credentials: o.Credentials, HTTP: o.HTTP, Now: o.Now,
		ReadFile:    func(path string) ([]byte, error) { return os.ReadFile(p.path(path)) },
		ReadArchive: func(a value.Archive) ([]byte, error) { return readArchive(p.path(a.Path)) },
	}
	if r.client.HTTP == nil {
		r.client.HTTP = &http.Client{Timeout: time.Minute}
	}
	if region := p.config["aws:region"]; region != "" {
		r.client.Region = region
	}
	who, err := r.client.Identity(ctx)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("nothing answers at %s: start it, or say where it is", o.Endpoint)
	}
	if err != nil {
		return nil, fmt.Errorf("asking %s who we are: %w", o.Endpoint, err)
	}
	r.client.Account = who.Account
	r.vault = newVault(r.client, p.name, p.stack)
	r.state, err = r.vault.load(ctx, p.name, p.stack)
	return r, err
}

func (r *run) deployment(ctx context.Context, s *state, preview bool) *deployment {
	d := newDeployment(r.project, r.client, r.vault, s)
	d.ctx, d.preview, d.rand = ctx, preview, r.rand
	d.log = func(message string) { fmt.Fprintln(r.out, message) }
	return d
}

// try runs the program as a preview.
func (r *run) try(ctx context.Context, program string) (*deployment, error) {
	copied, err := r.state.clone()
	if err != nil {
		return nil, err
	}
	d := r.deployment(ctx, copied, true)
	d.log = func(string) {} // it will say it again
	var said strings.Builder
	err = r.execute(ctx, d, program, &said)
	if err != nil {
		io.WriteString(r.out, said.String())
		return nil, err
	}
	if len(d.problems) > 0 {
		return nil, errors.Join(d.problems...)
	}
	return d, d.finish()
}

// apply runs the program for real.
func (r *run) apply(ctx context.Context, program string) (*deployment, error) {
	d := r.deployment(ctx, r.state, false)
	d.report = r.line
	if err := d.recover(); err != nil {
		return d, err
	}
	if err := r.execute(ctx, d, program, r.out); err != nil {
		return d, err
	}
	return d, d.finish()
}

// execute runs the program against the deployment until both have ended.
func (r *run) execute(ctx context.Context, d *deployment, program string, out io.Writer) error {
	server, err := rpc.Serve(d.methods())
	if err != nil {
		return err
	}
	defer server.Close()
	err = r.project.run(ctx, program, server.Addr(), d.preview, out)
	d.close()
	switch {
	case err == nil && !d.preview:
		return d.failure // a program can ignore an error
	case errors.Is(err, errProgram) && len(d.problems) > 0:
		return errors.Join(d.problems...)
	case errors.Is(err, errProgram) && len(d.logged) > 0:
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(strings.Join(d.logged, "\n")))
	}
	return err
}

// bookkeep writes what a preview found to be new in the state, though nothing
// is to be done.
func (r *run) bookkeep(ctx context.Context, plan *deployment) error {
	d := r.deployment(ctx, plan.state, false)
	d.seen, d.outputs, d.secrets = plan.seen, plan.outputs, plan.secrets
	return d.finish()
}

// Result is what came of the deployment.
func (d *deployment) result() *Result {
	return &Result{
		Project: d.project.name, Stack: d.project.stack, Preview: d.preview,
		Outputs: d.outputs, SecretOutputs: d.secrets, Steps: d.steps,
	}
}
