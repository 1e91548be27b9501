package partiql

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind byte

const (
	tokEOF tokenKind = iota
	tokName
	tokQuoted // "name"
	tokKeyword
	tokString
	tokNumber
	tokIon // `…`
	tokParam
	tokSign
)

// token is a word of a statement. The text of keywords and signs is in lower
// case; that of names and literals is what they stand for.
type token struct {
	kind tokenKind
	text string
	Pos
}

// is reports whether the token is a keyword or a sign.
func (t token) is(text string) bool {
	return (t.kind == tokKeyword || t.kind == tokSign) && t.text == text
}

// lexer cuts a statement into tokens. Line and column are those of at.
type lexer struct {
	src    string
	at     int
	line   int
	column int
	tokens []token
}

// lex returns the tokens of a statement, the last of which is its end. What no
// token begins with is malformed, and DynamoDB does not say why.
func lex(src string) ([]token, error) {
	if !utf8.ValidString(src) {
		return nil, malformed("")
	}
	l := &lexer{src: src, line: 1, column: 1, tokens: make([]token, 0, len(src)/4+4)}
	for {
		if !l.space() {
			return nil, malformed("")
		}
		if l.at == len(src) {
			l.tokens = append(l.tokens, token{tokEOF, "", Pos{l.line, l.column, 0}})
			return l.tokens, nil
		}
		t, n := l.next()
		if n == 0 {
			return nil, malformed("")
		}
		t.Pos = Pos{l.line, l.column, utf8.RuneCountInString(src[l.at : l.at+n])}
		l.tokens = append(l.tokens, t)
		l.advance(n)
	}
}

func (l *lexer) advance(n int) {
	for _, r := range l.src[l.at : l.at+n] {
		l.column++
		if r == '\n' {
			l.line, l.column = l.line+1, 1
		}
	}
	l.at += n
}

// space skips white space and comments; it fails in a comment without an end.
func (l *lexer) space() bool {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			l.advance(1)
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.advance(n)
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return false
			}
			l.advance(n + 4)
		default:
			return true
		}
	}
	return true
}

// next returns the token that begins here and how long it is; no length is a
// failure.
func (l *lexer) next() (token, int) {
	rest := l.src[l.at:]
	switch c := rest[0]; {
	case nameStart(c):
		return word(rest)
	case digit(c), c == '.' && len(rest) > 1 && digit(rest[1]):
		return number(rest)
	case c == '\'':
		return quoted(rest, tokString)
	case c == '"':
		return quoted(rest, tokQuoted)
	case c == '`':
		if n := strings.IndexByte(rest[1:], '`'); n >= 0 {
			return token{kind: tokIon, text: rest[1 : n+1]}, n + 2
		}
		return token{}, 0
	case c == '?':
		return token{kind: tokParam, text: "?"}, 1
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			n := len(s)
			if s == "!=" {
				s = "<>"
			}
			return token{kind: tokSign, text: s}, n
		}
	}
	return token{}, 0
}

// signs are in an order in which the first that fits is the one.
var signs = []string{"<<", ">>", "<>", "<=", ">=", "!=", "||", "<", ">", "=", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "@"}

func nameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' }
func digit(c byte) bool     { return c >= '0' && c <= '9' }

func word(s string) (token, int) {
	n := 1
	for n < len(s) && (nameStart(s[n]) || digit(s[n])) {
		n++
	}
	if lower := strings.ToLower(s[:n]); keywords[lower] {
		return token{kind: tokKeyword, text: lower}, n
	}
	return token{kind: tokName, text: s[:n]}, n
}

// quoted reads a string or a name in quotes, which stand twice for one.
func quoted(s string, kind tokenKind) (token, int) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] == quote {
			if i+1 == len(s) || s[i+1] != quote {
				return token{kind: kind, text: b.String()}, i + 1
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return token{}, 0
}

// number reads digits, a fraction and an exponent. An exponent that 32 bits do
// not hold, by itself or less the digits of the fraction, is no number.
func number(s string) (token, int) {
	n := digits(s, 0)
	fraction := 0
	if n < len(s) && s[n] == '.' {
		end := digits(s, n+1)
		fraction, n = end-n-1, end
	}
	exponent := int64(0)
	if n < len(s) && s[n]|0x20 == 'e' {
		from := n + 1
		if from < len(s) && (s[from] == '+' || s[from] == '-') {
			from++
		}
		if end := digits(s, from); end > from {
			var err error
			if exponent, err = strconv.ParseInt(s[n+1:end], 10, 32); err != nil {
				return token{}, 0
			}
			n = end
		}
	}
	if scale := int64(fraction) - exponent; scale > math.MaxInt32 || scale < math.MinInt32 {
		return token{}, 0
	}
	return token{kind: tokNumber, text: s[:n]}, n
}

func digits(s string, n int) int {
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}
