package appsyncjs

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// linter holds code to what AppSync takes. Its rules have the names of the
// official plugin for ESLint, @aws-appsync/eslint-plugin.
type linter struct {
	src    string
	base   int
	errs   CodeErrors
	scopes []scope
	within []*function // functions around the node
	calls  map[*function][]call
}

// scope is the names of a block. A name that is no function is nil.
type scope map[string]*function

type function struct{ name string }

type call struct {
	to *function
	at ast.Node
}

func lint(src string, program *ast.Program) CodeErrors {
	l := &linter{src: src, base: program.File.Base(), calls: map[*function][]call{}}
	l.block(program.Body, nil)
	l.recursion()
	slices.SortStableFunc(l.errs, func(a, b CodeError) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return l.errs
}

func (l *linter) errorf(n ast.Node, rule, format string, args ...any) {
	l.at(n.Idx0(), n.Idx1(), rule, fmt.Sprintf(format, args...))
}

func (l *linter) at(from, to file.Idx, rule, message string) {
	start := int(from) - l.base
	l.errs = append(l.errs, codeError(l.src, LintError, start, max(int(to)-int(from), 1), "@aws-appsync/"+rule+": "+message))
}

// block walks statements with the functions they declare, and names that hide others.
func (l *linter) block(list []ast.Statement, hidden []string) {
	names := scope{}
	for _, name := range hidden {
		names[name] = nil
	}
	for _, st := range list {
		switch st := st.(type) {
		case *ast.FunctionDeclaration:
			if st.Function.Name != nil {
				name := st.Function.Name.Name.String()
				names[name] = &function{name}
			}
		case *ast.VariableStatement:
			declare(names, st.List)
		case *ast.LexicalDeclaration:
			declare(names, st.List)
		}
	}
	l.scopes = append(l.scopes, names)
	for _, st := range list {
		l.walk(st)
	}
	l.scopes = l.scopes[:len(l.scopes)-1]
}

func declare(names scope, list []*ast.Binding) {
	for _, b := range list {
		id, ok := b.Target.(*ast.Identifier)
		if !ok {
			continue
		}
		name := id.Name.String()
		names[name] = nil
		if isFunction(b.Initializer) {
			names[name] = &function{name}
		}
	}
}

func isFunction(e ast.Expression) bool {
	switch e.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true
	}
	return false
}

// resolve is the function that an expression names.
func (l *linter) resolve(e ast.Expression) *function {
	id, ok := e.(*ast.Identifier)
	if !ok {
		return nil
	}
	for i := len(l.scopes) - 1; i >= 0; i-- {
		if f, ok := l.scopes[i][id.Name.String()]; ok {
			return f
		}
	}
	return nil
}

func (l *linter) givesFunction(e ast.Expression) bool {
	return e != nil && (isFunction(e) || l.resolve(e) != nil)
}

// walk looks at a node and what is within it.
func (l *linter) walk(n ast.Node) {
	l.statement(n)
	l.expression(n)
	switch n := n.(type) {
	case *ast.BlockStatement:
		l.block(n.List, nil)
		return
	case *ast.FunctionDeclaration:
		name := n.Function.Name.Name.String()
		l.body(l.scopes[len(l.scopes)-1][name], n.Function.ParameterList, n.Function.Body)
		if len(l.scopes) == 1 && (name == "request" || name == "response") {
			l.context(n.Function)
		}
		return
	case *ast.Binding:
		if isFunction(n.Initializer) {
			if id, ok := n.Target.(*ast.Identifier); ok {
				l.expression(n.Initializer)
				l.literal(l.resolve(id), n.Initializer)
				return
			}
		}
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		l.literal(&function{"an anonymous function"}, n)
		return
	}
	children(n, l.walk)
}

func (l *linter) literal(f *function, n ast.Node) {
	switch n := n.(type) {
	case *ast.FunctionLiteral:
		l.body(f, n.ParameterList, n.Body)
	case *ast.ArrowFunctionLiteral:
		l.body(f, n.ParameterList, n.Body)
	}
}

