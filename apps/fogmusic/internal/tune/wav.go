package tune

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
)

// WriteWAV writes the sound as 16-bit PCM, after so many samples of silence.
func WriteWAV(w io.Writer, s Sound, silence int) error {
	const frame = 4
	n := uint32((silence + len(s.L)) * frame)
	b := bufio.NewWriter(w)
	le := binary.LittleEndian
	h := append([]byte("RIFF"), le.AppendUint32(nil, 36+n)...)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, 1) // PCM
	h = le.AppendUint16(h, 2)
	h = le.AppendUint32(h, Rate)
	h = le.AppendUint32(h, Rate*frame)
	h = le.AppendUint16(h, frame)
	h = le.AppendUint16(h, 16)
	h = append(h, "data"...)
	b.Write(le.AppendUint32(h, n))
	b.Write(make([]byte, silence*frame))
	for i := range s.L {
		var p [frame]byte
		le.PutUint16(p[0:], uint16(int16(math.Round(s.L[i]*32767))))
		le.PutUint16(p[2:], uint16(int16(math.Round(s.R[i]*32767))))
		b.Write(p[:])
	}
	return b.Flush() // gives the first error of all
}
