package cognitoidentity

import (
	"context"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// The two roles of a pool, and the values of amr that go with them.
const (
	authenticated   = "authenticated"
	unauthenticated = "unauthenticated"
)

func (s *Service) setIdentityPoolRoles(_ context.Context, c *aws.Call, in *SetIdentityPoolRolesInput) (*service.Empty, error) {
	for _, arn := range in.roles() {
		if p, ok := arn.Parse(); !ok || p.Service != "iam" || !strings.HasPrefix(p.Resource, "role/") {
			return nil, errInvalidParameter("Invalid role ARN: %s", arn)
		}
	}
	for provider, m := range in.RoleMappings {
		switch {
		case m.AmbiguousRoleResolution == "":
			return nil, errInvalidParameter("AmbiguousRoleResolution is required for the role mapping of %s.", provider)
		case m.Type == byRules && m.RulesConfiguration == nil:
			return nil, errInvalidParameter("RulesConfiguration is required for the role mapping of %s.", provider)
		case m.Type == byToken && m.RulesConfiguration != nil:
			return nil, errInvalidParameter("RulesConfiguration is not allowed for the role mapping of %s.", provider)
		}
	}
	return &service.Empty{}, s.change(c, in.IdentityPoolId, func(p *pool) error {
		p.Roles, p.Mappings = in.Roles, in.RoleMappings
		return nil
	})
}

// roles are all the roles that the input hands to the pool.
func (in *SetIdentityPoolRolesInput) roles() []aws.ARN {
	var list []aws.ARN
	for _, arn := range in.Roles {
		list = append(list, aws.ARN(arn))
	}
	for _, m := range in.RoleMappings {
		if m.RulesConfiguration == nil {
			continue
		}
		for _, r := range m.RulesConfiguration.Rules {
			list = append(list, aws.ARN(r.RoleARN))
		}
	}
	return list
}

// onSetRoles authorises against the pool, and against handing it the roles.
func onSetRoles(_ context.Context, c *aws.Call, in *SetIdentityPoolRolesInput) ([]service.Access, error) {
	list := []service.Access{{Resource: poolARN(c.Scope, in.IdentityPoolId)}}
	for _, arn := range in.roles() {
		list = append(list, service.Access{
			Action: "iam:PassRole", Resource: arn,
			Keys: map[string][]string{"iam:PassedToService": {hostName}},
		})
	}
	return list, nil
}

func (s *Service) getIdentityPoolRoles(_ context.Context, c *aws.Call, in *GetIdentityPoolRolesInput) (*GetIdentityPoolRolesOutput, error) {
	p, err := s.read(c, in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	return &GetIdentityPoolRolesOutput{IdentityPoolId: p.ID, RoleMappings: p.Mappings, Roles: p.Roles}, nil
}
