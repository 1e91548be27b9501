package policy

import (
	"strings"
	"unicode/utf8"
)

// In a compiled pattern a wildcard is one of these bytes, so that a literal
// asterisk, or one that a variable brings, is only itself. Text that holds
// them is refused.
const (
	star     = '\x00'
	question = '\x01'
	sentinel = "\x00\x01"
)

// pattern is text with wildcards and variables.
type pattern struct {
	source string
	kind   patternKind
	glob   string // compiled text, if there are no variables
	parts  []part // otherwise
}

type patternKind int

const (
	exact    patternKind = iota // glob is plain text
	anything                    // "*"
	wild                        // glob has wildcards
	template                    // has variables
)

// part is compiled text, or a variable.
type part struct {
	glob     string
	variable string // lower-case name of the key; "" for text
	fallback string
	hasFall  bool
}

// compile reads a pattern. Without wildcards "*" and "?" are themselves;
// without variables "${" is. ok is false when the text is malformed.
func compile(source string, wildcards, variables bool) (p pattern, ok bool) {
	if strings.ContainsAny(source, sentinel) {
		return pattern{}, false
	}
	parts, ok := split(source, wildcards, variables)
	if !ok {
		return pattern{}, false
	}
	p = pattern{source: source, parts: parts}
	p.settle()
	return p, true
}

// settle finds the simplest kind the pattern can be.
func (p *pattern) settle() {
	switch {
	case len(p.parts) == 0:
		p.kind = exact
	case len(p.parts) > 1 || p.parts[0].variable != "":
		p.kind = template
	default:
		p.glob, p.parts = p.parts[0].glob, nil
		switch {
		case strings.Trim(p.glob, "\x00") == "" && p.glob != "":
			p.kind = anything
		case strings.ContainsAny(p.glob, sentinel):
			p.kind = wild
		}
	}
}

// split cuts a source into text and variables.
func split(source string, wildcards, variables bool) ([]part, bool) {
	var parts []part
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, part{glob: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case variables && c == '$' && strings.HasPrefix(source[i:], "${"):
			end := strings.IndexByte(source[i:], '}')
			if end < 0 {
				return nil, false
			}
			inside := source[i+2 : i+end]
			i += end
			if inside == "*" || inside == "?" || inside == "$" {
				text.WriteString(inside)
				continue
			}
			v, ok := parseVariable(inside)
			if !ok {
				return nil, false
			}
			flush()
			parts = append(parts, v)
		case wildcards && c == '*':
			text.WriteByte(star)
		case wildcards && c == '?':
			text.WriteByte(question)
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return parts, true
}

// parseVariable reads `aws:PrincipalTag/team` or `aws:PrincipalTag/team, 'none'`.
func parseVariable(s string) (part, bool) {
	name, fallback, has := strings.Cut(s, ",")
	p := part{variable: strings.ToLower(strings.TrimSpace(name)), hasFall: has}
	if p.variable == "" {
		return part{}, false
	}
	if has {
		f := strings.TrimSpace(fallback)
		if len(f) < 2 || f[0] != '\'' || f[len(f)-1] != '\'' {
			return part{}, false
		}
		p.fallback = f[1 : len(f)-1]
	}
	return p, true
}

// expand puts the values of variables in. ok is false when one has none.
func (p *pattern) expand(r *Request) (glob string, ok bool) {
	if p.kind != template {
		return p.glob, true
	}
	var b strings.Builder
	for _, part := range p.parts {
		if part.variable == "" {
			b.WriteString(part.glob)
			continue
		}
		value := part.fallback
		switch vs := r.values(part.variable); {
		case len(vs) == 1:
			value = vs[0]
		case !part.hasFall:
			return "", false // absent, or a key of many values
		}
		if strings.ContainsAny(value, sentinel) {
			return "", false
		}
		b.WriteString(value)
	}
	return b.String(), true
}

// match reports whether the pattern matches text; ok is false when a variable
// has no value.
func (p *pattern) match(text string, r *Request) (matched, ok bool) {
	switch p.kind {
	case anything:
		return true, true
	case exact:
		return p.glob == text, true
	}
	glob, ok := p.expand(r)
	return ok && globMatch(glob, text), ok
}

// globMatch matches text against compiled text with wildcards. On a mismatch it
// goes back to the last star only, which is enough.
func globMatch(glob, text string) bool {
	g, t := 0, 0
	starAt, resume := -1, 0
	for t < len(text) {
		if g < len(glob) {
			switch c := glob[g]; {
			case c == star:
				starAt, resume = g, t
				g++
				continue
			case c == question:
				_, n := utf8.DecodeRuneInString(text[t:])
				g, t = g+1, t+n
				continue
			case c == text[t]:
				g, t = g+1, t+1
				continue
			}
		}
		if starAt < 0 {
			return false
		}
		_, n := utf8.DecodeRuneInString(text[resume:])
		resume += n
		g, t = starAt+1, resume
	}
	for g < len(glob) && glob[g] == star {
		g++
	}
	return g == len(glob)
}
