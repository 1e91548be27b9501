package kms

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// symmetric is the one key spec, and the one algorithm, that we have.
const symmetric = "SYMMETRIC_DEFAULT"

// State is where a key is in its life.
type State string

// The states of a key.
const (
	Enabled         State = "Enabled"
	Disabled        State = "Disabled"
	PendingDeletion State = "PendingDeletion"
)

// key is a key as stored.
type key struct {
	ID          string
	Description string
	Created     time.Time
	State       State
	Managed     bool      // an AWS managed key, made at the first use of its alias
	Deletion    time.Time // when it goes, if PendingDeletion
	Policy      string
	Tags        map[string]string
	Aliases     []string // "alias/name", sorted
	Rotation    rotation
	Materials   []material // oldest first; a blob names its version by index

	scope aws.Scope // where it was found
}

func (k *key) arn() aws.ARN { return keyARN(k.scope, k.ID) }

func (k *key) current() material { return k.Materials[len(k.Materials)-1] }

func (k *key) manager() string {
	if k.Managed {
		return "AWS"
	}
	return "CUSTOMER"
}

// usable says why the key may not be used, if so.
func (k *key) usable() error {
	switch k.State {
	case Disabled:
		return errDisabled(k.arn())
	case PendingDeletion:
		return errPendingDeletion(k.arn())
	}
	return nil
}

func (k *key) metadata() *KeyMetadata {
	return &KeyMetadata{
		AWSAccountId:          string(k.scope.Account),
		Arn:                   string(k.arn()),
		CreationDate:          k.Created,
		CurrentKeyMaterialId:  k.current().ID,
		CustomerMasterKeySpec: symmetric,
		DeletionDate:          k.Deletion,
		Description:           &k.Description,
		Enabled:               k.State == Enabled,
		EncryptionAlgorithms:  []string{symmetric},
		KeyId:                 k.ID,
		KeyManager:            k.manager(),
		KeySpec:               symmetric,
		KeyState:              string(k.State),
		KeyUsage:              "ENCRYPT_DECRYPT",
		Origin:                "AWS_KMS",
	}
}

func keyARN(s aws.Scope, id string) aws.ARN { return aws.MakeARN("kms", s, "key/"+id) }

