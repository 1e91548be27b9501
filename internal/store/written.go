package store

import (
	"hash/maphash"
	"slices"
)

// written is about what keys a transaction has written: a key that is not in it
// can be read from the store beneath. Most transactions read nothing of their
// own, so the batch gets its index, which costs more than the batch, only for those that do.
type written struct {
	hashes []uint64
	all    bool // any key may be among them
}

// maxWritten is how many keys are worth looking through.
const maxWritten = 64

var hashSeed = maphash.MakeSeed()

func hashOf(key []byte) uint64 { return maphash.Bytes(hashSeed, key) }

func (w *written) add(hash uint64) {
	if len(w.hashes) == maxWritten {
		w.all = true
	}
	if !w.all {
		w.hashes = append(w.hashes, hash)
	}
}

// may reports whether the key may be among what was written.
func (w *written) may(hash uint64) bool {
	return w.all || slices.Contains(w.hashes, hash)
}

func (w *written) any() bool { return w.all || len(w.hashes) > 0 }

// index makes what was written readable.
func (tx *Tx) index() {
	if tx.r == tx.batch {
		return
	}
	b := tx.db.p.NewIndexedBatch()
	must(b.Apply(tx.batch, nil))
	must(tx.batch.Close())
	tx.batch, tx.r = b, b
}
