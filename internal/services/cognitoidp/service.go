package cognitoidp

import (
	"context"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what user pools need from the world. Every field is required.
type Deps struct {
	DB       *store.DB
	IDs      *aws.IDs
	Meter    *meter.Meter
	Mail     Mailer
	Triggers Triggers
}

// Mailer takes the mails and text messages for users. It is the mailbox.
type Mailer interface {
	// Send sends a message if and when the transaction commits.
	Send(tx *store.Tx, m mail.Message)
}

// Service is the emulator of Cognito user pools.
type Service struct {
	Deps
	pools      store.Table[pool]
	owners     store.Table[aws.Scope] // of pools, by id
	clients    store.Table[client]
	clientsOf  store.Table[clientAt] // by id
	users      store.Table[user]
	aliases    store.Table[string] // pool, kind, value to username
	groups     store.Table[group]
	members    store.Table[aws.Scope] // pool, group, user; the value means nothing
	groupsOf   store.Table[aws.Scope] // pool, user, group
	challenges store.Table[challenge]
	grants     store.Table[grant]
	keys       store.Table[keyPair]

	signing  sync.Mutex // held while a pool's keys are looked for or made
	verified verified
	parsed   sync.Map // key id to *rsa.PrivateKey: parsing one checks it at length
}

// New returns the user pools that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Meter == nil || d.Mail == nil || d.Triggers == nil {
		panic("cognitoidp: incomplete Deps")
	}
	return &Service{
		Deps:       d,
		pools:      store.NewTable[pool]("cognitoidp/pool"),
		owners:     store.NewTable[aws.Scope]("cognitoidp/owner"),
		clients:    store.NewTable[client]("cognitoidp/client"),
		clientsOf:  store.NewTable[clientAt]("cognitoidp/clientat"),
		users:      store.NewTable[user]("cognitoidp/user"),
		aliases:    store.NewTable[string]("cognitoidp/alias"),
		groups:     store.NewTable[group]("cognitoidp/group"),
		members:    store.NewTable[aws.Scope]("cognitoidp/member"),
		groupsOf:   store.NewTable[aws.Scope]("cognitoidp/groupof"),
		challenges: store.NewTable[challenge]("cognitoidp/challenge"),
		grants:     store.NewTable[grant]("cognitoidp/grant"),
		keys:       store.NewTable[keyPair]("cognitoidp/key"),
	}
}

