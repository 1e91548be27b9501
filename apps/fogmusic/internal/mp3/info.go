package mp3

import "encoding/binary"

// Frames gives the frames of audio one by one, the information frame left out.
func Frames(audio []byte) [][]byte {
	var out [][]byte
	for pos := 0; ; {
		f, ok := ParseFrame(audio[pos:])
		if !ok || pos+f.Size() > len(audio) {
			return out
		}
		frame := audio[pos : pos+f.Size()]
		if _, info := readPromise(frame, f); pos > 0 || !info {
			out = append(out, frame)
		}
		pos += f.Size()
	}
}

// Join puts frames of a constant bitrate together behind an Info frame of their
// own, so that players know the length and where to seek, and a cut file shows.
// The frames must not borrow from each other (an encoder's bit reservoir).
func Join(frames [][]byte) []byte {
	size := 0
	for _, f := range frames {
		size += len(f)
	}
	f, ok := ParseFrame(frames[0])
	if !ok {
		panic("mp3: Join of what is not a frame")
	}
	info := make([]byte, f.Size())
	copy(info, frames[0][:headerSize])
	info[1] |= 1 // no CRC
	const framesBytesTable = 7
	b := append(info[:headerSize+f.SideInfo()], "Info"...)
	b = binary.BigEndian.AppendUint32(b, framesBytesTable)
	b = binary.BigEndian.AppendUint32(b, uint32(len(frames)))
	b = binary.BigEndian.AppendUint32(b, uint32(size+len(info)))
	for percent := range 100 {
		b = append(b, byte(percent*256/100))
	}
	out := make([]byte, 0, size+len(info))
	out = append(out, info...)
	for _, f := range frames {
		out = append(out, f...)
	}
	return out
}
