package pulumi

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/dynamodb"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
)

// kinds are the SDK's types of what niebla up carries out: the resource, whose
// fields are outputs, and its arguments.
var kinds = map[string][2]any{
	"aws:cognito/identityPool:IdentityPool":                             {cognito.IdentityPool{}, cognito.IdentityPoolArgs{}},
	"aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": {cognito.IdentityPoolRoleAttachment{}, cognito.IdentityPoolRoleAttachmentArgs{}},
	"aws:dynamodb/table:Table":                                          {dynamodb.Table{}, dynamodb.TableArgs{}},
	"aws:iam/accessKey:AccessKey":                                       {iam.AccessKey{}, iam.AccessKeyArgs{}},
	"aws:iam/policy:Policy":                                             {iam.Policy{}, iam.PolicyArgs{}},
	"aws:iam/role:Role":                                                 {iam.Role{}, iam.RoleArgs{}},
	"aws:iam/rolePolicy:RolePolicy":                                     {iam.RolePolicy{}, iam.RolePolicyArgs{}},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":                 {iam.RolePolicyAttachment{}, iam.RolePolicyAttachmentArgs{}},
	"aws:iam/user:User":                                                 {iam.User{}, iam.UserArgs{}},
	"aws:iam/userPolicyAttachment:UserPolicyAttachment":                 {iam.UserPolicyAttachment{}, iam.UserPolicyAttachmentArgs{}},
	"aws:kms/alias:Alias":                                               {kms.Alias{}, kms.AliasArgs{}},
	"aws:kms/key:Key":                                                   {kms.Key{}, kms.KeyArgs{}},
	"aws:s3/bucket:Bucket":                                              {s3.Bucket{}, s3.BucketArgs{}},
	"aws:s3/bucketCorsConfiguration:BucketCorsConfiguration":            {s3.BucketCorsConfiguration{}, s3.BucketCorsConfigurationArgs{}},
	"aws:s3/bucketObject:BucketObject":                                  {s3.BucketObject{}, s3.BucketObjectArgs{}},
	"aws:s3/bucketObjectv2:BucketObjectv2":                              {s3.BucketObjectv2{}, s3.BucketObjectv2Args{}},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":            {s3.BucketOwnershipControls{}, s3.BucketOwnershipControlsArgs{}},
	"aws:s3/bucketPolicy:BucketPolicy":                                  {s3.BucketPolicy{}, s3.BucketPolicyArgs{}},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":            {s3.BucketPublicAccessBlock{}, s3.BucketPublicAccessBlockArgs{}},
	"aws:s3/bucketVersioning:BucketVersioning":                          {s3.BucketVersioning{}, s3.BucketVersioningArgs{}},
	"aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration":      {s3.BucketWebsiteConfiguration{}, s3.BucketWebsiteConfigurationArgs{}},
	"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {s3.BucketServerSideEncryptionConfiguration{}, s3.BucketServerSideEncryptionConfigurationArgs{}},
}

// fields are the names properties have in an SDK type. Arguments are named by
// the unexported type beside the exported one, which has no tags.
func fields(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("pulumi")
		if name == "" && f.IsExported() && !f.Anonymous {
			name = strings.ToLower(f.Name[:1]) + f.Name[1:]
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

func TestTablesAgreeWithTheSDK(t *testing.T) {
	for _, token := range provider.Tokens() {
		types, ok := kinds[token]
		if !ok {
			t.Errorf("%s: the SDK's type is not in this test", token)
			continue
		}
		outputs, inputs := fields(reflect.TypeOf(types[0])), fields(reflect.TypeOf(types[1]))
		kind, _ := provider.Lookup(token)
		given := slices.Clone(kind.Computed)
		for _, p := range kind.Inputs {
			given = append(given, p.Name)
			if !slices.Contains(inputs, p.Name) {
				t.Errorf("%s: the SDK has no argument %s", token, p.Name)
			}
		}
		if slices.Contains(inputs, "region") == kind.Global {
			t.Errorf("%s: global is %v, which is not what the SDK says", token, kind.Global)
		}
		for _, name := range kind.Computed {
			if !slices.Contains(outputs, name) {
				t.Errorf("%s: the SDK has no output %s", token, name)
			}
		}
		// What a program can read but not set must be there for it to read.
		for _, name := range outputs {
			if name != "region" && !slices.Contains(inputs, name) && !slices.Contains(given, name) {
				t.Errorf("%s: the output %s is never given", token, name)
			}
		}
		for name := range kind.Elsewhere {
			if !slices.Contains(inputs, name) {
				t.Errorf("%s: the SDK has no argument %s, which is said to be elsewhere", token, name)
			}
		}
	}
	if len(kinds) != len(provider.Tokens()) {
		t.Errorf("%d types in this test, %d kinds", len(kinds), len(provider.Tokens()))
	}
}
