package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// media is the bucket of the songs and their covers.
type media struct{ bucket *s3.Bucket }

// newMedia makes the media bucket. What is under songs/ was encrypted before it
// left the uploader's disk and is read by guests; what is under thumbnails/ is
// read by everybody.
func newMedia(ctx *pulumi.Context, s settings) (*media, error) {
	bucket, err := s3.NewBucket(ctx, "media", &s3.BucketArgs{
		Bucket:       pulumi.String(s.buckets + "-media"),
		ForceDestroy: pulumi.Bool(s.trials),
	})
	if err != nil {
		return nil, err
	}
	if err := publish(ctx, "media", bucket, "thumbnails/*"); err != nil {
		return nil, err
	}
	// A player that seeks asks for ranges, and has to see which one it got.
	_, err = s3.NewBucketCorsConfiguration(ctx, "media", &s3.BucketCorsConfigurationArgs{
		Bucket: bucket.Bucket,
		CorsRules: s3.BucketCorsConfigurationCorsRuleArray{&s3.BucketCorsConfigurationCorsRuleArgs{
			AllowedMethods: pulumi.ToStringArray([]string{"GET", "HEAD"}),
			AllowedOrigins: pulumi.ToStringArray(s.origins),
			AllowedHeaders: pulumi.ToStringArray([]string{"*"}),
			ExposeHeaders:  pulumi.ToStringArray([]string{"Accept-Ranges", "Content-Range", "Content-Length", "ETag"}),
			MaxAgeSeconds:  pulumi.Int(3600),
		}},
	})
	return &media{bucket}, err
}

// publish lets everybody read the objects under a prefix of the bucket, and
// nothing else: access lists stay shut off, only the policy may be public.
func publish(ctx *pulumi.Context, name string, bucket *s3.Bucket, objects string) error {
	open, err := s3.NewBucketPublicAccessBlock(ctx, name, &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.Bucket,
		BlockPublicAcls:       pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(false),
		RestrictPublicBuckets: pulumi.Bool(false),
	})
	if err != nil {
		return err
	}
	_, err = s3.NewBucketPolicy(ctx, name, &s3.BucketPolicyArgs{
		Bucket: bucket.Bucket,
		Policy: policy(statement{
			"Sid":       "EverybodyReads",
			"Effect":    "Allow",
			"Principal": "*",
			"Action":    "s3:GetObject",
			"Resource":  pulumi.Sprintf("%s/%s", bucket.Arn, objects),
		}),
	}, pulumi.DependsOn([]pulumi.Resource{open}))
	return err
}
