// The infrastructure of Biihlive, as an ordinary Pulumi program: the same
// program goes to AWS with `pulumi up` and to a Niebla with `niebla up`.
//
// Its stack outputs are what the scripts and the web application are configured with:
//
//	region              the region everything is in
//	apiId, graphqlUrl   AppSync
//	apiKey              reads what is public
//	userPoolId, userPoolClientId, identityPoolId
//	mediaBucket         photos and videos
//	webBucket           the web application
//	distributionId      serves both
//	distributionDomain  at this name
//	rankingsUrl         the public HTTP API
//	usersTable, socialTable, chatsTable, rankingsTable
//	trials              whether the stack is for trials only
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() { pulumi.Run(deploy) }

func deploy(ctx *pulumi.Context) error {
	s, err := readSettings(ctx)
	if err != nil {
		return err
	}
	tables, err := newTables(ctx, s)
	if err != nil {
		return err
	}
	buckets, err := newBuckets(ctx, s)
	if err != nil {
		return err
	}
	members, err := newMembers(ctx, s, tables)
	if err != nil {
		return err
	}
	api, err := newAPI(ctx, s, members, tables)
	if err != nil {
		return err
	}
	functions, err := newFunctions(ctx, s, tables, buckets, api)
	if err != nil {
		return err
	}
	if err := members.allow(ctx, buckets); err != nil {
		return err
	}
	edge, err := newEdge(ctx, s, buckets)
	if err != nil {
		return err
	}
	if err := newMonitoring(ctx, s, tables, buckets, api, functions); err != nil {
		return err
	}

	ctx.Export("region", pulumi.String(s.region))
	ctx.Export("apiId", api.graphql.ID())
	ctx.Export("graphqlUrl", api.graphql.Uris.MapIndex(pulumi.String("GRAPHQL")))
	ctx.Export("apiKey", api.key.Key)
	ctx.Export("userPoolId", members.pool.ID())
	ctx.Export("userPoolClientId", members.client.ID())
	ctx.Export("identityPoolId", members.identities.ID())
	ctx.Export("mediaBucket", buckets.media.Bucket)
	ctx.Export("webBucket", buckets.web.Bucket)
	ctx.Export("distributionId", edge.distribution.ID())
	ctx.Export("distributionDomain", edge.distribution.DomainName)
	ctx.Export("rankingsUrl", functions.rankings.stage.InvokeUrl)
	ctx.Export("usersTable", tables.users.Name)
	ctx.Export("socialTable", tables.social.Name)
	ctx.Export("chatsTable", tables.chats.Name)
	ctx.Export("rankingsTable", tables.rankings.Name)
	ctx.Export("trials", pulumi.Bool(s.trials))
	return nil
}
