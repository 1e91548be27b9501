package s3

import (
	"context"
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
	kind := strings.ToUpper(in.ChecksumType)
	if kind != "" && kind != composite && kind != fullObject {
		return nil, errChecksumTypeValue()
	}
	if in.ChecksumAlgorithm == "" {
		if kind != "" {
			return nil, errChecksumTypeAlone()
		}
		return up, nil
	}
	a, ok := findAlgorithm(in.ChecksumAlgorithm)
	if !ok {
		return nil, errChecksumAlgorithm()
	}
	up.Algorithm, up.Type, up.Declared = a.name, a.multipartType(), true
	if kind == composite && a.name == defaultAlgorithm || kind == fullObject && a.poly == 0 {
		return nil, errChecksumType(a, kind)
	}
	if kind != "" {
		up.Type = kind
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
