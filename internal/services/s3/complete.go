package s3

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) completeMultipartUpload(_ context.Context, c *aws.Call, in *CompleteMultipartUploadInput) (*CompleteMultipartUploadOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	var v *version
	err = s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		h := s.history(tx, now, in.Key)
		up, id, err := s.upload(tx, b.ID, in.onUpload)
		if err != nil {
			v = h.completed(in.UploadId)
			if v != nil {
				return nil
			}
			return err
		}
		if err := h.mayComplete(up, in); err != nil {
			return err
		}
		v, err = s.assemble(tx, b.ID, id, up, in)
		if err != nil {
			return err
		}
		v.Modified, v.Upload = c.Time.UTC(), in.UploadId
		if err := h.put(v); err != nil {
			return err
		}
		return h.note(c, completed, v)
	})
	if err != nil {
		return nil, err
	}
	out := &CompleteMultipartUploadOutput{
		cipherHeaders: v.Cipher.headers(), Location: location(c, b, in.Key), Bucket: b.Name, Key: in.Key,
		ETag: quote(v.ETag), ChecksumType: v.Checksum.Type,
	}
	out.checksumElements.set(v.Checksum)
	if b.Versioning == versioningEnabled {
		out.VersionId = v.id()
	}
	return out, nil
}

func location(c *aws.Call, b *opened, key string) string {
	return c.Origin() + "/" + b.Name + "/" + escapePath(key)
}

// check refuses lists of parts that S3 refuses whatever was uploaded.
func (in *CompleteMultipartUploadInput) check() error {
	if err := in.customerKey.refuse(); err != nil {
		return err
	}
	if err := (writeConditions{in.IfMatch, in.IfNoneMatch}).check(); err != nil {
		return err
	}
	if err := in.checkClaims(); err != nil {
		return err
	}
	if in.MultipartUpload == nil || len(in.MultipartUpload.Parts) == 0 {
		return errMalformedXML()
	}
	last := 0
	for _, p := range in.MultipartUpload.Parts {
		switch {
		case p.PartNumber == nil || p.ETag == "":
			return errMalformedXML()
		case *p.PartNumber < 1:
			return errArgument("PartNumber", strconv.Itoa(int(*p.PartNumber)), "PartNumber must be >= 1")
		case *p.PartNumber > maxParts:
			return errPartNumber(strconv.Itoa(int(*p.PartNumber)))
		case int(*p.PartNumber) <= last:
			return errPartOrder(in.UploadId)
		}
		last = int(*p.PartNumber)
	}
	return nil
}

// checkClaims refuses claims about the object that are malformed.
func (in *CompleteMultipartUploadInput) checkClaims() error {
	if k := strings.ToUpper(in.ChecksumType); k != "" && k != composite && k != fullObject {
		return errChecksumTypeValue()
	}
	if n, err := strconv.ParseInt(in.MpuObjectSize, 10, 64); in.MpuObjectSize != "" && (err != nil || n < 0) {
		return errObjectSizeHeader(in.MpuObjectSize)
	}
	given, n := in.checksumHeaders.one()
	if n > 1 {
		return errMultipleChecksums()
	}
	a, _ := findAlgorithm(given.Algorithm)
	if value, _, _ := strings.Cut(given.Value, "-"); n == 1 && !a.valid(value) {
		return errChecksumHeader(a)
	}
	return nil
}

// completed returns the live object if it is what an upload that is no more
// has made: completing twice succeeds.
func (h history) completed(id string) *version {
	if v, err := h.live(); err == nil && v != nil && v.Upload == id {
		return v
	}
	return nil
}

// mayComplete checks the conditions of a completion. A key that changed since
// the upload began is a conflict, whatever it has become.
func (h history) mayComplete(up *upload, in *CompleteMultipartUploadInput) error {
	w := writeConditions{in.IfMatch, in.IfNoneMatch}
	if w == (writeConditions{}) {
		return nil
	}
	now, err := h.liveID()
	if err != nil {
		return err
	}
	if now != up.Before {
		return errConditionConflict(h.key)
	}
	live, err := h.live()
	if err != nil {
		return err
	}
	return w.hold(live, h.key)
}

