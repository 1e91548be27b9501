package cognitoidentity

import (
	"context"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what identity pools need from the world. Every field is required,
// but Verifiers may be empty: then no logins are taken.
type Deps struct {
	DB        *store.DB
	IDs       *aws.IDs
	Now       func() time.Time
	Roles     Roles
	Verifiers []Verifier
}

// Service is the emulator of Cognito identity pools.
type Service struct {
	Deps
	pools      store.Table[pool]
	identities store.Table[identity]
	logins     store.Table[string] // pool, provider, subject to identity
	owners     store.Table[where]  // of pools and identities, by id
	signers    store.Table[signer]
	signing    sync.Mutex // held while the signing key is looked for or made
}

// New returns the identity pools that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Now == nil || d.Roles == nil {
		panic("cognitoidentity: incomplete Deps")
	}
	return &Service{
		Deps:       d,
		pools:      store.NewTable[pool]("cognitoidentity/pool"),
		identities: store.NewTable[identity]("cognitoidentity/identity"),
		logins:     store.NewTable[string]("cognitoidentity/login"),
		owners:     store.NewTable[where]("cognitoidentity/owner"),
		signers:    store.NewTable[signer]("cognitoidentity/signer"),
	}
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "cognito-identity",
		Title:        "Amazon Cognito Identity",
		Protocols:    []service.Protocol{service.JSON11},
		TargetPrefix: "AWSCognitoIdentityService",
		Version:      "2014-06-30",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateIdentityPool", onCreatePool, s.createIdentityPool),
		service.Op("DescribeIdentityPool", onPool(func(in *DescribeIdentityPoolInput) string { return in.IdentityPoolId }), s.describeIdentityPool),
		service.Op("UpdateIdentityPool", onPool(func(in *IdentityPool) string { return in.IdentityPoolId }), s.updateIdentityPool),
		service.Op("DeleteIdentityPool", onPool(func(in *DeleteIdentityPoolInput) string { return in.IdentityPoolId }), s.deleteIdentityPool),
		service.Op("ListIdentityPools", service.Any, s.listIdentityPools),
		service.Op("SetIdentityPoolRoles", onSetRoles, s.setIdentityPoolRoles),
		service.Op("GetIdentityPoolRoles", onPool(func(in *GetIdentityPoolRolesInput) string { return in.IdentityPoolId }), s.getIdentityPoolRoles),

		service.Op("SetPrincipalTagAttributeMap", onPool(func(in *SetPrincipalTagAttributeMapInput) string { return in.IdentityPoolId }), s.setPrincipalTagAttributeMap),
		service.Op("GetPrincipalTagAttributeMap", onPool(func(in *GetPrincipalTagAttributeMapInput) string { return in.IdentityPoolId }), s.getPrincipalTagAttributeMap),

		service.Unsigned("GetId", s.getID),
		service.Unsigned("GetCredentialsForIdentity", s.getCredentialsForIdentity),
		service.Unsigned("GetOpenIdToken", s.getOpenIDToken),
		service.Unsigned("UnlinkIdentity", s.unlinkIdentity),

		service.Op("DescribeIdentity", s.onIdentity, s.describeIdentity),
		service.Op("ListIdentities", onPool(func(in *ListIdentitiesInput) string { return in.IdentityPoolId }), s.listIdentities),
		service.Op("DeleteIdentities", service.Any, s.deleteIdentities),

		service.Op("TagResource", onARN(func(in *TagResourceInput) string { return in.ResourceArn }), s.tagResource),
		service.Op("UntagResource", onARN(func(in *UntagResourceInput) string { return in.ResourceArn }), s.untagResource),
		service.Op("ListTagsForResource", onARN(func(in *ListTagsForResourceInput) string { return in.ResourceArn }), s.listTagsForResource),
	}
}

// onPool authorises against the pool that an input names by id.
func onPool[In any](id func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: poolARN(c.Scope, id(in))}}, nil
	}
}

// onARN authorises against the resource that an input names by ARN.
func onARN[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}

// onCreatePool also lets policies test the new pool's tags.
func onCreatePool(_ context.Context, _ *aws.Call, in *CreateIdentityPoolInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for k, v := range in.IdentityPoolTags {
		keys["aws:RequestTag/"+k] = []string{v}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], k)
	}
	return []service.Access{{Resource: "*", Keys: keys}}, nil
}
