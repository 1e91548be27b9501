package edge

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// Bodies up to inMemory bytes are kept there, longer ones in files without a
// name, which end with the process as the cache does.
const inMemory = 1 << 20

// body is the whole body of an object, and does not change.
type body struct {
	data []byte
	file *os.File // where data is nil
	size int64
	refs atomic.Int32 // the cache, and those who are sending it
}

func (b *body) retain() *body {
	b.refs.Add(1)
	return b
}

func (b *body) release() {
	if b.refs.Add(-1) == 0 && b.file != nil {
		b.file.Close()
	}
}

// writeTo sends a part of the body.
func (b *body) writeTo(w io.Writer, s span) (int64, error) {
	if b.file == nil {
		n, err := w.Write(b.data[s.start : s.start+s.length])
		return int64(n), err
	}
	return io.Copy(w, io.NewSectionReader(b.file, s.start, s.length))
}

// errLeft ends a fetch that nobody waits for any more.
var errLeft = errors.New("edge: no viewer is left")

// spool is a body on its way from the origin, that several viewers may read
// meanwhile. One that turns out to be longer than limit is not kept: it becomes
// a window that moves when all readers have seen it.
type spool struct {
	dir   string
	limit int64

	mu      sync.Mutex
	changed chan struct{} // closed at each change
	data    []byte
	file    *os.File
	base    int64 // of the window
	size    int64 // of what is there, from base
	over    bool  // longer than limit
	done    bool
	err     error // why it is not whole
	readers map[*reader]bool
	onOver  func()
}

func newSpool(dir string, limit, length int64, onOver func()) *spool {
	s := &spool{dir: dir, limit: limit, changed: make(chan struct{}), readers: map[*reader]bool{}, onOver: onOver}
	if length > 0 {
		s.data = make([]byte, 0, min(length, inMemory))
	}
	return s
}

func (s *spool) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// append adds bytes. It waits only once the window is full.
func (s *spool) append(ctx context.Context, p []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size+int64(len(p)) > s.limit {
		if err := s.move(ctx); err != nil {
			return err
		}
	}
	defer s.signal()
	if s.file == nil && s.size+int64(len(p)) <= inMemory {
		s.data = append(s.data, p...)
		s.size += int64(len(p))
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	n, err := s.file.WriteAt(p, s.size)
	s.size += int64(n)
	return err
}

// spill moves what is in memory to a file.
func (s *spool) spill() error {
	if s.file != nil {
		return nil
	}
	f, err := os.CreateTemp(s.dir, "edge-")
	if err != nil {
		return err
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	_, err = f.WriteAt(s.data, 0)
	s.data = nil
	return err
}

// move waits until every reader has seen all there is, and forgets it.
func (s *spool) move(ctx context.Context) error {
	if !s.over {
		s.over = true
		s.onOver()
	}
	for {
		if len(s.readers) == 0 {
			return errLeft
		}
		if s.seen() {
			break
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	s.base += s.size
	s.size = 0
	s.data = s.data[:0]
	if s.file != nil {
		return s.file.Truncate(0)
	}
	return nil
}

func (s *spool) seen() bool {
	for r := range s.readers {
		if r.pos < s.base+s.size {
			return false
		}
	}
	return true
}

// wait lets go of the lock until something changes.
func (s *spool) wait(ctx context.Context) error {
	ch := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-ch:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish ends the spool. Without an error, and if it was not too long, keep is
// given the body with a reference, before any reader sees the end: who has read
// it all finds it kept.
func (s *spool) finish(err error, keep func(*body)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.signal()
	s.done, s.err = true, err
	if err != nil || s.over {
		s.forget()
		return
	}
	b := &body{data: s.data, file: s.file, size: s.size}
	if b.file == nil && b.data == nil {
		b.data = []byte{}
	}
	b.retain()
	if len(s.readers) > 0 {
		// The readers share one more reference, which the last gives back.
		b.retain()
		for r := range s.readers {
			r.shared = b
		}
	}
	keep(b)
}

// forget closes the file of a spool that is not kept once nobody reads it.
func (s *spool) forget() {
	if s.done && len(s.readers) == 0 && s.file != nil && (s.err != nil || s.over) {
		s.file.Close()
		s.file = nil
	}
}

// reader is one viewer of a spool.
type reader struct {
	s      *spool
	pos    int64
	shared *body
}

// reader returns a reader from the beginning; or nil when the spool has ended,
// or its beginning is gone.
func (s *spool) reader() (r *reader, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.done {
		return nil, s.over
	}
	r = &reader{s: s}
	s.readers[r] = true
	return r, false
}

// read returns what is there from the reader's position on, waiting for it if
// need be; io.EOF at the end.
func (r *reader) read(ctx context.Context, p []byte) (int, error) {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for r.pos >= s.base+s.size {
		if s.done {
			if s.err != nil {
				return 0, s.err
			}
			return 0, io.EOF
		}
		if err := s.wait(ctx); err != nil {
			return 0, err
		}
	}
	at := r.pos - s.base
	n := int(min(int64(len(p)), s.size-at))
	if s.file == nil {
		copy(p, s.data[at:s.size])
	} else if _, err := s.file.ReadAt(p[:n], at); err != nil {
		return 0, err
	}
	r.pos += int64(n)
	if s.over {
		s.signal()
	}
	return n, nil
}

// skip moves on without reading; the bytes must come some day.
func (r *reader) skip(to int64) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.pos = to
}

// have is how many bytes have arrived.
func (r *reader) have() int64 {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.base + r.s.size
}

func (r *reader) close() {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.readers, r)
	s.signal()
	if r.shared != nil && len(s.readers) == 0 {
		r.shared.release()
	}
	s.forget()
}
