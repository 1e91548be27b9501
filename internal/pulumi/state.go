package pulumi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// stateVersion is the version of the state's format.
const stateVersion = 1

// A state is what a stack consists of.
type state struct {
	Version   int
	Project   string
	Stack     string
	Resources []*record // each after those it depends on
	Pending   *pending  `json:",omitempty"`

	Outputs       value.Map `json:",omitempty"`
	SecretOutputs []string  `json:",omitempty"`
}

// A record is a resource of the stack.
type record struct {
	URN, Type, ID string
	Parent        string    `json:",omitempty"`
	Component     bool      `json:",omitempty"` // it only has children
	Inputs        value.Map `json:",omitempty"` // checked
	Outputs       value.Map `json:",omitempty"`
	Secrets       []string  `json:",omitempty"` // outputs not to be shown
	Region        string    `json:",omitempty"` // of a provider
	Provider      string    `json:",omitempty"` // URN of an explicit one

	Dependencies         []string            `json:",omitempty"`
	PropertyDependencies map[string][]string `json:",omitempty"`

	Protect     bool   `json:",omitempty"`
	Retain      bool   `json:",omitempty"` // left alone when it goes
	DeletedWith string `json:",omitempty"`
	Incomplete  bool   `json:",omitempty"` // created, and perhaps not as its inputs say
	Doomed      bool   `json:",omitempty"` // replaced, to be deleted
}

// pending is a creation that was begun and not known to have ended.
type pending struct {
	URN, Type string
	Inputs    value.Map
}

// encode writes the state so that equal states are equal bytes.
func (s *state) encode() ([]byte, error) {
	c := *s
	c.Version = stateVersion
	c.Outputs = plain(c.Outputs)
	c.Resources = make([]*record, len(s.Resources))
	for i, r := range ordered(s.Resources) {
		copied := *r
		copied.Inputs, copied.Outputs = plain(r.Inputs), plain(r.Outputs)
		c.Resources[i] = &copied
	}
	if s.Pending != nil {
		c.Pending = &pending{s.Pending.URN, s.Pending.Type, plain(s.Pending.Inputs)}
	}
	return json.Marshal(&c)
}

func decodeState(b []byte) (*state, error) {
	s := &state{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, err
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("the stack's state has format %d, not %d: it was written by another version of niebla", s.Version, stateVersion)
	}
	maps := []*value.Map{&s.Outputs}
	for _, r := range s.Resources {
		if r == nil {
			return nil, errors.New("it holds an empty resource")
		}
		maps = append(maps, &r.Inputs, &r.Outputs)
	}
	if s.Pending != nil {
		maps = append(maps, &s.Pending.Inputs)
	}
	for _, m := range maps {
		v, err := value.FromPlain(*m)
		if err != nil {
			return nil, err
		}
		*m, _ = v.(value.Map)
	}
	return s, nil
}

func plain(m value.Map) value.Map {
	if m == nil {
		return nil
	}
	p, _ := value.Plain(m).(value.Map)
	return p
}

// clone is a copy that can be changed without changing the original.
func (s *state) clone() (*state, error) {
	b, err := s.encode()
	if err != nil {
		return nil, err
	}
	return decodeState(b)
}

// find is the record of a URN that is not doomed, or nil.
func (s *state) find(urns ...string) *record {
	for _, urn := range urns {
		for _, r := range s.Resources {
			if r.URN == urn && !r.Doomed {
				return r
			}
		}
	}
	return nil
}

// add puts a record in.
func (s *state) add(r *record) { s.Resources = append(s.Resources, r) }

// ordered puts records after those they depend on, and in the same order
// whenever they are the same records.
func ordered(records []*record) []*record {
	sorted := slices.SortedFunc(slices.Values(records), func(a, b *record) int {
		return cmp.Or(strings.Compare(a.URN, b.URN), strings.Compare(a.ID, b.ID))
	})
	byURN := map[string][]*record{}
	for _, r := range sorted {
		byURN[r.URN] = append(byURN[r.URN], r)
	}
	var out []*record
	done := map[*record]bool{}
	var visit func(r *record)
	visit = func(r *record) {
		if done[r] {
			return
		}
		done[r] = true
		for _, urn := range slices.Concat([]string{r.Parent, r.Provider}, r.Dependencies) {
			for _, on := range byURN[urn] {
				visit(on)
			}
		}
		out = append(out, r)
	}
	for _, r := range sorted {
		visit(r)
	}
	return out
}

// drop takes a record out.
func (s *state) drop(r *record) {
	s.Resources = slices.DeleteFunc(s.Resources, func(o *record) bool { return o == r })
}

// A vault keeps the state of one stack in the cloud.
type vault struct {
	objects  *provider.Objects
	bucket   string
	key      string
	version  string // ETag of what was last read or written; "" if there is nothing
	contents []byte // the same
}

// errMeanwhile is returned by save when somebody else has written the state.
var errMeanwhile = errors.New("another run is changing this stack: wait for it to end, then run again")

func newVault(c *provider.Client, project, stack string) *vault {
	return &vault{
		objects: &provider.Objects{Client: c},
		bucket:  "niebla-up-" + c.Account + "-" + c.Region,
		key:     project + "/" + stack + ".json",
	}
}

// load reads the state; it is empty if there is none.
func (v *vault) load(ctx context.Context, project, stack string) (*state, error) {
	b, version, ok, err := v.objects.Get(ctx, v.bucket, v.key)
	if err != nil {
		return nil, fmt.Errorf("reading the stack's state: %w", err)
	}
	if !ok {
		return &state{Project: project, Stack: stack}, nil
	}
	s, err := decodeState(b)
	if err != nil {
		return nil, fmt.Errorf("the state s3://%s/%s cannot be read: %w", v.bucket, v.key, err)
	}
	v.version, v.contents = version, b
	return s, nil
}

// save writes the state, if it is not what was written last.
func (v *vault) save(ctx context.Context, s *state) error {
	b, err := s.encode()
	if err != nil || bytes.Equal(b, v.contents) {
		return err
	}
	version, err := v.objects.Put(ctx, v.bucket, v.key, b, v.version)
	switch {
	case errors.Is(err, provider.ErrChanged):
		return errMeanwhile
	case err != nil:
		return fmt.Errorf("writing the stack's state: %w", err)
	}
	v.version, v.contents = version, b
	return nil
}

// remove deletes the state of a stack that is no more.
func (v *vault) remove(ctx context.Context) error {
	if v.version == "" {
		return nil
	}
	return v.objects.Delete(ctx, v.bucket, v.key)
}
