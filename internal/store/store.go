package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/batchrepr"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrInUse is wrapped by Open when another process has the directory open.
var ErrInUse = errors.New("the directory is in use by another process")

// DB is a store. Make one with Open, OpenMemory or OpenFS.
type DB struct {
	p   *pebble.DB
	fs  vfs.FS
	dir string

	mu        sync.Mutex // held while an Update runs and is applied, not while it is synced
	seq       uint64     // last sequence number handed out
	seqCeil   uint64     // the stored ceiling: seq never passes it without raising it first
	failed    error      // why nothing is written any more
	unasked   int        // how many commits may go without asking for room
	abandoned bool       // Pebble gave up with its locks held, so it cannot even be closed

	recent   recent
	syncing  syncing
	volatile bool // it ends with the process, so nothing is ever lost of it

	wake wakers // of the outbox's queues
}

// Open opens the store in a directory, creating it if need be.
func Open(dir string) (*DB, error) { return OpenFS(vfs.Default, dir) }

// OpenMemory returns an empty store that lives as long as the process.
func OpenMemory() *DB {
	db, err := open(vfs.NewMem(), "store")
	if err != nil {
		panic("store: in memory: " + err.Error()) // no disk, so no cause but a bug
	}
	db.volatile = true
	return db
}

// OpenFS opens the store in a directory of a file system.
func OpenFS(fs vfs.FS, dir string) (*DB, error) { return open(newAhead(fs), dir) }

func open(fs vfs.FS, dir string) (*DB, error) {
	// What was read of tables is kept in what memtables leave of this: two thirds once as many bytes were written as two
	// of them hold, a third while their writing falls behind. Of 32 MB they left nothing.
	cache := pebble.NewCache(96 << 20)
	defer cache.Unref()
	o := &pebble.Options{
		FS:                          fs,
		Cache:                       cache,
		FormatMajorVersion:          pebble.FormatValueSeparation,
		MemTableSize:                16 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		MaxOpenFiles:                512,
		Logger:                      quiet{},
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].IndexBlockSize = 256 << 10 // one index for most tables instead of an index of indexes
	}
	if err := room(fs, fs.PathDir(dir), roomToRemove); err != nil {
		return nil, fmt.Errorf("opening the store in %s: %w", dir, err)
	}
	p, err := pebble.Open(dir, o)
	if err != nil {
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) && strings.Contains(err.Error(), "LOCK") ||
			strings.Contains(err.Error(), "lock held") {
			return nil, fmt.Errorf("%s: %w", dir, ErrInUse)
		}
		return nil, fmt.Errorf("opening the store in %s: %w", dir, err)
	}
	db := &DB{p: p, fs: fs, dir: dir, syncing: syncing{next: newRound()}}
	if err := db.openSequence(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return db, nil
}

// quiet keeps Pebble's chatter off standard error; what is fatal to it is
// fatal to us.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic("store: " + fmt.Sprintf(format, args...))
}

// Close closes the store. Transactions must have ended.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.abandoned {
		return db.failed
	}
	return errors.Join(db.failed, db.p.Close())
}

// Tx is a transaction. It must not outlive the function it was passed to.
type Tx struct {
	db           *DB
	r            pebble.Reader
	batch        *pebble.Batch // nil in a View
	wrote        written       // what is in it
	pending      []pending     // what it makes of what is known
	edits        []edit
	closers      []io.Closer
	onCommit     []func()
	grows        int  // bytes written
	removes      bool // something is removed
	removesRange bool
	held         bool  // Pebble gave up with the batch in its hands
	raised       bool  // the sequence's ceiling is raised in this batch
	err          error // first failed read

	log   batchrepr.Reader // what it wrote, once it is applied
	round *round           // that makes it durable

	watch bool   // a View that may see what is not durable
	spans []span // that it has read
}

