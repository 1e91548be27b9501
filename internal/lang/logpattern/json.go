package logpattern

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// document is a pattern for messages that are JSON.
type document struct {
	root      node
	selectors []string
}

// node is a condition on a document.
type node interface{ holds(doc any) bool }

type (
	and  []node
	or   []node
	test struct {
		path []step
		comparison
	}
	is struct {
		path []step
		what string // NULL, TRUE, FALSE, NOT EXISTS
	}
)

// step is a member's name, or an index if name is "".
type step struct {
	name  string
	index int // -1 is any
}

func (d *document) extracted() []string { return d.selectors }

func (d *document) match(message string) (Fields, bool) {
	doc, ok := decodeDocument(message)
	if !ok || !d.root.holds(doc) {
		return nil, false
	}
	return func(name string) (string, bool) {
		path, rest, err := cutSelector(name)
		if err != nil || rest != "" {
			return "", false
		}
		for _, v := range find(doc, path) {
			if s, ok := scalar(v); ok {
				return s, true
			}
		}
		return "", false
	}, true
}

// number is a JSON number as it was written.
type number string

// maxDepth bounds the depth of a document and of the conditions on one.
const maxDepth = 100

// decodeDocument reads a message as JSON, if that is what it is.
func decodeDocument(message string) (any, bool) {
	message = strings.TrimSpace(message)
	if !strings.HasPrefix(message, "{") && !strings.HasPrefix(message, "[") {
		return nil, false
	}
	d := jsontext.NewDecoder(strings.NewReader(message), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, ok := decodeValue(d, 0)
	return v, ok
}

func decodeValue(d *jsontext.Decoder, depth int) (any, bool) {
	t, err := d.ReadToken()
	if err != nil || depth > maxDepth {
		return nil, false
	}
	switch t.Kind() {
	case '{':
		m := map[string]any{}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, false
			}
			key := name.String()
			v, ok := decodeValue(d, depth+1)
			if !ok {
				return nil, false
			}
			m[key] = v
		}
		_, err = d.ReadToken()
		return m, err == nil
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, ok := decodeValue(d, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		_, err = d.ReadToken()
		return list, err == nil
	case '"':
		return t.String(), true
	case 't', 'f':
		return t.Bool(), true
	case 'n':
		return nil, true
	}
	return number(t.String()), true
}

// find returns what a path leads to: several values if it goes through [*].
func find(doc any, path []step) []any {
	if len(path) == 0 {
		return []any{doc}
	}
	switch v := doc.(type) {
	case map[string]any:
		if member, ok := v[path[0].name]; ok && path[0].name != "" {
			return find(member, path[1:])
		}
	case []any:
		switch i := path[0].index; {
		case path[0].name != "":
		case i >= 0 && i < len(v):
			return find(v[i], path[1:])
		case i < 0:
			var all []any
			for _, e := range v {
				all = append(all, find(e, path[1:])...)
			}
			return all
		}
	}
	return nil
}

// scalar is a value as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case number:
		return string(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func (n and) holds(doc any) bool {
	for _, x := range n {
		if !x.holds(doc) {
			return false
		}
	}
	return true
}

func (n or) holds(doc any) bool {
	for _, x := range n {
		if x.holds(doc) {
			return true
		}
	}
	return false
}

func (n test) holds(doc any) bool {
	for _, v := range find(doc, n.path) {
		_, isString := v.(string)
		if s, ok := scalar(v); ok && n.comparison.holds(s, isString) {
			return true
		}
	}
	return false
}

func (n is) holds(doc any) bool {
	found := find(doc, n.path)
	if n.what == "NOT EXISTS" {
		return len(found) == 0
	}
	for _, v := range found {
		b, isBool := v.(bool)
		if n.what == "NULL" && v == nil || isBool && (n.what == "TRUE") == b && n.what != "NULL" {
			return true
		}
	}
	return false
}

// reader reads the conditions of a JSON pattern.
type reader struct {
	rest      string
	depth     int
	selectors []string
}

func parseJSON(text string) (matcher, error) {
	inner, ok := strings.CutSuffix(text[1:], "}")
	if !ok {
		return nil, wrong("The JSON pattern does not end with }")
	}
	r := &reader{rest: inner}
	root, err := r.either()
	if err != nil {
		return nil, err
	}
	if r.space(); r.rest != "" {
		return nil, wrong("Unexpected text at '%s'", clip(r.rest))
	}
	return &document{root, r.selectors}, nil
}

func (r *reader) space() { r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace) }

