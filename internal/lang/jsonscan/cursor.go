package jsonscan

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// ErrSyntax is the error of bytes that are not JSON, and ErrUTF8 of a string
// that is not UTF-8.
var (
	ErrSyntax = errors.New("not valid JSON")
	ErrUTF8   = errors.New("a string is not valid UTF-8")
)

// Cursor is a place in JSON text. After an error Pos is near what is wrong.
type Cursor struct {
	In  []byte
	Pos int

	open []byte // what Skip is inside of
}

// Peek returns the first byte of the next token, 0 at the end.
func (c *Cursor) Peek() byte {
	for c.Pos < len(c.In) {
		switch b := c.In[c.Pos]; b {
		case ' ', '\t', '\n', '\r':
			c.Pos++
		default:
			return b
		}
	}
	return 0
}

// Take moves past the next token if it is this byte.
func (c *Cursor) Take(b byte) bool {
	if c.Peek() != b {
		return false
	}
	c.Pos++
	return true
}

// Literal moves past null, true or false if it comes next.
func (c *Cursor) Literal(s string) bool {
	if c.Peek() != s[0] || len(c.In)-c.Pos < len(s) || string(c.In[c.Pos:c.Pos+len(s)]) != s {
		return false
	}
	c.Pos += len(s)
	return true
}

// String moves past the string that comes next, and returns what is between
// its quotes. It is plain if it stands for itself; otherwise AppendUnquoted has what it spells.
func (c *Cursor) String() (s []byte, plain bool, err error) {
	if c.Peek() != '"' {
		return nil, false, ErrSyntax
	}
	in, start := c.In, c.Pos+1
	i, ascii, plain := start, true, true
	for {
		n, a := PlainPrefix(in[i:])
		i += n
		ascii = ascii && a
		if i >= len(in) {
			break
		}
		if in[i] == '"' {
			s = in[start:i:i]
			if !ascii && !utf8.Valid(s) {
				return nil, false, ErrUTF8
			}
			c.Pos = i + 1
			return s, plain, nil
		}
		if in[i] != '\\' {
			break // a control character
		}
		plain = false
		if _, n = unescape(in[i:]); n == 0 {
			break
		}
		i += n
	}
	c.Pos = min(i, len(in))
	return nil, false, ErrSyntax
}

// Number moves past the number that comes next, and returns its text.
func (c *Cursor) Number() ([]byte, error) {
	c.Peek()
	start := c.Pos
	if c.at('-') {
		c.Pos++
	}
	if c.at('0') {
		c.Pos++
	} else if !c.digits() {
		return nil, ErrSyntax
	}
	if c.at('.') {
		c.Pos++
		if !c.digits() {
			return nil, ErrSyntax
		}
	}
	if c.at('e') || c.at('E') {
		c.Pos++
		if c.at('+') || c.at('-') {
			c.Pos++
		}
		if !c.digits() {
			return nil, ErrSyntax
		}
	}
	return c.In[start:c.Pos], nil
}

func (c *Cursor) at(b byte) bool { return c.Pos < len(c.In) && c.In[c.Pos] == b }

func (c *Cursor) digits() bool {
	start := c.Pos
	for c.Pos < len(c.In) && c.In[c.Pos] >= '0' && c.In[c.Pos] <= '9' {
		c.Pos++
	}
	return c.Pos > start
}

// maxDepth is how deep a value may nest.
const maxDepth = 10_000

// Skip moves past the value that comes next, and returns its text.
func (c *Cursor) Skip() ([]byte, error) {
	b := c.Peek()
	start := c.Pos
	c.open = c.open[:0]
	for {
		switch b {
		case '{':
			c.Pos++
			if c.Take('}') {
				break
			}
			if c.open = append(c.open, '}'); len(c.open) > maxDepth {
				return nil, ErrSyntax
			}
			if err := c.name(); err != nil {
				return nil, err
			}
			b = c.Peek()
			continue
		case '[':
			c.Pos++
			if c.Take(']') {
				break
			}
			if c.open = append(c.open, ']'); len(c.open) > maxDepth {
				return nil, ErrSyntax
			}
			b = c.Peek()
			continue
		default:
			if err := c.scalar(b); err != nil {
				return nil, err
			}
		}
		for len(c.open) > 0 { // what follows a value
			end := c.open[len(c.open)-1]
			if c.Take(',') {
				if end == '}' {
					if err := c.name(); err != nil {
						return nil, err
					}
				}
				break
			}
			if !c.Take(end) {
				return nil, ErrSyntax
			}
			c.open = c.open[:len(c.open)-1]
		}
		if len(c.open) == 0 {
			return c.In[start:c.Pos:c.Pos], nil
		}
		b = c.Peek()
	}
}

// name moves past a member's name and the colon.
func (c *Cursor) name() error {
	if _, _, err := c.String(); err != nil {
		return err
	}
	if !c.Take(':') {
		return ErrSyntax
	}
	return nil
}

func (c *Cursor) scalar(b byte) (err error) {
	switch {
	case b == '"':
		_, _, err = c.String()
	case b == '-' || b >= '0' && b <= '9':
		_, err = c.Number()
	case !c.Literal("true") && !c.Literal("false") && !c.Literal("null"):
		err = ErrSyntax
	}
	return err
}

// PlainPrefix counts the bytes before the first that JSON escapes or ends a
// string with: a control character, a quote or a backslash; and tells whether these are all ASCII. It looks at eight
// bytes at a time, and at four times eight while there are as many.
func PlainPrefix(s []byte) (n int, ascii bool) {
	const high = 0x8080808080808080
	i, all := 0, uint64(0)
	for ; i+32 <= len(s); i += 32 {
		p := (*[32]byte)(s[i:])
		a, b := binary.LittleEndian.Uint64(p[:]), binary.LittleEndian.Uint64(p[8:])
		c, d := binary.LittleEndian.Uint64(p[16:]), binary.LittleEndian.Uint64(p[24:])
		if (special(a)|special(b)|special(c)|special(d))&high != 0 {
			break
		}
		all |= a | b | c | d
	}
	for ; i+8 <= len(s); i += 8 {
		x := binary.LittleEndian.Uint64(s[i:])
		if special(x)&high != 0 {
			break
		}
		all |= x
	}
	for ; i < len(s); i++ {
		b := s[i]
		if b < 0x20 || b == '"' || b == '\\' {
			break
		}
		all |= uint64(b)
	}
	return i, all&high == 0
}

// special has the high bit of a byte set if that of x is below 0x20, a quote or a
// backslash, and never if no byte of x is. x^2 is below 0x21 for the former two: y-0x21 has its
// high bit set then, and (x^c)-1 for one that is c; what had it set before is masked out.
func special(x uint64) uint64 {
	const ones = 0x0101010101010101
	return (((x ^ ones*2) - ones*0x21) | ((x ^ ones*'\\') - ones)) &^ x
}
