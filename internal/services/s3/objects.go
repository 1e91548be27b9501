package s3

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// S3's limits on objects.
const (
	maxKey      = 1024
	maxMetadata = 2 << 10
	maxPut      = 5 << 30 // of one PUT, part or copy
	minPart     = 5 << 20
	maxParts    = 10000
)

// checkKey refuses what S3 refuses as a key. All else is literal: a key is
// never a path.
func checkKey(key string) error {
	if len(key) > maxKey {
		return errKeyTooLong(len(key))
	}
	if key == "" || !utf8.ValidString(key) {
		return errInvalidURI()
	}
	return nil
}

// lookup returns a version, or the live object when id is ""; nil when there
// is none. It is a single point read for the live object.
func (s *Service) lookup(b *opened, key, id string) (v *version, err error) {
	if id == "" {
		err = s.DB.Read(current.of(b.ID, key), func(stored []byte, ok bool) (err error) {
			if ok {
				v, err = decodeVersion(stored)
			}
			return err
		})
		return v, err
	}
	err = s.DB.View(func(tx *store.Tx) (err error) {
		v, _, err = s.history(tx, &b.bucket, key).find(id)
		return err
	})
	return v, err
}

// existing returns the object of a request that must be there, and be no
// delete marker.
func (s *Service) existing(ctx context.Context, c *aws.Call, in onObject, id *string, method string) (*opened, *version, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, nil, err
	}
	if id != nil {
		v, err := s.named(ctx, c, b, in.Key, *id, method)
		return b, v, err
	}
	v, err := s.lookup(b, in.Key, "")
	if err == nil && v == nil {
		err = s.missing(ctx, c, b, in.Key)
	}
	return b, v, err
}

// missing says that a key has no object.
func (s *Service) missing(ctx context.Context, c *aws.Call, b *opened, key string) error {
	e := errNoSuchKey(key)
	err := s.DB.View(func(tx *store.Tx) error {
		v, err := s.history(tx, &b.bucket, key).newest()
		if err == nil && v != nil {
			e = onMarker(e, v, false)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.unlessListing(ctx, c, b, e)
}

// named returns a version by its id.
func (s *Service) named(ctx context.Context, c *aws.Call, b *opened, key, id, method string) (*version, error) {
	if err := checkVersionID(id); err != nil {
		return nil, err
	}
	v, err := s.lookup(b, key, id)
	switch {
	case err != nil:
		return nil, err
	case v == nil:
		return nil, s.unlessListing(ctx, c, b, errNoSuchVersion(key, id))
	case v.Marker:
		return nil, onMarker(errMethodNotAllowed(method), v, true)
	}
	return v, nil
}

func checkVersionID(id string) error {
	if id == "" {
		return errArgument("versionId", "", "Version id cannot be the empty string")
	}
	if _, ok := parseVersionID(id); !ok && id != "null" {
		return errVersionID(id)
	}
	return nil
}

// shown is the version id as responses about an object carry it: none while
// the bucket was never versioned.
func (b *opened) shown(v *version) string {
	if b.Versioning == "" {
		return ""
	}
	return v.id()
}

// describe reads what a client says of an object into v.
func (v *version) describe(d description) error {
	v.Type = d.ContentType
	if v.Type == "" {
		v.Type = "binary/octet-stream"
	}
	v.CacheControl, v.Disposition, v.Language, v.Expires = d.CacheControl, d.ContentDisposition, d.ContentLanguage, d.Expires
	v.Encoding, v.Redirect = withoutChunked(d.ContentEncoding), d.WebsiteRedirectLocation
	if r := v.Redirect; r != "" && !strings.HasPrefix(r, "/") && !strings.HasPrefix(r, "http://") && !strings.HasPrefix(r, "https://") {
		return aws.Errorf(400, "InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
	}
	if !storageClasses[d.StorageClass] {
		return errStorageClass(d.StorageClass)
	}
	if v.StorageClass = d.StorageClass; v.StorageClass == "STANDARD" {
		v.StorageClass = ""
	}
	v.Meta = nil
	size := 0
	for _, k := range slices.Sorted(maps.Keys(d.Metadata)) {
		size += len(k) + len(d.Metadata[k])
		v.Meta = append(v.Meta, pair{lower(k), d.Metadata[k]})
	}
	if size > maxMetadata {
		return errMetadataTooLarge(size)
	}
	return nil
}

// storageClasses are those that objects may be uploaded in. They are kept and
// told, and change nothing.
var storageClasses = map[string]bool{
	"": true, "STANDARD": true, "REDUCED_REDUNDANCY": true, "STANDARD_IA": true, "ONEZONE_IA": true,
	"INTELLIGENT_TIERING": true, "GLACIER": true, "DEEP_ARCHIVE": true, "GLACIER_IR": true,
}

func lower(s string) string { return strings.ToLower(s) }

// withoutChunked removes the transfer's own coding from those of the content.
func withoutChunked(encoding string) string {
	if !strings.Contains(lower(encoding), "aws-chunked") {
		return encoding
	}
	var keep []string
	for e := range strings.SplitSeq(encoding, ",") {
		if e = strings.TrimSpace(e); !strings.EqualFold(e, "aws-chunked") && e != "" {
			keep = append(keep, e)
		}
	}
	return strings.Join(keep, ",")
}

// description is what is told of v.
func (v *version) description() description {
	d := description{
		CacheControl: v.CacheControl, ContentDisposition: v.Disposition, ContentEncoding: v.Encoding,
		ContentLanguage: v.Language, ContentType: v.Type, Expires: v.Expires,
		StorageClass: v.StorageClass, WebsiteRedirectLocation: v.Redirect,
	}
	if len(v.Meta) > 0 {
		d.Metadata = make(map[string]string, len(v.Meta))
		for _, m := range v.Meta {
			d.Metadata[m.Key] = headerText(m.Value)
		}
	}
	return d
}

// headerText makes a value fit for a header: RFC 2047 beyond ASCII.
func headerText(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return "=?UTF-8?B?" + encodeSum([]byte(s)) + "?="
		}
	}
	return s
}

// class is the storage class as documents write it.
func (v *version) class() string {
	if v.StorageClass == "" {
		return "STANDARD"
	}
	return v.StorageClass
}

// refuse refuses uploads with Object Lock: no bucket here has it.
func (l lockHeaders) refuse() error {
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
	if err := s.store(b, in.Key, v, st, writeConditions{in.IfMatch, in.IfNoneMatch}); err != nil {
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
func (s *Service) store(b *opened, key string, v *version, st *staged, w writeConditions) error {
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
		return h.put(v)
	})
	if err != nil {
		s.contents.discard(st)
	}
	return err
}

// part is the section of an object that a request asks for.
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
	return &GetObjectOutput{objectHeaders: b.headers(v, in, ask), Body: &service.Stream{ReadCloser: body, Length: ask.n}}, nil
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
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxParts {
		return whole, errPartNumber(number)
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
		if len(ask.piece.Sum) == 0 {
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
