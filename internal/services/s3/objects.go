package s3

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
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
