package provider

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func bucketKinds() []*Kind {
	return append([]*Kind{bucketKind()}, bucketConfigKinds()...)
}

// bucketKind is a bucket without its configuration, which has kinds of its own.
func bucketKind() *Kind {
	return &Kind{
		Token: "aws:s3/bucket:Bucket",
		Inputs: []Property{
			{Name: "bucket", Type: str, Replace: true, Computed: true},
			{Name: "bucketPrefix", Type: str, Replace: true, Computed: true},
			{Name: "forceDestroy", Type: boolean, Default: false},
			{Name: "objectLockEnabled", Type: boolean, Replace: true, Computed: true},
			{Name: "tags", Type: mapOf(str)},
		},
		Computed: []string{"arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "hostedZoneId", "websiteDomain", "websiteEndpoint", "tagsAll"},
		Identity: []string{"bucket"},
		Name:     Naming{Property: "bucket", Prefix: "bucketPrefix", Max: 63, Lower: true},
		Elsewhere: map[string]string{
			"acl":                               "aws:s3/bucketAcl:BucketAcl",
			"corsRules":                         "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
			"policy":                            "aws:s3/bucketPolicy:BucketPolicy",
			"serverSideEncryptionConfiguration": "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
			"versioning":                        "aws:s3/bucketVersioning:BucketVersioning",
			"website":                           "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
		},
		create: createBucket, read: readBucket, update: updateBucket, remove: removeBucket,
		find: byInputs(bucketOf, readBucket),
	}
}

func bucketOf(r *Resource) string { return r.text("bucket") }

func createBucket(ctx context.Context, r *Resource) (string, error) {
	bucket := bucketOf(r)
	var body []byte
	if r.Region != "us-east-1" {
		body, _ = xml.Marshal(struct {
			XMLName            xml.Name `xml:"CreateBucketConfiguration"`
			Namespace          string   `xml:"xmlns,attr"`
			LocationConstraint string
		}{Namespace: s3Namespace, LocationConstraint: r.Region})
	}
	header := http.Header{}
	if r.flag("objectLockEnabled") {
		header.Set("X-Amz-Bucket-Object-Lock-Enabled", "true")
	}
	if _, _, err := r.s3(ctx, "CreateBucket", http.MethodPut, bucket, "", nil, header, body); err != nil {
		return "", err
	}
	return bucket, updateBucket(ctx, r)
}

func readBucket(ctx context.Context, r *Resource) (value.Map, error) {
	if _, _, err := r.s3(ctx, "HeadBucket", http.MethodHead, r.ID, "", nil, nil, nil); err != nil {
		return nil, err
	}
	return value.Map{
		"bucket":                   r.ID,
		"arn":                      "arn:aws:s3:::" + r.ID,
		"bucketDomainName":         r.ID + ".s3.amazonaws.com",
		"bucketRegionalDomainName": r.ID + ".s3." + r.Region + ".amazonaws.com",
		"bucketRegion":             r.Region,
		"hostedZoneId":             hostedZones[r.Region],
		"objectLockEnabled":        r.flag("objectLockEnabled"),
		// A bucket that is a website by a resource of its own has these there.
		"websiteDomain": "", "websiteEndpoint": "",
	}, nil
}

func updateBucket(ctx context.Context, r *Resource) error {
	bucket := bucketOf(r)
	tags, _ := r.In["tags"].(value.Map)
	switch {
	case !r.Changed("tags") || r.Old == nil && len(tags) == 0:
		return nil
	case len(tags) == 0:
		return r.deleteConfig(ctx, "DeleteBucketTagging", bucket, "tagging")
	}
	return r.putConfig(ctx, "PutBucketTagging", bucket, "tagging", struct {
		XMLName   xml.Name `xml:"Tagging"`
		Namespace string   `xml:"xmlns,attr"`
		Tags      []s3Tag  `xml:"TagSet>Tag"`
	}{Namespace: s3Namespace, Tags: s3Tags(tags)})
}

func removeBucket(ctx context.Context, r *Resource) error {
	if r.flag("forceDestroy") {
		if err := r.emptyBucket(ctx, r.ID); unlessGone(err) != nil {
			return err
		}
	}
	_, _, err := r.s3(ctx, "DeleteBucket", http.MethodDelete, r.ID, "", nil, nil, nil)
	return unlessGone(err)
}

// emptyBucket deletes every version of every object of the bucket.
func (c *Client) emptyBucket(ctx context.Context, bucket string) error {
	type version struct{ Key, VersionId string }
	for {
		var page struct {
			Versions []version `xml:"Version"`
			Markers  []version `xml:"DeleteMarker"`
		}
		if err := c.getConfig(ctx, "ListObjectVersions", bucket, "versions", &page); err != nil {
			return err
		}
		all := slices.Concat(page.Versions, page.Markers)
		if len(all) == 0 {
			return nil
		}
		for _, v := range all {
			query := url.Values{"versionId": {v.VersionId}}
			if _, _, err := c.s3(ctx, "DeleteObject", http.MethodDelete, bucket, v.Key, query, nil, nil); unlessGone(err) != nil {
				return fmt.Errorf("emptying the bucket: %w", err)
			}
		}
	}
}

// hostedZones are the Route 53 zones of S3 websites.
var hostedZones = map[string]string{
	"us-east-1":      "Z3AQBSTGFYJSTF",
	"us-east-2":      "Z2O1EMRO9K5GLX",
	"us-west-1":      "Z2F56UZL2M1ACD",
	"us-west-2":      "Z3BJ6K6RIION7M",
	"eu-west-1":      "Z1BKCTXD74EZPE",
	"eu-west-2":      "Z3GKZC51ZF0DB4",
	"eu-west-3":      "Z3R1K369G5AVDG",
	"eu-central-1":   "Z21DNDUVLTQW6Q",
	"eu-north-1":     "Z3BAZG2TWCNX0D",
	"eu-south-1":     "Z30OZKI7KPW7MI",
	"ap-south-1":     "Z11RGJOFQNVJUP",
	"ap-northeast-1": "Z2M4EHUR26P7ZW",
	"ap-northeast-2": "Z3W03O7B5YMIYP",
	"ap-southeast-1": "Z3O0J2DXBE1FTB",
	"ap-southeast-2": "Z1WCIGYICN2BYD",
	"ca-central-1":   "Z1QDHH18159H29",
	"sa-east-1":      "Z7KQH4QJS55SO",
}

func sortedKeys(m value.Map) []string { return slices.Sorted(maps.Keys(m)) }
