package runtime

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxUnpacked bounds an unpacked package, in bytes.
const MaxUnpacked = 262144000

// The errors of packages.
var (
	ErrNotZip   = errors.New("runtime: not a zip file, or one with entries that lead out of it")
	ErrTooLarge = errors.New("runtime: the package is larger than its limit when unpacked")
)

// Unpack unpacks a package into a folder under the name of its content, unless
// that was done before, and returns the folder.
func (h *Host) Unpack(name string, package_ io.ReaderAt, size int64) (string, error) {
	if err := h.prepare(); err != nil {
		return "", err
	}
	dir := filepath.Join(h.dir, "code", name)
	h.unpack.Lock()
	defer h.unpack.Unlock()
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(h.tmp(), "code")
	if err != nil {
		return "", err
	}
	defer removeAll(tmp)
	if err := unpackInto(tmp, package_, size, MaxUnpacked); err != nil {
		return "", err
	}
	if err := os.Chmod(tmp, 0o700); err != nil { // a folder without write permission cannot be moved
		return "", err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o555)
}

// Sweep removes the unpacked packages that are not live.
func (h *Host) Sweep(live func(name string) bool) error {
	if h.Dir == "" {
		return nil // nothing is older than we are
	}
	if err := h.prepare(); err != nil {
		return err
	}
	h.unpack.Lock()
	defer h.unpack.Unlock()
	list, err := os.ReadDir(filepath.Join(h.dir, "code"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range list {
		if !live(e.Name()) {
			err = errors.Join(err, removeAll(filepath.Join(h.dir, "code", e.Name())))
		}
	}
	return err
}

func unpackInto(dir string, package_ io.ReaderAt, size, limit int64) error {
	z, err := zip.NewReader(package_, size)
	if err != nil {
		return ErrNotZip
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range z.File {
		n, err := unpackEntry(root, f, limit)
		if limit -= n; err != nil {
			return err
		}
	}
	return readOnly(dir)
}

// unpackEntry unpacks one entry, and returns how many bytes it took. root
// refuses names, and links, that lead out of it.
func unpackEntry(root *os.Root, f *zip.File, limit int64) (int64, error) {
	name := filepath.FromSlash(strings.TrimSuffix(f.Name, "/"))
	if !filepath.IsLocal(name) {
		return 0, ErrNotZip
	}
	if f.FileInfo().IsDir() {
		return 0, notZip(root.MkdirAll(name, 0o755))
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return 0, notZip(err)
	}
	in, err := f.Open()
	if err != nil {
		return 0, ErrNotZip
	}
	defer in.Close()
	if f.Mode()&fs.ModeSymlink != 0 {
		target, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil || filepath.IsAbs(string(target)) || len(target) == 0 {
			return 0, ErrNotZip
		}
		return 0, notZip(root.Symlink(string(target), name))
	}
	if !f.Mode().IsRegular() {
		return 0, ErrNotZip
	}
	mode := f.Mode().Perm()
	if f.ExternalAttrs == 0 { // of a tool that does not know permissions
		mode = 0o755
	}
	out, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, notZip(err)
	}
	n, err := io.Copy(out, io.LimitReader(in, limit+1))
	switch {
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF):
		err = ErrNotZip
	case err == nil && n > limit:
		err = ErrTooLarge
	}
	return n, errors.Join(err, out.Chmod(mode|0o400), out.Close())
}

// notZip tells the machine's failures from those of a package that names the
// same thing twice, or something impossible.
func notZip(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if err == nil || isFull(err) || !errors.As(err, &path) && !errors.As(err, &link) {
		return err
	}
	return ErrNotZip
}

// readOnly takes the write permission from all below dir.
func readOnly(dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 || p == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(p, info.Mode().Perm()&^0o222)
	})
}
