package appsyncjs

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// binding is a name that the code imports.
type binding struct {
	module, name, local string // name "*" is the module itself
}

// module is code without its imports and exports, which are blanks now, so
// that all other text keeps its place.
type module struct {
	text    string
	imports []binding
	exports map[string]string // of the exported name, the name within
}

// scanner finds the imports and exports of a module. They stand at the top
// level, where both words are reserved, so that it takes no parser to tell
// them from anything else: only to know what is text, comment or pattern.
type scanner struct {
	src    string
	pos    int
	blank  [][2]int
	module *module
	errs   CodeErrors
}

// scan reads a module. Errors are those of imports and exports; others are
// left to the parser.
func scan(src string) (*module, CodeErrors) {
	s := &scanner{src: src, module: &module{exports: map[string]string{}}}
	depth := 0
	prev := lexeme{}
	for {
		t := s.next(prev)
		if t.kind == 0 {
			break
		}
		switch {
		case t.text == "{" || t.text == "(" || t.text == "[":
			depth++
		case t.text == "}" || t.text == ")" || t.text == "]":
			depth--
		case depth == 0 && t.kind == word && prev.text != ".":
			switch t.text {
			case "import":
				t = s.importStatement(t)
			case "export":
				t = s.exportStatement(t)
			}
		}
		prev = t
	}
	b := []byte(src)
	for _, r := range s.blank {
		for i := r[0]; i < r[1]; i++ {
			if b[i] != '\n' && b[i] != '\r' {
				b[i] = ' '
			}
		}
	}
	s.module.text = string(b)
	return s.module, s.errs
}

type kind uint8

const (
	word kind = iota + 1
	text
	number
	sign
)

type lexeme struct {
	kind       kind
	text       string
	start, end int
}

func (s *scanner) errorf(t lexeme, format string, args ...any) {
	s.errs = append(s.errs, codeError(s.src, ParseError, t.start, max(t.end-t.start, 1), fmt.Sprintf(format, args...)))
}

// codeError places an error at an offset.
func codeError(src, kind string, at, span int, message string) CodeError {
	before := src[:min(max(at, 0), len(src))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return CodeError{Type: kind, Line: line, Column: column, Span: span,
		Value: fmt.Sprintf("code.js(%d,%d): error %s\n", line, column, message)}
}

// next reads a token. What came before tells patterns from divisions.
func (s *scanner) next(prev lexeme) lexeme {
	s.skip()
	start := s.pos
	if start >= len(s.src) {
		return lexeme{start: start, end: start}
	}
	c := s.src[start]
	t := lexeme{kind: sign, start: start}
	switch {
	case isWord(c):
		t.kind = word
		if c >= '0' && c <= '9' {
			t.kind = number
		}
		for s.pos < len(s.src) && isWord(s.src[s.pos]) {
			s.pos++
		}
	case c == '"' || c == '\'':
		t.kind = text
		s.quoted(c)
	case c == '`':
		t.kind = text
		s.template()
	case c == '/' && startsPattern(prev):
		t.kind = text
		s.pattern()
	default:
		s.pos++
	}
	t.end = s.pos
	t.text = s.src[start:s.pos]
	return t
}

// skip passes blanks and comments.
func (s *scanner) skip() {
	for s.pos < len(s.src) {
		rest := s.src[s.pos:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			s.pos++
		case strings.HasPrefix(rest, "//"):
			s.to("\n", 0)
		case strings.HasPrefix(rest, "/*"):
			s.to("*/", 2)
		case strings.HasPrefix(rest, "\u00a0"):
			s.pos += len("\u00a0")
		case strings.HasPrefix(rest, "\ufeff"):
			s.pos += len("\ufeff")
		default:
			return
		}
	}
}

// to goes to the end of the next mark, or of the code.
func (s *scanner) to(mark string, from int) {
	if i := strings.Index(s.src[min(s.pos+from, len(s.src)):], mark); i >= 0 {
		s.pos += from + i + len(mark)
	} else {
		s.pos = len(s.src)
	}
}

func (s *scanner) quoted(quote byte) {
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case '\n':
			return
		case quote:
			s.pos++
			return
		}
	}
	s.pos = len(s.src)
}

// template passes `text ${code} text`.
func (s *scanner) template() {
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case '`':
			s.pos++
			return
		case '$':
			if strings.HasPrefix(s.src[s.pos:], "${") {
				s.pos += 2
				s.substitution()
				s.pos-- // the loop goes on behind the brace
			}
		}
	}
	s.pos = len(s.src)
}

func (s *scanner) substitution() {
	prev := lexeme{}
	for depth := 1; depth > 0; {
		t := s.next(prev)
		switch {
		case t.kind == 0:
			return
		case t.text == "{":
			depth++
		case t.text == "}":
			depth--
		}
		prev = t
	}
}

