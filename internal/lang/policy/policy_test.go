package policy

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// wrap puts braces around a document that lacks them.
func wrap(doc string) string {
	if strings.HasPrefix(doc, "{") {
		return doc
	}
	return "{" + doc + "}"
}

func parse(t testing.TB, doc string, k Kind) *Policy {
	t.Helper()
	p, err := Parse(wrap(doc), k)
	if err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	return p
}

// keysOf reads key=value,value words.
func keysOf(words []string) Keys {
	m := make(map[string][]string)
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		m[k] = strings.Split(v, ",")
	}
	return func(name string) []string { return m[name] }
}

func lines(t testing.TB, file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for l := range strings.Lines(string(data)) {
		if l = strings.TrimRight(l, "\n"); l != "" && l[0] != '#' {
			out = append(out, l)
		}
	}
	return out
}

// runEvaluate runs the cases of testdata/evaluate.txt whose name is chosen.
func runEvaluate(t *testing.T, chosen func(name string) bool) {
	var p *Policy
	name, ran := "", 0
	for _, l := range lines(t, "testdata/evaluate.txt") {
		if l[0] != '\t' {
			var doc string
			name, doc, _ = strings.Cut(l, ": ")
			p = parse(t, doc, Identity)
			continue
		}
		if !chosen(name) {
			continue
		}
		ran++
		ask, want, _ := strings.Cut(strings.TrimSpace(l), " -> ")
		w := strings.Fields(ask)
		m := p.Evaluate(&Request{Action: w[0], Resource: aws.ARN(w[1]), Keys: keysOf(w[2:])})
		got := m.Effect.String()
		if m.Statement >= 0 {
			got += " " + strconv.Itoa(m.Statement)
		}
		if got != want {
			t.Errorf("%s: %s is %s, want %s", name, ask, got, want)
		}
	}
	if ran == 0 {
		t.Error("no case ran")
	}
}

func aboutVariables(name string) bool { return strings.Contains(name, "variable") }

func TestEvaluate(t *testing.T) {
	runEvaluate(t, func(name string) bool { return !aboutVariables(name) })
}

func TestVariables(t *testing.T) { runEvaluate(t, aboutVariables) }

func TestMalformed(t *testing.T) {
	kinds := map[string]Kind{"identity": Identity, "resource": Resource, "trust": Trust}
	for _, l := range lines(t, "testdata/malformed.txt") {
		f := strings.SplitN(l, "|", 3)
		_, err := Parse(f[2], kinds[f[1]])
		var s *SyntaxError
		if !errors.As(err, &s) || s.Reason != f[0] {
			t.Errorf("%s: %v, want %s", f[2], err, f[0])
		}
	}
}

func TestSid(t *testing.T) {
	p := parse(t, `"Statement":[{"Sid":"One","Effect":"Allow","Action":"a:*","Resource":"*"},{"Sid":"Two","Effect":"Deny","Action":"a:b","Resource":"*"}]`, Identity)
	if m := p.Evaluate(&Request{Action: "a:b", Resource: "x"}); m.Sid != "Two" || m.Statement != 1 {
		t.Errorf("%+v", m)
	}
	if m := p.Evaluate(&Request{Action: "b:b", Resource: "x"}); m.Sid != "" || m.Statement != -1 {
		t.Errorf("%+v", m)
	}
}

func TestPublic(t *testing.T) {
	for doc, want := range map[string]bool{
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`:                                                                      true,
		`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"*"}`:                                                              true,
		`{"Effect":"Allow","NotPrincipal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"*"}`:                                                true,
		`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`:                                                                       false,
		`{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"*"}`:                                                   false,
		`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"*"}`:                                   false,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"}}}`:    false,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`:            false,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`:               true,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*"}}}`:                  true,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceAccount":"000000000000"}}}`: true,
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`:                  true,
	} {
		if got := parse(t, `"Statement":`+doc, Resource).Public(); got != want {
			t.Errorf("%s: %v", doc, got)
		}
	}
}

// slowMatch is the definition of the wildcards.
func slowMatch(glob, text []rune) bool {
	if len(glob) == 0 {
		return len(text) == 0
	}
	switch glob[0] {
	case star:
		return slowMatch(glob[1:], text) || len(text) > 0 && slowMatch(glob, text[1:])
	case question:
		return len(text) > 0 && slowMatch(glob[1:], text[1:])
	}
	return len(text) > 0 && text[0] == glob[0] && slowMatch(glob[1:], text[1:])
}

func FuzzMatch(f *testing.F) {
	f.Add("arn:aws:s3:::*/a?c*", "arn:aws:s3:::b/abc/d")
	f.Add("**a*?", "xxaaé")
	f.Add("*a*a*a*a*b", strings.Repeat("a", 200))
	f.Fuzz(func(t *testing.T, source, text string) {
		p, ok := compile(source, true, false)
		if !ok || strings.ToValidUTF8(text, "") != text || strings.ToValidUTF8(source, "") != source {
			return
		}
		got, _ := p.match(text, &Request{})
		if strings.Count(source, "*") > 3 || len(text) > 60 {
			return // the definition would take for ever
		}
		parts, _ := split(source, true, false)
		glob := ""
		if len(parts) > 0 {
			glob = parts[0].glob
		}
		if want := slowMatch([]rune(glob), []rune(text)); got != want {
			t.Fatalf("%q matches %q: %v", source, text, got)
		}
	})
}

// What Parse accepts it evaluates, and accepts again with white space in it.
func FuzzParse(f *testing.F) {
	for _, l := range lines(f, "testdata/evaluate.txt") {
		if l[0] != '\t' {
			_, doc, _ := strings.Cut(l, ": ")
			f.Add(wrap(doc), 0)
		}
	}
	for _, l := range lines(f, "testdata/malformed.txt") {
		f.Add(strings.SplitN(l, "|", 3)[2], 1)
	}
	f.Add(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*","000000000000"],"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, 2)
	f.Fuzz(func(t *testing.T, doc string, kind int) {
		k := Kind(uint(kind) % 3)
		p, err := Parse(doc, k)
		if err != nil {
			if !errors.As(err, new(*SyntaxError)) {
				t.Fatal(err)
			}
			return
		}
		r := &Request{Principal: &aws.Principal{Kind: aws.User, Account: "000000000000", ARN: "arn:aws:iam::000000000000:user/u"},
			Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Keys: func(string) []string { return []string{"a"} }}
		m := p.Evaluate(r)
		again, err := Parse(" "+doc+"\n", k)
		if err != nil || again.Evaluate(r) != m {
			t.Fatalf("%v", err)
		}
	})
}
