package s3

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
)

// observed carries a request out and tells the observer of it.
func (w *world) observed(in any, status int, received, sent int64) {
	w.t.Helper()
	c := w.call()
	c.Operation = w.operation(in).Name()
	x := &service.Exchange{Call: c, In: in, Status: status, Took: 4 * time.Millisecond, BytesIn: received, BytesOut: sent}
	if out, err := w.try(in); err == nil {
		x.Out = out
	} else {
		x.Err = err.(*aws.Error)
	}
	w.Observe(x)
}

func (w *world) measured(want map[string]meter.Stat, dimensions string) {
	w.t.Helper()
	for metric, st := range want {
		unit := meter.Count
		switch metric {
		case "BytesUploaded", "BytesDownloaded", "BucketSizeBytes":
			unit = meter.Bytes
		case "FirstByteLatency", "TotalRequestLatency":
			unit = meter.Milliseconds
		}
		var got meter.Stat
		for _, m := range w.Meter.Minutes(meter.Series{Scope: aws.Scope{Account: testAccount, Region: "eu-west-3"}, Namespace: namespace, Metric: metric, Unit: unit, Dimensions: dimensions}) {
			got = m
		}
		if got != st {
			w.t.Errorf("%s of %q: %+v, want %+v", metric, dimensions, got, st)
		}
	}
}

func (w *world) charged(want map[meter.Item]float64) {
	w.t.Helper()
	got := map[meter.Item]float64{}
	for u, q := range w.Meter.Used() {
		got[u.Item] += q
	}
	if !maps.Equal(got, want) {
		w.t.Errorf("charged %v, want %v", got, want)
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	w.bucket("songs")
	w.bucket("silent")
	do[Empty](w, &PutBucketMetricsConfigurationInput{onMetrics: onMetrics{on("songs"), "EntireBucket"}, MetricsConfiguration: &MetricsConfiguration{Id: "EntireBucket"}})
	do[Empty](w, &PutBucketMetricsConfigurationInput{onMetrics: onMetrics{on("songs"), "a"}, MetricsConfiguration: &MetricsConfiguration{Id: "a", Filter: &MetricsFilter{Prefix: "a/"}}})
	w.observed(put("songs", "a/1", "first"), 200, 5, 0)
	w.observed(get("songs", "a/1"), 200, 0, 5)
	w.observed(get("songs", "b/1"), 404, 0, 300)
	w.observed(&ListObjectsV2Input{listing: listing{onBucket: on("songs")}}, 200, 0, 700)
	w.observed(&DeleteObjectInput{onObject: at("songs", "a/1")}, 204, 0, 0)
	w.observed(put("silent", "a/1", "first"), 200, 5, 0)
	w.observed(get("silent", "a/1"), 503, 0, 0)

	one := meter.Stat{Count: 1, Sum: 1, Min: 1, Max: 1}
	w.measured(map[string]meter.Stat{
		"AllRequests": {Count: 5, Sum: 5, Min: 1, Max: 1}, "GetRequests": {Count: 2, Sum: 2, Min: 1, Max: 1}, "PutRequests": one, "ListRequests": one, "DeleteRequests": one,
		"4xxErrors": {Count: 5, Sum: 1, Min: 0, Max: 1}, "5xxErrors": {Count: 5},
		"BytesUploaded": {Count: 1, Sum: 5, Min: 5, Max: 5}, "BytesDownloaded": {Count: 3, Sum: 1005, Min: 5, Max: 700},
		"TotalRequestLatency": {Count: 5, Sum: 20, Min: 4, Max: 4}, "FirstByteLatency": {Count: 5, Sum: 16, Min: 0, Max: 4},
	}, "BucketName\x00songs\x00FilterId\x00EntireBucket\x00")
	w.measured(map[string]meter.Stat{
		"AllRequests": {Count: 3, Sum: 3, Min: 1, Max: 1}, "GetRequests": one, "PutRequests": one, "ListRequests": {}, "DeleteRequests": one,
	}, "BucketName\x00songs\x00FilterId\x00a\x00")
	w.measured(map[string]meter.Stat{"AllRequests": {}}, "BucketName\x00silent\x00FilterId\x00EntireBucket\x00")
	w.charged(map[meter.Item]float64{tier1: 3, tier2: 2, transferOut: 5/1e9 + 300/1e9 + 700/1e9})
}

// TestDay measures what buckets hold at the end of a day.
func TestDay(t *testing.T) {
	w := newWorld(t)
	w.bucket("songs")
	w.versioning("songs", versioningEnabled)
	for i := range 3 {
		do[PutObjectOutput](w, put("songs", "same", fmt.Sprintf("content %d", i)))
	}
	in := put("songs", "rare", "rarely")
	in.StorageClass = "STANDARD_IA"
	do[PutObjectOutput](w, in)
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("songs", "same")})
	up := do[CreateMultipartUploadOutput](w, &CreateMultipartUploadInput{onObject: at("songs", "large")})
	part := &UploadPartInput{onUpload: onUpload{at("songs", "large"), up.UploadId}, PartNumber: "1", Body: put("", "", "part").Body, uploaded: ofLength(4)}
	do[UploadPartOutput](w, part)

	if err := w.measureDay(context.Background(), w.now); err != nil {
		t.Fatal(err)
	}
	single := func(v float64) meter.Stat { return meter.Stat{Count: 1, Sum: v, Min: v, Max: v} }
	const standard, rare, days = 3*9 + 4, 6, 30
	w.measured(map[string]meter.Stat{"BucketSizeBytes": single(standard)}, "BucketName\x00songs\x00StorageType\x00StandardStorage\x00")
	w.measured(map[string]meter.Stat{"BucketSizeBytes": single(rare)}, "BucketName\x00songs\x00StorageType\x00StandardIAStorage\x00")
	w.measured(map[string]meter.Stat{"NumberOfObjects": single(5)}, "BucketName\x00songs\x00StorageType\x00AllStorageTypes\x00")
	stored, rarely := storageClass("STANDARD"), storageClass("STANDARD_IA")
	w.charged(map[meter.Item]float64{
		{Product: "AmazonS3", Unit: stored.unit}: float64(standard) / 1e9 / days,
		{Product: "AmazonS3", Unit: rarely.unit}: float64(rare) / 1e9 / days,
	})

	// The loop does it when the clock comes to midnight.
	before := len(w.Meter.Used())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.measureDays(ctx) }()
	for deadline := time.Now().Add(20 * time.Second); len(w.Meter.Used()) == before; {
		if err := w.Clock.Advance(ctx, 24*time.Hour); err != nil || time.Now().After(deadline) {
			t.Fatal("nothing is measured at midnight", err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
