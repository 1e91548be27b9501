package ddbexpr

import (
	"strconv"
	"strings"
)

type tokenKind byte

const (
	tokEOF    tokenKind = iota
	tokWord             // a bare name, keyword or function
	tokName             // #n
	tokValue            // :v
	tokNumber           // an index
	tokPunct            // = <> < <= > >= ( ) [ ] , . + -
	tokOther            // anything else
)

type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// is reports whether the token is a keyword or a sign.
func (t token) is(text string) bool {
	switch t.kind {
	case tokPunct:
		return t.text == text
	case tokWord:
		return strings.EqualFold(t.text, text)
	}
	return false
}

func lex(src string) []token {
	toks := make([]token, 0, len(src)/4+4)
	for i := 0; i < len(src); {
		switch src[i] {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		}
		t := next(src, i)
		toks = append(toks, t)
		i = t.end
	}
	return append(toks, token{tokEOF, "<EOF>", len(src), len(src)})
}

func next(src string, i int) token {
	end, kind := i+1, tokOther
	switch c := src[i]; {
	case isLetter(c):
		kind, end = tokWord, wordEnd(src, i)
	case c == '#' || c == ':':
		if end = wordEnd(src, i+1); end > i+1 {
			kind = tokValue
			if c == '#' {
				kind = tokName
			}
		}
	case isDigit(c):
		kind = tokNumber
		for end < len(src) && isDigit(src[end]) {
			end++
		}
	case c == '<' && end < len(src) && (src[end] == '>' || src[end] == '='), c == '>' && end < len(src) && src[end] == '=':
		kind, end = tokPunct, end+1
	case strings.IndexByte("=<>()[],.+-", c) >= 0:
		kind = tokPunct
	}
	return token{kind, src[i:end], i, end}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func wordEnd(src string, i int) int {
	for i < len(src) && (isLetter(src[i]) || isDigit(src[i]) || src[i] == '_') {
		i++
	}
	return i
}

// A parser holds the tokens of one expression. The first syntax error stays.
type parser struct {
	src       string
	toks      []token
	i         int
	err       error
	operators int
	redundant bool // a pair of parentheses directly inside another
}

const (
	maxExpression = 4096
	maxOperators  = 300
	maxIn         = 100
)

func newParser(src string) *parser {
	p := &parser{src: src}
	switch {
	case strings.Trim(src, " \t\r\n") == "":
		p.err = Invalid("The expression can not be empty;")
	case len(src) > maxExpression:
		p.err = Invalid("Expression size has exceeded the maximum allowed size; expression size: " + strconv.Itoa(len(src)))
	default:
		p.toks = lex(src)
		return p
	}
	p.toks = []token{{kind: tokEOF}}
	return p
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) at(text string) bool { return p.peek().is(text) }

func (p *parser) accept(text string) bool {
	if !p.at(text) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) advance() token {
	t := p.toks[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.fail()
	}
}

// fail is a syntax error at the next token. Nothing more is read after it.
func (p *parser) fail() {
	if p.err == nil {
		t := p.peek()
		from, to := t.start, t.end
		if p.i > 0 {
			from = p.toks[p.i-1].start
		}
		if p.i+1 < len(p.toks) && p.toks[p.i+1].kind != tokEOF {
			to = p.toks[p.i+1].end
		}
		p.err = Invalid(`Syntax error; token: "` + t.text + `", near: "` + strings.TrimRight(p.src[from:to], " \t\r\n") + `"`)
	}
	p.i = len(p.toks) - 1
}

// finish checks that the whole expression was read.
func (p *parser) finish() error {
	if p.err == nil && p.peek().kind != tokEOF {
		p.fail()
	}
	if p.err == nil && p.operators > maxOperators {
		p.err = Invalid("The expression contains too many operators; operator count: " + strconv.Itoa(p.operators))
	}
	return p.err
}
