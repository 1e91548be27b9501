package ddbexpr

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/lang/jsonscan"
)

// maxDepth is the deepest level at which a value may stand: an attribute's own
// is 1, what is in its list or map 2, and so on.
const maxDepth = 32

// maxName is the length of the longest name of an attribute, in bytes.
const maxName = 65535

// AppendItem appends the item that a JSON object of attribute values spells.
func AppendItem(dst []byte, json []byte) (Item, error) {
	d := open(json)
	defer d.close()
	if err := d.document(d.attributes()); err != nil {
		return Item(dst), err
	}
	return append(dst, d.out...), nil
}

// parseValues reads ExpressionAttributeValues. An error names the value at
// fault; one about the name of a value goes before those about values.
func parseValues(json []byte) (Item, error) {
	d := open(json)
	defer d.close()
	d.values = true
	if err := d.document(d.attributes()); err != nil {
		return nil, err
	}
	return bytes.Clone(d.out), nil
}

// ParseItem returns the item that a JSON object of attribute values spells.
func ParseItem(json []byte) (Item, error) { return AppendItem([]byte{}, json) } // an empty item is one

// AppendValue appends one attribute value.
func AppendValue(dst []byte, json []byte) ([]byte, error) {
	d := open(json)
	defer d.close()
	if err := d.document(d.value()); err != nil {
		return dst, err
	}
	return append(dst, d.out...), nil
}

// A decoder goes through JSON once, appending stored values. Malformed JSON
// ends it at once; the first thing that is well formed but invalid is kept,
// since malformed JSON further on is to be reported before it.
type decoder struct {
	in      jsonscan.Cursor
	out     []byte
	depth   int
	invalid error
	values  bool // check names and name the value at fault
	badName error
	marks   []mark // of the containers being read, innermost last
	scratch []byte
}

// mark is where an entry of a container stands in the output, and in it what
// it is sorted by, whose first eight bytes are first.
type mark struct {
	first                uint64
	start, from, to, end uint32
}

// decoders keeps the memory of decoders for the next item.
var decoders = sync.Pool{New: func() any { return &decoder{out: make([]byte, 0, 1<<10)} }}

func open(json []byte) *decoder {
	d := decoders.Get().(*decoder)
	*d = decoder{in: jsonscan.Cursor{In: json}, out: d.out[:0], marks: d.marks[:0], scratch: d.scratch}
	return d
}

func (d *decoder) close() {
	if d.in.In = nil; cap(d.out) <= 64<<10 { // one large item is not kept for ever
		decoders.Put(d)
	}
}

const (
	errEmptyValue = Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	errLongName   = Invalid("Attribute name is too large, must be less than 65536 bytes")
	errTooDeep    = Invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
	errManyTypes  = Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
)

const errJSON = Malformed("Unexpected end-of-input or malformed JSON")

