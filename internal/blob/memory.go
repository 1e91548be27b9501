package blob

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Memory is a Store that forgets everything with its process.
type Memory struct {
	names
	blobs *sync.Map // ID -> []byte
}

// NewMemory returns an empty Store in memory.
func NewMemory(ids *aws.IDs) *Memory { return &Memory{newNames(ids), new(sync.Map)} }

// Reopen returns a Store of the same blobs as a later process would see them.
func (m *Memory) Reopen() *Memory { return &Memory{newNames(m.ids), m.blobs} }

// Create implements Store.
func (m *Memory) Create() (Writer, error) { return &memoryWriter{store: m}, nil }

// Open implements Store.
func (m *Memory) Open(id ID) (Reader, error) {
	b, ok := m.blobs.Load(id)
	if !ok {
		return nil, ErrNotExist
	}
	return memoryReader{bytes.NewReader(b.([]byte))}, nil
}

// Delete implements Store.
func (m *Memory) Delete(id ID) error {
	m.blobs.Delete(id)
	return nil
}

// Sweep implements Store.
func (m *Memory) Sweep(ctx context.Context, live func(ID) (bool, error)) (n int, err error) {
	m.blobs.Range(func(k, _ any) bool {
		id := k.(ID)
		if err = ctx.Err(); err != nil || !m.old(id) {
			return err == nil
		}
		var keep bool
		if keep, err = live(id); err == nil && !keep {
			m.blobs.Delete(id)
			n++
		}
		return err == nil
	})
	return n, err
}

type memoryWriter struct {
	store *Memory
	buf   bytes.Buffer
}

func (w *memoryWriter) Write(p []byte) (int, error) { return w.buf.Write(p) }

func (w *memoryWriter) Commit() (ID, error) {
	for {
		id := w.store.next()
		if _, taken := w.store.blobs.LoadOrStore(id, w.buf.Bytes()); !taken {
			return id, nil
		}
	}
}

func (w *memoryWriter) Abort() {}

type memoryReader struct{ *bytes.Reader }

func (r memoryReader) Close() error { return nil }

func (r memoryReader) Section(off, n int64) (io.Reader, error) {
	return io.NewSectionReader(r.Reader, off, n), nil
}
