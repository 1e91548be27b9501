package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// rawPebble compares a load of writes with the storage engine alone: as many
// synced commits of as many items, by as many goroutines, in a process of its own.
func (b *bench) rawPebble(l itemLoad, ours []float64) error {
	var raw []float64
	for i := range roundCount {
		dir := filepath.Join(b.tmp, fmt.Sprintf("pebble-%d-%d", l.commit, i))
		out, err := exec.Command(b.self, "-pebble", dir, "-commit", strconv.Itoa(l.commit), "-time", (b.time / roundCount).String()).Output()
		if err != nil {
			return fmt.Errorf("raw Pebble: %w", err)
		}
		rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		if err != nil {
			return err
		}
		raw = append(raw, rate)
	}
	b.report.add(l.name+", of raw Pebble's synced commits", "at least 50 %", "%s", ratio(ours, raw))
	return nil
}

// commitRaw prints how many batches a second Pebble commits.
func commitRaw(dir string, items int, d time.Duration) error {
	db, err := pebble.Open(dir, &pebble.Options{})
	if err != nil {
		return err
	}
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start := time.Now()
	for worker := range 32 {
		wg.Go(func() {
			key, value := make([]byte, 60), make([]byte, 1<<10)
			for n := uint64(worker); time.Since(start) < d && failed.Load() == nil; n += 32 {
				batch := db.NewBatch()
				for i := range items {
					binary.BigEndian.PutUint64(key[20:], (n*uint64(items)+uint64(i))%itemCount)
					_ = batch.Set(key, value, nil)
				}
				if err := batch.Commit(pebble.Sync); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	fmt.Fprintln(os.Stdout, float64(done.Load())/time.Since(start).Seconds())
	return db.Close()
}
