package jsondoc

import (
	"bytes"
	"encoding/base64"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/jsonscan"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// Codec reads and writes documents. The zero value is ready for use and safe
// for concurrent use.
type Codec struct {
	// Time is the format of timestamps that have none of their own; the default
	// is seconds since 1970.
	Time shape.TimeFormat
}

// Decode reads body, which may be empty, into the structure v of type t. It
// adds the members it meets to seen; whether those required are among them is
// for the caller to check.
func (c *Codec) Decode(body []byte, t *shape.Type, v reflect.Value, rep *shape.Report, seen *shape.Set) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := decoder{in: jsonscan.Cursor{In: body}, rep: rep, format: c.Time.Or(shape.Unix)}
	if err := d.structure(t, v, seen); err != nil {
		return err
	}
	return d.end()
}

// DecodeValue reads body as a single value of field f.
func (c *Codec) DecodeValue(body []byte, f *shape.Field, v reflect.Value, rep *shape.Report) error {
	d := decoder{in: jsonscan.Cursor{In: body}, rep: rep, format: c.Time.Or(shape.Unix)}
	if err := d.enter(f, v); err != nil {
		return err
	}
	return d.end()
}

// decoder is one decoding pass.
type decoder struct {
	in     jsonscan.Cursor
	rep    *shape.Report
	format shape.TimeFormat
}

// Serialization is the error of a document that cannot be read.
func Serialization(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "SerializationException", format, args...)
}

// syntax is the error of bytes that are not JSON, with their place.
func (d *decoder) syntax() error {
	return Serialization("The request body is not valid JSON, near byte %d.", d.in.Pos)
}

func (d *decoder) end() error {
	if d.in.Peek() != 0 || d.in.Pos < len(d.in.In) {
		return Serialization("The request body goes on after the end of its JSON value.")
	}
	return nil
}

func (d *decoder) structure(t *shape.Type, v reflect.Value, seen *shape.Set) error {
	if !d.in.Take('{') {
		return d.mismatch(d.in.Peek(), t)
	}
	if d.in.Take('}') {
		return nil
	}
	for {
		if err := d.member(t, v, seen); err != nil {
			return err
		}
		if d.in.Take('}') {
			return nil
		}
		if !d.in.Take(',') {
			return d.syntax()
		}
	}
}

// name reads a member's name and the colon.
func (d *decoder) name() (s []byte, plain bool, err error) {
	s, plain, err = d.in.String()
	if err != nil || !d.in.Take(':') {
		return nil, false, d.syntax()
	}
	return s, plain, nil
}

// member reads one name and its value.
func (d *decoder) member(t *shape.Type, v reflect.Value, seen *shape.Set) error {
	name, plain, err := d.name()
	if err != nil {
		return err
	}
	var f *shape.Field
	if plain {
		f = t.BodyBytes(name)
	} else {
		f = t.Body(unquote(name, false))
	}
	if f == nil {
		d.rep.Ignore(unquote(name, plain))
		return d.skip()
	}
	if seen.Has(f) {
		return d.syntax()
	}
	if d.in.Literal("null") { // it is absence
		return nil
	}
	fv := f.In(v)
	if err := d.enter(f, fv); err != nil {
		return err
	}
	seen.Add(f)
	d.rep.Check(f, fv)
	return nil
}

// enter reads a member's value. What is inside a composite value has the
// member in its path.
func (d *decoder) enter(f *shape.Field, v reflect.Value) error {
	switch f.Type.Base().Kind {
	case shape.Struct, shape.List, shape.Map:
		d.rep.Enter(f)
		if err := d.value(f, f.Type, v); err != nil {
			return err
		}
		d.rep.Leave()
		return nil
	}
	return d.value(f, f.Type, v)
}

func (d *decoder) skip() error {
	if _, err := d.in.Skip(); err != nil {
		return d.syntax()
	}
	return nil
}

// unquote returns the string that what is between quotes stands for.
func unquote(s []byte, plain bool) string {
	if plain {
		return string(s)
	}
	return string(jsonscan.AppendUnquoted(make([]byte, 0, len(s)), s))
}