// body walks a function with its parameters.
func (l *linter) body(f *function, params *ast.ParameterList, body ast.Node) {
	var names []string
	for _, p := range params.List {
		if id, ok := p.Target.(*ast.Identifier); ok {
			names = append(names, id.Name.String())
		}
		if p.Initializer != nil {
			l.walk(p.Initializer)
		}
	}
	l.within = append(l.within, f)
	switch body := body.(type) {
	case *ast.BlockStatement:
		l.block(body.List, names)
	case *ast.ExpressionBody:
		if l.givesFunction(body.Expression) {
			l.errorf(body.Expression, "no-function-return", "returning a function is not allowed")
		}
		l.scopes = append(l.scopes, scope{})
		for _, name := range names {
			l.scopes[len(l.scopes)-1][name] = nil
		}
		l.walk(body.Expression)
		l.scopes = l.scopes[:len(l.scopes)-1]
	}
	l.within = l.within[:len(l.within)-1]
}

func (l *linter) statement(n ast.Node) {
	switch n := n.(type) {
	case *ast.ForStatement:
		l.errorf(n, "no-for", "For statements are not supported.")
	case *ast.WhileStatement:
		l.errorf(n, "no-while", "While statements are not supported.")
	case *ast.DoWhileStatement:
		l.errorf(n, "no-while", "do...while statements are not supported.")
	case *ast.BranchStatement:
		if n.Token == token.CONTINUE {
			l.errorf(n, "no-continue", "Continue statements are not supported")
		}
	case *ast.LabelledStatement:
		l.errorf(n, "no-labels", "Labeled statements are not supported.")
	case *ast.TryStatement:
		l.errorf(n, "no-try", "Try statements are not supported.")
	case *ast.ThrowStatement:
		l.errorf(n, "no-throw", "Throw statements are not supported. Use util.error().")
	case *ast.WithStatement:
		l.errorf(n, "no-with", "With statements are not supported.")
	case *ast.DebuggerStatement:
		l.errorf(n, "no-debugger", "Debugger statements are not supported.")
	case *ast.ReturnStatement:
		if l.givesFunction(n.Argument) {
			l.errorf(n, "no-function-return", "returning a function is not allowed")
		}
	case *ast.Binding:
		if n.Initializer != nil && l.resolve(n.Initializer) != nil {
			l.errorf(n, "no-function-reassign", "re-assigning function is not allowed")
		}
	case *ast.FunctionDeclaration:
		l.functionKind(n.Function, n.Function.Async, n.Function.Generator)
	}
}

func (l *linter) functionKind(n ast.Node, async, generator bool) {
	if async {
		l.errorf(n, "no-async", "Async functions are not supported.")
	}
	if generator {
		l.errorf(n, "no-generators", "Generator functions are not supported.")
	}
}

func (l *linter) expression(n ast.Node) {
	switch n := n.(type) {
	case *ast.FunctionLiteral:
		l.functionKind(n, n.Async, n.Generator)
	case *ast.ArrowFunctionLiteral:
		l.functionKind(n, n.Async, false)
	case *ast.AwaitExpression:
		l.errorf(n, "no-await", "The `await` keyword is not supported")
	case *ast.YieldExpression:
		l.errorf(n, "no-yield", "Yield statements are not supported")
	case *ast.ClassLiteral:
		l.errorf(n, "no-classes", "Class declarations are not supported.")
	case *ast.RegExpLiteral:
		l.errorf(n, "no-regex", "Regex literals are not supported.")
	case *ast.ThisExpression:
		l.errorf(n, "no-this", "This expressions are not supported.")
	case *ast.UnaryExpression:
		switch n.Operator {
		case token.INCREMENT, token.DECREMENT, token.BITWISE_NOT:
			l.errorf(n, "no-disallowed-unary-operators", "The operator %s is not supported", n.Operator)
		}
	case *ast.BinaryExpression:
		switch n.Operator {
		case token.INSTANCEOF:
			l.errorf(n, "no-disallowed-binary-operators", "The operator instanceof is not supported")
		case token.IN:
			l.errorf(n, "no-in-operator", "in operator is not supported. Use Object.hasOwn().")
		}
	case *ast.AssignExpression:
		if n.Operator == token.ASSIGN && l.resolve(n.Right) != nil {
			l.errorf(n, "no-function-reassign", "re-assigning function is not allowed")
		}
		if d, ok := n.Left.(*ast.DotExpression); ok && d.Identifier.Name == "length" {
			l.errorf(n, "no-disallowed-methods", "The length cannot be assigned")
		}
	case *ast.NewExpression:
		l.constructed(n, n.Callee, n.ArgumentList)
	case *ast.CallExpression:
		l.called(n)
	}
}

