package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/appsync"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// api is the GraphQL API. Resolvers are files of ../graphql.
type api struct {
	ctx     *pulumi.Context
	graphql *appsync.GraphQLApi
	key     *appsync.ApiKey
	steps   map[string]*appsync.Function // of pipelines, by file
}

const graphqlDir = "../graphql"

// javaScript is the runtime of resolvers that are not templates.
const javaScriptName, javaScriptVersion = "APPSYNC_JS", "1.0.0"

func newAPI(ctx *pulumi.Context, s settings, m *members, t *tables) (*api, error) {
	schema, err := os.ReadFile(filepath.Join(graphqlDir, "schema.graphql"))
	if err != nil {
		return nil, err
	}
	graphql, err := appsync.NewGraphQLApi(ctx, "api", &appsync.GraphQLApiArgs{
		Name:               pulumi.String("biihlive"),
		AuthenticationType: pulumi.String("API_KEY"),
		AdditionalAuthenticationProviders: appsync.GraphQLApiAdditionalAuthenticationProviderArray{
			&appsync.GraphQLApiAdditionalAuthenticationProviderArgs{
				AuthenticationType: pulumi.String("AMAZON_COGNITO_USER_POOLS"),
				UserPoolConfig:     &appsync.GraphQLApiAdditionalAuthenticationProviderUserPoolConfigArgs{UserPoolId: m.pool.ID()},
			},
			&appsync.GraphQLApiAdditionalAuthenticationProviderArgs{AuthenticationType: pulumi.String("AWS_IAM")},
		},
		Schema:          pulumi.String(schema),
		QueryDepthLimit: pulumi.Int(8),
		Tags:            pinned(apiID),
	})
	if err != nil {
		return nil, err
	}
	a := &api{ctx: ctx, graphql: graphql, steps: map[string]*appsync.Function{}}
	a.key, err = appsync.NewApiKey(ctx, "public", &appsync.ApiKeyArgs{ApiId: graphql.ID(), Description: pulumi.String("Reads what is public")})
	if err != nil {
		return nil, err
	}
	return a, a.resolvers(s, t)
}

// resolvers is every field that does something, and how.
func (a *api) resolvers(s settings, t *tables) error {
	users, err := a.tableSource(s, "users", t.users.Name, t.users.Arn)
	if err != nil {
		return err
	}
	social, err := a.tableSource(s, "social", t.social.Name, t.social.Arn)
	if err != nil {
		return err
	}
	chats, err := a.tableSource(s, "chats", t.chats.Name, t.chats.Arn)
	if err != nil {
		return err
	}
	rankings, err := a.tableSource(s, "rankings", t.rankings.Name, t.rankings.Arn)
	if err != nil {
		return err
	}
	local, err := appsync.NewDataSource(a.ctx, "local", &appsync.DataSourceArgs{
		ApiId: a.graphql.ID(), Name: pulumi.String("local"), Type: pulumi.String("NONE"),
	})
	if err != nil {
		return err
	}
	for _, u := range []struct {
		field             string
		source            *appsync.DataSource
		request, response string
	}{
		{"Query.getUser", users, "Query.getUser.request.vtl", "Query.getUser.response.vtl"},
		{"Query.searchUsers", users, "Query.searchUsers.request.vtl", "result.response.vtl"},
		{"Query.isFollowing", social, "Query.isFollowing.request.vtl", "Query.isFollowing.response.vtl"},
		{"Query.photos", social, "Query.photos.request.vtl", "result.response.vtl"},
		{"Query.videos", social, "Query.videos.request.vtl", "result.response.vtl"},
		{"Query.messages", chats, "Query.messages.js", ""},
		{"Mutation.updateProfile", users, "Mutation.updateProfile.js", ""},
		{"Mutation.unfollow", social, "Mutation.unfollow.request.vtl", "result.response.vtl"},
		{"Mutation.addPhoto", social, "Mutation.addPhoto.request.vtl", "result.response.vtl"},
		{"Mutation.addVideo", social, "Mutation.addVideo.request.vtl", "result.response.vtl"},
		{"Mutation.heartbeat", users, "Mutation.heartbeat.request.vtl", "result.response.vtl"},
		{"Mutation.goOffline", users, "Mutation.goOffline.request.vtl", "result.response.vtl"},
		{"Mutation.publishUser", users, "Query.getUser.request.vtl", "Query.getUser.response.vtl"},
		{"Subscription.onMessage", local, "Subscription.onMessage.request.vtl", "Subscription.response.vtl"},
		{"Subscription.onRead", local, "Subscription.onRead.request.vtl", "Subscription.response.vtl"},
	} {
		if err := a.unit(u.field, u.source, u.request, u.response); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		field string
		code  string
		steps []step
	}{
		{"Query.followers", "tables.js", []step{{social, "followers.js"}, {users, "joinUsers.js"}}},
		{"Query.following", "tables.js", []step{{social, "following.js"}, {users, "joinUsers.js"}}},
		{"Query.conversations", "tables.js", []step{{chats, "conversations.js"}, {users, "joinUsers.js"}}},
		{"Query.ranking", "pipeline.js", []step{{rankings, "currentEdition.js"}, {rankings, "rankingEntries.js"}}},
		{"Mutation.follow", "pipeline.js", []step{{users, "requireUser.js"}, {social, "putFollow.request.vtl"}}},
		{"Mutation.sendMessage", "tables.js", []step{{users, "requireUser.js"}, {chats, "sendMessage.js"}}},
		{"Mutation.markRead", "tables.js", []step{{chats, "unreadMessages.js"}, {chats, "markRead.js"}}},
	} {
		if err := a.pipeline(p.field, p.code, p.steps...); err != nil {
			return err
		}
	}
	return nil
}

