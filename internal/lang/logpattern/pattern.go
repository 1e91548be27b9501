package logpattern

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a compiled filter pattern. It is safe for concurrent use.
type Pattern struct{ m matcher }

// Fields gives the value of a field that a message was seen to have, by the
// name that patterns and metric values use for it: "$.latency", "$bytes".
type Fields func(name string) (value string, ok bool)

type matcher interface {
	match(message string) (Fields, bool)
	// extracted lists the fields that the pattern itself names.
	extracted() []string
}

// SyntaxError says what is wrong with a pattern.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return e.Reason }

func wrong(format string, args ...any) error { return &SyntaxError{fmt.Sprintf(format, args...)} }

// Parse compiles a pattern. Its errors are *SyntaxError.
func Parse(pattern string) (*Pattern, error) {
	text := strings.TrimSpace(pattern)
	var m matcher
	var err error
	switch {
	case strings.HasPrefix(text, "{"):
		m, err = parseJSON(text)
	case strings.HasPrefix(text, "["):
		m, err = parseFields(text)
	default:
		m, err = parseTerms(text)
	}
	if err != nil {
		return nil, err
	}
	return &Pattern{m}, nil
}

// Match reports whether a message matches, and where to find its fields.
func (p *Pattern) Match(message string) (Fields, bool) { return p.m.match(message) }

// Extract returns the fields of a message that the pattern names.
func (p *Pattern) Extract(f Fields) map[string]string {
	out := map[string]string{}
	for _, name := range p.m.extracted() {
		if v, ok := f(name); ok {
			out[name] = v
		}
	}
	return out
}

func none(string) (string, bool) { return "", false }

// terms is the plain pattern: all of required, any of optional, none of excluded.
type terms struct{ required, optional, excluded []term }

// term is a text to be found in the message, or an expression.
type term struct {
	text string
	re   *regexp.Regexp
}

func (t term) in(message string) bool {
	if t.re != nil {
		return t.re.MatchString(message)
	}
	return strings.Contains(message, t.text)
}

func (t *terms) extracted() []string { return nil }

func (t *terms) match(message string) (Fields, bool) {
	for _, x := range t.excluded {
		if x.in(message) {
			return nil, false
		}
	}
	for _, x := range t.required {
		if !x.in(message) {
			return nil, false
		}
	}
	if len(t.required) > 0 || len(t.optional) == 0 {
		return none, true // AWS pays no heed to optional terms beside required ones
	}
	for _, x := range t.optional {
		if x.in(message) {
			return none, true
		}
	}
	return nil, false
}

func parseTerms(text string) (matcher, error) {
	t := &terms{}
	for text = strings.TrimLeftFunc(text, unicode.IsSpace); text != ""; text = strings.TrimLeftFunc(text, unicode.IsSpace) {
		list := &t.required
		switch text[0] {
		case '?':
			list, text = &t.optional, text[1:]
		case '-':
			list, text = &t.excluded, text[1:]
		}
		x, rest, err := cutTerm(text)
		if err != nil {
			return nil, err
		}
		*list, text = append(*list, x), rest
	}
	return t, nil
}

func cutTerm(text string) (t term, rest string, err error) {
	switch {
	case strings.HasPrefix(text, `"`):
		t.text, rest, err = cutQuoted(text)
		return t, rest, err
	case strings.HasPrefix(text, "%"):
		t.re, rest, err = cutRegexp(text)
		return t, rest, err
	}
	n := strings.IndexFunc(text, unicode.IsSpace)
	if n < 0 {
		n = len(text)
	}
	t.text = text[:n]
	if t.text == "" {
		return t, "", wrong("Empty term in the filter pattern")
	}
	if strings.ContainsFunc(t.text, func(r rune) bool { return !wordly(r) }) {
		return t, "", wrong("Invalid character(s) in term '%s'", t.text)
	}
	return t, text[n:], nil
}

// wordly characters need no quotes.
func wordly(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// cutQuoted cuts off a text in quotes.
func cutQuoted(text string) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], nil
		case c == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", wrong("Unclosed quote in the filter pattern")
}

// cutRegexp cuts off an expression between percent signs.
func cutRegexp(text string) (re *regexp.Regexp, rest string, err error) {
	end := strings.IndexByte(text[1:], '%')
	if end <= 0 {
		return nil, "", wrong("Unclosed or empty regular expression in the filter pattern")
	}
	source := text[1 : 1+end]
	if !utf8.ValidString(source) || strings.ContainsAny(source, "()") {
		return nil, "", wrong("Invalid regular expression '%s'", source)
	}
	if re, err = regexp.Compile(source); err != nil {
		return nil, "", wrong("Invalid regular expression '%s'", source)
	}
	return re, text[end+2:], nil
}
