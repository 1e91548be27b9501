// The infrastructure of fog-music, as an ordinary Pulumi program: the same
// program goes to AWS with `pulumi up` and to a Niebla with `niebla up`.
//
// Its stack outputs are what the seed and the web player are configured with:
//
//	region          the region everything is in
//	mediaBucket     holds songs/ (private) and thumbnails/ (public)
//	webBucket       holds the web player
//	webUrl          where the web player is served
//	catalogTable    one row per song, key song_id
//	usersTable      one row per guest, key device_id, with the map tastes
//	identityPoolId  gives guests their identity and credentials
//	guestRoleArn    what a guest may do
//	keyAlias        the KMS key that wraps one data key per song
//	keyArn          the same key
//	trials          whether the stack is for trials only
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() { pulumi.Run(deploy) }

func deploy(ctx *pulumi.Context) error {
	s, err := readSettings(ctx)
	if err != nil {
		return err
	}
	media, err := newMedia(ctx, s)
	if err != nil {
		return err
	}
	tables, err := newTables(ctx, s)
	if err != nil {
		return err
	}
	key, err := newSongKey(ctx, s)
	if err != nil {
		return err
	}
	guests, err := newGuests(ctx, s)
	if err != nil {
		return err
	}
	if err := guests.allow(ctx, media, tables, key); err != nil {
		return err
	}
	web, err := newWeb(ctx, s)
	if err != nil {
		return err
	}

	ctx.Export("region", pulumi.String(s.region))
	ctx.Export("mediaBucket", media.bucket.Bucket)
	ctx.Export("webBucket", web.bucket.Bucket)
	ctx.Export("webUrl", pulumi.Sprintf("http://%s", web.site.WebsiteEndpoint))
	ctx.Export("catalogTable", tables.catalog.Name)
	ctx.Export("usersTable", tables.users.Name)
	ctx.Export("identityPoolId", guests.pool.ID())
	ctx.Export("guestRoleArn", guests.role.Arn)
	ctx.Export("keyAlias", key.alias.Name)
	ctx.Export("keyArn", key.key.Arn)
	ctx.Export("trials", pulumi.Bool(s.trials))
	return nil
}
