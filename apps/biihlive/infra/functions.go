package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/appsync"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// functions are the Lambda functions with what triggers them.
type functions struct {
	names    []string // of all that alarms watch
	rankings rankingsAPI
}

type rankingsAPI struct {
	api   *apigatewayv2.Api
	stage *apigatewayv2.Stage
}

func newFunctions(ctx *pulumi.Context, s settings, t *tables, b *buckets, a *api) (*functions, error) {
	publish := statement{
		"Sid": "Publish", "Effect": "Allow", "Action": "appsync:GraphQL",
		"Resource": pulumi.Sprintf("%s/types/Mutation/fields/publishUser", a.graphql.Arn),
	}
	url := a.graphql.Uris.MapIndex(pulumi.String("GRAPHQL"))
	if err := newCounters(ctx, s, t, url, publish); err != nil {
		return nil, err
	}
	if err := newPhotos(ctx, s, t, b, url, publish); err != nil {
		return nil, err
	}
	if err := newRankings(ctx, s, t); err != nil {
		return nil, err
	}
	if err := newSuggestions(ctx, s, t, a); err != nil {
		return nil, err
	}
	served, err := newRankingsAPI(ctx, s, t)
	return &functions{
		[]string{"UpdateUserCounters", "ProcessProfilePhoto", "CalculateRankings", "PostConfirmation", "SuggestUsers", "RankingsApi"}, served,
	}, err
}

