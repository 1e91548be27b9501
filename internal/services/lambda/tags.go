package lambda

import (
	"context"
	"maps"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxTags is how many tags a function or mapping can have.
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

// retag changes the tags of the function or mapping that an ARN names.
func (s *Service) retag(c *aws.Call, resource string, do func(map[string]string) error) error {
	if id, isMapping := mappingOf(c, resource); isMapping {
		return s.DB.Update(func(tx *store.Tx) error {
			m, ok := s.mappings.Get(tx, c.Scope, id)
			if !ok {
				return errNothingThere()
			}
			if m.Tags == nil {
				m.Tags = map[string]string{}
			}
			if err := do(m.Tags); err != nil {
				return err
			}
			s.mappings.Put(tx, c.Scope, m, id)
			return nil
		})
	}
	return s.change(parseName(resource, c.Scope), func(_ *store.Tx, f *function) error {
		if f.Tags == nil {
			f.Tags = map[string]string{}
		}
		return do(f.Tags)
	})
}

// mappingOf is the id of the mapping that an ARN names.
func mappingOf(c *aws.Call, arn string) (string, bool) {
	return strings.CutPrefix(arn, string(mappingARN(c.Scope, "")))
}

func (s *Service) listTags(_ context.Context, c *aws.Call, in *ListTagsInput) (*ListTagsOutput, error) {
	tags, err := s.tagsOf(c, in.Resource)
	if tags == nil {
		tags = map[string]string{}
	}
	return &ListTagsOutput{tags}, err
}

func (s *Service) tagsOf(c *aws.Call, resource string) (map[string]string, error) {
	id, isMapping := mappingOf(c, resource)
	if !isMapping {
		f, _, err := s.read(parseName(resource, c.Scope))
		return f.Tags, err
	}
	var m mapping
	err := s.DB.View(func(tx *store.Tx) error {
		var ok bool
		if m, ok = s.mappings.Get(tx, c.Scope, id); !ok {
			return errNothingThere()
		}
		return nil
	})
	return m.Tags, err
}
