package mp3

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// untag gives data without the tags before and after the audio.
func untag(data []byte) []byte {
	for {
		n := leadingTag(data)
		if n == 0 {
			break
		}
		data = data[min(n, len(data)):]
	}
	for {
		n := trailingTag(data)
		if n == 0 {
			return data
		}
		data = data[:len(data)-min(n, len(data))]
	}
}

// leadingTag is the size of the ID3v2 or APEv2 tag that data starts with.
func leadingTag(data []byte) int {
	if len(data) >= 10 && string(data[:3]) == "ID3" {
		size := 0
		for _, b := range data[6:10] {
			size = size<<7 | int(b&0x7f)
		}
		if data[5]&0x10 != 0 { // a footer repeats the header
			size += 10
		}
		return 10 + size
	}
	if len(data) >= 32 && string(data[:8]) == "APETAGEX" {
		return 32 + int(binary.LittleEndian.Uint32(data[12:]))
	}
	return 0
}

// trailingTag is the size of the ID3v1, APE or Lyrics3 tag that data ends with.
func trailingTag(data []byte) int {
	n := len(data)
	if n >= 128 && string(data[n-128:n-125]) == "TAG" {
		return 128
	}
	if n >= 32 && string(data[n-32:n-24]) == "APETAGEX" {
		size := int(binary.LittleEndian.Uint32(data[n-20:])) // without the header
		if data[n-9]&0x80 != 0 {
			size += 32
		}
		return max(size, 32)
	}
	if n >= 15 && bytes.HasSuffix(data, []byte("LYRICS200")) {
		if size, err := strconv.Atoi(string(data[n-15 : n-9])); err == nil && size >= 0 {
			return size + 15
		}
	}
	return 0
}
