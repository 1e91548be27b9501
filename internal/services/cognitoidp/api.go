package cognitoidp

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type UserPoolRef struct {
	UserPoolId string `required:"" len:"1,55" pattern:"[\\w-]+_[0-9a-zA-Z]+"`
}

type UserRef struct {
	UserPoolRef
	Username string `required:"" sensitive:"" len:"1,128" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
}

type GroupRef struct {
	UserPoolRef
	GroupName string `required:"" len:"1,128" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
}

type Bearer struct {
	AccessToken string `required:"" sensitive:"" pattern:"[A-Za-z0-9-_=.]+"`
}

// PoolSettings are the members that creating, updating and describing a pool
// share.
type PoolSettings struct {
	AccountRecoverySetting      *AccountRecoverySettingType
	AdminCreateUserConfig       *AdminCreateUserConfigType
	AutoVerifiedAttributes      []string `elemenum:"phone_number|email"`
	DeletionProtection          string   `enum:"ACTIVE|INACTIVE"`
	EmailConfiguration          *EmailConfigurationType
	EmailVerificationMessage    string `len:"6,20000" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*"`
	EmailVerificationSubject    string `len:"1,140" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+"`
	LambdaConfig                *LambdaConfigType
	MfaConfiguration            string `enum:"OFF|ON|OPTIONAL"`
	Policies                    *UserPoolPolicyType
	SmsConfiguration            *SmsConfigurationType
	SmsVerificationMessage      string `len:"6,140" pattern:".*\\{####\\}.*"`
	UserAttributeUpdateSettings *UserAttributeUpdateSettingsType
	UserPoolTags                map[string]string `keylen:"1,128" elemlen:"0,256"`
	UserPoolTier                string            `enum:"LITE|ESSENTIALS|PLUS"`
	VerificationMessageTemplate *VerificationMessageTemplateType
}

type AccountRecoverySettingType struct {
	RecoveryMechanisms []RecoveryOptionType `len:"1,2"`
}

type RecoveryOptionType struct {
	Name     string `required:"" enum:"verified_email|verified_phone_number|admin_only"`
	Priority int32  `required:"" range:"1,2"`
}

type AdminCreateUserConfigType struct {
	AllowAdminCreateUserOnly  bool
	InviteMessageTemplate     *MessageTemplateType
	UnusedAccountValidityDays *int32 `range:"0,365"`
}

type MessageTemplateType struct {
	EmailMessage string `len:"6,20000" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*"`
	EmailSubject string `len:"1,140" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+"`
	SMSMessage   string `len:"6,140" pattern:"(?s).*"`
}

type EmailConfigurationType struct {
	EmailSendingAccount string `enum:"COGNITO_DEFAULT|DEVELOPER"`
	From                string `len:"0,131072"`
	ReplyToEmailAddress string `pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
	SourceArn           string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
}

type LambdaConfigType struct {
	CreateAuthChallenge         string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	CustomMessage               string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	DefineAuthChallenge         string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PostAuthentication          string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PostConfirmation            string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PreAuthentication           string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PreSignUp                   string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PreTokenGeneration          string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	PreTokenGenerationConfig    *PreTokenGenerationVersionConfigType
	UserMigration               string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	VerifyAuthChallengeResponse string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
}

type PreTokenGenerationVersionConfigType struct {
	LambdaArn     string `required:"" len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	LambdaVersion string `required:"" enum:"V1_0|V2_0|V3_0"`
}

type UserPoolPolicyType struct {
	PasswordPolicy *PasswordPolicyType
}

type PasswordPolicyType struct {
	MinimumLength                 *int32 `range:"6,99"`
	PasswordHistorySize           *int32 `range:"0,24"`
	RequireLowercase              bool
	RequireNumbers                bool
	RequireSymbols                bool
	RequireUppercase              bool
	TemporaryPasswordValidityDays *int32 `range:"0,365"`
}

type SmsConfigurationType struct {
	ExternalId   string `len:"0,131072"`
	SnsCallerArn string `required:"" len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	SnsRegion    string `len:"5,32"`
}

type UserAttributeUpdateSettingsType struct {
	AttributesRequireVerificationBeforeUpdate []string `elemenum:"phone_number|email"`
}

type VerificationMessageTemplateType struct {
	DefaultEmailOption string `enum:"CONFIRM_WITH_LINK|CONFIRM_WITH_CODE"`
	EmailMessage       string `len:"6,20000" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*"`
	EmailSubject       string `len:"1,140" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+"`
	SmsMessage         string `len:"6,140" pattern:".*\\{####\\}.*"`
}

