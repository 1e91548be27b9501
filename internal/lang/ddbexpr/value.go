package ddbexpr

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Type is the type of an attribute value.
type Type byte

// The types, as stored. They are part of the stored form: never renumber.
const (
	Missing Type = iota // the type of a nil Value
	String
	NumberType
	Binary
	Bool
	Null
	List
	Map
	StringSet
	NumberSet
	BinarySet
)

var typeNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}

// longNames are the names of types in the errors of ADD and DELETE.
var longNames = [...]string{"", "STRING", "NUMBER", "BINARY", "BOOLEAN", "NULL", "LIST", "MAP", "STRING_SET", "NUMBER_SET", "BINARY_SET"}

// String returns the type's name on the wire: "S".
func (t Type) String() string { return typeNames[t] }

// TypeNamed returns the type with a name, or Missing.
func TypeNamed(name string) Type { return typeNamed([]byte(name)) }

func typeNamed(name []byte) Type {
	for t, n := range typeNames {
		if n == string(name) {
			return Type(t)
		}
	}
	return Missing
}

// set returns the set type of an element type and the reverse; Missing if
// there is none.
func (t Type) elem() Type {
	if t >= StringSet {
		return t - StringSet + String
	}
	return Missing
}

// A Value is one attribute value in its stored form: a byte for the type, then
//
//	S, N, B:       the length as a uvarint, then the bytes (see Number)
//	BOOL:          one byte
//	NULL:          nothing
//	L, M, SS…BS:   the length of the rest in four bytes, then the elements:
//	               values; names (uvarint length, bytes) and values, by name;
//	               elements (uvarint length, bytes), in order
//
// The nil Value is a value that is not there. Values share the memory they were
// cut from.
type Value []byte

// An Item is the elements of a map: names and values, by name.
type Item []byte

// headLen is the length of a container's type and length.
const headLen = 5

// Type returns the value's type.
func (v Value) Type() Type {
	if len(v) == 0 {
		return Missing
	}
	return Type(v[0])
}

// Bytes returns what a string, number or binary holds. A number's are a Number.
func (v Value) Bytes() []byte {
	_, n := uvarint(v[1:])
	return v[1+n:]
}

// Number returns the number that the value is.
func (v Value) Number() Number { return v.Bytes() }

// Truth returns what a boolean says.
func (v Value) Truth() bool { return len(v) > 1 && v[1] != 0 }

// Item returns the elements of a map.
func (v Value) Item() Item { return Item(v[headLen:]) }

// body returns the elements of a container.
func (v Value) body() []byte { return v[headLen:] }

// Elems yields the elements of a list.
func (v Value) Elems() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for b := v.body(); len(b) > 0; {
			var e Value
			e, b = cutValue(b)
			if !yield(e) {
				return
			}
		}
	}
}

// Members yields the elements of a set, in order.
func (v Value) Members() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for b := v.body(); len(b) > 0; {
			var e []byte
			e, b = cutBytes(b)
			if !yield(e) {
				return
			}
		}
	}
}

// Len returns the number of elements of a container.
func (v Value) Len() int {
	n := 0
	switch v.Type() {
	case List:
		for range v.Elems() {
			n++
		}
	case Map:
		for range v.Item().All() {
			n++
		}
	default:
		for range v.Members() {
			n++
		}
	}
	return n
}

// Has reports whether a set has the member.
func (v Value) Has(member []byte) bool {
	for m := range v.Members() {
		if c := bytes.Compare(m, member); c >= 0 {
			return c == 0
		}
	}
	return false
}

// index returns an element of a list, nil if there is none.
func (v Value) index(i int) Value {
	for e := range v.Elems() {
		if i == 0 {
			return e
		}
		i--
	}
	return nil
}

// All yields the item's attributes, by name.
func (it Item) All() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		for b := []byte(it); len(b) > 0; {
			var name []byte
			var v Value
			name, v, b = cutAttr(b)
			if !yield(name, v) {
				return
			}
		}
	}
}

// Get returns an attribute, nil if there is none.
func (it Item) Get(name string) Value {
	for b := []byte(it); len(b) > 0; {
		n, rest := cutBytes(b)
		v, after := cutValue(rest)
		if string(n) >= name {
			if string(n) == name {
				return v
			}
			return nil
		}
		b = after
	}
	return nil
}

// Len returns the number of attributes.
func (it Item) Len() int {
	n := 0
	for b := []byte(it); len(b) > 0; n++ {
		_, _, b = cutAttr(b)
	}
	return n
}

// Text returns what a string holds.
func (v Value) Text() string { return string(v.Bytes()) }

// AppendAttr appends an attribute. Attributes must be appended by name.
func (it Item) AppendAttr(name string, v Value) Item {
	it = binary.AppendUvarint(it, uint64(len(name)))
	return append(append(it, name...), v...)
}

// AppendScalar appends the value that a string, number or binary of these bytes is.
func AppendScalar(dst []byte, t Type, b []byte) Value {
	dst = append(dst, byte(t))
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

// Compare orders two values of one type among S, N and B.
func (v Value) Compare(w Value) int { return bytes.Compare(v.Bytes(), w.Bytes()) }

// Equal reports whether two values, or two missing ones, are equal.
func (v Value) Equal(w Value) bool { return bytes.Equal(v, w) }

func cutAttr(b []byte) (name []byte, v Value, rest []byte) {
	name, b = cutBytes(b)
	v, rest = cutValue(b)
	return name, v, rest
}

func cutBytes(b []byte) (s, rest []byte) {
	n, w := uvarint(b)
	end := w + int(n)
	return b[w:end:end], b[end:]
}

func cutValue(b []byte) (v Value, rest []byte) {
	n := valueLen(b)
	return Value(b[:n:n]), b[n:]
}

// valueLen returns the length of the value at the beginning of b.
func valueLen(b []byte) int {
	switch t := Type(b[0]); t {
	case String, NumberType, Binary:
		n, w := uvarint(b[1:])
		return 1 + w + int(n)
	case Bool:
		return 2
	case Null:
		return 1
	default:
		return headLen + int(binary.BigEndian.Uint32(b[1:]))
	}
}

func uvarint(b []byte) (uint64, int) {
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return binary.Uvarint(b)
}

// openContainer appends the head of a container; closeContainer fills it in.
func openContainer(dst []byte, t Type) []byte { return append(dst, byte(t), 0, 0, 0, 0) }

func closeContainer(dst []byte, start int) {
	binary.BigEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-headLen))
}
