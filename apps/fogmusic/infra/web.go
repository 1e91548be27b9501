package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// web is where the player is served from.
type web struct {
	bucket *s3.Bucket
	site   *s3.BucketWebsiteConfiguration
}

func newWeb(ctx *pulumi.Context, s settings) (*web, error) {
	bucket, err := s3.NewBucket(ctx, "web", &s3.BucketArgs{
		Bucket:       pulumi.String(s.buckets + "-web"),
		ForceDestroy: pulumi.Bool(s.trials),
	})
	if err != nil {
		return nil, err
	}
	if err := publish(ctx, "web", bucket, "*"); err != nil {
		return nil, err
	}
	// The player routes in the browser: a page S3 does not know is its own.
	site, err := s3.NewBucketWebsiteConfiguration(ctx, "web", &s3.BucketWebsiteConfigurationArgs{
		Bucket:        bucket.Bucket,
		IndexDocument: &s3.BucketWebsiteConfigurationIndexDocumentArgs{Suffix: pulumi.String("index.html")},
		ErrorDocument: &s3.BucketWebsiteConfigurationErrorDocumentArgs{Key: pulumi.String("index.html")},
	})
	return &web{bucket, site}, err
}