// constructed looks at new F(…), and at F(…) where it means the same.
func (l *linter) constructed(n ast.Node, callee ast.Expression, args []ast.Expression) {
	id, ok := callee.(*ast.Identifier)
	if !ok {
		return
	}
	switch name := id.Name.String(); name {
	case "Promise":
		l.errorf(n, "no-promise", "Promise is not supported")
	case "Function", "Proxy", "RegExp", "WeakRef", "SharedArrayBuffer", "ArrayBuffer",
		"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array":
		l.errorf(n, "no-disallowed-methods", "%s is not supported", name)
	case "Array":
		// A length that is not written down could be any, and filling such an
		// array is one step of the engine.
		if len(args) == 1 && !smallNumber(args[0]) {
			l.errorf(n, "no-disallowed-methods", "Array takes a length only if it is written as a number up to %d", maxArray)
		}
	}
}

// maxArray is the longest array that is made at once.
const maxArray = 10_000

func smallNumber(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.NumberLiteral:
		n, ok := e.Value.(int64)
		return ok && n <= maxArray
	case *ast.StringLiteral, *ast.ObjectLiteral, *ast.ArrayLiteral:
		return true
	}
	return false
}

func (l *linter) called(n *ast.CallExpression) {
	callee := n.Callee
	if o, ok := callee.(*ast.Optional); ok {
		callee = o.Expression
	}
	if f := l.resolve(callee); f != nil && len(l.within) > 0 {
		from := l.within[len(l.within)-1]
		l.calls[from] = append(l.calls[from], call{f, n})
	}
	if id, ok := callee.(*ast.Identifier); ok {
		if id.Name == "eval" {
			l.errorf(n, "no-disallowed-methods", "eval is not supported")
		}
		l.constructed(n, callee, n.ArgumentList)
	}
	dot, isMethod := callee.(*ast.DotExpression)
	if isMethod {
		l.method(n, dot)
	}
	if slices.ContainsFunc(n.ArgumentList, l.givesFunction) {
		if !isMethod || !slices.Contains(takesFunctions, dot.Identifier.Name.String()) {
			l.errorf(n, "no-function-passing", "Functions can not be passed as an argument")
		}
	}
}

// takesFunctions are the methods, all of arrays, that may be given a function.
var takesFunctions = []string{
	"map", "find", "filter", "findIndex", "findLast", "findLastIndex", "forEach", "reduce", "reduceRight", "every", "some", "flatMap",
}

// deniedStatics are functions of constructors that AppSync does not have.
var deniedStatics = map[string][]string{
	"Array": {"from", "of"},
	"Object": {
		"create", "defineProperties", "defineProperty", "freeze", "getOwnPropertyDescriptor", "getOwnPropertyDescriptors", "getOwnPropertyNames",
		"getOwnPropertySymbols", "getPrototypeOf", "hasOwnProperty", "is", "isExtensible", "isFrozen", "isPrototypeOf", "isSealed",
		"preventExtensions", "propertyIsEnumerable", "seal", "setPrototypeOf", "toLocaleString", "toString", "valueOf", "groupBy",
	},
	"String":  {"fromCharCode", "fromCodePoint", "raw"},
	"Number":  {"isInteger"},
	"Promise": {"all", "allSettled", "any", "race", "reject", "resolve"},
	"Reflect": {"apply", "construct", "defineProperty", "deleteProperty", "get", "has", "ownKeys", "set", "setPrototypeOf"},
}

