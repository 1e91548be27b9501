package cbor

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// The major types.
const (
	majorUint   = 0
	majorNegInt = 1
	majorBytes  = 2
	majorText   = 3
	majorArray  = 4
	majorMap    = 5
	majorTag    = 6
	majorSimple = 7
)

// What the low five bits of an initial byte may be.
const (
	infoByte       = 24 // the argument follows in 1, 2, 4 or 8 bytes
	infoShort      = 25
	infoInt        = 26
	infoLong       = 27
	infoIndefinite = 31
)

// Simple values.
const (
	simpleFalse     = 20
	simpleTrue      = 21
	simpleNull      = 22
	simpleUndefined = 23
)

const (
	tagTime = 1
	breakAt = majorSimple<<5 | infoIndefinite
)

var errMalformed = errors.New("malformed CBOR")

// head is the beginning of a data item.
type head struct {
	major      byte
	info       byte
	arg        uint64
	indefinite bool
}

// null reports whether the item says that there is none.
func (h head) null() bool {
	return h.major == majorSimple && (h.info == simpleNull || h.info == simpleUndefined)
}

// reader takes data items off a slice.
type reader struct{ b []byte }

func (r *reader) head() (h head, err error) {
	if len(r.b) == 0 {
		return h, errMalformed
	}
	h.major, h.info = r.b[0]>>5, r.b[0]&0x1f
	r.b = r.b[1:]
	switch {
	case h.info < infoByte:
		h.arg = uint64(h.info)
	case h.info <= infoLong:
		n := 1 << (h.info - infoByte)
		if len(r.b) < n {
			return h, errMalformed
		}
		var wide [8]byte
		copy(wide[8-n:], r.b[:n])
		h.arg, r.b = binary.BigEndian.Uint64(wide[:]), r.b[n:]
	case h.info == infoIndefinite && h.major >= majorBytes && h.major <= majorMap:
		h.indefinite = true
	default:
		return h, errMalformed
	}
	return h, nil
}

// peek is head without taking it.
func (r *reader) peek() (head, error) {
	c := *r
	return c.head()
}

// isBreak takes the end of an indefinite item, if that is next.
func (r *reader) isBreak() bool {
	if len(r.b) > 0 && r.b[0] == breakAt {
		r.b = r.b[1:]
		return true
	}
	return false
}

// more reports whether an array or map whose head is h has an i-th element.
func (r *reader) more(h head, i int) bool {
	if h.indefinite {
		return !r.isBreak()
	}
	return uint64(i) < h.arg
}

// bytes returns the content of a byte or text string. It shares the input's
// memory unless the string came in pieces.
func (r *reader) bytes(h head) ([]byte, error) {
	if !h.indefinite {
		return r.take(h.arg)
	}
	all := []byte{}
	for !r.isBreak() {
		piece, err := r.head()
		if err != nil || piece.major != h.major || piece.indefinite {
			return nil, errMalformed
		}
		b, err := r.take(piece.arg)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.b)) {
		return nil, errMalformed
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b, nil
}

func (r *reader) text() (string, error) {
	h, err := r.head()
	if err != nil || h.major != majorText {
		return "", errMalformed
	}
	b, err := r.bytes(h)
	if err != nil || !utf8.Valid(b) {
		return "", errMalformed
	}
	return string(b), nil
}

// skip takes a whole item.
func (r *reader) skip(depth int) error {
	h, err := r.head()
	if err != nil || depth > shape.MaxDepth {
		return errMalformed
	}
	per := 1
	switch h.major {
	case majorBytes, majorText:
		_, err := r.bytes(h)
		return err
	case majorTag:
		return r.skip(depth + 1)
	case majorMap:
		per = 2
	case majorArray:
	default:
		return nil
	}
	for i := 0; r.more(h, i); i++ {
		for range per {
			if err := r.skip(depth + 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// float is the value of a float's head.
func float(h head) (float64, bool) {
	if h.major != majorSimple {
		return 0, false
	}
	switch h.info {
	case infoShort:
		return half(uint16(h.arg)), true
	case infoInt:
		return float64(math.Float32frombits(uint32(h.arg))), true
	case infoLong:
		return math.Float64frombits(h.arg), true
	}
	return 0, false
}

// half widens an IEEE 754 half-precision float.
func half(b uint16) float64 {
	exp, frac := int(b>>10&0x1f), float64(b&0x3ff)
	var f float64
	switch exp {
	case 0:
		f = math.Ldexp(frac, -24)
	case 0x1f:
		if f = math.Inf(1); frac != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(frac+1024, exp-25)
	}
	if b&0x8000 != 0 {
		return -f
	}
	return f
}

// integer is the value of an integer's head.
func integer(h head) (int64, bool) {
	if h.arg > math.MaxInt64 {
		return 0, false
	}
	switch h.major {
	case majorUint:
		return int64(h.arg), true
	case majorNegInt:
		return -1 - int64(h.arg), true
	}
	return 0, false
}

// number is the value of an integer or a float.
func number(h head) (float64, bool) {
	if n, ok := integer(h); ok {
		return float64(n), true
	}
	return float(h)
}
