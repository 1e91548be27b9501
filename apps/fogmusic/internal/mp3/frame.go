package mp3

import "encoding/binary"

// A Frame is a decoded frame header.
type Frame struct {
	Version    Version
	Protected  bool // a CRC follows the header
	Bitrate    int  // bits per second
	SampleRate int
	Padding    bool
	Mono       bool
}

// Version is the MPEG version, which decides the sizes within a frame.
type Version uint8

// The values of the header's two version bits.
const (
	MPEG25 Version = 0
	MPEG2  Version = 2
	MPEG1  Version = 3
)

// headerSize is how many bytes of a frame ParseFrame needs.
const headerSize = 4

// kbit/s of layer III by bitrate index; 0 ("free") and 15 are not supported.
var (
	bitratesV1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	bitratesV2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
)

// ParseFrame decodes the frame header at the start of b.
func ParseFrame(b []byte) (Frame, bool) {
	var f Frame
	if len(b) < headerSize {
		return f, false
	}
	h := binary.BigEndian.Uint32(b)
	if h>>21 != 0x7ff || h>>17&3 != 1 { // sync word, layer III
		return f, false
	}
	f.Version = Version(h >> 19 & 3)
	f.Protected = h>>16&1 == 0
	f.Padding = h>>9&1 == 1
	f.Mono = h>>6&3 == 3
	rate := h >> 10 & 3
	if f.Version == 1 || rate == 3 {
		return f, false
	}
	f.SampleRate = [3]int{44100, 48000, 32000}[rate]
	rates := bitratesV2
	switch f.Version {
	case MPEG1:
		rates = bitratesV1
	case MPEG2:
		f.SampleRate /= 2
	case MPEG25:
		f.SampleRate /= 4
	}
	f.Bitrate = rates[h>>12&15] * 1000
	return f, f.Bitrate > 0
}

// Samples is how many samples of each channel the frame holds.
func (f Frame) Samples() int {
	if f.Version == MPEG1 {
		return 1152
	}
	return 576
}

// Size is the frame's size in bytes, header included.
func (f Frame) Size() int {
	n := f.Samples() / 8 * f.Bitrate / f.SampleRate
	if f.Padding {
		n++
	}
	return n
}

// SideInfo is the size of the side information that follows the header.
func (f Frame) SideInfo() int {
	switch {
	case f.Version == MPEG1 && f.Mono:
		return 17
	case f.Version == MPEG1:
		return 32
	case f.Mono:
		return 9
	}
	return 17
}

// compatible tells whether g can follow f in one stream.
func (f Frame) compatible(g Frame) bool {
	return f.Version == g.Version && f.SampleRate == g.SampleRate
}
