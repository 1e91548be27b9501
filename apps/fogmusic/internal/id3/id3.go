// Package id3 writes ID3v2.4 tags.
//
// # Invariants
//
//   - What is written is read back by an independent reader (TestReadBack).
package id3

import "encoding/binary"

// A Tag says what a file of music is. Empty members are left out.
type Tag struct {
	Title, Artist, Album, Genre string
	Year, Track                 string // as text, as ID3 has them
	Comment                     string
	Cover                       []byte // JPEG
}

const utf8 = 3 // ID3's number for the encoding

// Encode gives the tag's bytes, which go in front of the audio.
func (t Tag) Encode() []byte {
	var body []byte
	for _, f := range []struct{ id, text string }{
		{"TIT2", t.Title}, {"TPE1", t.Artist}, {"TALB", t.Album}, {"TCON", t.Genre}, {"TDRC", t.Year}, {"TRCK", t.Track},
	} {
		if f.text != "" {
			body = frame(body, f.id, append([]byte{utf8}, f.text...))
		}
	}
	if t.Comment != "" {
		body = frame(body, "COMM", append([]byte{utf8, 'u', 'n', 'd', 0}, t.Comment...))
	}
	if len(t.Cover) > 0 {
		picture := append([]byte{utf8}, "image/jpeg\x00\x03\x00"...) // 3: the front cover
		body = frame(body, "APIC", append(picture, t.Cover...))
	}
	return append(syncsafe([]byte("ID3\x04\x00\x00"), len(body)), body...)
}

func frame(dst []byte, id string, content []byte) []byte {
	dst = syncsafe(append(dst, id...), len(content))
	dst = append(dst, 0, 0) // no flags
	return append(dst, content...)
}

// syncsafe appends a size in four bytes of seven bits.
func syncsafe(dst []byte, n int) []byte {
	v := uint32(n&0x7f | n&0x3f80<<1 | n&0x1fc000<<2 | n&0xfe00000<<3)
	return binary.BigEndian.AppendUint32(dst, v)
}