// assemble makes the object of an upload, and ends the upload.
func (s *Service) assemble(tx *store.Tx, b bucketID, id versionID, up *upload, in *CompleteMultipartUploadInput) (*version, error) {
	v, err := decodeVersion(up.Object)
	if err != nil {
		return nil, err
	}
	alg, _ := findAlgorithm(up.Algorithm)
	sums := &partSums{up: up, alg: alg}
	tags := md5.New()
	var list []piece
	kept := map[contentID]bool{}
	for i, want := range in.MultipartUpload.Parts {
		p, err := s.givenPart(tx, b, id, up, in.UploadId, &want)
		if err != nil {
			return nil, err
		}
		n := int(*want.PartNumber)
		if i < len(in.MultipartUpload.Parts)-1 && p.Size < minPart {
			return nil, errPartTooSmall(p.ETag, n, p.Size)
		}
		etag, _ := hex.DecodeString(p.ETag)
		tags.Write(etag)
		sums.add(p)
		v.Size += p.Size
		list = append(list, piece{n, p.Content, p.Size, p.Sum})
		kept[p.Content] = true
	}
	v.Parts, v.ETag = len(list), hex.EncodeToString(tags.Sum(nil))+"-"+strconv.Itoa(len(list))
	v.Checksum = sums.checksum(len(list))
	if err := in.verify(v, up); err != nil {
		return nil, err
	}
	v.Content = s.contents.saveManifest(tx, list)
	return v, s.endUpload(tx, b, in.Key, id, kept)
}

// givenPart finds a part of the list and compares it with what the client
// says of it.
func (s *Service) givenPart(tx *store.Tx, b bucketID, id versionID, up *upload, uploadID string, want *CompletedPart) (*part, error) {
	n, etag := int(*want.PartNumber), unquote(want.ETag)
	stored, ok := tx.Get(partKey(b, id, n))
	if !ok {
		return nil, errInvalidPart(uploadID, etag, n)
	}
	p := new(part)
	if err := json.Unmarshal(stored, p); err != nil {
		return nil, err
	}
	if p.ETag != etag {
		return nil, errInvalidPart(uploadID, etag, n)
	}
	given, count := want.one()
	switch {
	case count > 0 && given.Algorithm == up.Algorithm && given.Value != encodeSum(p.Sum):
		return nil, errInvalidPart(uploadID, etag, n)
	case count > 0 && up.Declared && given.Algorithm != up.Algorithm:
		a, _ := findAlgorithm(given.Algorithm)
		return nil, errBadChecksum(a)
	case count == 0 && up.Declared && up.Type == composite:
		return nil, errPartChecksumMissing(up.Algorithm, n)
	}
	return p, nil
}

// verify compares the object with what the client says of it.
func (in *CompleteMultipartUploadInput) verify(v *version, up *upload) error {
	if in.MpuObjectSize != "" {
		if n, _ := strconv.ParseInt(in.MpuObjectSize, 10, 64); n != v.Size {
			return errObjectSize(in.MpuObjectSize, v.Size)
		}
	}
	if in.ChecksumType != "" && strings.ToUpper(in.ChecksumType) != up.Type {
		return errCompleteType(up.Type, in.ChecksumType)
	}
	given, n := in.checksumHeaders.one()
	whole, _, _ := strings.Cut(v.Checksum.Value, "-")
	if n == 1 && given.Algorithm == up.Algorithm && given.Value != v.Checksum.Value && given.Value != whole {
		a, _ := findAlgorithm(up.Algorithm)
		return errBadChecksum(a)
	}
	return nil
}

// partSums makes the checksum of an object from those of its parts.
type partSums struct {
	up    *upload
	alg   algorithm
	whole []byte
	each  []byte
}

func (s *partSums) add(p *part) {
	switch {
	case s.up.Type == composite:
		s.each = append(s.each, p.Sum...)
	case s.whole == nil:
		s.whole = p.Sum
	default:
		s.whole = s.alg.combine(s.whole, p.Sum, p.Size)
	}
}

func (s *partSums) checksum(n int) checksum {
	c := checksum{Algorithm: s.alg.name, Type: s.up.Type}
	if s.up.Type == composite {
		h := s.alg.new()
		h.Write(s.each)
		c.Value = base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(n)
		return c
	}
	c.Value = base64.StdEncoding.EncodeToString(s.whole)
	return c
}
