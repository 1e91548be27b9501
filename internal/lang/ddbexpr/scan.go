package ddbexpr

import (
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/lang/jsonscan"
)

// The decoder's strings and skipped values, and what to say where another token should be.

// text moves past a string, and returns what is between its quotes.
func (d *decoder) text() (s []byte, plain bool, err error) {
	switch s, plain, err = d.in.String(); err {
	case nil:
		return s, plain, nil
	case jsonscan.ErrUTF8:
		return nil, false, Malformed("Invalid UTF-8 in a string")
	}
	return nil, false, errJSON
}

// appendText appends the length and the bytes of the string that what text
// returned stands for, and returns where those begin.
func (d *decoder) appendText(s []byte, plain bool) (from int) {
	if !plain {
		s = jsonscan.AppendUnquoted(make([]byte, 0, len(s)), s)
	}
	d.out = binary.AppendUvarint(d.out, uint64(len(s)))
	from = len(d.out)
	d.out = append(d.out, s...)
	return from
}

// skip moves past any JSON value.
func (d *decoder) skip() error {
	if _, err := d.in.Skip(); err != nil {
		return errJSON
	}
	return nil
}

// notString is the error where a string, number or binary is not a JSON string.
func (d *decoder) notString(t Type) error {
	c := d.in.Peek()
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
	for _, c := range d.in.In[d.in.Pos:] {
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
	if d.in.Peek() == 0 {
		return errJSON
	}
	return Malformed("Unexpected field type")
}

// unexpectedList is the error where an array should be.
func (d *decoder) unexpectedList() error {
	switch d.in.Peek() {
	case 0:
		return errJSON
	case '{':
		return Malformed("Start of structure or map found where not expected")
	}
	return Malformed("Unexpected field type")
}
