package main

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// settings are what differs from stack to stack.
type settings struct {
	name    string // fog-music-dev: what resources outside the bucket namespace are called
	buckets string // what bucket names begin with
	region  string
	trials  bool
	origins []string
}

func readSettings(ctx *pulumi.Context) (settings, error) {
	s := settings{
		name:   fmt.Sprintf("fog-music-%s", ctx.Stack()),
		region: config.Require(ctx, "aws:region"),
		// Requests are signed and carry no cookie, so an origin gains nothing
		// by being allowed; production stacks narrow it all the same.
		origins: []string{"*"},
	}
	own := config.New(ctx, "fog-music")
	s.trials = own.GetBool("trials")
	if own.Get("webOrigins") != "" {
		s.origins = nil
		own.RequireObject("webOrigins", &s.origins)
	}
	s.buckets = own.Get("bucketPrefix")
	if s.buckets == "" {
		caller, err := aws.GetCallerIdentity(ctx, nil)
		if err != nil {
			return s, err
		}
		s.buckets = s.name + "-" + caller.AccountId
	}
	return s, nil
}
