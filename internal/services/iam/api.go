package iam

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. Inputs about one user, group or role embed its name.

type userName struct {
	UserName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
}

// callerOrUser is a user name that may be left out by users who mean themselves.
type callerOrUser struct {
	UserName string `len:"1,128" pattern:"[\\w+=,.@-]+"`
}

type groupName struct {
	GroupName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
}

type roleName struct {
	RoleName string `required:"" len:"1,64" pattern:"[\\w+=,.@-]+"`
}

type policyARN struct {
	PolicyArn string `required:"" len:"20,2048"`
}

type policyName struct {
	PolicyName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
}

type policyDocument struct {
	PolicyDocument string `required:"" len:"1,131072" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
}

type boundary struct {
	PermissionsBoundary string `required:"" len:"20,2048"`
}

type page struct {
	Marker   string `len:"1,320" pattern:"[\\u0020-\\u00FF]+"`
	MaxItems int32  `range:"1,1000"`
}

type paged struct {
	IsTruncated bool
	Marker      string
}

type pathPrefix struct {
	PathPrefix string `len:"1,512" pattern:"\\u002F[\\u0021-\\u007F]*"`
}

type tags struct {
	Tags []Tag `required:"" len:",50"`
}

type tagKeys struct {
	TagKeys []string `required:"" len:",50" elemlen:"1,128" elempattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"`
}

// Users.

type CreateUserInput struct {
	Path                string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
	PermissionsBoundary string `len:"20,2048"`
	Tags                []Tag  `len:",50"`
	UserName            string `required:"" len:"1,64" pattern:"[\\w+=,.@-]+"`
}

type CreateUserOutput struct{ User User }

type GetUserInput struct{ callerOrUser }

type GetUserOutput struct{ User User }

type UpdateUserInput struct {
	userName
	NewPath     string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
	NewUserName string `len:"1,64" pattern:"[\\w+=,.@-]+"`
}

type DeleteUserInput struct{ userName }

type ListUsersInput struct {
	page
	pathPrefix
}

type ListUsersOutput struct {
	paged
	Users []User
}

type TagUserInput struct {
	userName
	tags
}

type UntagUserInput struct {
	userName
	tagKeys
}

type ListUserTagsInput struct {
	userName
	page
}

// ListTagsOutput is the output of the three operations that list tags.
type ListTagsOutput struct {
	paged
	Tags []Tag
}

// Groups.

type CreateGroupInput struct {
	GroupName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
	Path      string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
}

type CreateGroupOutput struct{ Group Group }

type GetGroupInput struct {
	groupName
	page
}

type GetGroupOutput struct {
	Group Group
	paged
	Users []User
}

type UpdateGroupInput struct {
	groupName
	NewGroupName string `len:"1,128" pattern:"[\\w+=,.@-]+"`
	NewPath      string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
}

type DeleteGroupInput struct{ groupName }

type ListGroupsInput struct {
	page
	pathPrefix
}

type ListGroupsOutput struct {
	Groups []Group
	paged
}

type AddUserToGroupInput struct {
	groupName
	UserName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
}

type RemoveUserFromGroupInput struct {
	groupName
	UserName string `required:"" len:"1,128" pattern:"[\\w+=,.@-]+"`
}

type ListGroupsForUserInput struct {
	userName
	page
}

// Roles.

type CreateRoleInput struct {
	AssumeRolePolicyDocument string `required:"" len:"1,131072" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	Description              string `len:",1000" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"`
	MaxSessionDuration       int32  `range:"3600,43200"`
	Path                     string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
	PermissionsBoundary      string `len:"20,2048"`
	RoleName                 string `required:"" len:"1,64" pattern:"[\\w+=,.@-]+"`
	Tags                     []Tag  `len:",50"`
}

type CreateRoleOutput struct{ Role Role }

type GetRoleInput struct{ roleName }

type GetRoleOutput struct{ Role Role }

