package store

import (
	"fmt"
	"iter"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Table is a typed, tenant-scoped part of the store for small control-plane
// state. Values are JSON, so that a stored form can grow members.
type Table[T any] struct{ documents }

// NewTable returns the table of that name, "kms/key". A name belongs to one
// service.
func NewTable[T any](name string) Table[T] { return Table[T]{documents{name}} }

// Get returns the value under key, or false.
func (t Table[T]) Get(tx *Tx, s aws.Scope, key ...string) (v T, ok bool) {
	b, ok := tx.Get(t.key(s, key))
	if ok {
		t.decode(tx, b, &v)
	}
	return v, ok
}

// Put stores v under key.
func (t Table[T]) Put(tx *Tx, s aws.Scope, v T, key ...string) { t.encode(tx, t.key(s, key), &v) }

// All yields the values whose key begins with prefix, in key order. The key
// includes the prefix.
func (t Table[T]) All(tx *Tx, s aws.Scope, prefix ...string) iter.Seq2[[]string, T] {
	p := t.key(s, prefix)
	return decoded[T](t.documents, tx, t.scan(tx, s, p, PrefixEnd(p)))
}

// After is All from the first key that is greater than after.
func (t Table[T]) After(tx *Tx, s aws.Scope, after []string, prefix ...string) iter.Seq2[[]string, T] {
	return decoded[T](t.documents, tx, t.scan(tx, s, append(t.key(s, after), 0), PrefixEnd(t.key(s, prefix))))
}

// Everywhere yields the values of every scope: for start-up and workers.
func (t Table[T]) Everywhere(tx *Tx) iter.Seq2[aws.Scope, T] {
	return decoded[T](t.documents, tx, t.everywhere(tx))
}

func decoded[T, K any](d documents, tx *Tx, all iter.Seq2[K, []byte]) iter.Seq2[K, T] {
	return func(yield func(K, T) bool) {
		for k, b := range all {
			var v T
			d.decode(tx, b, &v)
			if !yield(k, v) {
				return
			}
		}
	}
}

// documents is a Table without its type: what is written once for all of them
// is not compiled for each.
type documents struct{ name string }

func (d documents) key(s aws.Scope, parts []string) []byte {
	k := Prefix(d.name, s)
	for _, p := range parts {
		k = AppendPart(k, p)
	}
	return k
}

func (d documents) decode(tx *Tx, b []byte, v any) {
	if err := json.Unmarshal(b, v); err != nil {
		tx.fail(fmt.Errorf("table %s: %w", d.name, err))
	}
}

func (d documents) encode(tx *Tx, key []byte, v any) {
	// An absent list must come back absent, not empty.
	b, err := json.Marshal(v, json.Deterministic(true), json.FormatNilSliceAsNull(true), json.FormatNilMapAsNull(true))
	if err != nil {
		panic("store: table " + d.name + ": " + err.Error()) // a type that JSON cannot hold: a bug
	}
	tx.Set(key, b)
}

// Delete removes key, which need not exist.
func (d documents) Delete(tx *Tx, s aws.Scope, key ...string) { tx.Delete(d.key(s, key)) }

// DeleteAll removes every key that begins with prefix.
func (d documents) DeleteAll(tx *Tx, s aws.Scope, prefix ...string) {
	p := d.key(s, prefix)
	tx.DeleteRange(p, PrefixEnd(p))
}

func (d documents) everywhere(tx *Tx) iter.Seq2[aws.Scope, []byte] {
	p := AppendPart(nil, d.name)
	return func(yield func(aws.Scope, []byte) bool) {
		for k, v := range tx.Scan(p, PrefixEnd(p)) {
			account, rest, _ := CutPart(k[len(p):])
			region, _, _ := CutPart(rest)
			if !yield(aws.Scope{Account: aws.AccountID(account), Region: aws.Region(region)}, v) {
				return
			}
		}
	}
}

func (d documents) scan(tx *Tx, s aws.Scope, lo, hi []byte) iter.Seq2[[]string, []byte] {
	skip := len(Prefix(d.name, s))
	return func(yield func([]string, []byte) bool) {
		for k, v := range tx.Scan(lo, hi) {
			var key []string
			for rest := k[skip:]; len(rest) > 0; {
				part, r, ok := CutPart(rest)
				if !ok {
					tx.fail(fmt.Errorf("table %s: key %x", d.name, k))
					return
				}
				key, rest = append(key, part), r
			}
			if !yield(key, v) {
				return
			}
		}
	}
}