// value reads the value of a member, or of what is inside it.
func (d *decoder) value(f *shape.Field, t *shape.Type, v reflect.Value) error {
	t, v = t.Settle(v)
	switch t.Kind {
	case shape.JSON:
		raw, err := d.in.Skip()
		if err != nil {
			return d.syntax()
		}
		v.SetBytes(raw)
		return nil
	case shape.Struct:
		return d.complete(t, v)
	case shape.List:
		return d.list(f, t, v)
	case shape.Map:
		return d.dict(f, t, v)
	}
	switch k := d.in.Peek(); {
	case k == '"':
		s, plain, err := d.in.String()
		if err != nil {
			return d.syntax()
		}
		return d.text(f, t, v, unquote(s, plain))
	case k == '-' || k >= '0' && k <= '9':
		text, err := d.in.Number()
		if err != nil {
			return d.syntax()
		}
		return d.number(f, t, v, text)
	case d.in.Literal("true"):
		return d.boolean(t, v, true)
	case d.in.Literal("false"):
		return d.boolean(t, v, false)
	default:
		return d.mismatch(k, t)
	}
}

// complete reads a structure and checks what it requires.
func (d *decoder) complete(t *shape.Type, v reflect.Value) error {
	if d.rep.Depth() >= shape.MaxDepth {
		return d.tooDeep()
	}
	var seen shape.Set
	if err := d.structure(t, v, &seen); err != nil {
		return err
	}
	d.rep.Finish(t, &seen)
	return nil
}

func (d *decoder) tooDeep() error {
	return Serialization("The request body nests deeper than %d levels.", shape.MaxDepth)
}

func (d *decoder) list(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if !d.in.Take('[') {
		return d.mismatch(d.in.Peek(), t)
	}
	v.Set(reflect.MakeSlice(t.Go, 0, 0))
	if d.in.Take(']') {
		return nil
	}
	for i := 0; ; i++ {
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		d.rep.EnterIndex(i)
		if err := d.element(f, t.Elem, v.Index(i)); err != nil {
			return err
		}
		d.rep.Leave()
		if d.in.Take(']') {
			return nil
		}
		if !d.in.Take(',') {
			return d.syntax()
		}
	}
}

// element reads a list's element or a map's value, whose path is entered.
func (d *decoder) element(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if d.rep.Depth() >= shape.MaxDepth {
		return d.tooDeep()
	}
	if t.Kind != shape.JSON && d.in.Literal("null") {
		v.SetZero()
		return nil
	}
	return d.value(f, t, v)
}

func (d *decoder) dict(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if !d.in.Take('{') {
		return d.mismatch(d.in.Peek(), t)
	}
	v.Set(reflect.MakeMap(t.Go))
	if d.in.Take('}') {
		return nil
	}
	for {
		if err := d.entry(f, t, v); err != nil {
			return err
		}
		if d.in.Take('}') {
			return nil
		}
		if !d.in.Take(',') {
			return d.syntax()
		}
	}
}

func (d *decoder) entry(f *shape.Field, t *shape.Type, m reflect.Value) error {
	name, plain, err := d.name()
	if err != nil {
		return err
	}
	text := unquote(name, plain)
	key := reflect.ValueOf(text).Convert(t.Go.Key())
	if m.MapIndex(key).IsValid() {
		return d.syntax()
	}
	if t.Elem.Kind != shape.Pointer && t.Elem.Kind != shape.JSON && d.in.Literal("null") {
		return nil
	}
	e := reflect.New(t.Elem.Go).Elem()
	d.rep.EnterKey(text)
	if err := d.element(f, t.Elem, e); err != nil {
		return err
	}
	d.rep.Leave()
	m.SetMapIndex(key, e)
	return nil
}

func (d *decoder) boolean(t *shape.Type, v reflect.Value, b bool) error {
	if t.Kind != shape.Bool {
		k := byte('f')
		if b {
			k = 't'
		}
		return d.mismatch(k, t)
	}
	v.SetBool(b)
	return nil
}

