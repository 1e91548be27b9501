package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/niebla-cloud/niebla/internal/store"
)

// smallDisk says how much of it is free.
type smallDisk struct {
	vfs.FS
	free atomic.Uint64
}

func (d *smallDisk) GetDiskUsage(string) (vfs.DiskUsage, error) {
	return vfs.DiskUsage{AvailBytes: d.free.Load()}, nil
}

func set(key, value string) func(*store.Tx) error {
	return func(tx *store.Tx) error { tx.Set([]byte(key), []byte(value)); return nil }
}

func has(t *testing.T, db *store.DB, key string) (found bool) {
	t.Helper()
	if err := db.Read([]byte(key), func(_ []byte, ok bool) error { found = ok; return nil }); err != nil {
		t.Error(err)
	}
	return found
}

func TestFullDisk(t *testing.T) {
	disk := &smallDisk{FS: vfs.NewMem()}
	disk.free.Store(1 << 30)
	db, err := store.OpenFS(disk, "store")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeTo(t, db, nil) }()
	for _, k := range []string{"a", "b", "c"} {
		if err := db.Update(set(k, "1")); err != nil {
			t.Fatal(err)
		}
	}

	disk.free.Store(20 << 20)
	if err := db.Update(set("d", "1")); !errors.Is(err, syscall.ENOSPC) || has(t, db, "d") {
		t.Errorf("a write on a full disk: %v, stored %v", err, has(t, db, "d"))
	}
	remove := func(tx *store.Tx) error { tx.Delete([]byte("a")); tx.Set([]byte("marker"), []byte("1")); return nil }
	if err := db.Update(remove); err != nil || has(t, db, "a") {
		t.Errorf("a removal on a full disk: %v, still there %v", err, has(t, db, "a"))
	}
	large := func(tx *store.Tx) error { tx.Delete([]byte("b")); return set("b2", strings.Repeat("x", 1<<20))(tx) }
	if err := db.Update(large); !errors.Is(err, syscall.ENOSPC) || !has(t, db, "b") {
		t.Errorf("a removal that writes much: %v, removed %v", err, !has(t, db, "b"))
	}
	if err := db.Update(func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("an update that writes nothing: %v", err)
	}

	disk.free.Store(1 << 20)
	if err := db.Update(remove); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a removal when nothing is left: %v", err)
	}
	if _, err := store.OpenFS(disk, "other"); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("opening a store when nothing is left: %v", err)
	}

	disk.free.Store(1 << 30)
	if err := db.Update(set("d", "1")); err != nil || !has(t, db, "d") {
		t.Errorf("a write when there is room again: %v", err)
	}
}

// Many at once do not ask for room each, and still notice that there is none.
func TestFullDiskUnderLoad(t *testing.T) {
	disk := &smallDisk{FS: vfs.NewMem()}
	disk.free.Store(4 << 30)
	db, err := store.OpenFS(disk, "store")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeTo(t, db, nil) }()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				if err := db.Update(set("a", "1")); errors.Is(err, syscall.ENOSPC) {
					return
				} else if err != nil || i > 10_000 {
					t.Errorf("on a full disk: %v", err)
					return
				}
				if i == 100 {
					disk.free.Store(20 << 20)
				}
			}
		})
	}
	wg.Wait()
}

// A log that cannot be written has a hole. Nothing may be acknowledged behind
// it, nobody may be left waiting, and what was acknowledged before is kept.
func TestFailedLog(t *testing.T) {
	mem := vfs.NewCrashableMem()
	var broken atomic.Bool
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if broken.Load() && strings.HasSuffix(op.Path, ".log") && op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return syscall.ENOSPC
		}
		return nil
	}))
	db, err := store.OpenFS(fs, "store")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(set("kept", "1")); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if err := db.Update(set("lost", strings.Repeat("x", 10<<10))); err == nil {
					t.Error("acknowledged without a log")
				}
			}
		})
	}
	wg.Wait()
	broken.Store(false)
	if err := db.Update(set("later", "1")); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "next start") {
		t.Errorf("a write behind the hole: %v", err)
	}
	if !has(t, db, "kept") {
		t.Error("what was there cannot be read any more")
	}
	closeTo(t, db, syscall.ENOSPC)

	db, err = store.OpenFS(mem.CrashClone(vfs.CrashCloneCfg{}), "store")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeTo(t, db, nil) }()
	if !has(t, db, "kept") || has(t, db, "later") {
		t.Errorf("after a start: kept %v, later %v", has(t, db, "kept"), has(t, db, "later"))
	}
	if err := db.Update(set("later", "1")); err != nil {
		t.Errorf("a write after a start: %v", err)
	}
}

// TestLogsAreAhead writes until logs are used again, and looks for all of it after a crash.
func TestLogsAreAhead(t *testing.T) {
	mem := vfs.NewCrashableMem()
	db, err := store.OpenFS(mem, "store")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(set("first", "1")); err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int64{}
	value := strings.Repeat("x", 100<<10)
	for i := range 600 { // 60 MB: memtables of 16, and smaller ones before
		if err := db.Update(set(fmt.Sprint(i), value)); err != nil {
			t.Fatal(err)
		}
		names, err := mem.List("store")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if info, err := mem.Stat("store/" + name); err == nil && strings.HasSuffix(name, ".log") {
				sizes[name] = max(sizes[name], info.Size())
				if i == 0 && info.Size() <= 101<<10 {
					t.Errorf("a log of 100 KiB and a bit is %d bytes long", info.Size())
				}
			}
		}
	}
	var written int64
	for _, n := range sizes {
		written += n
	}
	if want := int64(600 * len(value)); written < want || len(sizes) < 4 {
		t.Errorf("%d bytes in %d logs, %d were written", written, len(sizes), want)
	}
	crashed, err := store.OpenFS(mem.CrashClone(vfs.CrashCloneCfg{}), "store")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 600 {
		if !has(t, crashed, fmt.Sprint(i)) {
			t.Errorf("%d is lost", i)
		}
	}
	closeTo(t, crashed, nil)
	closeTo(t, db, nil)
}

func closeTo(t *testing.T, db *store.DB, want error) {
	t.Helper()
	if err := db.Close(); !errors.Is(err, want) {
		t.Errorf("Close says %v, want %v", err, want)
	}
}
