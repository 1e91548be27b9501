package pulumi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// carryOut makes the cloud have the resource as it is wanted.
func (d *deployment) carryOut(w *wanted) (*record, error) {
	switch {
	case w.old == nil:
		return d.create(w, Create)
	case len(w.diff.Replace) > 0:
		return d.replace(w)
	case len(w.diff.Changed) > 0 || w.old.Incomplete:
		return d.update(w)
	}
	r := w.record(w.old.ID, w.old.Outputs)
	d.state.drop(w.old)
	d.step(Same, r, nil)
	return r, nil
}

// record is what the state keeps of the resource.
func (w *wanted) record(id string, out value.Map) *record {
	deps := maps.Clone(w.PropertyDependencies)
	maps.DeleteFunc(deps, func(_ string, urns []string) bool { return len(urns) == 0 })
	return &record{
		URN: w.urn, Type: w.Type, ID: id, Parent: w.Parent, Inputs: w.in, Outputs: out, Secrets: w.secrets,
		Provider:     providerURN(w.RegisterResource.Provider),
		Dependencies: w.Dependencies, PropertyDependencies: deps,
		Protect: w.Protect, Retain: w.RetainOnDelete, DeletedWith: w.DeletedWith,
	}
}

func (d *deployment) create(w *wanted, verb Verb) (*record, error) {
	if d.preview {
		r := w.record("", w.in)
		d.step(verb, r, w.diff.Changed)
		return r, nil
	}
	w.acted = true
	d.state.Pending = &pending{w.urn, w.Type, w.in}
	if err := d.save(); err != nil {
		return nil, err
	}
	ctx, cancel := d.operation(w.CreateTimeout)
	defer cancel()
	id, out, err := w.kind.Create(ctx, d.client, w.in)
	if err == nil {
		d.state.Pending = nil
		r := w.record(id, out)
		d.step(verb, r, w.diff.Changed)
		return r, nil
	}
	if id != "" || refused(err) {
		d.state.Pending = nil
	}
	err = fmt.Errorf("creating %s %q: %w", short(w.Type), w.Name, err)
	if id != "" { // it is there, though not as it should be
		r := w.record(id, out)
		r.Incomplete = true
		d.state.add(r)
	}
	return nil, errors.Join(err, d.save())
}

// refused reports whether the cloud has answered that it did not do it. After
// any other error nobody knows.
func refused(err error) bool {
	e, ok := errors.AsType[*provider.APIError](err)
	return ok && e.Status < http.StatusInternalServerError
}

func (d *deployment) update(w *wanted) (*record, error) {
	r := w.record(w.old.ID, w.old.Outputs)
	if d.preview {
		r.Outputs = maps.Clone(w.old.Outputs)
		maps.Copy(r.Outputs, w.in)
		d.state.drop(w.old)
		d.step(Update, r, w.diff.Changed)
		return r, nil
	}
	w.acted = true
	was := w.old.Inputs
	if w.old.Incomplete {
		was = nil
	}
	// Until it has succeeded nobody can tell which properties were changed.
	w.old.Incomplete = true
	if err := d.save(); err != nil {
		return nil, err
	}
	ctx, cancel := d.operation(w.UpdateTimeout)
	defer cancel()
	out, err := w.kind.Update(ctx, d.client, w.old.ID, was, w.in, w.old.Outputs)
	if err != nil {
		return nil, fmt.Errorf("updating %s %q: %w", short(w.Type), w.Name, err)
	}
	r.Outputs = out
	d.state.drop(w.old)
	d.step(Update, r, w.diff.Changed)
	return r, nil
}

// replace creates a new resource in place of one that cannot be changed into
// it. The old one goes at the end of the run, when nothing uses it any more; or
// first, with what cannot be without it, if both cannot exist together.
func (d *deployment) replace(w *wanted) (*record, error) {
	if w.Protect || w.old.Protect {
		return nil, fmt.Errorf("%s %q is protected: it cannot be replaced, as the change of %s takes", short(w.Type), w.Name, list(w.diff.Replace))
	}
	w.freshName(d)
	first := w.kind.Collides(w.old.Inputs, w.in)
	if w.DeleteBeforeReplace != nil {
		first = *w.DeleteBeforeReplace
	}
	if !first {
		w.old.Doomed = true
		return d.create(w, Replace)
	}
	if err := d.deleteAll(d.dependents(w.old)); err != nil {
		return nil, err
	}
	if err := d.erase(w.old, false); err != nil {
		return nil, err
	}
	return d.create(w, Replace)
}

// freshName gives the new resource a name of its own, if the program gives none.
func (w *wanted) freshName(d *deployment) {
	property := w.kind.Name.Property
	if property == "" || w.plain[property] != nil {
		return
	}
	delete(w.in, property)
	fresh, _ := w.kind.Check(w.plain, without(w.old.Inputs, property), d.name(w.Name))
	w.in[property] = fresh[property]
}

func without(m value.Map, name string) value.Map {
	m = maps.Clone(m)
	delete(m, name)
	return m
}

// dependents are the resources that would have to be replaced with the given
// one, and so cannot outlive it: what they take from it cannot be changed.
func (d *deployment) dependents(of *record) []*record {
	gone := []*record{of}
	for _, r := range ordered(d.state.Resources) { // each after those it depends on
		kind, ok := provider.Lookup(r.Type)
		if !ok || slices.Contains(gone, r) || d.seen[r.URN] {
			continue
		}
		for property, urns := range r.PropertyDependencies {
			if kind.Replaces(property) && slices.ContainsFunc(gone, func(g *record) bool { return slices.Contains(urns, g.URN) }) {
				gone = append(gone, r)
				break
			}
		}
	}
	return gone[1:]
}

func list(names []string) string {
	slices.Sort(names)
	return fmt.Sprint(slices.Compact(names))
}
