package shape

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// appendJava appends a value as AWS' messages print it: as Java's toString.
func appendJava(dst []byte, t *Type, v reflect.Value) []byte {
	t, v, ok := t.Follow(v)
	if !ok {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case Blob:
		n := strconv.Itoa(v.Len())
		return append(dst, "java.nio.HeapByteBuffer[pos=0 lim="+n+" cap="+n+"]"...)
	case List:
		dst = append(dst, '[')
		for i := range v.Len() {
			dst = comma(dst, i)
			dst = appendJava(dst, t.Elem, v.Index(i))
		}
		return append(dst, ']')
	case Map:
		dst = append(dst, '{')
		for i, k := range SortedKeys(v) {
			dst = comma(dst, i)
			dst = append(append(dst, k.String()...), '=')
			dst = appendJava(dst, t.Elem, v.MapIndex(k))
		}
		return append(dst, '}')
	case Struct:
		return appendJavaStruct(dst, t, v)
	case Stream:
		return append(dst, "java.io.InputStream"...)
	}
	return t.AppendText(dst, v, ISO8601)
}

func appendJavaStruct(dst []byte, t *Type, v reflect.Value) []byte {
	dst = append(append(dst, t.Go.Name()...), '(')
	n := 0
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := f.In(v)
		if f.Type.Absent(fv) {
			continue
		}
		dst = comma(dst, n)
		n++
		dst = append(append(dst, f.Label...), '=')
		if f.Sensitive {
			dst = append(dst, "***"...)
			continue
		}
		dst = appendJava(dst, f.Type, fv)
	}
	return append(dst, ')')
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		dst = append(dst, ", "...)
	}
	return dst
}

// SortedKeys are the keys of a map in order: output is deterministic.
func SortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
