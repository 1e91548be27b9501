package provider

import (
	"context"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var cognitoIDP = target{"cognito-idp", "AWSCognitoIdentityProviderService", "application/x-amz-json-1.1"}

func userPoolKinds() []*Kind {
	recovery := oneOf("verified_email", "verified_phone_number", "admin_only")
	return []*Kind{
		{
			Token: "aws:cognito/userPool:UserPool",
			Inputs: []Property{
				{Name: "name", Type: str, Computed: true},
				{Name: "accountRecoverySetting", Computed: true, Type: object(Property{Name: "recoveryMechanisms", Type: listOf(object(
					Property{Name: "name", Type: recovery, Required: true},
					Property{Name: "priority", Type: number, Required: true},
				))})},
				{Name: "adminCreateUserConfig", Computed: true, Type: object(Property{Name: "allowAdminCreateUserOnly", Type: boolean})},
				{Name: "aliasAttributes", Type: setOf(oneOf("email", "phone_number", "preferred_username")), Replace: true},
				{Name: "autoVerifiedAttributes", Type: setOf(oneOf("email", "phone_number"))},
				{Name: "deletionProtection", Type: oneOf("ACTIVE", "INACTIVE"), Default: "INACTIVE"},
				{Name: "emailVerificationMessage", Type: str, Computed: true},
				{Name: "emailVerificationSubject", Type: str, Computed: true},
				{Name: "lambdaConfig", Computed: true, Type: object(
					Property{Name: "customMessage", Type: str},
					Property{Name: "postAuthentication", Type: str},
					Property{Name: "postConfirmation", Type: str},
					Property{Name: "preAuthentication", Type: str},
					Property{Name: "preSignUp", Type: str},
					Property{Name: "preTokenGeneration", Type: str},
				)},
				{Name: "mfaConfiguration", Type: oneOf("OFF"), Default: "OFF"},
				{Name: "passwordPolicy", Computed: true, Type: object(
					Property{Name: "minimumLength", Type: number},
					Property{Name: "passwordHistorySize", Type: number},
					Property{Name: "requireLowercase", Type: boolean},
					Property{Name: "requireNumbers", Type: boolean},
					Property{Name: "requireSymbols", Type: boolean},
					Property{Name: "requireUppercase", Type: boolean},
					Property{Name: "temporaryPasswordValidityDays", Type: number},
				)},
				{Name: "schemas", Replace: true, Type: setOf(object(
					Property{Name: "name", Type: str, Required: true},
					Property{Name: "attributeDataType", Type: oneOf("String", "Number", "DateTime", "Boolean"), Required: true},
					Property{Name: "developerOnlyAttribute", Type: boolean},
					Property{Name: "mutable", Type: boolean},
					Property{Name: "required", Type: boolean},
					Property{Name: "stringAttributeConstraints", Type: object(Property{Name: "minLength", Type: str}, Property{Name: "maxLength", Type: str})},
					Property{Name: "numberAttributeConstraints", Type: object(Property{Name: "minValue", Type: str}, Property{Name: "maxValue", Type: str})},
				))},
				{Name: "usernameAttributes", Type: setOf(oneOf("email", "phone_number")), Replace: true},
				{Name: "usernameConfiguration", Computed: true, Replace: true, Type: object(Property{Name: "caseSensitive", Type: boolean})},
				{Name: "userPoolTier", Type: oneOf("LITE", "ESSENTIALS", "PLUS"), Computed: true},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "creationDate", "endpoint", "lastModifiedDate", "estimatedNumberOfUsers", "domain", "customDomain", "tagsAll"},
			Name:     Naming{Property: "name", Max: 128, Shared: true},
			create:   createUserPool, read: readUserPool, update: updateUserPool, remove: removeUserPool,
		},
		{
			Token: "aws:cognito/userPoolClient:UserPoolClient",
			Inputs: []Property{
				{Name: "name", Type: str, Computed: true},
				{Name: "userPoolId", Type: str, Required: true, Replace: true},
				{Name: "accessTokenValidity", Type: number},
				{Name: "authSessionValidity", Type: number},
				{Name: "enableTokenRevocation", Type: boolean},
				{Name: "explicitAuthFlows", Type: setOf(str)},
				{Name: "generateSecret", Type: boolean, Replace: true},
				{Name: "idTokenValidity", Type: number},
				{Name: "preventUserExistenceErrors", Type: oneOf("ENABLED", "LEGACY")},
				{Name: "readAttributes", Type: setOf(str)},
				{Name: "refreshTokenValidity", Type: number},
				{Name: "tokenValidityUnits", Type: object(
					Property{Name: "accessToken", Type: oneOf("seconds", "minutes", "hours", "days")},
					Property{Name: "idToken", Type: oneOf("seconds", "minutes", "hours", "days")},
					Property{Name: "refreshToken", Type: oneOf("seconds", "minutes", "hours", "days")},
				)},
				{Name: "writeAttributes", Type: setOf(str)},
			},
			Computed: []string{"clientSecret"},
			Secrets:  []string{"clientSecret"},
			Name:     Naming{Property: "name", Max: 128, Shared: true},
			create:   createUserPoolClient, read: readUserPoolClient, update: updateUserPoolClient, remove: removeUserPoolClient,
		},
		{
			Token: "aws:cognito/userGroup:UserGroup",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "userPoolId", Type: str, Required: true, Replace: true},
				{Name: "description", Type: str},
				{Name: "precedence", Type: number},
				{Name: "roleArn", Type: str},
			},
			Name:     Naming{Property: "name", Max: 128},
			Identity: []string{"userPoolId", "name"},
			create:   createUserGroup, read: readUserGroup, update: updateUserGroup, remove: removeUserGroup,
			find: byInputs(func(r *Resource) string { return r.text("userPoolId") + "/" + r.text("name") }, readUserGroup),
		},
		{
			Token: "aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag",
			Inputs: []Property{
				{Name: "identityPoolId", Type: str, Required: true, Replace: true},
				{Name: "identityProviderName", Type: str, Required: true, Replace: true},
				{Name: "principalTags", Type: mapOf(str)},
				{Name: "useDefaults", Type: boolean, Default: false},
			},
			Identity: []string{"identityPoolId", "identityProviderName"},
			create: byPutting(func(r *Resource) string {
				return r.text("identityPoolId") + ":" + r.text("identityProviderName")
			}, putPrincipalTags),
			update: putPrincipalTags, read: readPrincipalTags, remove: removePrincipalTags,
			find: putAgain,
		},
	}
}

