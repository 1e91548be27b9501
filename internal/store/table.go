package store

import (
	"fmt"
	"iter"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Table is a typed, tenant-scoped part of the store for small control-plane
// state. Values are JSON, so that a stored form can grow members.
type Table[T any] struct{ name string }

// NewTable returns the table of that name, "kms/key". A name belongs to one
// service.
func NewTable[T any](name string) Table[T] { return Table[T]{name} }

func (t Table[T]) key(s aws.Scope, parts []string) []byte {
	k := Prefix(t.name, s)
	for _, p := range parts {
		k = AppendPart(k, p)
	}
	return k
}

func (t Table[T]) decode(tx *Tx, b []byte) (v T) {
	if err := json.Unmarshal(b, &v); err != nil {
		tx.fail(fmt.Errorf("table %s: %w", t.name, err))
	}
	return v
}

// Get returns the value under key, or false.
func (t Table[T]) Get(tx *Tx, s aws.Scope, key ...string) (v T, ok bool) {
	b, ok := tx.Get(t.key(s, key))
	if !ok {
		return v, false
	}
	return t.decode(tx, b), true
}

// Put stores v under key.
func (t Table[T]) Put(tx *Tx, s aws.Scope, v T, key ...string) {
	// An absent list must come back absent, not empty.
	b, err := json.Marshal(v, json.Deterministic(true), json.FormatNilSliceAsNull(true), json.FormatNilMapAsNull(true))
	if err != nil {
		panic("store: table " + t.name + ": " + err.Error()) // a type that JSON cannot hold: a bug
	}
	tx.Set(t.key(s, key), b)
}

// Delete removes key, which need not exist.
func (t Table[T]) Delete(tx *Tx, s aws.Scope, key ...string) { tx.Delete(t.key(s, key)) }

// DeleteAll removes every key that begins with prefix.
func (t Table[T]) DeleteAll(tx *Tx, s aws.Scope, prefix ...string) {
	p := t.key(s, prefix)
	tx.DeleteRange(p, PrefixEnd(p))
}

// All yields the values whose key begins with prefix, in key order. The key
// includes the prefix.
func (t Table[T]) All(tx *Tx, s aws.Scope, prefix ...string) iter.Seq2[[]string, T] {
	p := t.key(s, prefix)
	return t.scan(tx, s, p, PrefixEnd(p))
}

// After is All from the first key that is greater than after.
func (t Table[T]) After(tx *Tx, s aws.Scope, after []string, prefix ...string) iter.Seq2[[]string, T] {
	return t.scan(tx, s, append(t.key(s, after), 0), PrefixEnd(t.key(s, prefix)))
}

// Everywhere yields the values of every scope: for start-up and workers.
func (t Table[T]) Everywhere(tx *Tx) iter.Seq2[aws.Scope, T] {
	p := AppendPart(nil, t.name)
	return func(yield func(aws.Scope, T) bool) {
		for k, v := range tx.Scan(p, PrefixEnd(p)) {
			account, rest, _ := CutPart(k[len(p):])
			region, _, _ := CutPart(rest)
			if !yield(aws.Scope{Account: aws.AccountID(account), Region: aws.Region(region)}, t.decode(tx, v)) {
				return
			}
		}
	}
}

func (t Table[T]) scan(tx *Tx, s aws.Scope, lo, hi []byte) iter.Seq2[[]string, T] {
	skip := len(Prefix(t.name, s))
	return func(yield func([]string, T) bool) {
		for k, v := range tx.Scan(lo, hi) {
			var key []string
			for rest := k[skip:]; len(rest) > 0; {
				part, r, ok := CutPart(rest)
				if !ok {
					tx.fail(fmt.Errorf("table %s: key %x", t.name, k))
					return
				}
				key, rest = append(key, part), r
			}
			if !yield(key, t.decode(tx, v)) {
				return
			}
		}
	}
}
