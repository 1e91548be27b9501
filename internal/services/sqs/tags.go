package sqs

import (
	"context"
	"maps"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxTags is how many tags a queue may have.
const maxTags = 50

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return errInvalid("Too many tags added for queue. Maximum allowed is %d.", maxTags)
	}
	for k, v := range tags {
		if k == "" || len(k) > 128 || len(v) > 256 {
			return errInvalid("The tag %q is not valid: its key has 1 to 128 characters, and its value at most 256.", k)
		}
	}
	return nil
}

func (s *Service) tagQueue(_ context.Context, c *aws.Call, in *TagQueueInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.QueueUrl, func(_ *store.Tx, q *queue) error {
		if q.Tags == nil {
			q.Tags = map[string]string{}
		}
		maps.Copy(q.Tags, in.Tags)
		return checkTags(q.Tags)
	})
}

func (s *Service) untagQueue(_ context.Context, c *aws.Call, in *UntagQueueInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.QueueUrl, func(_ *store.Tx, q *queue) error {
		for _, k := range in.TagKeys {
			delete(q.Tags, k)
		}
		return nil
	})
}

func (s *Service) listQueueTags(_ context.Context, c *aws.Call, in *ListQueueTagsInput) (*ListQueueTagsOutput, error) {
	q, err := s.read(c, in.QueueUrl)
	if err != nil {
		return nil, err
	}
	out := &ListQueueTagsOutput{}
	if len(q.Tags) > 0 {
		out.Tags = q.Tags
	}
	return out, nil
}