type UpdateRoleInput struct {
	roleName
	Description        *string `len:",1000" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"`
	MaxSessionDuration int32   `range:"3600,43200"`
}

type UpdateRoleOutput struct{}

type UpdateRoleDescriptionInput struct {
	roleName
	Description *string `required:"" len:",1000" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"`
}

type UpdateRoleDescriptionOutput struct{ Role Role }

type UpdateAssumeRolePolicyInput struct {
	roleName
	policyDocument
}

type DeleteRoleInput struct{ roleName }

type ListRolesInput struct {
	page
	pathPrefix
}

type ListRolesOutput struct {
	paged
	Roles []Role
}

type TagRoleInput struct {
	roleName
	tags
}

type UntagRoleInput struct {
	roleName
	tagKeys
}

type ListRoleTagsInput struct {
	roleName
	page
}

type ListInstanceProfilesForRoleInput struct {
	roleName
	page
}

type ListInstanceProfilesForRoleOutput struct {
	InstanceProfiles []None
	paged
}

// Managed policies.

type CreatePolicyInput struct {
	Description string `len:",1000"`
	Path        string `len:"1,512" pattern:"((/[A-Za-z0-9\\.,\\+@=_-]+)*)/"`
	policyDocument
	policyName
	Tags []Tag `len:",50"`
}

type CreatePolicyOutput struct{ Policy Policy }

type GetPolicyInput struct{ policyARN }

type GetPolicyOutput struct{ Policy Policy }

type DeletePolicyInput struct{ policyARN }

type ListPoliciesInput struct {
	page
	OnlyAttached      bool
	PathPrefix        string `len:"1,512" pattern:"((/[A-Za-z0-9\\.,\\+@=_-]+)*)/"`
	PolicyUsageFilter string `enum:"PermissionsPolicy|PermissionsBoundary"`
	Scope             string `enum:"All|AWS|Local"`
}

type ListPoliciesOutput struct {
	paged
	Policies []Policy
}

type CreatePolicyVersionInput struct {
	policyARN
	policyDocument
	SetAsDefault bool
}

type CreatePolicyVersionOutput struct{ PolicyVersion PolicyVersion }

type versionID struct {
	VersionId string `required:"" pattern:"v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"`
}

type GetPolicyVersionInput struct {
	policyARN
	versionID
}

type GetPolicyVersionOutput struct{ PolicyVersion PolicyVersion }

type DeletePolicyVersionInput struct {
	policyARN
	versionID
}

type ListPolicyVersionsInput struct {
	page
	policyARN
}

type ListPolicyVersionsOutput struct {
	paged
	Versions []PolicyVersion
}

type SetDefaultPolicyVersionInput struct {
	policyARN
	versionID
}

type TagPolicyInput struct {
	policyARN
	tags
}

type UntagPolicyInput struct {
	policyARN
	tagKeys
}

type ListPolicyTagsInput struct {
	page
	policyARN
}

type ListEntitiesForPolicyInput struct {
	EntityFilter string `enum:"User|Role|Group|LocalManagedPolicy|AWSManagedPolicy"`
	page
	PathPrefix string `len:"1,512" pattern:"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"`
	policyARN
	PolicyUsageFilter string `enum:"PermissionsPolicy|PermissionsBoundary"`
}

type ListEntitiesForPolicyOutput struct {
	paged
	PolicyGroups []PolicyGroup
	PolicyRoles  []PolicyRole
	PolicyUsers  []PolicyUser
}

// Attachments of managed policies.

type AttachUserPolicyInput struct {
	userName
	policyARN
}

type AttachGroupPolicyInput struct {
	groupName
	policyARN
}

type AttachRolePolicyInput struct {
	roleName
	policyARN
}

type DetachUserPolicyInput struct {
	userName
	policyARN
}

type DetachGroupPolicyInput struct {
	groupName
	policyARN
}

