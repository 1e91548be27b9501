package jsondoc

import (
	"encoding/base64"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// Append appends the body members of the structure v, of type t.
func (c *Codec) Append(dst []byte, t *shape.Type, v reflect.Value) []byte {
	dst, _ = c.AppendMembers(append(dst, '{'), t, v)
	return append(dst, '}')
}

// AppendMembers appends the body members of a structure without its braces,
// and returns how many there were.
func (c *Codec) AppendMembers(dst []byte, t *shape.Type, v reflect.Value) ([]byte, int) {
	n := 0
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Location != shape.Body {
			continue
		}
		fv := f.In(v)
		if f.Type.Absent(fv) {
			continue
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		n++
		dst = AppendName(dst, f.Wire)
		dst = c.AppendValue(dst, f, f.Type, fv)
	}
	return dst, n
}

// AppendName appends a member's name and the colon after it.
func AppendName(dst []byte, name string) []byte { return append(AppendString(dst, name), ':') }

// AppendString appends s in quotes. Bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// AppendValue appends v, which is the value of field f or inside it.
func (c *Codec) AppendValue(dst []byte, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	t, v, ok := t.Follow(v)
	if !ok {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case shape.String:
		return AppendString(dst, v.String())
	case shape.Float:
		return appendFloat(dst, v.Float())
	case shape.Time:
		return c.appendTime(dst, f, v)
	case shape.Blob:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v.Bytes())
		return append(dst, '"')
	case shape.Struct:
		return c.Append(dst, t, v)
	case shape.List:
		return c.appendList(dst, f, t, v)
	case shape.Map:
		return c.appendMap(dst, f, t, v)
	case shape.JSON:
		if v.Len() == 0 {
			return append(dst, "null"...)
		}
	}
	return t.AppendText(dst, v, shape.Unix) // bool, int, raw
}

func (c *Codec) appendList(dst []byte, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = c.AppendValue(dst, f, t.Elem, v.Index(i))
	}
	return append(dst, ']')
}

func (c *Codec) appendMap(dst []byte, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	if m, ok := v.Interface().(map[string]string); ok {
		return appendStringMap(dst, m)
	}
	dst = append(dst, '{')
	for i, k := range shape.SortedKeys(v) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendName(dst, k.String())
		dst = c.AppendValue(dst, f, t.Elem, v.MapIndex(k))
	}
	return append(dst, '}')
}

func appendStringMap(dst []byte, m map[string]string) []byte {
	dst = append(dst, '{')
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(AppendName(dst, k), m[k])
	}
	return append(dst, '}')
}

func (c *Codec) appendTime(dst []byte, f *shape.Field, v reflect.Value) []byte {
	format := f.Time.Or(c.Time).Or(shape.Unix)
	if format == shape.Unix {
		return shape.AppendTime(dst, shape.TimeOf(v), format)
	}
	dst = append(dst, '"')
	dst = shape.AppendTime(dst, shape.TimeOf(v), format)
	return append(dst, '"')
}

// appendFloat puts what is no number in quotes.
func appendFloat(dst []byte, n float64) []byte {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return strconv.AppendQuote(dst, string(shape.AppendFloat(nil, n)))
	}
	return shape.AppendFloat(dst, n)
}

// AppendAny appends a value of any type that has a plan.
func (c *Codec) AppendAny(dst []byte, plans *shape.Plans, value any) []byte {
	v := reflect.ValueOf(value)
	return c.AppendValue(dst, &shape.Field{}, plans.Of(v.Type()), v)
}
