package xmldoc

import (
	"reflect"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// AppendElement appends the structure v of type t as an element.
func (c *Codec) AppendElement(dst []byte, name string, ns shape.Namespace, t *shape.Type, v reflect.Value) []byte {
	dst = open(dst, name, ns)
	dst = c.attributes(dst, t, v)
	dst = c.AppendMembers(append(dst, '>'), t, v)
	return Close(dst, name)
}

// Open appends a start tag, in the default namespace uri if that is not "".
func Open(dst []byte, name, uri string) []byte {
	return append(open(dst, name, shape.Namespace{URI: uri}), '>')
}

// Close appends an end tag.
func Close(dst []byte, name string) []byte {
	return append(append(append(dst, "</"...), name...), '>')
}

// Text appends an element that holds text.
func Text(dst []byte, name, text string) []byte {
	return Close(Escape(Open(dst, name, ""), text), name)
}

// open appends a start tag without the bracket that ends it.
func open(dst []byte, name string, ns shape.Namespace) []byte {
	dst = append(append(dst, '<'), name...)
	if ns.URI == "" {
		return dst
	}
	dst = append(dst, " xmlns"...)
	if ns.Prefix != "" {
		dst = append(append(dst, ':'), ns.Prefix...)
	}
	dst = Escape(append(dst, `="`...), ns.URI)
	return append(dst, '"')
}

func (c *Codec) attributes(dst []byte, t *shape.Type, v reflect.Value) []byte {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := f.In(v)
		if !f.Attribute || f.Type.Absent(fv) {
			continue
		}
		dst = append(append(append(dst, ' '), f.Wire...), `="`...)
		dst = append(c.text(dst, f, f.Type, fv), '"')
	}
	return dst
}

// AppendMembers appends the body members of a structure as elements.
func (c *Codec) AppendMembers(dst []byte, t *shape.Type, v reflect.Value) []byte {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := f.In(v)
		if f.Location != shape.Body || f.Attribute || f.Type.Absent(fv) {
			continue
		}
		dst = c.member(dst, f, fv)
	}
	return dst
}

func (c *Codec) member(dst []byte, f *shape.Field, v reflect.Value) []byte {
	t, v, _ := f.Type.Follow(v)
	switch {
	case t.Kind == shape.List && f.Flat:
		return c.list(dst, f.Wire, f, t, v)
	case t.Kind == shape.Map && f.Flat:
		return c.dict(dst, f.Wire, f, t, v)
	}
	return c.value(dst, f.Wire, f.Namespace, f, t, v)
}

// value appends v as an element called name.
func (c *Codec) value(dst []byte, name string, ns shape.Namespace, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	t, v, ok := t.Follow(v)
	if ok && t.Kind == shape.Struct {
		return c.AppendElement(dst, name, ns, t, v)
	}
	dst = append(open(dst, name, ns), '>')
	switch {
	case !ok:
	case t.Kind == shape.List:
		dst = c.list(dst, f.Member, f, t, v)
	case t.Kind == shape.Map:
		dst = c.dict(dst, "entry", f, t, v)
	default:
		dst = c.text(dst, f, t, v)
	}
	return Close(dst, name)
}

func (c *Codec) list(dst []byte, name string, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	for i := range v.Len() {
		dst = c.value(dst, name, shape.Namespace{}, f, t.Elem, v.Index(i))
	}
	return dst
}

func (c *Codec) dict(dst []byte, name string, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	for _, k := range shape.SortedKeys(v) {
		dst = Open(dst, name, "")
		dst = Text(dst, f.MapKey, k.String())
		dst = c.value(dst, f.MapValue, shape.Namespace{}, f, t.Elem, v.MapIndex(k))
		dst = Close(dst, name)
	}
	return dst
}

func (c *Codec) text(dst []byte, f *shape.Field, t *shape.Type, v reflect.Value) []byte {
	t, v, ok := t.Follow(v)
	switch {
	case !ok:
		return dst
	case t.Kind == shape.String:
		return Escape(dst, v.String())
	}
	return t.AppendText(dst, v, f.Time.Or(c.Time).Or(shape.ISO8601))
}

// AppendAny appends a value of any type that has a plan as an element.
func (c *Codec) AppendAny(dst []byte, name string, plans *shape.Plans, value any) []byte {
	v := reflect.ValueOf(value)
	return c.value(dst, name, shape.Namespace{}, &shape.Field{Member: "member", MapKey: "key", MapValue: "value"}, plans.Of(v.Type()), v)
}

// Escape appends text so that it reads back as it is. Characters that XML 1.0
// cannot hold become references, as on AWS; whether a client takes those is its
// own affair. Bytes that are not UTF-8 become U+FFFD.
func Escape(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	plain := 0
	for plain < len(s) && isPlain(s[plain]) {
		plain++
	}
	if dst, s = append(dst, s[:plain]...), s[plain:]; s == "" {
		return dst
	}
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		i++
		switch {
		case b == '&':
			dst = append(dst, "&amp;"...)
		case b == '<':
			dst = append(dst, "&lt;"...)
		case b == '>':
			dst = append(dst, "&gt;"...)
		case b == '"':
			dst = append(dst, "&quot;"...)
		case b < ' ' && b != '\n' && b != '\t':
			dst = append(dst, "&#x"...)
			if b > 0xf {
				dst = append(dst, hex[b>>4])
			}
			dst = append(dst, hex[b&0xf], ';')
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// isPlain reports whether a byte stands for itself, wherever it is.
func isPlain(b byte) bool {
	return b >= ' ' && b < utf8.RuneSelf && b != '&' && b != '<' && b != '>' && b != '"'
}
