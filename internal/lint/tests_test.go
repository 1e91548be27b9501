package lint

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		s.uses("time", func(sel *ast.SelectorExpr) {
			if sel.Sel.Name == "Sleep" {
				t.Errorf("%s:%d: time.Sleep in a test: move the clock, wait on a channel, or poll with a deadline", s.path, s.line(sel))
			}
		})
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "Skip") {
				if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "t" || x.Name == "b" || x.Name == "f" || x.Name == "tb") {
					t.Errorf("%s:%d: %s.%s: a test that does not run is no test", s.path, s.line(sel), x.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestOperationsHaveScripts holds that each operation of a service is named in
// one of its scripts: as a request, or for REST in a comment.
func TestOperationsHaveScripts(t *testing.T) {
	scripts := map[string]string{}
	for _, s := range product(t) {
		if !strings.HasPrefix(s.pkg, "internal/services/") {
			continue
		}
		if _, ok := scripts[s.pkg]; !ok {
			scripts[s.pkg] = readScripts(t, s.pkg)
		}
		for _, name := range operations(s) {
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(scripts[s.pkg]) {
				t.Errorf("%s: no script in %s/testdata asks for %s", s.path, s.pkg, name)
			}
		}
	}
}

func readScripts(t *testing.T, pkg string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pkg, "testdata", "*.script"))
	if err != nil {
		t.Fatal(err)
	}
	further, err := filepath.Glob(filepath.Join(root, pkg, "testdata", "*", "*.script"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range append(files, further...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// operations are the names given to service.Op and service.Unsigned in a file.
func operations(s *source) []string {
	var names []string
	ast.Inspect(s.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		fun := call.Fun
		if x, ok := fun.(*ast.IndexExpr); ok {
			fun = x.X
		}
		sel, ok := fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Op" && sel.Sel.Name != "Unsigned" {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "service" {
			return true
		}
		if lit, ok := call.Args[0].(*ast.BasicLit); ok {
			names = append(names, strings.Trim(lit.Value, `"`))
		}
		return true
	})
	return names
}

// TestParsersAreFuzzed holds that a package with a function that parses or
// decodes bytes or text of others has a fuzz target.
func TestParsersAreFuzzed(t *testing.T) {
	parsers := map[string]string{}
	fuzzed := map[string]bool{}
	parser := regexp.MustCompile(`^([pP]arse|[dD]ecode)([A-Z]\w*)?$`)
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			switch {
			case s.test && strings.HasPrefix(f.Name.Name, "Fuzz"):
				fuzzed[s.pkg] = true
			case !s.test && f.Recv == nil && parser.MatchString(f.Name.Name) && takesBytes(f):
				parsers[s.pkg] = f.Name.Name
			}
		}
	}
	for pkg, name := range parsers {
		if !fuzzed[pkg] && !in(pkg, "tools/*", "internal/cli") {
			t.Errorf("%s: %s is a parser, and the package has no fuzz target", pkg, name)
		}
	}
}

// takesBytes reports functions whose first parameter is a string or []byte.
func takesBytes(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) == 0 {
		return false
	}
	switch p := f.Type.Params.List[0].Type.(type) {
	case *ast.Ident:
		return p.Name == "string"
	case *ast.ArrayType:
		e, ok := p.Elt.(*ast.Ident)
		return ok && p.Len == nil && e.Name == "byte"
	}
	return false
}
