package s3

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/store"
)

// contentID names the bytes of a version or of a part. The zero value is the
// empty content, of which nothing is stored.
type contentID [16]byte

// inlineMax is the size up to which content is kept in the store, where one
// sync makes many of them durable, instead of in a blob of its own.
const inlineMax = 32 << 10

// The stored form of a content is one of these bytes and what it says.
const (
	inInline   = 'i' // the bytes
	inBlob     = 'b' // a blob's name
	inManifest = 'm' // the pieces
)

// errGone is returned for content that was dropped since its version was read.
var errGone = errors.New("s3: content is gone")

// contentStore keeps the bytes of versions and parts: small ones in the store,
// others in blobs, and those of multipart uploads as the list of their parts.
// Copies share one content, which is dropped with the last of them.
type contentStore struct {
	db      *store.DB
	blobs   blob.Store
	ids     *aws.IDs
	buffers sync.Pool // *[]byte of bufferSize
	pins    pins
}

const bufferSize = 256 << 10

func newContentStore(db *store.DB, blobs blob.Store, ids *aws.IDs) *contentStore {
	return &contentStore{
		db: db, blobs: blobs, ids: ids,
		buffers: sync.Pool{New: func() any { return new([bufferSize]byte) }},
		pins:    pins{held: map[contentID]*pin{}},
	}
}

// piece is one part in a manifest.
type piece struct {
	Number  int
	Content contentID
	Size    int64
	Sum     []byte // of the upload's checksum algorithm
}

// staged is content that is written and that nothing names yet.
type staged struct {
	id     contentID
	inline []byte
	blob   blob.ID
	size   int64
}

// stage writes src, up to limit bytes, and adds it up in d. With a key the
// stored bytes are encrypted. What is staged must be saved or discarded.
func (cs *contentStore) stage(src io.Reader, limit int64, d io.Writer, key []byte) (*staged, error) {
	st := &staged{id: contentID(cs.ids.Bytes(16))}
	buf := cs.buffers.Get().(*[bufferSize]byte)
	defer cs.buffers.Put(buf)
	in := &counted{r: io.TeeReader(src, d), limit: limit}
	n, err := io.ReadFull(in, buf[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF || in.failed != nil {
		return nil, in.failed
	}
	st.size = in.n
	switch {
	case n == 0:
		st.id = contentID{}
		return st, nil
	case n <= inlineMax && err != nil:
		st.inline, err = sealInline(buf[:n], key, st.id)
		return st, err
	}
	return st, cs.stageBlob(st, buf, n, in, key)
}

// stageBlob writes the n bytes that are in buf, then the rest of in.
func (cs *contentStore) stageBlob(st *staged, buf *[bufferSize]byte, n int, in *counted, key []byte) error {
	w, err := cs.blobs.Create()
	if err != nil {
		return err
	}
	defer w.Abort()
	out, finish := sealTo(w, key, st.id)
	if _, err := out.Write(buf[:n]); err != nil {
		return err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{out}, in, buf[:]); err != nil {
		return err
	}
	if err := finish(); err != nil {
		return err
	}
	st.size = in.n
	st.blob, err = w.Commit()
	return err
}

// counted counts what is read, refuses more than a limit, and keeps the error
// apart from what io.ReadFull makes of it.
type counted struct {
	r        io.Reader
	n, limit int64
	failed   error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.limit {
		err = errEntityTooLarge(c.n, c.limit)
	}
	if err != nil && err != io.EOF {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errIncompleteBody()
		}
		c.failed = err
	}
	return n, err
}

// discard removes what was staged and will not be saved.
func (cs *contentStore) discard(st *staged) {
	if st != nil && st.blob != "" {
		_ = cs.blobs.Delete(st.blob) // else the next start sweeps it
	}
}

// save makes staged content part of a transaction.
func (cs *contentStore) save(tx *store.Tx, st *staged) {
	switch {
	case st.blob != "":
		tx.Set(contents.at(st.id[:]), append([]byte{inBlob}, st.blob...))
		tx.Set(blobs.at([]byte(st.blob)), nil)
	case st.id != contentID{}:
		tx.Set(contents.at(st.id[:]), append([]byte{inInline}, st.inline...))
	}
}

// saveManifest makes one content of many. The pieces belong to it from now on.
func (cs *contentStore) saveManifest(tx *store.Tx, pieces []piece) contentID {
	id := contentID(cs.ids.Bytes(16))
	b := []byte{inManifest}
	for _, p := range pieces {
		b = binary.AppendUvarint(b, uint64(p.Number))
		b = append(b, p.Content[:]...)
		b = binary.AppendUvarint(b, uint64(p.Size))
		b = append(binary.AppendUvarint(b, uint64(len(p.Sum))), p.Sum...)
	}
	tx.Set(contents.at(id[:]), b)
	return id
}

func decodeManifest(b []byte) (list []piece, err error) {
	for len(b) > 0 {
		var p piece
		number, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+len(p.Content) {
			return nil, errCorrupt
		}
		p.Number = int(number)
		b = b[n+copy(p.Content[:], b[n:]):]
		size, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errCorrupt
		}
		p.Size, b = int64(size), b[n:]
		sum, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < sum {
			return nil, errCorrupt
		}
		p.Sum, b = bytes.Clone(b[n:n+int(sum)]), b[n+int(sum):]
		list = append(list, p)
	}
	return list, nil
}

