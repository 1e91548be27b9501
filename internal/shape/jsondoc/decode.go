package jsondoc

import (
	"bytes"
	"encoding/base64"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// Codec reads and writes documents. The zero value is ready for use and safe
// for concurrent use; it keeps decoders for the next call.
type Codec struct {
	// Time is the format of timestamps that have none of their own; the default
	// is seconds since 1970.
	Time shape.TimeFormat

	decoders sync.Pool
}

// Decode reads body, which may be empty, into the structure v of type t. It
// adds the members it meets to seen; whether those required are among them is
// for the caller to check.
func (c *Codec) Decode(body []byte, t *shape.Type, v reflect.Value, rep *shape.Report, seen *shape.Set) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := c.decoder(body)
	defer c.release(d)
	d.rep = rep
	if err := d.structure(t, v, seen); err != nil {
		return err
	}
	return d.end()
}

// DecodeValue reads body as a single value of field f.
func (c *Codec) DecodeValue(body []byte, f *shape.Field, v reflect.Value, rep *shape.Report) error {
	d := c.decoder(body)
	defer c.release(d)
	d.rep = rep
	if err := d.enter(f, v); err != nil {
		return err
	}
	return d.end()
}

func (c *Codec) decoder(body []byte) *decoder {
	d, ok := c.decoders.Get().(*decoder)
	if !ok {
		d = &decoder{dec: jsontext.NewDecoder(new(bytes.Buffer))}
	}
	d.body, d.format = body, c.Time.Or(shape.Unix)
	d.buf = *bytes.NewBuffer(body)
	d.dec.Reset(&d.buf)
	return d
}

func (c *Codec) release(d *decoder) {
	d.body, d.rep, d.buf = nil, nil, bytes.Buffer{}
	d.dec.Reset(&d.buf)
	c.decoders.Put(d)
}

// decoder is one decoding pass.
type decoder struct {
	dec    *jsontext.Decoder
	buf    bytes.Buffer
	body   []byte
	rep    *shape.Report
	format shape.TimeFormat
}

// Serialization is the error of a document that cannot be read.
func Serialization(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "SerializationException", format, args...)
}

// syntax is the error of bytes that are not JSON. What jsontext says of them
// names its own internals, so the client gets the place only.
func (d *decoder) syntax() error {
	return Serialization("The request body is not valid JSON, near byte %d.", d.dec.InputOffset())
}

func (d *decoder) end() error {
	if len(bytes.TrimSpace(d.body[d.dec.InputOffset():])) > 0 {
		return Serialization("The request body goes on after the end of its JSON value.")
	}
	return nil
}

func (d *decoder) structure(t *shape.Type, v reflect.Value, seen *shape.Set) error {
	if k := d.dec.PeekKind(); k != '{' {
		return d.mismatch(k, t)
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return d.syntax()
	}
	for {
		switch d.dec.PeekKind() {
		case '}':
			_, err := d.dec.ReadToken()
			return err
		case '"':
			if err := d.member(t, v, seen); err != nil {
				return err
			}
		default:
			return d.syntax()
		}
	}
}

