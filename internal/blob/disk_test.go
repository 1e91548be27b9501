package blob

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// crashSystem keeps, beside the files, what a power failure would leave: the
// bytes a file had when it was last synced, and the names a directory had.
type crashSystem struct {
	osSystem
	mu      sync.Mutex
	bytes   map[string][]byte // by the file's present path
	entries map[string][]byte // durable names
}

type crashFile struct {
	*os.File
	sys *crashSystem
}

func (f crashFile) Sync() error {
	b, err := os.ReadFile(f.Name())
	f.sys.mu.Lock()
	defer f.sys.mu.Unlock()
	f.sys.bytes[f.Name()] = b
	return err
}

func (s *crashSystem) create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return crashFile{f, s}, err
}

func (s *crashSystem) rename(from, to string) error {
	err := os.Rename(from, to)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, synced := s.bytes[from]; synced && err == nil {
		delete(s.bytes, from)
		s.bytes[to] = b
	}
	return err
}

func (s *crashSystem) syncDir(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, err := os.ReadDir(path)
	for _, e := range names {
		full := filepath.Join(path, e.Name())
		s.entries[full] = s.bytes[full]
	}
	return err
}

// survivors writes into dir what the failure left of from.
func (s *crashSystem) survivors(t *testing.T, from, dir string) {
	for path, b := range s.entries {
		rel, err := filepath.Rel(from, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, rel)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, rel), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDiskSurvivesCrash(t *testing.T) {
	dir, after, ids := t.TempDir(), t.TempDir(), aws.NewIDs(nil)
	sys := &crashSystem{bytes: map[string][]byte{}, entries: map[string][]byte{}}
	d, err := openDisk(dir, ids, sys)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("fog"), 5000)
	committed := map[ID]bool{}
	for range 20 {
		w, err := d.Create()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		id, err := w.Commit()
		if err != nil {
			t.Fatal(err)
		}
		committed[id] = true
	}
	w, err := d.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	sys.survivors(t, dir, after)
	next, err := OpenDisk(after, ids)
	if err != nil {
		t.Fatal(err)
	}
	for id := range committed {
		r, err := next.Open(id)
		if err != nil {
			t.Fatalf("%s was acknowledged and is lost: %v", id, err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", id, len(got), err)
		}
		r.Close()
	}
}

func TestOpenRemovesHalfWritten(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDisk(dir, aws.NewIDs(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDisk(dir, aws.NewIDs(nil)); err != nil {
		t.Fatal(err)
	}
	var files []string
	filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestNamesThatRepeatDoNotOverwrite(t *testing.T) {
	dir := t.TempDir()
	var ids []ID
	for i := range 2 { // the same randomness twice
		src := bytes.NewReader(append(bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 64)...))
		d, err := OpenDisk(dir, aws.NewIDs(src))
		if err != nil {
			t.Fatal(err)
		}
		w, err := d.Create()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		id, err := w.Commit()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if ids[0] == ids[1] {
		t.Errorf("%s stands for two blobs", ids[0])
	}
}

// TestSectionIsFile holds what lets the kernel send a blob: the section is a
// limited reader of a file, and a TCP connection takes it with ReadFrom.
func TestSectionIsFile(t *testing.T) {
	d, err := OpenDisk(t.TempDir(), aws.NewIDs(nil))
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	id, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sec, err := r.Section(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	lim, ok := sec.(*io.LimitedReader)
	if !ok {
		t.Fatalf("section is a %T", sec)
	}
	if _, ok := lim.R.(*os.File); !ok {
		t.Fatalf("section reads from a %T", lim.R)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			c.(*net.TCPConn).ReadFrom(sec)
			c.Close()
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, err := io.ReadAll(c); string(got) != "3456" || err != nil {
		t.Errorf("sent %q, %v", got, err)
	}
}

// smallDisk says how much of it is free.
type smallDisk struct {
	osSystem
	left uint64
}

func (s *smallDisk) free(string) (uint64, error) { return s.left, nil }

func TestFullDisk(t *testing.T) {
	dir, sys := t.TempDir(), &smallDisk{left: 80 << 20}
	d, err := openDisk(dir, aws.NewIDs(nil), sys)
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	sys.left = 64 << 20
	if n, err := w.Write(make([]byte, 1<<20)); n != 0 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a write on a full disk: %d, %v", n, err)
	}
	w.Abort()
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	sys.left = 1 << 30
	w, err = d.Create()
	if err == nil {
		_, err = w.Write([]byte("fog"))
	}
	if err == nil {
		_, err = w.Commit()
	}
	if err != nil {
		t.Errorf("a write when there is room again: %v", err)
	}
}

func TestSyncerShares(t *testing.T) {
	var s syncer
	first, leads := s.join()
	if !leads {
		t.Fatal("nobody leads the first batch")
	}
	if b, leads := s.join(); b != first || leads {
		t.Error("a second caller did not join the batch that waits")
	}
	calls := 0
	s.lead(first, func() error {
		calls++
		if b, leads := s.join(); b == first || !leads {
			t.Error("a caller joined a sync that had begun before it")
		}
		return nil
	})
	<-first.done
	if calls != 1 {
		t.Errorf("%d syncs", calls)
	}
}

func TestIndex(t *testing.T) {
	for hex, want := range map[string]int{"00": 0, "0f": 15, "a0": 160, "ff": 255, "9a": 154} {
		if got := index(ID("000000000000000000000000000000" + hex)); got != want {
			t.Errorf("index(…%s) = %d, want %d", hex, got, want)
		}
	}
}
