package sns

import (
	"context"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// maxTags is how many tags a topic may have.
const maxTags = 50

func checkTags(tags []Tag) error {
	if len(tags) > maxTags {
		return errTooManyTags()
	}
	for i, t := range tags {
		if slices.ContainsFunc(tags[:i], func(o Tag) bool { return o.Key == t.Key }) {
			return errInvalid("Duplicated keys are not allowed.")
		}
	}
	return nil
}

func sameTags(a, b []Tag) bool {
	order := func(x, y Tag) int { return strings.Compare(x.Key, y.Key) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}

func (s *Service) tagResource(_ context.Context, _ *aws.Call, in *TagResourceInput) (*TagsChanged, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	return &TagsChanged{}, s.change(in.ResourceArn, func(t *topic) error {
		for _, tag := range in.Tags {
			i := slices.IndexFunc(t.Tags, func(o Tag) bool { return o.Key == tag.Key })
			if i < 0 {
				t.Tags = append(t.Tags, tag)
			} else {
				t.Tags[i] = tag
			}
		}
		return checkTags(t.Tags)
	})
}

func (s *Service) untagResource(_ context.Context, _ *aws.Call, in *UntagResourceInput) (*TagsChanged, error) {
	return &TagsChanged{}, s.change(in.ResourceArn, func(t *topic) error {
		t.Tags = slices.DeleteFunc(t.Tags, func(o Tag) bool { return slices.Contains(in.TagKeys, o.Key) })
		return nil
	})
}

func (s *Service) listTagsForResource(_ context.Context, _ *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	t, err := s.read(in.ResourceArn)
	return &ListTagsForResourceOutput{append([]Tag{}, t.Tags...)}, err
}