type SchemaAttributeType struct {
	AttributeDataType          string `enum:"String|Number|DateTime|Boolean"`
	DeveloperOnlyAttribute     bool
	Mutable                    *bool
	Name                       string `len:"1,20" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
	NumberAttributeConstraints *NumberAttributeConstraintsType
	Required                   bool
	StringAttributeConstraints *StringAttributeConstraintsType
}

type NumberAttributeConstraintsType struct {
	MaxValue *string `len:"0,131072"`
	MinValue *string `len:"0,131072"`
}

type StringAttributeConstraintsType struct {
	MaxLength *string `len:"0,131072"`
	MinLength *string `len:"0,131072"`
}

type UsernameConfigurationType struct {
	CaseSensitive bool `required:""`
}

type CreateUserPoolInput struct {
	PoolSettings
	AliasAttributes       []string              `elemenum:"phone_number|email|preferred_username"`
	PoolName              string                `required:"" len:"1,128" pattern:"[\\w\\s+=,.@-]+"`
	Schema                []SchemaAttributeType `len:"1,50"`
	UsernameAttributes    []string              `elemenum:"phone_number|email"`
	UsernameConfiguration *UsernameConfigurationType
}

type CreateUserPoolOutput struct{ UserPool *UserPoolType }

type UserPoolType struct {
	PoolSettings
	AliasAttributes        []string
	Arn                    string
	CreationDate           time.Time
	EstimatedNumberOfUsers int32
	Id                     string
	LastModifiedDate       time.Time
	Name                   string
	SchemaAttributes       []SchemaAttributeType
	UsernameAttributes     []string
	UsernameConfiguration  *UsernameConfigurationType
}

type DescribeUserPoolInput struct{ UserPoolRef }

type DescribeUserPoolOutput struct{ UserPool *UserPoolType }

type UpdateUserPoolInput struct {
	PoolSettings
	PoolName string `len:"1,128" pattern:"[\\w\\s+=,.@-]+"`
	UserPoolRef
}

type DeleteUserPoolInput struct{ UserPoolRef }

type ListUserPoolsInput struct {
	MaxResults int    `required:"" range:"1,60"`
	NextToken  string `len:"1," pattern:"[\\S]+"`
}

type ListUserPoolsOutput struct {
	NextToken string
	UserPools []UserPoolDescriptionType
}

type UserPoolDescriptionType struct {
	CreationDate     time.Time
	Id               string
	LambdaConfig     *LambdaConfigType
	LastModifiedDate time.Time
	Name             string
}

type GetUserPoolMfaConfigInput struct{ UserPoolRef }

type GetUserPoolMfaConfigOutput struct{ MfaConfiguration string }

type AddCustomAttributesInput struct {
	CustomAttributes []SchemaAttributeType `required:"" len:"1,25"`
	UserPoolRef
}

// ClientSettings are the members that creating, updating and describing a
// client share.
type ClientSettings struct {
	AccessTokenValidity        *int32 `range:"1,86400"`
	AllowedOAuthFlows          []string
	AllowedOAuthScopes         []string
	AuthSessionValidity        *int32 `range:"3,15"`
	CallbackURLs               []string
	EnableTokenRevocation      *bool
	ExplicitAuthFlows          []string `elemenum:"ADMIN_NO_SRP_AUTH|CUSTOM_AUTH_FLOW_ONLY|USER_PASSWORD_AUTH|ALLOW_ADMIN_USER_PASSWORD_AUTH|ALLOW_CUSTOM_AUTH|ALLOW_USER_PASSWORD_AUTH|ALLOW_USER_SRP_AUTH|ALLOW_REFRESH_TOKEN_AUTH|ALLOW_USER_AUTH"`
	IdTokenValidity            *int32   `range:"1,86400"`
	LogoutURLs                 []string
	PreventUserExistenceErrors string   `enum:"LEGACY|ENABLED"`
	ReadAttributes             []string `elemlen:"1,2048"`
	RefreshTokenRotation       *RefreshTokenRotationType
	RefreshTokenValidity       *int32   `range:"0,315360000"`
	SupportedIdentityProviders []string `elemlen:"1,32" elempattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\p{Z}]+"`
	TokenValidityUnits         *TokenValidityUnitsType
	WriteAttributes            []string `elemlen:"1,2048"`
}