// deniedMethods are methods of values that AppSync does not have. Types are not
// known here, so those are left out that other things have too.
var deniedMethods = []string{
	"copyWithin", "entries", "group", "groupToMap", "keys", "values", "toLocaleString",
	"charCodeAt", "localeCompare", "matchAll", "padEnd", "padStart", "repeat", "search", "toLocaleLowerCase", "toLocaleUpperCase",
	"setDate", "setFullYear", "setHours", "setMilliseconds", "setMinutes", "setMonth", "setSeconds", "setTime", "setUTCDate", "setUTCFullYear",
	"setUTCHours", "setUTCMilliseconds", "setUTCMinutes", "setUTCMonth", "setUTCSeconds", "setYear",
	"toGMTString", "toLocaleDateString", "toLocaleTimeString",
	"call", "apply", "bind",
}

func (l *linter) method(n ast.Node, dot *ast.DotExpression) {
	name := dot.Identifier.Name.String()
	if id, ok := dot.Left.(*ast.Identifier); ok {
		owner := id.Name.String()
		denied, known := deniedStatics[owner]
		if known {
			if slices.Contains(denied, name) {
				l.errorf(n, "no-disallowed-methods", "Method %s.%s is not implemented", owner, name)
			}
			return
		}
	}
	if slices.Contains(deniedMethods, name) {
		l.errorf(n, "no-disallowed-methods", "Method %s is not implemented", name)
	}
}

// context refuses to change ctx itself: what is within its properties may change.
func (l *linter) context(f *ast.FunctionLiteral) {
	if len(f.ParameterList.List) == 0 {
		return
	}
	id, ok := f.ParameterList.List[0].Target.(*ast.Identifier)
	if !ok {
		return
	}
	name := id.Name
	target := func(n ast.Node, e ast.Expression) {
		switch e := e.(type) {
		case *ast.Identifier:
			if e.Name == name {
				l.errorf(n, "no-disallowed-re-assignment", "%s is readonly and re-assignment is not supported.", name)
			}
		case *ast.DotExpression:
			if id, ok := e.Left.(*ast.Identifier); ok && id.Name == name {
				l.errorf(n, "no-disallowed-re-assignment", "%s is readonly. Adding/Updating %s is not supported.", name, e.Identifier.Name)
			}
		case *ast.BracketExpression:
			if id, ok := e.Left.(*ast.Identifier); ok && id.Name == name {
				l.errorf(n, "no-disallowed-re-assignment", "%s is readonly adding/modifying properties is not supported.", name)
			}
		}
	}
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignExpression:
			target(n, n.Left)
		case *ast.UnaryExpression:
			if n.Operator == token.DELETE {
				target(n, n.Operand)
			}
		}
		children(n, walk)
	}
	walk(f.Body)
}

// recursion refuses functions that call themselves, each by way of others or not.
func (l *linter) recursion() {
	for f, calls := range l.calls {
		for _, c := range calls {
			if l.reaches(c.to, f, map[*function]bool{}) {
				l.errorf(c.at, "no-recursion", "Recursive function calls not supported. Detected cycle in %s", f.name)
				break
			}
		}
	}
}

func (l *linter) reaches(from, to *function, seen map[*function]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(l.calls[from], func(c call) bool { return l.reaches(c.to, to, seen) })
}

// children calls f with the nodes directly within n. They are found by
// reflection, so that none can be forgotten; code is compiled once.
func children(n ast.Node, f func(ast.Node)) {
	v := reflect.ValueOf(n)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	v = v.Elem()
	for i := range v.NumField() {
		// The declarations of a function are among its statements as well.
		if v.Type().Field(i).Name != "DeclarationList" {
			nodes(v.Field(i), f)
		}
	}
}

func nodes(v reflect.Value, f func(ast.Node)) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			nodes(v.Index(i), f)
		}
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if n, ok := v.Interface().(ast.Node); ok {
			f(n)
		} else if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
			for i := range v.Elem().NumField() {
				nodes(v.Elem().Field(i), f)
			}
		}
	case reflect.Struct:
		if v.CanAddr() {
			if n, ok := v.Addr().Interface().(ast.Node); ok {
				f(n)
			}
		}
	}
}
