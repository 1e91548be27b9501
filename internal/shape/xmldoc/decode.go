package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// Codec reads and writes documents. The zero value is ready for use and safe
// for concurrent use.
type Codec struct {
	// Time is the format of timestamps that have none of their own; the default
	// is ISO 8601.
	Time shape.TimeFormat
}

// ErrMalformed is wrapped by the error of a document that cannot be read.
var ErrMalformed = errors.New("malformed XML")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// Decode reads a document into the structure v of type t. If root is not "" it
// is what the root element must be called. Required members are for the
// caller to check.
func (c *Codec) Decode(body []byte, root string, t *shape.Type, v reflect.Value, rep *shape.Report, seen *shape.Set) error {
	d := &decoder{xml: xml.NewDecoder(bytes.NewReader(body)), format: c.Time.Or(shape.ISO8601), rep: rep}
	start, err := d.root(root)
	if err != nil {
		return err
	}
	if err := d.structure(start, t, v, seen); err != nil {
		return err
	}
	return d.end()
}

type decoder struct {
	xml    *xml.Decoder
	format shape.TimeFormat
	rep    *shape.Report
}

// token returns the next token that can mean something. A document type
// declaration is refused: none of AWS' has one, and entities come with it.
func (d *decoder) token() (xml.Token, error) {
	for {
		tok, err := d.xml.Token()
		if err != nil {
			return nil, malformed("%v", err)
		}
		switch tok.(type) {
		case xml.Directive:
			return nil, malformed("a document type is not allowed")
		case xml.Comment, xml.ProcInst:
		default:
			return tok, nil
		}
	}
}

func (d *decoder) root(name string) (xml.StartElement, error) {
	for {
		tok, err := d.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if name != "" && tok.Name.Local != name {
				return tok, malformed("the root element is %s, not %s", tok.Name.Local, name)
			}
			return tok, nil
		case xml.CharData:
			if len(bytes.TrimSpace(tok)) > 0 {
				return xml.StartElement{}, malformed("text before the root element")
			}
		}
	}
}

// end makes sure that nothing follows the root element.
func (d *decoder) end() error {
	for {
		tok, err := d.xml.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return malformed("%v", err)
		}
		switch tok := tok.(type) {
		case xml.Comment, xml.ProcInst:
			continue
		case xml.CharData:
			if len(bytes.TrimSpace(tok)) == 0 {
				continue
			}
		}
		return malformed("something follows the root element")
	}
}

// children calls f for each child element of the element just begun.
func (d *decoder) children(f func(xml.StartElement) error) error {
	for {
		tok, err := d.token()
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if err := f(tok); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.CharData:
			if len(bytes.TrimSpace(tok)) > 0 {
				return malformed("text where elements belong")
			}
		}
	}
}

func (d *decoder) skip(start xml.StartElement) error {
	d.rep.Ignore(start.Name.Local)
	if err := d.xml.Skip(); err != nil {
		return malformed("%v", err)
	}
	return nil
}

func (d *decoder) structure(start xml.StartElement, t *shape.Type, v reflect.Value, seen *shape.Set) error {
	if err := d.attributes(start, t, v, seen); err != nil {
		return err
	}
	err := d.children(func(e xml.StartElement) error {
		f := t.Body(e.Name.Local)
		if f == nil || f.Attribute {
			return d.skip(e)
		}
		seen.Add(f)
		return d.member(e, f, f.In(v))
	})
	if err != nil {
		return err
	}
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Location == shape.Body && seen.Has(f) {
			d.rep.Check(f, f.In(v))
		}
	}
	return nil
}

func (d *decoder) attributes(start xml.StartElement, t *shape.Type, v reflect.Value, seen *shape.Set) error {
	for i := range t.Fields {
		f := &t.Fields[i]
		if !f.Attribute {
			continue
		}
		_, local, prefixed := strings.Cut(f.Wire, ":")
		if !prefixed {
			local = f.Wire
		}
		for _, a := range start.Attr {
			if a.Name.Local == local && a.Name.Space != "xmlns" {
				if f.Type.SetText(f.In(v), a.Value, f.Time.Or(d.format)) != nil {
					return malformed("attribute %s is %q", local, a.Value)
				}
				seen.Add(f)
			}
		}
	}
	return nil
}

