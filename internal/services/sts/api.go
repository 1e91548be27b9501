package sts

import "time"

// The shapes of the operations we implement, member for member as AWS names them.

type AssumeRoleInput struct {
	DurationSeconds   int32  `range:"900,43200"`
	ExternalId        string `len:"2,1224" pattern:"[\\w+=,.@:\\/-]*"`
	Policy            string `len:"1," pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	PolicyArns        []PolicyDescriptorType
	RoleArn           string   `required:"" len:"20,2048" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"`
	RoleSessionName   string   `required:"" len:"2,64" pattern:"[\\w+=,.@-]*"`
	SourceIdentity    string   `len:"2,64" pattern:"[\\w+=,.@-]*"`
	Tags              []Tag    `len:",50"`
	TransitiveTagKeys []string `len:",50" elemlen:"1,128" elempattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"`
}

type AssumeRoleOutput struct {
	AssumedRoleUser  AssumedRoleUser
	Credentials      Credentials
	PackedPolicySize *int32
	SourceIdentity   string
}

type AssumeRoleWithWebIdentityInput struct {
	DurationSeconds  int32  `range:"900,43200"`
	Policy           string `len:"1,2048" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	PolicyArns       []PolicyDescriptorType
	RoleArn          string `required:"" len:"20,2048" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"`
	RoleSessionName  string `required:"" len:"2,64" pattern:"[\\w+=,.@-]*"`
	WebIdentityToken string `required:"" sensitive:"" len:"4,20000"`
}

type AssumeRoleWithWebIdentityOutput struct {
	AssumedRoleUser             AssumedRoleUser
	Audience                    string
	Credentials                 Credentials
	PackedPolicySize            *int32
	Provider                    string
	SubjectFromWebIdentityToken string
}

type GetSessionTokenInput struct {
	DurationSeconds int32 `range:"900,129600"`
}

type GetSessionTokenOutput struct{ Credentials Credentials }

type GetCallerIdentityInput struct{}

type GetCallerIdentityOutput struct {
	Account string
	Arn     string
	UserId  string
}

type GetAccessKeyInfoInput struct {
	AccessKeyId string `required:"" len:"16,128" pattern:"[\\w]*"`
}

type GetAccessKeyInfoOutput struct{ Account string }

type PolicyDescriptorType struct {
	Arn string `wire:"arn" len:"20,2048" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"`
}

type Tag struct {
	Key   string `required:"" len:"1,128" pattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"`
	Value string `required:"" len:"0,256" pattern:"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"`
}

type AssumedRoleUser struct {
	Arn           string
	AssumedRoleId string
}

type Credentials struct {
	AccessKeyId     string
	Expiration      time.Time
	SecretAccessKey string
	SessionToken    string
}