type RefreshTokenRotationType struct {
	Feature                 string `required:"" enum:"ENABLED|DISABLED"`
	RetryGracePeriodSeconds *int32 `range:"0,60"`
}

type TokenValidityUnitsType struct {
	AccessToken  string `enum:"seconds|minutes|hours|days"`
	IdToken      string `enum:"seconds|minutes|hours|days"`
	RefreshToken string `enum:"seconds|minutes|hours|days"`
}

type ClientRef struct {
	ClientId string `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	UserPoolRef
}

type CreateUserPoolClientInput struct {
	ClientName     string `required:"" len:"1,128" pattern:"[\\w\\s+=,.@-]+"`
	ClientSecret   string `sensitive:"" len:"24,64" pattern:"[\\w+]+"`
	GenerateSecret bool
	ClientSettings
	UserPoolRef
}

type CreateUserPoolClientOutput struct{ UserPoolClient *UserPoolClientType }

type UserPoolClientType struct {
	ClientId     string
	ClientName   string
	ClientSecret string
	ClientSettings
	CreationDate     time.Time
	LastModifiedDate time.Time
	UserPoolId       string
}

type DescribeUserPoolClientInput struct{ ClientRef }

type DescribeUserPoolClientOutput struct{ UserPoolClient *UserPoolClientType }

type UpdateUserPoolClientInput struct {
	ClientName string `len:"1,128" pattern:"[\\w\\s+=,.@-]+"`
	ClientRef
	ClientSettings
}

type UpdateUserPoolClientOutput struct{ UserPoolClient *UserPoolClientType }

type DeleteUserPoolClientInput struct{ ClientRef }

type ListUserPoolClientsInput struct {
	MaxResults int    `range:"1,60"`
	NextToken  string `len:"1,131072" pattern:"[\\S]+"`
	UserPoolRef
}

type ListUserPoolClientsOutput struct {
	NextToken       string
	UserPoolClients []UserPoolClientDescription
}

type UserPoolClientDescription struct{ ClientId, ClientName, UserPoolId string }

type AttributeType struct {
	Name  string  `required:"" len:"1,32" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
	Value *string `sensitive:"" len:",2048"`
}

// FromClient is what a user's own calls say of where they come from.
type FromClient struct {
	ClientId       string            `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	SecretHash     string            `sensitive:"" len:"1,128" pattern:"[\\w+=/]+"`
	Username       string            `required:"" sensitive:"" len:"1,128" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
}

type SignUpInput struct {
	FromClient
	Password       string `required:"" sensitive:"" len:"6,256" pattern:"[\\S]+"`
	UserAttributes []AttributeType
	ValidationData []AttributeType
}

type SignUpOutput struct {
	CodeDeliveryDetails *CodeDeliveryDetailsType
	UserConfirmed       bool
	UserSub             string
}

type CodeDeliveryDetailsType struct{ AttributeName, DeliveryMedium, Destination string }

type ConfirmSignUpInput struct {
	FromClient
	ConfirmationCode   string `required:"" len:"1,2048" pattern:"[\\S]+"`
	ForceAliasCreation bool
}

type ResendConfirmationCodeInput struct{ FromClient }

type ResendConfirmationCodeOutput struct{ CodeDeliveryDetails *CodeDeliveryDetailsType }

type ForgotPasswordInput struct{ FromClient }

type ForgotPasswordOutput struct{ CodeDeliveryDetails *CodeDeliveryDetailsType }

type ConfirmForgotPasswordInput struct {
	FromClient
	ConfirmationCode string `required:"" len:"1,2048" pattern:"[\\S]+"`
	Password         string `required:"" sensitive:"" len:",256" pattern:"[\\S]+"`
}

