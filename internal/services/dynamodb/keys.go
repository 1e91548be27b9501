package dynamodb

import (
	"crypto/md5"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Keys in the store of a table's data are
//
//	prefix of the table | index number | hash of the partition key | partition key | sort key | rest
//
// The table itself is index 0, and its rest is empty. An entry of a secondary
// index ends with the table's key, which makes it unique. Parts of a key order
// as their values do and delimit themselves, so a Query is one range of the
// store, and a segment of a parallel Scan is one range of hashes.

// attribute is a key attribute and its type.
type attribute struct {
	Name string
	Type ddbexpr.Type
}

// kind is the type's name in errors about empty values.
func (a attribute) kind() string {
	if a.Type == ddbexpr.Binary {
		return "binary"
	}
	return "string"
}

// keySchema is the key of a table or an index. Only global indexes have more
// than one attribute of either kind.
type keySchema struct {
	Hash  []attribute
	Range []attribute
}

func (k keySchema) each(f func(a attribute, hash bool) error) error {
	for _, a := range k.Hash {
		if err := f(a, true); err != nil {
			return err
		}
	}
	for _, a := range k.Range {
		if err := f(a, false); err != nil {
			return err
		}
	}
	return nil
}

func (k keySchema) has(name string) bool {
	found := false
	_ = k.each(func(a attribute, _ bool) error { found = found || a.Name == name; return nil })
	return found
}

// projection is to the key alone.
func (k keySchema) projection() *ddbexpr.Projection {
	var paths []ddbexpr.Path
	_ = k.each(func(a attribute, _ bool) error {
		paths = append(paths, ddbexpr.Path{{Name: a.Name, Index: -1}})
		return nil
	})
	return ddbexpr.NewProjection(paths)
}

func (k keySchema) len() int { return len(k.Hash) + len(k.Range) }

const hashLen = 4

// appendHashed appends the hash and the key parts of the partition key.
func (k keySchema) appendHashed(dst []byte, it ddbexpr.Item) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for _, a := range k.Hash {
		dst = appendPart(dst, it.Get(a.Name))
	}
	binary.BigEndian.PutUint32(dst[at:], k.hash(it))
	return dst
}

// hash spreads partition keys over 32 bits. It is DynamoDB's own, as the order
// of its scans betrays it, so scans and segments come in the same order here.
// It is part of the stored form.
func (k keySchema) hash(it ddbexpr.Item) uint32 {
	b := append(make([]byte, 0, 128), "Outliers"...)
	for _, a := range k.Hash {
		b = append(b, it.Get(a.Name).Bytes()...)
	}
	sum := md5.Sum(b)
	return binary.BigEndian.Uint32(sum[:])
}

func (k keySchema) appendRange(dst []byte, it ddbexpr.Item) []byte {
	for _, a := range k.Range {
		dst = appendPart(dst, it.Get(a.Name))
	}
	return dst
}

// appendPart appends a value as a part of a key.
func appendPart(dst []byte, v ddbexpr.Value) []byte {
	b := v.Bytes()
	if v.Type() == ddbexpr.NumberType {
		if dst = append(dst, b...); b[0] >= 0x80 {
			dst = append(dst, 0) // negative numbers have an end already
		}
		return dst
	}
	return append(appendEscaped(dst, b), 0, 1)
}

// appendEscaped appends what keys with a prefix begin with: a part without its
// end. The form is store.AppendPart's.
func appendEscaped(dst, b []byte) []byte {
	for _, c := range b {
		if dst = append(dst, c); c == 0 {
			dst = append(dst, 0xff)
		}
	}
	return dst
}

// appendSpace appends the beginning of all keys of one index of a table.
func (t *table) appendSpace(dst []byte, index uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, t.prefix...), index)
}

// itemKey appends the key of an item, of which only key attributes need be there.
func (t *table) itemKey(dst []byte, it ddbexpr.Item) []byte {
	return t.Key.appendRange(t.Key.appendHashed(t.appendSpace(dst, 0), it), it)
}

