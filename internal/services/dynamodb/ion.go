package dynamodb

import (
	"bytes"
	"encoding/base64"
	"iter"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
)

// Items in Amazon Ion's text form, as exports write them: numbers are decimals,
// sets are lists with a name before them.

const ionVersion = "$ion_1_0 "

func appendImageIon(dst []byte, name string, it ddbexpr.Item) []byte {
	return appendIonStruct(append(append(dst, name...), ':'), it)
}

func appendIonStruct(dst []byte, it ddbexpr.Item) []byte {
	dst = append(dst, '{')
	first := true
	for name, v := range it.All() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendIon(append(appendIonText(dst, string(name)), ':'), v)
	}
	return append(dst, '}')
}

func appendIon(dst []byte, v ddbexpr.Value) []byte {
	switch v.Type() {
	case ddbexpr.String:
		return appendIonText(dst, v.Text())
	case ddbexpr.NumberType:
		return appendIonNumber(dst, v.Number())
	case ddbexpr.Binary:
		return appendIonBlob(dst, v.Bytes())
	case ddbexpr.Bool:
		return strconv.AppendBool(dst, v.Truth())
	case ddbexpr.Map:
		return appendIonStruct(dst, v.Item())
	case ddbexpr.List:
		return appendIonList(dst, v.Elems(), appendIon)
	case ddbexpr.StringSet:
		return appendIonSet(dst, "$dynamodb_SS", v, func(dst, m []byte) []byte { return appendIonText(dst, string(m)) })
	case ddbexpr.NumberSet:
		return appendIonSet(dst, "$dynamodb_NS", v, func(dst, m []byte) []byte { return appendIonNumber(dst, m) })
	case ddbexpr.BinarySet:
		return appendIonSet(dst, "$dynamodb_BS", v, appendIonBlob)
	}
	return append(dst, "null"...)
}

func appendIonSet(dst []byte, kind string, v ddbexpr.Value, member func(dst, m []byte) []byte) []byte {
	return appendIonList(append(append(dst, kind...), "::"...), v.Members(), member)
}

func appendIonList[E any](dst []byte, elems iter.Seq[E], appendElem func(dst []byte, e E) []byte) []byte {
	dst = append(dst, '[')
	first := true
	for e := range elems {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendElem(dst, e)
	}
	return append(dst, ']')
}

func appendIonText(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'x', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendIonNumber ends whole numbers with a point: without it they were integers.
func appendIonNumber(dst []byte, n ddbexpr.Number) []byte {
	at := len(dst)
	dst = n.AppendText(dst)
	if !bytes.Contains(dst[at:], []byte(".")) {
		dst = append(dst, '.')
	}
	return dst
}

func appendIonBlob(dst, b []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(dst, "{{"...), b), "}}"...)
}
