package appsync

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// rule is one way in: a mode of authentication, and of user pools the groups of
// which the user must be in one, if it names any.
type rule struct {
	mode   string
	groups []string
}

// modeDirectives are the directives that let a mode in.
var modeDirectives = map[string]string{
	"aws_api_key":            byKey,
	"aws_iam":                byIAM,
	"aws_oidc":               byOIDC,
	"aws_lambda":             byLambda,
	"aws_cognito_user_pools": byUserPool,
}

// rules are the ways to a field: those of the field, or else those of its
// type. Nil leaves it to the default mode.
func (a *api) rules(def *ast.Definition, f *ast.FieldDefinition) []rule {
	if r := a.directives(f.Directives); r != nil {
		return r
	}
	return a.directives(def.Directives)
}

func (a *api) directives(list ast.DirectiveList) []rule {
	var rules []rule
	for _, d := range list {
		if mode := modeDirectives[d.Name]; mode != "" {
			rules = append(rules, rule{mode, names(d, "cognito_groups")})
		}
		// AppSync heeds @aws_auth only where there is no other mode.
		if d.Name == "aws_auth" && a.single && a.settings.AuthenticationType == byUserPool {
			rules = append(rules, rule{byUserPool, names(d, "cognito_groups")})
		}
	}
	return rules
}

// allows reports whether a caller may see a field.
func (a *api) allows(who *caller, f *fieldInfo) bool {
	if who.hidden != nil && who.hidden[f.parent.Name+"."+f.def.Name] {
		return false
	}
	if f.access == nil {
		if who.mode != a.settings.AuthenticationType {
			return false
		}
		return who.mode != byUserPool || !who.denied
	}
	return slices.ContainsFunc(f.access, func(r rule) bool {
		return r.mode == who.mode && (r.groups == nil || slices.ContainsFunc(r.groups, func(g string) bool { return slices.Contains(who.groups, g) }))
	})
}

// permitted asks IAM whether a signed caller may use a field of a root type.
func (x *execution) permitted(f *fieldInfo) bool {
	if x.who.mode != byIAM {
		return true
	}
	return x.s.Authorizer.Allowed(x.ctx, x.call, service.Access{
		Action:   "appsync:GraphQL",
		Resource: x.api.arn + "/types/" + aws.ARN(f.parent.Name+"/fields/"+f.def.Name),
	})
}
