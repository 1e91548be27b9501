package store

import (
	"fmt"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// What stays free on the disk. Pebble does not outlive a log that cannot be
// written, so we stop before the disk does; and nobody could make room if
// removing things were refused as well.
const (
	roomToGrow   = 32 << 20
	roomToRemove = 8 << 20
)

// plenty is room that nobody fills while a few commits are on their way to the
// disk, which then need not ask it: that was a twentieth of a small one.
const (
	plenty    = 1 << 30
	lookAfter = 64 // commits
)

// replaced is how much an Update that removes something may write and still
// count as making room: its indexes, its events, a marker.
const replaced = 64 << 10

// errNoRoom says how much is missing. It wraps ENOSPC.
func errNoRoom(need uint64) error {
	return fmt.Errorf("store: less than %d MiB are free on the disk: %w", need>>20, syscall.ENOSPC)
}

// room reports an error unless so many bytes are free where the store is.
func room(fs vfs.FS, dir string, need uint64) error {
	u, err := fs.GetDiskUsage(dir)
	if err != nil || u.AvailBytes >= need {
		return nil // in memory nobody knows, and a disk that does not say is not full
	}
	return errNoRoom(need)
}

// fits refuses a transaction that makes the store larger on a full disk.
func (tx *Tx) fits() error {
	db := tx.db
	if db.unasked > 0 && db.syncing.some.Load() > 0 && tx.grows < roomToGrow {
		db.unasked--
		return nil
	}
	if db.unasked = 0; room(db.fs, db.dir, plenty) == nil {
		db.unasked = lookAfter
		return nil
	}
	if tx.removes && tx.grows < replaced {
		return room(tx.db.fs, tx.db.dir, roomToRemove)
	}
	return room(tx.db.fs, tx.db.dir, roomToGrow)
}

// apply has Pebble take a batch. Once a write has failed there is a hole in
// the log, and what came after it would be lost though it was acknowledged:
// no more is written until the store is opened again. db.mu is held.
func (db *DB) apply(commit func() error) (err error) {
	defer func() {
		if p := recover(); p != nil { // what Pebble does if its log has failed, holding its locks
			db.abandoned = true
			var ok bool
			if err, ok = p.(error); !ok {
				err = fmt.Errorf("%v", p)
			}
		}
		if err != nil {
			err = db.fail(fmt.Errorf("store: commit: %w", err))
		}
	}()
	return commit()
}

// fail remembers the first failed write. db.mu is held.
func (db *DB) fail(err error) error {
	if db.failed == nil {
		db.failed = fmt.Errorf("store: a write failed, and nothing more is written before the next start: %w", err)
	}
	return err
}
