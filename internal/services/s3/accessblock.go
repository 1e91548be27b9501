package s3

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func (s *Service) putPublicAccessBlock(_ context.Context, _ *aws.Call, in *PutPublicAccessBlockInput) (*Empty, error) {
	if in.PublicAccessBlockConfiguration == nil {
		return nil, errMalformedXML()
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Block = in.PublicAccessBlockConfiguration
		return nil
	})
}

func (s *Service) getPublicAccessBlock(_ context.Context, _ *aws.Call, in *GetPublicAccessBlockInput) (*GetPublicAccessBlockOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Block == nil {
		return nil, errNoAccessBlock(b.Name)
	}
	return &GetPublicAccessBlockOutput{b.Block}, nil
}

func (s *Service) deletePublicAccessBlock(_ context.Context, _ *aws.Call, in *DeletePublicAccessBlockInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Block = nil
		return nil
	})
}
