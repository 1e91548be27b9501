package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxPage is the most a list returns at once, and what it returns unless asked.
const maxPage = 1000

// token says where a list goes on: after a key, or after all keys that a
// common prefix stands for.
type token struct {
	key    string
	prefix bool
}

func (t token) String() string {
	kind := "k"
	if t.prefix {
		kind = "p"
	}
	return base64.URLEncoding.EncodeToString([]byte("1" + kind + t.key))
}

func parseToken(s string) (token, bool) {
	b, err := base64.URLEncoding.DecodeString(s)
	if err != nil || len(b) < 3 || b[0] != '1' || b[1] != 'k' && b[1] != 'p' {
		return token{}, false
	}
	return token{string(b[2:]), b[1] == 'p'}, true
}

// tokenAfter is where a list goes on after a marker that a client chose: one
// that is a common prefix of the list stands for all it covers.
func (l *listing) tokenAfter(marker string) token {
	p, ok := l.common(marker)
	return token{marker, ok && p == marker}
}

// common returns the common prefix that a key is listed under.
func (l *listing) common(key string) (string, bool) {
	if l.Delimiter == "" || !strings.HasPrefix(key, l.Prefix) {
		return "", false
	}
	i := strings.Index(key[len(l.Prefix):], l.Delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(l.Prefix)+i+len(l.Delimiter)], true
}

// check refuses encodings that S3 does not know.
func (l *listing) check() error {
	if l.EncodingType != "" && l.EncodingType != "url" {
		return errEncoding(l.EncodingType)
	}
	return nil
}

// text encodes a key of the answer as the client asked.
func (l *listing) text(s string) string {
	if l.EncodingType != "url" {
		return s
	}
	return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/")
}

func (l *listing) prefixes(list []string) []CommonPrefix {
	var out []CommonPrefix
	for _, p := range list {
		out = append(out, CommonPrefix{l.text(p)})
	}
	return out
}

// page is one page of a list.
type page struct {
	objects  []found
	prefixes []string
	next     *token // nil when the list ends here
}

// found is an object in a list.
type found struct {
	key string
	*version
}

// patience is how many keys under one common prefix a list steps over before
// it jumps. A jump costs about as much as as many steps.
const patience = 16

// page reads one page of the live objects. It visits no more keys than it
// returns, but for those it steps over within its patience.
func (s *Service) page(tx *store.Tx, b bucketID, l *listing, from token, limit int) (p page, err error) {
	lo := current.from(b, l.Prefix)
	hi := store.PrefixEnd(lo)
	if start := from.position(current, b); bytes.Compare(start, lo) > 0 {
		lo = start
	}
	last, skipped := "", 0
	for bytes.Compare(lo, hi) < 0 && limit > 0 {
		var jump []byte
		for k, v := range tx.Scan(lo, hi) {
			key, _ := current.key(b, k)
			prefix, under := l.common(key)
			if under && prefix == last {
				if skipped++; skipped == patience {
					jump = token{prefix, true}.position(current, b)
					break
				}
				continue
			}
			if len(p.objects)+len(p.prefixes) == limit {
				p.next = p.last(last)
				return p, nil
			}
			if under {
				p.prefixes, last, skipped = append(p.prefixes, prefix), prefix, 0
				continue
			}
			ver, err := decodeVersion(v)
			if err != nil {
				return p, err
			}
			p.objects, last = append(p.objects, found{key, ver}), ""
		}
		if jump == nil {
			break
		}
		lo = jump
	}
	return p, nil
}

// last is the token after the last entry: the common prefix, if that came last.
func (p *page) last(prefix string) *token {
	if prefix != "" {
		return &token{prefix, true}
	}
	return &token{key: p.objects[len(p.objects)-1].key}
}

// position is the first key of a space after the token.
func (t token) position(sp space, b bucketID) []byte {
	switch {
	case t.key == "":
		return nil
	case t.prefix:
		return store.PrefixEnd(sp.from(b, t.key))
	}
	return store.PrefixEnd(sp.of(b, t.key))
}

func (s *Service) listObjects(_ context.Context, _ *aws.Call, in *ListObjectsInput) (*ListObjectsOutput, error) {
	b, p, limit, err := s.listPage(&in.listing, in.MaxKeys, in.listing.tokenAfter(in.Marker))
	if err != nil {
		return nil, err
	}
	out := &ListObjectsOutput{
		Name: b.Name, Prefix: ptr(in.text(in.Prefix)), Marker: ptr(in.text(in.Marker)), MaxKeys: int32(limit),
		Delimiter: in.text(in.Delimiter), EncodingType: in.EncodingType,
		Contents: in.objects(p.objects, b, true), CommonPrefixes: in.prefixes(p.prefixes),
	}
	if p.next != nil {
		out.IsTruncated = true
		if in.Delimiter != "" {
			out.NextMarker = in.text(p.next.key)
		}
	}
	return out, nil
}

// listPage reads the page that a list request asks for.
func (s *Service) listPage(l *listing, maxKeys string, from token) (b *opened, p page, limit int, err error) {
	if err = l.check(); err == nil {
		limit, err = intBetween("max-keys", maxKeys, maxPage, maxPage)
	}
	if err == nil {
		b, err = s.bucketOf(l.onBucket)
	}
	if err != nil {
		return nil, p, 0, err
	}
	err = s.DB.View(func(tx *store.Tx) (err error) {
		p, err = s.page(tx, b.ID, l, from, limit)
		return err
	})
	return b, p, limit, err
}

func (s *Service) listObjectsV2(_ context.Context, _ *aws.Call, in *ListObjectsV2Input) (*ListObjectsV2Output, error) {
	from := in.listing.tokenAfter(in.StartAfter)
	out := &ListObjectsV2Output{StartAfter: in.text(in.StartAfter)}
	if out.ContinuationToken = in.ContinuationToken; in.ContinuationToken != nil && *in.ContinuationToken != "" {
		t, ok := parseToken(*in.ContinuationToken)
		if !ok {
			return nil, errToken(*in.ContinuationToken)
		}
		from = t
	}
	b, p, limit, err := s.listPage(&in.listing, in.MaxKeys, from)
	if err != nil {
		return nil, err
	}
	out.Name, out.Prefix, out.MaxKeys = b.Name, ptr(in.text(in.Prefix)), int32(limit)
	out.Delimiter, out.EncodingType = in.text(in.Delimiter), in.EncodingType
	out.Contents = in.objects(p.objects, b, in.FetchOwner == "true")
	out.CommonPrefixes = in.prefixes(p.prefixes)
	out.KeyCount = int32(len(out.Contents) + len(out.CommonPrefixes))
	if p.next != nil {
		out.IsTruncated, out.NextContinuationToken = true, p.next.String()
	}
	return out, nil
}

// objects are the entries of a page as the answer has them.
func (l *listing) objects(list []found, b *opened, withOwner bool) []Object {
	var owner *Owner
	if withOwner {
		o := b.owner()
		owner = &o
	}
	var out []Object
	for _, f := range list {
		out = append(out, Object{
			Key: l.text(f.key), LastModified: f.Modified.Truncate(time.Millisecond), ETag: quote(f.ETag),
			ChecksumAlgorithm: []string{f.Checksum.Algorithm}, ChecksumType: f.Checksum.Type,
			Size: f.Size, Owner: owner, StorageClass: f.class(),
		})
	}
	return out
}

func ptr[T any](v T) *T { return &v }
