package vtl

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ParseJSON reads one JSON document into values: objects keep the order of
// their members, of members of one name the last counts, integers stay
// integers, and numbers with a point or an exponent are doubles.
func ParseJSON(text string) (any, error) {
	p := &jsonParser{text: text}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(text) {
		return nil, p.unexpected()
	}
	return v, nil
}

type jsonParser struct {
	text string
	pos  int
}

func (p *jsonParser) unexpected() error {
	if p.pos >= len(p.text) {
		return faultf("Unable to parse the JSON document: it ends too early")
	}
	line, column := place(p.text, p.pos)
	c, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return faultf("Unable to parse the JSON document: unexpected character %q at line %d, column %d", c, line, column)
}

func (p *jsonParser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// next skips blanks and looks at what follows.
func (p *jsonParser) next() byte {
	p.space()
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *jsonParser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, limitf("The value nests deeper than %d levels", maxDepth)
	}
	switch c := p.next(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.str()
	case c == '-' || isDigit(c):
		return p.number()
	}
	for _, w := range [...]struct {
		text  string
		value any
	}{{"true", true}, {"false", false}, {"null", nil}} {
		if n := p.pos + len(w.text); n <= len(p.text) && p.text[p.pos:n] == w.text {
			p.pos = n
			return w.value, nil
		}
	}
	return nil, p.unexpected()
}

func (p *jsonParser) object(depth int) (any, error) {
	p.pos++
	m := NewMap()
	for {
		c := p.next()
		if c == '}' && m.Len() == 0 {
			p.pos++
			return m, nil
		}
		if c != '"' {
			return nil, p.unexpected()
		}
		key, err := p.str()
		if err != nil {
			return nil, err
		}
		if p.next() != ':' {
			return nil, p.unexpected()
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.Put(key, v)
		switch p.next() {
		case ',':
			p.pos++
			if p.next() != '"' {
				return nil, p.unexpected()
			}
		case '}':
			p.pos++
			return m, nil
		default:
			return nil, p.unexpected()
		}
	}
}

func (p *jsonParser) array(depth int) (any, error) {
	p.pos++
	l := &List{}
	for {
		if p.next() == ']' && len(l.items) == 0 {
			p.pos++
			return l, nil
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Add(v)
		switch p.next() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return l, nil
		default:
			return nil, p.unexpected()
		}
	}
}

func (p *jsonParser) str() (any, error) {
	start := p.pos
	plain := true
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			if plain {
				return p.text[start+1 : p.pos-1], nil
			}
			var s string
			if err := json.Unmarshal([]byte(p.text[start:p.pos]), &s); err != nil {
				p.pos = start
				return nil, p.unexpected()
			}
			return s, nil
		case c == '\\':
			plain = false
			p.pos++
		case c < ' ':
			return nil, p.unexpected()
		case c >= utf8.RuneSelf:
			plain = false // UTF-8 is checked
		}
	}
	return nil, p.unexpected()
}

func (p *jsonParser) number() (any, error) {
	start := p.pos
	digits := func() bool {
		from := p.pos
		for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
			p.pos++
		}
		return p.pos > from
	}
	is := func(set ...byte) bool {
		for _, c := range set {
			if p.pos < len(p.text) && p.text[p.pos] == c {
				p.pos++
				return true
			}
		}
		return false
	}
	is('-')
	if whole := p.pos; !digits() || p.text[whole] == '0' && p.pos > whole+1 {
		return nil, p.unexpected()
	}
	isFloat := false
	if is('.') {
		isFloat = true
		if !digits() {
			return nil, p.unexpected()
		}
	}
	if is('e', 'E') {
		isFloat = true
		is('+', '-')
		if !digits() {
			return nil, p.unexpected()
		}
	}
	v, ok := number(p.text[start:p.pos], isFloat)
	if !ok {
		return nil, faultf("Unable to parse the JSON document: the number at offset %d is too big", start)
	}
	return v, nil
}

// AppendJSON writes v as $util.toJson does. Values that contain themselves are
// an error.
func AppendJSON(b []byte, v any) ([]byte, error) {
	w := &jsonWriter{}
	return w.append(b, v, 0)
}

// jsonWriter counts what it writes, if it writes for a template.
type jsonWriter struct{ r *run }

func (w *jsonWriter) append(b []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, limitf("The value nests deeper than %d levels", maxDepth)
	}
	if w.r != nil {
		if err := w.r.written(len(b), depth); err != nil {
			return nil, err
		}
	}
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendQuoted(b, v), nil
	case *List:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = w.append(b, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case *Map:
		b = append(b, '{')
		for i, e := range v.entries {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = w.member(b, e, depth); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case *Entry: // Jackson's form of an entry is an object of one member
		if b, err = w.member(append(b, '{'), v, depth); err != nil {
			return nil, err
		}
		return append(b, '}'), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return appendQuoted(b, string(appendDouble(nil, v))), nil
		}
	case bool, int64, *big.Int:
	default:
		return append(b, "{}"...), nil
	}
	return appendScalar(b, v), nil
}

func (w *jsonWriter) member(b []byte, e *Entry, depth int) ([]byte, error) {
	key, ok := e.Key.(string)
	if !ok {
		r := w.r
		if r == nil {
			r = &run{limits: Limits{}.orDefaults()}
		}
		text, err := r.appendText(nil, e.Key, depth)
		if err != nil {
			return nil, err
		}
		key = string(text)
	}
	return w.append(append(appendQuoted(b, key), ':'), e.value(), depth+1)
}

const hexDigits = "0123456789ABCDEF"

// appendQuoted writes a JSON string with no more escapes than it must have.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(append(b, s[start:i]...), "\uFFFD"...)
		} else {
			b = appendEscape(append(b, s[start:i]...), c)
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// escapeJavaScript is commons-lang's: quotes, slashes and all that is not ASCII.
func escapeJavaScript(s string) string {
	b := make([]byte, 0, len(s)+8)
	for _, c := range s {
		switch {
		case c == '\'' || c == '"' || c == '/':
			b = append(b, '\\', byte(c))
		case c < 0x80 && c >= ' ' && c != '\\' && c != 0x7f:
			b = append(b, byte(c))
		case c < ' ' || c == '\\':
			b = appendEscape(b, byte(c))
		default:
			for _, u := range utf16.AppendRune(nil, c) {
				b = append(b, '\\', 'u')
				for shift := 12; shift >= 0; shift -= 4 {
					b = append(b, hexDigits[u>>shift&15])
				}
			}
		}
	}
	return string(b)
}

// quote is s as it stands in messages.
func quote(s string) string { return strconv.Quote(s) }
