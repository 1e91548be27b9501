package iam

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// kind is a sort of identity that policies can be attached to.
type kind string

const (
	user  kind = "user"
	group kind = "group"
	role  kind = "role"
)

// ref names an entity.
type ref struct {
	kind kind
	name string
}

func (n *userName) ref() ref     { return ref{user, n.UserName} }
func (n *callerOrUser) ref() ref { return ref{user, n.UserName} }
func (n *groupName) ref() ref    { return ref{group, n.GroupName} }
func (n *roleName) ref() ref     { return ref{role, n.RoleName} }

// entity is a user, group or role, as stored.
type entity struct {
	Kind     kind
	Name     string
	ID       string
	Path     string
	Created  time.Time
	Tags     []Tag             `json:",omitzero"`
	Boundary string            `json:",omitzero"` // ARN of a managed policy
	Inline   map[string]string `json:",omitzero"` // documents by name
	Attached []string          `json:",omitzero"` // ARNs of managed policies, in order

	Groups     []string `json:",omitzero"` // of a user: names
	AccessKeys []string `json:",omitzero"` // of a user: ids

	Trust       string `json:",omitzero"` // of a role: its trust policy
	Description string `json:",omitzero"`
	MaxSession  int32  `json:",omitzero"` // seconds
}

func (e *entity) ref() ref { return ref{e.Kind, e.Name} }

func (e *entity) arn(account aws.AccountID) aws.ARN {
	return aws.MakeARN("iam", aws.Scope{Account: account}, string(e.Kind)+e.Path+e.Name)
}

// prefixes of the unique ids, as AWS has them.
var prefixes = map[kind]string{user: "AIDA", group: "AGPA", role: "AROA"}

// versionKey holds random bytes that every change replaces.
var versionKey = store.AppendPart(nil, "iam/version")

// update is a transaction that outdates what was compiled.
func (s *Service) update(f func(tx *store.Tx) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		tx.Set(versionKey, s.IDs.Bytes(16))
		return f(tx)
	})
}

func (s *Service) put(tx *store.Tx, a aws.Scope, e *entity) {
	s.entities.Put(tx, a.Global(), *e, string(e.Kind), strings.ToLower(e.Name))
}

// lookup finds an entity by its exact name.
func (s *Service) lookup(tx *store.Tx, a aws.Scope, r ref) (*entity, bool) {
	e, ok := s.entities.Get(tx, a.Global(), string(r.kind), strings.ToLower(r.name))
	if !ok || e.Name != r.name {
		return nil, false
	}
	return &e, true
}

func (s *Service) find(tx *store.Tx, a aws.Scope, r ref) (*entity, error) {
	e, ok := s.lookup(tx, a, r)
	if !ok {
		return nil, errNoEntity(r)
	}
	return e, nil
}

// all collects the entities of a kind whose path begins with prefix.
func (s *Service) all(tx *store.Tx, a aws.Scope, k kind, prefix string) []*entity {
	var out []*entity
	for _, e := range s.entities.All(tx, a.Global(), string(k)) {
		if strings.HasPrefix(e.Path, prefix) {
			out = append(out, &e)
		}
	}
	return out
}

// create stores a new entity, if its name is free.
func (s *Service) create(tx *store.Tx, c *aws.Call, e *entity) error {
	if _, taken := s.entities.Get(tx, c.Global(), string(e.Kind), strings.ToLower(e.Name)); taken {
		return errExists(e.Kind, e.Name)
	}
	if e.Path == "" {
		e.Path = "/"
	}
	if err := checkTags(e.Tags); err != nil {
		return err
	}
	if e.Boundary != "" {
		if _, err := s.attachable(tx, c, e.Boundary); err != nil {
			return err
		}
	}
	e.ID, e.Created = prefixes[e.Kind]+s.IDs.Base32(17), c.Time.UTC().Truncate(time.Second)
	s.put(tx, c.Scope, e)
	return nil
}

// rename gives an entity another name or path.
func (s *Service) rename(tx *store.Tx, c *aws.Call, e *entity, name, path string) error {
	if name != "" && name != e.Name {
		if _, taken := s.entities.Get(tx, c.Global(), string(e.Kind), strings.ToLower(name)); taken && !strings.EqualFold(name, e.Name) {
			return errExists(e.Kind, name)
		}
		s.entities.Delete(tx, c.Global(), string(e.Kind), strings.ToLower(e.Name))
		e.Name = name
	}
	if path != "" {
		e.Path = path
	}
	s.put(tx, c.Scope, e)
	return nil
}

// remove deletes an entity that nothing is attached to.
func (s *Service) remove(tx *store.Tx, c *aws.Call, e *entity) error {
	switch {
	case len(e.Attached) > 0:
		return errDeleteFirst("detach all policies")
	case len(e.Inline) > 0:
		return errDeleteFirst("delete policies")
	}
	s.entities.Delete(tx, c.Global(), string(e.Kind), strings.ToLower(e.Name))
	return nil
}

// named is an input that names an entity.
type named[In any] interface {
	*In
	ref() ref
}

// change makes a handler that loads an entity, changes it and stores it.
func change[In any, P named[In]](s *Service, f func(tx *store.Tx, c *aws.Call, e *entity, in P) error) service.Handler[In, service.Empty] {
	return func(_ context.Context, c *aws.Call, in *In) (*service.Empty, error) {
		return &service.Empty{}, s.update(func(tx *store.Tx) error {
			e, err := s.find(tx, c.Scope, P(in).ref())
			if err != nil {
				return err
			}
			if err := f(tx, c, e, in); err != nil {
				return err
			}
			s.put(tx, c.Scope, e)
			return nil
		})
	}
}

// look makes a handler that loads an entity and says something of it.
func look[In, Out any, P named[In]](s *Service, f func(tx *store.Tx, c *aws.Call, e *entity, in P) (*Out, error)) service.Handler[In, Out] {
	return func(_ context.Context, c *aws.Call, in *In) (out *Out, err error) {
		err = s.DB.View(func(tx *store.Tx) error {
			e, err := s.find(tx, c.Scope, P(in).ref())
			if err != nil {
				return err
			}
			out, err = f(tx, c, e, in)
			return err
		})
		return out, err
	}
}

// paginate cuts one page out of items in the order of key, and says where the
// next begins. The marker is the key of the last item of the page before.
func paginate[T any](p page, items []T, key func(T) string) ([]T, paged, error) {
	after, err := base64.RawURLEncoding.DecodeString(p.Marker)
	if err != nil {
		return nil, paged{}, errBadMarker()
	}
	for len(items) > 0 && p.Marker != "" && key(items[0]) <= string(after) {
		items = items[1:]
	}
	limit := 100
	if p.MaxItems > 0 {
		limit = int(p.MaxItems)
	}
	if len(items) <= limit {
		return items, paged{}, nil
	}
	items = items[:limit]
	return items, paged{IsTruncated: true, Marker: base64.RawURLEncoding.EncodeToString([]byte(key(items[limit-1])))}, nil
}

// encoded is how policy documents are answered.
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

func described(boundary string) *AttachedPermissionsBoundary {
	if boundary == "" {
		return nil
	}
	return &AttachedPermissionsBoundary{PermissionsBoundaryArn: boundary, PermissionsBoundaryType: "Policy"}
}
