package fogfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// keyInfo separates this use of a data key from any other.
const keyInfo = "fogfile/1 content key"

// StaticKey is the hard-coded data key of mode static: its 32 ASCII bytes are
// the 256-bit key. Everybody knows it, so it protects nothing: trials only.
const StaticKey = "miclavesecretade32bytes123456789"

// ErrAuth is wrapped by every error about a chunk that was tampered with, or
// that is opened with the wrong key.
var ErrAuth = errors.New("fogfile: authentication failed")

// A sealer holds what all chunks of one container share.
type sealer struct {
	header Header
	hash   [sha256.Size]byte // of the encoded header
	aead   cipher.AEAD
}

// newSealer derives the content key. The salt makes it unique to the
// container, which is what lets nonces be counters even in mode static; the
// header's hash makes it useless with any other header.
func newSealer(h Header, encoded []byte, dataKey []byte) (*sealer, error) {
	if len(dataKey) != KeySize {
		return nil, fmt.Errorf("fogfile: data key of %d bytes: want %d", len(dataKey), KeySize)
	}
	s := &sealer{header: h, hash: sha256.Sum256(encoded)}
	key, err := contentKey(dataKey, h.Salt[:], s.hash[:])
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s.aead, err = cipher.NewGCM(block)
	return s, err
}

func contentKey(dataKey, salt, headerHash []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, dataKey, salt, keyInfo+string(headerHash), KeySize)
}

// nonce is the chunk's place: 3 zero bytes, the last-chunk flag, the index.
func (s *sealer) nonce(i int64) []byte {
	n := make([]byte, 12)
	n[3] = s.flag(i)
	binary.BigEndian.PutUint64(n[4:], uint64(i))
	return n
}

// aad is what is authenticated beside the chunk: the header's hash, the index,
// the last-chunk flag.
func (s *sealer) aad(i int64) []byte {
	a := make([]byte, 0, sha256.Size+9)
	a = append(a, s.hash[:]...)
	a = binary.BigEndian.AppendUint64(a, uint64(i))
	return append(a, s.flag(i))
}

func (s *sealer) flag(i int64) byte {
	if s.header.last(i) {
		return 1
	}
	return 0
}

func (s *sealer) seal(dst, plain []byte, i int64) []byte {
	return s.aead.Seal(dst, s.nonce(i), plain, s.aad(i))
}

func (s *sealer) open(dst, sealed []byte, i int64) ([]byte, error) {
	plain, err := s.aead.Open(dst, s.nonce(i), sealed, s.aad(i))
	if err != nil {
		return nil, fmt.Errorf("%w: chunk %d of song %s", ErrAuth, i, s.header.SongID)
	}
	return plain, nil
}
