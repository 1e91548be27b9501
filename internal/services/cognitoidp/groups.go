package cognitoidp

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	maxGroups     = 10_000
	maxMembership = 100
)

// group is a group of a pool as stored.
type group struct {
	Name, Description, Role string
	Precedence              *int32
	Created, Modified       time.Time
}

func (g *group) describe(pool string) *GroupType {
	return &GroupType{
		CreationDate: g.Created, Description: g.Description, GroupName: g.Name, LastModifiedDate: g.Modified,
		Precedence: g.Precedence, RoleArn: g.Role, UserPoolId: pool,
	}
}

func (s *Service) group(tx *store.Tx, p *pool, name string) (group, error) {
	g, ok := s.groups.Get(tx, p.scope, p.ID, name)
	if !ok {
		return group{}, errGroupNotFound()
	}
	return g, nil
}

func (s *Service) createGroup(_ context.Context, c *aws.Call, in *CreateGroupInput) (*CreateGroupOutput, error) {
	g := group{Name: in.GroupName, Role: in.RoleArn, Precedence: in.Precedence, Created: c.Time, Modified: c.Time}
	if in.Description != nil {
		g.Description = *in.Description
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		n := 0
		for key := range s.groups.All(tx, p.scope, p.ID) {
			if n++; key[1] == g.Name {
				return fault("GroupExistsException", "A group with the name already exists.")
			}
		}
		if n >= maxGroups {
			return fault("LimitExceededException", "A user pool has at most %d groups.", maxGroups)
		}
		s.groups.Put(tx, p.scope, g, p.ID, g.Name)
		return nil
	})
	return &CreateGroupOutput{Group: g.describe(in.UserPoolId)}, err
}

func (s *Service) getGroup(_ context.Context, c *aws.Call, in *GetGroupInput) (*GetGroupOutput, error) {
	out := &GetGroupOutput{}
	return out, s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		g, err := s.group(tx, &p, in.GroupName)
		out.Group = g.describe(p.ID)
		return err
	})
}

// updateGroup changes what is given.
func (s *Service) updateGroup(_ context.Context, c *aws.Call, in *UpdateGroupInput) (*UpdateGroupOutput, error) {
	out := &UpdateGroupOutput{}
	return out, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		g, err := s.group(tx, &p, in.GroupName)
		if err != nil {
			return err
		}
		if in.Description != nil {
			g.Description = *in.Description
		}
		if in.Precedence != nil {
			g.Precedence = in.Precedence
		}
		g.Role, g.Modified = cmp.Or(in.RoleArn, g.Role), c.Time
		s.groups.Put(tx, p.scope, g, p.ID, g.Name)
		out.Group = g.describe(p.ID)
		return nil
	})
}

func (s *Service) deleteGroup(_ context.Context, c *aws.Call, in *DeleteGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		if _, err := s.group(tx, &p, in.GroupName); err != nil {
			return err
		}
		for key := range s.members.All(tx, p.scope, p.ID, in.GroupName) {
			s.groupsOf.Delete(tx, p.scope, p.ID, key[2], in.GroupName)
		}
		s.members.DeleteAll(tx, p.scope, p.ID, in.GroupName)
		s.groups.Delete(tx, p.scope, p.ID, in.GroupName)
		return nil
	})
}

func (s *Service) listGroups(_ context.Context, c *aws.Call, in *ListGroupsInput) (*ListGroupsOutput, error) {
	from, err := newPage(wanted(in.Limit), in.NextToken, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	out := &ListGroupsOutput{Groups: []GroupType{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		for _, g := range s.groups.After(tx, p.scope, from.after, p.ID) {
			if len(out.Groups) == from.limit {
				out.NextToken = pageToken(out.Groups[len(out.Groups)-1].GroupName)
				break
			}
			out.Groups = append(out.Groups, *g.describe(p.ID))
		}
		return nil
	})
}

// belong finds the user and the group that an administrator brings together.
func (s *Service) belong(tx *store.Tx, c *aws.Call, in *UserRef, name string) (p pool, key string, err error) {
	if p, err = s.get(tx, c.Scope, in.UserPoolId); err != nil {
		return p, "", err
	}
	u, err := s.user(tx, &p, in.Username)
	if err != nil {
		return p, "", err
	}
	_, err = s.group(tx, &p, name)
	return p, p.fold(u.Username), err
}

func (s *Service) adminAddUserToGroup(_ context.Context, c *aws.Call, in *AdminAddUserToGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, key, err := s.belong(tx, c, &in.UserRef, in.GroupName)
		if err != nil {
			return err
		}
		n := 0
		for of := range s.groupsOf.All(tx, p.scope, p.ID, key) {
			if n++; of[2] == in.GroupName {
				return nil
			}
		}
		if n >= maxMembership {
			return fault("LimitExceededException", "A user can be in at most %d groups.", maxMembership)
		}
		s.members.Put(tx, p.scope, aws.Scope{}, p.ID, in.GroupName, key)
		s.groupsOf.Put(tx, p.scope, aws.Scope{}, p.ID, key, in.GroupName)
		return nil
	})
}

