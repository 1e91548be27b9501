package s3

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// These are the configurations that a bucket never has here, since nothing
// sets them. Tools that describe a bucket read them all, and want AWS' answer
// for a bucket that lacks them.

func (s *Service) getBucketAccelerateConfiguration(_ context.Context, _ *aws.Call, in *GetBucketAccelerateConfigurationInput) (*GetBucketAccelerateConfigurationOutput, error) {
	_, err := s.bucketOf(in.onBucket)
	return &GetBucketAccelerateConfigurationOutput{}, err
}

func (s *Service) getBucketRequestPayment(_ context.Context, _ *aws.Call, in *GetBucketRequestPaymentInput) (*RequestPaymentConfiguration, error) {
	_, err := s.bucketOf(in.onBucket)
	return &RequestPaymentConfiguration{Payer: "BucketOwner"}, err
}

func (s *Service) getBucketLogging(_ context.Context, _ *aws.Call, in *GetBucketLoggingInput) (*GetBucketLoggingOutput, error) {
	_, err := s.bucketOf(in.onBucket)
	return &GetBucketLoggingOutput{}, err
}

// notSet answers that a configuration is not there.
func (s *Service) notSet(in onBucket, e func(string) *aws.Error) (*Empty, error) {
	if _, err := s.bucketOf(in); err != nil {
		return nil, err
	}
	return nil, e(in.Bucket)
}

func (s *Service) getBucketLifecycleConfiguration(_ context.Context, _ *aws.Call, in *GetBucketLifecycleConfigurationInput) (*Empty, error) {
	return s.notSet(in.onBucket, errNoLifecycle)
}

func (s *Service) getBucketReplication(_ context.Context, _ *aws.Call, in *GetBucketReplicationInput) (*Empty, error) {
	return s.notSet(in.onBucket, errNoReplication)
}

func (s *Service) getObjectLockConfiguration(_ context.Context, _ *aws.Call, in *GetObjectLockConfigurationInput) (*Empty, error) {
	return s.notSet(in.onBucket, errNoObjectLock)
}
