package logpattern

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// comparison is what a field is held against.
type comparison struct {
	op     string // = != < > <= >=
	number float64
	isNum  bool
	text   string // with wildcards
	re     *regexp.Regexp
}

// holds reports whether a value compares; isString tells a JSON string from a number.
func (c *comparison) holds(value string, isString bool) bool {
	switch {
	case c.re != nil:
		return c.re.MatchString(value) == (c.op == "=")
	case c.isNum && !isString:
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return c.op == "!="
		}
		switch c.op {
		case "=":
			return v == c.number
		case "!=":
			return v != c.number
		case "<":
			return v < c.number
		case ">":
			return v > c.number
		case "<=":
			return v <= c.number
		}
		return v >= c.number
	case c.op == "=":
		return wildcard(c.text, value)
	case c.op == "!=":
		return !wildcard(c.text, value)
	}
	return false // order is for numbers
}

// wildcard matches a text in which * stands for any characters.
func wildcard(pattern, s string) bool {
	head, tail, ok := strings.Cut(pattern, "*")
	if !ok {
		return pattern == s
	}
	if !strings.HasPrefix(s, head) {
		return false
	}
	s = s[len(head):]
	for {
		part, rest, more := strings.Cut(tail, "*")
		if !more {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, tail = s[i+len(part):], rest
	}
}

// cutComparison cuts an operator and what follows it off a condition.
func cutComparison(text string, stop string) (c comparison, rest string, err error) {
	for _, op := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		if after, ok := strings.CutPrefix(text, op); ok {
			c.op, text = op, after
			break
		}
	}
	if c.op == "" {
		return c, "", wrong("Expected a comparison at '%s'", clip(text))
	}
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	switch {
	case strings.HasPrefix(text, `"`):
		c.text, rest, err = cutQuoted(text)
		return c, rest, err
	case strings.HasPrefix(text, "%"):
		if c.op != "=" && c.op != "!=" {
			return c, "", wrong("A regular expression needs = or !=")
		}
		c.re, rest, err = cutRegexp(text)
		return c, rest, err
	}
	n := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(stop, r) })
	if n < 0 {
		n = len(text)
	}
	c.text = text[:n]
	if c.text == "" {
		return c, "", wrong("Expected a value at '%s'", clip(text))
	}
	if v, err := strconv.ParseFloat(c.text, 64); err == nil {
		c.number, c.isNum = v, true
	} else if c.op != "=" && c.op != "!=" {
		return c, "", wrong("'%s' is not a number", clip(c.text))
	}
	return c, text[n:], nil
}

// clip shortens text for a message.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "..."
	}
	return strings.ToValidUTF8(s, "?")
}
