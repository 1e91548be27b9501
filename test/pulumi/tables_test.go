package pulumi

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/appsync"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/dynamodb"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sqs"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
)

// kinds are the SDK's types of what niebla up carries out: the resource, whose
// fields are outputs, and its arguments.
var kinds = map[string][2]any{
	"aws:apigatewayv2/api:Api":                                                               {apigatewayv2.Api{}, apigatewayv2.ApiArgs{}},
	"aws:apigatewayv2/integration:Integration":                                               {apigatewayv2.Integration{}, apigatewayv2.IntegrationArgs{}},
	"aws:apigatewayv2/route:Route":                                                           {apigatewayv2.Route{}, apigatewayv2.RouteArgs{}},
	"aws:apigatewayv2/stage:Stage":                                                           {apigatewayv2.Stage{}, apigatewayv2.StageArgs{}},
	"aws:appsync/apiKey:ApiKey":                                                              {appsync.ApiKey{}, appsync.ApiKeyArgs{}},
	"aws:appsync/dataSource:DataSource":                                                      {appsync.DataSource{}, appsync.DataSourceArgs{}},
	"aws:appsync/function:Function":                                                          {appsync.Function{}, appsync.FunctionArgs{}},
	"aws:appsync/graphQLApi:GraphQLApi":                                                      {appsync.GraphQLApi{}, appsync.GraphQLApiArgs{}},
	"aws:appsync/resolver:Resolver":                                                          {appsync.Resolver{}, appsync.ResolverArgs{}},
	"aws:cloudfront/cachePolicy:CachePolicy":                                                 {cloudfront.CachePolicy{}, cloudfront.CachePolicyArgs{}},
	"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy":                             {cloudfront.ResponseHeadersPolicy{}, cloudfront.ResponseHeadersPolicyArgs{}},
	"aws:cloudfront/distribution:Distribution":                                               {cloudfront.Distribution{}, cloudfront.DistributionArgs{}},
	"aws:cloudfront/originAccessControl:OriginAccessControl":                                 {cloudfront.OriginAccessControl{}, cloudfront.OriginAccessControlArgs{}},
	"aws:cloudwatch/dashboard:Dashboard":                                                     {cloudwatch.Dashboard{}, cloudwatch.DashboardArgs{}},
	"aws:cloudwatch/eventRule:EventRule":                                                     {cloudwatch.EventRule{}, cloudwatch.EventRuleArgs{}},
	"aws:cloudwatch/eventTarget:EventTarget":                                                 {cloudwatch.EventTarget{}, cloudwatch.EventTargetArgs{}},
	"aws:cloudwatch/logGroup:LogGroup":                                                       {cloudwatch.LogGroup{}, cloudwatch.LogGroupArgs{}},
	"aws:cloudwatch/metricAlarm:MetricAlarm":                                                 {cloudwatch.MetricAlarm{}, cloudwatch.MetricAlarmArgs{}},
	"aws:cognito/identityPool:IdentityPool":                                                  {cognito.IdentityPool{}, cognito.IdentityPoolArgs{}},
	"aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag":          {cognito.IdentityPoolProviderPrincipalTag{}, cognito.IdentityPoolProviderPrincipalTagArgs{}},
	"aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment":                      {cognito.IdentityPoolRoleAttachment{}, cognito.IdentityPoolRoleAttachmentArgs{}},
	"aws:cognito/userGroup:UserGroup":                                                        {cognito.UserGroup{}, cognito.UserGroupArgs{}},
	"aws:cognito/userPool:UserPool":                                                          {cognito.UserPool{}, cognito.UserPoolArgs{}},
	"aws:cognito/userPoolClient:UserPoolClient":                                              {cognito.UserPoolClient{}, cognito.UserPoolClientArgs{}},
	"aws:dynamodb/table:Table":                                                               {dynamodb.Table{}, dynamodb.TableArgs{}},
	"aws:iam/accessKey:AccessKey":                                                            {iam.AccessKey{}, iam.AccessKeyArgs{}},
	"aws:iam/policy:Policy":                                                                  {iam.Policy{}, iam.PolicyArgs{}},
	"aws:iam/role:Role":                                                                      {iam.Role{}, iam.RoleArgs{}},
	"aws:iam/rolePolicy:RolePolicy":                                                          {iam.RolePolicy{}, iam.RolePolicyArgs{}},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":                                      {iam.RolePolicyAttachment{}, iam.RolePolicyAttachmentArgs{}},
	"aws:iam/user:User":                                                                      {iam.User{}, iam.UserArgs{}},
	"aws:iam/userPolicyAttachment:UserPolicyAttachment":                                      {iam.UserPolicyAttachment{}, iam.UserPolicyAttachmentArgs{}},
	"aws:kms/alias:Alias":                                                                    {kms.Alias{}, kms.AliasArgs{}},
	"aws:kms/key:Key":                                                                        {kms.Key{}, kms.KeyArgs{}},
	"aws:lambda/eventSourceMapping:EventSourceMapping":                                       {lambda.EventSourceMapping{}, lambda.EventSourceMappingArgs{}},
	"aws:lambda/function:Function":                                                           {lambda.Function{}, lambda.FunctionArgs{}},
	"aws:lambda/permission:Permission":                                                       {lambda.Permission{}, lambda.PermissionArgs{}},
	"aws:s3/bucket:Bucket":                                                                   {s3.Bucket{}, s3.BucketArgs{}},
	"aws:s3/bucketCorsConfiguration:BucketCorsConfiguration":                                 {s3.BucketCorsConfiguration{}, s3.BucketCorsConfigurationArgs{}},
	"aws:s3/bucketMetric:BucketMetric":                                                       {s3.BucketMetric{}, s3.BucketMetricArgs{}},
	"aws:s3/bucketNotification:BucketNotification":                                           {s3.BucketNotification{}, s3.BucketNotificationArgs{}},
	"aws:s3/bucketObject:BucketObject":                                                       {s3.BucketObject{}, s3.BucketObjectArgs{}},
	"aws:s3/bucketObjectv2:BucketObjectv2":                                                   {s3.BucketObjectv2{}, s3.BucketObjectv2Args{}},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                 {s3.BucketOwnershipControls{}, s3.BucketOwnershipControlsArgs{}},
	"aws:s3/bucketPolicy:BucketPolicy":                                                       {s3.BucketPolicy{}, s3.BucketPolicyArgs{}},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                 {s3.BucketPublicAccessBlock{}, s3.BucketPublicAccessBlockArgs{}},
	"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {s3.BucketServerSideEncryptionConfiguration{}, s3.BucketServerSideEncryptionConfigurationArgs{}},
	"aws:s3/bucketVersioning:BucketVersioning":                                               {s3.BucketVersioning{}, s3.BucketVersioningArgs{}},
	"aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration":                           {s3.BucketWebsiteConfiguration{}, s3.BucketWebsiteConfigurationArgs{}},
	"aws:sns/topic:Topic":                                                                    {sns.Topic{}, sns.TopicArgs{}},
	"aws:sns/topicPolicy:TopicPolicy":                                                        {sns.TopicPolicy{}, sns.TopicPolicyArgs{}},
	"aws:sns/topicSubscription:TopicSubscription":                                            {sns.TopicSubscription{}, sns.TopicSubscriptionArgs{}},
	"aws:sqs/queue:Queue":                                                                    {sqs.Queue{}, sqs.QueueArgs{}},
	"aws:sqs/queuePolicy:QueuePolicy":                                                        {sqs.QueuePolicy{}, sqs.QueuePolicyArgs{}},
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
