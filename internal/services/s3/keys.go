package s3

import (
	"bytes"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A space is one of the service's raw key spaces. Bucket names are global, so
// none of them is scoped to an account: the bucket's record says who owns it.
type space string

// The key spaces. Keys begin with a bucket's id, never with its name, so that
// what a deleted bucket's last requests write is not found in its successor.
const (
	current  space = "s3/current" // bucket key                -> version: the live object of a key
	versions space = "s3/version" // bucket key ^sequence      -> version: what is not current, and markers
	nulls    space = "s3/null"    // bucket key                -> sequence of the "null" version in versions
	uploads  space = "s3/upload"  // bucket key upload         -> upload
	parts    space = "s3/part"    // bucket upload part-number -> part
	contents space = "s3/content" // content                   -> where its bytes are
	shares   space = "s3/shares"  // content                   -> how many versions share it, when more than one
	blobs    space = "s3/blob"    // blob                      -> "": it is live
)

// bucketID tells a bucket from earlier ones of its name.
type bucketID [8]byte

func (sp space) prefix(b bucketID) []byte {
	return append(store.Prefix(string(sp), aws.Scope{}), b[:]...)
}

// of returns the key for an object key in a bucket.
func (sp space) of(b bucketID, key string) []byte { return store.AppendPart(sp.prefix(b), key) }

// from returns the first key of those that begin with an object key prefix.
// A part's encoding is that of its bytes and a terminator, so cutting the
// terminator gives what the longer ones begin with.
func (sp space) from(b bucketID, prefix string) []byte {
	k := sp.of(b, prefix)
	return k[:len(k)-2]
}

// key returns the object key of a key of the space, and what follows it.
func (sp space) key(b bucketID, k []byte) (string, []byte) {
	key, rest, _ := store.CutPart(k[len(sp.prefix(b)):])
	return key, rest
}

// at returns the key for a name that is not an object key.
func (sp space) at(name []byte) []byte { return append(store.Prefix(string(sp), aws.Scope{}), name...) }

// versionKey orders the versions of a key from the newest to the oldest.
func versionKey(b bucketID, key string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(versions.of(b, key), ^seq)
}

func uploadKey(b bucketID, key string, id versionID) []byte {
	return append(binary.BigEndian.AppendUint64(uploads.of(b, key), id.seq), id.random[:]...)
}

// partsOf returns what the keys of an upload's parts begin with.
func partsOf(b bucketID, id versionID) []byte {
	return append(binary.BigEndian.AppendUint64(parts.prefix(b), id.seq), id.random[:]...)
}

func partKey(b bucketID, id versionID, number int) []byte {
	return binary.BigEndian.AppendUint16(partsOf(b, id), uint16(number))
}

// partNumber is the number in a key that partKey made.
func partNumber(k []byte) int { return int(binary.BigEndian.Uint16(k[len(k)-2:])) }

// after returns the smallest key greater than k.
func after(k []byte) []byte { return append(bytes.Clone(k), 0) }
