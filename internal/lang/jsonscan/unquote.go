package jsonscan

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendUnquoted appends what a string spells of which String returned s.
func AppendUnquoted(dst, s []byte) []byte {
	for {
		esc := bytes.IndexByte(s, '\\')
		if esc < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:esc]...)
		r, n := unescape(s[esc:])
		if n == 0 {
			return dst // not what String returned
		}
		dst = utf8.AppendRune(dst, r)
		s = s[esc+n:]
	}
}

// unescape reads the escape at the beginning of s; n is 0 if there is none.
// Half of a surrogate pair is none: it stands for no character.
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
			if len(s) < 12 || s[6] != '\\' || s[7] != 'u' {
				return 0, 0
			}
			if r = utf16.DecodeRune(r, hex4(s[8:])); r == utf8.RuneError {
				return 0, 0
			}
			return r, 12
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
