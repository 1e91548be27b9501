package eventpattern

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// matcher is one alternative for a leaf: nil, a bool, a string or a
// json.Number.
type matcher interface{ matches(leaf any) bool }

type (
	null        struct{}
	boolean     bool
	text        string
	number      float64
	exists      bool // whether there is a leaf at all
	prefix      string
	suffix      string
	prefixFold  string // in lower case
	suffixFold  string
	fold        string
	wildcard    []string // what is between the asterisks
	network     netip.Prefix
	anythingBut struct{ but []matcher }
	numeric     struct {
		low, high       float64
		above           bool // than low, and not equal to it
		below           bool
		hasLow, hasHigh bool
	}
)

func (null) matches(v any) bool      { return v == nil }
func (m boolean) matches(v any) bool { return v == bool(m) }
func (m text) matches(v any) bool    { return v == string(m) }
func (m exists) matches(any) bool    { return bool(m) }

func (m number) matches(v any) bool {
	n, ok := float(v)
	return ok && n == float64(m)
}

func float(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(n), 64)
	return f, err == nil
}

func (m prefix) matches(v any) bool {
	s, ok := v.(string)
	return ok && strings.HasPrefix(s, string(m))
}

func (m suffix) matches(v any) bool {
	s, ok := v.(string)
	return ok && strings.HasSuffix(s, string(m))
}

func (m prefixFold) matches(v any) bool {
	s, ok := v.(string)
	return ok && strings.HasPrefix(strings.ToLower(s), string(m))
}

func (m suffixFold) matches(v any) bool {
	s, ok := v.(string)
	return ok && strings.HasSuffix(strings.ToLower(s), string(m))
}

func (m fold) matches(v any) bool {
	s, ok := v.(string)
	return ok && strings.EqualFold(s, string(m))
}

func (m wildcard) matches(v any) bool {
	s, ok := v.(string)
	if !ok || !strings.HasPrefix(s, m[0]) {
		return false
	}
	s = s[len(m[0]):]
	if len(m) == 1 {
		return s == ""
	}
	for _, part := range m[1 : len(m)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, m[len(m)-1])
}

func (m network) matches(v any) bool {
	s, ok := v.(string)
	if !ok {
		return false
	}
	ip, err := netip.ParseAddr(s)
	return err == nil && netip.Prefix(m).Contains(ip)
}

func (m anythingBut) matches(v any) bool {
	for _, b := range m.but {
		if b.matches(v) {
			return false
		}
	}
	return true
}

func (m numeric) matches(v any) bool {
	n, ok := float(v)
	return ok &&
		(!m.hasLow || n > m.low || !m.above && n == m.low) &&
		(!m.hasHigh || n < m.high || !m.below && n == m.high)
}

// compileMatcher reads an element of a leaf's array.
func compileMatcher(v any) (matcher, error) {
	switch v := v.(type) {
	case nil:
		return null{}, nil
	case bool:
		return boolean(v), nil
	case string:
		return text(v), nil
	case json.Number:
		return compileNumber(v)
	case ordered:
		return compileExpression(v)
	}
	return nil, bad("Match value must be String, number, true, false, or null")
}

func compileNumber(n json.Number) (number, error) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || f < -limit || f > limit {
		return 0, bad("Value must be between -5.0E9 and 5.0E9, inclusive")
	}
	return number(f), nil
}

// limit is how large numbers of patterns may be.
const limit = 5e9

// only returns the one member of an expression.
func only(o ordered, none string) (member, error) {
	if len(o) == 0 {
		return member{}, bad(none)
	}
	if len(o) > 1 {
		return member{}, bad("Only one key allowed in match expression")
	}
	return o[0], nil
}

