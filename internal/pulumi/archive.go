package pulumi

import (
	"archive/zip"
	"bytes"
	"errors"
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
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	// Programs of 10 MB, again at each up: time counts, and what is saved by
	// searching longer is a tenth.
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return addFile(z, path, file, d)
	})
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}

func addFile(z *zip.Writer, root, file string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file: archives hold files", file)
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: filepath.ToSlash(name), Method: zip.Deflate}
	h.SetMode(0o644 | info.Mode()&0o111)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