var keyID = regexp.MustCompile(`^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// get returns the key with that id. A key whose deletion date has passed is
// gone, whether or not the sweep has been by.
func (s *Service) get(tx *store.Tx, at aws.Scope, now time.Time, id string) (key, error) {
	if !keyID.MatchString(id) {
		return key{}, errInvalidKeyID(id)
	}
	k, ok := s.keys.Get(tx, at, id)
	if !ok || k.expired(now) {
		return key{}, errKeyNotFound(keyARN(at, id))
	}
	k.scope = at
	return k, nil
}

func (s *Service) put(tx *store.Tx, k key) { s.keys.Put(tx, k.scope, k, k.ID) }

// find resolves what a request may call a key by: its id, its ARN, and where
// an operation takes them an alias or an alias ARN.
func (s *Service) find(tx *store.Tx, c *aws.Call, name string) (key, error) {
	at, resource, err := parseName(c.Scope, name)
	if err != nil {
		return key{}, err
	}
	if !strings.HasPrefix(resource, "alias/") {
		return s.get(tx, at, c.Time, strings.TrimPrefix(resource, "key/"))
	}
	a, ok := s.aliases.Get(tx, at, resource)
	if !ok {
		return key{}, errAliasNotFound(aliasARN(at, resource))
	}
	k, err := s.get(tx, at, c.Time, a.Target)
	if err != nil {
		return key{}, errAliasNotFound(aliasARN(at, resource)) // its key has gone, and the alias with it
	}
	return k, nil
}

// own is find for the operations that take a key's id or ARN, no alias, and
// only in the caller's own account.
func (s *Service) own(tx *store.Tx, c *aws.Call, name string) (key, error) {
	at, resource, err := parseName(c.Scope, name)
	if err != nil {
		return key{}, err
	}
	if strings.HasPrefix(resource, "alias/") {
		return key{}, errInvalidKeyID(name)
	}
	if at.Account != c.Account {
		return key{}, errKeyNotFound(aws.ARN(name))
	}
	return s.get(tx, at, c.Time, strings.TrimPrefix(resource, "key/"))
}

// parseName splits a key's name into the scope it lives in and its resource.
func parseName(here aws.Scope, name string) (aws.Scope, string, error) {
	if !strings.HasPrefix(name, "arn:") {
		return here, name, nil
	}
	p, ok := aws.ARN(name).Parse()
	if !ok || p.Service != "kms" || !(strings.HasPrefix(p.Resource, "key/") || strings.HasPrefix(p.Resource, "alias/")) {
		return aws.Scope{}, "", errInvalidARN(name)
	}
	if p.Region != here.Region {
		return aws.Scope{}, "", errInvalidARN(string(p.Region))
	}
	return p.Scope, p.Resource, nil
}

// resolve is find in a transaction of its own. The first use of a managed
// alias makes its key.
func (s *Service) resolve(c *aws.Call, name string) (k key, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		k, err = s.find(tx, c, name)
		return err
	})
	if alias, ok := s.unborn(c, name, err); ok {
		err = s.DB.Update(func(tx *store.Tx) error {
			k, err = s.find(tx, c, name) // another request may have been first
			if err != nil {
				k = s.makeManaged(tx, c, alias)
			}
			return nil
		})
	}
	return k, err
}

// change applies f to one of the caller's own keys, and stores it.
func (s *Service) change(c *aws.Call, name string, f func(*store.Tx, *key) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		k, err := s.own(tx, c, name)
		if err != nil {
			return err
		}
		if err := f(tx, &k); err != nil {
			return err
		}
		s.put(tx, k)
		return nil
	})
}

// read gives f one of the caller's own keys.
func (s *Service) read(c *aws.Call, name string, f func(*store.Tx, key) error) error {
	return s.DB.View(func(tx *store.Tx) error {
		k, err := s.own(tx, c, name)
		if err != nil {
			return err
		}
		return f(tx, k)
	})
}

func (s *Service) createKey(_ context.Context, c *aws.Call, in *CreateKeyInput) (*CreateKeyOutput, error) {
	if err := in.supported(); err != nil {
		return nil, err
	}
	tags, err := addTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	k := s.newKey(c)
	k.Description, k.Tags = in.Description, tags
	if in.Policy != "" {
		if err := checkPolicy(c, k.arn(), in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
			return nil, err
		}
		k.Policy = in.Policy
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		s.put(tx, k)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateKeyOutput{KeyMetadata: k.metadata()}, nil
}

// newKey is an enabled key with the default policy.
func (s *Service) newKey(c *aws.Call) key {
	return key{
		ID: s.IDs.UUID(), Created: c.Time, State: Enabled, Policy: defaultPolicy(c.Account),
		Materials: []material{s.newMaterial(c.Time, false)}, scope: c.Scope,
	}
}

// supported refuses the kinds of key that we do not have.
func (in *CreateKeyInput) supported() error {
	for _, spec := range []string{in.KeySpec, in.CustomerMasterKeySpec} {
		if spec != "" && spec != symmetric {
			return errUnsupported("The key spec %s is not supported here.", spec)
		}
	}
	if in.KeyUsage != "" && in.KeyUsage != "ENCRYPT_DECRYPT" {
		return errValidation("The key usage %s is not compatible with key spec %s", in.KeyUsage, symmetric)
	}
	if in.Origin != "" && in.Origin != "AWS_KMS" {
		return errUnsupported("The origin %s is not supported here.", in.Origin)
	}
	if in.MultiRegion {
		return errUnsupported("Multi-Region keys are not supported here.")
	}
	return nil
}

func (s *Service) describeKey(_ context.Context, c *aws.Call, in *DescribeKeyInput) (*DescribeKeyOutput, error) {
	k, err := s.resolve(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	if k, err = s.rotated(c, k); err != nil {
		return nil, err
	}
	return &DescribeKeyOutput{KeyMetadata: k.metadata()}, nil
}

func (s *Service) listKeys(_ context.Context, c *aws.Call, in *ListKeysInput) (*ListKeysOutput, error) {
	out := &ListKeysOutput{Keys: []KeyListEntry{}}
	p, err := newPage(in.Limit, 100, in.Marker)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(func(tx *store.Tx) error {
		for id, k := range s.keys.After(tx, c.Scope, p.after) {
			if k.expired(c.Time) {
				continue
			}
			if p.full(len(out.Keys)) {
				out.Truncated, out.NextMarker = true, marker(out.Keys[len(out.Keys)-1].KeyId)
				break
			}
			out.Keys = append(out.Keys, KeyListEntry{KeyArn: string(keyARN(c.Scope, id[0])), KeyId: id[0]})
		}
		return nil
	})
	return out, err
}

func (s *Service) enableKey(_ context.Context, c *aws.Call, in *EnableKeyInput) (*service.Empty, error) {
	return s.setState(c, in.KeyId, Enabled)
}

func (s *Service) disableKey(_ context.Context, c *aws.Call, in *DisableKeyInput) (*service.Empty, error) {
	return s.setState(c, in.KeyId, Disabled)
}

func (s *Service) setState(c *aws.Call, name string, to State) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, name, func(_ *store.Tx, k *key) error {
		if err := k.customers(); err != nil {
			return err
		}
		if k.State == PendingDeletion {
			return errPendingDeletion(k.arn())
		}
		k.State = to
		return nil
	})
}

// customers refuses changes to the keys that AWS manages.
func (k *key) customers() error {
	if k.Managed {
		return errManagedKey(k.arn())
	}
	return nil
}

func (s *Service) updateKeyDescription(_ context.Context, c *aws.Call, in *UpdateKeyDescriptionInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.KeyId, func(_ *store.Tx, k *key) error {
		if err := k.customers(); err != nil {
			return err
		}
		if k.State == PendingDeletion {
			return errPendingDeletion(k.arn())
		}
		k.Description = in.Description
		return nil
	})
}

// named adds or removes an alias of the key.
func (k *key) named(alias string, add bool) {
	i, found := slices.BinarySearch(k.Aliases, alias)
	switch {
	case add && !found:
		k.Aliases = slices.Insert(k.Aliases, i, alias)
	case !add && found:
		k.Aliases = slices.Delete(k.Aliases, i, i+1)
	}
}
