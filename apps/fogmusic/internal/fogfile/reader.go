package fogfile

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// A KeyFunc finds the data key of a container: it asks KMS to unwrap
// h.WrappedKey, or gives StaticKey where trials are allowed.
type KeyFunc func(h Header) (dataKey []byte, err error)

// A Reader decrypts a song from any offset. It may be used by several
// goroutines at once.
type Reader struct {
	r      io.ReaderAt
	sealer *sealer

	mu    sync.Mutex
	index int64 // of the chunk in plain, -1 when none
	plain []byte
}

// NewReader opens the container of size bytes in r. A container whose size is
// not the one its header implies was cut or extended and is refused.
func NewReader(r io.ReaderAt, size int64, key KeyFunc) (*Reader, error) {
	if size < HeaderSize+TagSize {
		return nil, formatError("%d bytes are fewer than the smallest container's %d", size, HeaderSize+TagSize)
	}
	encoded := make([]byte, HeaderSize)
	if err := readFull(r, encoded, 0); err != nil {
		return nil, err
	}
	h, err := ParseHeader(encoded)
	if err != nil {
		return nil, err
	}
	if h.Size() != size {
		return nil, formatError("%d bytes where the header implies %d: cut or extended", size, h.Size())
	}
	dataKey, err := key(h)
	if err != nil {
		return nil, fmt.Errorf("data key of song %s: %w", h.SongID, err)
	}
	s, err := newSealer(h, encoded, dataKey)
	if err != nil {
		return nil, err
	}
	return &Reader{r: r, sealer: s, index: -1}, nil
}

// Header gives the container's header. It is authentic once a read succeeded.
func (r *Reader) Header() Header { return r.sealer.header }

// Size is the size of the song.
func (r *Reader) Size() int64 { return r.sealer.header.PlainSize }

// ReadAt decrypts len(p) bytes of the song from off on. Bytes are given out
// only after their whole chunk was authenticated.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("fogfile: negative offset")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(p) && off < r.Size() {
		c := int64(r.sealer.header.ChunkSize)
		if err := r.load(off / c); err != nil {
			return n, err
		}
		m := copy(p[n:], r.plain[off%c:])
		n, off = n+m, off+int64(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// load makes chunk i the one in r.plain.
func (r *Reader) load(i int64) error {
	if r.index == i {
		return nil
	}
	off, length := r.sealer.header.Span(i)
	sealed := make([]byte, length)
	if err := readFull(r.r, sealed, off); err != nil {
		return err
	}
	plain, err := r.sealer.open(sealed[:0], sealed, i)
	if err != nil {
		return err
	}
	r.index, r.plain = i, plain
	return nil
}

// Verify decrypts every chunk and gives the first error: the way to know that
// a whole container, an empty song's too, is what was sealed.
func (r *Reader) Verify() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.sealer.header.Chunks() {
		if err := r.load(i); err != nil {
			return err
		}
	}
	return nil
}

func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
