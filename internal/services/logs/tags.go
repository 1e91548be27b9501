package logs

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
func addTags(old, more map[string]string) (map[string]string, error) {
	all := maps.Clone(old)
	if all == nil {
		all = map[string]string{}
	}
	for k, v := range more {
		if strings.HasPrefix(strings.ToLower(k), "aws:") {
			return nil, errParameter("Tag keys beginning with aws: are reserved.")
		}
		all[k] = v
	}
	if len(all) > maxTags {
		return nil, errTooManyTags()
	}
	return all, nil
}

// tagged is the group that an ARN names.
func tagged(c *aws.Call, arn string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	name, group := strings.CutPrefix(p.Resource, "log-group:")
	if !ok || !group || p.Service != "logs" || p.Scope != c.Scope {
		return "", errNoResource()
	}
	return strings.TrimSuffix(name, ":*"), nil
}

func (s *Service) tag(c *aws.Call, name string, tags map[string]string) (*service.Empty, error) {
	return s.change(c, name, func(_ *store.Tx, g *group) (err error) {
		g.Tags, err = addTags(g.Tags, tags)
		return err
	})
}

func (s *Service) untag(c *aws.Call, name string, keys []string) (*service.Empty, error) {
	return s.change(c, name, func(_ *store.Tx, g *group) error {
		maps.DeleteFunc(g.Tags, func(k, _ string) bool { return slices.Contains(keys, k) })
		return nil
	})
}

func (s *Service) tagsOf(c *aws.Call, name string) (tags map[string]string, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, name)
		if tags = g.Tags; tags == nil {
			tags = map[string]string{}
		}
		return err
	})
	return tags, err
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	name, err := tagged(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return s.tag(c, name, in.Tags)
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	name, err := tagged(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return s.untag(c, name, in.TagKeys)
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	name, err := tagged(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags, err := s.tagsOf(c, name)
	return &ListTagsForResourceOutput{Tags: tags}, err
}

func (s *Service) tagLogGroup(_ context.Context, c *aws.Call, in *TagLogGroupInput) (*service.Empty, error) {
	return s.tag(c, in.LogGroupName, in.Tags)
}

func (s *Service) untagLogGroup(_ context.Context, c *aws.Call, in *UntagLogGroupInput) (*service.Empty, error) {
	return s.untag(c, in.LogGroupName, in.Tags)
}

func (s *Service) listTagsLogGroup(_ context.Context, c *aws.Call, in *ListTagsLogGroupInput) (*ListTagsLogGroupOutput, error) {
	tags, err := s.tagsOf(c, in.LogGroupName)
	return &ListTagsLogGroupOutput{Tags: tags}, err
}
