package cognitoidentity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// How a mapping finds a role.
const (
	byToken = "Token"
	byRules = "Rules"
)

// The claims with which a user pool says which roles a user may have.
const (
	preferredRole = "cognito:preferred_role"
	userRoles     = "cognito:roles"
)

// role is the pool's role for who has signed in. custom is the one of several
// that the client asks for.
func (v *visit) role(custom string) (string, error) {
	for _, l := range v.logins {
		m, ok := v.pool.Mappings[l.Provider+":"+l.Client]
		if !ok {
			continue
		}
		role, err := m.choose(l.Claims, custom)
		switch {
		case err != nil:
			return "", err
		case role != "":
			return role, nil
		case m.AmbiguousRoleResolution == "Deny":
			return "", errForbidden(v.identity.ID)
		}
		return v.pool.standardRole(authenticated)
	}
	switch {
	case custom != "":
		return "", errCustomRole()
	case len(v.logins) == 0:
		return v.pool.standardRole(unauthenticated)
	}
	return v.pool.standardRole(authenticated)
}

func (p *pool) standardRole(kind string) (string, error) {
	role, ok := p.Roles[kind]
	if !ok {
		return "", errPoolConfiguration()
	}
	return role, nil
}

// choose returns the role that a token's claims lead to, or "" if they lead to none.
func (m *RoleMapping) choose(claims map[string]any, custom string) (string, error) {
	if m.Type == byRules {
		if custom != "" {
			return "", errCustomRole()
		}
		for _, r := range m.RulesConfiguration.Rules {
			if r.matches(values(claims[r.Claim])) {
				return r.RoleARN, nil
			}
		}
		return "", nil
	}
	roles := values(claims[userRoles])
	preferred, _ := claims[preferredRole].(string)
	switch {
	case custom != "" && slices.Contains(roles, custom):
		return custom, nil
	case custom != "":
		return "", errCustomRole()
	case preferred != "":
		return preferred, nil
	case len(roles) == 1:
		return roles[0], nil
	}
	return "", nil
}

// values are what a claim says, as texts; none if it is not there.
func values(claim any) []string {
	switch v := claim.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, values(e)...)
		}
		return all
	}
	return []string{fmt.Sprint(claim)}
}

// matches reports whether a rule applies to a claim. It never does to one that
// is not there.
func (r *MappingRule) matches(claim []string) bool {
	if r.MatchType == "NotEqual" {
		return len(claim) > 0 && !slices.Contains(claim, r.Value)
	}
	return slices.ContainsFunc(claim, func(s string) bool {
		switch r.MatchType {
		case "Equals":
			return s == r.Value
		case "Contains":
			return strings.Contains(s, r.Value)
		}
		return strings.HasPrefix(s, r.Value)
	})
}
