package kms

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxTags = 50

// addTags returns old with more added.
func addTags(old map[string]string, more []Tag) (map[string]string, error) {
	all := maps.Clone(old)
	if all == nil {
		all = map[string]string{}
	}
	seen := map[string]bool{}
	for _, t := range more {
		switch {
		case strings.HasPrefix(strings.ToLower(t.TagKey), "aws:"):
			return nil, errTag("Tags beginning with aws: are reserved")
		case seen[t.TagKey]:
			return nil, errTag("Duplicate tag keys")
		}
		seen[t.TagKey] = true
		all[t.TagKey] = t.TagValue
	}
	if len(all) > maxTags {
		return nil, errTag("Too many tags")
	}
	return all, nil
}

// retag applies f to the tags of a key that may be changed.
func (s *Service) retag(c *aws.Call, name string, f func(map[string]string) (map[string]string, error)) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, name, func(_ *store.Tx, k *key) (err error) {
		if err := k.customers(); err != nil {
			return err
		}
		if k.State == PendingDeletion {
			return errPendingDeletion(k.arn())
		}
		k.Tags, err = f(k.Tags)
		return err
	})
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.KeyId, func(old map[string]string) (map[string]string, error) {
		return addTags(old, in.Tags)
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.KeyId, func(old map[string]string) (map[string]string, error) {
		for _, k := range in.TagKeys {
			delete(old, k)
		}
		return old, nil
	})
}

func (s *Service) listResourceTags(_ context.Context, c *aws.Call, in *ListResourceTagsInput) (*ListResourceTagsOutput, error) {
	p, err := newPage(in.Limit, 50, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &ListResourceTagsOutput{Tags: []Tag{}}
	err = s.read(c, in.KeyId, func(_ *store.Tx, k key) error {
		for _, name := range slices.Sorted(maps.Keys(k.Tags)) {
			if name <= p.from() {
				continue
			}
			if p.full(len(out.Tags)) {
				out.Truncated, out.NextMarker = true, marker(out.Tags[len(out.Tags)-1].TagKey)
				break
			}
			out.Tags = append(out.Tags, Tag{TagKey: name, TagValue: k.Tags[name]})
		}
		return nil
	})
	return out, err
}
