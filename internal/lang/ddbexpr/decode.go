package ddbexpr

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is the deepest level at which a value may stand: an attribute's own
// is 1, what is in its list or map 2, and so on.
const maxDepth = 32

// AppendItem appends the item that a JSON object of attribute values spells.
func AppendItem(dst []byte, json []byte) (Item, error) {
	d := decoder{in: json, out: dst}
	if err := d.document(d.attributes); err != nil {
		return Item(dst), err
	}
	return d.out, nil
}

// parseValues reads ExpressionAttributeValues. An error names the value at
// fault; one about the name of a value goes before those about values.
func parseValues(json []byte) (Item, error) {
	d := decoder{in: json, out: make([]byte, 0, len(json)), values: true}
	if err := d.document(d.attributes); err != nil {
		return nil, err
	}
	return d.out, nil
}

// ParseItem returns the item that a JSON object of attribute values spells.
func ParseItem(json []byte) (Item, error) {
	return AppendItem(make([]byte, 0, len(json)), json)
}

// AppendValue appends one attribute value.
func AppendValue(dst []byte, json []byte) ([]byte, error) {
	d := decoder{in: json, out: dst}
	if err := d.document(d.value); err != nil {
		return dst, err
	}
	return d.out, nil
}

// A decoder goes through JSON once, appending stored values. Malformed JSON
// ends it at once; the first thing that is well formed but invalid is kept,
// since malformed JSON further on is to be reported before it.
type decoder struct {
	in      []byte
	pos     int
	out     []byte
	depth   int
	invalid error
	values  bool // check names and name the value at fault
	badName error
	marks   []mark // of the containers being read, innermost last
	scratch []byte
}

// mark is where an entry of a container stands in the output.
type mark struct{ start, end, seq int }

const (
	errEmptyValue = Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	errTooDeep    = Invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
	errManyTypes  = Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
)

const errJSON = Malformed("Unexpected end-of-input or malformed JSON")

func (d *decoder) document(f func() error) error {
	if err := f(); err != nil {
		return err
	}
	if d.space(); d.pos != len(d.in) {
		return errJSON
	}
	if d.badName != nil {
		return d.badName
	}
	return d.invalid
}

func (d *decoder) refuse(err error) {
	if d.invalid == nil {
		d.invalid = err
	}
}

// object calls member after each name of an object, which it passes with its
// escapes; member reads the value.
func (d *decoder) object(member func(name []byte) error) error {
	if !d.take('{') {
		return d.unexpected()
	}
	if d.take('}') {
		return nil
	}
	for {
		d.space()
		start := d.pos
		if err := d.skipString(); err != nil {
			return err
		}
		name := d.in[start:d.pos]
		if !d.take(':') {
			return errJSON
		}
		if err := member(name); err != nil {
			return err
		}
		if d.take('}') {
			return nil
		}
		if !d.take(',') {
			return errJSON
		}
	}
}

// array calls elem for each element of an array.
func (d *decoder) array(elem func() error) error {
	if !d.take('[') {
		return d.unexpectedList()
	}
	if d.take(']') {
		return nil
	}
	for {
		if err := elem(); err != nil {
			return err
		}
		if d.take(']') {
			return nil
		}
		if !d.take(',') {
			return errJSON
		}
	}
}

// attributes reads an object of attribute values.
func (d *decoder) attributes() error {
	base := len(d.marks)
	sorted := true
	top := d.depth == 0
	err := d.object(func(name []byte) error {
		m := mark{start: len(d.out), seq: len(d.marks)}
		if err := d.unquote(name); err != nil {
			return err
		}
		before := d.invalid
		if err := d.value(); err != nil {
			return err
		}
		if top && d.values {
			d.checkName(m.start, before == nil && d.invalid != nil)
		}
		m.end = len(d.out)
		if sorted && len(d.marks) > base {
			sorted = d.compareNames(d.marks[len(d.marks)-1], m) < 0
		}
		d.marks = append(d.marks, m)
		return nil
	})
	if err == nil && !sorted {
		d.sortAttributes(d.marks[base:])
	}
	d.marks = d.marks[:base]
	return err
}