type InitiateAuthInput struct {
	AuthFlow       string            `required:"" enum:"USER_SRP_AUTH|REFRESH_TOKEN_AUTH|REFRESH_TOKEN|CUSTOM_AUTH|ADMIN_NO_SRP_AUTH|USER_PASSWORD_AUTH|ADMIN_USER_PASSWORD_AUTH|USER_AUTH"`
	AuthParameters map[string]string `sensitive:"" keylen:"0,131072" elemlen:"0,131072"`
	ClientId       string            `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
}

// AuthOutput is what every step of a sign-in answers: tokens, or a challenge.
type AuthOutput struct {
	AuthenticationResult *AuthenticationResultType
	ChallengeName        string
	ChallengeParameters  map[string]string
	Session              string
}

type AuthenticationResultType struct {
	AccessToken  string
	ExpiresIn    int32
	IdToken      string
	RefreshToken string
	TokenType    string
}

type AdminInitiateAuthInput struct {
	AuthFlow       string            `required:"" enum:"USER_SRP_AUTH|REFRESH_TOKEN_AUTH|REFRESH_TOKEN|CUSTOM_AUTH|ADMIN_NO_SRP_AUTH|USER_PASSWORD_AUTH|ADMIN_USER_PASSWORD_AUTH|USER_AUTH"`
	AuthParameters map[string]string `sensitive:"" keylen:"0,131072" elemlen:"0,131072"`
	ClientRef
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
}

type RespondToAuthChallengeInput struct {
	ChallengeName      string            `required:"" enum:"SMS_MFA|EMAIL_OTP|SOFTWARE_TOKEN_MFA|SELECT_MFA_TYPE|MFA_SETUP|PASSWORD_VERIFIER|CUSTOM_CHALLENGE|SELECT_CHALLENGE|DEVICE_SRP_AUTH|DEVICE_PASSWORD_VERIFIER|ADMIN_NO_SRP_AUTH|NEW_PASSWORD_REQUIRED|SMS_OTP|PASSWORD|WEB_AUTHN|PASSWORD_SRP"`
	ChallengeResponses map[string]string `sensitive:"" keylen:"0,131072" elemlen:"0,131072"`
	ClientId           string            `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	ClientMetadata     map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	Session            string            `sensitive:"" len:"20,2048"`
}

type AdminRespondToAuthChallengeInput struct {
	ChallengeName      string            `required:"" enum:"SMS_MFA|EMAIL_OTP|SOFTWARE_TOKEN_MFA|SELECT_MFA_TYPE|MFA_SETUP|PASSWORD_VERIFIER|CUSTOM_CHALLENGE|SELECT_CHALLENGE|DEVICE_SRP_AUTH|DEVICE_PASSWORD_VERIFIER|ADMIN_NO_SRP_AUTH|NEW_PASSWORD_REQUIRED|SMS_OTP|PASSWORD|WEB_AUTHN|PASSWORD_SRP"`
	ChallengeResponses map[string]string `sensitive:"" keylen:"0,131072" elemlen:"0,131072"`
	ClientRef
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	Session        string            `sensitive:"" len:"20,2048"`
}

type GetTokensFromRefreshTokenInput struct {
	ClientId       string            `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	ClientSecret   string            `sensitive:"" len:"24,64" pattern:"[\\w+]+"`
	RefreshToken   string            `required:"" sensitive:"" pattern:"[A-Za-z0-9-_=.]+"`
}

type GetTokensFromRefreshTokenOutput struct{ AuthenticationResult *AuthenticationResultType }

type RevokeTokenInput struct {
	ClientId     string `required:"" sensitive:"" len:"1,128" pattern:"[\\w+]+"`
	ClientSecret string `sensitive:"" len:"24,64" pattern:"[\\w+]+"`
	Token        string `required:"" sensitive:"" pattern:"[A-Za-z0-9-_=.]+"`
}

type GlobalSignOutInput struct{ Bearer }

type ChangePasswordInput struct {
	Bearer
	PreviousPassword string `sensitive:"" len:",256" pattern:"[\\S]+"`
	ProposedPassword string `required:"" sensitive:"" len:",256" pattern:"[\\S]+"`
}

type GetUserInput struct{ Bearer }

type GetUserOutput struct {
	UserAttributes []AttributeType
	Username       string
}

type UpdateUserAttributesInput struct {
	Bearer
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	UserAttributes []AttributeType   `required:""`
}

type UpdateUserAttributesOutput struct {
	CodeDeliveryDetailsList []CodeDeliveryDetailsType
}

type DeleteUserAttributesInput struct {
	Bearer
	UserAttributeNames []string `required:"" elemlen:"1,32" elempattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
}

type GetUserAttributeVerificationCodeInput struct {
	Bearer
	AttributeName  string            `required:"" len:"1,32" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
}

type GetUserAttributeVerificationCodeOutput struct{ CodeDeliveryDetails *CodeDeliveryDetailsType }

type VerifyUserAttributeInput struct {
	Bearer
	AttributeName string `required:"" len:"1,32" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
	Code          string `required:"" len:"1,2048" pattern:"[\\S]+"`
}

type DeleteUserInput struct{ Bearer }

