package iam

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxGroups is how many groups a user may be in.
const maxGroups = 10

func (e *entity) group(account aws.AccountID) Group {
	return Group{Arn: string(e.arn(account)), CreateDate: e.Created, GroupId: e.ID, GroupName: e.Name, Path: e.Path}
}

func (s *Service) createGroup(_ context.Context, c *aws.Call, in *CreateGroupInput) (*CreateGroupOutput, error) {
	e := &entity{Kind: group, Name: in.GroupName, Path: in.Path}
	err := s.update(func(tx *store.Tx) error { return s.create(tx, c, e) })
	if err != nil {
		return nil, err
	}
	return &CreateGroupOutput{e.group(c.Account)}, nil
}

// members are the users in a group.
func (s *Service) members(tx *store.Tx, a aws.Scope, name string) []*entity {
	return slices.DeleteFunc(s.all(tx, a, user, ""), func(e *entity) bool { return !slices.Contains(e.Groups, name) })
}

func (s *Service) getGroup(_ context.Context, c *aws.Call, in *GetGroupInput) (*GetGroupOutput, error) {
	out := &GetGroupOutput{Users: []User{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		out.Group = g.group(c.Account)
		var es []*entity
		es, out.paged, err = paginate(in.page, s.members(tx, c.Scope, g.Name), lowerName)
		for _, e := range es {
			u := e.user(c.Account)
			u.Tags, u.PermissionsBoundary = nil, nil
			out.Users = append(out.Users, u)
		}
		return err
	})
}

func (s *Service) updateGroup(_ context.Context, c *aws.Call, in *UpdateGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		members := s.members(tx, c.Scope, g.Name)
		if err := s.rename(tx, c, g, in.NewGroupName, in.NewPath); err != nil {
			return err
		}
		for _, e := range members {
			e.Groups[slices.Index(e.Groups, in.GroupName)] = g.Name
			s.put(tx, c.Scope, e)
		}
		return nil
	})
}

func (s *Service) deleteGroup(_ context.Context, c *aws.Call, in *DeleteGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		if len(s.members(tx, c.Scope, g.Name)) > 0 {
			return errDeleteFirst("remove users from group")
		}
		return s.remove(tx, c, g)
	})
}

func (s *Service) listGroups(_ context.Context, c *aws.Call, in *ListGroupsInput) (*ListGroupsOutput, error) {
	out := &ListGroupsOutput{Groups: []Group{}}
	return out, s.DB.View(func(tx *store.Tx) (err error) {
		var es []*entity
		es, out.paged, err = paginate(in.page, s.all(tx, c.Scope, group, in.PathPrefix), lowerName)
		for _, e := range es {
			out.Groups = append(out.Groups, e.group(c.Account))
		}
		return err
	})
}

func (s *Service) addUserToGroup(_ context.Context, c *aws.Call, in *AddUserToGroupInput) (*service.Empty, error) {
	return s.membership(c, in.ref(), in.UserName, func(e *entity) error {
		switch {
		case slices.Contains(e.Groups, in.GroupName):
		case len(e.Groups) >= maxGroups:
			return errQuota("GroupsPerUser", maxGroups)
		default:
			e.Groups = append(e.Groups, in.GroupName)
		}
		return nil
	})
}

func (s *Service) removeUserFromGroup(_ context.Context, c *aws.Call, in *RemoveUserFromGroupInput) (*service.Empty, error) {
	return s.membership(c, in.ref(), in.UserName, func(e *entity) error {
		i := slices.Index(e.Groups, in.GroupName)
		if i < 0 {
			return errNoEntity(ref{user, in.UserName})
		}
		e.Groups = slices.Delete(e.Groups, i, i+1)
		return nil
	})
}

// membership changes the groups of a user.
func (s *Service) membership(c *aws.Call, g ref, name string, f func(*entity) error) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, g); err != nil {
			return err
		}
		e, err := s.find(tx, c.Scope, ref{user, name})
		if err != nil {
			return err
		}
		if err := f(e); err != nil {
			return err
		}
		s.put(tx, c.Scope, e)
		return nil
	})
}