func (s *scanner) pattern() {
	class := false
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case '[':
			class = true
		case ']':
			class = false
		case '\n':
			return
		case '/':
			if !class {
				s.pos++
				return
			}
		}
	}
	s.pos = len(s.src)
}

// startsPattern reports whether a slash after t begins a pattern.
func startsPattern(t lexeme) bool {
	switch t.kind {
	case 0:
		return true
	case word:
		return slices.Contains([]string{"return", "typeof", "case", "void", "delete", "in", "of", "else"}, t.text)
	case sign:
		return t.text != ")" && t.text != "]" && t.text != "}"
	}
	return false
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= utf8.RuneSelf || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// importStatement reads what follows import, and returns the last token.
func (s *scanner) importStatement(start lexeme) lexeme {
	t := s.next(start)
	var names []binding
	for t.kind == word || t.text == "{" || t.text == "*" {
		switch {
		case t.kind == word && t.text == "from":
			t = s.next(t)
			continue
		case t.kind == word:
			names = append(names, binding{name: "default", local: t.text})
		case t.text == "*":
			if as := s.next(t); as.text != "as" {
				s.errorf(as, "'as' expected.")
				return as
			}
			t = s.next(t)
			names = append(names, binding{name: "*", local: t.text})
		default:
			var ok bool
			var list []binding
			if list, t, ok = s.names(); !ok {
				return t
			}
			names = append(names, list...)
		}
		if t = s.next(t); t.text == "," {
			t = s.next(t)
		}
	}
	if t.kind != text || t.text[0] == '`' || len(t.text) < 2 {
		s.errorf(t, "String literal expected.")
		return t
	}
	from := t.text[1 : len(t.text)-1]
	s.blank = append(s.blank, [2]int{start.start, t.end})
	s.resolve(start, t, from, names)
	return lexeme{kind: sign, text: ";", start: t.start, end: t.end}
}

// resolve looks for what is imported among what there is.
func (s *scanner) resolve(start, at lexeme, from string, names []binding) {
	members, ok := modules[from]
	switch {
	case from == moduleRDS || from == moduleAI:
		s.errorf(at, "The module '%s' is not available here.", from)
		return
	case !ok:
		s.errorf(at, "Cannot find module '%s' or its corresponding type declarations.", from)
		return
	}
	for _, n := range names {
		if n.name != "*" && !slices.Contains(members, n.name) {
			s.errorf(start, "Module '\"%s\"' has no exported member '%s'.", from, n.name)
			continue
		}
		n.module = from
		s.module.imports = append(s.module.imports, n)
	}
}

// names reads {a, b as c} behind the brace.
func (s *scanner) names() ([]binding, lexeme, bool) {
	var out []binding
	t := s.next(lexeme{})
	for t.text != "}" {
		if t.kind != word {
			s.errorf(t, "Identifier expected.")
			return nil, t, false
		}
		b := binding{name: t.text, local: t.text}
		if t = s.next(t); t.text == "as" {
			t = s.next(t)
			if t.kind != word {
				s.errorf(t, "Identifier expected.")
				return nil, t, false
			}
			b.local = t.text
			t = s.next(t)
		}
		out = append(out, b)
		switch t.text {
		case ",":
			t = s.next(t)
		case "}":
		default:
			s.errorf(t, "',' expected.")
			return nil, t, false
		}
	}
	return out, t, true
}

// exportStatement reads what follows export: a declaration, which stays, or
// a list of names, which goes.
func (s *scanner) exportStatement(start lexeme) lexeme {
	saved := s.pos
	t := s.next(start)
	if t.text == "{" {
		list, end, ok := s.names()
		if !ok {
			return end
		}
		for _, b := range list {
			s.module.exports[b.local] = b.name // as it is read: name as local
		}
		s.blank = append(s.blank, [2]int{start.start, end.end})
		saved = s.pos
		if from := s.next(end); from.text == "from" {
			s.errorf(from, "Exports of other modules are not supported.")
			return from
		}
		s.pos = saved
		return lexeme{kind: sign, text: ";", start: end.start, end: end.end}
	}
	s.blank = append(s.blank, [2]int{start.start, start.end})
	switch t.text {
	case "function", "const", "let", "var", "async":
		name := s.next(t)
		for name.text == "function" || name.text == "*" {
			name = s.next(name)
		}
		if name.kind == word {
			s.module.exports[name.text] = name.text
		}
	case "class": // refused later
	case "default":
		s.errorf(t, "Default exports are not supported.")
	default:
		s.errorf(t, "Declaration or statement expected.")
	}
	s.pos = saved
	return start
}
