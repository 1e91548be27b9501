package shape

import (
	"regexp"
	"strconv"
	"strings"
)

// Pattern compiles a pattern of an API model, which is in Java's dialect and
// is matched against the whole value. What RE2 cannot express is an error.
func Pattern(p string) (*regexp.Regexp, error) {
	return regexp.Compile(`\A(?:` + re2(p) + `)\z`)
}

var (
	javaUnicode = regexp.MustCompile(`^\\u([0-9A-Fa-f]{4})`)
	javaClass   = regexp.MustCompile(`^\\p\{(Is)?([A-Za-z]+)\}`)
	javaRepeat  = regexp.MustCompile(`^\{(\d+)(?:,(\d*))?\}`)
)

// re2 respells what Java's dialect spells differently.
func re2(p string) string {
	var b strings.Builder
	inClass := false
	for len(p) > 0 {
		n := 1
		switch p[0] {
		case '[':
			inClass = true
			b.WriteByte('[')
		case ']':
			inClass = false
			b.WriteByte(']')
		case '\\':
			n = escape(&b, p, inClass)
		case '{':
			n = repeat(&b, p)
		default:
			b.WriteByte(p[0])
		}
		p = p[n:]
	}
	return b.String()
}

// escape writes the escape that p begins with and returns its length.
func escape(b *strings.Builder, p string, inClass bool) int {
	if m := javaUnicode.FindStringSubmatch(p); m != nil {
		b.WriteString(`\x{` + m[1] + `}`)
		return len(m[0])
	}
	if m := javaClass.FindStringSubmatch(p); m != nil {
		switch posix, ok := posixClasses[m[2]]; {
		case !ok:
			b.WriteString(`\p{` + m[2] + `}`)
		case inClass:
			b.WriteString(posix)
		default:
			b.WriteString("[" + posix + "]")
		}
		return len(m[0])
	}
	n := min(2, len(p))
	b.WriteString(p[:n])
	return n
}

var posixClasses = map[string]string{
	"ASCII": `[:ascii:]`, "Alpha": `[:alpha:]`, "Digit": `[:digit:]`, "Alnum": `[:alnum:]`,
	"Punct": `[:punct:]`, "Space": `[:space:]`, "Lower": `[:lower:]`, "Upper": `[:upper:]`,
	"XDigit": `[:xdigit:]`, "Graph": `[:graph:]`, "Print": `[:print:]`, "Cntrl": `[:cntrl:]`, "Blank": `[:blank:]`,
}

// repeat writes the brace that p begins with and returns how much it read.
// Counts above RE2's limit are relaxed: the models give such values a length
// constraint as well.
func repeat(b *strings.Builder, p string) int {
	const limit = 1000
	m := javaRepeat.FindStringSubmatch(p)
	if m == nil {
		b.WriteByte('{')
		return 1
	}
	lo, _ := strconv.Atoi(m[1])
	hi, _ := strconv.Atoi(m[2])
	if lo > limit || hi > limit {
		b.WriteString("{" + strconv.Itoa(min(lo, limit)) + ",}")
	} else {
		b.WriteString(m[0])
	}
	return len(m[0])
}
