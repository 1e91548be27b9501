package shape

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Report is what decoding found in a request that parsed but is not as the
// model wants it. The zero value is ready for use.
type Report struct {
	// Code is the code of Err; "" means ValidationException.
	Code string
	// Refuse, if set, makes the error of the violations instead: S3 has words
	// of its own.
	Refuse func([]Violation) *aws.Error

	path       []step
	violations []Violation
	ignored    []string
}

// Violation is one constraint that a request does not satisfy.
type Violation struct {
	Field *Field
	Path  string
	Value string // as AWS prints it, with quotes; "null" when absent, "" when sensitive
	Text  string // what the member must do
}

func (v Violation) String() string {
	value := v.Value
	if value != "" {
		value += " "
	}
	return "Value " + value + "at '" + v.Path + "' failed to satisfy constraint: " + v.Text
}

// Raw is the value without quotes.
func (v Violation) Raw() string { return strings.Trim(v.Value, "'") }

// maxViolations is how many AWS lists.
const maxViolations = 10

// step is one element of the path to the value being decoded: a member, or an
// element of the list or map it holds.
type step struct {
	field *Field
	index int
	key   string
}

// MaxDepth is how deep a request's structures may nest. AWS' own models stay
// far below; DynamoDB's values reach 32, and have a limit of their own.
const MaxDepth = 200

// Depth is how deep decoding is.
func (r *Report) Depth() int { return len(r.path) }

// Enter notes that decoding goes into a member; Leave undoes it.
func (r *Report) Enter(f *Field) { r.path = append(r.path, step{field: f}) }

// EnterIndex notes that decoding goes into the i-th element of a list, from 0.
func (r *Report) EnterIndex(i int) { r.path = append(r.path, step{index: i + 1}) }

// EnterKey notes that decoding goes into an entry of a map.
func (r *Report) EnterKey(key string) { r.path = append(r.path, step{key: key}) }

// Leave notes that decoding returns to the enclosing value.
func (r *Report) Leave() { r.path = r.path[:len(r.path)-1] }

// What is told of members that are not modelled: a request may be full of them,
// and their names as long as it likes.
const (
	maxIgnored     = 32
	maxIgnoredName = 256
)

// Ignore notes a member that the structure at the current path does not model.
func (r *Report) Ignore(name string) {
	if len(r.ignored) == maxIgnored {
		return
	}
	var b strings.Builder
	for _, s := range r.path {
		switch {
		case s.field != nil:
			b.WriteString(s.field.Wire)
		case s.index > 0:
			b.WriteString(strconv.Itoa(s.index - 1))
		default:
			b.WriteString(s.key)
		}
		b.WriteByte('.')
	}
	b.WriteString(name)
	path := b.String()
	r.ignored = append(r.ignored, strings.Clone(path[:min(len(path), maxIgnoredName)]))
}

// Ignored lists the members the request carried and the input does not model,
// as dotted paths in wire spelling; of many, the first.
func (r *Report) Ignored() []string { return r.ignored }

// Finish checks that a structure's required members are among those seen.
func (r *Report) Finish(t *Type, seen *Set) {
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Required && !seen.Has(f) {
			r.add(f, "null", "Member must not be null")
		}
	}
}

// Check checks the constraints of a member that was present, with value v.
func (r *Report) Check(f *Field, v reflect.Value) {
	if !f.checked {
		return
	}
	t, v, ok := f.Type.Follow(v)
	if !ok {
		return
	}
	for _, c := range f.checks {
		if !c.holds(v) {
			r.addValue(f, t, v, c.text)
		}
	}
	switch t.Kind {
	case List:
		r.checkList(f, t, v)
	case Map:
		r.checkMap(f, t, v)
	}
}

func (r *Report) checkList(f *Field, t *Type, v reflect.Value) {
	if len(f.elements) == 0 {
		return
	}
	for i := range v.Len() {
		if !allHold(f.elements, t.Elem, v.Index(i)) {
			r.addValue(f, t, v, "Member must satisfy constraint: "+texts(f.elements))
			return
		}
	}
}

func (r *Report) checkMap(f *Field, t *Type, v reflect.Value) {
	if len(f.elements)+len(f.keys) == 0 {
		return
	}
	keys, values := true, true
	for it := v.MapRange(); it.Next(); {
		for _, c := range f.keys {
			keys = keys && c.holds(it.Key())
		}
		values = values && allHold(f.elements, t.Elem, it.Value())
	}
	if !keys {
		r.addValue(f, t, v, "Map keys must satisfy constraint: "+texts(f.keys))
	}
	if !values {
		r.addValue(f, t, v, "Map value must satisfy constraint: "+texts(f.elements))
	}
}

func allHold(cs []constraint, t *Type, v reflect.Value) bool {
	_, v, ok := t.Follow(v)
	if !ok {
		return true
	}
	for _, c := range cs {
		if !c.holds(v) {
			return false
		}
	}
	return true
}

func texts(cs []constraint) string {
	var s []string
	for _, c := range cs {
		s = append(s, c.text)
	}
	return "[" + strings.Join(s, ", ") + "]"
}

func (r *Report) addValue(f *Field, t *Type, v reflect.Value, text string) {
	if f.Sensitive {
		r.add(f, "", text)
		return
	}
	r.add(f, "'"+string(appendJava(nil, t, v))+"'", text)
}

func (r *Report) add(f *Field, value, text string) {
	if len(r.violations) < maxViolations {
		r.violations = append(r.violations, Violation{f, r.pathTo(f), value, text})
	}
}

// pathTo is AWS' path of a member: keySchema.1.member.attributeName.
func (r *Report) pathTo(f *Field) string {
	var b strings.Builder
	for _, s := range r.path {
		switch {
		case s.field != nil:
			b.WriteString(s.field.Label)
		case s.index > 0:
			b.WriteString(strconv.Itoa(s.index))
			b.WriteString(".member")
		default:
			b.WriteString(s.key)
			b.WriteString(".member")
		}
		b.WriteByte('.')
	}
	b.WriteString(f.Label)
	return b.String()
}

// Err returns the violations as one error in AWS' wording, or nil.
func (r *Report) Err() *aws.Error {
	if len(r.violations) == 0 {
		return nil
	}
	if r.Refuse != nil {
		return r.Refuse(r.violations)
	}
	code, plural := r.Code, "s"
	if code == "" {
		code = "ValidationException"
	}
	if len(r.violations) == 1 {
		plural = ""
	}
	all := make([]string, len(r.violations))
	for i, v := range r.violations {
		all[i] = v.String()
	}
	return aws.Errorf(http.StatusBadRequest, code, "%d validation error%s detected: %s", len(all), plural, strings.Join(all, "; "))
}
