package iam

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what IAM needs from the world. Every field is required.
type Deps struct {
	DB  *store.DB
	IDs *aws.IDs
}

// Service is the IAM emulator.
type Service struct {
	Deps
	entities store.Table[entity]    // kind, lower-case name
	policies store.Table[managed]   // lower-case name
	keys     store.Table[accessKey] // access key id; the scope is empty
	aliases  store.Table[string]    // "alias"
	amazon   amazon
	grants   grantCache
}

// New returns an IAM with the identities that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil {
		panic("iam: incomplete Deps")
	}
	return &Service{
		Deps:     d,
		entities: store.NewTable[entity]("iam/entity"),
		policies: store.NewTable[managed]("iam/policy"),
		keys:     store.NewTable[accessKey]("iam/accesskey"),
		aliases:  store.NewTable[string]("iam/alias"),
		amazon:   readAmazon(),
	}
}

// Info identifies IAM on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:      "iam",
		Title:     "AWS Identity and Access Management",
		Protocols: []service.Protocol{service.Query},
		Version:   "2010-05-08",
		Namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
		Global:    true,
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateUser", s.onCreateUser, s.createUser),
		service.Op("GetUser", onEntity[GetUserInput](s), s.getUser),
		service.Op("UpdateUser", onEntity[UpdateUserInput](s), s.updateUser),
		service.Op("DeleteUser", onEntity[DeleteUserInput](s), s.deleteUser),
		service.Op("ListUsers", onPath("user", func(in *ListUsersInput) string { return in.PathPrefix }), s.listUsers),
		service.Op("TagUser", onTag[TagUserInput](s), tagEntity[TagUserInput](s)),
		service.Op("UntagUser", onUntag[UntagUserInput](s), untagEntity[UntagUserInput](s)),
		service.Op("ListUserTags", onEntity[ListUserTagsInput](s), listEntityTags[ListUserTagsInput](s)),

		service.Op("CreateGroup", s.onCreateGroup, s.createGroup),
		service.Op("GetGroup", onEntity[GetGroupInput](s), s.getGroup),
		service.Op("UpdateGroup", onEntity[UpdateGroupInput](s), s.updateGroup),
		service.Op("DeleteGroup", onEntity[DeleteGroupInput](s), s.deleteGroup),
		service.Op("ListGroups", onPath("group", func(in *ListGroupsInput) string { return in.PathPrefix }), s.listGroups),
		service.Op("AddUserToGroup", onEntity[AddUserToGroupInput](s), s.addUserToGroup),
		service.Op("RemoveUserFromGroup", onEntity[RemoveUserFromGroupInput](s), s.removeUserFromGroup),
		service.Op("ListGroupsForUser", onEntity[ListGroupsForUserInput](s), s.listGroupsForUser),

		service.Op("CreateRole", s.onCreateRole, s.createRole),
		service.Op("GetRole", onEntity[GetRoleInput](s), s.getRole),
		service.Op("UpdateRole", onEntity[UpdateRoleInput](s), s.updateRole),
		service.Op("UpdateRoleDescription", onEntity[UpdateRoleDescriptionInput](s), s.updateRoleDescription),
		service.Op("UpdateAssumeRolePolicy", onEntity[UpdateAssumeRolePolicyInput](s), s.updateAssumeRolePolicy),
		service.Op("DeleteRole", onEntity[DeleteRoleInput](s), s.deleteRole),
		service.Op("ListRoles", onPath("role", func(in *ListRolesInput) string { return in.PathPrefix }), s.listRoles),
		service.Op("TagRole", onTag[TagRoleInput](s), tagEntity[TagRoleInput](s)),
		service.Op("UntagRole", onUntag[UntagRoleInput](s), untagEntity[UntagRoleInput](s)),
		service.Op("ListRoleTags", onEntity[ListRoleTagsInput](s), listEntityTags[ListRoleTagsInput](s)),

		service.Op("CreatePolicy", s.onCreatePolicy, s.createPolicy),
		service.Op("GetPolicy", onManaged[GetPolicyInput], s.getPolicy),
		service.Op("DeletePolicy", onManaged[DeletePolicyInput], s.deletePolicy),
		service.Op("ListPolicies", onPath("policy", func(in *ListPoliciesInput) string { return in.PathPrefix }), s.listPolicies),
		service.Op("CreatePolicyVersion", onManaged[CreatePolicyVersionInput], s.createPolicyVersion),
		service.Op("GetPolicyVersion", onManaged[GetPolicyVersionInput], s.getPolicyVersion),
		service.Op("DeletePolicyVersion", onManaged[DeletePolicyVersionInput], s.deletePolicyVersion),
		service.Op("ListPolicyVersions", onManaged[ListPolicyVersionsInput], s.listPolicyVersions),
		service.Op("SetDefaultPolicyVersion", onManaged[SetDefaultPolicyVersionInput], s.setDefaultPolicyVersion),
		service.Op("TagPolicy", onManaged[TagPolicyInput], s.tagPolicy),
		service.Op("UntagPolicy", onManaged[UntagPolicyInput], s.untagPolicy),
		service.Op("ListPolicyTags", onManaged[ListPolicyTagsInput], s.listPolicyTags),
		service.Op("ListEntitiesForPolicy", onManaged[ListEntitiesForPolicyInput], s.listEntitiesForPolicy),

		service.Op("AttachUserPolicy", onAttachment[AttachUserPolicyInput](s), attach[AttachUserPolicyInput](s)),
		service.Op("AttachGroupPolicy", onAttachment[AttachGroupPolicyInput](s), attach[AttachGroupPolicyInput](s)),
		service.Op("AttachRolePolicy", onAttachment[AttachRolePolicyInput](s), attach[AttachRolePolicyInput](s)),
		service.Op("DetachUserPolicy", onAttachment[DetachUserPolicyInput](s), detach[DetachUserPolicyInput](s)),
		service.Op("DetachGroupPolicy", onAttachment[DetachGroupPolicyInput](s), detach[DetachGroupPolicyInput](s)),
		service.Op("DetachRolePolicy", onAttachment[DetachRolePolicyInput](s), detach[DetachRolePolicyInput](s)),
		service.Op("ListAttachedUserPolicies", onEntity[ListAttachedUserPoliciesInput](s), listAttached[ListAttachedUserPoliciesInput](s)),
		service.Op("ListAttachedGroupPolicies", onEntity[ListAttachedGroupPoliciesInput](s), listAttached[ListAttachedGroupPoliciesInput](s)),
		service.Op("ListAttachedRolePolicies", onEntity[ListAttachedRolePoliciesInput](s), listAttached[ListAttachedRolePoliciesInput](s)),

		service.Op("PutUserPolicy", onEntity[PutUserPolicyInput](s), putInline[PutUserPolicyInput](s)),
		service.Op("PutGroupPolicy", onEntity[PutGroupPolicyInput](s), putInline[PutGroupPolicyInput](s)),
		service.Op("PutRolePolicy", onEntity[PutRolePolicyInput](s), putInline[PutRolePolicyInput](s)),
		service.Op("GetUserPolicy", onEntity[GetUserPolicyInput](s), getInline[GetUserPolicyInput](s)),
		service.Op("GetGroupPolicy", onEntity[GetGroupPolicyInput](s), getInline[GetGroupPolicyInput](s)),
		service.Op("GetRolePolicy", onEntity[GetRolePolicyInput](s), getInline[GetRolePolicyInput](s)),
		service.Op("DeleteUserPolicy", onEntity[DeleteUserPolicyInput](s), deleteInline[DeleteUserPolicyInput](s)),
		service.Op("DeleteGroupPolicy", onEntity[DeleteGroupPolicyInput](s), deleteInline[DeleteGroupPolicyInput](s)),
		service.Op("DeleteRolePolicy", onEntity[DeleteRolePolicyInput](s), deleteInline[DeleteRolePolicyInput](s)),
		service.Op("ListUserPolicies", onEntity[ListUserPoliciesInput](s), listInline[ListUserPoliciesInput](s)),
		service.Op("ListGroupPolicies", onEntity[ListGroupPoliciesInput](s), listInline[ListGroupPoliciesInput](s)),
		service.Op("ListRolePolicies", onEntity[ListRolePoliciesInput](s), listInline[ListRolePoliciesInput](s)),

		service.Op("PutUserPermissionsBoundary", onBoundary[PutUserPermissionsBoundaryInput](s), putBoundary[PutUserPermissionsBoundaryInput](s)),
		service.Op("PutRolePermissionsBoundary", onBoundary[PutRolePermissionsBoundaryInput](s), putBoundary[PutRolePermissionsBoundaryInput](s)),
		service.Op("DeleteUserPermissionsBoundary", onEntity[DeleteUserPermissionsBoundaryInput](s), deleteBoundary[DeleteUserPermissionsBoundaryInput](s)),
		service.Op("DeleteRolePermissionsBoundary", onEntity[DeleteRolePermissionsBoundaryInput](s), deleteBoundary[DeleteRolePermissionsBoundaryInput](s)),

		service.Op("CreateAccessKey", onEntity[CreateAccessKeyInput](s), s.createAccessKey),
		service.Op("ListAccessKeys", onEntity[ListAccessKeysInput](s), s.listAccessKeys),
		service.Op("UpdateAccessKey", onEntity[UpdateAccessKeyInput](s), s.updateAccessKey),
		service.Op("DeleteAccessKey", onEntity[DeleteAccessKeyInput](s), s.deleteAccessKey),

		service.Op("ListInstanceProfilesForRole", onEntity[ListInstanceProfilesForRoleInput](s), s.listInstanceProfilesForRole),
		service.Op("ListSSHPublicKeys", onEntity[ListSSHPublicKeysInput](s), s.listSSHPublicKeys),
		service.Op("ListSigningCertificates", onEntity[ListSigningCertificatesInput](s), s.listSigningCertificates),
		service.Op("ListMFADevices", onEntity[ListMFADevicesInput](s), s.listMFADevices),
		service.Op("ListVirtualMFADevices", service.Any, s.listVirtualMFADevices),
		service.Op("ListServiceSpecificCredentials", onEntity[ListServiceSpecificCredentialsInput](s), s.listServiceSpecificCredentials),
		service.Op("GetLoginProfile", onEntity[GetLoginProfileInput](s), s.getLoginProfile),
		service.Op("DeleteLoginProfile", onEntity[DeleteLoginProfileInput](s), s.deleteLoginProfile),

		service.Op("CreateAccountAlias", service.Any, s.createAccountAlias),
		service.Op("DeleteAccountAlias", service.Any, s.deleteAccountAlias),
		service.Op("ListAccountAliases", service.Any, s.listAccountAliases),
		service.Op("GetAccountSummary", service.Any, s.getAccountSummary),

		service.Op("SimulatePrincipalPolicy", onSimulated, s.simulatePrincipalPolicy),
	}
}
