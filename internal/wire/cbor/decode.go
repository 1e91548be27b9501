package cbor

import (
	"bytes"
	"errors"
	"math"
	"net/http"
	"reflect"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
)

func serialization(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "SerializationException", format, args...)
}

// decode reads body, which may be empty, into the structure v.
func decode(body []byte, t *shape.Type, v reflect.Value, rep *shape.Report) error {
	d := &decoder{reader{body}, rep}
	if len(body) == 0 {
		rep.Finish(t, &shape.Set{})
		return nil
	}
	err := d.structure(t, v)
	if err == nil && len(d.b) > 0 {
		err = errMalformed
	}
	if errors.Is(err, errMalformed) {
		return serialization("The request body is not valid CBOR, near byte %d.", len(body)-len(d.b))
	}
	return err
}

// decoder is one decoding pass.
type decoder struct {
	reader
	rep *shape.Report
}

func (d *decoder) structure(t *shape.Type, v reflect.Value) error {
	h, err := d.head()
	if err != nil {
		return err
	}
	if h.major != majorMap {
		return mismatch(h, t)
	}
	var seen shape.Set
	for i := 0; d.more(h, i); i++ {
		if err := d.member(t, v, &seen); err != nil {
			return err
		}
	}
	d.rep.Finish(t, &seen)
	return nil
}

func (d *decoder) member(t *shape.Type, v reflect.Value, seen *shape.Set) error {
	name, err := d.text()
	if err != nil {
		return err
	}
	f := t.Body(name)
	if f == nil {
		d.rep.Ignore(name)
		return d.skip(d.rep.Depth())
	}
	if seen.Has(f) {
		return serialization("The member %s occurs twice.", name)
	}
	h, err := d.peek()
	if err != nil {
		return err
	}
	if h.null() {
		return d.skip(0)
	}
	fv := f.In(v)
	d.rep.Enter(f)
	if err := d.value(f, f.Type, fv); err != nil {
		return err
	}
	d.rep.Leave()
	seen.Add(f)
	d.rep.Check(f, fv)
	return nil
}

func (d *decoder) value(f *shape.Field, t *shape.Type, v reflect.Value) error {
	if d.rep.Depth() > shape.MaxDepth {
		return serialization("The request body nests deeper than %d levels.", shape.MaxDepth)
	}
	t, v = t.Settle(v)
	if t.Kind == shape.Struct {
		return d.structure(t, v)
	}
	h, err := d.head()
	if err != nil {
		return err
	}
	switch t.Kind {
	case shape.List:
		return d.list(f, t, v, h)
	case shape.Map:
		return d.dict(f, t, v, h)
	case shape.Time:
		return d.timestamp(v, h)
	case shape.String, shape.Blob:
		return d.str(t, v, h)
	}
	return scalar(t, v, h)
}

func (d *decoder) list(f *shape.Field, t *shape.Type, v reflect.Value, h head) error {
	if h.major != majorArray {
		return mismatch(h, t)
	}
	v.Set(reflect.MakeSlice(t.Go, 0, 0)) // grown by what arrives, not by what is announced
	for i := 0; d.more(h, i); i++ {
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		v.Index(i).SetZero()
		d.rep.EnterIndex(i)
		if err := d.element(f, t.Elem, v.Index(i)); err != nil {
			return err
		}
		d.rep.Leave()
	}
	return nil
}

// element reads a list's element or a map's value; null leaves it zero.
func (d *decoder) element(f *shape.Field, t *shape.Type, v reflect.Value) error {
	h, err := d.peek()
	if err != nil {
		return err
	}
	if h.null() {
		return d.skip(0)
	}
	return d.value(f, t, v)
}

func (d *decoder) dict(f *shape.Field, t *shape.Type, v reflect.Value, h head) error {
	if h.major != majorMap {
		return mismatch(h, t)
	}
	v.Set(reflect.MakeMap(t.Go))
	for i := 0; d.more(h, i); i++ {
		key, err := d.text()
		if err != nil {
			return err
		}
		e := reflect.New(t.Elem.Go).Elem()
		d.rep.EnterKey(key)
		if err := d.element(f, t.Elem, e); err != nil {
			return err
		}
		d.rep.Leave()
		v.SetMapIndex(reflect.ValueOf(key).Convert(t.Go.Key()), e)
	}
	return nil
}

func (d *decoder) timestamp(v reflect.Value, h head) error {
	if h.major == majorTag && h.arg == tagTime {
		var err error
		if h, err = d.head(); err != nil {
			return err
		}
	}
	n, ok := number(h)
	if !ok {
		return serialization("A timestamp must be a number of seconds")
	}
	tm, err := shape.UnixSeconds(n)
	if err != nil {
		return serialization("%v is not a valid timestamp", n)
	}
	v.Set(reflect.ValueOf(tm))
	return nil
}

func (d *decoder) str(t *shape.Type, v reflect.Value, h head) error {
	want := byte(majorText)
	if t.Kind == shape.Blob {
		want = majorBytes
	}
	if h.major != want {
		return mismatch(h, t)
	}
	b, err := d.bytes(h)
	if err != nil {
		return err
	}
	if t.Kind == shape.Blob {
		v.SetBytes(bytes.Clone(b))
		return nil
	}
	if !utf8.Valid(b) {
		return errMalformed
	}
	v.SetString(string(b))
	return nil
}

// scalar sets what is in the head itself.
func scalar(t *shape.Type, v reflect.Value, h head) error {
	switch t.Kind {
	case shape.Bool:
		if h.major == majorSimple && (h.info == simpleTrue || h.info == simpleFalse) {
			v.SetBool(h.info == simpleTrue)
			return nil
		}
	case shape.Int:
		n, ok := integer(h)
		if x, isFloat := float(h); isFloat && x == math.Trunc(x) && math.Abs(x) < 1<<63 {
			n, ok = int64(x), true
		}
		if ok && !v.OverflowInt(n) {
			v.SetInt(n)
			return nil
		}
	case shape.Float:
		if n, ok := number(h); ok {
			v.SetFloat(n)
			return nil
		}
	}
	return mismatch(h, t)
}

var majorNames = [...]string{"an integer", "an integer", "a byte string", "a text string", "an array", "a map", "a tagged value", "a simple value"}

func mismatch(h head, t *shape.Type) error {
	return serialization("Found %s where %s belongs", majorNames[h.major], t.Go)
}
