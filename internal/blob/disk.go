package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Disk is a Store of one file a blob: DIR/tmp/ID while it is being written,
// then DIR/xx/ID, where xx are the last two digits of its name.
//
// One process at a time uses a directory; the store beside it holds the lock.
type Disk struct {
	names
	dir   string
	sys   system
	syncs [256]syncer // one for each DIR/xx
}

// OpenDisk opens or makes the Store in dir, and removes what an earlier
// process left half-written.
func OpenDisk(dir string, ids *aws.IDs) (*Disk, error) { return openDisk(dir, ids, osSystem{}) }

func openDisk(dir string, ids *aws.IDs, sys system) (*Disk, error) {
	d := &Disk{names: newNames(ids), dir: dir, sys: sys}
	if err := sys.mkdir(d.tmp("")); err != nil {
		return nil, err
	}
	left, err := os.ReadDir(d.tmp(""))
	if err != nil {
		return nil, err
	}
	for _, e := range left {
		if err := sys.remove(d.tmp(ID(e.Name()))); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Disk) tmp(id ID) string    { return filepath.Join(d.dir, "tmp", string(id)) }
func (d *Disk) folder(id ID) string { return filepath.Join(d.dir, string(id[idLen-2:])) }
func (d *Disk) path(id ID) string   { return filepath.Join(d.folder(id), string(id)) }

// Create implements Store.
func (d *Disk) Create() (Writer, error) {
	for {
		id := d.next()
		if _, err := os.Lstat(d.path(id)); err == nil {
			continue // a source of randomness that repeats itself
		}
		f, err := d.sys.create(d.tmp(id))
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &diskWriter{store: d, id: id, file: f}, nil
	}
}

// Open implements Store.
func (d *Disk) Open(id ID) (Reader, error) {
	if !id.Valid() {
		return nil, ErrNotExist
	}
	f, err := os.Open(d.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &diskReader{f, info.Size()}, nil
}

// Delete implements Store. The removal need not be durable: a blob that comes
// back after a crash is one that nothing names.
func (d *Disk) Delete(id ID) error {
	if !id.Valid() {
		return nil
	}
	if err := d.sys.remove(d.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sweep implements Store.
func (d *Disk) Sweep(ctx context.Context, live func(ID) (bool, error)) (int, error) {
	removed := 0
	for i := range d.syncs {
		files, err := os.ReadDir(filepath.Join(d.dir, fmt.Sprintf("%02x", i)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		for _, f := range files {
			dead, err := d.dead(ID(f.Name()), live)
			if err = errors.Join(ctx.Err(), err); err != nil {
				return removed, err
			}
			if !dead {
				continue
			}
			if err := d.Delete(ID(f.Name())); err != nil {
				return removed, err
			}
			removed++
		}
	}
	return removed, nil
}

// dead reports whether Sweep may remove id.
func (d *Disk) dead(id ID, live func(ID) (bool, error)) (bool, error) {
	if !id.Valid() || !d.old(id) {
		return false, nil
	}
	keep, err := live(id)
	return !keep && err == nil, err
}

type diskWriter struct {
	store *Disk
	id    ID
	file  file
	done  bool
}

// reserve is what blobs leave free on the disk. It is more than the store
// beside them wants, so that a large one cannot keep small things, and the
// removal of others, from being written.
const reserve = 64 << 20

func (w *diskWriter) Write(p []byte) (int, error) {
	if free, err := w.store.sys.free(w.store.dir); err == nil && free < reserve+uint64(len(p)) {
		return 0, fmt.Errorf("blob: less than %d MiB are free on the disk: %w", reserve>>20, syscall.ENOSPC)
	}
	return w.file.Write(p)
}

// Commit makes the bytes durable before the name, so that a name never stands
// for less than the whole blob.
func (w *diskWriter) Commit() (ID, error) {
	if err := w.file.Sync(); err != nil {
		return "", err
	}
	if err := w.file.Close(); err != nil {
		return "", err
	}
	d, folder := w.store, w.store.folder(w.id)
	err := d.sys.rename(d.tmp(w.id), d.path(w.id))
	if errors.Is(err, fs.ErrNotExist) { // the first blob of its folder
		if err = d.sys.mkdir(folder); err == nil {
			err = d.sys.rename(d.tmp(w.id), d.path(w.id))
		}
	}
	if err != nil {
		return "", err
	}
	w.done = true
	return w.id, d.syncs[index(w.id)].do(func() error { return d.sys.syncDir(folder) })
}

func (w *diskWriter) Abort() {
	if w.done {
		return
	}
	w.done = true
	w.file.Close()
	// What cannot be removed now is removed by the next OpenDisk.
	_ = w.store.sys.remove(w.store.tmp(w.id))
}

// index returns the number of the folder of id.
func index(id ID) int {
	var n int
	for _, c := range []byte(id[idLen-2:]) {
		if c >= 'a' {
			c -= 'a' - '0' - 10
		}
		n = n<<4 | int(c-'0')
	}
	return n
}

type diskReader struct {
	*os.File
	size int64
}

func (r *diskReader) Size() int64 { return r.size }

func (r *diskReader) Section(off, n int64) (io.Reader, error) {
	if _, err := r.Seek(off, io.SeekStart); err != nil {
		return nil, err
	}
	return &io.LimitedReader{R: r.File, N: n}, nil
}