// tableSource is a table with a role that may do with it what resolvers do.
func (a *api) tableSource(s settings, name string, table, arn pulumi.StringOutput) (*appsync.DataSource, error) {
	role, _, err := serviceRole(a.ctx, "source-"+name, "appsync.amazonaws.com", statement{
		"Effect":   "Allow",
		"Action":   []any{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
		"Resource": []any{arn, pulumi.Sprintf("%s/index/*", arn)},
	})
	if err != nil {
		return nil, err
	}
	return appsync.NewDataSource(a.ctx, name, &appsync.DataSourceArgs{
		ApiId: a.graphql.ID(), Name: pulumi.String(name), Type: pulumi.String("AMAZON_DYNAMODB"), ServiceRoleArn: role.Arn,
		DynamodbConfig: &appsync.DataSourceDynamodbConfigArgs{TableName: table, Region: pulumi.String(s.region)},
	})
}

// unit resolves a field by one request to a data source: by code, or by the
// templates of request and response.
func (a *api) unit(field string, source *appsync.DataSource, request, response string) error {
	object, name, _ := strings.Cut(field, ".")
	args := &appsync.ResolverArgs{ApiId: a.graphql.ID(), Type: pulumi.String(object), Field: pulumi.String(name), DataSource: source.Name}
	sent, err := resource("resolvers", request)
	if err != nil {
		return err
	}
	if strings.HasSuffix(request, ".js") {
		args.Code = sent
		args.Runtime = &appsync.ResolverRuntimeArgs{Name: pulumi.String(javaScriptName), RuntimeVersion: pulumi.String(javaScriptVersion)}
	} else {
		args.RequestTemplate = sent
		if args.ResponseTemplate, err = resource("resolvers", response); err != nil {
			return err
		}
	}
	_, err = appsync.NewResolver(a.ctx, field, args)
	return err
}

// step is a function of a pipeline: code, or the request template beside which
// the response template lies.
type step struct {
	source *appsync.DataSource
	file   string
}

func (a *api) pipeline(field, code string, steps ...step) error {
	object, name, _ := strings.Cut(field, ".")
	var ids pulumi.StringArray
	for _, s := range steps {
		f, err := a.function(s)
		if err != nil {
			return err
		}
		ids = append(ids, f.FunctionId)
	}
	text, err := resource("resolvers", code)
	if err != nil {
		return err
	}
	_, err = appsync.NewResolver(a.ctx, field, &appsync.ResolverArgs{
		ApiId: a.graphql.ID(), Type: pulumi.String(object), Field: pulumi.String(name), Kind: pulumi.String("PIPELINE"), Code: text,
		Runtime:        &appsync.ResolverRuntimeArgs{Name: pulumi.String(javaScriptName), RuntimeVersion: pulumi.String(javaScriptVersion)},
		PipelineConfig: &appsync.ResolverPipelineConfigArgs{Functions: ids},
	})
	return err
}

// function makes the function of a file, which several pipelines may share.
func (a *api) function(s step) (*appsync.Function, error) {
	if f := a.steps[s.file]; f != nil {
		return f, nil
	}
	name, _, _ := strings.Cut(s.file, ".")
	args := &appsync.FunctionArgs{ApiId: a.graphql.ID(), Name: pulumi.String(name), DataSource: s.source.Name}
	text, err := resource("functions", s.file)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(s.file, ".js") {
		args.Code = text
		args.Runtime = &appsync.FunctionRuntimeArgs{Name: pulumi.String(javaScriptName), RuntimeVersion: pulumi.String(javaScriptVersion)}
	} else {
		args.RequestMappingTemplate = text
		if args.ResponseMappingTemplate, err = resource("functions", strings.Replace(s.file, ".request.", ".response.", 1)); err != nil {
			return nil, err
		}
	}
	f, err := appsync.NewFunction(a.ctx, name, args)
	a.steps[s.file] = f
	return f, err
}

func resource(folder, file string) (pulumi.String, error) {
	b, err := os.ReadFile(filepath.Join(graphqlDir, folder, file))
	return pulumi.String(b), err
}
