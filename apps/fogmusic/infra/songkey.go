package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// songKey wraps the data keys of the songs.
type songKey struct {
	key   *kms.Key
	alias *kms.Alias
}

func newSongKey(ctx *pulumi.Context, s settings) (*songKey, error) {
	key, err := kms.NewKey(ctx, "songs", &kms.KeyArgs{
		Description:          pulumi.Sprintf("Wraps the data key of each song of %s", s.name),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(7),
	})
	if err != nil {
		return nil, err
	}
	alias, err := kms.NewAlias(ctx, "songs", &kms.AliasArgs{
		Name:        pulumi.Sprintf("alias/%s-songs", s.name),
		TargetKeyId: key.KeyId,
	})
	return &songKey{key, alias}, err
}
