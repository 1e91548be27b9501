package s3

import (
	"context"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// asked is the section of an object that a request asks for.
type asked struct {
	byteRange
	partial bool
	piece   *piece // of partNumber
	count   int    // of parts, if the object has them
}

func (s *Service) getObject(ctx context.Context, c *aws.Call, in *GetObjectInput) (*GetObjectOutput, error) {
	for tries := 0; ; tries++ {
		out, err := s.tryGet(ctx, c, &in.reading)
		if !errors.Is(err, errGone) || tries == 5 {
			return out, err
		}
		// The object was replaced between reading its record and its bytes.
	}
}

func (s *Service) tryGet(ctx context.Context, c *aws.Call, in *reading) (*GetObjectOutput, error) {
	b, v, ask, err := s.read(ctx, c, in, "GET")
	if err != nil {
		return nil, err
	}
	key, err := s.unseal(ctx, c, v.Cipher, b.Name, in.Key)
	if err != nil {
		return nil, err
	}
	body, err := s.contents.open(v.Content, ask.off, ask.n, key)
	if err != nil {
		return nil, err
	}
	return &GetObjectOutput{objectHeaders: b.headers(v, in, ask), Body: &service.Stream{ReadCloser: body, Length: ask.n}, ready: s.Now()}, nil
}

func (s *Service) headObject(ctx context.Context, c *aws.Call, in *HeadObjectInput) (*HeadObjectOutput, error) {
	b, v, ask, err := s.read(ctx, c, &in.reading, "HEAD")
	if err != nil {
		return nil, err
	}
	return &HeadObjectOutput{objectHeaders: b.headers(v, &in.reading, ask), ContentLength: ask.n}, nil
}

// read finds what a GET or HEAD asks for.
func (s *Service) read(ctx context.Context, c *aws.Call, in *reading, method string) (*opened, *version, asked, error) {
	if c.Principal.Kind == aws.Anonymous && in.overrides() {
		return nil, nil, asked{}, errInvalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
	}
	if err := in.customerKey.refuse(); err != nil {
		return nil, nil, asked{}, err
	}
	if in.PartNumber != "" {
		if _, err := parsePartNumber(in.PartNumber); err != nil {
			return nil, nil, asked{}, err
		}
	}
	b, v, err := s.existing(ctx, c, in.onObject, in.VersionId, method)
	if err != nil {
		return nil, nil, asked{}, err
	}
	q := conditions{match: in.IfMatch, noneMatch: in.IfNoneMatch, modified: in.IfModifiedSince, unmodified: in.IfUnmodifiedSince}
	if err := q.check(v, c.Time); err != nil {
		return nil, nil, asked{}, err
	}
	ask, err := s.ask(v, in)
	return b, v, ask, err
}

func (in *reading) overrides() bool {
	return in.ResponseCacheControl+in.ResponseContentDisposition+in.ResponseContentEncoding+
		in.ResponseContentLanguage+in.ResponseContentType+in.ResponseExpires != ""
}

// ask finds the section that a range or a part number selects.
func (s *Service) ask(v *version, in *reading) (asked, error) {
	whole := asked{byteRange: byteRange{0, v.Size}, count: v.Parts}
	if in.PartNumber != "" {
		if in.Range != "" {
			return whole, errInvalidRequest("Cannot specify both Range header and partNumber query parameter")
		}
		return s.askPart(v, in.PartNumber, whole)
	}
	r, ok, err := parseRange(in.Range, v.Size)
	if err != nil || !ok {
		return whole, err
	}
	return asked{byteRange: r, partial: true, count: 0}, nil
}

func (s *Service) askPart(v *version, number string, whole asked) (asked, error) {
	n, err := parsePartNumber(number)
	if err != nil {
		return whole, err
	}
	whole.partial = v.Size > 0
	if v.Parts == 0 {
		if n != 1 {
			return whole, errNoPart(n, 1)
		}
		return whole, nil
	}
	list, err := s.contents.pieces(v.Content)
	if err != nil {
		return whole, err
	}
	for _, p := range list {
		if p.Number == n {
			whole.n, whole.piece = p.Size, &p
			whole.partial = p.Size > 0
			return whole, nil
		}
		whole.off += p.Size
	}
	return whole, errNoPart(n, v.Parts)
}

// headers are those of a GET or HEAD.
func (b *opened) headers(v *version, in *reading, ask asked) objectHeaders {
	h := objectHeaders{
		description: v.description(), cipherHeaders: v.Cipher.headers(),
		StatusCode: 200, AcceptRanges: "bytes", ETag: quote(v.ETag), LastModified: v.Modified, VersionId: b.shown(v),
	}
	if ask.partial {
		h.StatusCode, h.ContentRange = 206, ask.header(v.Size)
	}
	if ask.count > 0 && in.PartNumber != "" {
		h.PartsCount = number(ask.count)
	}
	if len(v.Tags) > 0 {
		h.TagCount = number(len(v.Tags))
	}
	if strings.EqualFold(in.ChecksumMode, "ENABLED") {
		h.addChecksum(v, ask)
	}
	for _, o := range []struct{ from, to *string }{
		{&in.ResponseCacheControl, &h.CacheControl}, {&in.ResponseContentDisposition, &h.ContentDisposition},
		{&in.ResponseContentEncoding, &h.ContentEncoding}, {&in.ResponseContentLanguage, &h.ContentLanguage},
		{&in.ResponseContentType, &h.ContentType}, {&in.ResponseExpires, &h.Expires},
	} {
		if *o.from != "" {
			*o.to = *o.from
		}
	}
	return h
}

// addChecksum adds the checksum of what is sent, if it is known.
func (h *objectHeaders) addChecksum(v *version, ask asked) {
	sum := v.Checksum
	switch {
	case ask.piece != nil:
		if sum.Type != composite { // only then does a part have one
			return
		}
		sum.Value = encodeSum(ask.piece.Sum)
	case ask.partial && ask.n != v.Size:
		return
	}
	h.set(sum)
	h.ChecksumType = sum.Type
}

func number(n int) *int32 {
	v := int32(n)
	return &v
}