func (r *reader) take(text string) bool {
	r.space()
	rest, ok := strings.CutPrefix(r.rest, text)
	if ok {
		r.rest = rest
	}
	return ok
}

func (r *reader) either() (node, error) { return r.several("||", r.both) }
func (r *reader) both() (node, error)   { return r.several("&&", r.one) }

func (r *reader) several(operator string, next func() (node, error)) (node, error) {
	var list []node
	for {
		n, err := next()
		if err != nil {
			return nil, err
		}
		if list = append(list, n); !r.take(operator) {
			break
		}
	}
	switch {
	case len(list) == 1:
		return list[0], nil
	case operator == "&&":
		return and(list), nil
	}
	return or(list), nil
}

func (r *reader) one() (node, error) {
	if r.take("(") {
		if r.depth++; r.depth > maxDepth {
			return nil, wrong("The pattern is nested too deeply")
		}
		n, err := r.either()
		if err != nil {
			return nil, err
		}
		if r.depth--; !r.take(")") {
			return nil, wrong("Missing ) at '%s'", clip(r.rest))
		}
		return n, nil
	}
	r.space()
	path, rest, err := cutSelector(r.rest)
	if err != nil {
		return nil, err
	}
	r.selectors = append(r.selectors, strings.TrimSpace(r.rest[:len(r.rest)-len(rest)]))
	r.rest = rest
	for _, what := range []string{"IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS"} {
		if r.words(what) {
			return is{path, strings.TrimPrefix(what, "IS ")}, nil
		}
	}
	r.space()
	c, rest, err := cutComparison(r.rest, "()&|")
	r.rest = rest
	return test{path, c}, err
}

// words takes words in any case, with any space between them.
func (r *reader) words(text string) bool {
	rest := r.rest
	for _, w := range strings.Fields(text) {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if len(rest) < len(w) || !strings.EqualFold(rest[:len(w)], w) {
			return false
		}
		rest = rest[len(w):]
	}
	r.rest = rest
	return true
}

// cutSelector cuts "$.a.b[0]['c d']" off.
func cutSelector(text string) (path []step, rest string, err error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, "", wrong("Expected a property selector at '%s'", clip(text))
	}
	for {
		switch {
		case strings.HasPrefix(rest, "."):
			rest = rest[1:]
			if strings.HasPrefix(rest, "[") {
				continue
			}
			n := strings.IndexFunc(rest, func(r rune) bool { return !wordly(r) && r != '-' && r != '@' })
			if n < 0 {
				n = len(rest)
			}
			if n == 0 {
				return nil, "", wrong("Expected a property's name at '%s'", clip(rest))
			}
			path, rest = append(path, step{name: rest[:n]}), rest[n:]
		case strings.HasPrefix(rest, "["):
			inner, after, ok := strings.Cut(rest[1:], "]")
			if !ok {
				return nil, "", wrong("Missing ] at '%s'", clip(rest))
			}
			s, err := bracketed(inner)
			if err != nil {
				return nil, "", err
			}
			path, rest = append(path, s), after
		default:
			if len(path) == 0 {
				return nil, "", wrong("Expected a property selector at '%s'", clip(text))
			}
			return path, rest, nil
		}
	}
}

func bracketed(inner string) (step, error) {
	inner = strings.TrimSpace(inner)
	if len(inner) > 2 && (inner[0] == '\'' || inner[0] == '"') && inner[len(inner)-1] == inner[0] {
		return step{name: inner[1 : len(inner)-1]}, nil
	}
	if inner == "*" {
		return step{index: -1}, nil
	}
	n, err := strconv.Atoi(inner)
	if err != nil || n < 0 {
		return step{}, wrong("'%s' is not an index", clip(inner))
	}
	return step{index: n}, nil
}