type AdminCreateUserInput struct {
	ClientMetadata         map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	DesiredDeliveryMediums []string          `elemenum:"SMS|EMAIL"`
	ForceAliasCreation     bool
	MessageAction          string `enum:"RESEND|SUPPRESS"`
	TemporaryPassword      string `sensitive:"" len:",256" pattern:"[\\S]+"`
	UserAttributes         []AttributeType
	UserRef
	ValidationData []AttributeType
}

type AdminCreateUserOutput struct{ User *UserType }

type UserType struct {
	Attributes           []AttributeType
	Enabled              bool
	UserCreateDate       time.Time
	UserLastModifiedDate time.Time
	UserStatus           string
	Username             string
}

type AdminGetUserInput struct{ UserRef }

type AdminGetUserOutput struct {
	Enabled              bool
	UserAttributes       []AttributeType
	UserCreateDate       time.Time
	UserLastModifiedDate time.Time
	UserStatus           string
	Username             string
}

type AdminDeleteUserInput struct{ UserRef }

type AdminConfirmSignUpInput struct {
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	UserRef
}

type AdminSetUserPasswordInput struct {
	Password  string `required:"" sensitive:"" len:",256" pattern:"[\\S]+"`
	Permanent bool
	UserRef
}

type AdminResetUserPasswordInput struct {
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	UserRef
}

type AdminEnableUserInput struct{ UserRef }

type AdminDisableUserInput struct{ UserRef }

type AdminUpdateUserAttributesInput struct {
	ClientMetadata map[string]string `keylen:"0,131072" elemlen:"0,131072"`
	UserAttributes []AttributeType   `required:""`
	UserRef
}

type AdminDeleteUserAttributesInput struct {
	UserAttributeNames []string `required:"" elemlen:"1,32" elempattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
	UserRef
}

type AdminUserGlobalSignOutInput struct{ UserRef }

type AdminAddUserToGroupInput struct {
	GroupName string `required:"" len:"1,128" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
	UserRef
}

type AdminRemoveUserFromGroupInput struct {
	GroupName string `required:"" len:"1,128" pattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"`
	UserRef
}

type AdminListGroupsForUserInput struct {
	Limit     *int   `range:"0,60"`
	NextToken string `len:"1,131072" pattern:"[\\S]+"`
	UserRef
}

type AdminListGroupsForUserOutput struct {
	Groups    []GroupType
	NextToken string
}

type ListUsersInput struct {
	AttributesToGet []string `elemlen:"1,32" elempattern:"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+"`
	Filter          string   `len:",256"`
	Limit           *int     `range:"0,60"`
	PaginationToken string   `len:"1," pattern:"[\\S]+"`
	UserPoolRef
}

type ListUsersOutput struct {
	PaginationToken string
	Users           []UserType
}

type ListUsersInGroupInput struct {
	GroupRef
	Limit     *int   `range:"0,60"`
	NextToken string `len:"1,131072" pattern:"[\\S]+"`
}

type ListUsersInGroupOutput struct {
	NextToken string
	Users     []UserType
}

type GroupType struct {
	CreationDate     time.Time
	Description      string
	GroupName        string
	LastModifiedDate time.Time
	Precedence       *int32
	RoleArn          string
	UserPoolId       string
}

// GroupSettings are the members that creating and updating a group share.
type GroupSettings struct {
	Description *string `len:",2048"`
	GroupRef
	Precedence *int32 `range:"0,"`
	RoleArn    string `len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
}

type CreateGroupInput struct{ GroupSettings }

type CreateGroupOutput struct{ Group *GroupType }

type GetGroupInput struct{ GroupRef }

type GetGroupOutput struct{ Group *GroupType }

type UpdateGroupInput struct{ GroupSettings }

type UpdateGroupOutput struct{ Group *GroupType }

type DeleteGroupInput struct{ GroupRef }

type ListGroupsInput struct {
	Limit     *int   `range:"0,60"`
	NextToken string `len:"1,131072" pattern:"[\\S]+"`
	UserPoolRef
}

type ListGroupsOutput struct {
	Groups    []GroupType
	NextToken string
}

type TagResourceInput struct {
	ResourceArn string            `required:"" len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	Tags        map[string]string `required:"" keylen:"1,128" elemlen:"0,256"`
}

type UntagResourceInput struct {
	ResourceArn string   `required:"" len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
	TagKeys     []string `required:"" elemlen:"1,128"`
}

type ListTagsForResourceInput struct {
	ResourceArn string `required:"" len:"20,2048" pattern:"arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?"`
}

type ListTagsForResourceOutput struct{ Tags map[string]string }
