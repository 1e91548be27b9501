package cbor

import (
	"encoding/binary"
	"math"
	"reflect"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// appendHead appends the shortest form of an item's beginning.
func appendHead(dst []byte, major byte, arg uint64) []byte {
	m := major << 5
	switch {
	case arg < infoByte:
		return append(dst, m|byte(arg))
	case arg <= math.MaxUint8:
		return append(dst, m|infoByte, byte(arg))
	case arg <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, m|infoShort), uint16(arg))
	case arg <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, m|infoInt), uint32(arg))
	}
	return binary.BigEndian.AppendUint64(append(dst, m|infoLong), arg)
}

func appendText(dst []byte, s string) []byte {
	return append(appendHead(dst, majorText, uint64(len(s))), s...)
}

func appendStruct(dst []byte, t *shape.Type, v reflect.Value) []byte {
	n := 0
	for i := range t.Fields {
		if f := &t.Fields[i]; !f.Type.Absent(f.In(v)) {
			n++
		}
	}
	dst = appendHead(dst, majorMap, uint64(n))
	for i := range t.Fields {
		f := &t.Fields[i]
		if fv := f.In(v); !f.Type.Absent(fv) {
			dst = appendValue(appendText(dst, f.Wire), f.Type, fv)
		}
	}
	return dst
}

func appendValue(dst []byte, t *shape.Type, v reflect.Value) []byte {
	t, v, ok := t.Follow(v)
	if !ok {
		return append(dst, majorSimple<<5|simpleNull)
	}
	switch t.Kind {
	case shape.String:
		return appendText(dst, v.String())
	case shape.Blob:
		return append(appendHead(dst, majorBytes, uint64(v.Len())), v.Bytes()...)
	case shape.Bool:
		if v.Bool() {
			return append(dst, majorSimple<<5|simpleTrue)
		}
		return append(dst, majorSimple<<5|simpleFalse)
	case shape.Int:
		return appendInt(dst, v.Int())
	case shape.Float:
		return appendFloat(dst, v.Float())
	case shape.Time:
		return appendTime(dst, v)
	case shape.Struct:
		return appendStruct(dst, t, v)
	case shape.List:
		dst = appendHead(dst, majorArray, uint64(v.Len()))
		for i := range v.Len() {
			dst = appendValue(dst, t.Elem, v.Index(i))
		}
		return dst
	case shape.Map:
		dst = appendHead(dst, majorMap, uint64(v.Len()))
		for _, k := range shape.SortedKeys(v) {
			dst = appendValue(appendText(dst, k.String()), t.Elem, v.MapIndex(k))
		}
		return dst
	}
	panic("cbor: " + t.Go.String() + " has no form in CBOR")
}

func appendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, majorNegInt, uint64(-1-n))
	}
	return appendHead(dst, majorUint, uint64(n))
}

func appendFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, majorSimple<<5|infoLong), math.Float64bits(f))
}

// appendTime appends seconds since 1970, whole ones as an integer.
func appendTime(dst []byte, v reflect.Value) []byte {
	dst = appendHead(dst, majorTag, tagTime)
	ms := shape.TimeOf(v).UnixMilli()
	if ms%1000 == 0 {
		return appendInt(dst, ms/1000)
	}
	return appendFloat(dst, float64(ms)/1000)
}