// View runs f on one consistent snapshot. It returns when what f has read is
// durable.
func (db *DB) View(f func(*Tx) error) error {
	s := db.p.NewSnapshot()
	tx := &Tx{db: db, r: s, watch: db.syncing.some.Load() > 0} // after the snapshot: what is applied later is not in it
	defer s.Close()
	defer tx.release()
	err := f(tx)
	if tx.err != nil {
		return tx.err
	}
	if len(tx.spans) > 0 {
		err = cmp.Or(db.syncing.wait(tx.spans...), err)
	}
	return err
}

// Update runs f and commits what it wrote if it returns nil. It returns when
// the writes are durable, and if there are none when what f has read is. Updates run one at a time; f must be short and must
// not wait for anything but the store.
func (db *DB) Update(f func(*Tx) error) error {
	tx := &Tx{db: db, r: db.p, batch: db.p.NewBatch()}
	defer func() {
		if !tx.held {
			tx.batch.Close()
		}
	}()
	applied, err := tx.run(f)
	if !applied { // what f found may not be durable
		err = cmp.Or(db.syncing.wait(), err)
	} else {
		err = cmp.Or(err, tx.sync())
	}
	if err != nil {
		return err
	}
	for _, f := range tx.onCommit {
		f()
	}
	return nil
}

// run is the serialised part of an Update: the sync is waited for outside, so
// that concurrent Updates share one.
func (tx *Tx) run(f func(*Tx) error) (applied bool, err error) {
	tx.db.mu.Lock()
	defer tx.db.mu.Unlock()
	defer func() {
		if tx.raised && !applied {
			tx.db.seqCeil = tx.db.seq // not stored, so raise it again before the next number
		}
		tx.release()
	}()
	if err = f(tx); err == nil && tx.err == nil {
		tx.edit()
	}
	if tx.err != nil {
		err = tx.err
	}
	if err != nil || tx.batch.Empty() {
		return false, err
	}
	if tx.db.failed != nil {
		return false, tx.db.failed
	}
	if err := tx.fits(); err != nil {
		return false, err
	}
	if !tx.db.volatile {
		tx.db.syncing.add(tx)
	}
	err = tx.db.apply(func() error { return tx.db.p.Apply(tx.batch, pebble.NoSync) })
	if tx.held = err != nil; err == nil {
		tx.settle()
	}
	return true, err
}

func (tx *Tx) release() {
	for _, c := range tx.closers {
		tx.fail(c.Close())
	}
	tx.closers = nil
}

func (tx *Tx) fail(err error) {
	if err != nil && tx.err == nil {
		tx.err = fmt.Errorf("store: read: %w", err)
	}
}

// Get returns the value of key. It is valid until the transaction ends.
func (tx *Tx) Get(key []byte) (value []byte, ok bool) {
	if tx.watch {
		tx.saw(only(key))
	}
	latest, hash := false, uint64(0)
	if tx.batch != nil {
		if hash = hashOf(key); tx.wrote.may(hash) {
			tx.index()
		} else if k := tx.db.recent.get(key, hash); k != nil {
			return k.value, k.value != nil
		} else {
			latest = true
		}
	}
	v, c, err := tx.r.Get(key)
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		tx.fail(err)
		return nil, false
	}
	ok = err == nil
	if latest {
		tx.db.recent.put(key, hash, v, ok)
	}
	if ok {
		tx.closers = append(tx.closers, c)
	}
	return v, ok
}

// Set stores value under key. Both are copied.
func (tx *Tx) Set(key, value []byte) { tx.set(key, value, false) }

// SetOwn is Set for a value that is not empty and that nobody changes any more.
func (tx *Tx) SetOwn(key, value []byte) { tx.set(key, value, true) }

func (tx *Tx) set(key, value []byte, own bool) {
	tx.grows += len(key) + len(value)
	hash := hashOf(key)
	tx.wrote.add(hash)
	must(tx.writable().Set(key, value, nil))
	tx.follow(key, hash, value, own)
}

