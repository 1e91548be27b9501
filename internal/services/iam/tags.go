package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxTags is how many tags anything may have.
const maxTags = 50

func (t *tags) added() []Tag         { return t.Tags }
func (t *tagKeys) removed() []string { return t.TagKeys }

// checkTags refuses two keys that differ in case only, and too many.
func checkTags(ts []Tag) error {
	seen := make(map[string]bool, len(ts))
	for _, t := range ts {
		k := strings.ToLower(t.Key)
		if seen[k] {
			return errDuplicateTags()
		}
		seen[k] = true
	}
	if len(ts) > maxTags {
		return errQuota("TagsPerResource", maxTags)
	}
	return nil
}

// merged sets tags, keeping the order in which their keys first came.
func merged(have, add []Tag) ([]Tag, error) {
	if err := checkTags(add); err != nil {
		return nil, err
	}
	have = slices.Clone(have)
	for _, t := range add {
		i := slices.IndexFunc(have, func(h Tag) bool { return strings.EqualFold(h.Key, t.Key) })
		if i < 0 {
			have = append(have, t)
		} else {
			have[i] = t
		}
	}
	return have, checkTags(have)
}

func without(have []Tag, keys []string) []Tag {
	return slices.DeleteFunc(slices.Clone(have), func(t Tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, t.Key) })
	})
}

// pageOfTags cuts a page out of tags in the order of their keys.
func pageOfTags(p page, ts []Tag) (*ListTagsOutput, error) {
	sorted := slices.SortedFunc(slices.Values(ts), func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	cut, next, err := paginate(p, sorted, func(t Tag) string { return t.Key })
	return &ListTagsOutput{next, append([]Tag{}, cut...)}, err
}

func tagEntity[In any, P interface {
	named[In]
	added() []Tag
}](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) (err error) {
		e.Tags, err = merged(e.Tags, in.added())
		return err
	})
}

func untagEntity[In any, P interface {
	named[In]
	removed() []string
}](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) error {
		e.Tags = without(e.Tags, in.removed())
		return nil
	})
}

func listEntityTags[In any, P listing[In]](s *Service) service.Handler[In, ListTagsOutput] {
	return look(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) (*ListTagsOutput, error) {
		return pageOfTags(in.asked(), e.Tags)
	})
}

func (s *Service) tagPolicy(_ context.Context, c *aws.Call, in *TagPolicyInput) (*service.Empty, error) {
	return s.changePolicy(c, in.PolicyArn, func(_ *store.Tx, m *managed) (err error) {
		m.Tags, err = merged(m.Tags, in.Tags)
		return err
	})
}

func (s *Service) untagPolicy(_ context.Context, c *aws.Call, in *UntagPolicyInput) (*service.Empty, error) {
	return s.changePolicy(c, in.PolicyArn, func(_ *store.Tx, m *managed) error {
		m.Tags = without(m.Tags, in.TagKeys)
		return nil
	})
}

func (s *Service) listPolicyTags(_ context.Context, c *aws.Call, in *ListPolicyTagsInput) (out *ListTagsOutput, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, in.PolicyArn)
		if err == nil {
			out, err = pageOfTags(in.page, m.Tags)
		}
		return err
	})
	return out, err
}
