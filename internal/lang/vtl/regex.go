package vtl

import (
	"regexp"
	"strings"
)

// Patterns run on Go's engine, whose time is linear in the text whatever the
// pattern is; AppSync's is of the same family. Back references and looking
// around do not exist in it and are errors.

// maxPattern is the longest pattern.
const maxPattern = 1000

// javaClasses are the classes that Go spells differently, as they are within brackets.
var javaClasses = map[string]string{
	`\p{Alpha}`: `[:alpha:]`, `\p{Digit}`: `[:digit:]`, `\p{Alnum}`: `[:alnum:]`, `\p{Upper}`: `[:upper:]`,
	`\p{Lower}`: `[:lower:]`, `\p{Punct}`: `[:punct:]`, `\p{Space}`: `[:space:]`, `\p{XDigit}`: `[:xdigit:]`,
	`\p{IsAlphabetic}`: `\pL`, `\p{IsDigit}`: `\p{Nd}`, `\h`: ` \t\x{a0}\x{2000}-\x{200a}`,
}

// translate spells a pattern as Go does.
func translate(expr string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		if c == '\\' && i+1 < len(expr) {
			word := escapeWord(expr[i:])
			i += len(word) - 1
			b.WriteString(spelled(word, class))
			continue
		}
		switch {
		case c == '[' && !class:
			class = true
		case c == ']' && class:
			class = false
		}
		b.WriteByte(c)
	}
	return b.String()
}

// escapeWord is the escape that s begins with: \d, \p{Alpha}.
func escapeWord(s string) string {
	if strings.HasPrefix(s, `\p{`) {
		if i := strings.IndexByte(s, '}'); i > 0 {
			return s[:i+1]
		}
	}
	return s[:2]
}

func spelled(word string, class bool) string {
	switch word {
	case `\Z`:
		return `\z`
	case `\e`:
		return `\x1b`
	case `\R`:
		return `(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])`
	}
	s, ok := javaClasses[word]
	switch {
	case !ok:
		return word
	case class:
		return s
	}
	return "[" + s + "]"
}

// pattern compiles a Java pattern, to match anywhere or only the whole text;
// each once an execution.
func (r *run) pattern(expr string, whole bool) (*regexp.Regexp, error) {
	key := pattern{expr, whole}
	if re, ok := r.patterns[key]; ok {
		return re, nil
	}
	if len(expr) > maxPattern {
		return nil, limitf("The pattern is longer than %d bytes", maxPattern)
	}
	if err := r.step(10 * len(expr)); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(translate(expr))
	if err == nil && whole {
		re, err = regexp.Compile(`\A(?:` + translate(expr) + `)\z`)
	}
	if err != nil {
		return nil, faultf("The pattern %s is not supported: %s", quote(expr), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if r.patterns == nil {
		r.patterns = map[pattern]*regexp.Regexp{}
	}
	r.patterns[key] = re
	return re, nil
}

type pattern struct {
	expr  string
	whole bool
}

// cost is the work of running a pattern over a text.
func (r *run) cost(expr, s string) error { return r.step(len(s) * (1 + len(expr)/16) / 2) }

// matches reports whether the pattern matches all of s.
func (r *run) matches(expr, s string) (any, error) {
	if err := r.cost(expr, s); err != nil {
		return nil, err
	}
	re, err := r.pattern(expr, true)
	if err != nil {
		return nil, err
	}
	return re.MatchString(s), nil
}

func (r *run) replacePattern(s, expr, to string, all bool) (any, error) {
	if err := r.cost(expr, s); err != nil {
		return nil, err
	}
	re, err := r.pattern(expr, false)
	if err != nil {
		return nil, err
	}
	n := 1
	if all {
		n = -1
	}
	var b strings.Builder
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, n) {
		b.WriteString(s[last:m[0]])
		if err := expand(&b, s, to, m); err != nil {
			return nil, err
		}
		last = m[1]
		if b.Len() > r.limits.Memory {
			return nil, limitf("The template makes values of more than %d bytes", r.limits.Memory)
		}
	}
	b.WriteString(s[last:])
	return b.String(), r.grow(b.Len())
}

// expand writes a replacement: $1 is a group, a backslash makes the next
// character plain.
func expand(b *strings.Builder, s, to string, match []int) error {
	for i := 0; i < len(to); i++ {
		switch {
		case to[i] == '\\' && i+1 < len(to):
			i++
			b.WriteByte(to[i])
		case to[i] == '$':
			if i++; i == len(to) || !isDigit(to[i]) {
				return faultf("Illegal group reference")
			}
			g := int(to[i] - '0')
			for i+1 < len(to) && isDigit(to[i+1]) && 2*(10*g+int(to[i+1]-'0')) < len(match) {
				i++
				g = 10*g + int(to[i]-'0')
			}
			if 2*g >= len(match) {
				return faultf("No group %d", g)
			}
			if match[2*g] >= 0 {
				b.WriteString(s[match[2*g]:match[2*g+1]])
			}
		default:
			b.WriteByte(to[i])
		}
	}
	return nil
}

// split is Java's: without a limit, empty strings at the end are left out; a
// match of nothing at the beginning splits nothing off.
func (r *run) split(s, expr string, limit int) (any, error) {
	if err := r.cost(expr, s); err != nil {
		return nil, err
	}
	re, err := r.pattern(expr, false)
	if err != nil {
		return nil, err
	}
	l := &List{}
	last := 0
	for _, m := range re.FindAllStringIndex(s, -1) {
		if limit > 0 && len(l.items) == limit-1 {
			break
		}
		if m[1] == 0 || m[0] == m[1] && m[0] == len(s) {
			continue
		}
		l.Add(s[last:m[0]])
		last = m[1]
	}
	l.Add(s[last:])
	if limit == 0 {
		for n := len(l.items); n > 1 && l.items[n-1] == ""; n-- {
			l.items = l.items[:n-1]
		}
	}
	return l, r.grow(32 * len(l.items))
}
