package provider

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var cognitoIdentity = target{"cognito-identity", "AWSCognitoIdentityService", "application/x-amz-json-1.1"}

func identityPoolKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:cognito/identityPool:IdentityPool",
			Inputs: []Property{
				{Name: "identityPoolName", Type: str, Required: true, Replace: true},
				{Name: "allowUnauthenticatedIdentities", Type: boolean, Default: false},
				{Name: "allowClassicFlow", Type: boolean, Default: false},
				{Name: "developerProviderName", Type: str, Replace: true},
				{Name: "cognitoIdentityProviders", Type: setOf(object(
					Property{Name: "clientId", Type: str},
					Property{Name: "providerName", Type: str},
					Property{Name: "serverSideTokenCheck", Type: boolean, Default: false},
				))},
				{Name: "openidConnectProviderArns", Type: setOf(str)},
				{Name: "samlProviderArns", Type: listOf(str)},
				{Name: "supportedLoginProviders", Type: mapOf(str)},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "tagsAll"},
			create:   createIdentityPool, read: readIdentityPool, update: updateIdentityPool, remove: removeIdentityPool,
		},
		{
			Token: "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment",
			Inputs: []Property{
				{Name: "identityPoolId", Type: str, Required: true, Replace: true},
				{Name: "roles", Type: mapOf(str), Required: true},
				{Name: "roleMappings", Type: setOf(object(
					Property{Name: "identityProvider", Type: str, Required: true},
					Property{Name: "type", Type: oneOf("Token", "Rules"), Required: true},
					Property{Name: "ambiguousRoleResolution", Type: oneOf("AuthenticatedRole", "Deny")},
					Property{Name: "mappingRules", Type: listOf(object(
						Property{Name: "claim", Type: str, Required: true},
						Property{Name: "matchType", Type: oneOf("Equals", "Contains", "StartsWith", "NotEqual"), Required: true},
						Property{Name: "roleArn", Type: str, Required: true},
						Property{Name: "value", Type: str, Required: true},
					))},
				))},
			},
			Identity: []string{"identityPoolId"},
			create:   byPutting(func(r *Resource) string { return r.text("identityPoolId") }, setPoolRoles),
			update:   setPoolRoles, read: readPoolRoles, remove: removePoolRoles,
			find: putAgain,
		},
	}
}

// pool is the members CreateIdentityPool and UpdateIdentityPool share.
func pool(r *Resource) jsonObject {
	in := jsonObject{
		"IdentityPoolName":               r.text("identityPoolName"),
		"AllowUnauthenticatedIdentities": r.flag("allowUnauthenticatedIdentities"),
		"AllowClassicFlow":               r.flag("allowClassicFlow"),
	}
	if name := r.text("developerProviderName"); name != "" {
		in["DeveloperProviderName"] = name
	}
	var providers []any
	for _, m := range objects(r.In["cognitoIdentityProviders"]) {
		providers = append(providers, jsonObject{
			"ClientId": m["clientId"], "ProviderName": m["providerName"], "ServerSideTokenCheck": m["serverSideTokenCheck"],
		})
	}
	for name, v := range map[string][]any{
		"CognitoIdentityProviders":  providers,
		"OpenIdConnectProviderARNs": anys(r.In["openidConnectProviderArns"]),
		"SamlProviderARNs":          anys(r.In["samlProviderArns"]),
	} {
		if len(v) > 0 {
			in[name] = v
		}
	}
	if m, ok := r.In["supportedLoginProviders"].(value.Map); ok && len(m) > 0 {
		in["SupportedLoginProviders"] = m
	}
	if m, ok := r.In["tags"].(value.Map); ok && len(m) > 0 {
		in["IdentityPoolTags"] = m
	}
	return in
}

func createIdentityPool(ctx context.Context, r *Resource) (string, error) {
	var out struct{ IdentityPoolId string }
	err := r.json(ctx, cognitoIdentity, "CreateIdentityPool", pool(r), &out)
	return out.IdentityPoolId, err
}

func readIdentityPool(ctx context.Context, r *Resource) (value.Map, error) {
	in := jsonObject{"IdentityPoolId": r.ID}
	if err := r.json(ctx, cognitoIdentity, "DescribeIdentityPool", in, nil); err != nil {
		return nil, notFound(err, "ResourceNotFoundException")
	}
	return value.Map{"arn": r.arn("cognito-identity", "identitypool/"+r.ID)}, nil
}

func updateIdentityPool(ctx context.Context, r *Resource) error {
	in := pool(r)
	in["IdentityPoolId"] = r.ID
	if err := r.json(ctx, cognitoIdentity, "UpdateIdentityPool", in, nil); err != nil {
		return err
	}
	arn := r.arn("cognito-identity", "identitypool/"+r.ID)
	return r.retag(func(gone []string) error {
		return r.json(ctx, cognitoIdentity, "UntagResource", jsonObject{"ResourceArn": arn, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, cognitoIdentity, "TagResource", jsonObject{"ResourceArn": arn, "Tags": tags}, nil)
	})
}

func removeIdentityPool(ctx context.Context, r *Resource) error {
	err := r.json(ctx, cognitoIdentity, "DeleteIdentityPool", jsonObject{"IdentityPoolId": r.ID}, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

func setPoolRoles(ctx context.Context, r *Resource) error {
	in := jsonObject{"IdentityPoolId": r.text("identityPoolId"), "Roles": r.In["roles"]}
	mappings := jsonObject{}
	for _, m := range objects(r.In["roleMappings"]) {
		mapping := jsonObject{"Type": m["type"]}
		if v := text(m, "ambiguousRoleResolution"); v != "" {
			mapping["AmbiguousRoleResolution"] = v
		}
		var rules []any
		for _, e := range objects(m["mappingRules"]) {
			rules = append(rules, jsonObject{"Claim": e["claim"], "MatchType": e["matchType"], "RoleARN": e["roleArn"], "Value": e["value"]})
		}
		if len(rules) > 0 {
			mapping["RulesConfiguration"] = jsonObject{"Rules": rules}
		}
		mappings[text(m, "identityProvider")] = mapping
	}
	if len(mappings) > 0 {
		in["RoleMappings"] = mappings
	}
	return r.json(ctx, cognitoIdentity, "SetIdentityPoolRoles", in, nil)
}

func readPoolRoles(ctx context.Context, r *Resource) (value.Map, error) {
	in := jsonObject{"IdentityPoolId": r.ID}
	var out struct{ Roles value.Map }
	if err := r.json(ctx, cognitoIdentity, "GetIdentityPoolRoles", in, &out); err != nil {
		return nil, notFound(err, "ResourceNotFoundException")
	}
	return value.Map{"roles": out.Roles}, nil
}

func removePoolRoles(ctx context.Context, r *Resource) error {
	in := jsonObject{"IdentityPoolId": r.ID, "Roles": jsonObject{}}
	err := r.json(ctx, cognitoIdentity, "SetIdentityPoolRoles", in, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

func anys(v any) []any {
	list, _ := v.([]any)
	return list
}
