package provider

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// bucketMetricKinds is the request metrics of a bucket: CloudWatch has none
// without them.
func bucketMetricKinds() []*Kind {
	return []*Kind{{
		Token: "aws:s3/bucketMetric:BucketMetric",
		Inputs: []Property{
			{Name: "bucket", Type: str, Required: true, Replace: true},
			{Name: "name", Type: str, Replace: true, Computed: true},
			{Name: "filter", Type: object(Property{Name: "prefix", Type: str})},
		},
		Name:     Naming{Property: "name", Max: 64},
		Identity: []string{"bucket", "name"},
		create:   byPutting(func(r *Resource) string { return r.text("bucket") + ":" + r.text("name") }, putBucketMetric),
		update:   putBucketMetric, read: readBucketMetric, remove: removeBucketMetric,
		find: putAgain,
	}}
}

func putBucketMetric(ctx context.Context, r *Resource) error {
	type filter struct{ Prefix string }
	document := struct {
		XMLName   xml.Name `xml:"MetricsConfiguration"`
		Namespace string   `xml:"xmlns,attr"`
		Id        string
		Filter    *filter
	}{Namespace: s3Namespace, Id: r.text("name")}
	if prefix := text(nested(r.In, "filter"), "prefix"); prefix != "" {
		document.Filter = &filter{prefix}
	}
	body, err := xml.Marshal(document)
	if err != nil {
		return err
	}
	query := url.Values{"metrics": {""}, "id": {r.text("name")}}
	_, _, err = r.s3(ctx, "PutBucketMetricsConfiguration", http.MethodPut, r.text("bucket"), "", query, http.Header{"Content-Type": {"application/xml"}}, body)
	return err
}

func readBucketMetric(ctx context.Context, r *Resource) (value.Map, error) {
	bucket, name, _ := strings.Cut(r.ID, ":")
	_, _, err := r.s3(ctx, "GetBucketMetricsConfiguration", http.MethodGet, bucket, "", url.Values{"metrics": {""}, "id": {name}}, nil, nil)
	return value.Map{}, err
}

func removeBucketMetric(ctx context.Context, r *Resource) error {
	bucket, name, _ := strings.Cut(r.ID, ":")
	_, _, err := r.s3(ctx, "DeleteBucketMetricsConfiguration", http.MethodDelete, bucket, "", url.Values{"metrics": {""}, "id": {name}}, nil, nil)
	return unlessGone(err)
}
