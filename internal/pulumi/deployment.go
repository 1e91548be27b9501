package pulumi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// A deployment is one run of a program against the stack: a preview, which only
// finds out what would be done, or the real thing.
type deployment struct {
	project *project
	client  *provider.Client
	vault   *vault
	rand    io.Reader
	preview bool
	report  func(Step)
	log     func(string)

	mu       sync.Mutex // one operation at a time: simple to follow, and quick enough
	ctx      context.Context
	closed   bool
	state    *state            // kept up to date; in a preview a copy that is thrown away
	regions  map[string]string // of explicit providers, by "URN::ID"
	seen     map[string]bool   // URNs
	steps    []Step
	problems []error // all of them, in a preview
	failure  error   // the first of them
	logged   []string
	outputs  value.Map
	secrets  []string
}

func newDeployment(p *project, c *provider.Client, v *vault, s *state) *deployment {
	return &deployment{
		project: p, client: c, vault: v, state: s,
		regions: map[string]string{}, seen: map[string]bool{},
		report: func(Step) {}, log: func(string) {},
	}
}

// A Verb says what is done to a resource.
type Verb string

// The verbs.
const (
	Create  Verb = "create"
	Update  Verb = "update"
	Replace Verb = "replace"
	Delete  Verb = "delete"
	Read    Verb = "read"
	Same    Verb = "same"
)

// A Step is what is done to one resource.
type Step struct {
	Verb    Verb     `json:"verb"`
	URN     string   `json:"urn"`
	Type    string   `json:"type"`
	Name    string   `json:"name"` // as the program calls it
	ID      string   `json:"id,omitempty"`
	Changed []string `json:"changed,omitempty"` // properties
}

func (d *deployment) step(v Verb, r *record, changed []string) {
	s := Step{v, r.URN, r.Type, nameOf(r.URN), r.ID, changed}
	d.steps = append(d.steps, s)
	d.report(s)
}

// fail remembers the first error, which is what the run failed of. In a preview
// all are collected, so that they are reported together.
func (d *deployment) fail(err error) error {
	if d.failure == nil {
		d.failure = err
	}
	d.problems = append(d.problems, err)
	return err
}

// operation gives an operation its time. It outlives an interruption of the
// run, so that what it did is known and kept.
func (d *deployment) operation(limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		limit = 10 * time.Minute
	}
	return context.WithTimeout(context.WithoutCancel(d.ctx), limit)
}

// save writes the state.
func (d *deployment) save() error {
	if d.preview {
		return nil
	}
	ctx, cancel := d.operation(0)
	defer cancel()
	return d.vault.save(ctx, d.state)
}

// open reports whether the deployment still takes requests.
func (d *deployment) open() error {
	if d.closed {
		return errors.New("the run has ended")
	}
	return d.ctx.Err()
}

// close waits for the operation in hand and takes no more requests.
func (d *deployment) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

// recover looks for the resource whose creation an earlier run did not see the
// end of, and takes it into the state if it is there.
func (d *deployment) recover() error {
	p := d.state.Pending
	if p == nil || d.preview {
		return nil
	}
	kind, ok := provider.Lookup(p.Type)
	if !ok {
		return fmt.Errorf("the state has a resource of the unknown type %s", p.Type)
	}
	ctx, cancel := d.operation(0)
	defer cancel()
	id, known, err := kind.Find(ctx, d.client, p.Inputs)
	if err != nil {
		return fmt.Errorf("looking for %s, whose creation was interrupted: %w", nameOf(p.URN), err)
	}
	if !known {
		d.log(fmt.Sprintf("an earlier run was interrupted while it created %s %q: if it came to be, nobody knows its id", short(p.Type), nameOf(p.URN)))
	}
	if id != "" {
		d.state.add(&record{URN: p.URN, Type: p.Type, ID: id, Inputs: p.Inputs, Outputs: p.Inputs, Incomplete: true})
	}
	d.state.Pending = nil
	return d.save()
}

// finish deletes what the program has not registered, and what was replaced.
func (d *deployment) finish() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var gone []*record
	for _, r := range ordered(d.state.Resources) {
		if r.Doomed || !d.seen[r.URN] {
			gone = append(gone, r)
		}
	}
	if err := d.deleteAll(gone); err != nil {
		return err
	}
	d.state.Outputs, d.state.SecretOutputs = d.outputs, d.secrets
	return d.save()
}

// deleteAll deletes resources, those that depend on others first.
func (d *deployment) deleteAll(gone []*record) error {
	urns := map[string]bool{}
	for _, r := range gone {
		if r.Protect && !r.Doomed {
			return d.fail(fmt.Errorf("%s %q is protected: it cannot be deleted", short(r.Type), nameOf(r.URN)))
		}
		urns[r.URN] = true
	}
	for _, r := range slices.Backward(gone) {
		if err := d.ctx.Err(); err != nil {
			return d.fail(err)
		}
		if err := d.delete(r, urns[r.DeletedWith]); err != nil {
			return d.fail(err)
		}
	}
	return nil
}

// delete deletes one resource; along says that what contains it goes too.
func (d *deployment) delete(r *record, along bool) error {
	if err := d.erase(r, along); err != nil {
		return err
	}
	if !r.Component && !isProvider(r.Type) {
		d.step(Delete, r, nil)
	}
	return nil
}

// erase deletes a resource and its record.
func (d *deployment) erase(r *record, along bool) error {
	if !d.preview && !r.Component && !r.Retain && !along && !isProvider(r.Type) {
		kind, ok := provider.Lookup(r.Type)
		if !ok {
			return fmt.Errorf("the state has a resource of the unknown type %s", r.Type)
		}
		ctx, cancel := d.operation(0)
		defer cancel()
		if err := kind.Delete(ctx, d.client, r.ID, r.Inputs, r.Outputs); err != nil {
			return fmt.Errorf("deleting %s %q: %w", short(r.Type), nameOf(r.URN), err)
		}
	}
	d.state.drop(r)
	return d.save()
}

func isProvider(token string) bool { return strings.HasPrefix(token, "pulumi:providers:") }

// short is a type as people read it: "aws:s3/bucket:Bucket" is "s3.Bucket".
func short(token string) string {
	module, name, _ := strings.Cut(strings.TrimPrefix(token, "aws:"), ":")
	module, _, _ = strings.Cut(module, "/")
	return module + "." + name
}
