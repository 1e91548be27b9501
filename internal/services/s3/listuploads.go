package s3

import (
	"bytes"
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) listParts(_ context.Context, c *aws.Call, in *ListPartsInput) (*ListPartsOutput, error) {
	limit, err := intBetween("max-parts", in.MaxParts, maxPage, maxPage)
	if err != nil {
		return nil, err
	}
	marker, err := intBetween("part-number-marker", in.PartNumberMarker, 0, 1<<16-2)
	if err != nil {
		return nil, err
	}
	b, up, v, err := s.during(in.onUpload)
	if err != nil {
		return nil, err
	}
	out := &ListPartsOutput{
		Bucket: b.Name, Key: in.Key, UploadId: in.UploadId, Owner: b.owner(), Initiator: up.initiator(),
		StorageClass: v.class(), PartNumberMarker: int32(marker), NextPartNumberMarker: int32(marker), MaxParts: int32(limit),
	}
	if up.Declared {
		out.ChecksumAlgorithm, out.ChecksumType = up.Algorithm, up.Type
	}
	id, _ := parseVersionID(in.UploadId)
	return out, s.DB.View(func(tx *store.Tx) error {
		lo := partKey(b.ID, id, marker+1)
		for k, v := range tx.Scan(lo, store.PrefixEnd(partsOf(b.ID, id))) {
			if len(out.Parts) == limit {
				out.IsTruncated = true
				break
			}
			var p part
			if err := json.Unmarshal(v, &p); err != nil {
				return err
			}
			n := int32(partNumber(k))
			listed := Part{PartNumber: n, LastModified: p.Modified.Truncate(time.Millisecond), ETag: quote(p.ETag), Size: p.Size}
			if up.Declared {
				listed.set(checksum{Algorithm: up.Algorithm, Value: encodeSum(p.Sum)})
			}
			out.Parts, out.NextPartNumberMarker = append(out.Parts, listed), n
		}
		return nil
	})
}

func (up *upload) initiator() Initiator {
	p, _ := up.Initiator.Parse()
	if p.Resource == "root" || p.Resource == "" {
		return Initiator{ID: canonicalID(p.Account)}
	}
	return Initiator{ID: string(up.Initiator), DisplayName: p.Resource}
}

// uploadID reads the id at the end of an upload's key.
func uploadID(b []byte) versionID {
	id, _ := parseVersionID(versionText.EncodeToString(b))
	return id
}

func (s *Service) listMultipartUploads(_ context.Context, _ *aws.Call, in *ListMultipartUploadsInput) (*ListMultipartUploadsOutput, error) {
	limit, err := intBetween("max-uploads", in.MaxUploads, maxPage, maxPage)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return nil, err
	}
	if _, ok := parseVersionID(in.UploadIdMarker); !ok && in.UploadIdMarker != "" && in.KeyMarker != "" {
		return nil, errArgument("upload-id-marker", in.UploadIdMarker, "Invalid uploadId marker")
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	out := &ListMultipartUploadsOutput{
		Bucket: b.Name, Prefix: ptr(in.text(in.Prefix)), KeyMarker: ptr(in.text(in.KeyMarker)), UploadIdMarker: ptr(in.UploadIdMarker),
		Delimiter: in.text(in.Delimiter), EncodingType: in.EncodingType, MaxUploads: int32(limit),
	}
	return out, s.DB.View(func(tx *store.Tx) error {
		lo := uploads.from(b.ID, in.Prefix)
		hi := store.PrefixEnd(lo)
		if start := in.start(b.ID); bytes.Compare(start, lo) > 0 {
			lo = start
		}
		last := ""
		var prefixes []string
		for k, v := range tx.Scan(lo, hi) {
			key, rest := uploads.key(b.ID, k)
			prefix, under := in.common(key)
			if under && prefix == last {
				continue
			}
			if len(out.Uploads)+len(prefixes) == limit {
				out.IsTruncated = limit > 0
				break
			}
			if under {
				prefixes, last = append(prefixes, prefix), prefix
				out.NextKeyMarker, out.NextUploadIdMarker = in.text(prefix), ""
				continue
			}
			listed, err := in.listed(key, uploadID(rest), v, b)
			if err != nil {
				return err
			}
			out.Uploads, last = append(out.Uploads, listed), ""
			out.NextKeyMarker, out.NextUploadIdMarker = listed.Key, listed.UploadId
		}
		out.CommonPrefixes = in.prefixes(prefixes)
		if !out.IsTruncated {
			out.NextKeyMarker, out.NextUploadIdMarker = "", ""
		}
		return nil
	})
}

// start is the first upload after the markers.
func (in *ListMultipartUploadsInput) start(b bucketID) []byte {
	if in.KeyMarker == "" {
		return nil
	}
	if id, ok := parseVersionID(in.UploadIdMarker); ok {
		return after(uploadKey(b, in.KeyMarker, id))
	}
	return in.tokenAfter(in.KeyMarker).position(uploads, b)
}

func (in *ListMultipartUploadsInput) listed(key string, id versionID, stored []byte, b *opened) (MultipartUpload, error) {
	var up upload
	if err := json.Unmarshal(stored, &up); err != nil {
		return MultipartUpload{}, err
	}
	v, err := decodeVersion(up.Object)
	if err != nil {
		return MultipartUpload{}, err
	}
	m := MultipartUpload{
		Key: in.text(key), UploadId: id.String(), Initiator: up.initiator(), Owner: b.owner(),
		StorageClass: v.class(), Initiated: up.Initiated.Truncate(time.Millisecond),
	}
	if up.Declared {
		m.ChecksumAlgorithm, m.ChecksumType = up.Algorithm, up.Type
	}
	return m, nil
}
