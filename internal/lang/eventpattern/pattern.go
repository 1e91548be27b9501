package eventpattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// Pattern is a compiled event pattern. It is safe for concurrent use.
type Pattern struct{ root object }

// object is what an object of the event must be like.
type object struct {
	fields []field
	either [][]object // of each "$or", one must match
}

type field struct {
	name     string
	sub      *object   // of a field that is an object
	matchers []matcher // of a leaf, one of which must match
}

// SyntaxError says why something is not an event pattern, as AWS does.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return "Event pattern is not valid. Reason: " + e.Reason }

func bad(reason string) error { return &SyntaxError{reason} }

// maxDepth bounds how deep patterns nest.
const maxDepth = 100

// Compile reads a pattern. Its error is a *SyntaxError.
func Compile(pattern []byte) (*Pattern, error) {
	v, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	fields, ok := v.(ordered)
	if !ok {
		return nil, bad("Filter is not an object")
	}
	p := &Pattern{}
	return p, p.root.compile(fields)
}

// ordered is a JSON object whose members are in the order in which they came.
type ordered []member

type member struct {
	name  string
	value any
}

// parse reads JSON into nil, bool, string, json.Number, []any and ordered.
func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if syntax, ok := errors.AsType[*SyntaxError](err); ok {
		return nil, syntax
	}
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = errors.New("something follows")
		}
	}
	if err != nil {
		return nil, bad("It is not valid JSON")
	}
	return v, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, bad("It nests too deep")
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		o := ordered{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			key, ok := name.(string)
			if !ok {
				return nil, errors.New("a name that is no string")
			}
			o = append(o, member{key, v})
		}
		_, err := d.Token()
		return o, err
	}
	return t, nil
}

func (o *object) compile(members ordered) error {
	if len(members) == 0 {
		return bad("Empty objects are not allowed")
	}
	for _, m := range members {
		if m.name == "$or" {
			if list, ok := alternatives(m.value); ok {
				objects := make([]object, len(list))
				for i, a := range list {
					if err := objects[i].compile(a); err != nil {
						return err
					}
				}
				o.either = append(o.either, objects)
				continue
			}
		}
		f := field{name: m.name}
		switch v := m.value.(type) {
		case ordered:
			f.sub = &object{}
			if err := f.sub.compile(v); err != nil {
				return err
			}
		case []any:
			if err := f.compile(v); err != nil {
				return err
			}
		default:
			return bad(`"` + m.name + `" must be an object or an array`)
		}
		o.set(f)
	}
	return nil
}

// set adds a field; of two with one name the last counts.
func (o *object) set(f field) {
	if i := slices.IndexFunc(o.fields, func(g field) bool { return g.name == f.name }); i >= 0 {
		o.fields[i] = f
		return
	}
	o.fields = append(o.fields, f)
}

// keywords name kinds of match, and so mark what is no alternative of "$or".
var keywords = []string{"exact", "prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard"}

// alternatives reports whether the value of "$or" is two or more objects that
// could be patterns; otherwise it is a field that happens to have that name.
func alternatives(v any) (list []ordered, ok bool) {
	values, _ := v.([]any)
	for _, e := range values {
		o, isObject := e.(ordered)
		if !isObject || len(o) == 0 || slices.ContainsFunc(o, func(m member) bool { return slices.Contains(keywords, m.name) }) {
			return nil, false
		}
		list = append(list, o)
	}
	return list, len(list) >= 2
}

func (f *field) compile(values []any) error {
	if len(values) == 0 {
		return bad("Empty arrays are not allowed")
	}
	for _, v := range values {
		m, err := compileMatcher(v)
		if err != nil {
			return err
		}
		f.matchers = append(f.matchers, m)
	}
	return nil
}
