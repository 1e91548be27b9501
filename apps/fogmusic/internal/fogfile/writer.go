package fogfile

import (
	"fmt"
	"io"
)

// A Writer encrypts a song as it is written. Close must be called: it writes
// the last chunk.
type Writer struct {
	w      io.Writer
	sealer *sealer
	chunk  []byte // plaintext not yet sealed, never more than one chunk
	out    []byte
	index  int64
	err    error
}

// NewWriter writes the header to w and returns a Writer for the song, of which
// exactly h.PlainSize bytes must follow. The pair of data key and h.Salt must
// never be used for two songs.
func NewWriter(w io.Writer, h Header, dataKey []byte) (*Writer, error) {
	encoded, err := h.Encode()
	if err != nil {
		return nil, err
	}
	s, err := newSealer(h, encoded[:], dataKey)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(encoded[:]); err != nil {
		return nil, err
	}
	return &Writer{w: w, sealer: s, chunk: make([]byte, 0, h.ChunkSize)}, nil
}

// Write encrypts p. It fails when the song turns out longer than announced.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	h := w.sealer.header
	if w.index*int64(h.ChunkSize)+int64(len(w.chunk))+int64(len(p)) > h.PlainSize {
		w.err = fmt.Errorf("fogfile: song is longer than its header's %d bytes", h.PlainSize)
		return 0, w.err
	}
	written := 0
	for len(p) > 0 {
		// A full chunk waits until a byte follows it: only then is it
		// known not to be the last.
		if len(w.chunk) == h.ChunkSize {
			if w.err = w.flush(); w.err != nil {
				return written, w.err
			}
		}
		n := min(len(p), h.ChunkSize-len(w.chunk))
		w.chunk = append(w.chunk, p[:n]...)
		p, written = p[n:], written+n
	}
	return written, nil
}

// Close seals the last chunk. It fails, leaving a container that does not
// open, when the song is shorter than announced.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	h := w.sealer.header
	if got := w.index*int64(h.ChunkSize) + int64(len(w.chunk)); got != h.PlainSize {
		w.err = fmt.Errorf("fogfile: song has %d bytes, its header says %d", got, h.PlainSize)
		return w.err
	}
	if err := w.flush(); err != nil {
		w.err = err
		return err
	}
	w.err = fmt.Errorf("fogfile: writer is closed")
	return nil
}

func (w *Writer) flush() error {
	w.out = w.sealer.seal(w.out[:0], w.chunk, w.index)
	w.chunk = w.chunk[:0]
	w.index++
	_, err := w.w.Write(w.out)
	return err
}
