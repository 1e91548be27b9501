package dynamodb

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxTags = 50

func checkTags(tags []Tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case seen[t.Key]:
			return errValidation("Duplicate tag key: %s", t.Key)
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return errValidation("aws: prefixed tag key names are not allowed for external use.")
		case strings.ContainsFunc(t.Key, notInTag):
			return errValidation("The Tag Key provided has characters that are not allowed: %s", t.Key)
		case strings.ContainsFunc(*t.Value, notInTag):
			return errValidation("The Tag Value provided has characters that are not allowed: %s", *t.Value)
		}
		seen[t.Key] = true
	}
	if len(tags) > maxTags {
		return errTooManyTags()
	}
	return nil
}

// notInTag reports what is neither letter, digit, space nor one of a few signs.
func notInTag(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Z) && !unicode.IsSpace(r) && !strings.ContainsRune("+-=._:/@", r)
}

func errTooManyTags() *aws.Error {
	return errValidation("One or more parameter values were invalid: a resource has at most %d tags", maxTags)
}

// tableOfARN is the name of the table that a tagging operation is about.
func tableOfARN(c *aws.Call, arn string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	name, isTable := strings.CutPrefix(p.Resource, "table/")
	if !ok || p.Service != "dynamodb" || !isTable || checkTableName(name) != nil {
		return "", errValidation("Invalid TableArn: Invalid ResourceArn provided as input %s", arn)
	}
	if p.Scope != c.Scope {
		return "", errResourceNotFound(arn)
	}
	return name, nil
}

func (s *Service) changeTags(c *aws.Call, name string, missing *aws.Error, change func(tags map[string]string) error) (*service.Empty, error) {
	_, err := s.changeTable(c.Scope, name, func(_ *store.Tx, t *table) (*table, error) {
		if t == nil || t.Filling {
			return nil, missing
		}
		t = t.clone()
		t.Tags = maps.Clone(t.Tags)
		if t.Tags == nil {
			t.Tags = map[string]string{}
		}
		return t, change(t.Tags)
	})
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, nil
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	name, err := tableOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, errValidation("Atleast one Tag needs to be provided as Input.")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	return s.changeTags(c, name, errResourceNotFound(in.ResourceArn), func(tags map[string]string) error {
		for _, t := range in.Tags {
			tags[t.Key] = *t.Value
		}
		if len(tags) > maxTags {
			return errTooManyTags()
		}
		return nil
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	name, err := tableOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if len(in.TagKeys) == 0 {
		return nil, errValidation("Atleast one Tag Key needs to be provided as Input.")
	}
	return s.changeTags(c, name, errNoTable(), func(tags map[string]string) error {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
		return nil
	})
}

// listTagsOfResource answers on one page: there are at most fifty tags.
func (s *Service) listTagsOfResource(_ context.Context, c *aws.Call, in *ListTagsOfResourceInput) (*ListTagsOfResourceOutput, error) {
	if in.NextToken != "" {
		return nil, errValidation("The provided next token is invalid")
	}
	name, err := tableOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	t, err := s.table(c.Scope, name)
	if err != nil {
		return nil, err
	}
	if t == nil || t.Filling {
		return nil, errResourceNotFound(in.ResourceArn)
	}
	out := &ListTagsOfResourceOutput{Tags: []Tag{}}
	for _, k := range slices.Sorted(maps.Keys(t.Tags)) {
		value := t.Tags[k]
		out.Tags = append(out.Tags, Tag{k, &value})
	}
	return out, nil
}
