package cognitoidentity

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

// PoolSettings are the members that creating, updating and describing a pool
// share.
type PoolSettings struct {
	AllowClassicFlow               *bool
	AllowUnauthenticatedIdentities *bool `required:""`
	CognitoIdentityProviders       []CognitoIdentityProvider
	DeveloperProviderName          string            `len:"1,128" pattern:"[\\w._-]+"`
	IdentityPoolName               string            `required:"" len:"1,128" pattern:"[\\w\\s+=,.@-]+"`
	IdentityPoolTags               map[string]string `keylen:"1,128" elemlen:"0,256"`
	OpenIdConnectProviderARNs      []string          `elemlen:"20,2048"`
	SamlProviderARNs               []string          `elemlen:"20,2048"`
	SupportedLoginProviders        map[string]string `len:",10" keylen:"1,128" elemlen:"1,128" elempattern:"[\\w.;_/-]+"`
}

type CognitoIdentityProvider struct {
	ClientId             string `len:"1,128" pattern:"[\\w_]+"`
	ProviderName         string `len:"1,128" pattern:"[\\w._:/-]+"`
	ServerSideTokenCheck *bool
}

type CreateIdentityPoolInput struct{ PoolSettings }

// IdentityPool is what CreateIdentityPool and DescribeIdentityPool answer, and
// what UpdateIdentityPool takes and answers.
type IdentityPool struct {
	IdentityPoolId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	PoolSettings
}

type DescribeIdentityPoolInput struct {
	IdentityPoolId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
}

type DeleteIdentityPoolInput struct {
	IdentityPoolId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
}

type ListIdentityPoolsInput struct {
	MaxResults int    `required:"" range:"1,60"`
	NextToken  string `len:"1,65535" pattern:"[\\S]+"`
}

type ListIdentityPoolsOutput struct {
	IdentityPools []IdentityPoolShortDescription
	NextToken     string
}

type IdentityPoolShortDescription struct{ IdentityPoolId, IdentityPoolName string }

type SetIdentityPoolRolesInput struct {
	IdentityPoolId string                 `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	RoleMappings   map[string]RoleMapping `len:",10" keylen:"1,128"`
	Roles          map[string]string      `required:"" len:",2" keylen:"1,128" keypattern:"(un)?authenticated" elemlen:"20,2048"`
}

type RoleMapping struct {
	AmbiguousRoleResolution string `enum:"AuthenticatedRole|Deny"`
	RulesConfiguration      *RulesConfiguration
	Type                    string `required:"" enum:"Token|Rules"`
}

type RulesConfiguration struct {
	Rules []MappingRule `required:"" len:"1,400"`
}

type MappingRule struct {
	Claim     string `required:"" len:"1,64" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
	MatchType string `required:"" enum:"Equals|Contains|StartsWith|NotEqual"`
	RoleARN   string `required:"" len:"20,2048"`
	Value     string `required:"" len:"1,128"`
}

type GetIdentityPoolRolesInput struct {
	IdentityPoolId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
}

type GetIdentityPoolRolesOutput struct {
	IdentityPoolId string
	RoleMappings   map[string]RoleMapping
	Roles          map[string]string
}

type SetPrincipalTagAttributeMapInput struct {
	IdentityPoolId       string            `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	IdentityProviderName string            `required:"" len:"1,128"`
	PrincipalTags        map[string]string `len:",50" keylen:"1,128" elemlen:"1,256"`
	UseDefaults          bool
}

type GetPrincipalTagAttributeMapInput struct {
	IdentityPoolId       string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	IdentityProviderName string `required:"" len:"1,128"`
}

type PrincipalTagAttributeMap struct {
	IdentityPoolId       string
	IdentityProviderName string
	PrincipalTags        map[string]string
	UseDefaults          bool
}

type GetIdInput struct {
	AccountId      string            `len:"1,15" pattern:"\\d+"`
	IdentityPoolId string            `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	Logins         map[string]string `len:",10" keylen:"1,128" elemlen:"1,50000"`
}

type GetIdOutput struct{ IdentityId string }

type GetCredentialsForIdentityInput struct {
	CustomRoleArn string            `len:"20,2048"`
	IdentityId    string            `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	Logins        map[string]string `len:",10" keylen:"1,128" elemlen:"1,50000"`
}

type GetCredentialsForIdentityOutput struct {
	Credentials *Credentials
	IdentityId  string
}

type Credentials struct {
	AccessKeyId  string
	Expiration   time.Time
	SecretKey    string
	SessionToken string
}

type GetOpenIdTokenInput struct {
	IdentityId string            `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	Logins     map[string]string `len:",10" keylen:"1,128" elemlen:"1,50000"`
}

type GetOpenIdTokenOutput struct{ IdentityId, Token string }

type DescribeIdentityInput struct {
	IdentityId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
}

type IdentityDescription struct {
	CreationDate     time.Time
	IdentityId       string
	LastModifiedDate time.Time
	Logins           []string
}

type ListIdentitiesInput struct {
	HideDisabled   bool
	IdentityPoolId string `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	MaxResults     int    `required:"" range:"1,60"`
	NextToken      string `len:"1,65535" pattern:"[\\S]+"`
}

type ListIdentitiesOutput struct {
	Identities     []IdentityDescription
	IdentityPoolId string
	NextToken      string
}

type DeleteIdentitiesInput struct {
	IdentityIdsToDelete []string `required:"" len:"1,60" elemlen:"1,55" elempattern:"[\\w-]+:[0-9a-f-]+"`
}

type DeleteIdentitiesOutput struct {
	UnprocessedIdentityIds []UnprocessedIdentityId
}

type UnprocessedIdentityId struct{ ErrorCode, IdentityId string }

type UnlinkIdentityInput struct {
	IdentityId     string            `required:"" len:"1,55" pattern:"[\\w-]+:[0-9a-f-]+"`
	Logins         map[string]string `required:"" len:",10" keylen:"1,128" elemlen:"1,50000"`
	LoginsToRemove []string          `required:"" elemlen:"1,128"`
}

type TagResourceInput struct {
	ResourceArn string            `required:"" len:"20,2048"`
	Tags        map[string]string `required:"" keylen:"1,128" elemlen:"0,256"`
}

type UntagResourceInput struct {
	ResourceArn string   `required:"" len:"20,2048"`
	TagKeys     []string `required:"" elemlen:"1,128"`
}

type ListTagsForResourceInput struct {
	ResourceArn string `required:"" len:"20,2048"`
}

type ListTagsForResourceOutput struct{ Tags map[string]string }
