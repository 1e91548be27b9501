package vtl

import (
	"strings"
	"unicode/utf8"
)

// maxNesting is how deep blocks, strings and expressions may nest.
const maxNesting = 100

// maxText is the longest template; AppSync refuses them from 64 KB.
const maxText = 1 << 20

// Template is a parsed template. It does not change, so it may be executed any
// number of times, also at once.
type Template struct {
	name   string
	text   string
	nodes  []node
	slots  map[string]int // variables by name
	macros map[string]*macro
}

// Parse parses text. The name stands in errors. The error is an *Error.
func Parse(name, text string) (*Template, error) {
	t := &Template{name: name, text: text, slots: map[string]int{}, macros: map[string]*macro{}}
	if len(text) > maxText {
		return nil, t.at(0, limitf("The template is longer than %d bytes", maxText))
	}
	p := &parser{t: t, src: text}
	nodes, end, err := p.block()
	if err == nil && end != "" {
		p.pos = p.blockEnd
		err = p.errorf("Encountered #%s without its directive", end)
	}
	if err != nil {
		return nil, err
	}
	t.nodes = nodes
	return t, nil
}

func (t *Template) slot(name string) int {
	i, ok := t.slots[name]
	if !ok {
		i = len(t.slots)
		t.slots[name] = i
	}
	return i
}

// at gives an error its place in the template.
func (t *Template) at(pos int, err error) error {
	f, ok := err.(*fault)
	if !ok {
		return err
	}
	line, column := place(t.text, pos)
	return &Error{Template: t.name, Line: line, Column: column, Message: f.message, cause: f.cause}
}

// parser reads one text: the template, or a string within it that has
// references of its own. It is a recursive descent over the bytes themselves.
type parser struct {
	t        *Template
	src      string
	base     int // offset of src in the template
	pos      int
	depth    int
	blockEnd int // where the directive stands that ended the last block
	failures int // calls of macros that turned out to be text
}

// maxFailures bounds the text that is read twice.
const maxFailures = 2000

func (p *parser) errorf(format string, args ...any) error {
	return p.t.at(p.base+p.pos, faultf(format, args...))
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxNesting {
		return p.t.at(p.base+p.pos, limitf("The template nests deeper than %d levels", maxNesting))
	}
	return nil
}

func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *parser) at(i int) byte {
	if p.pos+i < len(p.src) {
		return p.src[p.pos+i]
	}
	return 0
}

// unexpected is the error of a byte that cannot stand where it does.
func (p *parser) unexpected() error {
	if p.pos >= len(p.src) {
		return p.errorf("Encountered the end of the text")
	}
	r, _ := utf8.DecodeRuneInString(p.src[p.pos:])
	return p.errorf("Encountered %q", r)
}

// block reads nodes up to the end of the text or #else, #elseif, #end, and
// returns the name of that.
func (p *parser) block() (nodes []node, end string, err error) {
	if err := p.enter(); err != nil {
		return nil, "", err
	}
	defer func() { p.depth-- }()
	b := &blockBuilder{}
	for p.pos < len(p.src) {
		i := strings.IndexAny(p.src[p.pos:], "$#\\")
		if i < 0 {
			b.text(p.src[p.pos:])
			p.pos = len(p.src)
			break
		}
		b.text(p.src[p.pos : p.pos+i])
		p.pos += i
		switch p.peek() {
		case '\\':
			err = p.escape(b)
		case '$':
			err = p.dollar(b, 0)
		default:
			if end, err = p.hash(b); end != "" {
				return b.done(), end, err
			}
		}
		if err != nil {
			return nil, "", err
		}
	}
	return b.done(), "", nil
}

// blockBuilder joins neighbouring texts.
type blockBuilder struct {
	nodes   []node
	pending []string
}

func (b *blockBuilder) text(s string) {
	if s != "" {
		b.pending = append(b.pending, s)
	}
}

func (b *blockBuilder) add(n node) {
	b.flush()
	b.nodes = append(b.nodes, n)
}

func (b *blockBuilder) flush() {
	if len(b.pending) > 0 {
		b.nodes = append(b.nodes, textNode(strings.Join(b.pending, "")))
		b.pending = b.pending[:0]
	}
}

