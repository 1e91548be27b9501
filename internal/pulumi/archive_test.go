package pulumi

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestArchiveOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("bootstrap", "#!/bin/sh", 0o755)
	write("lib/data.json", "{}", 0o600)
	first, err := readArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		name, content string
		mode          os.FileMode
	}{{"bootstrap", "#!/bin/sh", 0o755}, {"lib/data.json", "{}", 0o644}} {
		f := z.File[i]
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || f.Name != want.name || string(content) != want.content || f.Mode() != want.mode {
			t.Errorf("%s %v %q (%v)", f.Name, f.Mode(), content, err)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, "bootstrap"), time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if again, err := readArchive(dir); err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same files give other bytes at another time (%v)", err)
	}
	file := filepath.Join(t.TempDir(), "code.zip")
	if err := os.WriteFile(file, first, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := readArchive(file); err != nil || !bytes.Equal(b, first) {
		t.Errorf("a zip file is not taken as it is (%v)", err)
	}
	write("large", strings.Repeat("x", maxStored), 0o644)
	if b, err := readArchive(dir); err != nil || len(b) > maxStored/10 {
		t.Errorf("a large folder is %d bytes packed (%v)", len(b), err)
	}
	if err := os.Symlink("bootstrap", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := readArchive(dir); err == nil {
		t.Error("a link is archived")
	}
}
