package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// edge is the distribution in front of the buckets, which are closed to
// everybody else.
type edge struct{ distribution *cloudfront.Distribution }

const day, year = 24 * 3600, 365 * 24 * 3600

func newEdge(ctx *pulumi.Context, s settings, b *buckets) (*edge, error) {
	access, err := cloudfront.NewOriginAccessControl(ctx, "edge", &cloudfront.OriginAccessControlArgs{
		Name: pulumi.String("biihlive"), Description: pulumi.String("The distribution signs what it asks the buckets for"),
		OriginAccessControlOriginType: pulumi.String("s3"), SigningBehavior: pulumi.String("always"), SigningProtocol: pulumi.String("sigv4"),
	})
	if err != nil {
		return nil, err
	}
	behind := []struct {
		name   string
		bucket *s3.Bucket
	}{{"media", b.media}, {"web", b.web}}
	origins := cloudfront.DistributionOriginArray{}
	for _, o := range behind {
		origins = append(origins, &cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(o.name),
			DomainName:            pulumi.Sprintf("%s.s3.%s.amazonaws.com", o.bucket.Bucket, s.region),
			OriginAccessControlId: access.ID(),
		})
	}
	inert, err := cloudfront.NewResponseHeadersPolicy(ctx, "media", &cloudfront.ResponseHeadersPolicyArgs{
		Name: pulumi.String("biihlive-media"), Comment: pulumi.String("What members upload is no page of ours, whatever type they give it"),
		SecurityHeadersConfig: &cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs{
			ContentSecurityPolicy: &cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs{
				ContentSecurityPolicy: pulumi.String("default-src 'none'; sandbox"), Override: pulumi.Bool(true),
			},
			ContentTypeOptions: &cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs{Override: pulumi.Bool(true)},
		},
	})
	if err != nil {
		return nil, err
	}
	var behaviors cloudfront.DistributionOrderedCacheBehaviorArray
	for _, p := range []struct {
		path          string
		name          string
		min, def, max int // seconds
	}{
		{"/profile-photos/*", "profile-photos", day, day, day}, // 24 hours
		{"/fotos/*", "fotos", year, year, year},                // for ever: a file never changes
		{"/videos/*", "videos", 0, 0, 0},                       // never
	} {
		kept, err := cachePolicy(ctx, p.name, p.min, p.def, p.max)
		if err != nil {
			return nil, err
		}
		behaviors = append(behaviors, &cloudfront.DistributionOrderedCacheBehaviorArgs{
			PathPattern: pulumi.String(p.path), TargetOriginId: pulumi.String("media"), CachePolicyId: kept.ID(), ResponseHeadersPolicyId: inert.ID(),
			ViewerProtocolPolicy: pulumi.String("allow-all"), AllowedMethods: reads(), CachedMethods: reads(),
		})
	}
	// The web application says itself how long its files may be kept.
	kept, err := cachePolicy(ctx, "web", 0, 0, year)
	if err != nil {
		return nil, err
	}
	d, err := cloudfront.NewDistribution(ctx, "edge", &cloudfront.DistributionArgs{
		Enabled: pulumi.Bool(true), Comment: pulumi.String("Biihlive"), DefaultRootObject: pulumi.String("index.html"),
		Origins:               origins,
		OrderedCacheBehaviors: behaviors,
		DefaultCacheBehavior: &cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId: pulumi.String("web"), CachePolicyId: kept.ID(), Compress: pulumi.Bool(true),
			ViewerProtocolPolicy: pulumi.String("allow-all"), AllowedMethods: reads(), CachedMethods: reads(),
		},
		PriceClass: pulumi.String("PriceClass_100"),
		Restrictions: &cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: &cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		ViewerCertificate: &cloudfront.DistributionViewerCertificateArgs{CloudfrontDefaultCertificate: pulumi.Bool(true)},
		Tags: pulumi.StringMap{
			"niebla:id": pulumi.String(distributionID), "niebla:domain": pulumi.String(distributionDomain),
		},
	})
	if err != nil {
		return nil, err
	}
	for _, o := range behind {
		_, err := s3.NewBucketPolicy(ctx, o.name, &s3.BucketPolicyArgs{
			Bucket: o.bucket.Bucket,
			Policy: policy(statement{
				"Sid": "TheDistributionReads", "Effect": "Allow", "Principal": map[string]any{"Service": "cloudfront.amazonaws.com"},
				"Action": "s3:GetObject", "Resource": pulumi.Sprintf("%s/*", o.bucket.Arn),
				"Condition": map[string]any{"StringEquals": map[string]any{"AWS:SourceArn": d.Arn}},
			}),
		})
		if err != nil {
			return nil, err
		}
	}
	return &edge{d}, nil
}

// cachePolicy keeps files by their path alone.
func cachePolicy(ctx *pulumi.Context, name string, min, def, max int) (*cloudfront.CachePolicy, error) {
	return cloudfront.NewCachePolicy(ctx, name, &cloudfront.CachePolicyArgs{
		Name: pulumi.String("biihlive-" + name), MinTtl: pulumi.Int(min), DefaultTtl: pulumi.Int(def), MaxTtl: pulumi.Int(max),
		ParametersInCacheKeyAndForwardedToOrigin: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			CookiesConfig:              &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{CookieBehavior: pulumi.String("none")},
			HeadersConfig:              &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{HeaderBehavior: pulumi.String("none")},
			QueryStringsConfig:         &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: pulumi.String("none")},
			EnableAcceptEncodingGzip:   pulumi.Bool(max > 0),
			EnableAcceptEncodingBrotli: pulumi.Bool(max > 0),
		},
	})
}

func reads() pulumi.StringArray { return pulumi.ToStringArray([]string{"GET", "HEAD"}) }
