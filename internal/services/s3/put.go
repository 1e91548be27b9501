package s3

import (
	"context"
	"encoding/hex"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// refuse refuses uploads with Object Lock: no bucket here has it.
func (l lockHeaders) refuse() error {
	if (l.ObjectLockMode == "") != (l.ObjectLockRetainUntilDate == "") {
		return errArgument("x-amz-object-lock-mode", l.ObjectLockMode, "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	}
	if l != (lockHeaders{}) {
		return errInvalidRequest("Bucket is missing Object Lock Configuration")
	}
	return nil
}

// length is the payload's length, or -1.
func (u *uploaded) length() int64 {
	switch {
	case u.DecodedLength != nil:
		return *u.DecodedLength
	case u.ContentLength != nil:
		return *u.ContentLength
	}
	return -1
}

// claim reads what an upload says of its payload.
func (u *uploaded) claim() (claim, error) {
	if n := u.length(); n > maxPut {
		return claim{}, errEntityTooLarge(n, maxPut)
	}
	return claimOf(u.checksumHeaders, u.ChecksumAlgorithm, u.Trailer, u.ContentMD5)
}

func (s *Service) putObject(ctx context.Context, c *aws.Call, in *PutObjectInput) (*PutObjectOutput, error) {
	if in.length() < 0 {
		return nil, errMissingLength()
	}
	return s.write(ctx, c, in, created)
}

// write is PutObject for a payload whose length may be unknown: a form's file.
func (s *Service) write(ctx context.Context, c *aws.Call, in *PutObjectInput, what happening) (*PutObjectOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	v, cl, err := newVersion(c, b, in)
	if err != nil {
		return nil, err
	}
	spec, key, err := s.seal(ctx, c, &b.bucket, in.Key, in.wantedCipher, in.customerKey)
	if err != nil {
		return nil, err
	}
	v.Cipher = spec
	st, d, err := s.receive(in.Body, cl, key)
	if err != nil {
		return nil, err
	}
	v.Content, v.Size, v.Checksum = st.id, st.size, d.checksum()
	v.ETag = s.etag(d.md5.Sum(nil), spec)
	if err := s.store(c, what, b, in.Key, v, st, writeConditions{in.IfMatch, in.IfNoneMatch}); err != nil {
		return nil, err
	}
	out := &PutObjectOutput{cipherHeaders: spec.headers(), ETag: quote(v.ETag), ChecksumType: fullObject}
	out.set(v.Checksum)
	if b.Versioning == versioningEnabled {
		out.VersionId = v.id()
	}
	return out, nil
}

// newVersion reads all that a PUT says of its object but the payload.
func newVersion(c *aws.Call, b *opened, in *PutObjectInput) (*version, claim, error) {
	v := &version{Modified: c.Time.UTC()}
	err := v.describe(in.description)
	if err == nil {
		v.Tags, err = parseTagHeader(in.Tagging)
	}
	if err == nil {
		err = in.lockHeaders.refuse()
	}
	if err == nil && in.WriteOffsetBytes != "" {
		err = errNotImplementedHeader("x-amz-write-offset-bytes", "")
	}
	if err == nil {
		err = in.aclHeaders.checkPut(c, &b.bucket, in.Key)
	}
	if err == nil {
		err = writeConditions{in.IfMatch, in.IfNoneMatch}.check()
	}
	if err != nil {
		return nil, claim{}, err
	}
	cl, err := in.uploaded.claim()
	return v, cl, err
}

// etag is the entity tag of a payload: its MD5, or under KMS anything but.
func (s *Service) etag(md5 []byte, spec cipherSpec) string {
	if spec.Algorithm != "" {
		return s.IDs.Hex(32)
	}
	return hex.EncodeToString(md5)
}

// store makes staged content the newest version of a key.
func (s *Service) store(c *aws.Call, what happening, b *opened, key string, v *version, st *staged, w writeConditions) error {
	err := s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		h := s.history(tx, now, key)
		if w != (writeConditions{}) {
			live, err := h.live()
			if err == nil {
				err = w.hold(live, key)
			}
			if err != nil {
				return err
			}
		}
		s.contents.save(tx, st)
		if err := h.put(v); err != nil {
			return err
		}
		return h.note(c, what, v)
	})
	if err != nil {
		s.contents.discard(st)
	}
	return err
}