func compileExpression(o ordered) (matcher, error) {
	m, err := only(o, "Match expression name not found")
	if err != nil {
		return nil, err
	}
	switch m.name {
	case "exact":
		return stringOf(m.value, "exact match pattern must be a string", func(s string) matcher { return text(s) })
	case "prefix", "suffix":
		return compileAffix(m)
	case "equals-ignore-case":
		return stringOf(m.value, "equals-ignore-case match pattern must be a string", func(s string) matcher { return fold(s) })
	case "wildcard":
		s, ok := m.value.(string)
		if !ok {
			return nil, bad("wildcard match pattern must be a string")
		}
		return compileWildcard(s)
	case "exists":
		b, ok := m.value.(bool)
		if !ok {
			return nil, bad("exists match pattern must be either true or false.")
		}
		return exists(b), nil
	case "cidr":
		s, ok := m.value.(string)
		if !ok {
			return nil, bad("prefix match pattern must be a string")
		}
		return compileNetwork(s)
	case "numeric":
		list, ok := m.value.([]any)
		if !ok {
			return nil, bad("Value of numeric must be an array.")
		}
		return compileNumeric(list)
	case "anything-but":
		return compileAnythingBut(m.value)
	}
	return nil, bad("Unrecognized match type " + m.name)
}

func stringOf(v any, otherwise string, f func(string) matcher) (matcher, error) {
	s, ok := v.(string)
	if !ok {
		return nil, bad(otherwise)
	}
	return f(s), nil
}

// compileAffix reads a prefix or suffix, which may be any in case.
func compileAffix(m member) (matcher, error) {
	if o, ok := m.value.(ordered); ok {
		inner, err := only(o, strings.ToUpper(m.name[:1])+m.name[1:]+" expression name not found")
		if err != nil {
			return nil, err
		}
		if inner.name != "equals-ignore-case" {
			return nil, bad("Unsupported " + m.name + " pattern: " + inner.name)
		}
		return stringOf(inner.value, "equals-ignore-case match pattern must be a string", func(s string) matcher {
			if m.name == "prefix" {
				return prefixFold(strings.ToLower(s))
			}
			return suffixFold(strings.ToLower(s))
		})
	}
	return stringOf(m.value, m.name+" match pattern must be a string", affix(m.name))
}

func affix(name string) func(string) matcher {
	return func(s string) matcher {
		if name == "prefix" {
			return prefix(s)
		}
		return suffix(s)
	}
}

// compileWildcard reads a text in which an asterisk stands for any text, and a
// backslash takes the meaning from an asterisk or another backslash. AWS counts
// positions from a quotation mark before the text.
func compileWildcard(s string) (matcher, error) {
	parts := wildcard{""}
	for i := 0; i < len(s); i++ {
		last := &parts[len(parts)-1]
		switch s[i] {
		case '*':
			if i+1 < len(s) && s[i+1] == '*' {
				return nil, bad("Consecutive wildcard characters at pos " + strconv.Itoa(i+1))
			}
			parts = append(parts, "")
		case '\\':
			if i+1 == len(s) || s[i+1] != '*' && s[i+1] != '\\' {
				return nil, bad("Invalid escape character at pos " + strconv.Itoa(i+1))
			}
			i++
			*last += s[i : i+1]
		default:
			_, n := utf8.DecodeRuneInString(s[i:])
			*last += s[i : i+n]
			i += n - 1
		}
	}
	return parts, nil
}

func compileNetwork(s string) (matcher, error) {
	address, bits, ok := strings.Cut(s, "/")
	if !ok || strings.Contains(bits, "/") {
		return nil, bad("Malformed CIDR, one '/' required")
	}
	n, err := strconv.Atoi(bits)
	if err != nil {
		return nil, bad("Malformed CIDR, mask bits must be an integer")
	}
	if n < 0 {
		return nil, bad("Malformed CIDR, mask bits must not be negative")
	}
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" {
		return nil, bad("Invalid IP address: " + address)
	}
	p, err := ip.Prefix(n)
	if err != nil {
		kind := "IPv4 mask bits must be < 32"
		if ip.Is6() {
			kind = "IPv6 mask bits must be < 128"
		}
		return nil, bad(kind)
	}
	return network(p), nil
}

