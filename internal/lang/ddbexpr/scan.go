package ddbexpr

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// The decoder's way through the bytes of JSON: tokens, strings, and what to say
// where another token should be.

func (d *decoder) space() {
	for d.pos < len(d.in) {
		switch d.in[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (d *decoder) peek() byte {
	d.space()
	if d.pos >= len(d.in) {
		return 0
	}
	return d.in[d.pos]
}

func (d *decoder) take(c byte) bool {
	if d.peek() != c {
		return false
	}
	d.pos++
	return true
}

func (d *decoder) null() bool {
	if d.peek() == 'n' && bytes.HasPrefix(d.in[d.pos:], []byte("null")) {
		d.pos += 4
		return true
	}
	return false
}

// skipString moves past a string, checking that it is one.
func (d *decoder) skipString() error {
	if d.pos >= len(d.in) || d.in[d.pos] != '"' {
		return errJSON
	}
	for i := d.pos + 1; ; i++ {
		i += plainPrefix(d.in[min(i, len(d.in)):])
		if i >= len(d.in) {
			return errJSON
		}
		switch d.in[i] {
		case '"':
			if !utf8.Valid(d.in[d.pos:i]) {
				return Malformed("Invalid UTF-8 in a string")
			}
			d.pos = i + 1
			return nil
		case '\\':
			i++
		default:
			return errJSON
		}
	}
}

// unquote appends the length and the bytes of the string that a quoted one,
// which skipString passed, stands for.
func (d *decoder) unquote(quoted []byte) error {
	s := quoted[1 : len(quoted)-1]
	esc := bytes.IndexByte(s, '\\')
	if esc < 0 {
		d.out = binary.AppendUvarint(d.out, uint64(len(s)))
		d.out = append(d.out, s...)
		return nil
	}
	plain := make([]byte, 0, len(s))
	for esc >= 0 {
		plain = append(plain, s[:esc]...)
		r, n := unescape(s[esc:])
		if n == 0 {
			return errJSON
		}
		plain = utf8.AppendRune(plain, r)
		s = s[esc+n:]
		esc = bytes.IndexByte(s, '\\')
	}
	plain = append(plain, s...)
	d.out = binary.AppendUvarint(d.out, uint64(len(plain)))
	d.out = append(d.out, plain...)
	return nil
}

// unescape reads the escape at the beginning of s; n is 0 if there is none.
func unescape(s []byte) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(s[2:])
		if r < 0 {
			return 0, 0
		}
		if utf16.IsSurrogate(r) {
			if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
				if both := utf16.DecodeRune(r, hex4(s[8:])); both != utf8.RuneError {
					return both, 12
				}
			}
			return utf8.RuneError, 6
		}
		return r, 6
	}
	return 0, 0
}

func hex4(s []byte) rune {
	if len(s) < 4 {
		return -1
	}
	var r rune
	for _, c := range s[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// skip moves past any JSON value.
func (d *decoder) skip() error {
	open := 0
	for {
		switch c := d.peek(); c {
		case 0:
			return errJSON
		case '"':
			if err := d.skipString(); err != nil {
				return err
			}
		case '{', '[':
			open++
			d.pos++
		case '}', ']':
			open--
			d.pos++
		case ',', ':':
			if open == 0 {
				return errJSON
			}
			d.pos++
		default:
			for d.pos < len(d.in) && !bytes.ContainsRune([]byte(" \t\r\n,:{}[]\""), rune(d.in[d.pos])) {
				d.pos++
			}
		}
		if open <= 0 {
			if open < 0 {
				return errJSON
			}
			return nil
		}
	}
}

// notString is the error where a string, number or binary is not a JSON string.
func (d *decoder) notString(t Type) error {
	c := d.peek()
	switch {
	case c == 0:
		return errJSON
	case c == '{':
		return Malformed("Start of structure or map found where not expected")
	case c == '[' && t == Binary:
		return Malformed("Unrecognized collection type class java.nio.ByteBuffer")
	case c == '[':
		return Malformed("Unrecognized collection type class java.lang.String")
	case t == Binary:
		return Malformed("only base-64-encoded strings are convertible to bytes")
	case c == 't':
		return Malformed("TRUE_VALUE cannot be converted to String")
	case c == 'f':
		return Malformed("FALSE_VALUE cannot be converted to String")
	case c == '-' || c >= '0' && c <= '9':
		return Malformed(d.numberToken() + " cannot be converted to String")
	}
	return errJSON
}

// numberToken is Coral's name for the JSON number that is next.
func (d *decoder) numberToken() string {
	for _, c := range d.in[d.pos:] {
		if c == '.' || c == 'e' || c == 'E' {
			return "DECIMAL_VALUE"
		}
		if c != '-' && (c < '0' || c > '9') {
			break
		}
	}
	return "NUMBER_VALUE"
}

// unexpected is the error where an object should be.
func (d *decoder) unexpected() error {
	if d.peek() == 0 {
		return errJSON
	}
	return Malformed("Unexpected field type")
}

// unexpectedList is the error where an array should be.
func (d *decoder) unexpectedList() error {
	switch d.peek() {
	case 0:
		return errJSON
	case '{':
		return Malformed("Start of structure or map found where not expected")
	}
	return Malformed("Unexpected field type")
}
