package s3

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const namespace = "AWS/S3"

// What is paid for.
var (
	tier1       = meter.Item{Product: "AmazonS3", Unit: "Requests-Tier1"}
	tier2       = meter.Item{Product: "AmazonS3", Unit: "Requests-Tier2"}
	transferOut = meter.Item{Product: "AWSDataTransfer", Unit: "DataTransfer-Out-Bytes"} // in GB
)

// maxMetrics is how many configurations of metrics a bucket may have.
const maxMetrics = 1000

func (s *Service) putBucketMetricsConfiguration(_ context.Context, _ *aws.Call, in *PutBucketMetricsConfigurationInput) (*Empty, error) {
	m := in.MetricsConfiguration
	switch {
	case m == nil || m.Id == "":
		return nil, errMalformedXML()
	case m.Id != in.Id:
		return nil, errMetricsID(in.Id)
	case len(in.Id) > 64 || strings.ContainsFunc(in.Id, notInMetricsID):
		return nil, errInvalidConfiguration("The specified configuration id is invalid.")
	case m.Filter != nil && (m.Filter.Tag != nil || m.Filter.And != nil || m.Filter.AccessPointArn != ""):
		return nil, errNotImplemented("A filter of metrics by tag or access point")
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		at, found := slices.BinarySearchFunc(b.Metrics, in.Id, metricsID)
		b.Metrics = slices.Clone(b.Metrics)
		switch {
		case found:
			b.Metrics[at] = *m
		case len(b.Metrics) == maxMetrics:
			return errTooManyMetrics()
		default:
			b.Metrics = slices.Insert(b.Metrics, at, *m)
		}
		return nil
	})
}

func notInMetricsID(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

func metricsID(m MetricsConfiguration, id string) int { return strings.Compare(m.Id, id) }

func (s *Service) getBucketMetricsConfiguration(_ context.Context, _ *aws.Call, in *GetBucketMetricsConfigurationInput) (*MetricsConfiguration, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	at, found := slices.BinarySearchFunc(b.Metrics, in.Id, metricsID)
	if !found {
		return nil, errNoSuchConfiguration()
	}
	return &b.Metrics[at], nil
}

func (s *Service) deleteBucketMetricsConfiguration(_ context.Context, _ *aws.Call, in *DeleteBucketMetricsConfigurationInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		at, found := slices.BinarySearchFunc(b.Metrics, in.Id, metricsID)
		if !found {
			return errNoSuchConfiguration()
		}
		b.Metrics = slices.Delete(slices.Clone(b.Metrics), at, at+1)
		return nil
	})
}

// metricsPage is how many configurations one answer lists.
const metricsPage = 100

func (s *Service) listBucketMetricsConfigurations(_ context.Context, _ *aws.Call, in *ListBucketMetricsConfigurationsInput) (*ListBucketMetricsConfigurationsOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	out := &ListBucketMetricsConfigurationsOutput{ContinuationToken: in.ContinuationToken}
	for _, m := range b.Metrics {
		if m.Id <= in.ContinuationToken {
			continue
		}
		if len(out.MetricsConfigurationList) == metricsPage {
			out.IsTruncated, out.NextContinuationToken = true, out.MetricsConfigurationList[metricsPage-1].Id
			break
		}
		out.MetricsConfigurationList = append(out.MetricsConfigurationList, m)
	}
	return out, nil
}

// kind is what a request counts as.
type kind struct {
	metric string // beside AllRequests; "" for those about buckets themselves
	item   meter.Item
	free   bool
}

func kindOf(operation string) kind {
	switch operation {
	case "PutObject", "CopyObject", "UploadPart", "UploadPartCopy", "PutObjectTagging", "PutObjectAcl":
		return kind{metric: "PutRequests", item: tier1}
	case "GetObject", "GetObjectTagging", "GetObjectAcl", "GetObjectAttributes", "ListParts":
		return kind{metric: "GetRequests", item: tier2}
	case "HeadObject":
		return kind{metric: "HeadRequests", item: tier2}
	case "DeleteObject", "DeleteObjectTagging", "AbortMultipartUpload":
		return kind{metric: "DeleteRequests", free: true}
	case "DeleteObjects":
		return kind{metric: "DeleteRequests", item: tier1}
	case "CreateMultipartUpload", "CompleteMultipartUpload":
		return kind{metric: "PostRequests", item: tier1}
	case "ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads":
		return kind{metric: "ListRequests", item: tier1}
	}
	switch {
	case strings.HasPrefix(operation, "Delete"):
		return kind{free: true}
	case strings.HasPrefix(operation, "Get"), strings.HasPrefix(operation, "Head"):
		return kind{item: tier2}
	}
	return kind{item: tier1}
}

// named and keyed are inputs about a bucket and about an object.
type named interface{ bucketName() string }
type keyed interface{ objectKey() string }

func (o onBucket) bucketName() string { return o.Bucket }
func (o onObject) objectKey() string  { return o.Key }

// Observe implements service.Observer.
func (s *Service) Observe(x *service.Exchange) {
	k := kindOf(x.Call.Operation)
	c := x.Call
	owner := c.Scope
	var b *opened
	if in, ok := x.In.(named); ok {
		if b = s.buckets.remembered(in.bucketName()); b != nil {
			owner = aws.Scope{Account: b.Owner, Region: b.Region}
		}
	}
	if !k.free && x.Status < 500 && x.Status != http.StatusForbidden {
		s.Meter.Charge(owner, k.item, 1)
	}
	if x.BytesOut > 0 && !strings.HasSuffix(c.SourceIP, ".amazonaws.com") { // to our own services it is free
		s.Meter.Charge(owner, transferOut, float64(x.BytesOut)/1e9)
	}
	if b == nil {
		return
	}
	for i := range b.Metrics {
		m := &b.Metrics[i]
		if m.takes(x.In) {
			s.measure(x, k, owner, b.Name, m.Id)
		}
	}
}