// newCounters counts followers from the stream of who follows whom.
func newCounters(ctx *pulumi.Context, s settings, t *tables, url pulumi.StringOutput, publish statement) error {
	lost, err := sqs.NewQueue(ctx, "UpdateUserCounters", &sqs.QueueArgs{
		Name: pulumi.String("UpdateUserCounters-lost"), MessageRetentionSeconds: pulumi.Int(14 * 24 * 3600),
	})
	if err != nil {
		return err
	}
	f, err := newFunction(ctx, s, function{
		name: "UpdateUserCounters", memory: 256, timeout: 30,
		variables: pulumi.StringMap{"USERS_TABLE": t.users.Name, "SOCIAL_TABLE": t.social.Name, "GRAPHQL_URL": url},
		rights: []statement{
			{"Sid": "Count", "Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": t.users.Arn},
			{"Sid": "Remember", "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": t.social.Arn},
			{"Sid": "Read", "Effect": "Allow", "Resource": t.social.StreamArn,
				"Action": []any{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}},
			{"Sid": "List", "Effect": "Allow", "Action": "dynamodb:ListStreams", "Resource": "*"},
			{"Sid": "Lost", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": lost.Arn},
			publish,
		},
	})
	if err != nil {
		return err
	}
	_, err = lambda.NewEventSourceMapping(ctx, "UpdateUserCounters", &lambda.EventSourceMappingArgs{
		FunctionName:               f.Arn,
		EventSourceArn:             t.social.StreamArn,
		StartingPosition:           pulumi.String("TRIM_HORIZON"),
		BatchSize:                  pulumi.Int(100),
		BisectBatchOnFunctionError: pulumi.Bool(true),
		MaximumRetryAttempts:       pulumi.Int(10),
		FunctionResponseTypes:      pulumi.ToStringArray([]string{"ReportBatchItemFailures"}),
		// Of all that the table holds, who follows whom counts.
		FilterCriteria: &lambda.EventSourceMappingFilterCriteriaArgs{
			Filters: lambda.EventSourceMappingFilterCriteriaFilterArray{&lambda.EventSourceMappingFilterCriteriaFilterArgs{
				Pattern: pulumi.String(`{"dynamodb":{"Keys":{"SK":{"S":[{"prefix":"FOLLOWING#"}]}}}}`),
			}},
		},
		DestinationConfig: &lambda.EventSourceMappingDestinationConfigArgs{
			OnFailure: &lambda.EventSourceMappingDestinationConfigOnFailureArgs{DestinationArn: lost.Arn},
		},
	})
	return err
}

// newPhotos processes the photos that members put below profile-photos/.
func newPhotos(ctx *pulumi.Context, s settings, t *tables, b *buckets, url pulumi.StringOutput, publish statement) error {
	f, err := newFunction(ctx, s, function{
		name: "ProcessProfilePhoto", memory: 1024, timeout: 60,
		variables: pulumi.StringMap{"USERS_TABLE": t.users.Name, "MEDIA_BUCKET": b.media.Bucket, "GRAPHQL_URL": url},
		rights: []statement{
			{"Sid": "Photos", "Effect": "Allow", "Action": []any{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
				"Resource": []any{pulumi.Sprintf("%s/profile-photos/*", b.media.Arn), pulumi.Sprintf("%s/fotos/*", b.media.Arn)}},
			{"Sid": "Profile", "Effect": "Allow", "Action": []any{"dynamodb:GetItem", "dynamodb:UpdateItem"}, "Resource": t.users.Arn},
			publish,
		},
	})
	if err != nil {
		return err
	}
	allowed, err := lambda.NewPermission(ctx, "ProcessProfilePhoto", &lambda.PermissionArgs{
		StatementId: pulumi.String("s3"), Action: pulumi.String("lambda:InvokeFunction"), Function: f.Name,
		Principal: pulumi.String("s3.amazonaws.com"), SourceArn: b.media.Arn, SourceAccount: pulumi.String(s.account),
	})
	if err != nil {
		return err
	}
	_, err = s3.NewBucketNotification(ctx, "media", &s3.BucketNotificationArgs{
		Bucket: b.media.Bucket,
		LambdaFunctions: s3.BucketNotificationLambdaFunctionArray{&s3.BucketNotificationLambdaFunctionArgs{
			Id: pulumi.String("profile-photos"), LambdaFunctionArn: f.Arn,
			Events: pulumi.ToStringArray([]string{"s3:ObjectCreated:Put"}), FilterPrefix: pulumi.String("profile-photos/"),
		}},
	}, pulumi.DependsOn([]pulumi.Resource{allowed}))
	return err
}

// newRankings calculates the rankings once a day.
func newRankings(ctx *pulumi.Context, s settings, t *tables) error {
	f, err := newFunction(ctx, s, function{
		name: "CalculateRankings", memory: 512, timeout: 300,
		variables: pulumi.StringMap{"USERS_TABLE": t.users.Name, "RANKINGS_TABLE": t.rankings.Name},
		rights: []statement{
			{"Sid": "Members", "Effect": "Allow", "Action": []any{"dynamodb:Scan", "dynamodb:UpdateItem"}, "Resource": t.users.Arn},
			{"Sid": "Edition", "Effect": "Allow", "Action": []any{"dynamodb:PutItem", "dynamodb:BatchWriteItem", "dynamodb:GetItem"}, "Resource": t.rankings.Arn},
		},
	})
	if err != nil {
		return err
	}
	daily, err := cloudwatch.NewEventRule(ctx, "CalculateRankings", &cloudwatch.EventRuleArgs{
		Name: pulumi.String("CalculateRankings"), Description: pulumi.String("Every day, a new edition of the rankings"),
		ScheduleExpression: pulumi.String("cron(0 3 * * ? *)"),
	})
	if err != nil {
		return err
	}
	if _, err := lambda.NewPermission(ctx, "CalculateRankings", &lambda.PermissionArgs{
		StatementId: pulumi.String("daily"), Action: pulumi.String("lambda:InvokeFunction"), Function: f.Name,
		Principal: pulumi.String("events.amazonaws.com"), SourceArn: daily.Arn,
	}); err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(ctx, "CalculateRankings", &cloudwatch.EventTargetArgs{
		Rule: daily.Name, TargetId: pulumi.String("CalculateRankings"), Arn: f.Arn,
	})
	return err
}

// newSuggestions answers whom a member may want to follow.
func newSuggestions(ctx *pulumi.Context, s settings, t *tables, a *api) error {
	f, err := newFunction(ctx, s, function{
		name: "SuggestUsers", memory: 256, timeout: 10,
		variables: pulumi.StringMap{"USERS_TABLE": t.users.Name, "SOCIAL_TABLE": t.social.Name},
		rights: []statement{
			{"Sid": "Members", "Effect": "Allow", "Action": []any{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
				"Resource": []any{t.users.Arn, pulumi.Sprintf("%s/index/*", t.users.Arn)}},
			{"Sid": "Graph", "Effect": "Allow", "Action": "dynamodb:Query", "Resource": t.social.Arn},
		},
	})
	if err != nil {
		return err
	}
	role, _, err := serviceRole(ctx, "suggestions", "appsync.amazonaws.com", statement{
		"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": []any{f.Arn, pulumi.Sprintf("%s:*", f.Arn)},
	})
	if err != nil {
		return err
	}
	source, err := appsync.NewDataSource(ctx, "suggestions", &appsync.DataSourceArgs{
		ApiId: a.graphql.ID(), Name: pulumi.String("suggestions"), Type: pulumi.String("AWS_LAMBDA"), ServiceRoleArn: role.Arn,
		LambdaConfig: &appsync.DataSourceLambdaConfigArgs{FunctionArn: f.Arn},
	})
	if err != nil {
		return err
	}
	return a.unit("Query.suggestions", source, "Query.suggestions.request.vtl", "result.response.vtl")
}

// newRankingsAPI serves rankings to anybody, over plain HTTP.
func newRankingsAPI(ctx *pulumi.Context, s settings, t *tables) (r rankingsAPI, err error) {
	f, err := newFunction(ctx, s, function{
		name: "RankingsApi", memory: 128, timeout: 10,
		variables: pulumi.StringMap{"RANKINGS_TABLE": t.rankings.Name},
		rights: []statement{
			{"Sid": "Rankings", "Effect": "Allow", "Action": []any{"dynamodb:GetItem", "dynamodb:Query"}, "Resource": t.rankings.Arn},
		},
	})
	if err != nil {
		return r, err
	}
	r.api, err = apigatewayv2.NewApi(ctx, "rankings", &apigatewayv2.ApiArgs{
		Name: pulumi.String("biihlive-rankings"), ProtocolType: pulumi.String("HTTP"),
		CorsConfiguration: &apigatewayv2.ApiCorsConfigurationArgs{
			AllowMethods: pulumi.ToStringArray([]string{"GET"}), AllowOrigins: pulumi.ToStringArray([]string{"*"}), MaxAge: pulumi.Int(3600),
		},
	})
	if err != nil {
		return r, err
	}
	integration, err := apigatewayv2.NewIntegration(ctx, "rankings", &apigatewayv2.IntegrationArgs{
		ApiId: r.api.ID(), IntegrationType: pulumi.String("AWS_PROXY"), IntegrationUri: f.Arn,
		IntegrationMethod: pulumi.String("POST"), PayloadFormatVersion: pulumi.String("2.0"),
	})
	if err != nil {
		return r, err
	}
	// /rankings/paises/ES, /rankings/ciudades/ES/Madrid
	_, err = apigatewayv2.NewRoute(ctx, "rankings", &apigatewayv2.RouteArgs{
		ApiId: r.api.ID(), RouteKey: pulumi.String("GET /rankings/{proxy+}"), Target: pulumi.Sprintf("integrations/%s", integration.ID()),
	})
	if err != nil {
		return r, err
	}
	r.stage, err = apigatewayv2.NewStage(ctx, "rankings", &apigatewayv2.StageArgs{
		ApiId: r.api.ID(), Name: pulumi.String("$default"), AutoDeploy: pulumi.Bool(true),
	})
	if err != nil {
		return r, err
	}
	_, err = lambda.NewPermission(ctx, "RankingsApi", &lambda.PermissionArgs{
		StatementId: pulumi.String("http"), Action: pulumi.String("lambda:InvokeFunction"), Function: f.Name,
		Principal: pulumi.String("apigateway.amazonaws.com"), SourceArn: pulumi.Sprintf("%s/*/*", r.api.ExecutionArn),
	})
	return r, err
}
