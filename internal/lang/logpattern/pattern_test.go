package logpattern

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	const access = `127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html?q=1 HTTP/1.0" 404 1534`
	for _, c := range []struct {
		pattern, message string
		want             bool
	}{
		{``, `anything`, true},
		{`ERROR`, `[ERROR 400] BAD REQUEST`, true},
		{`ERROR`, `[error 400]`, false},
		{`ERROR ARGUMENTS`, `[ERROR 419] MISSING ARGUMENTS`, true},
		{`ERROR ARGUMENTS`, `[ERROR 419] MISSING`, false},
		{`?ERROR ?WARN`, `[WARN] x`, true},
		{`?ERROR ?WARN`, `[INFO] x`, false},
		{`?WARN ERROR`, `ERROR`, true},
		{`ERROR -EXITING`, `ERROR 1 EXITING`, false},
		{`ERROR -EXITING`, `ERROR 1`, true},
		{`-EXITING`, `fine`, true},
		{`"INTERNAL SERVER ERROR"`, `500 INTERNAL SERVER ERROR`, true},
		{`"say \"hi\""`, `say "hi"`, true},
		{`%\d{3}%`, `code 404`, true},
		{`%^\d+$%`, `code 404`, false},

		{`{ $.eventType = "UpdateTrail" }`, `{"eventType":"UpdateTrail"}`, true},
		{`{ $.eventType = UpdateTrail }`, `{"eventType":"UpdateTrail"}`, true},
		{`{ $.eventType = "Update*" }`, `{"eventType":"UpdateTrail"}`, true},
		{`{ $.eventType != "Update*" }`, `{"eventType":"UpdateTrail"}`, false},
		{`{ $.eventType = "x" }`, `not JSON`, false},
		{`{ $.eventType = "x" }`, `{"eventType":`, false},
		{`{ $.sourceIPAddress != 123.123.* }`, `{"sourceIPAddress":"111.111.111.111"}`, true},
		{`{ $.arrayKey[0] = "value" }`, `{"arrayKey":["value","other"]}`, true},
		{`{ $.arrayKey[1] = "value" }`, `{"arrayKey":["value","other"]}`, false},
		{`{ $.list[*].id = 2 }`, `{"list":[{"id":1},{"id":2}]}`, true},
		{`{ $.objectList[1].id = 2 }`, `{"objectList":[{"id":1},{"id":2}]}`, true},
		{`{ $.SomeObject IS NULL }`, `{"SomeObject":null}`, true},
		{`{ $.SomeObject IS NULL }`, `{}`, false},
		{`{ $.SomeOtherObject NOT EXISTS }`, `{"x":1}`, true},
		{`{ $.ThisFlag IS TRUE }`, `{"ThisFlag":true}`, true},
		{`{ $.ThisFlag IS FALSE }`, `{"ThisFlag":true}`, false},
		{`{ $.latency > 1e3 }`, `{"latency":1000.5}`, true},
		{`{ $.latency >= 1000 && $.latency < 2000 }`, `{"latency":1000}`, true},
		{`{ $.latency > 1 }`, `{"latency":"2"}`, false},
		{`{ ($.a = 1 || $.b = 2) && $.c = 3 }`, `{"b":2,"c":3}`, true},
		{`{ $.a = 1 || $.b = 2 && $.c = 3 }`, `{"a":1}`, true},
		{`{ $.['a b'].c = 1 }`, `{"a b":{"c":1}}`, true},
		{`{ $.path = %^/api/.*% }`, `{"path":"/api/x"}`, true},

		{`[ip, id, user, time, request, status=4*, bytes]`, access, true},
		{`[ip, id, user, time, request, status=5*, bytes]`, access, false},
		{`[ip, user]`, access, false},
		{`[..., status=404, bytes > 1000]`, access, true},
		{`[ip=127.*, ..., bytes]`, access, true},
		{`[..., status=4* || status=5*, bytes]`, access, true},
		{`[..., status!=4* && status!=5*, bytes]`, access, false},
		{`[..., request=*html*, status, bytes]`, access, true},
		{`[ip=%127\.0%, ...]`, access, true},
	} {
		p, err := Parse(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if _, ok := p.Match(c.message); ok != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.message, ok)
		}
	}
}

func TestExtract(t *testing.T) {
	p, err := Parse(`[ip, ..., size > 10]`)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := p.Match(`1.2.3.4 "a b" 99`)
	if !ok {
		t.Fatal("no match")
	}
	if got := p.Extract(f); len(got) != 2 || got["$ip"] != "1.2.3.4" || got["$size"] != "99" {
		t.Errorf("extracted %v", got)
	}
	p, err = Parse(`{ $.a.b = 1 }`)
	if err != nil {
		t.Fatal(err)
	}
	f, _ = p.Match(`{"a":{"b":1.0},"took":25}`)
	if got := p.Extract(f); len(got) != 1 || got["$.a.b"] != "1.0" {
		t.Errorf("extracted %v", got)
	}
	if v, ok := f("$.took"); !ok || v != "25" {
		t.Errorf("took = %q, %v", v, ok)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ pattern, says string }{
		{`a.b`, "Invalid character(s) in term 'a.b'"},
		{`"a`, "quote"},
		{`%a`, "regular expression"},
		{`%(a)%`, "regular expression"},
		{`{ $.a = }`, "value"},
		{`{ $.a = 1`, "}"},
		{`{ a = 1 }`, "selector"},
		{`{ $.a > x }`, "not a number"},
		{`{ ($.a = 1 }`, ")"},
		{`[a, b`, "]"},
		{`[a b]`, "comparison"},
		{`[..., a, ...]`, "ellipsis"},
		{`[a=1 || b=2]`, "names 'b'"},
	} {
		_, err := Parse(c.pattern)
		if syntax := new(SyntaxError); !errors.As(err, &syntax) || !strings.Contains(syntax.Reason, c.says) {
			t.Errorf("%s: %v, want %q", c.pattern, err, c.says)
		}
	}
}

func TestMatchIsLinear(t *testing.T) {
	p, err := Parse(`{ $.a = "*a*a*a*a*a*a*a*a*a*a*a*b" }`)
	if err != nil {
		t.Fatal(err)
	}
	message := `{"a":"` + strings.Repeat("a", 1<<18) + `"}`
	done := make(chan bool, 1)
	go func() {
		_, ok := p.Match(message)
		done <- ok
	}()
	select {
	case ok := <-done:
		if ok {
			t.Error("matched")
		}
	case <-time.After(20 * time.Second):
		t.Error("matching takes too long")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{ $.a[0].b = "x*" && $.c IS NULL }`, `{"a":[{"b":"xy"}],"c":null}`)
	f.Add(`[ip, ..., status=4* || status=5*]`, `1.1.1.1 - 404`)
	f.Add(`?ERROR -"a b" %x+%`, `ERROR`)
	f.Fuzz(func(t *testing.T, pattern, message string) {
		p, err := Parse(pattern)
		if err != nil {
			if syntax := new(SyntaxError); !errors.As(err, &syntax) || syntax.Reason == "" {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		if fields, ok := p.Match(message); ok {
			p.Extract(fields)
		}
	})
}
