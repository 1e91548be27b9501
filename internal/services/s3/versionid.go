package s3

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// versionID names a version of a key, or an upload: the store's sequence
// number, which finds it and orders it, and randomness, so that clients cannot
// count on either.
type versionID struct {
	seq    uint64
	random [16]byte
}

// versionText is AWS' alphabet: 24 bytes give the 32 characters of its ids.
var versionText = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._").WithPadding(base64.NoPadding)

func newVersionID(seq uint64, ids *aws.IDs) versionID {
	return versionID{seq, [16]byte(ids.Bytes(16))}
}

func (v versionID) String() string {
	return versionText.EncodeToString(append(binary.BigEndian.AppendUint64(nil, v.seq), v.random[:]...))
}

func parseVersionID(s string) (v versionID, ok bool) {
	b, err := versionText.Strict().DecodeString(s)
	if err != nil || len(b) != 24 {
		return versionID{}, false
	}
	return versionID{binary.BigEndian.Uint64(b), [16]byte(b[8:])}, true
}