// checkName checks the name of a value that an expression may use, and puts it
// into the error about the value if there is one.
func (d *decoder) checkName(start int, invalid bool) {
	key, _ := cutBytes(d.out[start:])
	if d.badName == nil && !placeholder(string(key), ':') {
		d.badName = Invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "` + string(key) + `"`)
	}
	if invalid {
		d.invalid = Invalid("ExpressionAttributeValues contains invalid value: " + d.invalid.Error() + " for key " + string(key))
	}
}

func (d *decoder) compareNames(a, b mark) int {
	x, _ := cutBytes(d.out[a.start:a.end])
	y, _ := cutBytes(d.out[b.start:b.end])
	return bytes.Compare(x, y)
}

// sortAttributes puts attributes in order of name. Of a repeated name the last
// one counts.
func (d *decoder) sortAttributes(ms []mark) {
	start := ms[0].start
	slices.SortFunc(ms, func(a, b mark) int {
		if c := d.compareNames(a, b); c != 0 {
			return c
		}
		return a.seq - b.seq
	})
	d.scratch = d.scratch[:0]
	for i, m := range ms {
		if i+1 < len(ms) && d.compareNames(m, ms[i+1]) == 0 {
			continue
		}
		d.scratch = append(d.scratch, d.out[m.start:m.end]...)
	}
	d.out = append(d.out[:start], d.scratch...)
}

// value reads one attribute value: an object of one member.
func (d *decoder) value() error {
	if d.depth >= maxDepth {
		d.refuse(errTooDeep)
		d.out = append(d.out, byte(Null))
		return d.skip()
	}
	if c := d.peek(); c != '{' {
		if d.null() {
			d.out = append(d.out, byte(Null))
			d.refuse(errEmptyValue)
			return nil
		}
		if c == '[' {
			return Malformed("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue")
		}
		if c == 0 {
			return errJSON
		}
		return Malformed("Unexpected value type in payload")
	}
	start, types := len(d.out), 0
	err := d.object(func(name []byte) error {
		t := TypeNamed(strings.Trim(string(name), `"`))
		if t == Missing || d.peek() == 'n' {
			return d.skip()
		}
		if types++; types > 1 {
			end := len(d.out)
			err := d.typed(t)
			d.out = d.out[:end]
			return err
		}
		return d.typed(t)
	})
	if err != nil {
		return err
	}
	if types != 1 {
		d.out = append(d.out[:start], byte(Null)) // it stands in until the error is told
		if types == 0 {
			d.refuse(errEmptyValue)
		} else {
			d.refuse(errManyTypes)
		}
	}
	return nil
}

// typed reads what follows the name of a type.
func (d *decoder) typed(t Type) error {
	switch t {
	case String, NumberType, Binary:
		d.out = append(d.out, byte(t))
		return d.scalar(t)
	case Bool, Null:
		return d.boolean(t)
	case List, Map:
		return d.nested(t)
	default:
		return d.set(t)
	}
}

// nested reads a list or a map.
func (d *decoder) nested(t Type) error {
	start := len(d.out)
	d.out = openContainer(d.out, t)
	d.depth++
	var err error
	if t == List {
		err = d.array(d.value)
	} else if d.peek() == '[' {
		err = Malformed("Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>")
	} else {
		err = d.attributes()
	}
	d.depth--
	closeContainer(d.out, start)
	return err
}

// boolean reads BOOL or NULL.
func (d *decoder) boolean(t Type) error {
	truth := false
	rest := d.in[d.pos:]
	switch c := d.peek(); {
	case c == 't' && bytes.HasPrefix(rest, []byte("true")):
		d.pos += 4
		truth = true
	case c == 'f' && bytes.HasPrefix(rest, []byte("false")):
		d.pos += 5
	case c == '-' || c >= '0' && c <= '9':
		return Malformed(d.numberToken() + " cannot be converted to Boolean")
	case c == '[':
		return Malformed("Unrecognized collection type class java.lang.Boolean")
	case c == '{':
		return Malformed("Start of structure or map found where not expected")
	case c == '"':
		var err error
		if truth, err = d.booleanText(); err != nil {
			return err
		}
	default:
		return errJSON
	}
	if t == Null {
		d.out = append(d.out, byte(Null))
		if !truth {
			d.refuse(Invalid(invalidValues + "Null attribute value types must have the value of true"))
		}
		return nil
	}
	d.out = append(d.out, byte(Bool), 0)
	if truth {
		d.out[len(d.out)-1] = 1
	}
	return nil
}

// booleanText reads a boolean that is written as a string.
func (d *decoder) booleanText() (bool, error) {
	start := d.pos
	if err := d.skipString(); err != nil {
		return false, err
	}
	switch strings.ToLower(string(d.in[start+1 : d.pos-1])) {
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0":
		return false, nil
	}
	return false, Malformed("Unexpected token received from parser")
}

