package eventpattern

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// lines returns the parts of each line of a file in testdata.
func lines(t testing.TB, file string, parts int) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		f := strings.SplitN(l, " ~ ", parts)
		if len(f) != parts {
			t.Fatalf("%s: %q", file, l)
		}
		list = append(list, f)
	}
	return list
}

func TestMatches(t *testing.T) {
	for _, l := range lines(t, "matches.txt", 3) {
		p, err := Compile([]byte(l[0]))
		if err != nil {
			t.Errorf("%s: %v", l[0], err)
			continue
		}
		e, err := Decode([]byte(l[1]))
		if err != nil {
			t.Fatalf("%s: %v", l[1], err)
		}
		if got := p.Matches(e); got != (l[2] == "yes") {
			t.Errorf("%s on %s: %v", l[0], l[1], got)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, l := range lines(t, "reasons.txt", 2) {
		_, err := Compile([]byte(l[0]))
		syntax, ok := errors.AsType[*SyntaxError](err)
		if !ok || syntax.Reason != l[1] {
			t.Errorf("%s: %v, want %s", l[0], err, l[1])
		}
	}
	deep := strings.Repeat(`{"a":`, 200) + `["x"]` + strings.Repeat("}", 200)
	if _, err := Compile([]byte(deep)); err == nil {
		t.Error("a pattern 200 objects deep compiles")
	}
	for _, event := range []string{"", "[]", "null", "{} {}", `{"a":`} {
		if _, err := Decode([]byte(event)); !errors.Is(err, ErrNoObject) {
			t.Errorf("Decode(%q) = %v", event, err)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, l := range lines(f, "matches.txt", 3) {
		f.Add(l[0], l[1])
	}
	for _, l := range lines(f, "reasons.txt", 2) {
		f.Add(l[0], "{}")
	}
	f.Fuzz(func(t *testing.T, pattern, event string) {
		p, err := Compile([]byte(pattern))
		if err != nil {
			if _, ok := errors.AsType[*SyntaxError](err); !ok {
				t.Errorf("%q: %v", pattern, err)
			}
			return
		}
		e, err := Decode([]byte(event))
		if err != nil {
			return
		}
		if p.Matches(e) != p.Matches(e) {
			t.Error("it matches and it does not")
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	p, err := Compile([]byte(`{"source":["shop"],"detail-type":[{"prefix":"Order"}],"detail":{"total":[{"numeric":[">",10]}],"country":["ES","FR"]}}`))
	if err != nil {
		b.Fatal(err)
	}
	e, err := Decode([]byte(`{"version":"0","id":"1","source":"shop","detail-type":"Order placed","detail":{"total":12.5,"country":"FR","lines":[{"sku":"a"}]}}`))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !p.Matches(e) {
			b.Fatal("no match")
		}
	}
}
