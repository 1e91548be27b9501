package s3

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// sourceName is what x-amz-copy-source names.
type sourceName struct{ bucket, key, version string }

// parseCopySource reads "bucket/key?versionId=id", URL-encoded, with or
// without a slash before it.
func parseCopySource(h string) (src sourceName, err error) {
	path, query, _ := strings.Cut(h, "?")
	if id, ok := strings.CutPrefix(query, "versionId="); ok {
		src.version = id
		if err := checkVersionID(id); err != nil {
			return src, err
		}
	} else if query != "" { // an unencoded question mark of the key
		path = h
	}
	path, err = url.PathUnescape(path)
	if err != nil {
		return src, errArgument("x-amz-copy-source", h, "Invalid copy source encoding")
	}
	var ok bool
	src.bucket, src.key, ok = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || src.bucket == "" || src.key == "" {
		return src, errCopySource()
	}
	return src, checkKey(src.key)
}

// source is an object that is being copied.
type source struct {
	sourceName
	b *opened
	v *version
}

// conditions returns those on the source.
func (in *copySource) conditions() conditions {
	return conditions{
		match: in.CopySourceIfMatch, noneMatch: in.CopySourceIfNoneMatch,
		modified: in.CopySourceIfModifiedSince, unmodified: in.CopySourceIfUnmodifiedSince, copying: true,
	}
}

// copySource finds the source of a copy and checks the conditions on it.
func (s *Service) copySource(ctx context.Context, c *aws.Call, in *copySource) (*source, error) {
	if in.CopySourceSSECustomerAlgorithm != "" {
		return nil, errNotImplementedHeader("x-amz-copy-source-server-side-encryption-customer-algorithm", "")
	}
	name, err := parseCopySource(in.CopySource)
	if err != nil {
		return nil, err
	}
	obj := onObject{onBucket{name.bucket, in.ExpectedSourceBucketOwner}, name.key}
	b, v, err := s.existing(ctx, c, obj, emptyIsNil(name.version), "GET")
	var e *aws.Error
	if errors.As(err, &e) && e.Code == "MethodNotAllowed" {
		err = errCopyMarker()
	}
	if err != nil {
		return nil, err
	}
	return &source{name, b, v}, in.conditions().check(v, c.Time)
}

// read opens a section of the source.
func (src *source) read(ctx context.Context, s *Service, c *aws.Call, r byteRange) (io.ReadCloser, error) {
	key, err := s.unseal(ctx, c, src.v.Cipher, src.bucket, src.key)
	if err != nil {
		return nil, err
	}
	return s.contents.open(src.v.Content, r.off, r.n, key)
}

func (s *Service) copyObject(ctx context.Context, c *aws.Call, in *CopyObjectInput) (*CopyObjectOutput, error) {
	for tries := 0; ; tries++ {
		out, err := s.tryCopy(ctx, c, in)
		if !errors.Is(err, errGone) || tries == 5 {
			return out, err
		}
	}
}

