package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// A Property is an input of a kind, or a member of an object.
type Property struct {
	Name     string
	Type     Type
	Required bool
	Replace  bool // a change takes a new resource
	Computed bool // left alone, once set, if the program says nothing
	Policy   bool // a policy document: compared by what it says
	Default  any
}

// A Type checks the value of a property and returns it as it is compared and
// kept. where is the property's path, for errors.
type Type func(where string, v any) (any, error)

func str(where string, v any) (any, error)     { return scalar[string](where, v, "text") }
func boolean(where string, v any) (any, error) { return scalar[bool](where, v, "true or false") }
func number(where string, v any) (any, error)  { return scalar[float64](where, v, "a number") }

func scalar[T any](where string, v any, what string) (any, error) {
	if _, ok := v.(T); !ok {
		return nil, fmt.Errorf("%s is %s, not %s", where, describe(v), what)
	}
	return v, nil
}

// file is the content of an object: an asset.
func file(where string, v any) (any, error) {
	if _, ok := v.(value.Asset); !ok {
		return nil, fmt.Errorf("%s is %s, not a file or text asset", where, describe(v))
	}
	return v, nil
}

// document is a policy document: JSON.
func document(where string, v any) (any, error) {
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s is %s, not a policy document", where, describe(v))
	}
	if !json.Valid([]byte(s)) {
		return nil, fmt.Errorf("%s is not JSON", where)
	}
	return s, nil
}

// oneOf is one of the texts.
func oneOf(texts ...string) Type {
	return func(where string, v any) (any, error) {
		if s, ok := v.(string); !ok || !slices.Contains(texts, s) {
			return nil, fmt.Errorf("%s is %s, not one of %s", where, describe(v), strings.Join(texts, ", "))
		}
		return v, nil
	}
}

// mapOf is an object with any names and values of one type.
func mapOf(t Type) Type {
	return func(where string, v any) (any, error) {
		m, ok := v.(value.Map)
		if !ok {
			return nil, fmt.Errorf("%s is %s, not a map", where, describe(v))
		}
		out := value.Map{}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			e, err := checked(t, where+"."+k, m[k])
			if err != nil {
				return nil, err
			}
			out[k] = e
		}
		return out, nil
	}
}

// listOf is a list whose order matters.
func listOf(t Type) Type {
	return func(where string, v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%s is %s, not a list", where, describe(v))
		}
		out := make([]any, len(list))
		for i, e := range list {
			var err error
			if out[i], err = checked(t, fmt.Sprintf("%s[%d]", where, i), e); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// setOf is a list whose order does not matter. It is kept sorted.
func setOf(t Type) Type {
	return func(where string, v any) (any, error) {
		out, err := listOf(t)(where, v)
		if err != nil || value.HasUnknown(out) {
			return out, err
		}
		slices.SortFunc(out.([]any), func(a, b any) int { return strings.Compare(canonical(a), canonical(b)) })
		return out, nil
	}
}

// object is an object with these members.
func object(members ...Property) Type {
	return func(where string, v any) (any, error) {
		m, ok := v.(value.Map)
		if !ok {
			return nil, fmt.Errorf("%s is %s, not an object", where, describe(v))
		}
		out := value.Map{}
		for _, p := range members {
			if err := p.check(where+"."+p.Name, m[p.Name], out); err != nil {
				return nil, err
			}
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.ContainsFunc(members, func(p Property) bool { return p.Name == k }) && m[k] != nil {
				return nil, fmt.Errorf("%s.%s is not supported", where, k)
			}
		}
		return out, nil
	}
}

// check puts the checked value, or the default, into the map.
func (p Property) check(where string, v any, into value.Map) error {
	if v == nil {
		v = p.Default
	}
	if v == nil {
		if p.Required {
			return fmt.Errorf("%s is required", where)
		}
		return nil
	}
	v, err := checked(p.Type, where, v)
	if err == nil {
		into[p.Name] = v
	}
	return err
}

// checked checks a value, unless it is not known yet.
func checked(t Type, where string, v any) (any, error) {
	switch v.(type) {
	case value.Unknown:
		return v, nil
	case nil:
		return nil, nil
	}
	return t(where, v)
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case bool, float64:
		return fmt.Sprint(v)
	case string:
		return fmt.Sprintf("%q", v)
	case []any:
		return "a list"
	case value.Map:
		return "an object"
	}
	return fmt.Sprintf("%T", v)
}

// canonical is the JSON of a value, whose members are in order.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// archive is a folder, or a zip file.
func archive(where string, v any) (any, error) {
	if _, ok := v.(value.Archive); !ok {
		return nil, fmt.Errorf("%s is %s, not a file archive", where, describe(v))
	}
	return v, nil
}
