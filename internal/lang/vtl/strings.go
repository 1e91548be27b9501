package vtl

import (
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Java counts strings in units of UTF-16.

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

// length is how many units s has.
func length(s string) int {
	if ascii(s) {
		return len(s)
	}
	return len(units(s))
}

// substring is s from unit i up to unit j.
func substring(s string, i, j int) (string, error) {
	var u []uint16
	n := len(s)
	plain := ascii(s)
	if !plain {
		u = units(s)
		n = len(u)
	}
	if j == math.MinInt {
		j = n
	}
	if i < 0 || j > n || i > j {
		return "", faultf("begin %d, end %d, length %d", i, j, n)
	}
	if plain {
		return s[i:j], nil
	}
	return string(utf16.Decode(u[i:j])), nil
}

// unitIndex turns an offset in bytes into one in units.
func unitIndex(s string, i int) int64 {
	if i < 0 {
		return -1
	}
	return int64(length(s[:i]))
}

func (r *run) stringMethod(s, name string, args []any) (any, error) {
	if err := r.step(1 + len(s)>>6); err != nil {
		return nil, err
	}
	switch len(args) {
	case 0:
		return r.stringAsks(s, name)
	case 1:
		if t, ok := args[0].(string); ok {
			return r.stringWith(s, name, t)
		}
		return r.stringWithValue(s, name, args[0])
	case 2:
		return r.stringWithTwo(s, name, args[0], args[1])
	}
	if name == "format" {
		return nil, faultf("String.format is not supported")
	}
	return nil, nil
}

// stringAsks are the methods without arguments.
func (r *run) stringAsks(s, name string) (any, error) {
	switch name {
	case "length":
		return int64(length(s)), nil
	case "isEmpty":
		return s == "", nil
	case "isBlank":
		return strings.TrimFunc(s, blank) == "", nil
	case "trim":
		return strings.TrimFunc(s, func(c rune) bool { return c <= ' ' }), nil
	case "strip":
		return strings.TrimFunc(s, blank), nil
	case "toLowerCase":
		return strings.ToLower(s), r.grow(len(s))
	case "toUpperCase":
		return upper(s), r.grow(len(s))
	case "toCharArray":
		l := &List{}
		for _, u := range units(s) {
			l.Add(string(rune(u)))
		}
		return l, r.grow(32 * len(s))
	case "toString", "intern":
		return s, nil
	}
	return r.anyMethod(s, name, nil)
}

func blank(c rune) bool { return c <= ' ' || c == '\u2028' || c == '\u2029' || c == '\u3000' }

// upper is Java's toUpperCase, which unlike Go's knows of ß.
func upper(s string) string {
	return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS")
}

// stringWith are the methods with one string.
func (r *run) stringWith(s, name, t string) (any, error) {
	switch name {
	case "contains":
		return strings.Contains(s, t), nil
	case "startsWith":
		return strings.HasPrefix(s, t), nil
	case "endsWith":
		return strings.HasSuffix(s, t), nil
	case "indexOf":
		return unitIndex(s, strings.Index(s, t)), nil
	case "lastIndexOf":
		return unitIndex(s, strings.LastIndex(s, t)), nil
	case "equals", "contentEquals":
		return s == t, nil
	case "equalsIgnoreCase":
		return strings.EqualFold(s, t), nil
	case "concat":
		return s + t, r.grow(len(s) + len(t))
	case "compareTo":
		return compareStrings(s, t), nil
	case "compareToIgnoreCase":
		return compareStrings(strings.ToLower(s), strings.ToLower(t)), nil
	case "matches":
		return r.matches(t, s)
	case "split":
		return r.split(s, t, 0)
	case "parseInt", "parseLong", "parseDouble":
		return nil, nil
	}
	return nil, nil
}

// compareStrings is the difference of the first units that differ, or of the lengths.
func compareStrings(s, t string) int64 {
	a, b := units(s), units(t)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return int64(a[i]) - int64(b[i])
		}
	}
	return int64(len(a) - len(b))
}

// stringWithValue are the methods with one argument that is no string.
func (r *run) stringWithValue(s, name string, arg any) (any, error) {
	if name == "equals" {
		return false, nil
	}
	i, ok := toIndex(arg)
	if !ok {
		return nil, nil
	}
	switch name {
	case "substring":
		return substring(s, i, math.MinInt)
	case "charAt":
		return substring(s, i, i+1)
	case "codePointAt":
		c, err := substring(s, i, i+1)
		if err != nil {
			return nil, err
		}
		return int64(units(c)[0]), nil
	case "repeat":
		if i < 0 {
			return nil, faultf("count is negative: %d", i)
		}
		if i > 0 && len(s) > r.limits.Memory/i {
			return nil, limitf("The template makes values of more than %d bytes", r.limits.Memory)
		}
		return strings.Repeat(s, i), r.grow(len(s) * i)
	case "indexOf":
		return unitIndex(s, strings.IndexRune(s, rune(i))), nil
	}
	return nil, nil
}

func (r *run) stringWithTwo(s, name string, a, b any) (any, error) {
	switch name {
	case "substring", "subSequence":
		i, ok := toIndex(a)
		j, ok2 := toIndex(b)
		if !ok || !ok2 {
			return nil, nil
		}
		return substring(s, i, j)
	case "replace", "replaceAll", "replaceFirst":
		from, ok := a.(string)
		to, ok2 := b.(string)
		if !ok || !ok2 {
			return nil, nil
		}
		if name == "replace" {
			return r.replace(s, from, to)
		}
		return r.replacePattern(s, from, to, name == "replaceAll")
	case "split":
		pattern, ok := a.(string)
		n, ok2 := toIndex(b)
		if !ok || !ok2 {
			return nil, nil
		}
		return r.split(s, pattern, n)
	case "indexOf", "lastIndexOf", "startsWith":
		t, ok := a.(string)
		from, ok2 := toIndex(b)
		if !ok || !ok2 {
			return nil, nil
		}
		return searchFrom(s, name, t, from)
	}
	return nil, nil
}

// replace guards the size of what comes out before it is made.
func (r *run) replace(s, from, to string) (any, error) {
	n := strings.Count(s, from)
	if grown := len(to) - len(from); grown > 0 && n > r.limits.Memory/grown {
		return nil, limitf("The template makes values of more than %d bytes", r.limits.Memory)
	}
	out := strings.ReplaceAll(s, from, to)
	return out, r.grow(len(out))
}

// searchFrom are the searches that begin at a unit.
func searchFrom(s, name, t string, from int) (any, error) {
	n := length(s)
	from = max(from, 0)
	switch name {
	case "startsWith":
		if from > n {
			return false, nil
		}
		rest, err := substring(s, from, n)
		return strings.HasPrefix(rest, t), err
	case "indexOf":
		rest, err := substring(s, min(from, n), n)
		i := unitIndex(rest, strings.Index(rest, t))
		if i >= 0 {
			i += int64(min(from, n))
		}
		return i, err
	}
	head, err := substring(s, 0, min(n, from+length(t)))
	return unitIndex(head, strings.LastIndex(head, t)), err
}
