package mp3

import "encoding/binary"

// A promise is what the first frame says of the whole stream, when it is the
// silent information frame of an encoder.
type promise struct {
	frames  int // not counting this one; 0 when it does not say
	silence int // samples the encoder added at both ends
}

// vbriOffset is where a VBRI header lies in a frame, whatever its version.
const vbriOffset = headerSize + 32

// readPromise reads the Xing, Info or VBRI header of the first frame.
func readPromise(audio []byte, f Frame) (promise, bool) {
	var p promise
	b := audio[:min(len(audio), f.Size())]
	if len(b) >= vbriOffset+18 && string(b[vbriOffset:vbriOffset+4]) == "VBRI" {
		p.frames = int(binary.BigEndian.Uint32(b[vbriOffset+14:]))
		return p, true
	}
	at := headerSize + f.SideInfo()
	if f.Protected && !xing(b, at) {
		at += 2
	}
	if !xing(b, at) {
		return p, false
	}
	b = b[at+4:]
	flags := binary.BigEndian.Uint32(b)
	b = b[4:]
	// Each flag announces a field: frames, bytes, seek table, quality.
	for bit, size := range [4]int{4, 4, 100, 4} {
		if flags>>bit&1 == 0 {
			continue
		}
		if len(b) < size {
			return p, true
		}
		if bit == 0 {
			p.frames = int(binary.BigEndian.Uint32(b))
		}
		b = b[size:]
	}
	// LAME's extension: 9 bytes of name, then among others 12 bits of
	// samples added in front and 12 bits of samples added behind.
	if len(b) >= 24 && b[0] != 0 {
		delays := int(b[21])<<16 | int(b[22])<<8 | int(b[23])
		p.silence = delays>>12 + delays&0xfff
	}
	return p, true
}

func xing(b []byte, at int) bool {
	if len(b) < at+8 {
		return false
	}
	name := string(b[at : at+4])
	return name == "Xing" || name == "Info"
}
