package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxTags = 50

// addTags returns old with more added.
func addTags(old map[string]string, more []Tag) (map[string]string, error) {
	all := maps.Clone(old)
	if all == nil {
		all = map[string]string{}
	}
	for _, t := range more {
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return nil, errValue("Tag keys beginning with aws: are reserved.")
		}
		all[t.Key] = t.Value
	}
	if len(all) > maxTags {
		return nil, errValue("A resource can have no more than %d tags.", maxTags)
	}
	return all, nil
}

// tagged reads or changes the tags of what an ARN names.
func (s *Service) tagged(tx *store.Tx, c *aws.Call, arn string, f func(tags *map[string]string) (changed bool, err error)) error {
	p, ok := aws.ARN(arn).Parse()
	if !ok || p.Service != "cloudwatch" || p.Account != c.Account {
		return errNoResource(arn)
	}
	if name, ok := strings.CutPrefix(p.Resource, "alarm:"); ok {
		a, ok := s.alarms.Get(tx, c.Scope, name)
		if !ok || p.Region != c.Region {
			return errNoResource(arn)
		}
		changed, err := f(&a.Tags)
		if changed && err == nil {
			s.alarms.Put(tx, c.Scope, a, name)
		}
		return err
	}
	if name, ok := strings.CutPrefix(p.Resource, "dashboard/"); ok {
		d, ok := s.dashboards.Get(tx, c.Scope.Global(), name)
		if !ok {
			return errNoResource(arn)
		}
		changed, err := f(&d.Tags)
		if changed && err == nil {
			s.dashboards.Put(tx, c.Scope.Global(), d, name)
		}
		return err
	}
	return errNoResource(arn)
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*TagResourceOutput, error) {
	return &TagResourceOutput{}, s.DB.Update(func(tx *store.Tx) error {
		return s.tagged(tx, c, in.ResourceARN, func(tags *map[string]string) (_ bool, err error) {
			*tags, err = addTags(*tags, in.Tags)
			return true, err
		})
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*UntagResourceOutput, error) {
	return &UntagResourceOutput{}, s.DB.Update(func(tx *store.Tx) error {
		return s.tagged(tx, c, in.ResourceARN, func(tags *map[string]string) (bool, error) {
			maps.DeleteFunc(*tags, func(k, _ string) bool { return slices.Contains(in.TagKeys, k) })
			return true, nil
		})
	})
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	out := &ListTagsForResourceOutput{Tags: []Tag{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		return s.tagged(tx, c, in.ResourceARN, func(tags *map[string]string) (bool, error) {
			for _, k := range slices.Sorted(maps.Keys(*tags)) {
				out.Tags = append(out.Tags, Tag{Key: k, Value: (*tags)[k]})
			}
			return false, nil
		})
	})
}