// compileNumeric reads ["=", 5], or one or two bounds as in [">", 0, "<=", 5].
func compileNumeric(list []any) (matcher, error) {
	m := numeric{}
	for i := 0; i < len(list) || i == 0; i += 2 {
		var op string
		if i < len(list) {
			op, _ = list[i].(string)
		}
		switch {
		case op == "":
			return nil, bad("Invalid member in numeric match: " + describe(list, i))
		case i >= 4 || i == 2 && (!m.hasLow || m.low == m.high && m.hasHigh):
			return nil, bad("Too many elements in numeric expression")
		case i == 2 && op != "<" && op != "<=":
			return nil, bad("Bad numeric range operator: " + op)
		}
		var v any
		if i+1 < len(list) {
			v = list[i+1]
		}
		n, ok := v.(json.Number)
		if !ok {
			name := op
			if op == "=" {
				name = "equals"
			}
			return nil, bad("Value of " + name + " must be numeric")
		}
		f, err := compileNumber(n)
		if err != nil {
			return nil, err
		}
		switch op {
		case "=":
			m = numeric{low: float64(f), high: float64(f), hasLow: true, hasHigh: true}
		case ">", ">=":
			m.low, m.hasLow, m.above = float64(f), true, op == ">"
		case "<", "<=":
			m.high, m.hasHigh, m.below = float64(f), true, op == "<"
		default:
			return nil, bad("Unrecognized numeric range operator: " + op)
		}
	}
	if m.hasLow && m.hasHigh && m.low >= m.high && (m.above || m.below || m.low > m.high) {
		return nil, bad("Bottom must be less than top")
	}
	return m, nil
}

func describe(list []any, i int) string {
	if i >= len(list) {
		return "]"
	}
	b, err := json.Marshal(list[i])
	if err != nil {
		return "?"
	}
	return string(b)
}

// compileAnythingBut reads what a leaf must not be: a string or a number, a
// list of either, or an expression on strings.
func compileAnythingBut(v any) (matcher, error) {
	o, ok := v.(ordered)
	if !ok {
		return compileAnythingOf(v)
	}
	m, err := only(o, "Anything-But expression name not found")
	if err != nil {
		return nil, err
	}
	var make func(string) (matcher, error)
	pure := func(f func(string) matcher) func(string) (matcher, error) {
		return func(s string) (matcher, error) { return f(s), nil }
	}
	switch m.name {
	case "prefix", "suffix":
		make = pure(affix(m.name))
		if inner, ok := m.value.(ordered); ok {
			a, err := compileAffix(member{m.name, inner})
			return anythingBut{[]matcher{a}}, err
		}
	case "equals-ignore-case":
		make = pure(func(s string) matcher { return fold(s) })
	case "wildcard":
		make = compileWildcard
	default:
		return nil, bad("Unsupported anything-but pattern: " + m.name)
	}
	list, many := m.value.([]any)
	if !many {
		list = []any{m.value}
	}
	if len(list) == 0 {
		return nil, bad("Empty arrays are not allowed")
	}
	all := anythingBut{}
	for _, e := range list {
		s, ok := e.(string)
		switch {
		case !ok && many:
			return nil, bad("Inside anything-but/ignore-case list, number|start|null|boolean is not supported.")
		case !ok:
			return nil, bad("prefix/suffix match pattern must be a string")
		case s == "" && (m.name == "prefix" || m.name == "suffix"):
			return nil, bad("Null prefix/suffix not allowed")
		}
		b, err := make(s)
		if err != nil {
			return nil, err
		}
		all.but = append(all.but, b)
	}
	return all, nil
}

func compileAnythingOf(v any) (matcher, error) {
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	all := anythingBut{}
	numbers := 0
	for _, e := range list {
		switch e := e.(type) {
		case string:
			all.but = append(all.but, text(e))
		case json.Number:
			n, err := compileNumber(e)
			if err != nil {
				return nil, err
			}
			all.but = append(all.but, n)
			numbers++
		default:
			if !many {
				return nil, bad("Value of anything-but must be an array or single string/number value.")
			}
			return nil, bad("Inside anything but list, start|null|boolean is not supported.")
		}
	}
	switch {
	case len(list) == 0:
		return nil, bad("Empty arrays are not allowed")
	case numbers > 0 && numbers < len(list):
		return nil, bad("Inside anything but list, either all values are number or string, mixed type is not supported")
	}
	return all, nil
}