// text reads a simple value from a JSON string.
func (d *decoder) text(f *shape.Field, t *shape.Type, v reflect.Value, s string) error {
	switch t.Kind {
	case shape.String:
		v.SetString(s)
	case shape.Float:
		n, err := shape.ParseFloat(s)
		if err != nil {
			return d.mismatch('"', t)
		}
		v.SetFloat(n)
	case shape.Time:
		return d.timestamp(f, v, s, strconv.Quote(s))
	case shape.Blob:
		return blob(v, s)
	default:
		return d.mismatch('"', t)
	}
	return nil
}

// number reads a simple value from a JSON number.
func (d *decoder) number(f *shape.Field, t *shape.Type, v reflect.Value, text []byte) error {
	switch t.Kind {
	case shape.Int:
		return d.integer(t, v, text)
	case shape.Float:
		n, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return Serialization("NUMBER_VALUE cannot be converted to %s", javaType(t))
		}
		v.SetFloat(n)
	case shape.Time:
		return d.timestamp(f, v, string(text), string(text))
	default:
		return d.mismatch('0', t)
	}
	return nil
}

func (d *decoder) integer(t *shape.Type, v reflect.Value, text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		// 1e3 and 1.0 are whole numbers too.
		x, ferr := strconv.ParseFloat(string(text), 64)
		if ferr != nil || x != math.Trunc(x) || math.Abs(x) >= 1<<63 {
			return Serialization("NUMBER_VALUE cannot be converted to %s", javaType(t))
		}
		n = int64(x)
	}
	if v.OverflowInt(n) {
		return Serialization("NUMBER_VALUE cannot be converted to %s", javaType(t))
	}
	v.SetInt(n)
	return nil
}

func (d *decoder) timestamp(f *shape.Field, v reflect.Value, s, shown string) error {
	tm, err := shape.ParseTime(s, f.Time.Or(d.format))
	if err != nil {
		tm, err = shape.ParseTime(s, shape.ISO8601)
	}
	if err != nil {
		return Serialization("%s is not a valid timestamp", shown)
	}
	*v.Addr().Interface().(*time.Time) = tm
	return nil
}

func blob(v reflect.Value, text string) error {
	b, err := base64.StdEncoding.AppendDecode(make([]byte, 0, len(text)/4*3), []byte(text))
	if err == nil {
		v.SetBytes(b)
		return nil
	}
	if len(text)%4 != 0 {
		return Serialization("'%s' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: %d", text, len(text))
	}
	return Serialization("'%s' can not be converted to a Blob: Invalid Base64 character", text)
}

// mismatch is the error of a value of the wrong kind, in AWS' words; k is how it begins.
func (d *decoder) mismatch(k byte, t *shape.Type) error {
	composite := t.Kind == shape.List || t.Kind == shape.Map || t.Kind == shape.Struct
	switch {
	case k == '"' || k == 't' || k == 'f' || k == 'n' || k == '-' || k >= '0' && k <= '9':
		if composite {
			return Serialization("Unexpected field type")
		}
		return Serialization("%s cannot be converted to %s", tokenName(k), javaType(t))
	case k == '{':
		return Serialization("Start of structure or map found where not expected.")
	case k == '[':
		return Serialization("Unrecognized collection type %s", javaClass(t))
	}
	return d.syntax()
}

func tokenName(k byte) string {
	switch k {
	case '"':
		return "STRING_VALUE"
	case 't':
		return "TRUE_VALUE"
	case 'f':
		return "FALSE_VALUE"
	case 'n':
		return "NULL_VALUE"
	}
	return "NUMBER_VALUE"
}

func javaType(t *shape.Type) string {
	switch t.Kind {
	case shape.String:
		return "String"
	case shape.Bool:
		return "Boolean"
	case shape.Int:
		if t.Go.Bits() == 64 {
			return "Long"
		}
		return "Integer"
	case shape.Float:
		return "Double"
	case shape.Time:
		return "Date"
	}
	return "ByteBuffer"
}

func javaClass(t *shape.Type) string {
	switch t.Kind {
	case shape.Map:
		return "java.util.Map<java.lang.String, " + t.Elem.Base().Go.Name() + ">"
	case shape.Struct:
		return "class " + t.Go.Name()
	case shape.Time:
		return "class java.util.Date"
	case shape.Blob:
		return "class java.nio.ByteBuffer"
	}
	return "class java.lang." + javaType(t)
}