func (b *blockBuilder) done() []node {
	b.flush()
	return b.nodes
}

// trimIndent drops the text so far if it is nothing but blanks: #set takes
// them with it where they follow a reference, a directive or nothing.
func (b *blockBuilder) trimIndent() {
	for _, s := range b.pending {
		if strings.Trim(s, " \t") != "" {
			return
		}
	}
	b.pending = b.pending[:0]
}

// escape reads backslashes: before a reference or a directive two stand for
// one and an odd one makes it text; elsewhere they are text themselves.
func (p *parser) escape(b *blockBuilder) error {
	n := 0
	for p.at(n) == '\\' {
		n++
	}
	start := p.pos
	p.pos += n
	switch {
	case p.peek() == '$':
		return p.dollar(b, n)
	case p.peek() == '#' && p.atDirective():
		b.text(p.src[start : start+n/2])
		if n%2 == 1 {
			b.text("#")
			p.pos++
		}
		return nil
	case p.peek() == '#':
		if name, length, _ := p.directiveName(); name != "" { // nor is it a macro that comes later
			p.pos += length
		}
	}
	b.text(p.src[start:p.pos])
	return nil
}

// atDirective reports whether the name after # is known.
func (p *parser) atDirective() bool {
	name, _, _ := p.directiveName()
	_, known := directives[name]
	_, called := p.t.macros[name]
	return known || called
}

// dollar reads a reference, or a dollar that is text.
func (p *parser) dollar(b *blockBuilder, backslashes int) error {
	if !p.atReference() {
		b.text(p.src[p.pos-backslashes : p.pos+1])
		p.pos++
		return nil
	}
	ref, err := p.reference()
	if err != nil {
		return err
	}
	ref.backslashes = backslashes
	b.add(ref)
	return nil
}

func (p *parser) atReference() bool {
	i := 1
	if p.at(i) == '!' {
		i++
	}
	if p.at(i) == '{' {
		i++
	}
	return isLetter(p.at(i))
}

// hash reads what # begins. end is the name of a directive that ends a block.
func (p *parser) hash(b *blockBuilder) (end string, err error) {
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "##"):
		p.pos += lineLength(rest)
		b.flush()
		return "", nil
	case strings.HasPrefix(rest, "#*"):
		p.skipPast("*#", 2)
		b.flush()
		return "", nil
	case strings.HasPrefix(rest, "#[["):
		start := p.pos + 3
		if !p.skipPast("]]#", 3) {
			return "", p.errorf("Encountered the end of the text in #[[")
		}
		b.text(p.src[start : p.pos-3])
		return "", nil
	}
	return p.directive(b)
}

// lineLength is the length of s up to and with its first end of line.
func lineLength(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			return i + 1
		}
		if s[i] == '\r' {
			if i+1 < len(s) && s[i+1] == '\n' {
				return i + 2
			}
			return i + 1
		}
	}
	return len(s)
}

// skipPast moves behind the next mark, or to the end of the text.
func (p *parser) skipPast(mark string, from int) bool {
	i := strings.Index(p.src[p.pos+from:], mark)
	if i < 0 {
		p.pos = len(p.src)
		return false
	}
	p.pos += from + i + len(mark)
	return true
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' }

// identifier reads a name, which is there.
func (p *parser) identifier() string {
	start := p.pos
	for isWord(p.peek()) {
		p.pos++
	}
	return p.src[start:p.pos]
}

// space skips blanks and ends of lines.
func (p *parser) space() {
	for {
		switch p.peek() {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// blanks skips blanks within the line.
func (p *parser) blanks() {
	for p.peek() == ' ' || p.peek() == '\t' {
		p.pos++
	}
}

// lineEnd skips blanks and an end of line, if there is nothing else before it.
func (p *parser) lineEnd() {
	i := 0
	for p.at(i) == ' ' || p.at(i) == '\t' {
		i++
	}
	if p.at(i) == '\n' || p.at(i) == '\r' {
		p.pos += i
		p.pos += lineLength(p.src[p.pos:])
	}
}

func (p *parser) expect(c byte) error {
	p.space()
	if p.peek() != c {
		return p.unexpected()
	}
	p.pos++
	return nil
}
