package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// buckets are closed: the distribution reads them, and members write into
// their own folders.
type buckets struct{ media, web *s3.Bucket }

// metricsOf names the request metrics of the whole media bucket.
const metricsOf = "EntireBucket"

func newBuckets(ctx *pulumi.Context, s settings) (*buckets, error) {
	media, err := closedBucket(ctx, s, "media", s.mediaBucket)
	if err != nil {
		return nil, err
	}
	_, err = s3.NewBucketCorsConfiguration(ctx, "media", &s3.BucketCorsConfigurationArgs{
		Bucket: media.Bucket,
		CorsRules: s3.BucketCorsConfigurationCorsRuleArray{&s3.BucketCorsConfigurationCorsRuleArgs{
			AllowedMethods: pulumi.ToStringArray([]string{"GET", "HEAD", "PUT", "POST"}),
			AllowedOrigins: pulumi.ToStringArray([]string{"*"}), // every request is signed
			AllowedHeaders: pulumi.ToStringArray([]string{"*"}),
			ExposeHeaders:  pulumi.ToStringArray([]string{"ETag"}),
			MaxAgeSeconds:  pulumi.Int(3600),
		}},
	})
	if err != nil {
		return nil, err
	}
	_, err = s3.NewBucketMetric(ctx, "media", &s3.BucketMetricArgs{Bucket: media.Bucket, Name: pulumi.String(metricsOf)})
	if err != nil {
		return nil, err
	}
	web, err := closedBucket(ctx, s, "web", s.webBucket)
	return &buckets{media, web}, err
}

func closedBucket(ctx *pulumi.Context, s settings, resource, name string) (*s3.Bucket, error) {
	b, err := s3.NewBucket(ctx, resource, &s3.BucketArgs{Bucket: pulumi.String(name), ForceDestroy: pulumi.Bool(s.trials)})
	if err != nil {
		return nil, err
	}
	_, err = s3.NewBucketPublicAccessBlock(ctx, resource, &s3.BucketPublicAccessBlockArgs{
		Bucket:          b.Bucket,
		BlockPublicAcls: pulumi.Bool(true), IgnorePublicAcls: pulumi.Bool(true),
		BlockPublicPolicy: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	})
	return b, err
}
