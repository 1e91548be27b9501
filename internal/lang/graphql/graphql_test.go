package graphql

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const schemaText = `
"Somebody" type User implements Node @aws_cognito_user_pools(cognito_groups: ["a"]) { id: ID! name(upper: Boolean = false): String friends(n: Int!): [User!] at: AWSDateTime }
interface Node { id: ID! }
type Post implements Node { id: ID! author: User }
union Thing = User | Post
enum Level { LOW @deprecated(reason: "say \"none\"") HIGH }
input In { a: Int! b: [Level] = [LOW] c: In }
type Query { user(id: ID!, in: In): User thing: Thing level: Level when(d: AWSDate): Int }
`

func mustParse(tb testing.TB, text string) *Schema {
	tb.Helper()
	s, err := ParseSchema(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// describe writes errors as testdata has them.
func describe(err error) string {
	line := func(e *Error) string {
		return fmt.Sprintf("%d:%d %s", e.Line, e.Column, strings.ReplaceAll(e.Message, "\n", `\n`))
	}
	if list, ok := errors.AsType[Errors](err); ok {
		var lines []string
		for _, e := range list {
			lines = append(lines, line(e))
		}
		return strings.Join(lines, "\n")
	}
	if e, ok := errors.AsType[SyntaxError](err); ok {
		return "syntax " + line(e.Cause)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return line(e)
	}
	return "fine"
}

// TestErrors: blocks are a document, "----", and the errors. A block that
// begins with "schema:" is a schema.
func TestErrors(t *testing.T) {
	data, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := mustParse(t, schemaText)
	for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
		text, want, ok := strings.Cut(block, "\n----\n")
		if !ok {
			t.Fatalf("%q has no answer", block)
		}
		var err error
		if schema, ok := strings.CutPrefix(text, "schema:\n"); ok {
			_, err = ParseSchema(schema)
		} else {
			_, err = s.ParseDocument(text)
		}
		if got := describe(err); got != want {
			t.Errorf("%s\n got:\n%s\n want:\n%s", text, got, want)
		}
	}
}

func TestPrintRoundTrip(t *testing.T) {
	once := mustParse(t, schemaText).Print(true)
	if again := mustParse(t, once).Print(true); again != once {
		t.Errorf("%s\nbecame\n%s", once, again)
	}
	for _, part := range []string{`@aws_cognito_user_pools(cognito_groups: ["a"])`, `"Somebody"`, "b: [Level] = [LOW]", `"say \"none\""`} {
		if !strings.Contains(once, part) {
			t.Errorf("%s is not in\n%s", part, once)
		}
	}
	if plain := mustParse(t, schemaText).Print(false); strings.Contains(plain, "@aws") || !strings.Contains(plain, "@deprecated") {
		t.Error(plain)
	}
}

func TestHostileDocuments(t *testing.T) {
	s := mustParse(t, schemaText)
	for name, text := range map[string]string{
		"aliases":   "{" + strings.Repeat(" a: level", 40_000) + "}",
		"same":      "{" + strings.Repeat(" level", 14_000) + "}",
		"wide":      "{" + strings.Repeat(" user(id: 1) { id }", 1_200) + "}",
		"deep":      strings.Repeat("{ user(id: 1) ", 3_000) + strings.Repeat("}", 3_000),
		"fragments": fragments(300),
		"spreads":   "{ ...F } " + "fragment F on Query {" + strings.Repeat(" ...F", 5_000) + "}",
		"lists":     "{ user(id: 1, in: {b: " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "}) { id } }",
	} {
		start := time.Now()
		_, err := s.ParseDocument(text)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s took %s", name, took)
		}
		if err == nil && name != "fragments" && name != "wide" {
			t.Errorf("%s is taken", name)
		}
	}
}

// fragments is a document of n fragments that each spread the next twice.
func fragments(n int) string {
	var b strings.Builder
	b.WriteString("{ user(id: 1) { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on User { id", i)
		if i < n-1 {
			fmt.Fprintf(&b, " a: friends(n: 1) { ...F%d } b: friends(n: 1) { ...F%d }", i+1, i+1)
		}
		b.WriteString(" }")
	}
	return b.String()
}

