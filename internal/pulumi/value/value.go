package value

import "maps"

// Map is the properties of a resource.
type Map = map[string]any

// Unknown stands for a value that exists only once a resource is created. It
// occurs only in previews.
type Unknown struct{}

// Secret is a value that must not be shown.
type Secret struct{ Value any }

// Asset is the content of a file: a path on disk, or the text itself. Its hash
// is of the content, so that a changed file is a changed value.
type Asset struct{ Path, Text, Hash string }

// Archive is a folder, or a zip file, by its path on disk. Its hash is of what
// is in it.
type Archive struct{ Path, Hash string }

// HasUnknown reports whether the value is unknown, wholly or in part.
func HasUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return true
	case Secret:
		return HasUnknown(v.Value)
	case []any:
		for _, e := range v {
			if HasUnknown(e) {
				return true
			}
		}
	case Map:
		for _, e := range v {
			if HasUnknown(e) {
				return true
			}
		}
	}
	return false
}

// Reveal returns the value without its secret wrappers, and whether it had any.
func Reveal(v any) (plain any, secret bool) {
	switch v := v.(type) {
	case Secret:
		plain, _ = Reveal(v.Value)
		return plain, true
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			p, s := Reveal(e)
			out[i], secret = p, secret || s
		}
		return out, secret
	case Map:
		out := make(Map, len(v))
		for k, e := range v {
			p, s := Reveal(e)
			out[k], secret = p, secret || s
		}
		return out, secret
	}
	return v, false
}

// RevealMap reveals every property, and names those that held a secret.
func RevealMap(m Map) (plain Map, secrets map[string]bool) {
	plain, secrets = make(Map, len(m)), map[string]bool{}
	for k, v := range m {
		p, s := Reveal(v)
		plain[k] = p
		if s {
			secrets[k] = true
		}
	}
	return plain, secrets
}

// Conceal wraps the named properties as secrets.
func Conceal(m Map, secrets map[string]bool) Map {
	out := maps.Clone(m)
	for k := range secrets {
		if v, ok := out[k]; ok && v != nil {
			out[k] = Secret{v}
		}
	}
	return out
}

// Equal compares two values, unknown to nothing.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case Secret:
		return Equal(a.Value, b)
	case Asset:
		if b, ok := b.(Asset); ok && a.Hash != "" && b.Hash != "" {
			return a.Hash == b.Hash
		}
	case Archive:
		if b, ok := b.(Archive); ok && a.Hash != "" && b.Hash != "" {
			return a.Hash == b.Hash
		}
	case Unknown:
		return false
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case Map:
		b, ok := b.(Map)
		if !ok || len(a) != len(b) {
			return false
		}
		for k := range a {
			if e, ok := b[k]; !ok || !Equal(a[k], e) {
				return false
			}
		}
		return true
	}
	switch b := b.(type) {
	case Secret:
		return Equal(a, b.Value)
	case Unknown, []any, Map:
		return false
	}
	return a == b
}
