package appsyncjs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// fileName is what AppSync calls the code in errors and logs.
const fileName = "code.js"

// MaxCode is the longest code that AppSync takes, in characters.
const MaxCode = 32_768

// maxNesting is how deep brackets may nest: the parser goes down with them.
const maxNesting = 500

// Program is compiled code. It may be evaluated by many at a time.
type Program struct {
	code    *goja.Program
	imports []binding // in the order of the parameters of the code
	calls   map[position]position
}

type position struct{ line, column int }

// The functions that code exports.
const (
	Request  = "request"
	Response = "response"
)

// Compile checks and compiles code. The error is CodeErrors.
func Compile(src string) (*Program, error) {
	if utf8.RuneCountInString(src) > MaxCode {
		return nil, CodeErrors{codeError(src, ParseError, 0, 1, fmt.Sprintf("The code is longer than %d characters.", MaxCode))}
	}
	if nesting(src) > maxNesting {
		return nil, CodeErrors{codeError(src, ParseError, 0, 1, "The code nests too deep.")}
	}
	m, errs := scan(src)
	program, err := parse(m.text)
	switch {
	case len(errs) > 0 && err != nil: // what is not understood twice is told once
		return nil, errs
	case err != nil:
		return nil, parseErrors(src, err, 0)
	}
	errs = append(errs, lint(m.text, program)...)
	for _, name := range []string{Request, Response} {
		if m.exports[name] == "" {
			errs = append(errs, codeError(src, LintError, 0, 1, "The code must export the function '"+name+"'."))
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	p, err := wrap(src, m)
	if err != nil {
		return nil, err
	}
	p.calls = calls(src, program)
	return p, nil
}

// wrap makes the module the body of a function, which begins a line below, so
// that columns stay. Each evaluation calls it: nothing at the top level of the
// code outlives one.
func wrap(src string, m *module) (*Program, error) {
	p := &Program{}
	var locals, exports []string
	for _, b := range m.imports {
		if !slices.Contains(locals, b.local) {
			locals = append(locals, b.local)
			p.imports = append(p.imports, b)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.exports)) {
		exports = append(exports, name+":"+m.exports[name])
	}
	text := "(function(" + strings.Join(locals, ",") + "){'use strict';\n" + m.text + "\nreturn{" + strings.Join(exports, ",") + "}})"
	program, err := parse(text)
	if err == nil {
		p.code, err = goja.CompileAST(program, true)
	}
	if err != nil {
		return nil, parseErrors(src, err, 1)
	}
	return p, nil
}

func parse(text string) (*ast.Program, error) {
	return parser.ParseFile(nil, fileName, text, 0, parser.WithDisableSourceMaps)
}

// nesting is at least how deep brackets nest.
func nesting(src string) int {
	depth, most := 0, 0
	for i := range len(src) {
		switch src[i] {
		case '{', '(', '[':
			depth++
			most = max(most, depth)
		case '}', ')', ']':
			depth--
		}
	}
	return most
}

// calls are the beginnings of calls by where the engine places them, which is
// the parenthesis.
func calls(src string, program *ast.Program) map[position]position {
	out := map[position]position{}
	base := program.File.Base()
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		if c, ok := n.(*ast.CallExpression); ok {
			at := program.File.Position(int(c.LeftParenthesis) - base)
			begins := codeError(src, "", int(c.Idx0())-base, 0, "")
			out[position{at.Line, at.Column}] = position{begins.Line, begins.Column}
		}
		children(n, walk)
	}
	for _, st := range program.Body {
		walk(st)
	}
	return out
}

// parseErrors places what the engine says of code that was moved down by lines.
func parseErrors(src string, err error, lines int) CodeErrors {
	var list parser.ErrorList
	var syntax *goja.CompilerSyntaxError
	var out CodeErrors
	at := func(line, column int, message string) {
		out = append(out, codeError(src, ParseError, offset(src, line-lines, column), 1, message))
	}
	switch {
	case errors.As(err, &list):
		for _, e := range list {
			at(e.Position.Line, e.Position.Column, e.Message)
		}
	case errors.As(err, &syntax) && syntax.File != nil:
		p := syntax.File.Position(syntax.Offset)
		at(p.Line, p.Column, syntax.Message)
	default:
		at(1, 1, err.Error())
	}
	return out
}

// offset is where a line and a column are.
func offset(src string, line, column int) int {
	at := 0
	for range line - 1 {
		i := strings.IndexByte(src[at:], '\n')
		if i < 0 {
			return len(src)
		}
		at += i + 1
	}
	return min(at+max(column-1, 0), len(src))
}

// Result is what an evaluation leaves behind, also when it ends with an error.
type Result struct {
	Value any // what the function returned, as a value of vtl

	// Early is whether runtime.earlyReturn gave the value, and SkipTo what it
	// was told to skip to: END, NEXT or nothing.
	Early  bool
	SkipTo string

	Errors  []vtl.FieldError // of util.appendError, in order
	Logs    []vtl.Log        // their messages begin with the place
	Headers []vtl.Header     // of util.http.addResponseHeader, in order
}

// Evaluate calls a function of the code with a context, whose stash is the
// only thing that the code changes. The error is an *Error, or a *vtl.Thrown
// where the code gave up by itself.
func (p *Program) Evaluate(ctx context.Context, env vtl.Env, function string, c *vtl.Map) (Result, error) {
	e := newEvaluation(ctx, env, p.calls)
	defer e.watch(ctx)()
	v, err := e.run(p, function, c)
	left := e.util.Result()
	r := Result{Errors: left.Errors, Logs: left.Logs, Headers: left.Headers}
	var early *earlyReturn
	switch {
	case errors.As(err, &early):
		r.Early, r.SkipTo, r.Value = true, early.skipTo, early.value
	case err != nil:
		return r, err
	default:
		r.Value = v
	}
	return r, e.keepStash(c)
}
