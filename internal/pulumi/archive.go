package pulumi

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/flate"
)

// path is a path of the program's, from where we are.
func (p *project) path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.main, path)
}

// readArchive reads a zip file, or makes one of a folder: the same bytes for
// the same files, whenever they were written.
func readArchive(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return os.ReadFile(path)
	}
	var files []entry
	size := int64(0)
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is not a file: archives hold files", file)
		}
		if err == nil {
			files = append(files, entry{file, info.Mode()})
			size += info.Size()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	// A function's program has 10 MB, and is packed twice at each up. The way to
	// the cloud is short: only what Lambda would not take in one request is made smaller.
	method := zip.Store
	if size > maxStored {
		method = zip.Deflate
	}
	var b bytes.Buffer
	b.Grow(int(min(size, maxStored)) + 1<<10)
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range files {
		if err := addFile(z, path, f, method); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}

// maxStored is how large a folder is packed as it is. Lambda takes requests of 70 MB, in base64.
const maxStored = 40 << 20

// entry is a file of an archive.
type entry struct {
	path string
	mode fs.FileMode
}

func addFile(z *zip.Writer, root string, f entry, method uint16) error {
	name, err := filepath.Rel(root, f.path)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: filepath.ToSlash(name), Method: method}
	h.SetMode(0o644 | f.mode&0o111)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