// takes reports whether a request is one of those that metrics are made of.
func (m *MetricsConfiguration) takes(in any) bool {
	if m.Filter == nil || m.Filter.Prefix == "" {
		return true
	}
	o, ok := in.(keyed)
	return ok && strings.HasPrefix(o.objectKey(), m.Filter.Prefix)
}

func (s *Service) measure(x *service.Exchange, k kind, owner aws.Scope, bucket, filter string) {
	count := func(metric string, unit meter.Unit, v float64) {
		s.Meter.Count(owner, namespace, metric, unit, v, "BucketName", bucket, "FilterId", filter)
	}
	count("AllRequests", meter.Count, 1)
	if k.metric != "" {
		count(k.metric, meter.Count, 1)
	}
	// Of these the average is the share of requests that failed.
	count("4xxErrors", meter.Count, oneIf(x.Status >= 400 && x.Status < 500))
	count("5xxErrors", meter.Count, oneIf(x.Status >= 500))
	if x.BytesIn > 0 {
		count("BytesUploaded", meter.Bytes, float64(x.BytesIn))
	}
	if x.BytesOut > 0 {
		count("BytesDownloaded", meter.Bytes, float64(x.BytesOut))
	}
	first := x.Took
	if out, ok := x.Out.(*GetObjectOutput); ok && !out.ready.IsZero() {
		first = min(first, out.ready.Sub(x.Call.Time))
	}
	count("FirstByteLatency", meter.Milliseconds, float64(first)/float64(time.Millisecond))
	count("TotalRequestLatency", meter.Milliseconds, float64(x.Took)/float64(time.Millisecond))
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// remembered returns a bucket that some request opened, or nil.
func (r *registry) remembered(name string) *opened {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.known[name]
}

// class is how a storage class is measured and paid.
type class struct{ storageType, unit string }

func storageClass(name string) class {
	switch name {
	case "STANDARD_IA":
		return class{"StandardIAStorage", "TimedStorage-SIA-ByteHrs"}
	case "ONEZONE_IA":
		return class{"OneZoneIAStorage", "TimedStorage-ZIA-ByteHrs"}
	case "INTELLIGENT_TIERING":
		return class{"IntelligentTieringFAStorage", "TimedStorage-INT-FA-ByteHrs"}
	case "REDUCED_REDUNDANCY":
		return class{"ReducedRedundancyStorage", "TimedStorage-RRS-ByteHrs"}
	case "GLACIER":
		return class{"GlacierStorage", "TimedStorage-GlacierByteHrs"}
	case "GLACIER_IR":
		return class{"GlacierInstantRetrievalStorage", "TimedStorage-GIR-ByteHrs"}
	case "DEEP_ARCHIVE":
		return class{"DeepArchiveStorage", "TimedStorage-GDA-ByteHrs"}
	}
	return class{"StandardStorage", "TimedStorage-ByteHrs"}
}

// measureDays measures and charges at the end of each day what buckets hold.
func (s *Service) measureDays(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for {
		sleeper.Sleep(ctx, s.Clock.Now().UTC().Truncate(24*time.Hour).Add(24*time.Hour), nil)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.measureDay(ctx, s.Clock.Now()); err != nil {
			return err
		}
	}
}

// holding is what a bucket holds: bytes by storage class, and how many objects.
type holding struct {
	bytes   map[class]int64
	objects int64
}

func (s *Service) measureDay(ctx context.Context, now time.Time) error {
	var all []bucket
	err := s.DB.View(func(tx *store.Tx) error {
		p := store.Prefix("s3/bucket", aws.Scope{})
		for _, v := range tx.Scan(p, store.PrefixEnd(p)) {
			b, err := compileBucket(v)
			if err != nil {
				return err
			}
			all = append(all, b.bucket)
		}
		return nil
	})
	now = now.UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	days := month.AddDate(0, 1, 0).Sub(month).Hours() / 24
	for i := range all {
		if err != nil || ctx.Err() != nil {
			return err
		}
		b := &all[i]
		var h holding
		if h, err = s.hold(b.ID); err != nil {
			return err
		}
		owner := aws.Scope{Account: b.Owner, Region: b.Region}
		for c, n := range h.bytes {
			s.Meter.Count(owner, namespace, "BucketSizeBytes", meter.Bytes, float64(n), "BucketName", b.Name, "StorageType", c.storageType)
			s.Meter.Charge(owner, meter.Item{Product: "AmazonS3", Unit: c.unit}, float64(n)/1e9/days) // in GB-months
		}
		if h.objects > 0 {
			s.Meter.Count(owner, namespace, "NumberOfObjects", meter.Count, float64(h.objects), "BucketName", b.Name, "StorageType", "AllStorageTypes")
		}
	}
	return err
}

// hold counts what is in a bucket: all versions, and the parts of uploads.
func (s *Service) hold(id bucketID) (holding, error) {
	h := holding{bytes: map[class]int64{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, sp := range []space{current, versions} {
			p := sp.prefix(id)
			for _, stored := range tx.Scan(p, store.PrefixEnd(p)) {
				v, err := decodeVersion(stored)
				if err != nil {
					return err
				}
				if h.objects++; !v.Marker {
					h.bytes[storageClass(v.StorageClass)] += v.Size
				}
			}
		}
		p := parts.prefix(id)
		for _, stored := range tx.Scan(p, store.PrefixEnd(p)) {
			var one part
			if err := json.Unmarshal(stored, &one); err != nil {
				return err
			}
			h.bytes[storageClass("")] += one.Size
		}
		return nil
	})
	return h, err
}
