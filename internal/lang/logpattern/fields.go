package logpattern

import (
	"strconv"
	"strings"
	"unicode"
)

// fields is a pattern for messages whose fields spaces delimit.
type fields struct {
	before, after []field // the ellipsis between them stands for any number
	ellipsis      bool
	names         []string
}

type field struct {
	name  string // "$3" where the pattern gives none
	tests [][]comparison
}

func (f field) holds(value string) bool {
	if len(f.tests) == 0 {
		return true
	}
	for _, all := range f.tests { // any of them
		ok := true
		for i := range all {
			ok = ok && all[i].holds(value, false)
		}
		if ok {
			return true
		}
	}
	return false
}

func (p *fields) extracted() []string { return p.names }

func (p *fields) match(message string) (Fields, bool) {
	words := split(message)
	n := len(p.before) + len(p.after)
	if len(words) < n || len(words) > n && !p.ellipsis {
		return nil, false
	}
	found := map[string]string{}
	hold := func(list []field, words []string) bool {
		for i, f := range list {
			if !f.holds(words[i]) {
				return false
			}
			found["$"+f.name] = words[i]
		}
		return true
	}
	if !hold(p.before, words) || !hold(p.after, words[len(words)-len(p.after):]) {
		return nil, false
	}
	return func(name string) (string, bool) {
		v, ok := found[name]
		return v, ok
	}, true
}

// split cuts a message at spaces, but not within quotes or brackets.
func split(message string) (words []string) {
	for {
		message = strings.TrimLeftFunc(message, unicode.IsSpace)
		if message == "" {
			return words
		}
		if end := closing(message); end > 0 {
			words, message = append(words, message[1:end]), message[end+1:]
			continue
		}
		n := strings.IndexFunc(message, unicode.IsSpace)
		if n < 0 {
			n = len(message)
		}
		words, message = append(words, message[:n]), message[n:]
	}
}

// closing is where a quote or bracket that the text begins with ends, or 0.
func closing(text string) int {
	c := byte(0)
	switch text[0] {
	case '"':
		c = '"'
	case '[':
		c = ']'
	default:
		return 0
	}
	end := strings.IndexByte(text[1:], c) + 1
	if end == 0 || end+1 < len(text) && !unicode.IsSpace(rune(text[end+1])) {
		return 0
	}
	return end
}

func parseFields(text string) (matcher, error) {
	inner, ok := strings.CutSuffix(text[1:], "]")
	if !ok {
		return nil, wrong("The space-delimited pattern does not end with ]")
	}
	p := &fields{}
	for i := 1; ; i++ {
		inner = strings.TrimLeftFunc(inner, unicode.IsSpace)
		if rest, ok := strings.CutPrefix(inner, "..."); ok {
			if p.ellipsis {
				return nil, wrong("Only one ellipsis is allowed")
			}
			p.ellipsis, inner = true, rest
		} else {
			f, rest, err := cutField(inner)
			if err != nil {
				return nil, err
			}
			if f.name == "" {
				f.name = strconv.Itoa(i)
			}
			p.add(f)
			inner = rest
		}
		inner = strings.TrimLeftFunc(inner, unicode.IsSpace)
		if inner == "" {
			return p, nil
		}
		if inner[0] != ',' {
			return nil, wrong("Expected a comma at '%s'", clip(inner))
		}
		inner = inner[1:]
	}
}

func (p *fields) add(f field) {
	p.names = append(p.names, "$"+f.name)
	if p.ellipsis {
		p.after = append(p.after, f)
	} else {
		p.before = append(p.before, f)
	}
}

// cutField cuts off "name", "name = x*", or "name = x || name = y".
func cutField(text string) (f field, rest string, err error) {
	name := func() string {
		n := strings.IndexFunc(text, func(r rune) bool { return !wordly(r) && r != '-' })
		if n < 0 {
			n = len(text)
		}
		var s string
		s, text = text[:n], strings.TrimLeftFunc(text[n:], unicode.IsSpace)
		return s
	}
	if f.name = name(); text == "" || text[0] == ',' {
		return f, text, nil
	}
	for all := []comparison(nil); ; {
		c, after, err := cutComparison(text, ",&|")
		if err != nil {
			return f, "", err
		}
		all = append(all, c)
		text = strings.TrimLeftFunc(after, unicode.IsSpace)
		switch {
		case strings.HasPrefix(text, "&&"):
		case strings.HasPrefix(text, "||"):
			f.tests, all = append(f.tests, all), nil
		default:
			f.tests = append(f.tests, all)
			return f, text, nil
		}
		text = strings.TrimLeftFunc(text[2:], unicode.IsSpace)
		if again := name(); again != f.name {
			return f, "", wrong("A condition of the field '%s' names '%s'", clip(f.name), clip(again))
		}
	}
}
