package iam

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	defaultSession = 3600 // seconds
	maxTrust       = 2048 // characters of a trust policy
)

func (e *entity) role(account aws.AccountID) Role {
	return Role{
		Arn: string(e.arn(account)), AssumeRolePolicyDocument: encoded(e.Trust), CreateDate: e.Created, Description: e.Description,
		MaxSessionDuration: e.MaxSession, Path: e.Path, PermissionsBoundary: described(e.Boundary), RoleId: e.ID, RoleName: e.Name, Tags: e.Tags,
	}
}

func (s *Service) createRole(_ context.Context, c *aws.Call, in *CreateRoleInput) (*CreateRoleOutput, error) {
	e := &entity{
		Kind: role, Name: in.RoleName, Path: in.Path, Boundary: in.PermissionsBoundary, Tags: in.Tags,
		Trust: in.AssumeRolePolicyDocument, Description: in.Description, MaxSession: in.MaxSessionDuration,
	}
	if e.MaxSession == 0 {
		e.MaxSession = defaultSession
	}
	err := s.update(func(tx *store.Tx) error {
		if err := s.checkTrust(tx, e.Trust); err != nil {
			return err
		}
		return s.create(tx, c, e)
	})
	if err != nil {
		return nil, err
	}
	return &CreateRoleOutput{e.role(c.Account)}, nil
}

// checkTrust refuses a trust policy that is malformed, too long, or names
// users or roles that do not exist.
func (s *Service) checkTrust(tx *store.Tx, document string) error {
	p, err := policy.Parse(document, policy.Trust)
	if err != nil {
		return malformed(err)
	}
	if size(document) > maxTrust {
		return errQuota("ACLSizePerRole", maxTrust)
	}
	for _, arn := range p.PrincipalARNs() {
		if !s.exists(tx, arn) {
			return errMalformed(`Invalid principal in policy: "AWS":"` + string(arn) + `"`)
		}
	}
	return nil
}

// exists reports whether a user or role exists. Sessions are not looked for:
// they come and go.
func (s *Service) exists(tx *store.Tx, arn aws.ARN) bool {
	p, _ := arn.Parse()
	r, path, ok := splitARN(p.Resource)
	if !ok || r.kind != user && r.kind != role {
		return true
	}
	e, found := s.lookup(tx, p.Scope, r)
	return found && e.Path == path
}

// getRole gives RoleLastUsed as AWS does for a role that was never used.
func (s *Service) getRole(ctx context.Context, c *aws.Call, in *GetRoleInput) (*GetRoleOutput, error) {
	return look(s, func(_ *store.Tx, c *aws.Call, e *entity, _ *GetRoleInput) (*GetRoleOutput, error) {
		r := e.role(c.Account)
		r.RoleLastUsed = &RoleLastUsed{}
		return &GetRoleOutput{r}, nil
	})(ctx, c, in)
}

func (s *Service) updateRole(ctx context.Context, c *aws.Call, in *UpdateRoleInput) (*UpdateRoleOutput, error) {
	_, err := change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in *UpdateRoleInput) error {
		if in.Description != nil {
			e.Description = *in.Description
		}
		if in.MaxSessionDuration != 0 {
			e.MaxSession = in.MaxSessionDuration
		}
		return nil
	})(ctx, c, in)
	return &UpdateRoleOutput{}, err
}

func (s *Service) updateRoleDescription(_ context.Context, c *aws.Call, in *UpdateRoleDescriptionInput) (*UpdateRoleDescriptionOutput, error) {
	out := new(UpdateRoleDescriptionOutput)
	return out, s.update(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		e.Description = *in.Description
		s.put(tx, c.Scope, e)
		out.Role = e.role(c.Account)
		return nil
	})
}

func (s *Service) updateAssumeRolePolicy(ctx context.Context, c *aws.Call, in *UpdateAssumeRolePolicyInput) (*service.Empty, error) {
	return change(s, func(tx *store.Tx, _ *aws.Call, e *entity, in *UpdateAssumeRolePolicyInput) error {
		e.Trust = in.PolicyDocument
		return s.checkTrust(tx, e.Trust)
	})(ctx, c, in)
}

func (s *Service) deleteRole(_ context.Context, c *aws.Call, in *DeleteRoleInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, in.ref())
		if err != nil {
			return err
		}
		return s.remove(tx, c, e)
	})
}

// listRoles leaves out tags and boundaries, as AWS does.
func (s *Service) listRoles(_ context.Context, c *aws.Call, in *ListRolesInput) (*ListRolesOutput, error) {
	out := &ListRolesOutput{Roles: []Role{}}
	return out, s.DB.View(func(tx *store.Tx) (err error) {
		var es []*entity
		es, out.paged, err = paginate(in.page, s.all(tx, c.Scope, role, in.PathPrefix), lowerName)
		for _, e := range es {
			r := e.role(c.Account)
			r.Tags, r.PermissionsBoundary = nil, nil
			out.Roles = append(out.Roles, r)
		}
		return err
	})
}
