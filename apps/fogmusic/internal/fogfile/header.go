package fogfile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Sizes and limits of version 1.
const (
	HeaderSize       = 512            // bytes before the first chunk, always
	TagSize          = 16             // what AES-GCM adds to each chunk
	KeySize          = 32             // a data key: 256 bits
	MinChunkSize     = 64 << 10       // also the default
	MaxChunkSize     = 256 << 10      //
	DefaultChunkSize = MinChunkSize   //
	MaxPlainSize     = int64(1) << 40 // exact in a float64, so in JavaScript too
	MaxWrappedKey    = HeaderSize - fixedSize

	magic     = "fogfile"
	version   = 1
	saltSize  = 32
	fixedSize = 72 // where the wrapped key begins
)

// ErrFormat is wrapped by every error about bytes that are not a container.
var ErrFormat = errors.New("not a fogfile")

// A Mode says where the data key comes from.
type Mode uint8

const (
	// ModeKMS: the data key is in the header, wrapped by KMS with the
	// encryption context {"song_id": SongID}.
	ModeKMS Mode = 1
	// ModeStatic: the data key is StaticKey. For trials only.
	ModeStatic Mode = 2
)

// String gives the mode's name as it stands in the catalogue.
func (m Mode) String() string {
	switch m {
	case ModeKMS:
		return "kms"
	case ModeStatic:
		return "static"
	}
	return fmt.Sprintf("mode %d", uint8(m))
}

// A SongID names a song: the first 16 bytes of the SHA-256 of its audio.
type SongID [16]byte

// SongIDOf derives the identifier of the song with this audio.
func SongIDOf(audio []byte) SongID {
	sum := sha256.Sum256(audio)
	return SongID(sum[:16])
}

// String gives the 32 lower-case hexadecimal digits used in keys, in the
// catalogue and in the KMS encryption context.
func (id SongID) String() string { return hex.EncodeToString(id[:]) }

// ParseSongID reads what String wrote.
func ParseSongID(s string) (SongID, error) {
	var id SongID
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) || hex.EncodeToString(b) != s {
		return id, fmt.Errorf("song id %q: want 32 lower-case hexadecimal digits", s)
	}
	return SongID(b), nil
}

// A Header says all that a reader must know before the first chunk.
type Header struct {
	Mode       Mode
	ChunkSize  int // plaintext bytes in every chunk but the last
	PlainSize  int64
	SongID     SongID
	Salt       [saltSize]byte // fresh for every container
	WrappedKey []byte         // CiphertextBlob of KMS; empty in static mode
}

// ParseHeader reads the header at the start of b. It accepts exactly what
// Encode writes: every byte has one meaning, spare bytes are zero.
func ParseHeader(b []byte) (Header, error) {
	var h Header
	if len(b) < HeaderSize {
		return h, formatError("%d bytes are fewer than a header's %d", len(b), HeaderSize)
	}
	b = b[:HeaderSize]
	if string(b[:7]) != magic {
		return h, formatError("wrong first bytes")
	}
	if b[7] != version {
		return h, formatError("version %d is not supported, only %d", b[7], version)
	}
	h.Mode = Mode(b[8])
	if b[9] < 16 || b[9] > 18 {
		return h, formatError("chunk size 2^%d is not between 2^16 and 2^18", b[9])
	}
	h.ChunkSize = 1 << b[9]
	wrapped := int(binary.BigEndian.Uint16(b[10:]))
	if wrapped > MaxWrappedKey {
		return h, formatError("wrapped key of %d bytes is longer than %d", wrapped, MaxWrappedKey)
	}
	size := binary.BigEndian.Uint64(b[16:])
	if size > uint64(MaxPlainSize) {
		return h, formatError("plaintext size %d is too large", size)
	}
	h.PlainSize = int64(size)
	h.SongID = SongID(b[24:40])
	h.Salt = [saltSize]byte(b[40:72])
	if wrapped > 0 {
		h.WrappedKey = append([]byte(nil), b[fixedSize:fixedSize+wrapped]...)
	}
	if !zero(b[12:16]) || !zero(b[fixedSize+wrapped:]) {
		return h, formatError("spare bytes are not zero")
	}
	return h, h.validate()
}

// Encode writes the header's one encoding.
func (h Header) Encode() ([HeaderSize]byte, error) {
	var b [HeaderSize]byte
	if err := h.validate(); err != nil {
		return b, err
	}
	copy(b[:], magic)
	b[7] = version
	b[8] = byte(h.Mode)
	b[9] = chunkExponent(h.ChunkSize)
	binary.BigEndian.PutUint16(b[10:], uint16(len(h.WrappedKey)))
	binary.BigEndian.PutUint64(b[16:], uint64(h.PlainSize))
	copy(b[24:], h.SongID[:])
	copy(b[40:], h.Salt[:])
	copy(b[fixedSize:], h.WrappedKey)
	return b, nil
}

func (h Header) validate() error {
	switch h.Mode {
	case ModeKMS:
		if len(h.WrappedKey) == 0 || len(h.WrappedKey) > MaxWrappedKey {
			return formatError("wrapped key of %d bytes: want 1 to %d in mode kms", len(h.WrappedKey), MaxWrappedKey)
		}
	case ModeStatic:
		if len(h.WrappedKey) != 0 {
			return formatError("a wrapped key in mode static")
		}
	default:
		return formatError("unknown key mode %d", uint8(h.Mode))
	}
	if chunkExponent(h.ChunkSize) == 0 {
		return formatError("chunk size %d is not 64, 128 or 256 KiB", h.ChunkSize)
	}
	if h.PlainSize < 0 || h.PlainSize > MaxPlainSize {
		return formatError("plaintext size %d", h.PlainSize)
	}
	return nil
}

// chunkExponent gives log2 of an allowed chunk size, else 0.
func chunkExponent(size int) byte {
	for e := byte(16); e <= 18; e++ {
		if size == 1<<e {
			return e
		}
	}
	return 0
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func formatError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}
