package store

import "encoding/binary"

// seqKey sorts before every table, so that Clear leaves it.
var seqKey = []byte{0x00, 's', 'e', 'q'}

// seqLease is how many numbers one stored ceiling is good for: a crash skips
// at most that many.
const seqLease = 1 << 20

func (db *DB) openSequence() error {
	return db.Read(seqKey, func(v []byte, ok bool) error {
		if ok {
			db.seq = binary.BigEndian.Uint64(v)
		}
		db.seqCeil = db.seq
		return nil
	})
}

// Sequence returns a number greater than every one it returned before, over
// restarts too. The order of numbers is the order in which Updates commit.
func (tx *Tx) Sequence() uint64 {
	b := tx.writable()
	db := tx.db
	if db.seq == db.seqCeil {
		db.seqCeil += seqLease
		must(b.Set(seqKey, binary.BigEndian.AppendUint64(nil, db.seqCeil), nil))
		tx.raised = true
	}
	db.seq++
	return db.seq
}