func (s *Service) adminRemoveUserFromGroup(_ context.Context, c *aws.Call, in *AdminRemoveUserFromGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, key, err := s.belong(tx, c, &in.UserRef, in.GroupName)
		if err != nil {
			return err
		}
		s.members.Delete(tx, p.scope, p.ID, in.GroupName, key)
		s.groupsOf.Delete(tx, p.scope, p.ID, key, in.GroupName)
		return nil
	})
}

func (s *Service) adminListGroupsForUser(_ context.Context, c *aws.Call, in *AdminListGroupsForUserInput) (*AdminListGroupsForUserOutput, error) {
	p, u, err := s.administered(c, &in.UserRef)
	if err != nil {
		return nil, err
	}
	from, err := newPage(wanted(in.Limit), in.NextToken, p.ID, p.fold(u.Username))
	if err != nil {
		return nil, err
	}
	out := &AdminListGroupsForUserOutput{Groups: []GroupType{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for key := range s.groupsOf.After(tx, p.scope, from.after, p.ID, p.fold(u.Username)) {
			if len(out.Groups) == from.limit {
				out.NextToken = pageToken(out.Groups[len(out.Groups)-1].GroupName)
				break
			}
			g, err := s.group(tx, &p, key[2])
			if err != nil {
				return err
			}
			out.Groups = append(out.Groups, *g.describe(p.ID))
		}
		return nil
	})
}

func (s *Service) listUsersInGroup(_ context.Context, c *aws.Call, in *ListUsersInGroupInput) (*ListUsersInGroupOutput, error) {
	from, err := newPage(wanted(in.Limit), in.NextToken, in.UserPoolId, in.GroupName)
	if err != nil {
		return nil, err
	}
	out := &ListUsersInGroupOutput{Users: []UserType{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		if _, err := s.group(tx, &p, in.GroupName); err != nil {
			return err
		}
		last := ""
		for key := range s.members.After(tx, p.scope, from.after, p.ID, in.GroupName) {
			if len(out.Users) == from.limit {
				out.NextToken = pageToken(last)
				break
			}
			u, err := s.user(tx, &p, key[2])
			if err != nil {
				return err
			}
			out.Users, last = append(out.Users, u.describe(everything)), key[2]
		}
		return nil
	})
}

// groupClaims are what a user's tokens say of its groups: those that come
// first by precedence first, and the role of the first.
func (s *Service) groupClaims(p *pool, u *user) (c groupClaims, err error) {
	var list []group
	err = s.DB.View(func(tx *store.Tx) error {
		for key := range s.groupsOf.All(tx, p.scope, p.ID, p.fold(u.Username)) {
			g, err := s.group(tx, p, key[2])
			if err != nil {
				return err
			}
			list = append(list, g)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b group) int { return cmp.Compare(a.rank(), b.rank()) })
	c = groupClaims{Groups: []string{}, Roles: []string{}}
	for _, g := range list {
		c.Groups = append(c.Groups, g.Name)
		if g.Role != "" && !slices.Contains(c.Roles, g.Role) {
			c.Roles = append(c.Roles, g.Role)
		}
	}
	c.Preferred = preferredRole(list)
	return c, err
}

// rank is a group's precedence; those without come last.
func (g *group) rank() int64 {
	if g.Precedence == nil {
		return 1 << 40
	}
	return int64(*g.Precedence)
}

// preferredRole is the role of the first group, unless another that comes as
// early has another role.
func preferredRole(list []group) string {
	if len(list) == 0 || list[0].Precedence == nil {
		return ""
	}
	for _, g := range list[1:] {
		if g.rank() == list[0].rank() && g.Role != list[0].Role {
			return ""
		}
	}
	return list[0].Role
}