// Delete removes key, which need not exist.
func (tx *Tx) Delete(key []byte) {
	tx.removes = true
	hash := hashOf(key)
	tx.wrote.add(hash)
	tx.follow(key, hash, nil, true)
	must(tx.writable().Delete(key, nil))
}

// DeleteRange removes all keys from lo up to but without hi.
func (tx *Tx) DeleteRange(lo, hi []byte) {
	tx.removes, tx.removesRange = true, true
	tx.wrote.all = true
	must(tx.writable().DeleteRange(lo, hi, nil))
}

// OnCommit has f called once the transaction is durable; never if it fails.
func (tx *Tx) OnCommit(f func()) { tx.onCommit = append(tx.onCommit, f) }

func (tx *Tx) writable() *pebble.Batch {
	if tx.batch == nil {
		panic("store: write in a View")
	}
	return tx.batch
}

// must holds for batches: writing to one fails only when it is misused.
func must(err error) {
	if err != nil {
		panic("store: " + err.Error())
	}
}

// Scan yields the keys from lo up to but without hi, in order, with their
// values; both are valid until the next step. A nil bound is open.
func (tx *Tx) Scan(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return tx.scan(lo, hi, false, (*pebble.Iterator).First, (*pebble.Iterator).Next)
}

// ScanBack is Scan from the last key to the first.
func (tx *Tx) ScanBack(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return tx.scan(lo, hi, true, (*pebble.Iterator).Last, (*pebble.Iterator).Prev)
}

func (tx *Tx) scan(lo, hi []byte, back bool, first, next func(*pebble.Iterator) bool) iter.Seq2[[]byte, []byte] {
	if len(lo) == 0 {
		lo = nil // Pebble's checks under -race don't expect an empty bound
	}
	return func(yield func(k, v []byte) bool) {
		if tx.wrote.any() {
			tx.index()
		}
		it, err := tx.r.NewIter(&pebble.IterOptions{LowerBound: lo, UpperBound: hi})
		if err != nil {
			tx.fail(err)
			return
		}
		defer func() { tx.fail(it.Close()) }()
		at := tx.saw(span{lo, hi})
		for ok := first(it); ok; ok = next(it) {
			v, err := it.ValueAndErr()
			if err != nil {
				tx.fail(err)
				return
			}
			if !yield(it.Key(), v) {
				tx.stopped(at, it.Key(), back)
				return
			}
		}
	}
}

// Read passes f the current value of one key without copying it or taking a
// snapshot: the hot path of point reads. It returns when that value is durable.
func (db *DB) Read(key []byte, f func(value []byte, ok bool) error) (err error) {
	if k := db.recent.get(key, hashOf(key)); k != nil {
		err = f(k.value, k.value != nil)
	} else if v, c, e := db.p.Get(key); e == nil {
		err = errors.Join(f(v, true), c.Close())
	} else if errors.Is(e, pebble.ErrNotFound) {
		err = f(nil, false)
	} else {
		return fmt.Errorf("store: read: %w", e)
	}
	if db.syncing.some.Load() > 0 {
		err = cmp.Or(db.syncing.wait(only(key)), err)
	}
	return err
}

// Clear removes everything but the sequence.
func (db *DB) Clear() error {
	return db.Update(func(tx *Tx) error {
		tx.DeleteRange([]byte{0x01}, []byte{0xff, 0xff, 0xff, 0xff})
		return nil
	})
}

// Metrics is what the store costs right now.
type Metrics struct {
	DiskBytes   uint64 // live and obsolete tables and logs
	MemoryBytes uint64 // memtables and block cache
}

// Metrics reports what the store costs right now.
func (db *DB) Metrics() Metrics {
	m := db.p.Metrics()
	return Metrics{m.DiskSpaceUsage(), m.MemTable.Size + uint64(m.BlockCache.Size)}
}
