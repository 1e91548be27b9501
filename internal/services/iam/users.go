package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (e *entity) user(account aws.AccountID) User {
	return User{
		Arn: string(e.arn(account)), CreateDate: e.Created, Path: e.Path, PermissionsBoundary: described(e.Boundary),
		Tags: e.Tags, UserId: e.ID, UserName: e.Name,
	}
}

func (s *Service) createUser(_ context.Context, c *aws.Call, in *CreateUserInput) (*CreateUserOutput, error) {
	e := &entity{Kind: user, Name: in.UserName, Path: in.Path, Boundary: in.PermissionsBoundary, Tags: in.Tags}
	err := s.update(func(tx *store.Tx) error { return s.create(tx, c, e) })
	if err != nil {
		return nil, err
	}
	return &CreateUserOutput{e.user(c.Account)}, nil
}

// getUser without a name is about the caller, who may be the account's root.
func (s *Service) getUser(_ context.Context, c *aws.Call, in *GetUserInput) (*GetUserOutput, error) {
	r, err := caller(c, in.ref())
	if err != nil && c.Principal.Kind == aws.Root {
		return &GetUserOutput{User{Arn: string(c.Principal.ARN), CreateDate: c.Principal.Issued, UserId: c.Principal.ID}}, nil
	}
	if err != nil {
		return nil, err
	}
	out := new(GetUserOutput)
	return out, s.DB.View(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, r)
		if err == nil {
			out.User = e.user(c.Account)
		}
		return err
	})
}

// caller is the user that an input without a user name is about.
func caller(c *aws.Call, r ref) (ref, error) {
	if r.name != "" {
		return r, nil
	}
	if c.Principal.Kind != aws.User {
		return r, errNeedUserName()
	}
	return ref{user, c.Principal.Name}, nil
}

func (s *Service) updateUser(_ context.Context, c *aws.Call, in *UpdateUserInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		if err := s.rename(tx, c, e, in.NewUserName, in.NewPath); err != nil {
			return err
		}
		for _, id := range e.AccessKeys {
			if k, ok := s.keys.Get(tx, aws.Scope{}, id); ok {
				k.User = e.Name
				s.keys.Put(tx, aws.Scope{}, k, id)
			}
		}
		return nil
	})
}

func (s *Service) deleteUser(_ context.Context, c *aws.Call, in *DeleteUserInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, in.ref())
		switch {
		case err != nil:
			return err
		case len(e.Groups) > 0:
			return errDeleteFirst("remove users from group")
		case len(e.AccessKeys) > 0:
			return errDeleteFirst("delete access keys")
		}
		return s.remove(tx, c, e)
	})
}

// listUsers leaves out tags and boundaries, as AWS does.
func (s *Service) listUsers(_ context.Context, c *aws.Call, in *ListUsersInput) (*ListUsersOutput, error) {
	out := &ListUsersOutput{Users: []User{}}
	return out, s.DB.View(func(tx *store.Tx) (err error) {
		var es []*entity
		es, out.paged, err = paginate(in.page, s.all(tx, c.Scope, user, in.PathPrefix), lowerName)
		for _, e := range es {
			u := e.user(c.Account)
			u.Tags, u.PermissionsBoundary = nil, nil
			out.Users = append(out.Users, u)
		}
		return err
	})
}

// lowerName is the order of entities in the store.
func lowerName(e *entity) string { return strings.ToLower(e.Name) }

func (s *Service) listGroupsForUser(_ context.Context, c *aws.Call, in *ListGroupsForUserInput) (*ListGroupsOutput, error) {
	out := &ListGroupsOutput{Groups: []Group{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		names, p, err := paginate(in.page, slices.Sorted(slices.Values(e.Groups)), func(n string) string { return n })
		out.paged = p
		for _, n := range names {
			if g, ok := s.lookup(tx, c.Scope, ref{group, n}); ok {
				out.Groups = append(out.Groups, g.group(c.Account))
			}
		}
		return err
	})
}