// pieces returns the parts of a multipart upload's content.
func (cs *contentStore) pieces(id contentID) (list []piece, err error) {
	err = cs.db.Read(contents.at(id[:]), func(v []byte, ok bool) (err error) {
		if !ok || v[0] != inManifest {
			return errGone
		}
		list, err = decodeManifest(v[1:])
		return err
	})
	return list, err
}

// share counts one more version of a content.
func (cs *contentStore) share(tx *store.Tx, id contentID) {
	if id != (contentID{}) {
		setShares(tx, id, sharesOf(tx, id)+1)
	}
}

func sharesOf(tx *store.Tx, id contentID) uint64 {
	if v, ok := tx.Get(shares.at(id[:])); ok {
		n, _ := binary.Uvarint(v)
		return n
	}
	return 1
}

func setShares(tx *store.Tx, id contentID, n uint64) {
	if n == 1 {
		tx.Delete(shares.at(id[:]))
		return
	}
	tx.Set(shares.at(id[:]), binary.AppendUvarint(nil, n))
}

// drop ends one version's hold on a content. When it was the last, blobs are
// deleted once the transaction is durable and nobody reads them any more.
func (cs *contentStore) drop(tx *store.Tx, id contentID) {
	if id == (contentID{}) {
		return
	}
	if n := sharesOf(tx, id); n > 1 {
		setShares(tx, id, n-1)
		return
	}
	var dead []blob.ID
	cs.erase(tx, id, &dead)
	if len(dead) == 0 {
		return
	}
	tx.OnCommit(func() {
		cs.pins.whenFree(id, func() {
			for _, b := range dead {
				_ = cs.blobs.Delete(b) // else the next start sweeps it
			}
		})
	})
}

func (cs *contentStore) erase(tx *store.Tx, id contentID, dead *[]blob.ID) {
	k := contents.at(id[:])
	v, ok := tx.Get(k)
	if !ok {
		return
	}
	switch v[0] {
	case inBlob:
		*dead = append(*dead, blob.ID(v[1:]))
		tx.Delete(blobs.at(v[1:]))
	case inManifest:
		list, _ := decodeManifest(v[1:])
		for _, p := range list {
			cs.erase(tx, p.Content, dead)
		}
	}
	tx.Delete(k)
}

// sweep deletes the blobs that a crash kept from getting a name, or from being
// deleted.
func (cs *contentStore) sweep(ctx context.Context) (int, error) {
	return cs.blobs.Sweep(ctx, func(id blob.ID) (live bool, err error) {
		err = cs.db.Read(blobs.at([]byte(id)), func(_ []byte, ok bool) error {
			live = ok
			return nil
		})
		return live, err
	})
}

// pins keep the blobs of contents that are being read.
type pins struct {
	mu   sync.Mutex
	held map[contentID]*pin
}

type pin struct {
	readers int
	after   func() // what to do when the last reader leaves
}

func (p *pins) hold(id contentID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[id] == nil {
		p.held[id] = new(pin)
	}
	p.held[id].readers++
}

func (p *pins) release(id contentID) {
	p.mu.Lock()
	h := p.held[id]
	h.readers--
	last := h.readers == 0
	if last {
		delete(p.held, id)
	}
	p.mu.Unlock()
	if last && h.after != nil {
		h.after()
	}
}

// whenFree calls f when nobody reads id.
func (p *pins) whenFree(id contentID, f func()) {
	p.mu.Lock()
	h := p.held[id]
	if h != nil {
		h.after = f
	}
	p.mu.Unlock()
	if h == nil {
		f()
	}
}
