package ddbexpr

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/lang/jsonscan"
)

// AppendJSON appends the item as a JSON object of attribute values.
func (it Item) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for b := []byte(it); len(b) > 0; {
		var name []byte
		var v Value
		name, v, b = cutAttr(b)
		dst = appendQuoted(dst, name)
		dst = append(dst, ':')
		dst = v.AppendJSON(dst)
		if len(b) > 0 {
			dst = append(dst, ',')
		}
	}
	return append(dst, '}')
}

// AppendJSON appends the value as a JSON object: {"S":"x"}.
func (v Value) AppendJSON(dst []byte) []byte {
	t := v.Type()
	dst = append(dst, `{"`...)
	dst = append(dst, t.String()...)
	dst = append(dst, `":`...)
	switch t {
	case String, NumberType, Binary:
		dst = appendScalar(dst, t, v.Bytes())
	case Bool:
		if v.Truth() {
			dst = append(dst, "true"...)
		} else {
			dst = append(dst, "false"...)
		}
	case Null:
		dst = append(dst, "true"...)
	case Map:
		dst = v.Item().AppendJSON(dst)
	case List:
		dst = append(dst, '[')
		for e := range v.Elems() {
			dst = append(e.AppendJSON(dst), ',')
		}
		dst = closeArray(dst)
	default:
		dst = append(dst, '[')
		for m := range v.Members() {
			dst = append(appendScalar(dst, t.elem(), m), ',')
		}
		dst = closeArray(dst)
	}
	return append(dst, '}')
}

// closeArray ends an array whose every element is followed by a comma.
func closeArray(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, ']')
}

func appendScalar(dst []byte, t Type, b []byte) []byte {
	switch t {
	case NumberType:
		dst = append(dst, '"')
		dst = Number(b).AppendText(dst)
		return append(dst, '"')
	case Binary:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, b)
		return append(dst, '"')
	}
	return appendQuoted(dst, b)
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for {
		n, _ := jsonscan.PlainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"')
		}
		switch c := s[n]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		s = s[n+1:]
	}
}

// String returns the value as JSON: for messages and tests.
func (v Value) String() string {
	if v == nil {
		return "missing"
	}
	return string(v.AppendJSON(nil))
}

// String returns the item as JSON: for messages and tests.
func (it Item) String() string { return string(it.AppendJSON(nil)) }

// operandText is the value as it stands in an expression's error: {N:5}.
func (v Value) operandText() string {
	t := v.Type()
	var s []byte
	switch t {
	case String:
		s = v.Bytes()
	case NumberType:
		s = v.Number().AppendText(nil)
	case Binary:
		s = base64.StdEncoding.AppendEncode(nil, v.Bytes())
	default:
		s = v.AppendJSON(nil)
	}
	if !utf8.Valid(s) {
		s = []byte("?")
	}
	return "{" + t.String() + ":" + string(s) + "}"
}
