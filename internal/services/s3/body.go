package s3

import (
	"bytes"
	"errors"
	"io"

	"github.com/niebla-cloud/niebla/internal/blob"
)

// body reads a section of a content. It implements io.WriterTo, so that a
// blob's file reaches a connection that can take one without being copied.
type body struct {
	cs   *contentStore
	root contentID
	key  []byte
	rest []section
	cur  io.Reader // of the section being read; nil between sections
	left int64     // bytes of it still to come
	done io.Closer
}

// section is n bytes from off of a content that is no manifest.
type section struct {
	content contentID
	off, n  int64
}

// open returns n bytes from off of a content; errGone when it was dropped
// meanwhile. It must be closed.
func (cs *contentStore) open(id contentID, off, n int64, key []byte) (*body, error) {
	b := &body{cs: cs, key: key}
	if id == (contentID{}) || n == 0 {
		return b, nil
	}
	cs.pins.hold(id)
	b.root = id
	err := cs.db.Read(contents.at(id[:]), func(v []byte, ok bool) (err error) {
		if !ok {
			return errGone
		}
		if v[0] != inManifest {
			b.rest = []section{{id, off, n}}
			return nil
		}
		list, err := decodeManifest(v[1:])
		b.rest = cut(list, off, n)
		return err
	})
	if err == nil {
		err = b.next()
	}
	if err != nil {
		cs.pins.release(id)
		return nil, err
	}
	return b, nil
}

// cut returns the sections of the pieces that hold n bytes from off.
func cut(list []piece, off, n int64) (out []section) {
	for _, p := range list {
		if n == 0 {
			break
		}
		if off >= p.Size {
			off -= p.Size
			continue
		}
		take := min(n, p.Size-off)
		out = append(out, section{p.Content, off, take})
		off, n = 0, n-take
	}
	return out
}

// next opens the next section.
func (b *body) next() error {
	sec := b.rest[0]
	b.rest = b.rest[1:]
	b.left = sec.n
	return b.cs.db.Read(contents.at(sec.content[:]), func(v []byte, ok bool) error {
		if !ok {
			return errGone
		}
		if v[0] == inInline {
			return b.openInline(v[1:], sec)
		}
		r, err := b.cs.blobs.Open(blob.ID(v[1:]))
		if errors.Is(err, blob.ErrNotExist) {
			return errGone
		}
		if err != nil {
			return err
		}
		b.done = r
		b.cur, err = openSealed(r, sec, b.key)
		return err
	})
}

func (b *body) openInline(v []byte, sec section) (err error) {
	if b.key == nil {
		b.cur = bytes.NewReader(bytes.Clone(v[sec.off : sec.off+sec.n]))
		return nil
	}
	r := inlineReader{bytes.NewReader(bytes.Clone(v))}
	b.cur, err = openSealed(r, sec, b.key)
	return err
}

// inlineReader makes a blob.Reader of encrypted bytes that are in the store.
type inlineReader struct{ *bytes.Reader }

func (inlineReader) Close() error { return nil }

func (r inlineReader) Section(off, n int64) (io.Reader, error) {
	return io.NewSectionReader(r.Reader, off, n), nil
}

// end closes the section that was read.
func (b *body) end() error {
	b.cur = nil
	if b.done == nil {
		return nil
	}
	err := b.done.Close()
	b.done = nil
	return err
}

// advance makes cur the section to read from, or returns io.EOF.
func (b *body) advance() error {
	if b.cur != nil && b.left > 0 {
		return nil
	}
	if err := b.end(); err != nil {
		return err
	}
	if len(b.rest) == 0 {
		return io.EOF
	}
	return b.next()
}

func (b *body) Read(p []byte) (int, error) {
	if err := b.advance(); err != nil {
		return 0, err
	}
	n, err := b.cur.Read(p)
	b.left -= int64(n)
	if err == io.EOF {
		err = nil
		if b.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// WriteTo implements io.WriterTo.
func (b *body) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if err := b.advance(); err != nil {
			if err == io.EOF {
				err = nil
			}
			return total, err
		}
		n, err := io.Copy(w, b.cur)
		total, b.left = total+n, b.left-n
		if err == nil && b.left > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return total, err
		}
	}
}

// Close ends the reading. It may be called more than once.
func (b *body) Close() error {
	err := b.end()
	b.rest = nil
	if b.root != (contentID{}) {
		b.cs.pins.release(b.root)
		b.root = contentID{}
	}
	return err
}
