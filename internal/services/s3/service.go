package s3

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what the service is given. Every field is required.
type Deps struct {
	DB          *store.DB
	Blobs       blob.Store
	IDs         *aws.IDs
	Now         func() time.Time
	Keys        Keys
	Authorizer  Authorizer
	Credentials Credentials
	Targets     *deliver.Router // of notifications
	Log         *slog.Logger
	Clock       *clock.Clock
	Meter       *meter.Meter
}

// Service is Amazon S3.
type Service struct {
	Deps
	buckets  *registry
	contents *contentStore
	queue    *deliver.Queue // of notifications
}

// New returns the service. It panics if a dependency is missing.
func New(d Deps) *Service {
	if d.DB == nil || d.Blobs == nil || d.IDs == nil || d.Now == nil || d.Keys == nil || d.Authorizer == nil || d.Credentials == nil || d.Targets == nil || d.Log == nil || d.Clock == nil || d.Meter == nil {
		panic("s3: a dependency is missing")
	}
	return &Service{
		Deps:     d,
		buckets:  &registry{db: d.DB, known: map[string]*opened{}},
		contents: newContentStore(d.DB, d.Blobs, d.IDs),
		queue: deliver.NewQueue(deliver.QueueDeps{
			DB: d.DB, IDs: d.IDs, Name: "s3", Clock: d.Clock, Deliver: d.Targets.Deliver, DeadLetters: d.Targets.Deliver,
			GaveUp: func(m *deliver.Message, err error) {
				d.Log.Warn("a notification was given up", "bucket", m.Event.Source, "target", m.Event.Target, "err", err)
			},
		}),
	}
}

// Namespace is the XML namespace of S3's documents.
const Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// Info implements service.Service.
func (s *Service) Info() service.Info {
	return service.Info{
		Name: "s3", Title: "Amazon S3", Protocols: []service.Protocol{service.RestXML},
		Namespace: Namespace, Anonymous: true,
	}
}