// set reads a set, sorts it and refuses it if it is empty or repeats itself.
func (d *decoder) set(t Type) error {
	start, base := len(d.out), len(d.marks)
	d.out = openContainer(d.out, t)
	first := d.pos
	err := d.array(func() error {
		m := mark{start: len(d.out), seq: len(d.marks)}
		if err := d.scalar(t.elem()); err != nil {
			return err
		}
		m.end = len(d.out)
		d.marks = append(d.marks, m)
		return nil
	})
	if err == nil {
		d.sortSet(t, d.marks[base:], d.in[first:d.pos])
	}
	d.marks = d.marks[:base]
	closeContainer(d.out, start)
	return err
}

func (d *decoder) sortSet(t Type, ms []mark, text []byte) {
	if len(ms) == 0 {
		d.refuse(Invalid(invalidValues + [...]string{
			StringSet: "An string set  may not be empty",
			NumberSet: "An number set  may not be empty",
			BinarySet: "Binary sets should not be empty",
		}[t]))
		return
	}
	compare := func(a, b mark) int {
		x, _ := cutBytes(d.out[a.start:a.end])
		y, _ := cutBytes(d.out[b.start:b.end])
		return bytes.Compare(x, y)
	}
	start, sorted := ms[0].start, true
	for i := 1; i < len(ms); i++ {
		if compare(ms[i-1], ms[i]) >= 0 {
			sorted = false
			break
		}
	}
	if sorted {
		return
	}
	slices.SortFunc(ms, compare)
	d.scratch = d.scratch[:0]
	for i, m := range ms {
		if i > 0 && compare(ms[i-1], m) == 0 {
			d.refuse(duplicates(t, text))
		}
		d.scratch = append(d.scratch, d.out[m.start:m.end]...)
	}
	d.out = append(d.out[:start], d.scratch...)
}

// duplicates is the error about a set whose JSON is text.
func duplicates(t Type, text []byte) error {
	if t == NumberSet {
		return Invalid("Input collection contains duplicates")
	}
	d := decoder{in: text}
	var all []string
	_ = d.array(func() error { // it was read without error before
		d.out = d.out[:0]
		err := d.scalar(String)
		s, _ := cutBytes(d.out)
		all = append(all, string(s))
		return err
	})
	list := "[" + strings.Join(all, ", ") + "]"
	if t == BinarySet {
		return Invalid(invalidValues + "Input collection " + list + "of type BS contains duplicates.")
	}
	return Invalid(invalidValues + "Input collection " + list + " contains duplicates.")
}

// scalar reads a JSON string and appends the length and bytes of the string,
// number or binary that it spells.
func (d *decoder) scalar(t Type) error {
	if d.peek() != '"' {
		return d.notString(t)
	}
	start := d.pos
	if err := d.skipString(); err != nil {
		return err
	}
	quoted := d.in[start:d.pos]
	if t == String {
		return d.unquote(quoted)
	}
	text := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		plain := decoder{in: quoted}
		if err := plain.unquote(quoted); err != nil {
			return err
		}
		text, _ = cutBytes(plain.out)
	}
	if t == NumberType {
		return d.number(text)
	}
	return d.binary(text)
}

func (d *decoder) number(text []byte) error {
	at := len(d.out)
	out, err := AppendNumber(append(d.out, 0), text)
	if err != nil {
		d.refuse(err)
		out = append(out, 0x80)
	}
	out[at] = byte(len(out) - at - 1)
	d.out = out
	return nil
}

func (d *decoder) binary(text []byte) error {
	if len(text)%4 != 0 {
		return Malformed("Base64 encoded length is expected a multiple of 4 bytes but found: " + strconv.Itoa(len(text)))
	}
	for i, c := range text {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
		case c == '=' && i >= len(text)-2:
		default:
			return Malformed("Invalid Base64 character: '" + string(rune(c)) + "'")
		}
	}
	n := len(text) / 4 * 3
	n -= len(text) - len(bytes.TrimRight(text, "="))
	d.out = binary.AppendUvarint(d.out, uint64(n))
	at := len(d.out)
	d.out = slices.Grow(d.out, n+3)[:at+n+3]
	if got, err := base64.StdEncoding.Strict().Decode(d.out[at:], text); err != nil || got != n {
		return Malformed("Invalid last non-pad Base64 character dectected")
	}
	d.out = d.out[:at+n]
	return nil
}