// entryKey appends the key of an item's entry in an index.
func (t *table) entryKey(dst []byte, x *index, it ddbexpr.Item) []byte {
	dst = x.Key.appendRange(x.Key.appendHashed(t.appendSpace(dst, x.Number), it), it)
	if !x.Local {
		for _, a := range t.Key.Hash {
			dst = appendPart(dst, it.Get(a.Name))
		}
	}
	return t.Key.appendRange(dst, it)
}

// prefixEnd is store.PrefixEnd; no key space of a table ends with 0xff bytes only.
func prefixEnd(p []byte) []byte { return store.PrefixEnd(p) }

const (
	maxHashKey  = 2048
	maxRangeKey = 1024
)

// checkKeyValue checks the value of a key attribute, whose type is right.
func checkKeyValue(a attribute, v ddbexpr.Value, hash bool) error {
	n := len(v.Bytes())
	switch {
	case n == 0:
		return errValidation(invalidValues+"The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", a.kind(), a.Name)
	case a.Type == ddbexpr.NumberType:
	case hash && n > maxHashKey:
		return errValidation(invalidValues + "Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case !hash && n > maxRangeKey:
		return errValidation(invalidValues + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// checkKey checks a Key: exactly the key attributes, of the right types.
func (t *table) checkKey(key ddbexpr.Item) error {
	if key.Len() != t.Key.len() {
		return errKeyMismatch()
	}
	return t.Key.each(func(a attribute, hash bool) error {
		v := key.Get(a.Name)
		if v.Type() != a.Type {
			return errKeyMismatch()
		}
		return checkKeyValue(a, v, hash)
	})
}

// checkItem checks the key attributes of an item to be put.
func (t *table) checkItem(it ddbexpr.Item) error {
	return t.Key.each(func(a attribute, hash bool) error {
		v := it.Get(a.Name)
		if v == nil {
			return errValidation(invalidValues+"Missing the key %s in the item", a.Name)
		}
		if v.Type() != a.Type {
			return errValidation(invalidValues+"Type mismatch for key %s expected: %s actual: %s", a.Name, a.Type, v.Type())
		}
		if len(v.Bytes()) == 0 { // the same thing in other words than of a Key
			return errValidation("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", a.kind(), a.Name)
		}
		return checkKeyValue(a, v, hash)
	})
}

func errIndexKeyType(x *index, a attribute, actual ddbexpr.Type) error {
	return errValidation(invalidValues+"Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", a.Name, a.Type, actual, x.Name)
}

// checkIndexKeys checks the attributes of an item that are keys of indexes.
// What an update made is told in other words than what was put.
func (t *table) checkIndexKeys(it ddbexpr.Item, updated bool) error {
	for _, x := range t.Indexes {
		err := x.Key.each(func(a attribute, hash bool) error {
			v := it.Get(a.Name)
			if v == nil || t.Key.has(a.Name) {
				return nil
			}
			if v.Type() != a.Type {
				if updated {
					return errValidation("The update expression attempted to update the secondary index key to unsupported type")
				}
				return errIndexKeyType(x, a, v.Type())
			}
			return checkIndexValue(x, a, v, hash)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func checkIndexValue(x *index, a attribute, v ddbexpr.Value, hash bool) error {
	n := len(v.Bytes())
	switch {
	case n == 0:
		return errValidation("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "+
			"The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", a.kind(), x.Name, a.Name)
	case a.Type == ddbexpr.NumberType:
	case hash && n > maxHashKey:
		return errValidation(invalidValues + "Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case !hash && n > maxRangeKey:
		return errValidation(invalidValues + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// keyText is the value of a partition key as policies see it.
func keyText(v ddbexpr.Value) string {
	switch v.Type() {
	case ddbexpr.NumberType:
		return v.Number().String()
	case ddbexpr.Binary:
		return base64Text(v.Bytes())
	}
	return v.Text()
}