type DetachRolePolicyInput struct {
	roleName
	policyARN
}

type ListAttachedUserPoliciesInput struct {
	userName
	page
	pathPrefix
}

type ListAttachedGroupPoliciesInput struct {
	groupName
	page
	pathPrefix
}

type ListAttachedRolePoliciesInput struct {
	roleName
	page
	pathPrefix
}

type ListAttachedPoliciesOutput struct {
	AttachedPolicies []AttachedPolicy
	paged
}

// Inline policies.

type PutUserPolicyInput struct {
	userName
	policyName
	policyDocument
}

type PutGroupPolicyInput struct {
	groupName
	policyName
	policyDocument
}

type PutRolePolicyInput struct {
	roleName
	policyName
	policyDocument
}

type GetUserPolicyInput struct {
	userName
	policyName
}

type GetGroupPolicyInput struct {
	groupName
	policyName
}

type GetRolePolicyInput struct {
	roleName
	policyName
}

// GetInlinePolicyOutput is the output of GetUserPolicy, GetGroupPolicy and
// GetRolePolicy; one of the names is set.
type GetInlinePolicyOutput struct {
	GroupName      string
	PolicyDocument string
	PolicyName     string
	RoleName       string
	UserName       string
}

type DeleteUserPolicyInput struct {
	userName
	policyName
}

type DeleteGroupPolicyInput struct {
	groupName
	policyName
}

type DeleteRolePolicyInput struct {
	roleName
	policyName
}

type ListUserPoliciesInput struct {
	userName
	page
}

type ListGroupPoliciesInput struct {
	groupName
	page
}

type ListRolePoliciesInput struct {
	roleName
	page
}

type ListInlinePoliciesOutput struct {
	paged
	PolicyNames []string
}

// Permissions boundaries.

type PutUserPermissionsBoundaryInput struct {
	userName
	boundary
}

type PutRolePermissionsBoundaryInput struct {
	roleName
	boundary
}

type DeleteUserPermissionsBoundaryInput struct{ userName }

type DeleteRolePermissionsBoundaryInput struct{ roleName }

// Access keys.

type CreateAccessKeyInput struct{ callerOrUser }

type CreateAccessKeyOutput struct{ AccessKey AccessKey }

type ListAccessKeysInput struct {
	callerOrUser
	page
}

type ListAccessKeysOutput struct {
	AccessKeyMetadata []AccessKeyMetadata
	paged
}

type accessKeyID struct {
	AccessKeyId string `required:"" len:"16,128" pattern:"[\\w]+"`
}

type UpdateAccessKeyInput struct {
	callerOrUser
	accessKeyID
	Status string `required:"" enum:"Active|Inactive"`
}

type DeleteAccessKeyInput struct {
	callerOrUser
	accessKeyID
}

// What a user of ours never has.

type ListSSHPublicKeysInput struct {
	callerOrUser
	page
}

type ListSSHPublicKeysOutput struct {
	paged
	SSHPublicKeys []None
}

type ListSigningCertificatesInput struct {
	callerOrUser
	page
}

type ListSigningCertificatesOutput struct {
	Certificates []None
	paged
}

type ListMFADevicesInput struct {
	callerOrUser
	page
}

type ListMFADevicesOutput struct {
	paged
	MFADevices []None
}

type ListVirtualMFADevicesInput struct {
	AssignmentStatus string `enum:"Assigned|Unassigned|Any"`
	page
}

type ListVirtualMFADevicesOutput struct {
	paged
	VirtualMFADevices []None
}

type ListServiceSpecificCredentialsInput struct {
	callerOrUser
	page
	ServiceName string
}

type ListServiceSpecificCredentialsOutput struct {
	paged
	ServiceSpecificCredentials []None
}

type GetLoginProfileInput struct{ callerOrUser }

type GetLoginProfileOutput struct{}

type DeleteLoginProfileInput struct{ callerOrUser }

