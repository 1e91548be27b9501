package lambda

import (
	"context"
	"maps"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxTags is how many tags a function can have.
const maxTags = 50

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*NoContent, error) {
	return &NoContent{}, s.retag(c, in.Resource, func(tags map[string]string) error {
		maps.Copy(tags, in.Tags)
		if len(tags) > maxTags {
			return errInvalid("The number of tags exceeds the limit of %d", maxTags)
		}
		return nil
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*NoContent, error) {
	return &NoContent{}, s.retag(c, in.Resource, func(tags map[string]string) error {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
		return nil
	})
}

func (s *Service) retag(c *aws.Call, resource string, do func(map[string]string) error) error {
	return s.change(parseName(resource, c.Scope), func(_ *store.Tx, f *function) error {
		if f.Tags == nil {
			f.Tags = map[string]string{}
		}
		return do(f.Tags)
	})
}

func (s *Service) listTags(_ context.Context, c *aws.Call, in *ListTagsInput) (*ListTagsOutput, error) {
	f, _, err := s.read(parseName(in.Resource, c.Scope))
	tags := f.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return &ListTagsOutput{tags}, err
}