// userPool is the members that CreateUserPool and UpdateUserPool share.
func userPool(r *Resource) jsonObject {
	in := members(r.In, "autoVerifiedAttributes", "deletionProtection", "emailVerificationMessage", "emailVerificationSubject", "mfaConfiguration", "userPoolTier")
	var recovery []any
	for _, m := range objects(nested(r.In, "accountRecoverySetting")["recoveryMechanisms"]) {
		recovery = append(recovery, members(m, "name", "priority"))
	}
	if len(recovery) > 0 {
		in["AccountRecoverySetting"] = jsonObject{"RecoveryMechanisms": recovery}
	}
	put(in, "AdminCreateUserConfig", members(nested(r.In, "adminCreateUserConfig"), "allowAdminCreateUserOnly"))
	put(in, "LambdaConfig", members(nested(r.In, "lambdaConfig"),
		"customMessage", "postAuthentication", "postConfirmation", "preAuthentication", "preSignUp", "preTokenGeneration"))
	if policy := nested(r.In, "passwordPolicy"); policy != nil {
		in["Policies"] = jsonObject{"PasswordPolicy": members(policy,
			"minimumLength", "passwordHistorySize", "requireLowercase", "requireNumbers", "requireSymbols", "requireUppercase", "temporaryPasswordValidityDays")}
	}
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["UserPoolTags"] = tags
	}
	return in
}

func createUserPool(ctx context.Context, r *Resource) (string, error) {
	in := userPool(r)
	in["PoolName"] = r.text("name")
	for member, v := range members(r.In, "aliasAttributes", "usernameAttributes") {
		in[member] = v
	}
	put(in, "UsernameConfiguration", members(nested(r.In, "usernameConfiguration"), "caseSensitive"))
	var schema []any
	for _, m := range objects(r.In["schemas"]) {
		a := members(m, "name", "attributeDataType", "developerOnlyAttribute", "mutable", "required")
		put(a, "StringAttributeConstraints", members(nested(m, "stringAttributeConstraints"), "minLength", "maxLength"))
		put(a, "NumberAttributeConstraints", members(nested(m, "numberAttributeConstraints"), "minValue", "maxValue"))
		schema = append(schema, a)
	}
	if len(schema) > 0 {
		in["Schema"] = schema
	}
	var out struct{ UserPool struct{ Id string } }
	err := r.json(ctx, cognitoIDP, "CreateUserPool", in, &out)
	return out.UserPool.Id, err
}

func readUserPool(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		UserPool struct {
			Arn                            string
			CreationDate, LastModifiedDate float64
			EstimatedNumberOfUsers         float64
		}
	}
	if err := r.json(ctx, cognitoIDP, "DescribeUserPool", jsonObject{"UserPoolId": r.ID}, &out); err != nil {
		return nil, notFound(err, "ResourceNotFoundException")
	}
	return value.Map{
		"arn": out.UserPool.Arn, "endpoint": "cognito-idp." + r.Region + ".amazonaws.com/" + r.ID,
		"creationDate": timestamp(out.UserPool.CreationDate), "lastModifiedDate": timestamp(out.UserPool.LastModifiedDate),
		"estimatedNumberOfUsers": out.UserPool.EstimatedNumberOfUsers,
		"domain":                 "", "customDomain": "",
	}, nil
}