func FuzzSchema(f *testing.F) {
	for _, seed := range []string{schemaText, "type Query { a: B }", "type Query {", "", "scalar X type Query { a: X }", "extend type Query { a: Int }", "directive @x on FIELD type Query { a: Int @x }"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSchema(text)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Message == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		once := s.Print(true)
		again, err := ParseSchema(once)
		if err != nil {
			t.Fatalf("%q is written\n%s\nwhich does not parse: %v", text, once, err)
		}
		if twice := again.Print(true); twice != once {
			t.Errorf("%q is written\n%s\nand then\n%s", text, once, twice)
		}
	})
}

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{"{ user(id: 1) { ...F } } fragment F on User { id }", "query A($a: In = {a: 1}) { user(id: \"x\", in: $a) { friends(n: 1) { id } } }", "{", "subscription { a }", "{ __schema { types { name } } }"} {
		f.Add(seed)
	}
	s := mustParse(f, schemaText)
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := s.ParseDocument(text)
		if err == nil && len(doc.Operations) == 0 {
			t.Errorf("%q is valid without an operation", text)
		}
		if err != nil && describe(err) == "fine" {
			t.Errorf("%q: %v", text, err)
		}
	})
}

var scalars = []string{"AWSDate", "AWSTime", "AWSDateTime", "AWSEmail", "AWSURL", "AWSPhone", "AWSIPAddress"}

func TestScalars(t *testing.T) {
	for _, tt := range []struct {
		scalar, good, bad string
	}{
		{"AWSDate", "1970-01-01 1970-01-01Z 2024-02-29 1970-01-01-07:00 1970-01-01+05:30", "1970-1-1 2023-02-29 1970-13-01 70-01-01 1970-01-01+25:00 x"},
		{"AWSTime", "12:30 12:00:34. 12:00:34.77 12:30:24Z 12:30:24-07:00 12:30:24.500+05:30", "24:00 12:60 12 12:30:24+5 x"},
		{"AWSDateTime", "1970-01-01T12:30Z 1970-01-01T00:00:00.123456789+05:30:01", "1970-01-01T12:30:24 1970-01-01 1970-01-01T25:00Z 1970-02-30T00:00:00Z"},
		{"AWSEmail", "a@b.co a.b+c@d-e.org", "a a@b @b.co a@b. x@@y.zz"},
		{"AWSURL", "http://a.co https://a.co/x?y=z mailto:a@b.co", "a.co /x http:// http://a.co//x"},
		{"AWSPhone", "+14155552671 555-1234 (415)555-2671", "abc +1415555267x 12 +12345678901234567890"},
		{"AWSIPAddress", "1.2.3.4 1.2.3.4/24 ::1 fe80::/10", "1.2.3 1.2.3.256 1.2.3.4/33 fe80::1%eth0"},
		{"String", "x", ""},
	} {
		for _, s := range strings.Fields(tt.good) {
			if !ValidText(tt.scalar, s) {
				t.Errorf("%s refuses %s", tt.scalar, s)
			}
		}
		for _, s := range strings.Fields(tt.bad) {
			if ValidText(tt.scalar, s) {
				t.Errorf("%s takes %s", tt.scalar, s)
			}
		}
		if slices.Contains(scalars, tt.scalar) == (ScalarNoun(tt.scalar) == tt.scalar) {
			t.Errorf("%s is called %s", tt.scalar, ScalarNoun(tt.scalar))
		}
	}
}

func FuzzScalars(f *testing.F) {
	f.Add(0, "1970-01-01")
	f.Add(2, "1970-01-01T00:00:00Z")
	f.Add(6, "::1/8")
	f.Fuzz(func(t *testing.T, i int, text string) {
		name := scalars[uint(i)%uint(len(scalars))]
		if ValidText(name, text) && strings.TrimSpace(text) == "" {
			t.Errorf("%s takes %q", name, text)
		}
	})
}
