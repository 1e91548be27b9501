package events

import (
	"context"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxTags is how many tags a rule or a bus may have.
const maxTags = 50

func checkTags(tags []Tag) error {
	if len(tags) > maxTags {
		return errValidation("A resource can have at most %d tags.", maxTags)
	}
	for i, t := range tags {
		if slices.ContainsFunc(tags[:i], func(o Tag) bool { return o.Key == t.Key }) {
			return errValidation("Duplicate tag key %s.", t.Key)
		}
	}
	return nil
}

// tagKeys lets policies test the tags of something new.
func tagKeys(tags []Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

// onResource authorises against the resource that an input names by ARN.
func onResource[In any, P interface {
	*In
	resource() string
}](_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
	return []service.Access{{Resource: aws.ARN(P(in).resource())}}, nil
}

// named tells what an ARN names: a bus, or a rule of one.
func named(c *aws.Call, arn string) (bus, rule string, err error) {
	p, ok := aws.ARN(arn).Parse()
	kind, name, _ := strings.Cut(p.Resource, "/")
	if !ok || p.Service != "events" || p.Scope != c.Scope || name == "" {
		return "", "", errNotFound("Resource %s does not exist.", arn)
	}
	switch kind {
	case "event-bus":
		return name, "", nil
	case "rule":
		if bus, rule, custom := strings.Cut(name, "/"); custom {
			return bus, rule, nil
		}
		return defaultBus, name, nil
	}
	return "", "", errNotFound("Resource %s does not exist.", arn)
}

// tags applies f to the tags of what an ARN names, and stores them.
func (s *Service) tags(c *aws.Call, arn string, f func([]Tag) []Tag) error {
	busName, ruleName, err := named(c, arn)
	if err != nil {
		return err
	}
	if ruleName == "" {
		return s.changeBus(c, busName, func(b *bus) error {
			b.Tags = f(b.Tags)
			return checkTags(b.Tags)
		})
	}
	return s.change(c, busName, ruleName, func(r *rule) error {
		r.Tags = f(r.Tags)
		return checkTags(r.Tags)
	})
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.tags(c, in.ResourceARN, func(tags []Tag) []Tag {
		for _, t := range in.Tags {
			tags = slices.DeleteFunc(tags, func(o Tag) bool { return o.Key == t.Key })
			tags = append(tags, t)
		}
		return tags
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	return &service.Empty{}, s.tags(c, in.ResourceARN, func(tags []Tag) []Tag {
		return slices.DeleteFunc(tags, func(o Tag) bool { return slices.Contains(in.TagKeys, o.Key) })
	})
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	busName, ruleName, err := named(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceOutput{Tags: []Tag{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if ruleName == "" {
			b, err := s.bus(tx, c.Scope, busName)
			out.Tags = append(out.Tags, b.Tags...)
			return err
		}
		r, err := s.get(tx, c.Scope, busName, ruleName)
		out.Tags = append(out.Tags, r.Tags...)
		return err
	})
}

// readRule shows f a rule.
func (s *Service) readRule(c *aws.Call, bus, name string, f func(*rule)) error {
	return s.DB.View(func(tx *store.Tx) error {
		r, err := s.get(tx, c.Scope, bus, name)
		if err == nil {
			f(&r)
		}
		return err
	})
}