func (s *Service) tryCopy(ctx context.Context, c *aws.Call, in *CopyObjectInput) (*CopyObjectOutput, error) {
	src, err := s.copySource(ctx, c, &in.copySource)
	if err != nil {
		return nil, err
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	v, err := in.version(c, b, src)
	if err != nil {
		return nil, err
	}
	var key []byte
	if v.Cipher, key, err = s.seal(ctx, c, &b.bucket, in.Key, in.wantedCipher, in.customerKey); err != nil {
		return nil, err
	}
	if err := in.checkItself(src, b, v); err != nil {
		return nil, err
	}
	w := writeConditions{in.IfMatch, in.IfNoneMatch}
	if err := s.transfer(ctx, c, in, src, b, v, key, w); err != nil {
		return nil, err
	}
	out := &CopyObjectOutput{cipherHeaders: v.Cipher.headers(), CopySourceVersionId: src.b.shown(src.v)}
	out.CopyObjectResult = &CopyObjectResult{ETag: quote(v.ETag), LastModified: v.Modified.Truncate(time.Millisecond), ChecksumType: v.Checksum.Type}
	out.CopyObjectResult.set(v.Checksum)
	if b.Versioning == versioningEnabled {
		out.VersionId = v.id()
	}
	return out, nil
}

// version returns the copy as it will be, but for its content and encryption.
func (in *CopyObjectInput) version(c *aws.Call, b *opened, src *source) (*version, error) {
	if src.v.Size > maxPut {
		return nil, errCopyTooLarge(maxPut)
	}
	if err := (writeConditions{in.IfMatch, in.IfNoneMatch}).check(); err != nil {
		return nil, err
	}
	v := *src.v
	v.Modified, v.Upload, v.Parts = c.Time.UTC(), "", 0
	switch in.MetadataDirective {
	case "", "COPY": // but the class and the redirect are never copied
		class := description{StorageClass: in.StorageClass, WebsiteRedirectLocation: in.WebsiteRedirectLocation}
		var over version
		if err := over.describe(class); err != nil {
			return nil, err
		}
		v.StorageClass, v.Redirect = over.StorageClass, over.Redirect
	case "REPLACE":
		if err := v.describe(in.description); err != nil {
			return nil, err
		}
	default:
		return nil, errDirective("metadata", in.MetadataDirective)
	}
	switch in.TaggingDirective {
	case "", "COPY":
	case "REPLACE":
		tags, err := parseTagHeader(in.Tagging)
		if err != nil {
			return nil, err
		}
		v.Tags = tags
	default:
		return nil, errDirective("tagging", in.TaggingDirective)
	}
	if err := in.lockHeaders.refuse(); err != nil {
		return nil, err
	}
	return &v, in.aclHeaders.checkPut(c, &b.bucket, in.Key)
}

// checkItself refuses a copy of an object onto itself that changes nothing.
func (in *CopyObjectInput) checkItself(src *source, b *opened, v *version) error {
	if src.b.ID != b.ID || src.key != in.Key || src.version != "" || in.MetadataDirective == "REPLACE" {
		return nil
	}
	changed := in.StorageClass != "" && v.StorageClass != src.v.StorageClass || in.WebsiteRedirectLocation != "" ||
		in.ServerSideEncryption != "" || v.Cipher.Algorithm != src.v.Cipher.Algorithm || v.Cipher.Algorithm != "" ||
		in.ChecksumAlgorithm != ""
	if changed {
		return nil
	}
	return errCopyOntoItself()
}

// transfer gives the copy its content. Bytes that stay as they are stored are
// shared; they are read only if their sums are not known.
func (s *Service) transfer(ctx context.Context, c *aws.Call, in *CopyObjectInput, src *source, b *opened, v *version, key []byte, w writeConditions) error {
	alg, err := in.algorithm(src.v)
	if err != nil {
		return err
	}
	shared := src.v.Cipher.Algorithm == "" && v.Cipher.Algorithm == ""
	if shared && src.v.Parts == 0 && alg.name == src.v.Checksum.Algorithm && src.v.Checksum.Type == fullObject {
		return s.storeShared(c, b, in.Key, src, v, w)
	}
	body, err := src.read(ctx, s, c, byteRange{0, src.v.Size})
	if err != nil {
		return err
	}
	defer body.Close()
	d := newDigest(claim{algorithm: alg})
	if shared {
		if _, err := io.Copy(d, body); err != nil {
			return err
		}
		v.Checksum, v.ETag = d.checksum(), hex.EncodeToString(d.md5.Sum(nil))
		return s.storeShared(c, b, in.Key, src, v, w)
	}
	st, d, err := s.receiveInto(body, d, key)
	if err != nil {
		return err
	}
	v.Content, v.Checksum, v.ETag = st.id, d.checksum(), s.etag(d.md5.Sum(nil), v.Cipher)
	return s.store(c, copied, b, in.Key, v, st, w)
}

// algorithm is that of the copy's checksum.
func (in *CopyObjectInput) algorithm(v *version) (algorithm, error) {
	name := in.ChecksumAlgorithm
	if name == "" {
		name = v.Checksum.Algorithm
	}
	a, ok := findAlgorithm(name)
	if !ok {
		return a, errChecksumAlgorithm()
	}
	return a, nil
}

// storeShared makes a version of the source's content. It is errGone when the
// source was dropped meanwhile.
func (s *Service) storeShared(c *aws.Call, b *opened, key string, src *source, v *version, w writeConditions) error {
	return s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		if _, ok := tx.Get(contents.at(v.Content[:])); !ok && v.Content != (contentID{}) {
			return errGone
		}
		h := s.history(tx, now, key)
		live, err := h.live()
		if err == nil {
			err = w.hold(live, key)
		}
		if err != nil {
			return err
		}
		s.contents.share(tx, v.Content)
		if err := h.put(v); err != nil {
			return err
		}
		return h.note(c, copied, v)
	})
}
