package blob

import (
	"io"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A file is being written.
type file interface {
	io.WriteCloser
	Sync() error
}

// system is what changes the file system. The crash test puts one in its
// place that remembers what was made durable.
type system interface {
	create(path string) (file, error) // fs.ErrExist when there is one
	rename(from, to string) error
	remove(path string) error
	mkdir(path string) error // with its parents, durably
	syncDir(path string) error
	free(path string) (bytes uint64, err error) // on the disk
}

type osSystem struct{}

func (osSystem) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (osSystem) rename(from, to string) error { return os.Rename(from, to) }
func (osSystem) remove(path string) error     { return os.Remove(path) }

func (s osSystem) mkdir(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return s.syncDir(filepath.Dir(path))
}

func (osSystem) syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (osSystem) free(path string) (uint64, error) {
	u, err := vfs.Default.GetDiskUsage(path)
	return u.AvailBytes, err
}