// Run implements service.Worker: it deletes the blobs that a crash left
// without a name, delivers notifications, and measures what buckets hold.
func (s *Service) Run(ctx context.Context) error {
	if _, err := s.contents.sweep(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	measured := make(chan error, 1)
	go func() {
		defer stop()
		measured <- s.measureDays(ctx)
	}()
	err := s.queue.Run(ctx)
	stop()
	return errors.Join(err, <-measured)
}

// Operations implements service.Service.
func (s *Service) Operations() []service.Operation {
	return append(append(s.bucketOperations(), s.objectOperations()...), s.configurationOperations()...)
}

func (s *Service) bucketOperations() []service.Operation {
	return []service.Operation{
		service.Op("CreateBucket", s.mayCreateBucket, s.createBucket),
		service.Op("HeadBucket", may[HeadBucketInput](s, "ListBucket"), s.headBucket),
		service.Op("DeleteBucket", may[DeleteBucketInput](s, "DeleteBucket"), s.deleteBucket),
		service.Op("ListBuckets", s.mayListBuckets, s.listBuckets),
		service.Op("GetBucketLocation", may[GetBucketLocationInput](s, "GetBucketLocation"), s.getBucketLocation),
		service.Op("ListObjects", may[ListObjectsInput](s, "ListBucket"), s.listObjects),
		service.Op("ListObjectsV2", may[ListObjectsV2Input](s, "ListBucket"), s.listObjectsV2),
		service.Op("ListObjectVersions", may[ListObjectVersionsInput](s, "ListBucketVersions"), s.listObjectVersions),
		service.Op("ListMultipartUploads", may[ListMultipartUploadsInput](s, "ListBucketMultipartUploads"), s.listMultipartUploads),
	}
}

func (s *Service) objectOperations() []service.Operation {
	return []service.Operation{
		service.Op("PutObject", s.mayPutObject, s.putObject),
		service.Op("GetObject", mayObject[GetObjectInput](s, "GetObject", "GetObjectVersion"), s.getObject),
		service.Op("HeadObject", mayObject[HeadObjectInput](s, "GetObject", "GetObjectVersion"), s.headObject),
		service.Op("DeleteObject", mayObject[DeleteObjectInput](s, "DeleteObject", "DeleteObjectVersion"), s.deleteObject),
		service.Op("DeleteObjects", s.mayDeleteObjects, s.deleteObjects),
		service.Op("CopyObject", s.mayCopyObject, s.copyObject),
		service.Op("GetObjectAttributes", s.mayAttributes, s.getObjectAttributes),
		service.Op("GetObjectTagging", mayObject[GetObjectTaggingInput](s, "GetObjectTagging", "GetObjectVersionTagging"), s.getObjectTagging),
		service.Op("PutObjectTagging", mayObject[PutObjectTaggingInput](s, "PutObjectTagging", "PutObjectVersionTagging"), s.putObjectTagging),
		service.Op("DeleteObjectTagging", mayObject[DeleteObjectTaggingInput](s, "DeleteObjectTagging", "DeleteObjectVersionTagging"), s.deleteObjectTagging),
		service.Op("GetObjectAcl", mayObject[GetObjectAclInput](s, "GetObjectAcl", "GetObjectVersionAcl"), s.getObjectAcl),
		service.Op("PutObjectAcl", mayObject[PutObjectAclInput](s, "PutObjectAcl", "PutObjectVersionAcl"), s.putObjectAcl),
		service.Op("CreateMultipartUpload", s.mayCreateUpload, s.createMultipartUpload),
		service.Op("UploadPart", s.mayUploadPart, s.uploadPart),
		service.Op("UploadPartCopy", s.mayCopyPart, s.uploadPartCopy),
		service.Op("CompleteMultipartUpload", s.mayComplete, s.completeMultipartUpload),
		service.Op("AbortMultipartUpload", mayObject[AbortMultipartUploadInput](s, "AbortMultipartUpload", ""), s.abortMultipartUpload),
		service.Op("ListParts", mayObject[ListPartsInput](s, "ListMultipartUploadParts", ""), s.listParts),
	}
}

func (s *Service) configurationOperations() []service.Operation {
	return []service.Operation{
		service.Op("PutBucketVersioning", may[PutBucketVersioningInput](s, "PutBucketVersioning"), s.putBucketVersioning),
		service.Op("GetBucketVersioning", may[GetBucketVersioningInput](s, "GetBucketVersioning"), s.getBucketVersioning),
		service.Op("PutBucketPolicy", may[PutBucketPolicyInput](s, "PutBucketPolicy"), s.putBucketPolicy),
		service.Op("GetBucketPolicy", may[GetBucketPolicyInput](s, "GetBucketPolicy"), s.getBucketPolicy),
		service.Op("DeleteBucketPolicy", may[DeleteBucketPolicyInput](s, "DeleteBucketPolicy"), s.deleteBucketPolicy),
		service.Op("GetBucketPolicyStatus", may[GetBucketPolicyStatusInput](s, "GetBucketPolicyStatus"), s.getBucketPolicyStatus),
		service.Op("PutPublicAccessBlock", may[PutPublicAccessBlockInput](s, "PutBucketPublicAccessBlock"), s.putPublicAccessBlock),
		service.Op("GetPublicAccessBlock", may[GetPublicAccessBlockInput](s, "GetBucketPublicAccessBlock"), s.getPublicAccessBlock),
		service.Op("DeletePublicAccessBlock", may[DeletePublicAccessBlockInput](s, "PutBucketPublicAccessBlock"), s.deletePublicAccessBlock),
		service.Op("PutBucketOwnershipControls", may[PutBucketOwnershipControlsInput](s, "PutBucketOwnershipControls"), s.putBucketOwnershipControls),
		service.Op("GetBucketOwnershipControls", may[GetBucketOwnershipControlsInput](s, "GetBucketOwnershipControls"), s.getBucketOwnershipControls),
		service.Op("DeleteBucketOwnershipControls", may[DeleteBucketOwnershipControlsInput](s, "PutBucketOwnershipControls"), s.deleteBucketOwnershipControls),
		service.Op("GetBucketAcl", may[GetBucketAclInput](s, "GetBucketAcl"), s.getBucketAcl),
		service.Op("PutBucketAcl", may[PutBucketAclInput](s, "PutBucketAcl"), s.putBucketAcl),
		service.Op("PutBucketCors", may[PutBucketCorsInput](s, "PutBucketCORS"), s.putBucketCors),
		service.Op("GetBucketCors", may[GetBucketCorsInput](s, "GetBucketCORS"), s.getBucketCors),
		service.Op("DeleteBucketCors", may[DeleteBucketCorsInput](s, "PutBucketCORS"), s.deleteBucketCors),
		service.Op("PutBucketWebsite", may[PutBucketWebsiteInput](s, "PutBucketWebsite"), s.putBucketWebsite),
		service.Op("GetBucketWebsite", may[GetBucketWebsiteInput](s, "GetBucketWebsite"), s.getBucketWebsite),
		service.Op("DeleteBucketWebsite", may[DeleteBucketWebsiteInput](s, "DeleteBucketWebsite"), s.deleteBucketWebsite),
		service.Op("PutBucketTagging", may[PutBucketTaggingInput](s, "PutBucketTagging"), s.putBucketTagging),
		service.Op("GetBucketTagging", may[GetBucketTaggingInput](s, "GetBucketTagging"), s.getBucketTagging),
		service.Op("DeleteBucketTagging", may[DeleteBucketTaggingInput](s, "PutBucketTagging"), s.deleteBucketTagging),
		service.Op("PutBucketEncryption", may[PutBucketEncryptionInput](s, "PutEncryptionConfiguration"), s.putBucketEncryption),
		service.Op("GetBucketEncryption", may[GetBucketEncryptionInput](s, "GetEncryptionConfiguration"), s.getBucketEncryption),
		service.Op("DeleteBucketEncryption", may[DeleteBucketEncryptionInput](s, "PutEncryptionConfiguration"), s.deleteBucketEncryption),
		service.Op("GetBucketAccelerateConfiguration", may[GetBucketAccelerateConfigurationInput](s, "GetAccelerateConfiguration"), s.getBucketAccelerateConfiguration),
		service.Op("GetBucketRequestPayment", may[GetBucketRequestPaymentInput](s, "GetBucketRequestPayment"), s.getBucketRequestPayment),
		service.Op("GetBucketLogging", may[GetBucketLoggingInput](s, "GetBucketLogging"), s.getBucketLogging),
		service.Op("GetBucketLifecycleConfiguration", may[GetBucketLifecycleConfigurationInput](s, "GetLifecycleConfiguration"), s.getBucketLifecycleConfiguration),
		service.Op("GetBucketReplication", may[GetBucketReplicationInput](s, "GetReplicationConfiguration"), s.getBucketReplication),
		service.Op("GetObjectLockConfiguration", may[GetObjectLockConfigurationInput](s, "GetBucketObjectLockConfiguration"), s.getObjectLockConfiguration),
		service.Op("PutBucketMetricsConfiguration", may[PutBucketMetricsConfigurationInput](s, "PutMetricsConfiguration"), s.putBucketMetricsConfiguration),
		service.Op("GetBucketMetricsConfiguration", may[GetBucketMetricsConfigurationInput](s, "GetMetricsConfiguration"), s.getBucketMetricsConfiguration),
		service.Op("DeleteBucketMetricsConfiguration", may[DeleteBucketMetricsConfigurationInput](s, "PutMetricsConfiguration"), s.deleteBucketMetricsConfiguration),
		service.Op("ListBucketMetricsConfigurations", may[ListBucketMetricsConfigurationsInput](s, "GetMetricsConfiguration"), s.listBucketMetricsConfigurations),
		service.Op("PutBucketNotificationConfiguration", may[PutBucketNotificationConfigurationInput](s, "PutBucketNotification"), s.putBucketNotificationConfiguration),
		service.Op("GetBucketNotificationConfiguration", may[GetBucketNotificationConfigurationInput](s, "GetBucketNotification"), s.getBucketNotificationConfiguration),
	}
}