func updateUserPool(ctx context.Context, r *Resource) error {
	in := userPool(r)
	in["UserPoolId"], in["PoolName"] = r.ID, r.text("name")
	if err := r.json(ctx, cognitoIDP, "UpdateUserPool", in, nil); err != nil {
		return err
	}
	arn := r.arn("cognito-idp", "userpool/"+r.ID)
	return r.retag(func(gone []string) error {
		return r.json(ctx, cognitoIDP, "UntagResource", jsonObject{"ResourceArn": arn, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, cognitoIDP, "TagResource", jsonObject{"ResourceArn": arn, "Tags": tags}, nil)
	})
}

func removeUserPool(ctx context.Context, r *Resource) error {
	err := r.json(ctx, cognitoIDP, "DeleteUserPool", jsonObject{"UserPoolId": r.ID}, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

func userPoolClient(r *Resource) jsonObject {
	in := members(r.In, "userPoolId", "name:ClientName", "accessTokenValidity", "authSessionValidity", "enableTokenRevocation", "explicitAuthFlows",
		"idTokenValidity", "preventUserExistenceErrors", "readAttributes", "refreshTokenValidity", "writeAttributes")
	put(in, "TokenValidityUnits", members(nested(r.In, "tokenValidityUnits"), "accessToken", "idToken", "refreshToken"))
	return in
}

// clientOfPool is what the operations on one client are asked with.
func clientOfPool(r *Resource) jsonObject {
	return jsonObject{"UserPoolId": r.text("userPoolId"), "ClientId": r.ID}
}

func createUserPoolClient(ctx context.Context, r *Resource) (string, error) {
	in := userPoolClient(r)
	if r.flag("generateSecret") {
		in["GenerateSecret"] = true
	}
	var out struct{ UserPoolClient struct{ ClientId string } }
	err := r.json(ctx, cognitoIDP, "CreateUserPoolClient", in, &out)
	return out.UserPoolClient.ClientId, err
}

func readUserPoolClient(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct{ UserPoolClient struct{ ClientSecret string } }
	if err := r.json(ctx, cognitoIDP, "DescribeUserPoolClient", clientOfPool(r), &out); err != nil {
		return nil, notFound(err, "ResourceNotFoundException")
	}
	return value.Map{"clientSecret": out.UserPoolClient.ClientSecret}, nil
}

func updateUserPoolClient(ctx context.Context, r *Resource) error {
	in := userPoolClient(r)
	in["ClientId"] = r.ID
	return r.json(ctx, cognitoIDP, "UpdateUserPoolClient", in, nil)
}

func removeUserPoolClient(ctx context.Context, r *Resource) error {
	err := r.json(ctx, cognitoIDP, "DeleteUserPoolClient", clientOfPool(r), nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

func userGroup(r *Resource) jsonObject {
	in := members(r.In, "description", "precedence", "roleArn")
	pool, name, ok := strings.Cut(r.ID, "/")
	if !ok {
		pool, name = r.text("userPoolId"), r.text("name")
	}
	in["UserPoolId"], in["GroupName"] = pool, name
	return in
}

func createUserGroup(ctx context.Context, r *Resource) (string, error) {
	err := r.json(ctx, cognitoIDP, "CreateGroup", userGroup(r), nil)
	return r.text("userPoolId") + "/" + r.text("name"), err
}

func readUserGroup(ctx context.Context, r *Resource) (value.Map, error) {
	pool, name, _ := strings.Cut(r.ID, "/")
	err := r.json(ctx, cognitoIDP, "GetGroup", jsonObject{"UserPoolId": pool, "GroupName": name}, nil)
	return value.Map{}, notFound(err, "ResourceNotFoundException")
}

func updateUserGroup(ctx context.Context, r *Resource) error {
	return r.json(ctx, cognitoIDP, "UpdateGroup", userGroup(r), nil)
}

func removeUserGroup(ctx context.Context, r *Resource) error {
	pool, name, _ := strings.Cut(r.ID, "/")
	err := r.json(ctx, cognitoIDP, "DeleteGroup", jsonObject{"UserPoolId": pool, "GroupName": name}, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

func putPrincipalTags(ctx context.Context, r *Resource) error {
	in := members(r.In, "identityPoolId", "identityProviderName", "principalTags", "useDefaults")
	return r.json(ctx, cognitoIdentity, "SetPrincipalTagAttributeMap", in, nil)
}

func readPrincipalTags(ctx context.Context, r *Resource) (value.Map, error) {
	in := members(r.In, "identityPoolId", "identityProviderName")
	err := r.json(ctx, cognitoIdentity, "GetPrincipalTagAttributeMap", in, nil)
	return value.Map{}, notFound(err, "ResourceNotFoundException")
}

func removePrincipalTags(ctx context.Context, r *Resource) error {
	in := members(r.In, "identityPoolId", "identityProviderName")
	in["PrincipalTags"], in["UseDefaults"] = jsonObject{}, false
	err := r.json(ctx, cognitoIdentity, "SetPrincipalTagAttributeMap", in, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}
