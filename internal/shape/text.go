package shape

import (
	"encoding/base64"
	"errors"
	"math"
	"reflect"
	"strconv"
)

// errKind is the error of text where a list, map or structure belongs.
var errKind = errors.New("not a simple value")

// SetText fills v, of a simple kind, from text as headers, query strings, XML
// and forms carry it.
func (t *Type) SetText(v reflect.Value, text string, f TimeFormat) error {
	t, v = t.Settle(v)
	switch t.Kind {
	case String:
		v.SetString(text)
	case Bool:
		return setBool(v, text)
	case Int:
		n, err := strconv.ParseInt(text, 10, t.Go.Bits())
		if err != nil {
			return err
		}
		v.SetInt(n)
	case Float:
		n, err := ParseFloat(text)
		if err != nil {
			return err
		}
		v.SetFloat(n)
	case Time:
		tm, err := ParseTime(text, f)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(tm))
	case Blob:
		b, err := base64.StdEncoding.AppendDecode([]byte{}, []byte(text))
		if err != nil {
			return err
		}
		v.SetBytes(b)
	default:
		return errKind
	}
	return nil
}

func setBool(v reflect.Value, text string) error {
	switch text {
	case "true", "True", "TRUE", "1":
		v.SetBool(true)
	case "false", "False", "FALSE", "0":
		v.SetBool(false)
	default:
		return strconv.ErrSyntax
	}
	return nil
}

// ParseFloat reads a number, or one of the names AWS has for what is none.
func ParseFloat(s string) (float64, error) {
	switch s {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsInf(n, 0) || math.IsNaN(n)) {
		return 0, strconv.ErrSyntax // Go's other spellings of these
	}
	return n, err
}

// AppendFloat appends a number, or AWS' name for what is none.
func AppendFloat(dst []byte, n float64) []byte {
	switch {
	case math.IsNaN(n):
		return append(dst, "NaN"...)
	case math.IsInf(n, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(n, -1):
		return append(dst, "-Infinity"...)
	case math.Abs(n) < 1e21 && (n == 0 || math.Abs(n) >= 1e-6):
		return strconv.AppendFloat(dst, n, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, n, 'e', -1, 64)
}

// AppendText appends v, of a simple kind, as text. The caller has followed
// pointers.
func (t *Type) AppendText(dst []byte, v reflect.Value, f TimeFormat) []byte {
	switch t.Kind {
	case String:
		return append(dst, v.String()...)
	case Bool:
		return strconv.AppendBool(dst, v.Bool())
	case Int:
		return strconv.AppendInt(dst, v.Int(), 10)
	case Float:
		return AppendFloat(dst, v.Float())
	case Time:
		return AppendTime(dst, TimeOf(v), f)
	case Blob:
		return base64.StdEncoding.AppendEncode(dst, v.Bytes())
	case JSON:
		return append(dst, v.Bytes()...)
	}
	return dst
}