// member reads one name and its value.
func (d *decoder) member(t *shape.Type, v reflect.Value, seen *shape.Set) error {
	name, err := d.dec.ReadValue()
	if err != nil {
		return d.syntax()
	}
	var f *shape.Field
	if plain, ok := unescaped(name); ok {
		f = t.BodyBytes(plain)
	} else {
		f = t.Body(unquote(name))
	}
	if f == nil {
		d.rep.Ignore(unquote(name))
		return d.skip()
	}
	if d.dec.PeekKind() == 'n' { // null is absence
		return d.skip()
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
	if err := d.dec.SkipValue(); err != nil {
		return d.syntax()
	}
	return nil
}

// unescaped returns what is between the quotes of a JSON string, if that
// stands for itself.
func unescaped(quoted []byte) ([]byte, bool) {
	plain := quoted[1 : len(quoted)-1]
	return plain, bytes.IndexByte(plain, '\\') < 0
}

// unquote returns the string that a valid JSON string stands for.
func unquote(quoted []byte) string {
	if plain, ok := unescaped(quoted); ok {
		return string(plain)
	}
	b, _ := jsontext.AppendUnquote(nil, quoted)
	return string(b)
}

// value reads the value of a member, or of what is inside it.
func (d *decoder) value(f *shape.Field, t *shape.Type, v reflect.Value) error {
	t, v = t.Settle(v)
	switch t.Kind {
	case shape.JSON:
		return d.raw(v)
	case shape.Struct:
		return d.complete(t, v)
	case shape.List:
		return d.list(f, t, v)
	case shape.Map:
		return d.dict(f, t, v)
	}
	k := d.dec.PeekKind()
	switch k {
	case '"', '0', 't', 'f':
	case '{', '[', 'n':
		return d.mismatch(k, t)
	default:
		return d.syntax()
	}
	text, err := d.dec.ReadValue()
	if err != nil {
		return d.syntax()
	}
	return d.scalar(f, t, v, k, text)
}

// raw takes the value's bytes as they stand in the body.
func (d *decoder) raw(v reflect.Value) error {
	val, err := d.dec.ReadValue()
	if err != nil {
		return d.syntax()
	}
	end := int(d.dec.InputOffset())
	v.SetBytes(d.body[end-len(val) : end : end])
	return nil
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
	if k := d.dec.PeekKind(); k != '[' {
		return d.mismatch(k, t)
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return d.syntax()
	}
	v.Set(reflect.MakeSlice(t.Go, 0, 0))
	for i := 0; ; i++ {
		switch d.dec.PeekKind() {
		case ']':
			_, err := d.dec.ReadToken()
			return err
		case 0:
			return d.syntax()
		}
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		d.rep.EnterIndex(i)
		if err := d.element(f, t.Elem, v.Index(i)); err != nil {
			return err
		}
		d.rep.Leave()
	}
}

// element reads a list's element or a map's value, whose path is entered.
func (d *decoder) element(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if d.rep.Depth() >= shape.MaxDepth {
		return d.tooDeep()
	}
	if d.dec.PeekKind() == 'n' && t.Kind != shape.JSON {
		v.SetZero()
		return d.skip()
	}
	return d.value(f, t, v)
}

func (d *decoder) dict(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if k := d.dec.PeekKind(); k != '{' {
		return d.mismatch(k, t)
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return d.syntax()
	}
	v.Set(reflect.MakeMap(t.Go))
	for {
		switch d.dec.PeekKind() {
		case '}':
			_, err := d.dec.ReadToken()
			return err
		case '"':
			if err := d.entry(f, t, v); err != nil {
				return err
			}
		default:
			return d.syntax()
		}
	}
}

func (d *decoder) entry(f *shape.Field, t *shape.Type, m reflect.Value) error {
	name, err := d.dec.ReadValue()
	if err != nil {
		return d.syntax()
	}
	key := unquote(name)
	if d.dec.PeekKind() == 'n' && t.Elem.Kind != shape.Pointer && t.Elem.Kind != shape.JSON {
		return d.skip()
	}
	e := reflect.New(t.Elem.Go).Elem()
	d.rep.EnterKey(key)
	if err := d.element(f, t.Elem, e); err != nil {
		return err
	}
	d.rep.Leave()
	m.SetMapIndex(reflect.ValueOf(key).Convert(t.Go.Key()), e)
	return nil
}

// scalar reads a simple value from its JSON text, of kind k.
func (d *decoder) scalar(f *shape.Field, t *shape.Type, v reflect.Value, k jsontext.Kind, text []byte) error {
	switch {
	case t.Kind == shape.String && k == '"':
		v.SetString(unquote(text))
	case t.Kind == shape.Bool && (k == 't' || k == 'f'):
		v.SetBool(k == 't')
	case t.Kind == shape.Int && k == '0':
		return d.integer(t, v, text)
	case t.Kind == shape.Float && k == '0':
		n, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return Serialization("NUMBER_VALUE cannot be converted to %s", javaType(t))
		}
		v.SetFloat(n)
	case t.Kind == shape.Float && k == '"':
		n, err := shape.ParseFloat(unquote(text))
		if err != nil {
			return d.mismatch(k, t)
		}
		v.SetFloat(n)
	case t.Kind == shape.Time && (k == '0' || k == '"'):
		return d.timestamp(f, v, k, text)
	case t.Kind == shape.Blob && k == '"':
		return blob(v, unquote(text))
	default:
		return d.mismatch(k, t)
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

func (d *decoder) timestamp(f *shape.Field, v reflect.Value, k jsontext.Kind, text []byte) error {
	format := f.Time.Or(d.format)
	s := string(text)
	if k == '"' {
		s = unquote(text)
	}
	tm, err := shape.ParseTime(s, format)
	if err != nil {
		tm, err = shape.ParseTime(s, shape.ISO8601)
	}
	if err != nil {
		return Serialization("%s is not a valid timestamp", text)
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

// mismatch is the error of a value of the wrong kind, in AWS' words.
func (d *decoder) mismatch(k jsontext.Kind, t *shape.Type) error {
	composite := t.Kind == shape.List || t.Kind == shape.Map || t.Kind == shape.Struct
	switch {
	case k == 0 || k == '}' || k == ']':
		return d.syntax()
	case k == '{':
		return Serialization("Start of structure or map found where not expected.")
	case k == '[':
		return Serialization("Unrecognized collection type %s", javaClass(t))
	case composite:
		return Serialization("Unexpected field type")
	}
	return Serialization("%s cannot be converted to %s", tokenName(k), javaType(t))
}

func tokenName(k jsontext.Kind) string {
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
