package main

import (
	"runtime"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// settings are what differs from stack to stack.
type settings struct {
	region       string
	account      string
	trials       bool
	alarmMail    string
	mediaBucket  string
	webBucket    string
	architecture string // of the functions, which were built for it
}

func readSettings(ctx *pulumi.Context) (settings, error) {
	own := config.New(ctx, "biihlive")
	s := settings{
		region:      config.Require(ctx, "aws:region"),
		trials:      own.GetBool("trials"),
		alarmMail:   own.Get("alarmMail"),
		mediaBucket: "biihlivemedia",
		// scripts/build builds the functions on the machine that this runs on.
		architecture: map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH],
	}
	caller, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return s, err
	}
	s.account = caller.AccountId
	if b := own.Get("mediaBucket"); b != "" {
		s.mediaBucket = b
	}
	s.webBucket = s.mediaBucket + "-web"
	return s, nil
}

// The names that the description gives to what AWS names itself: a Niebla
// takes them from the tags.
const (
	apiID              = "chxkj33wdrc3vfk6vhlcbn52w4"
	userPoolID         = "eu-west-3_1QeyxVcF9"
	clientID           = "2vquhtd73jg37t1sf8uov9b7j2"
	identityPoolID     = "eu-west-3:bce99bf2-9c89-4cd5-a674-b68da1b75a34"
	distributionID     = "E1DISTRIBUTION"
	distributionDomain = "d3example.cloudfront.net"
)

// pinned are the tags of a resource that has a given id on a Niebla.
func pinned(id string) pulumi.StringMap { return pulumi.StringMap{"niebla:id": pulumi.String(id)} }
