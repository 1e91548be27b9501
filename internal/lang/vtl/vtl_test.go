package vtl

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var rewrite = flag.Bool("rewrite", false, "write what comes out into the test data")

// counter is chance that counts, so that identifiers are the same each time.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

func (c *counter) UUID() string { return "00000000-0000-4000-8000-000000000001" }

func testEnv() Env {
	return Env{
		Now:        func() time.Time { return time.Date(2018, 2, 6, 19, 1, 35, 749e6, time.UTC) },
		IDs:        &counter{},
		AuthType:   "User Pool Authorization",
		ParentType: "Query",
		Field:      "getPost",
	}
}

// TestTemplates runs testdata/*.vtl. A file holds cases with a line of ====
// between them: a title, the template after ----, the variables as JSON after
// another ---- if it has some, and at last what comes out.
func TestTemplates(t *testing.T) {
	files, err := fs.Glob(os.DirFS("testdata"), "*.vtl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata", file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			cases := strings.Split(string(text), "\n====\n")
			for i, c := range cases {
				parts := strings.Split(strings.TrimSuffix(c, "\n"), "\n----\n")
				if len(parts) < 3 || len(parts) > 4 {
					t.Fatalf("the case %q has %d parts", parts[0], len(parts))
				}
				vars := ""
				if len(parts) == 4 {
					vars = parts[2]
				}
				got := outcome(t, parts[1], vars)
				want := parts[len(parts)-1]
				if got == want {
					continue
				}
				if *rewrite {
					parts[len(parts)-1] = got
					cases[i] = strings.Join(parts, "\n----\n")
					continue
				}
				t.Errorf("%s\ntemplate: %s\ngot:  %s\nwant: %s", parts[0], parts[1], got, want)
			}
			if *rewrite {
				if err := os.WriteFile(path, []byte(strings.TrimSuffix(strings.Join(cases, "\n====\n"), "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// outcome is all that a template leaves behind, as the test data has it.
func outcome(t *testing.T, template, vars string) string {
	t.Helper()
	tpl, err := Parse("t", template)
	if err != nil {
		return "error: " + err.Error()
	}
	values := map[string]any{}
	if vars != "" {
		v, err := ParseJSON(vars)
		if err != nil {
			t.Fatalf("the variables %s: %v", vars, err)
		}
		v.(*Map).Each(func(k, v any) bool { values[k.(string)] = v; return true })
	}
	res, err := tpl.Execute(context.Background(), testEnv(), values)
	var lines []string
	asJSON := func(v any) string {
		b, err := AppendJSON(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	field := func(label string, e FieldError) {
		lines = append(lines, label+": "+e.Message+" | "+e.Type+" | "+asJSON(e.Data)+" | "+asJSON(e.Info))
	}
	switch err := err.(type) {
	case nil:
		lines = append(lines, res.Output)
	case *Thrown:
		field("thrown", err.FieldError)
	default:
		lines = append(lines, "error: "+err.Error())
	}
	for _, e := range res.Errors {
		field("appended", e)
	}
	for _, l := range res.Logs {
		lines = append(lines, "log: "+l.Level+" "+l.Message)
	}
	for _, h := range res.Headers {
		lines = append(lines, "header: "+h.Name+": "+h.Value)
	}
	if res.Early {
		lines = append(lines, "returned: "+asJSON(res.Returned))
	}
	return strings.Join(lines, "\n")
}

// getItem is a template such as most resolvers have.
const getItem = `{
    "version": "2018-05-29",
    "operation": "GetItem",
    "key": {
        "id": $util.dynamodb.toDynamoDBJson($ctx.args.id)
    }
}`

func getItemVars() map[string]any {
	return map[string]any{"ctx": From(map[string]any{"args": map[string]any{"id": "post-1"}})}
}

func BenchmarkGetItem(b *testing.B) {
	tpl, err := Parse("request", getItem)
	if err != nil {
		b.Fatal(err)
	}
	vars, env := getItemVars(), testEnv()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Execute(context.Background(), env, vars); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLimits holds that bombs of all kinds end with ErrLimit.
func TestLimits(t *testing.T) {
	tenfold := `#set($s = "$s$s$s$s$s$s$s$s$s$s")`
	twice := `#set($l = [$l, $l])`
	for name, template := range map[string]string{
		"loops":            `#foreach($a in [1..999])#foreach($b in [1..999])#foreach($c in [1..999])#end#end#end`,
		"iterations":       `#foreach($a in [1..1001])#end`,
		"output":           `#foreach($a in [1..1000])#foreach($b in [1..1000])0123456789#end#end`,
		"range":            `#set($x = [0..2000000000])`,
		"huge range":       `#set($x = [-9223372036854775807..9223372036854775807])`,
		"string":           `#set($s = "0123456789")` + strings.Repeat(tenfold, 10),
		"repeat":           `$!{s.repeat(1)}#set($s = "abc")$s.repeat(2000000000)`,
		"list of itself":   `#set($l = [])$!l.add($l)$l`,
		"JSON of itself":   `#set($m = {})$!m.put("m", $m)$util.toJson($m)`,
		"DynamoDB itself":  `#set($m = {})$!m.put("m", $m)$util.dynamodb.toDynamoDBJson($m)`,
		"hash of itself":   `#set($l = [])$!l.add($l)$l.hashCode()`,
		"aliases":          `#set($l = ["lol"])` + strings.Repeat(twice, 40) + `$l`,
		"aliases compared": `#set($l = ["lol"])` + strings.Repeat(twice, 40) + `#if($l.equals($l))#end#set($k = ["lol"])` + strings.Repeat(`#set($k = [$k, $k])`, 40) + `#if($l == $k)#end`,
		"list of lists":    `#set($l = [1])#foreach($i in [1..60])$!l.addAll($l)#end`,
		"macro":            `#macro(m)#m()#end#m()`,
		"define":           `#define($d)$d#end$d`,
		"number":           `#set($n = 99999999999)#foreach($i in [1..60])#set($n = $n * $n)#end`,
		"replace":          `#set($s = "aaaaaaaaaa")#foreach($i in [1..30])#set($s = $s.replaceAll("a", "aaaaaaaaaa"))#end`,
		"pattern":          `#set($s = "aaaaaaaaaa")` + strings.Repeat(tenfold, 5) + `$s.matches("(a*)*(a|aa)+b(x*)*")`,
		"filter":           `#set($f = {"a": {"eq": 1, "ne": 2}})` + strings.Repeat(`#set($f = {"and": [$f, $f]})`, 10) + `$util.transform.toSubscriptionFilter($f)`,
		"condition":        `#set($f = {"a": {"eq": 1}})` + strings.Repeat(`#set($f = {"and": [$f, $f]})`, 40) + `$util.transform.toDynamoDBFilterExpression($f)`,
		"nesting":          strings.Repeat(`#if(true)`, 2000),
		"parentheses":      `#set($x = ` + strings.Repeat(`(`, 100000),
		"negations":        `#set($x = ` + strings.Repeat(`!`, 100000),
		"deep JSON":        `$util.parseJson("` + strings.Repeat(`[`, 100000) + `")`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			tpl, err := Parse(name, template)
			if err == nil {
				_, err = tpl.Execute(context.Background(), testEnv(), nil)
			}
			if !errors.Is(err, ErrLimit) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestContextEndsTemplate(t *testing.T) {
	tpl, err := Parse("t", `#foreach($a in [1..900])#foreach($b in [1..900])x#end#end`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tpl.Execute(ctx, testEnv(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTemplateIsShared(t *testing.T) {
	tpl, err := Parse("t", `#macro(m $x)<$x $y>#end#set($y = $ctx.n)#foreach($i in [1..50])#m($i)$!ctx.m.put("k", $i)#end$ctx.m.k`)
	if err != nil {
		t.Fatal(err)
	}
	run := func(n int) string {
		res, err := tpl.Execute(context.Background(), testEnv(), map[string]any{"ctx": From(map[string]any{"n": n, "m": map[string]any{}})})
		if err != nil {
			t.Error(err)
		}
		return res.Output
	}
	want := run(7)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got := run(7); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestLazyValuesAreMadeOnce(t *testing.T) {
	made := 0
	ctx := NewMap()
	ctx.Put("list", Lazy(func() any { made++; return NewList("a") }))
	ctx.Put("other", Lazy(func() any { t.Error("made without need"); return nil }))
	tpl, err := Parse("t", `$ctx.list $ctx.list[0] $ctx.get("list").size()`)
	if err != nil {
		t.Fatal(err)
	}
	res, err := tpl.Execute(context.Background(), testEnv(), map[string]any{"ctx": ctx})
	if err != nil || res.Output != "[a] a 1" || made != 1 {
		t.Errorf("got %q, %v, made %d times", res.Output, err, made)
	}
}

func TestExtensions(t *testing.T) {
	tpl, err := Parse("t", `$!extensions.evictFromApiCache("Query", "f", {"a": 1})|$extensions.other()`)
	if err != nil {
		t.Fatal(err)
	}
	env := testEnv()
	if _, err := tpl.Execute(context.Background(), env, nil); err == nil {
		t.Error("extensions are there although nobody gave them")
	}
	var called []string
	env.Extension = func(name string, args []any) (any, error) {
		called = append(called, name)
		if name == "other" {
			return nil, nil
		}
		b, err := AppendJSON(nil, args[2])
		return string(b), err
	}
	res, err := tpl.Execute(context.Background(), env, nil)
	if err != nil || res.Output != `{"a":1}|$extensions.other()` || len(called) != 2 {
		t.Errorf("got %q, %v, %v", res.Output, err, called)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for _, text := range []string{
		`{"b":1,"a":[true,false,null,"x"],"c":{}}`, `[]`, `"a\"\\\n\u0001é😀/<"`, `-12`, `123456789012345678901234567890`,
		`0.5`, `1.0E10`, `{"a1":1,"a2":2,"a3":3,"a4":4,"a5":5,"a6":6,"a7":7,"a8":8,"a9":9,"b1":1,"b2":2,"b3":3,"b4":4,"b5":5}`,
	} {
		v, err := ParseJSON(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		b, err := AppendJSON(nil, v)
		if err != nil || string(b) != text {
			t.Errorf("%s comes back as %s, %v", text, b, err)
		}
	}
	for _, text := range []string{``, `{`, `[1,]`, `{"a":1,}`, `01`, `1.`, `-`, `"a`, `"\x"`, `tru`, `1 2`, "\"\n\"", `{a:1}`} {
		if v, err := ParseJSON(text); err == nil {
			t.Errorf("%q is read as %v", text, v)
		}
	}
}

func TestDatesRoundTrip(t *testing.T) {
	moment := time.Date(2024, 2, 29, 23, 5, 9, 123e6, time.UTC)
	for _, pattern := range []string{
		"yyyy-MM-dd HH:mm:ss.SSS", "yyyyMMddHHmmssSSS", "EEE, dd MMM yyyy hh:mm:ss.SSS a", "EEEE d MMMM uuuu 'at' H:m:s.SSS",
		"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyy-DDD kk:mm:ss.SSS Z", "yyyy-MM-dd'T'HH:mm:ss.SSS'['VV']'", "[yyyy/]yyyy-MM-dd HH:mm:ss.SSS",
	} {
		for _, zone := range []string{"UTC", "+05:30", "-08:00"} {
			named := strings.Contains(pattern, "VV")
			if named && zone != "UTC" {
				zone = "Europe/Paris"
			}
			s, err := formatMoment(moment, arguments{pattern, zone})
			if err != nil {
				t.Errorf("%s: %v", pattern, err)
				continue
			}
			if strings.HasPrefix(pattern, "[") {
				s = s.(string)[5:] // without the part that may be absent
			}
			ms, err := parseMoment(arguments{s, pattern, zone})
			if err != nil || ms != moment.UnixMilli() {
				t.Errorf("%s in %s: %v comes back as %v, %v", pattern, zone, s, ms, err)
			}
		}
	}
}

func FuzzTemplate(f *testing.F) {
	files, err := filepath.Glob("testdata/*.vtl")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for c := range strings.SplitSeq(string(text), "\n====\n") {
			if parts := strings.Split(c, "\n----\n"); len(parts) > 1 {
				f.Add(parts[1])
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		tpl, err := Parse("fuzz", text)
		var place *Error
		if err != nil {
			if !errors.As(err, &place) || place.Line < 1 || place.Column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		env := testEnv()
		env.Limits = Limits{Steps: 20000, Output: 1 << 16, Memory: 1 << 20}
		res, err := tpl.Execute(context.Background(), env, getItemVars())
		var thrown *Thrown
		if err != nil && !errors.As(err, &place) && !errors.As(err, &thrown) {
			t.Fatalf("an error without a place: %v", err)
		}
		if len(res.Output) > env.Limits.Output {
			t.Fatalf("%d bytes of output", len(res.Output))
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,2.5,"x\n",null,true]}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseJSON(text)
		if (err == nil) != json.Valid([]byte(text)) && !errors.Is(errors.Unwrap(err), ErrLimit) && !strings.Contains(err.Error(), "too big") {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		b, err := AppendJSON(nil, v)
		if err != nil || !json.Valid(b) {
			t.Fatalf("%q is written as %s, %v", text, b, err)
		}
		again, err := ParseJSON(string(b))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := AppendJSON(nil, again); err != nil || string(b) != string(c) {
			t.Fatalf("%s comes back as %s, %v", b, c, err)
		}
	})
}