// member reads one element of a member: all of it, or one element of a
// flattened list or map.
func (d *decoder) member(start xml.StartElement, f *shape.Field, v reflect.Value) error {
	if d.rep.Depth() >= shape.MaxDepth {
		return malformed("elements nest deeper than %d", shape.MaxDepth)
	}
	t, v := f.Type.Settle(v)
	d.rep.Enter(f)
	defer d.rep.Leave()
	switch {
	case t.Kind == shape.List && f.Flat:
		return d.appendElement(start, f, t, v)
	case t.Kind == shape.Map && f.Flat:
		return d.entry(f, t, v)
	}
	return d.value(start, f, t, v)
}

func (d *decoder) value(start xml.StartElement, f *shape.Field, t *shape.Type, v reflect.Value) error {
	t, v = t.Settle(v)
	switch t.Kind {
	case shape.Struct:
		var seen shape.Set
		if err := d.structure(start, t, v, &seen); err != nil {
			return err
		}
		d.rep.Finish(t, &seen)
		return nil
	case shape.List:
		v.Set(reflect.MakeSlice(t.Go, 0, 0))
		return d.children(func(e xml.StartElement) error {
			if e.Name.Local != f.Member {
				return d.skip(e)
			}
			return d.appendElement(e, f, t, v)
		})
	case shape.Map:
		v.Set(reflect.MakeMap(t.Go))
		return d.children(func(e xml.StartElement) error {
			if e.Name.Local != "entry" {
				return d.skip(e)
			}
			return d.entry(f, t, v)
		})
	}
	text, err := d.text()
	if err != nil {
		return err
	}
	if t.Kind != shape.String {
		text = strings.TrimSpace(text)
	}
	if t.SetText(v, text, f.Time.Or(d.format)) != nil {
		return malformed("element %s is %q", start.Name.Local, text)
	}
	return nil
}

func (d *decoder) appendElement(start xml.StartElement, f *shape.Field, t *shape.Type, v reflect.Value) error {
	n := v.Len()
	if n == v.Cap() {
		v.Grow(1)
	}
	v.SetLen(n + 1)
	d.rep.EnterIndex(n)
	defer d.rep.Leave()
	if d.rep.Depth() >= shape.MaxDepth {
		return malformed("elements nest deeper than %d", shape.MaxDepth)
	}
	v.Index(n).SetZero()
	return d.value(start, f, t.Elem, v.Index(n))
}

// entry reads a map's key and value, in either order.
func (d *decoder) entry(f *shape.Field, t *shape.Type, m reflect.Value) error {
	if d.rep.Depth() >= shape.MaxDepth {
		return malformed("elements nest deeper than %d", shape.MaxDepth)
	}
	if m.IsNil() {
		m.Set(reflect.MakeMap(t.Go))
	}
	key, value := "", reflect.New(t.Elem.Go).Elem()
	err := d.children(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case f.MapKey:
			key, err = d.text()
		case f.MapValue:
			d.rep.EnterKey(key)
			err = d.value(e, f, t.Elem, value)
			d.rep.Leave()
		default:
			err = d.skip(e)
		}
		return err
	})
	if err != nil {
		return err
	}
	m.SetMapIndex(reflect.ValueOf(key).Convert(t.Go.Key()), value)
	return nil
}

// text reads the text of the element just begun, to its end.
func (d *decoder) text() (string, error) {
	var b []byte
	for {
		tok, err := d.token()
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.CharData:
			b = append(b, tok...)
		case xml.EndElement:
			return string(b), nil
		case xml.StartElement:
			return "", malformed("element %s where text belongs", tok.Name.Local)
		}
	}
}