// None is an element of a list that is always empty.
type None struct{}

// Accounts.

type CreateAccountAliasInput struct {
	AccountAlias string `required:"" len:"3,63"`
}

type DeleteAccountAliasInput struct {
	AccountAlias string `required:"" len:"3,63"`
}

type ListAccountAliasesInput struct{ page }

type ListAccountAliasesOutput struct {
	AccountAliases []string
	paged
}

type GetAccountSummaryInput struct{}

type GetAccountSummaryOutput struct{ SummaryMap map[string]int32 }

// Simulation.

type SimulatePrincipalPolicyInput struct {
	ActionNames                        []string `required:"" elemlen:"3,128"`
	ContextEntries                     []ContextEntry
	PermissionsBoundaryPolicyInputList []string `elemlen:"1,131072" elempattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	PolicyInputList                    []string `elemlen:"1,131072" elempattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	PolicySourceArn                    string   `required:"" len:"20,2048"`
	ResourceArns                       []string `elemlen:"1,2048"`
}

type SimulatePolicyOutput struct {
	EvaluationResults []EvaluationResult
	paged
}

type ContextEntry struct {
	ContextKeyName   string `len:"5,256"`
	ContextKeyType   string `enum:"string|stringList|numeric|numericList|boolean|booleanList|ip|ipList|binary|binaryList|date|dateList"`
	ContextKeyValues []string
}

type EvaluationResult struct {
	EvalActionName                    string
	EvalDecision                      string
	EvalResourceName                  string
	MatchedStatements                 []Statement
	PermissionsBoundaryDecisionDetail *PermissionsBoundaryDecisionDetail
}

type Statement struct {
	SourcePolicyId   string
	SourcePolicyType string
}

type PermissionsBoundaryDecisionDetail struct{ AllowedByPermissionsBoundary bool }

// Structures.

type Tag struct {
	Key   string `required:"" len:"1,128" pattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"`
	Value string `required:"" len:"0,256" pattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"`
}

type User struct {
	Arn                 string
	CreateDate          time.Time
	Path                string
	PermissionsBoundary *AttachedPermissionsBoundary
	Tags                []Tag
	UserId              string
	UserName            string
}

type Group struct {
	Arn        string
	CreateDate time.Time
	GroupId    string
	GroupName  string
	Path       string
}

type Role struct {
	Arn                      string
	AssumeRolePolicyDocument string
	CreateDate               time.Time
	Description              string
	MaxSessionDuration       int32
	Path                     string
	PermissionsBoundary      *AttachedPermissionsBoundary
	RoleId                   string
	RoleLastUsed             *RoleLastUsed
	RoleName                 string
	Tags                     []Tag
}

type RoleLastUsed struct{}

type AttachedPermissionsBoundary struct {
	PermissionsBoundaryArn  string
	PermissionsBoundaryType string
}

type Policy struct {
	Arn                           string
	AttachmentCount               int32
	CreateDate                    time.Time
	DefaultVersionId              string
	Description                   string
	IsAttachable                  bool
	Path                          string
	PermissionsBoundaryUsageCount int32
	PolicyId                      string
	PolicyName                    string
	Tags                          []Tag
	UpdateDate                    time.Time
}

type PolicyVersion struct {
	CreateDate       time.Time
	Document         string
	IsDefaultVersion bool
	VersionId        string
}

type PolicyGroup struct {
	GroupId   string
	GroupName string
}

type PolicyRole struct {
	RoleId   string
	RoleName string
}

type PolicyUser struct {
	UserId   string
	UserName string
}

type AttachedPolicy struct {
	PolicyArn  string
	PolicyName string
}

type AccessKey struct {
	AccessKeyId     string
	CreateDate      time.Time
	SecretAccessKey string
	Status          string
	UserName        string
}

type AccessKeyMetadata struct {
	AccessKeyId string
	CreateDate  time.Time
	Status      string
	UserName    string
}
