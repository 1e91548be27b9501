package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxDepth is how deep values may nest where they are written or compared: a
// list may well contain itself.
const maxDepth = 200

// text is v as Java's toString gives it.
func (r *run) text(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case *block:
		return r.capture(v.body)
	}
	b, err := r.appendText(nil, v, 0)
	if err != nil {
		return "", err
	}
	return string(b), r.grow(len(b))
}

// appendText writes v as Java's toString gives it. What it writes and does
// counts towards the limits while it does so.
func (r *run) appendText(b []byte, v any, depth int) ([]byte, error) {
	if err := r.written(len(b), depth); err != nil {
		return nil, err
	}
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return append(b, v...), nil
	case *List:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ", "...)
			}
			if b, err = r.appendText(b, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case *Map:
		b = append(b, '{')
		for i, e := range v.entries {
			if i > 0 {
				b = append(b, ", "...)
			}
			if b, err = r.appendText(b, e, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case *Entry:
		if b, err = r.appendText(b, v.Key, depth+1); err != nil {
			return nil, err
		}
		return r.appendText(append(b, '='), v.value(), depth+1)
	}
	return appendScalar(b, v), nil
}

// written counts one value that is being written into n bytes so far.
func (r *run) written(n, depth int) error {
	if depth > maxDepth {
		return limitf("The value nests deeper than %d levels", maxDepth)
	}
	if n > r.limits.Memory {
		return limitf("The template makes values of more than %d bytes", r.limits.Memory)
	}
	return r.step(1)
}

func appendScalar(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case *big.Int:
		return v.Append(b, 10)
	case float64:
		return appendDouble(b, v)
	case family:
		return append(b, v...)
	}
	return append(b, "object"...)
}

// appendDouble writes a double as Java does: 1.0, 0.001, 1.0E7, 1.0E-4.
func appendDouble(b []byte, f float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	case abs == 0 || abs >= 1e-3 && abs < 1e7:
		start := len(b)
		b = strconv.AppendFloat(b, f, 'f', -1, 64)
		if strings.IndexByte(string(b[start:]), '.') < 0 {
			b = append(b, ".0"...)
		}
		return b
	}
	s := strconv.FormatFloat(f, 'e', -1, 64) // 1.5e+07
	mantissa, exponent, _ := strings.Cut(s, "e")
	b = append(b, mantissa...)
	if !strings.Contains(mantissa, ".") {
		b = append(b, ".0"...)
	}
	n, _ := strconv.Atoi(exponent)
	return strconv.AppendInt(append(b, 'E'), int64(n), 10)
}

// looseEqual is ==: numbers by value, values of one type as Java's equals has
// it, and all else by their texts.
func (r *run) looseEqual(a, b any) (bool, error) {
	if a == nil || b == nil {
		return a == b, nil
	}
	if c, ok := compareNumbers(a, b); ok {
		return c == 0, nil
	}
	if kindOf(a) == kindOf(b) {
		return r.equal(a, b, 0)
	}
	x, err := r.text(a)
	if err != nil {
		return false, err
	}
	y, err := r.text(b)
	return x == y, err
}

// kind is the class of a value, as coarse as equality needs it.
type kind uint8

const (
	kindOther kind = iota
	kindNull
	kindString
	kindNumber
	kindBoolean
	kindList
	kindMap
)

func kindOf(v any) kind {
	switch v.(type) {
	case nil:
		return kindNull
	case string:
		return kindString
	case int64, float64, *big.Int:
		return kindNumber
	case bool:
		return kindBoolean
	case *List:
		return kindList
	case *Map:
		return kindMap
	}
	return kindOther
}

// equal is Java's equals: an integer never equals a double.
func (r *run) equal(a, b any, depth int) (bool, error) {
	if err := r.written(0, depth); err != nil {
		return false, err
	}
	switch a := a.(type) {
	case *List:
		l, ok := b.(*List)
		if !ok || len(a.items) != len(l.items) {
			return false, nil
		}
		for i := range a.items {
			if same, err := r.equal(a.items[i], l.items[i], depth+1); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *Map:
		m, ok := b.(*Map)
		if !ok || a.Len() != m.Len() {
			return false, nil
		}
		for _, e := range a.entries {
			v, ok := m.Get(e.Key)
			if !ok {
				return false, nil
			}
			if same, err := r.equal(e.value(), v, depth+1); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *big.Int:
		n, ok := b.(*big.Int)
		return ok && a.Cmp(n) == 0, nil
	case *Entry:
		e, ok := b.(*Entry)
		if !ok {
			return false, nil
		}
		if same, err := r.equal(a.Key, e.Key, depth+1); !same || err != nil {
			return false, err
		}
		return r.equal(a.value(), e.value(), depth+1)
	}
	return a == b, nil
}

// hash is Java's hashCode.
func (r *run) hash(v any, depth int) (int32, error) {
	if err := r.written(0, depth); err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case string:
		var h int32
		for _, u := range units(v) {
			h = 31*h + int32(u)
		}
		return h, nil
	case int64:
		if v == int64(int32(v)) {
			return int32(v), nil
		}
		return int32(v ^ int64(uint64(v)>>32)), nil
	case float64:
		bits := math.Float64bits(v)
		return int32(bits ^ bits>>32), nil
	case bool:
		if v {
			return 1231, nil
		}
		return 1237, nil
	case *List:
		h := int32(1)
		for _, item := range v.items {
			n, err := r.hash(item, depth+1)
			if err != nil {
				return 0, err
			}
			h = 31*h + n
		}
		return h, nil
	case *Map:
		var h int32
		for _, e := range v.entries {
			n, err := r.hash(e, depth+1)
			if err != nil {
				return 0, err
			}
			h += n
		}
		return h, nil
	case *Entry:
		a, err := r.hash(v.Key, depth+1)
		if err != nil {
			return 0, err
		}
		b, err := r.hash(v.value(), depth+1)
		return a ^ b, err
	}
	return 0, nil
}
