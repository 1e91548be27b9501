package appsyncjs

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
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

func testEnv() vtl.Env {
	return vtl.Env{
		Now:        func() time.Time { return time.Date(2018, 2, 6, 19, 1, 35, 749e6, time.UTC) },
		IDs:        &counter{},
		AuthType:   "User Pool Authorization",
		ParentType: "Query",
		Field:      "getPost",
		Extension:  func(name string, args []any) (any, error) { return nil, nil },
	}
}

const imports = `import { util, extensions, runtime } from '@aws-appsync/utils';
import * as ddb from '@aws-appsync/utils/dynamodb';
`

// TestEvaluations runs testdata/*.cases. A file holds cases with a line of ====
// between them: a title, the code after ----, the context as JSON after another
// ---- if there is one, and at last what comes out. Code that exports nothing is
// an expression, which request returns.
func TestEvaluations(t *testing.T) {
	files, err := fs.Glob(os.DirFS("testdata"), "*.cases")
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
				input := "{}"
				if len(parts) == 4 {
					input = parts[2]
				}
				got := outcome(t, parts[1], input)
				want := parts[len(parts)-1]
				if got == want {
					continue
				}
				if *rewrite {
					parts[len(parts)-1] = got
					cases[i] = strings.Join(parts, "\n----\n")
					continue
				}
				t.Errorf("%s\ncode: %s\ngot:  %s\nwant: %s", parts[0], parts[1], got, want)
			}
			if *rewrite {
				if err := os.WriteFile(path, []byte(strings.TrimSuffix(strings.Join(cases, "\n====\n"), "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// outcome is all that the request function leaves behind, and what response
// makes of the same context if it returns anything.
func outcome(t *testing.T, code, input string) string {
	t.Helper()
	if !strings.Contains(code, "export") {
		code = imports + "export function request(ctx) { return (\n" + code + "\n) }\nexport function response(ctx) {}"
	}
	p, err := Compile(code)
	var refused CodeErrors
	if errors.As(err, &refused) {
		var lines []string
		for _, e := range refused {
			lines = append(lines, fmt.Sprintf("%s %d:%d+%d %s", e.Type, e.Line, e.Column, e.Span, strings.TrimSpace(e.Value)))
		}
		return strings.Join(lines, "\n")
	}
	v, err := vtl.ParseJSON(input)
	if err != nil {
		t.Fatalf("the context %s: %v", input, err)
	}
	c := v.(*vtl.Map)
	lines := evaluated(t, p, Request, c)
	if r := evaluated(t, p, Response, c); len(r) != 1 || r[0] != "null" {
		lines = append(append(lines, "response:"), r...)
	}
	if stash, _ := c.Get("stash"); stash.(*vtl.Map).Len() > 0 {
		lines = append(lines, "stash: "+asJSON(t, stash))
	}
	return strings.Join(lines, "\n")
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := vtl.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func evaluated(t *testing.T, p *Program, function string, c *vtl.Map) []string {
	t.Helper()
	var lines []string
	env := testEnv()
	env.Extension = func(name string, args []any) (any, error) {
		lines = append(lines, "extension: "+name+" "+asJSON(t, vtl.NewList(args...)))
		return nil, nil
	}
	res, err := p.Evaluate(context.Background(), env, function, c)
	field := func(label string, e vtl.FieldError) {
		lines = append(lines, label+": "+e.Message+" | "+e.Type+" | "+asJSON(t, e.Data)+" | "+asJSON(t, e.Info))
	}
	var thrown *vtl.Thrown
	switch {
	case errors.As(err, &thrown):
		field("thrown", thrown.FieldError)
	case err != nil:
		lines = append(lines, "error: "+err.Error())
	case res.Early:
		lines = append(lines, "early: "+asJSON(t, res.Value)+" "+res.SkipTo)
	default:
		lines = append(lines, asJSON(t, res.Value))
	}
	for _, e := range res.Errors {
		field("appended", e)
	}
	for _, l := range res.Logs {
		lines = append(lines, "log: "+l.Level+" - "+l.Message)
	}
	for _, h := range res.Headers {
		lines = append(lines, "header: "+h.Name+": "+h.Value)
	}
	return lines
}

// getItem is code such as most resolvers have.
const getItem = `import { util } from '@aws-appsync/utils';
import * as ddb from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  return ddb.get({ key: { id: ctx.args.id } });
}

export function response(ctx) {
  const { error, result } = ctx;
  if (error) {
    util.error(error.message, error.type);
  }
  return result;
}
`

func program(t testing.TB, code string) *Program {
	t.Helper()
	p, err := Compile(code)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func contextOf() *vtl.Map {
	return vtl.From(map[string]any{
		"arguments": map[string]any{"id": "post-1"},
		"identity":  map[string]any{"sub": "abc", "username": "ana", "groups": []any{"admin"}},
		"result":    map[string]any{"id": "post-1", "title": "Hello", "ups": int64(3), "tags": []any{"a", "b"}},
		"stash":     map[string]any{},
	}).(*vtl.Map)
}

// BenchmarkPair is one request and one response, as a field takes it.
func BenchmarkPair(b *testing.B) {
	p := program(b, getItem)
	c, env := contextOf(), testEnv()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Evaluate(context.Background(), env, Request, c); err != nil {
			b.Fatal(err)
		}
		if _, err := p.Evaluate(context.Background(), env, Response, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		program(b, getItem)
	}
}

// long is a context with a list long enough that work on its square does not end.
func long() *vtl.Map {
	l := vtl.NewList()
	for i := range 3000 {
		l.Add(int64(i))
	}
	m := vtl.NewMap()
	m.Put("l", l)
	return m
}

func withRequest(body string) string {
	return imports + "export function request(ctx) {\n" + body + "\n}\nexport function response(ctx) {}"
}

const endless = `let n = 0; for (const a of ctx.l) for (const b of ctx.l) for (const c of ctx.l) n += 1; return n;`

func TestLimits(t *testing.T) {
	for name, body := range map[string]string{
		"memory":  `let s = 'x'; for (const i of ctx.l) s += s; return s.length;`,
		"calls":   `const f = (g) => { ctx.l.map((x) => ctx.h(g)); }; return f(1);`,
		"depth":   `let o = {}; for (const i of ctx.l) o = {o}; return o;`,
		"cycle":   `const o = {}; o.o = o; return o;`,
		"output":  `return ctx.l.map((x) => ctx.l);`,
		"strings": `let s = 'x'; for (const i of ctx.l.slice(0, 23)) s += s; return s;`,
		"util":    `let s = 'x'; for (const i of ctx.l.slice(0, 20)) s += s; for (const i of ctx.l) s = util.base64Encode(s); return s;`,
		"time":    endless,
	} {
		if name == "calls" { // recursion that no rule sees
			body = `const o = { f: (x) => x.f(x) }; return o.f(o);`
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := program(t, withRequest(body)).Evaluate(context.Background(), testEnv(), Request, long())
			if !errors.Is(err, ErrLimit) {
				t.Error(err)
			}
		})
	}
}

// TestRunawayAlone evaluates beside code that does not end by itself.
func TestRunawayAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		_, err := program(t, withRequest(endless)).Evaluate(ctx, testEnv(), Request, long())
		ended <- err
	}()
	p := program(t, getItem)
	for range 100 {
		if _, err := p.Evaluate(context.Background(), testEnv(), Request, contextOf()); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("the code ended by itself")
	}
}

func TestContextEndsEvaluation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := program(t, withRequest(endless)).Evaluate(ctx, testEnv(), Request, long())
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestProgramIsShared evaluates at the same time, and finds each beginning anew.
func TestProgramIsShared(t *testing.T) {
	p := program(t, `import { util } from '@aws-appsync/utils';
let calls = 0;
const seen = {};
export function request(ctx) {
  calls += 1;
  seen[ctx.args.id] = true;
  Array.prototype.mine = (Array.prototype.mine ?? 0) + 1;
  ctx.stash.n = (ctx.stash.n ?? 0) + 1;
  return { calls, seen, mine: [].mine };
}
export function response(ctx) { return ctx.stash.n; }
`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := vtl.From(map[string]any{"args": map[string]any{"id": fmt.Sprint(i)}}).(*vtl.Map)
			for n := range 20 {
				res, err := p.Evaluate(context.Background(), testEnv(), Request, c)
				if err != nil {
					t.Error(err)
					return
				}
				if got, want := asJSON(t, res.Value), fmt.Sprintf(`{"calls":1,"seen":{"%d":true},"mine":1}`, i); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				res, err = p.Evaluate(context.Background(), testEnv(), Response, c)
				if err != nil || res.Value != int64(n+1) {
					t.Errorf("the stash has %v, %v", res.Value, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestLazyValues are made only if code looks at them.
func TestLazyValues(t *testing.T) {
	made := 0
	c := vtl.NewMap()
	info := vtl.NewMap()
	info.Put("selectionSetList", vtl.Lazy(func() any { made++; return vtl.NewList("id") }))
	c.Put("info", info)
	if _, err := program(t, withRequest("return ctx.info.fieldName")).Evaluate(context.Background(), testEnv(), Request, c); err != nil || made != 0 {
		t.Error(made, err)
	}
	res, err := program(t, withRequest("return [ctx.info.selectionSetList, ctx.info.selectionSetList]")).Evaluate(context.Background(), testEnv(), Request, c)
	if got := asJSON(t, res.Value); err != nil || made != 1 || got != `[["id"],["id"]]` {
		t.Error(made, got, err)
	}
}

func FuzzProgram(f *testing.F) {
	files, err := fs.Glob(os.DirFS("testdata"), "*.cases")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		for c := range strings.SplitSeq(string(text), "\n====\n") {
			code := strings.Split(c, "\n----\n")[1]
			if !strings.Contains(code, "export") {
				code = withRequest("return " + code)
			}
			f.Add(code)
		}
	}
	f.Add(getItem)
	f.Fuzz(func(t *testing.T, code string) {
		p, err := Compile(code)
		var refused CodeErrors
		if errors.As(err, &refused) {
			for _, e := range refused {
				if e.Line < 1 || e.Column < 1 || e.Span < 1 || e.Value == "" {
					t.Errorf("%+v has no place", e)
				}
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		res, err := p.Evaluate(ctx, testEnv(), Request, contextOf())
		if err == nil {
			if _, err := vtl.AppendJSON(nil, res.Value); err != nil {
				t.Error(err)
			}
		}
	})
}
