package store_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/niebla-cloud/niebla/internal/store"
	"github.com/niebla-cloud/niebla/internal/store/storetest"
)

// What OpenMemory opens, but on a file system that outlives a Close.
func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Harness {
		fs := vfs.NewMem()
		return storetest.Harness{Open: func() (*store.DB, error) { return store.OpenFS(fs, "store") }}
	})
}

func TestDisk(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		dir := t.TempDir()
		return storetest.Harness{Open: func() (*store.DB, error) { return store.Open(dir) }}
	})
}

// A file system that loses all that was not synced.
func TestCrashable(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		fs := vfs.NewCrashableMem()
		return storetest.Harness{
			Open:  func() (*store.DB, error) { return store.OpenFS(fs, "db") },
			Crash: func() { fs = fs.CrashClone(vfs.CrashCloneCfg{}) },
		}
	})
}

func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := store.Open(dir); !errors.Is(err, store.ErrInUse) {
		t.Errorf("the second Open says %v", err)
	}
}

func TestReadErrorIsSticky(t *testing.T) {
	broken := errors.New("broken disk")
	var armed atomic.Bool // Pebble's own goroutines use the file system too
	fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if armed.Load() && op.Kind == errorfs.OpFileReadAt {
			return broken
		}
		return nil
	}))
	db, err := store.OpenFS(fs, "db")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *store.Tx) error { tx.Set([]byte("k"), []byte("v")); return nil }); err != nil {
		t.Fatal(err)
	}
	// Reopened, the value is in a table on disk and in no cache.
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenFS(fs, "db"); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, transact := range map[string]func(func(*store.Tx) error) error{"View": db.View, "Update": db.Update} {
		err := transact(func(tx *store.Tx) error {
			armed.Store(true)
			defer armed.Store(false)
			if _, ok := tx.Get([]byte("k")); ok {
				t.Error("read from a broken disk")
			}
			return nil // as a handler would that saw no such key
		})
		if !errors.Is(err, broken) {
			t.Errorf("%s says %v", name, err)
		}
	}
}

func FuzzKeyParts(f *testing.F) {
	f.Add("a", "b\x00\xff")
	f.Add("", "\x00\x01")
	f.Fuzz(func(t *testing.T, a, b string) {
		ka, kb := store.AppendPart(nil, a), store.AppendPart(nil, b)
		if (a < b) != (string(ka) < string(kb)) {
			t.Errorf("%q and %q change order: %x %x", a, b, ka, kb)
		}
		part, rest, ok := store.CutPart(append(ka, kb...))
		if !ok || part != a || string(rest) != string(kb) {
			t.Errorf("CutPart = %q %x %v", part, rest, ok)
		}
	})
}
