package aws

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"sync"
)

// IDs makes identifiers from a source of randomness. It is safe for
// concurrent use; the same bytes give the same identifiers.
type IDs struct {
	mu  sync.Mutex
	src io.Reader
}

// NewIDs returns identifiers drawn from src; nil means crypto/rand.
func NewIDs(src io.Reader) *IDs {
	if src == nil {
		src = rand.Reader
	}
	return &IDs{src: src}
}

// Read fills p with randomness: an *IDs is an io.Reader.
func (d *IDs) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return io.ReadFull(d.src, p)
}

// Bytes returns n random bytes. A source that runs dry is a broken machine.
func (d *IDs) Bytes(n int) []byte {
	b := make([]byte, n)
	d.fill(b)
	return b
}

func (d *IDs) fill(b []byte) {
	if _, err := d.Read(b); err != nil {
		panic("aws: no randomness: " + err.Error())
	}
}

// UUID returns a version 4 UUID.
func (d *IDs) UUID() string {
	var b [16]byte
	d.fill(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var s [36]byte // 8-4-4-4-12 hexadecimal digits
	hex.Encode(s[:8], b[:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:], b[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}

// Hex returns n hexadecimal digits.
func (d *IDs) Hex(n int) string { return hex.EncodeToString(d.Bytes((n + 1) / 2))[:n] }

// Base32 returns n characters of A-Z2-7, as in the tail of AKIA… and AROA… ids.
func (d *IDs) Base32(n int) string { return d.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", n) }

// Lower returns n characters of a-z0-9.
func (d *IDs) Lower(n int) string { return d.Text("abcdefghijklmnopqrstuvwxyz0123456789", n) }

// Text returns n characters drawn from alphabet, which has at most 256.
func (d *IDs) Text(alphabet string, n int) string {
	b := d.Bytes(n)
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}
