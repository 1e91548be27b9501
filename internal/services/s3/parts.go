package s3

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// part is an uploaded part, as stored.
type part struct {
	Modified time.Time
	ETag     string
	Size     int64
	Content  contentID
	Sum      []byte // of the upload's algorithm
}

func parsePartNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxParts {
		return 0, errPartNumber(s)
	}
	return n, nil
}

func (s *Service) uploadPart(ctx context.Context, c *aws.Call, in *UploadPartInput) (*UploadPartOutput, error) {
	n, err := parsePartNumber(in.PartNumber)
	if err != nil {
		return nil, err
	}
	if in.length() < 0 {
		return nil, errMissingLength()
	}
	if err := in.customerKey.refuse(); err != nil {
		return nil, err
	}
	b, up, v, err := s.during(in.onUpload)
	if err != nil {
		return nil, err
	}
	cl, err := in.uploaded.claim()
	if err != nil {
		return nil, err
	}
	d, err := up.digest(cl)
	if err != nil {
		return nil, err
	}
	key, err := s.unseal(ctx, c, v.Cipher, b.Name, in.Key)
	if err != nil {
		return nil, err
	}
	st, d, err := s.receiveInto(in.Body, d, key)
	if err != nil {
		return nil, err
	}
	p := s.newPart(c, st, d, v)
	out := &UploadPartOutput{cipherHeaders: v.Cipher.headers(), ETag: quote(p.ETag)}
	if up.Declared || !cl.computed {
		out.set(d.checksum())
	}
	return out, s.storePart(b, in.onUpload, n, p, st)
}

// digest adds a part up as its upload needs it.
func (up *upload) digest(c claim) (*digest, error) {
	switch {
	case up.Declared && c.computed && up.Type == composite:
		return nil, errPartChecksum(up.Algorithm, "null")
	case up.Declared && c.computed:
		c.algorithm, _ = findAlgorithm(up.Algorithm)
	case up.Declared && c.algorithm.name != up.Algorithm:
		return nil, errPartChecksum(up.Algorithm, c.algorithm.name)
	}
	d := newDigest(c)
	if c.algorithm.name != up.Algorithm {
		a, _ := findAlgorithm(up.Algorithm)
		d.crc64 = a.new()
	}
	return d, nil
}

func (s *Service) newPart(c *aws.Call, st *staged, d *digest, v *version) *part {
	p := &part{Modified: c.Time.UTC(), ETag: s.etag(d.md5.Sum(nil), v.Cipher), Size: st.size, Content: st.id, Sum: d.raw()}
	if d.crc64 != nil {
		p.Sum = d.crc64.Sum(nil)
	}
	return p
}

// storePart makes staged content a part, in the place of one with its number.
func (s *Service) storePart(b *opened, in onUpload, n int, p *part, st *staged) error {
	err := s.DB.Update(func(tx *store.Tx) error {
		_, id, err := s.upload(tx, b.ID, in)
		if err != nil {
			return err
		}
		k := partKey(b.ID, id, n)
		if old, ok := tx.Get(k); ok {
			var o part
			if err := json.Unmarshal(old, &o); err != nil {
				return err
			}
			s.contents.drop(tx, o.Content)
		}
		s.contents.save(tx, st)
		tx.Set(k, mustJSON(p))
		return nil
	})
	if err != nil {
		s.contents.discard(st)
	}
	return err
}

func (s *Service) uploadPartCopy(ctx context.Context, c *aws.Call, in *UploadPartCopyInput) (*UploadPartCopyOutput, error) {
	for tries := 0; ; tries++ {
		out, err := s.tryCopyPart(ctx, c, in)
		if !errors.Is(err, errGone) || tries == 5 {
			return out, err
		}
	}
}

func (s *Service) tryCopyPart(ctx context.Context, c *aws.Call, in *UploadPartCopyInput) (*UploadPartCopyOutput, error) {
	n, err := parsePartNumber(in.PartNumber)
	if err != nil {
		return nil, err
	}
	src, err := s.copySource(ctx, c, &in.copySource)
	if err != nil {
		return nil, err
	}
	r := byteRange{0, src.v.Size}
	if in.CopySourceRange != "" {
		if r, err = parseCopyRange(in.CopySourceRange, src.v.Size); err != nil {
			return nil, err
		}
	}
	if r.n > maxPut {
		return nil, errCopyTooLarge(maxPut)
	}
	b, up, v, err := s.during(in.onUpload)
	if err != nil {
		return nil, err
	}
	key, err := s.unseal(ctx, c, v.Cipher, b.Name, in.Key)
	if err != nil {
		return nil, err
	}
	body, err := src.read(ctx, s, c, r)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	a, _ := findAlgorithm(up.Algorithm)
	st, d, err := s.receiveInto(body, newDigest(claim{algorithm: a}), key)
	if err != nil {
		return nil, err
	}
	p := s.newPart(c, st, d, v)
	out := &UploadPartCopyOutput{cipherHeaders: v.Cipher.headers(), CopySourceVersionId: src.b.shown(src.v)}
	out.CopyPartResult = &CopyPartResult{ETag: quote(p.ETag), LastModified: p.Modified.Truncate(time.Millisecond)}
	if up.Declared {
		out.CopyPartResult.set(d.checksum())
	}
	return out, s.storePart(b, in.onUpload, n, p, st)
}
