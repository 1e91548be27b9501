package store

import "bytes"

// edit is what a transaction does to one value at its end.
type edit struct {
	key  []byte
	each []func(value []byte) []byte
}

// Edit has the value of key changed when the transaction ends well: f gets the
// value, which it may change and append to, nil if there is none, and returns what to store. All edits
// of one key in a transaction cost one read and one write: it is meant for counts. Reads
// in the transaction do not see them.
func (tx *Tx) Edit(key []byte, f func(value []byte) []byte) {
	tx.writable()
	for i := range tx.edits {
		if e := &tx.edits[i]; bytes.Equal(e.key, key) {
			e.each = append(e.each, f)
			return
		}
	}
	tx.edits = append(tx.edits, edit{key, []func([]byte) []byte{f}})
}

// edit makes the edits.
func (tx *Tx) edit() {
	for _, e := range tx.edits {
		old, _ := tx.Get(e.key)
		v := bytes.Clone(old)
		for _, f := range e.each {
			v = f(v)
		}
		tx.Set(e.key, v)
	}
}
