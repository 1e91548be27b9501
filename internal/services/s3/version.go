package s3

import (
	"encoding/binary"
	"errors"
	"time"
)

// version is one version of an object, or a delete marker, as stored.
type version struct {
	ID       versionID // its random part is zero for the null version
	Null     bool      // made while the bucket was not versioned
	Marker   bool      // a delete marker: of the rest it has only Modified
	Modified time.Time
	Size     int64
	ETag     string // without quotes
	Content  contentID
	Parts    int    // of a multipart upload
	Upload   string // the multipart upload it was made of

	Checksum checksum

	Type, CacheControl, Disposition, Encoding, Language, Expires string
	StorageClass, Redirect                                       string

	Meta, Tags []pair

	Cipher cipherSpec
}

// pair is a user metadata entry or a tag.
type pair struct{ Key, Value string }

// id returns the version id as clients see it.
func (v *version) id() string {
	if v.Null {
		return "null"
	}
	return v.ID.String()
}

// The stored form is a list of fields: a tag byte, a uvarint, and, for the
// fields that are not numbers, as many bytes. Absent fields are zero.
const (
	fSeq byte = iota + 1
	fModified
	fSize
	fParts
	fFlags
	lastNumber = fFlags
)

const (
	fRandom byte = iota + 32
	fETag
	fContent
	fUpload
	fSumAlgorithm
	fSumType
	fSum
	fType
	fCacheControl
	fDisposition
	fEncoding
	fLanguage
	fExpires
	fStorageClass
	fRedirect
	fMetaKey
	fMetaValue
	fTagKey
	fTagValue
	fCipher
	fCipherKey
	fCipherSealed
)

const (
	flagNull = 1 << iota
	flagMarker
	flagBucketKey
)

var errCorrupt = errors.New("s3: a stored version does not parse")

type fieldWriter []byte

func (w *fieldWriter) number(f byte, n uint64) {
	if n != 0 {
		*w = binary.AppendUvarint(append(*w, f), n)
	}
}

func (w *fieldWriter) text(f byte, s string) {
	if s != "" {
		w.must(f, s)
	}
}

// must writes a field even when it is empty: pairs are told by their order.
func (w *fieldWriter) must(f byte, s string) {
	*w = append(binary.AppendUvarint(append(*w, f), uint64(len(s))), s...)
}

func (v *version) encode() []byte {
	w := make(fieldWriter, 0, 256)
	w.number(fSeq, v.ID.seq)
	w.number(fModified, uint64(v.Modified.UnixNano()))
	w.number(fSize, uint64(v.Size))
	w.number(fParts, uint64(v.Parts))
	w.number(fFlags, v.flags())
	if !v.Null {
		w.text(fRandom, string(v.ID.random[:]))
	}
	for _, f := range v.texts() {
		w.text(f.tag, *f.at)
	}
	if v.Content != (contentID{}) {
		w.text(fContent, string(v.Content[:]))
	}
	for _, p := range v.Meta {
		w.must(fMetaKey, p.Key)
		w.must(fMetaValue, p.Value)
	}
	for _, p := range v.Tags {
		w.must(fTagKey, p.Key)
		w.must(fTagValue, p.Value)
	}
	return w
}

func (v *version) flags() (n uint64) {
	if v.Null {
		n |= flagNull
	}
	if v.Marker {
		n |= flagMarker
	}
	if v.Cipher.BucketKey {
		n |= flagBucketKey
	}
	return n
}

type textField struct {
	tag byte
	at  *string
}

// texts lists the plain text fields.
func (v *version) texts() [16]textField {
	return [...]textField{
		{fETag, &v.ETag}, {fUpload, &v.Upload},
		{fSumAlgorithm, &v.Checksum.Algorithm}, {fSumType, &v.Checksum.Type}, {fSum, &v.Checksum.Value},
		{fType, &v.Type}, {fCacheControl, &v.CacheControl}, {fDisposition, &v.Disposition}, {fEncoding, &v.Encoding},
		{fLanguage, &v.Language}, {fExpires, &v.Expires}, {fStorageClass, &v.StorageClass}, {fRedirect, &v.Redirect},
		{fCipher, &v.Cipher.Algorithm}, {fCipherKey, &v.Cipher.Key}, {fCipherSealed, &v.Cipher.Sealed},
	}
}

// decodeVersion undoes encode. It keeps nothing of b.
func decodeVersion(b []byte) (*version, error) {
	v := new(version)
	texts := v.texts()
	for len(b) > 0 {
		tag := b[0]
		n, size := binary.Uvarint(b[1:])
		if size <= 0 {
			return nil, errCorrupt
		}
		b = b[1+size:]
		if tag <= lastNumber {
			if !v.setNumber(tag, n) {
				return nil, errCorrupt
			}
			continue
		}
		if n > uint64(len(b)) || !v.setText(texts[:], tag, string(b[:n])) {
			return nil, errCorrupt
		}
		b = b[n:]
	}
	return v, nil
}

func (v *version) setNumber(tag byte, n uint64) bool {
	switch tag {
	case fSeq:
		v.ID.seq = n
	case fModified:
		v.Modified = time.Unix(0, int64(n)).UTC()
	case fSize:
		v.Size = int64(n)
	case fParts:
		v.Parts = int(n)
	case fFlags:
		v.Null, v.Marker, v.Cipher.BucketKey = n&flagNull != 0, n&flagMarker != 0, n&flagBucketKey != 0
	default:
		return false
	}
	return true
}

func (v *version) setText(texts []textField, tag byte, s string) bool {
	switch tag {
	case fRandom:
		return copy(v.ID.random[:], s) == len(s)
	case fContent:
		return copy(v.Content[:], s) == len(s)
	case fMetaKey:
		v.Meta = append(v.Meta, pair{Key: s})
	case fTagKey:
		v.Tags = append(v.Tags, pair{Key: s})
	case fMetaValue:
		return setValue(v.Meta, s)
	case fTagValue:
		return setValue(v.Tags, s)
	default:
		for _, f := range texts {
			if f.tag == tag {
				*f.at = s
				return true
			}
		}
		return false
	}
	return true
}

// setValue completes the pair whose key came last.
func setValue(p []pair, value string) bool {
	if len(p) == 0 {
		return false
	}
	p[len(p)-1].Value = value
	return true
}
