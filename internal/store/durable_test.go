package store_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/niebla-cloud/niebla/internal/store"
)

// slowDisk is a store whose log can be kept from being synced.
type slowDisk struct {
	*store.DB
	crashable *vfs.MemFS
	held      atomic.Bool
	release   chan struct{}
	syncs     atomic.Int32
}

func newSlowDisk(t *testing.T) *slowDisk {
	t.Helper()
	d := &slowDisk{crashable: vfs.NewCrashableMem(), release: make(chan struct{})}
	fs := errorfs.Wrap(d.crashable, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if d.held.Load() && strings.HasSuffix(op.Path, ".log") && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo) {
			d.syncs.Add(1)
			<-d.release
		}
		return nil
	}))
	var err error
	if d.DB, err = store.OpenFS(fs, "store"); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"a", "b", "c"} {
		if err := d.Update(set(k, "old")); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *slowDisk) read(t *testing.T, key string) (value string) {
	if err := d.Read([]byte(key), func(v []byte, _ bool) error { value = string(v); return nil }); err != nil {
		t.Error(err)
	}
	return value
}

// ways to read b.
func (d *slowDisk) ways(t *testing.T) map[string]func() string {
	scan := func(forward bool) func() string {
		return func() (value string) {
			err := d.View(func(tx *store.Tx) error {
				all := tx.Scan([]byte("b"), nil)
				if !forward {
					all = tx.ScanBack(nil, []byte("b\x00"))
				}
				for k, v := range all {
					if string(k) == "b" {
						value = string(v)
					}
					break
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			return value
		}
	}
	return map[string]func() string{
		"Read": func() string { return d.read(t, "b") },
		"View": func() (value string) {
			if err := d.View(func(tx *store.Tx) error { v, _ := tx.Get([]byte("b")); value = string(v); return nil }); err != nil {
				t.Error(err)
			}
			return value
		},
		"Scan":     scan(true),
		"ScanBack": scan(false),
		"refused Update": func() (value string) {
			refused := errors.New("refused")
			err := d.Update(func(tx *store.Tx) error { v, _ := tx.Get([]byte("b")); value = string(v); return refused })
			if err != refused {
				t.Error(err)
			}
			return value
		},
		"empty Update": func() (value string) {
			if err := d.Update(func(tx *store.Tx) error { v, _ := tx.Get([]byte("b")); value = string(v); return nil }); err != nil {
				t.Error(err)
			}
			return value
		},
	}
}

// TestReadsAreDurable reads a key in every way while what was written to it,
// by value or with its range, is kept from the disk: whoever is told of it must
// have waited.
func TestReadsAreDurable(t *testing.T) {
	for _, write := range []func(*store.Tx) error{
		set("b", "new"),
		func(tx *store.Tx) error { tx.DeleteRange([]byte("a"), []byte("c")); return nil },
	} {
		d := newSlowDisk(t)
		d.held.Store(true)
		var released atomic.Bool
		var all sync.WaitGroup
		all.Go(func() {
			if err := d.Update(write); err != nil {
				t.Error(err)
			}
		})
		for name, read := range d.ways(t) {
			all.Go(func() {
				for read() == "old" {
					runtime.Gosched()
				}
				if !released.Load() {
					t.Errorf("%s told what was not durable", name)
				}
			})
		}
		for range 2000 { // time for those who would not wait
			d.read(t, "c")
			runtime.Gosched()
		}
		released.Store(true)
		close(d.release)
		all.Wait()
		closeTo(t, d.DB, nil)
	}
}

// TestReadsWaitForTheirOwn reads beside a write that is kept from the disk.
func TestReadsWaitForTheirOwn(t *testing.T) {
	d := newSlowDisk(t)
	d.held.Store(true)
	var all sync.WaitGroup
	all.Go(func() {
		if err := d.Update(set("c", "new")); err != nil {
			t.Error(err)
		}
	})
	for name, read := range d.ways(t) {
		if strings.HasSuffix(name, "Update") {
			continue // which wait for all
		}
		for range 100 {
			if got := read(); got != "old" {
				t.Errorf("%s reads %q", name, got)
			}
		}
	}
	close(d.release)
	all.Wait()
	closeTo(t, d.DB, nil)
}

// TestUpdatesShareSyncs writes much while one sync is kept from the disk: all
// that was applied by then needs one more, and what was about to be one after it.
func TestUpdatesShareSyncs(t *testing.T) {
	d := newSlowDisk(t)
	d.held.Store(true)
	var all, ran sync.WaitGroup
	for range 64 {
		ran.Add(1)
		all.Go(func() {
			err := d.Update(func(tx *store.Tx) error { ran.Done(); return set("a", "new")(tx) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	ran.Wait()
	close(d.release)
	all.Wait()
	if n := d.syncs.Load(); n < 1 || n > 3 {
		t.Errorf("64 updates took %d syncs", n)
	}
	closeTo(t, d.DB, nil)
}
