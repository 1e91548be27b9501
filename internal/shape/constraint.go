package shape

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// constraint is one demand of the API model on a value.
type constraint struct {
	text  string // as AWS words it
	holds func(v reflect.Value) bool
}

// constraintsOf reads the constraints whose tags begin with prefix, in the
// order AWS lists them.
func (t tags) constraintsOf(prefix string, k Kind) (cs []constraint, err error) {
	for _, read := range []func(string, Kind) ([]constraint, error){t.length, t.valueRange, t.pattern, t.enum} {
		c, err := read(prefix, k)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c...)
	}
	return cs, nil
}

func (t tags) length(prefix string, k Kind) (cs []constraint, err error) {
	tag, ok := t.take(prefix + "len")
	if !ok {
		return nil, nil
	}
	if k != String && k != Blob && k != List && k != Map && k != JSON {
		return nil, fmt.Errorf("%slen:%q is on a value without length", prefix, tag)
	}
	lo, hi, err := bounds(tag)
	if err != nil {
		return nil, err
	}
	if hi != "" {
		n, err := strconv.Atoi(hi)
		if err != nil {
			return nil, err
		}
		cs = append(cs, constraint{"Member must have length less than or equal to " + hi,
			func(v reflect.Value) bool { return length(v) <= n }})
	}
	if lo != "" {
		n, err := strconv.Atoi(lo)
		if err != nil {
			return nil, err
		}
		cs = append(cs, constraint{"Member must have length greater than or equal to " + lo,
			func(v reflect.Value) bool { return length(v) >= n }})
	}
	return cs, nil
}

// length counts characters, bytes, elements or entries.
func length(v reflect.Value) int {
	if v.Kind() == reflect.String {
		return utf8.RuneCountInString(v.String())
	}
	return v.Len()
}

func (t tags) valueRange(prefix string, k Kind) (cs []constraint, err error) {
	tag, ok := t.take(prefix + "range")
	if !ok {
		return nil, nil
	}
	if k != Int && k != Float {
		return nil, fmt.Errorf("%srange:%q is not on a number", prefix, tag)
	}
	lo, hi, err := bounds(tag)
	if err != nil {
		return nil, err
	}
	if hi != "" {
		n, err := strconv.ParseFloat(hi, 64)
		if err != nil {
			return nil, err
		}
		cs = append(cs, constraint{"Member must have value less than or equal to " + hi,
			func(v reflect.Value) bool { return number(v) <= n }})
	}
	if lo != "" {
		n, err := strconv.ParseFloat(lo, 64)
		if err != nil {
			return nil, err
		}
		cs = append(cs, constraint{"Member must have value greater than or equal to " + lo,
			func(v reflect.Value) bool { return number(v) >= n }})
	}
	return cs, nil
}

func number(v reflect.Value) float64 {
	if v.CanInt() {
		return float64(v.Int())
	}
	return v.Float()
}

// bounds splits "lo,hi", either of which may be missing.
func bounds(tag string) (lo, hi string, err error) {
	lo, hi, ok := strings.Cut(tag, ",")
	if !ok || lo == "" && hi == "" {
		return "", "", fmt.Errorf("%q is not \"least,most\"", tag)
	}
	return lo, hi, nil
}

func (t tags) pattern(prefix string, k Kind) ([]constraint, error) {
	tag, ok := t.take(prefix + "pattern")
	if !ok {
		return nil, nil
	}
	if k != String {
		return nil, fmt.Errorf("%spattern:%q is not on a string", prefix, tag)
	}
	re, err := Pattern(tag)
	if err != nil {
		return nil, err
	}
	return []constraint{{"Member must satisfy regular expression pattern: " + tag,
		func(v reflect.Value) bool { return re.MatchString(v.String()) }}}, nil
}

func (t tags) enum(prefix string, k Kind) ([]constraint, error) {
	tag, ok := t.take(prefix + "enum")
	if !ok {
		return nil, nil
	}
	if k != String {
		return nil, fmt.Errorf("%senum:%q is not on a string", prefix, tag)
	}
	values := strings.Split(tag, "|")
	return []constraint{{"Member must satisfy enum value set: [" + strings.Join(values, ", ") + "]",
		func(v reflect.Value) bool { return slices.Contains(values, v.String()) }}}, nil
}
