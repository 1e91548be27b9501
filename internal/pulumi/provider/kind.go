package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// A Kind is a type of resource.
type Kind struct {
	Token     string            // "aws:s3/bucket:Bucket"
	Inputs    []Property        // what a program may set
	Computed  []string          // outputs beside the inputs, all of which read returns
	Secrets   []string          // outputs that are always secret
	Name      Naming            // how a resource that was given no name is named
	Global    bool              // the type has no property region
	Elsewhere map[string]string // properties the provider knows and moved: where to

	// Identity are the properties that tell a resource from others of its kind,
	// where the program chooses them: a replacement that has the same ones
	// cannot be created before the old one is deleted.
	Identity []string

	create func(context.Context, *Resource) (id string, err error)
	read   func(context.Context, *Resource) (value.Map, error)
	update func(context.Context, *Resource) error
	remove func(context.Context, *Resource) error
	// find looks for a resource by its inputs, whose creation may have been
	// interrupted. It is nil where there is no telling.
	find func(context.Context, *Resource) (id string, err error)
}

// Naming says how resources are named when the program does not.
type Naming struct {
	Property string // "" if the type has no names
	Prefix   string // property that gives what the name begins with
	Max      int    // length
	Lower    bool   // upper case is not allowed
	Lead     string // what names must begin with: "alias/"
	Shared   bool   // several may have the same name: it is no identity
}

// A Resource is a resource in hand.
type Resource struct {
	*Client
	ID  string
	In  value.Map // what it is to be
	Old value.Map // what it was to be, if it exists and changes; nil otherwise
	Out value.Map // its outputs, if it exists
}

// errGone is returned by read for a resource that does not exist.
var errGone = errors.New("the resource does not exist")

// Lookup finds the kind of a type token.
func Lookup(token string) (*Kind, bool) {
	for _, k := range kinds() {
		if k.Token == token {
			return k, true
		}
	}
	return nil, false
}

// kinds is every kind there is.
func kinds() []*Kind {
	return slices.Concat(
		bucketKinds(), objectKinds(), tableKinds(), identityPoolKinds(),
		roleKinds(), policyKinds(), userKinds(), keyKinds(),
		userPoolKinds(), graphQLKinds(), functionKinds(), httpAPIKinds(),
		topicKinds(), queueKinds(), ruleKinds(), monitoringKinds(), distributionKinds(), edgePolicyKinds(), bucketMetricKinds(),
	)
}

// Tokens are the type tokens of all kinds.
func Tokens() []string {
	var all []string
	for _, k := range kinds() {
		all = append(all, k.Token)
	}
	slices.Sort(all)
	return all
}

// Create creates a resource. An id with an error says that it was created but
// is not yet what it is to be.
func (k *Kind) Create(ctx context.Context, c *Client, in value.Map) (id string, out value.Map, err error) {
	r := &Resource{Client: k.client(c, in), In: in}
	if r.ID, err = k.create(ctx, r); err != nil {
		return r.ID, maps.Clone(in), err
	}
	out, err = k.outputs(ctx, r)
	return r.ID, out, err
}

// Read reads a resource that exists, of which in and old outputs may be known;
// ok is false if it does not.
func (k *Kind) Read(ctx context.Context, c *Client, id string, in, known value.Map) (out value.Map, ok bool, err error) {
	out, err = k.outputs(ctx, &Resource{Client: k.client(c, in), ID: id, In: in, Out: known})
	if errors.Is(err, errGone) {
		return nil, false, nil
	}
	return out, err == nil, err
}

// Update makes a resource what it is to be. old is nil if it may be anything.
func (k *Kind) Update(ctx context.Context, c *Client, id string, old, in, out value.Map) (value.Map, error) {
	r := &Resource{Client: k.client(c, in), ID: id, In: in, Old: old, Out: out}
	if k.update == nil {
		return out, fmt.Errorf("%s cannot be changed in place", k.Token)
	}
	if err := k.update(ctx, r); err != nil {
		return out, err
	}
	return k.outputs(ctx, r)
}

// Delete deletes a resource. One that does not exist is deleted already.
func (k *Kind) Delete(ctx context.Context, c *Client, id string, in, out value.Map) error {
	return k.remove(ctx, &Resource{Client: k.client(c, in), ID: id, In: in, Out: out})
}

// Find looks for a resource with these inputs, whose creation may have been
// interrupted before its id was known. known is false where there is no telling.
func (k *Kind) Find(ctx context.Context, c *Client, in value.Map) (id string, known bool, err error) {
	if k.find == nil {
		return "", false, nil
	}
	id, err = k.find(ctx, &Resource{Client: k.client(c, in), In: in})
	if errors.Is(err, errGone) {
		return "", true, nil
	}
	return id, err == nil, err
}

// client is c in the region the resource is in.
func (k *Kind) client(c *Client, in value.Map) *Client {
	if region, ok := in["region"].(string); ok && !k.Global {
		return c.In(region)
	}
	return c
}

// outputs are the inputs, which the provider echoes, and what is read.
func (k *Kind) outputs(ctx context.Context, r *Resource) (value.Map, error) {
	read, err := k.read(ctx, r)
	if err != nil {
		return nil, err
	}
	out := maps.Clone(r.In)
	maps.Copy(out, read)
	if !k.Global {
		out["region"] = r.Region
	}
	if k.taggable() {
		all := value.Map{}
		if tags, ok := out["tags"].(value.Map); ok {
			all = tags
		}
		out["tagsAll"] = all
	}
	return out, nil
}

func (k *Kind) taggable() bool {
	return slices.ContainsFunc(k.Inputs, func(p Property) bool { return p.Name == "tags" })
}

// Collides reports whether a resource with the new inputs cannot exist beside
// the one with the old ones.
func (k *Kind) Collides(old, in value.Map) bool {
	return len(k.Identity) > 0 && !slices.ContainsFunc(k.Identity, func(p string) bool { return !value.Equal(old[p], in[p]) })
}

// Changed reports whether any of the properties is to be set: the resource is
// new, or the property is not what it was.
func (r *Resource) Changed(names ...string) bool {
	return r.Old == nil || slices.ContainsFunc(names, func(n string) bool { return !value.Equal(r.Old[n], r.In[n]) })
}

// text is a property that is text, or "".
func (r *Resource) text(name string) string { return text(r.In, name) }

// flag is a property that is true or false.
func (r *Resource) flag(name string) bool {
	v, _ := r.In[name].(bool)
	return v
}

// byPutting creates by an operation that replaces what may be there.
func byPutting(id func(*Resource) string, put func(context.Context, *Resource) error) func(context.Context, *Resource) (string, error) {
	return func(ctx context.Context, r *Resource) (string, error) {
		if err := put(ctx, r); err != nil {
			return "", err
		}
		return id(r), nil
	}
}

// putAgain finds nothing: of what is created by putting, putting it again does
// no harm.
func putAgain(context.Context, *Resource) (string, error) { return "", errGone }

// byInputs finds a resource whose id follows from its inputs.
func byInputs(id func(*Resource) string, read func(context.Context, *Resource) (value.Map, error)) func(context.Context, *Resource) (string, error) {
	return func(ctx context.Context, r *Resource) (string, error) {
		found := *r
		found.ID = id(r)
		_, err := read(ctx, &found)
		return found.ID, err
	}
}

func text(m value.Map, name string) string {
	s, _ := m[name].(string)
	return s
}
