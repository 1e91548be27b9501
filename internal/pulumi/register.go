package pulumi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/rpc"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// register carries out what a program says of a resource it wants.
func (d *deployment) register(q *rpc.RegisterResource) (rpc.Registered, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return rpc.Registered{}, err
	}
	urn := d.project.urn(q.Parent, q.Type, q.Name)
	if d.seen[urn] {
		return rpc.Registered{}, d.fail(fmt.Errorf("%s %q is registered twice", q.Type, q.Name))
	}
	d.seen[urn] = true
	switch {
	case q.Type == stackType:
		return rpc.Registered{URN: urn}, nil
	case !q.Custom:
		return d.component(urn, q), nil
	case isProvider(q.Type):
		return d.provider(urn, q)
	}
	return d.custom(urn, q)
}

// component records a resource that only groups others.
func (d *deployment) component(urn string, q *rpc.RegisterResource) rpc.Registered {
	if r := d.state.find(names(urn, q)...); r != nil {
		d.state.drop(r)
	}
	d.state.add(&record{URN: urn, Type: q.Type, Parent: q.Parent, Component: true, Dependencies: q.Dependencies})
	return rpc.Registered{URN: urn, Properties: q.Properties}
}

// provider records an explicit provider: a region to act in.
func (d *deployment) provider(urn string, q *rpc.RegisterResource) (rpc.Registered, error) {
	if q.Type != "pulumi:providers:aws" {
		return rpc.Registered{}, d.fail(fmt.Errorf("provider %q: niebla up carries out resources of the package aws, not of %s", q.Name, strings.TrimPrefix(q.Type, "pulumi:providers:")))
	}
	if err := checkProvider("provider "+q.Name, slices.Sorted(maps.Keys(q.Properties))); err != nil {
		return rpc.Registered{}, d.fail(err)
	}
	id := hex.EncodeToString([]byte(urn))[:8] // what identifies it is the URN
	region, _ := q.Properties["region"].(string)
	d.regions[urn+"::"+id] = region
	if r := d.state.find(names(urn, q)...); r != nil {
		d.state.drop(r)
	}
	d.state.add(&record{URN: urn, Type: q.Type, ID: id, Parent: q.Parent, Region: region})
	return rpc.Registered{URN: urn, ID: id, Properties: q.Properties}, nil
}

// names are the URN of a resource and those it is also known by. The SDK puts
// the stack into the type of an alias, where a URN has no place for it.
func names(urn string, q *rpc.RegisterResource) []string {
	all := []string{urn}
	for _, alias := range q.AliasURNs {
		all = append(all, strings.Replace(alias, "::"+stackType+"$", "::", 1))
	}
	return all
}

// custom creates, changes, replaces or leaves alone a resource of the cloud.
func (d *deployment) custom(urn string, q *rpc.RegisterResource) (rpc.Registered, error) {
	w, problems := d.want(urn, q)
	if len(problems) > 0 {
		for _, p := range problems {
			d.fail(fmt.Errorf("%s %q: %s", q.Type, q.Name, p))
		}
		if d.preview { // go on, to find what else is wrong
			return rpc.Registered{URN: urn, Properties: q.Properties, Unknown: true}, nil
		}
		return rpc.Registered{}, d.failure
	}
	r, err := d.carryOut(w)
	if err != nil {
		return rpc.Registered{}, d.fail(err)
	}
	d.state.add(r)
	if err := d.saveIfActed(w); err != nil {
		return rpc.Registered{}, d.fail(err)
	}
	return rpc.Registered{URN: urn, ID: r.ID, Properties: value.Conceal(r.Outputs, set(r.Secrets))}, nil
}

// A wanted resource is what the program asks for, checked and compared.
type wanted struct {
	*rpc.RegisterResource
	urn     string
	kind    *provider.Kind
	plain   value.Map // what the program said
	in      value.Map // the same, complete
	secrets []string  // outputs
	old     *record   // nil if there is none
	diff    provider.Difference
	acted   bool
}

func (d *deployment) want(urn string, q *rpc.RegisterResource) (*wanted, []string) {
	kind, ok := provider.Lookup(q.Type)
	if !ok {
		return nil, []string{"niebla up does not know this type of resource"}
	}
	if q.Version != "" && !strings.HasPrefix(q.Version, "7.") {
		return nil, []string{"it is of version " + q.Version + " of the package aws: niebla up knows version 7"}
	}
	w := &wanted{RegisterResource: q, urn: urn, kind: kind}
	if err := d.hashAssets(q.Properties); err != nil {
		return nil, []string{err.Error()}
	}
	plain, secrets := value.RevealMap(q.Properties)
	w.plain = plain
	for _, name := range slices.Concat(kind.Secrets, q.SecretOutputs) {
		secrets[name] = true
	}
	w.secrets = slices.Sorted(maps.Keys(secrets))
	w.old = d.state.find(names(urn, q)...)
	if !kind.Global && plain["region"] == nil {
		plain["region"] = d.region(q.Provider)
	}
	problems := w.compare(d)
	return w, problems
}

// compare completes the inputs and finds what is different from what there is.
func (w *wanted) compare(d *deployment) (problems []string) {
	var was value.Map
	if w.old != nil {
		was = w.old.Inputs
	}
	w.in, problems = w.kind.Check(w.plain, was, d.name(w.Name))
	if w.old == nil || len(problems) > 0 {
		return problems
	}
	for _, path := range w.IgnoreChanges {
		if strings.ContainsAny(path, ".[") {
			return []string{"ignoreChanges " + path + ": only whole properties are supported"}
		}
		if v, ok := was[path]; ok {
			w.in[path] = v
		} else {
			delete(w.in, path)
		}
	}
	w.diff = w.kind.Diff(was, w.in)
	for _, path := range w.ReplaceOnChanges {
		property := strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == '[' })[0]
		if path == "*" || slices.Contains(w.diff.Changed, property) {
			w.diff.Replace = append(w.diff.Replace, property)
		}
	}
	if len(w.diff.Changed) == 0 {
		w.diff.Replace = nil
	}
	return nil
}

// region is where resources of an explicit provider, or of the default one, are.
func (d *deployment) region(explicit string) string {
	if r := d.regions[explicit]; r != "" {
		return r
	}
	return d.client.Region
}

// hashAssets gives every asset and archive the hash of its content.
func (d *deployment) hashAssets(m value.Map) error {
	for name, v := range m {
		switch a := v.(type) {
		case value.Asset:
			b, err := []byte(a.Text), error(nil)
			if a.Path != "" {
				b, err = d.client.ReadFile(a.Path)
			}
			if err != nil {
				return fmt.Errorf("property %s: %w", name, err)
			}
			a.Hash = contentHash(b)
			m[name] = a
		case value.Archive:
			b, err := d.client.ReadArchive(a)
			if err != nil {
				return fmt.Errorf("property %s: %w", name, err)
			}
			a.Hash = contentHash(b)
			m[name] = a
		}
	}
	return nil
}

func contentHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// saveIfActed saves the state after something was done. Mere bookkeeping, such
// as a new dependency, can wait for the end of the run.
func (d *deployment) saveIfActed(w *wanted) error {
	if !w.acted {
		return nil
	}
	return d.save()
}

func set(names []string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}
