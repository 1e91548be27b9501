package s3

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"

	"github.com/niebla-cloud/niebla/internal/blob"
)

// cipherSpec says how a version is encrypted under a KMS key. The zero value
// is SSE-S3, S3's own encryption, which here is the disk's business.
type cipherSpec struct {
	Algorithm string // sseKMS, sseKMSDual, or ""
	Key       string // ARN of the KMS key
	Sealed    string // the data key, encrypted by that key
	BucketKey bool
}

// The server-side encryptions.
const (
	sseS3      = "AES256"
	sseKMS     = "aws:kms"
	sseKMSDual = "aws:kms:dsse"
)

// Encrypted content is AES-256-GCM in chunks, so that a range needs only the
// chunks it touches. Each content has a key of its own, derived from the data
// key; a chunk's nonce is its number and whether it is the last, so that
// chunks cannot be swapped or cut off.
const (
	chunkPlain  = 64 << 10
	chunkStored = chunkPlain + 16
)

var errTampered = errors.New("s3: stored content does not decrypt")

func contentAEAD(key []byte, id contentID) cipher.AEAD {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("niebla s3 content"))
	mac.Write(id[:])
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic("s3: " + err.Error()) // 32 bytes are a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("s3: " + err.Error())
	}
	return aead
}

func chunkNonce(n int64, last bool) []byte {
	nonce := make([]byte, 12)
	if last {
		nonce[0] = 1
	}
	binary.BigEndian.PutUint64(nonce[4:], uint64(n))
	return nonce
}

// sealInline encrypts content that is kept in the store; without a key it
// copies it.
func sealInline(plain, key []byte, id contentID) ([]byte, error) {
	if key == nil {
		return append([]byte(nil), plain...), nil
	}
	return contentAEAD(key, id).Seal(nil, chunkNonce(0, true), plain, nil), nil
}

// sealTo returns what encrypts into w, and what ends it. Without a key that is
// w itself.
func sealTo(w io.Writer, key []byte, id contentID) (io.Writer, func() error) {
	if key == nil {
		return w, func() error { return nil }
	}
	s := &sealer{w: w, aead: contentAEAD(key, id), buf: make([]byte, 0, chunkStored)}
	return s, func() error { return s.flush(true) }
}

type sealer struct {
	w    io.Writer
	aead cipher.AEAD
	buf  []byte
	n    int64
}

// Write holds a full chunk back until it is known not to be the last.
func (s *sealer) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if len(s.buf) == chunkPlain {
			if err := s.flush(false); err != nil {
				return 0, err
			}
		}
		n := min(chunkPlain-len(s.buf), len(p))
		s.buf = append(s.buf, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

func (s *sealer) flush(last bool) error {
	sealed := s.aead.Seal(s.buf[:0], chunkNonce(s.n, last), s.buf, nil)
	s.n++
	_, err := s.w.Write(sealed)
	s.buf = s.buf[:0]
	return err
}

// openSealed returns a section of content as it was before it was encrypted.
// Without a key that is a section of r.
func openSealed(r blob.Reader, sec section, key []byte) (io.Reader, error) {
	if key == nil {
		return r.Section(sec.off, sec.n)
	}
	return &unsealer{
		r: r, aead: contentAEAD(key, sec.content),
		n: sec.off / chunkPlain, skip: int(sec.off % chunkPlain), left: sec.n,
		last: (r.Size() - 1) / chunkStored,
	}, nil
}

type unsealer struct {
	r       blob.Reader
	aead    cipher.AEAD
	n, last int64 // the next chunk, and the last there is
	skip    int   // bytes of the next chunk that come before the section
	left    int64
	stored  [chunkStored]byte
	plain   []byte
}

func (u *unsealer) Read(p []byte) (int, error) {
	if u.left == 0 {
		return 0, io.EOF
	}
	if len(u.plain) == 0 {
		if err := u.chunk(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.plain[:min(int64(len(u.plain)), u.left)])
	u.plain, u.left = u.plain[n:], u.left-int64(n)
	return n, nil
}

func (u *unsealer) chunk() error {
	if u.n > u.last {
		return errTampered
	}
	n, err := u.r.ReadAt(u.stored[:], u.n*chunkStored)
	if err != nil && err != io.EOF {
		return err
	}
	u.plain, err = u.aead.Open(u.stored[:0], chunkNonce(u.n, u.n == u.last), u.stored[:n], nil)
	if err != nil || len(u.plain) < u.skip {
		return errTampered
	}
	u.plain, u.skip = u.plain[u.skip:], 0
	u.n++
	return nil
}
