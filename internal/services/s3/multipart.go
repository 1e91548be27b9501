package s3

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// upload is a multipart upload in progress, as stored.
type upload struct {
	Initiated time.Time
	Initiator aws.ARN
	Object    []byte // the version it will make, encoded
	Algorithm string // of its checksum
	Type      string
	Declared  bool   // the client chose the algorithm
	Before    string // the version that was live when it began
}

// part is an uploaded part, as stored.
type part struct {
	Modified time.Time
	ETag     string
	Size     int64
	Content  contentID
	Sum      []byte // of the upload's algorithm
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic("s3: " + err.Error()) // nothing in it that JSON cannot hold
	}
	return b
}

func (s *Service) createMultipartUpload(ctx context.Context, c *aws.Call, in *CreateMultipartUploadInput) (*CreateMultipartUploadOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	v, err := in.version(c, b)
	if err != nil {
		return nil, err
	}
	up, err := in.checksums()
	if err != nil {
		return nil, err
	}
	if v.Cipher, _, err = s.seal(ctx, c, &b.bucket, in.Key, in.wantedCipher, in.customerKey); err != nil {
		return nil, err
	}
	up.Initiated, up.Initiator, up.Object = c.Time.UTC(), c.Principal.ARN, v.encode()
	out := &CreateMultipartUploadOutput{cipherHeaders: v.Cipher.headers(), Bucket: b.Name, Key: in.Key}
	if up.Declared {
		out.ChecksumAlgorithm, out.ChecksumType = up.Algorithm, up.Type
	}
	return out, s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		if up.Before, err = s.history(tx, now, in.Key).liveID(); err != nil {
			return err
		}
		id := newVersionID(tx.Sequence(), s.IDs)
		out.UploadId = id.String()
		tx.Set(uploadKey(b.ID, in.Key, id), mustJSON(up))
		return nil
	})
}

// version reads what the upload says of the object it will make.
func (in *CreateMultipartUploadInput) version(c *aws.Call, b *opened) (*version, error) {
	v := new(version)
	err := v.describe(in.description)
	if err == nil {
		v.Tags, err = parseTagHeader(in.Tagging)
	}
	if err == nil {
		err = in.lockHeaders.refuse()
	}
	if err == nil {
		err = in.aclHeaders.checkPut(c, &b.bucket, in.Key)
	}
	return v, err
}

// checksums decides on the algorithm and type of the upload's checksum.
func (in *CreateMultipartUploadInput) checksums() (*upload, error) {
	up := &upload{Algorithm: defaultAlgorithm, Type: fullObject}
	if in.ChecksumAlgorithm == "" {
		if in.ChecksumType != "" {
			return nil, errChecksumTypeAlone()
		}
		return up, nil
	}
	a, ok := findAlgorithm(in.ChecksumAlgorithm)
	if !ok {
		return nil, errChecksumAlgorithm()
	}
	up.Algorithm, up.Type, up.Declared = a.name, a.multipartType(), true
	switch in.ChecksumType {
	case "":
	case composite, fullObject:
		if in.ChecksumType == composite && a.name == defaultAlgorithm || in.ChecksumType == fullObject && a.poly == 0 {
			return nil, errChecksumType(a, in.ChecksumType)
		}
		up.Type = in.ChecksumType
	default:
		return nil, errChecksumTypeValue()
	}
	return up, nil
}

// liveID tells the live object from others, over time; "" when there is none.
func (h history) liveID() (string, error) {
	v, err := h.live()
	if err != nil || v == nil {
		return "", err
	}
	return strconv.FormatUint(v.ID.seq, 10), nil
}

// upload reads an upload in progress, in a transaction.
func (s *Service) upload(tx *store.Tx, b bucketID, in onUpload) (*upload, versionID, error) {
	id, ok := parseVersionID(in.UploadId)
	if !ok {
		return nil, id, errNoSuchUpload(in.UploadId)
	}
	v, ok := tx.Get(uploadKey(b, in.Key, id))
	if !ok {
		return nil, id, errNoSuchUpload(in.UploadId)
	}
	up := new(upload)
	return up, id, json.Unmarshal(v, up)
}

// during returns an upload, and the object it will make.
func (s *Service) during(in onUpload) (b *opened, up *upload, v *version, err error) {
	if b, err = s.bucketOf(in.onBucket); err != nil {
		return nil, nil, nil, err
	}
	err = s.DB.View(func(tx *store.Tx) (err error) {
		if up, _, err = s.upload(tx, b.ID, in); err == nil {
			v, err = decodeVersion(up.Object)
		}
		return err
	})
	return b, up, v, err
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

func (s *Service) abortMultipartUpload(_ context.Context, _ *aws.Call, in *AbortMultipartUploadInput) (*NoContent, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if in.IfMatchInitiatedTime != "" {
		return nil, errNotImplementedHeader("x-amz-if-match-initiated-time", "")
	}
	return &NoContent{}, s.DB.Update(func(tx *store.Tx) error {
		_, id, err := s.upload(tx, b.ID, in.onUpload)
		if err != nil {
			return err
		}
		return s.endUpload(tx, b.ID, in.Key, id, nil)
	})
}

// endUpload removes an upload and the contents of those of its parts that are
// not kept.
func (s *Service) endUpload(tx *store.Tx, b bucketID, key string, id versionID, kept map[contentID]bool) error {
	prefix := partsOf(b, id)
	for _, v := range tx.Scan(prefix, store.PrefixEnd(prefix)) {
		var p part
		if err := json.Unmarshal(v, &p); err != nil {
			return err
		}
		if !kept[p.Content] {
			s.contents.drop(tx, p.Content)
		}
	}
	tx.DeleteRange(prefix, store.PrefixEnd(prefix))
	tx.Delete(uploadKey(b, key, id))
	return nil
}

// dropUploads removes all uploads of a bucket.
func (s *Service) dropUploads(tx *store.Tx, b bucketID) error {
	prefix := uploads.prefix(b)
	for k := range tx.Scan(prefix, store.PrefixEnd(prefix)) {
		key, rest := uploads.key(b, k)
		if err := s.endUpload(tx, b, key, uploadID(rest), nil); err != nil {
			return err
		}
	}
	return nil
}

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
		return h.put(v)
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
	if in.MultipartUpload == nil || len(in.MultipartUpload.Parts) == 0 {
		return errMalformedXML()
	}
	last := 0
	for _, p := range in.MultipartUpload.Parts {
		switch {
		case p.PartNumber == nil || p.ETag == "":
			return errMalformedXML()
		case *p.PartNumber < 1 || *p.PartNumber > maxParts:
			return errPartNumber(strconv.Itoa(int(*p.PartNumber)))
		case int(*p.PartNumber) <= last:
			return errPartOrder(in.UploadId)
		}
		last = int(*p.PartNumber)
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
	case count == 0 && up.Declared && up.Type == composite:
		return nil, errPartChecksumMissing(up.Algorithm, n)
	}
	return p, nil
}

// verify compares the object with what the client says of it.
func (in *CompleteMultipartUploadInput) verify(v *version, up *upload) error {
	if in.MpuObjectSize != "" {
		n, err := strconv.ParseInt(in.MpuObjectSize, 10, 64)
		if err != nil {
			return errObjectSizeHeader(in.MpuObjectSize)
		}
		if n != v.Size {
			return errObjectSize(in.MpuObjectSize, v.Size)
		}
	}
	if in.ChecksumType != "" && in.ChecksumType != up.Type {
		return errCompleteType(up.Type, in.ChecksumType)
	}
	given, n := in.checksumHeaders.one()
	if n > 1 {
		return errMultipleChecksums()
	}
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
