package cloudfront

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxTags = 50

func (t *Tag) value() string {
	if t.Value == nil {
		return ""
	}
	return *t.Value
}

// addTags returns tags with more tags, or replaced ones.
func addTags(tags map[string]string, more Tags) (map[string]string, error) {
	tags = maps.Clone(tags)
	if tags == nil {
		tags = map[string]string{}
	}
	for _, t := range more.Items {
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return nil, errTagging("A tag key must not begin with aws:.")
		}
		tags[t.Key] = t.value()
	}
	if len(tags) > maxTags {
		return nil, errTagging("The resource would have more than %d tags.", maxTags)
	}
	return tags, nil
}

// tagged returns the distribution that an ARN names: nothing else has tags.
func (s *Service) tagged(tx *store.Tx, c *aws.Call, arn string) (distribution, error) {
	p, ok := aws.ARN(arn).Parse()
	id, isDistribution := strings.CutPrefix(p.Resource, "distribution/")
	if !ok || !isDistribution || p.Account != c.Account {
		return distribution{}, errNoSuchResource()
	}
	d, found := s.distributions.Get(tx, c.Scope, id)
	if !found {
		return distribution{}, errNoSuchResource()
	}
	return d, nil
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*TagResourceOutput, error) {
	return &TagResourceOutput{}, s.DB.Update(func(tx *store.Tx) error {
		d, err := s.tagged(tx, c, in.Resource)
		if err != nil {
			return err
		}
		if d.Tags, err = addTags(d.Tags, in.Tags); err != nil {
			return err
		}
		s.distributions.Put(tx, c.Scope, d, d.ID)
		return nil
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*UntagResourceOutput, error) {
	return &UntagResourceOutput{}, s.DB.Update(func(tx *store.Tx) error {
		d, err := s.tagged(tx, c, in.Resource)
		if err != nil {
			return err
		}
		for _, key := range in.TagKeys.Items {
			delete(d.Tags, key)
		}
		s.distributions.Put(tx, c.Scope, d, d.ID)
		return nil
	})
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	out := &ListTagsForResourceOutput{Tags: Tags{Items: []Tag{}}}
	return out, s.DB.View(func(tx *store.Tx) error {
		d, err := s.tagged(tx, c, in.Resource)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
			out.Tags.Items = append(out.Tags.Items, Tag{Key: key, Value: new(d.Tags[key])})
		}
		return nil
	})
}