// Info identifies user pools on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:           "cognito-idp",
		Title:          "Amazon Cognito User Pools",
		Protocols:      []service.Protocol{service.JSON11},
		TargetPrefix:   "AWSCognitoIdentityProviderService",
		Version:        "2016-04-18",
		ValidationCode: "InvalidParameterException",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateUserPool", onCreatePool, s.createUserPool),
		service.Op("DescribeUserPool", onPool[*DescribeUserPoolInput], s.describeUserPool),
		service.Op("UpdateUserPool", onPool[*UpdateUserPoolInput], s.updateUserPool),
		service.Op("DeleteUserPool", onPool[*DeleteUserPoolInput], s.deleteUserPool),
		service.Op("ListUserPools", service.Any, s.listUserPools),
		service.Op("GetUserPoolMfaConfig", onPool[*GetUserPoolMfaConfigInput], s.getUserPoolMfaConfig),
		service.Op("AddCustomAttributes", onPool[*AddCustomAttributesInput], s.addCustomAttributes),
		service.Op("TagResource", onARN(func(in *TagResourceInput) string { return in.ResourceArn }), s.tagResource),
		service.Op("UntagResource", onARN(func(in *UntagResourceInput) string { return in.ResourceArn }), s.untagResource),
		service.Op("ListTagsForResource", onARN(func(in *ListTagsForResourceInput) string { return in.ResourceArn }), s.listTagsForResource),

		service.Op("CreateUserPoolClient", onPool[*CreateUserPoolClientInput], s.createUserPoolClient),
		service.Op("DescribeUserPoolClient", onPool[*DescribeUserPoolClientInput], s.describeUserPoolClient),
		service.Op("UpdateUserPoolClient", onPool[*UpdateUserPoolClientInput], s.updateUserPoolClient),
		service.Op("DeleteUserPoolClient", onPool[*DeleteUserPoolClientInput], s.deleteUserPoolClient),
		service.Op("ListUserPoolClients", onPool[*ListUserPoolClientsInput], s.listUserPoolClients),

		service.Unsigned("SignUp", s.signUp),
		service.Unsigned("ConfirmSignUp", s.confirmSignUp),
		service.Unsigned("ResendConfirmationCode", s.resendConfirmationCode),
		service.Unsigned("ForgotPassword", s.forgotPassword),
		service.Unsigned("ConfirmForgotPassword", s.confirmForgotPassword),

		service.Unsigned("InitiateAuth", s.initiateAuth),
		service.Unsigned("RespondToAuthChallenge", s.respondToAuthChallenge),
		service.Op("AdminInitiateAuth", onPool[*AdminInitiateAuthInput], s.adminInitiateAuth),
		service.Op("AdminRespondToAuthChallenge", onPool[*AdminRespondToAuthChallengeInput], s.adminRespondToAuthChallenge),
		service.Unsigned("GetTokensFromRefreshToken", s.getTokensFromRefreshToken),
		service.Unsigned("RevokeToken", s.revokeToken),
		service.Unsigned("GlobalSignOut", s.globalSignOut),

		service.Unsigned("GetUser", s.getUser),
		service.Unsigned("UpdateUserAttributes", s.updateUserAttributes),
		service.Unsigned("DeleteUserAttributes", s.deleteUserAttributes),
		service.Unsigned("GetUserAttributeVerificationCode", s.getUserAttributeVerificationCode),
		service.Unsigned("VerifyUserAttribute", s.verifyUserAttribute),
		service.Unsigned("ChangePassword", s.changePassword),
		service.Unsigned("DeleteUser", s.deleteUser),

		service.Op("AdminCreateUser", onPool[*AdminCreateUserInput], s.adminCreateUser),
		service.Op("AdminGetUser", onPool[*AdminGetUserInput], s.adminGetUser),
		service.Op("AdminDeleteUser", onPool[*AdminDeleteUserInput], s.adminDeleteUser),
		service.Op("AdminConfirmSignUp", onPool[*AdminConfirmSignUpInput], s.adminConfirmSignUp),
		service.Op("AdminSetUserPassword", onPool[*AdminSetUserPasswordInput], s.adminSetUserPassword),
		service.Op("AdminResetUserPassword", onPool[*AdminResetUserPasswordInput], s.adminResetUserPassword),
		service.Op("AdminEnableUser", onPool[*AdminEnableUserInput], s.adminEnableUser),
		service.Op("AdminDisableUser", onPool[*AdminDisableUserInput], s.adminDisableUser),
		service.Op("AdminUpdateUserAttributes", onPool[*AdminUpdateUserAttributesInput], s.adminUpdateUserAttributes),
		service.Op("AdminDeleteUserAttributes", onPool[*AdminDeleteUserAttributesInput], s.adminDeleteUserAttributes),
		service.Op("AdminUserGlobalSignOut", onPool[*AdminUserGlobalSignOutInput], s.adminUserGlobalSignOut),
		service.Op("ListUsers", onPool[*ListUsersInput], s.listUsers),

		service.Op("CreateGroup", onGroup(func(in *CreateGroupInput) *GroupSettings { return &in.GroupSettings }), s.createGroup),
		service.Op("GetGroup", onPool[*GetGroupInput], s.getGroup),
		service.Op("UpdateGroup", onGroup(func(in *UpdateGroupInput) *GroupSettings { return &in.GroupSettings }), s.updateGroup),
		service.Op("DeleteGroup", onPool[*DeleteGroupInput], s.deleteGroup),
		service.Op("ListGroups", onPool[*ListGroupsInput], s.listGroups),
		service.Op("AdminAddUserToGroup", onPool[*AdminAddUserToGroupInput], s.adminAddUserToGroup),
		service.Op("AdminRemoveUserFromGroup", onPool[*AdminRemoveUserFromGroupInput], s.adminRemoveUserFromGroup),
		service.Op("AdminListGroupsForUser", onPool[*AdminListGroupsForUserInput], s.adminListGroupsForUser),
		service.Op("ListUsersInGroup", onPool[*ListUsersInGroupInput], s.listUsersInGroup),
	}
}

// poolID is how every input that embeds a UserPoolRef names its pool.
func (r *UserPoolRef) poolID() string { return r.UserPoolId }

// onPool authorises against the pool that an input names.
func onPool[P interface {
	*In
	poolID() string
}, In any](_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
	return []service.Access{{Resource: poolARN(c.Scope, P(in).poolID())}}, nil
}

// onGroup authorises against the pool, and against handing the group a role:
// it is identity pools that assume it.
func onGroup[In any](settings func(*In) *GroupSettings) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		g := settings(in)
		list := []service.Access{{Resource: poolARN(c.Scope, g.UserPoolId)}}
		if g.RoleArn != "" {
			list = append(list, service.Access{
				Action: "iam:PassRole", Resource: aws.ARN(g.RoleArn),
				Keys: map[string][]string{"iam:PassedToService": {"cognito-identity.amazonaws.com"}},
			})
		}
		return list, nil
	}
}

// onARN authorises against the resource that an input names by ARN.
func onARN[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}

// onCreatePool also lets policies test the new pool's tags.
func onCreatePool(_ context.Context, _ *aws.Call, in *CreateUserPoolInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for k, v := range in.UserPoolTags {
		keys["aws:RequestTag/"+k] = []string{v}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], k)
	}
	return []service.Access{{Resource: "*", Keys: keys}}, nil
}
