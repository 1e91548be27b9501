package s3

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The most tags that a bucket and an object may have.
const (
	maxBucketTags = 50
	maxObjectTags = 10
)

func checkTags(tags []Tag, limit int) error {
	if len(tags) > limit {
		if limit == maxObjectTags {
			return errTooManyTags()
		}
		return aws.Errorf(400, "BadRequest", "Bucket tag count cannot be greater than %d", limit)
	}
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case t.Key == "" || utf8.RuneCountInString(t.Key) > 128 || !tagText(t.Key):
			return errTag("The TagKey you have provided is invalid").With("TagKey", t.Key)
		case utf8.RuneCountInString(t.Value) > 256 || !tagText(t.Value):
			return errTag("The TagValue you have provided is invalid").With("TagKey", t.Key).With("TagValue", t.Value)
		case strings.HasPrefix(t.Key, "aws:"):
			return errTag("System tags cannot be added/updated by requester").With("TagKey", t.Key)
		case seen[t.Key]:
			return errTag("Cannot provide multiple Tags with the same key").With("TagKey", t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

// tagText reports whether every character may stand in a tag.
func tagText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x80 && !isAlnum(r) && !strings.ContainsRune(" _.:/=+-@", r) {
			return false
		}
	}
	return true
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// parseTagHeader reads x-amz-tagging, which is a query string.
func parseTagHeader(h string) ([]pair, error) {
	if h == "" {
		return nil, nil
	}
	var tags []Tag
	for part := range strings.SplitSeq(h, "&") {
		if part == "" {
			continue
		}
		k, v, _ := strings.Cut(part, "=")
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		twice := slices.ContainsFunc(tags, func(t Tag) bool { return t.Key == key })
		if err1 != nil || err2 != nil || key == "" || twice {
			return nil, errArgument("x-amz-tagging", h, "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
		}
		tags = append(tags, Tag{key, value})
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return pairsOf(tags), checkTags(tags, maxObjectTags)
}

func pairsOf(tags []Tag) []pair {
	out := make([]pair, len(tags))
	for i, t := range tags {
		out[i] = pair(t)
	}
	return out
}

func tagsOf(pairs []pair) []Tag {
	out := make([]Tag, len(pairs))
	for i, p := range pairs {
		out[i] = Tag(p)
	}
	return out
}

func (s *Service) putBucketTagging(_ context.Context, _ *aws.Call, in *PutBucketTaggingInput) (*NoContent, error) {
	if in.Tagging == nil {
		return nil, errMalformedXML()
	}
	if err := checkTags(in.Tagging.TagSet, maxBucketTags); err != nil {
		return nil, err
	}
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Tags = in.Tagging.TagSet
		return nil
	})
}

func (s *Service) getBucketTagging(_ context.Context, _ *aws.Call, in *GetBucketTaggingInput) (*Tagging, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if len(b.Tags) == 0 {
		return nil, errNoTags(b.Name)
	}
	return &Tagging{TagSet: b.Tags}, nil
}

func (s *Service) deleteBucketTagging(_ context.Context, _ *aws.Call, in *DeleteBucketTaggingInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Tags = nil
		return nil
	})
}

func (s *Service) getObjectTagging(ctx context.Context, c *aws.Call, in *GetObjectTaggingInput) (*GetObjectTaggingOutput, error) {
	b, v, err := s.existing(ctx, c, in.onObject, in.VersionId, "GET")
	if err != nil {
		return nil, err
	}
	return &GetObjectTaggingOutput{TagSet: tagsOf(v.Tags), VersionId: b.shown(v)}, nil
}

func (s *Service) putObjectTagging(ctx context.Context, c *aws.Call, in *PutObjectTaggingInput) (*PutObjectTaggingOutput, error) {
	if in.Tagging == nil {
		return nil, errMalformedXML()
	}
	if err := checkTags(in.Tagging.TagSet, maxObjectTags); err != nil {
		return nil, err
	}
	id, err := s.retag(ctx, c, in.onObject, in.VersionId, "PUT", pairsOf(in.Tagging.TagSet))
	return &PutObjectTaggingOutput{VersionId: id}, err
}

func (s *Service) deleteObjectTagging(ctx context.Context, c *aws.Call, in *DeleteObjectTaggingInput) (*DeleteObjectTaggingOutput, error) {
	id, err := s.retag(ctx, c, in.onObject, in.VersionId, "DELETE", nil)
	return &DeleteObjectTaggingOutput{VersionId: id}, err
}

// retag gives a version other tags, and returns its id.
func (s *Service) retag(ctx context.Context, c *aws.Call, in onObject, id *string, method string, tags []pair) (string, error) {
	b, found, err := s.existing(ctx, c, in, id, method)
	if err != nil {
		return "", err
	}
	return b.shown(found), s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		h := s.history(tx, now, in.Key)
		v, live, err := h.find(found.id())
		if err != nil {
			return err
		}
		if v == nil {
			return errNoSuchKey(in.Key)
		}
		v.Tags = tags
		h.replace(v, live)
		if method == "DELETE" {
			return h.note(c, untagged, v)
		}
		return h.note(c, tagged, v)
	})
}