// document is the error of a text of which err is the value's.
func (d *decoder) document(err error) error {
	if err != nil {
		return err
	}
	if d.in.Peek(); d.in.Pos != len(d.in.In) {
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

// enter goes into an object, and reports whether it has a member.
func (d *decoder) enter() (bool, error) {
	if !d.in.Take('{') {
		return false, d.unexpected()
	}
	return !d.in.Take('}'), nil
}

// next goes on behind an entry, and reports whether there is another.
func (d *decoder) next(end byte) (bool, error) {
	if d.in.Take(',') {
		return true, nil
	}
	if !d.in.Take(end) {
		return false, errJSON
	}
	return false, nil
}

// name reads a member's name and the colon.
func (d *decoder) name() (s []byte, plain bool, err error) {
	if s, plain, err = d.text(); err == nil && !d.in.Take(':') {
		err = errJSON
	}
	return s, plain, err
}

// array calls elem for each element of an array.
func (d *decoder) array(elem func() error) error {
	if !d.in.Take('[') {
		return d.unexpectedList()
	}
	more := !d.in.Take(']')
	for more {
		err := elem()
		if err == nil {
			more, err = d.next(']')
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attributes reads an object of attribute values.
func (d *decoder) attributes() error {
	base, sorted, top := len(d.marks), true, d.depth == 0
	more, err := d.enter()
	for more && err == nil {
		var name []byte
		var plain bool
		if name, plain, err = d.name(); err != nil {
			return err
		}
		m := mark{start: uint32(len(d.out))}
		d.sortBy(&m, d.appendText(name, plain))
		if m.to-m.from > maxName {
			d.refuse(errLongName)
		}
		before := d.invalid
		if err = d.value(); err != nil {
			return err
		}
		if top && d.values {
			d.checkName(m, before == nil && d.invalid != nil)
		}
		m.end = uint32(len(d.out))
		if sorted && len(d.marks) > base {
			sorted = d.compare(d.marks[len(d.marks)-1], m) < 0
		}
		d.marks = append(d.marks, m)
		more, err = d.next('}')
	}
	if err == nil && !sorted {
		d.sortAttributes(d.marks[base:])
	}
	d.marks = d.marks[:base]
	return err
}

// checkName checks the name of a value that an expression may use, and puts it
// into the error about the value if there is one.
func (d *decoder) checkName(m mark, invalid bool) {
	key := string(d.out[m.from:m.to])
	if d.badName == nil && !placeholder(key, ':') {
		d.badName = Invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "` + key + `"`)
	}
	if invalid {
		d.invalid = Invalid("ExpressionAttributeValues contains invalid value: " + d.invalid.Error() + " for key " + key)
	}
}

// sortBy makes what is from there to the end of the output that by which an
// entry is sorted.
func (d *decoder) sortBy(m *mark, from int) {
	m.from, m.to = uint32(from), uint32(len(d.out))
	var first [8]byte
	copy(first[:], d.out[from:])
	m.first = binary.BigEndian.Uint64(first[:])
}

func (d *decoder) compare(a, b mark) int {
	if a.first != b.first {
		return cmp.Compare(a.first, b.first)
	}
	return bytes.Compare(d.out[a.from:a.to], d.out[b.from:b.to])
}

// sortAttributes puts attributes in order of name. Of a repeated name the last
// one counts.
func (d *decoder) sortAttributes(ms []mark) {
	start := ms[0].start
	slices.SortStableFunc(ms, d.compare)
	d.scratch = d.scratch[:0]
	for i, m := range ms {
		if i+1 < len(ms) && d.compare(m, ms[i+1]) == 0 {
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
	if c := d.in.Peek(); c != '{' {
		switch {
		case d.in.Literal("null"):
			d.out = append(d.out, byte(Null))
			d.refuse(errEmptyValue)
			return nil
		case c == '[':
			return Malformed("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue")
		case c == 0:
			return errJSON
		}
		return Malformed("Unexpected value type in payload")
	}
	start, types := len(d.out), 0
	more, err := d.enter()
	for more && err == nil {
		if err = d.typedMember(&types); err == nil {
			more, err = d.next('}')
		}
	}
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

// typedMember reads the name of a type and what follows it. types counts those
// that there were.
func (d *decoder) typedMember(types *int) error {
	name, _, err := d.name()
	if err != nil {
		return err
	}
	t := typeNamed(name)
	if t == Missing || d.in.Peek() == 'n' {
		return d.skip()
	}
	if *types++; *types > 1 {
		end := len(d.out)
		err := d.typed(t)
		d.out = d.out[:end]
		return err
	}
	return d.typed(t)
}

// typed reads what follows the name of a type.
func (d *decoder) typed(t Type) error {
	switch t {
	case String, NumberType, Binary:
		d.out = append(d.out, byte(t))
		_, err := d.scalar(t)
		return err
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
	} else if d.in.Peek() == '[' {
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
	switch c := d.in.Peek(); {
	case d.in.Literal("true"):
		truth = true
	case d.in.Literal("false"):
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
	s, _, err := d.text()
	if err != nil {
		return false, err
	}
	switch strings.ToLower(string(s)) {
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
	first := d.in.Pos
	err := d.array(func() error {
		m := mark{start: uint32(len(d.out))}
		from, err := d.scalar(t.elem())
		if err != nil {
			return err
		}
		d.sortBy(&m, from)
		m.end = m.to
		d.marks = append(d.marks, m)
		return nil
	})
	if err == nil {
		d.sortSet(t, d.marks[base:], d.in.In[first:d.in.Pos])
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
	start, sorted := int(ms[0].start), true
	for i := 1; i < len(ms) && sorted; i++ {
		sorted = d.compare(ms[i-1], ms[i]) < 0
	}
	if sorted {
		return
	}
	slices.SortFunc(ms, d.compare)
	d.scratch = d.scratch[:0]
	for i, m := range ms {
		if i > 0 && d.compare(ms[i-1], m) == 0 {
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
	d := open(text)
	defer d.close()
	var all []string
	_ = d.array(func() error { // it was read without error before
		d.out = d.out[:0]
		from, err := d.scalar(String)
		all = append(all, string(d.out[from:]))
		return err
	})
	list := "[" + strings.Join(all, ", ") + "]"
	if t == BinarySet {
		return Invalid(invalidValues + "Input collection " + list + "of type BS contains duplicates.")
	}
	return Invalid(invalidValues + "Input collection " + list + " contains duplicates.")
}

// scalar reads a JSON string and appends the length and bytes of the string,
// number or binary that it spells. It returns where the bytes begin.
func (d *decoder) scalar(t Type) (from int, err error) {
	if d.in.Peek() != '"' {
		return 0, d.notString(t)
	}
	s, plain, err := d.text()
	if err != nil {
		return 0, err
	}
	if t == String {
		return d.appendText(s, plain), nil
	}
	if !plain {
		s = jsonscan.AppendUnquoted(nil, s)
	}
	if t == NumberType {
		return d.number(s), nil
	}
	return d.binary(s)
}

// number appends a number with its length, and returns where it begins.
func (d *decoder) number(text []byte) (from int) {
	from = len(d.out) + 1
	out, err := AppendNumber(append(d.out, 0), text)
	if err != nil {
		d.refuse(err)
		out = append(out, 0x80)
	}
	out[from-1] = byte(len(out) - from)
	d.out = out
	return from
}

// binary appends bytes with their length, and returns where they begin.
func (d *decoder) binary(text []byte) (from int, err error) {
	if len(text)%4 != 0 {
		return 0, Malformed("Base64 encoded length is expected a multiple of 4 bytes but found: " + strconv.Itoa(len(text)))
	}
	for i, c := range text {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
		case c == '=' && i >= len(text)-2:
		default:
			return 0, Malformed("Invalid Base64 character: '" + string(rune(c)) + "'")
		}
	}
	n := len(text) / 4 * 3
	n -= len(text) - len(bytes.TrimRight(text, "="))
	d.out = binary.AppendUvarint(d.out, uint64(n))
	from = len(d.out)
	d.out = slices.Grow(d.out, n+3)[:from+n+3]
	if got, err := base64.StdEncoding.Strict().Decode(d.out[from:], text); err != nil || got != n {
		return 0, Malformed("Invalid last non-pad Base64 character dectected")
	}
	d.out = d.out[:from+n]
	return from, nil
}
