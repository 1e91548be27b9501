package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/niebla-cloud/niebla"
)

// source is one Go file of our module.
type source struct {
	path string // from the root of the repository
	pkg  string // folder from the root, "." for the root
	test bool
	ast  *ast.File
	set  *token.FileSet
}

func (s *source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

// lines is how many lines a node takes.
func (s *source) lines(n ast.Node) int { return s.set.Position(n.End()).Line - s.line(n) + 1 }

// imports reports the local names under which the file imports each path.
func (s *source) imports() map[string]string {
	names := map[string]string{}
	for _, i := range s.ast.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if strings.HasPrefix(name, "v") && strings.Trim(name[1:], "0123456789") == "" && strings.Contains(path, "/") { // math/rand/v2
			path := strings.TrimSuffix(path, "/"+name)
			name = path[strings.LastIndex(path, "/")+1:]
		}
		if i.Name != nil {
			name = i.Name.Name
		}
		names[path] = name
	}
	return names
}

// uses calls f for each selector expression on an imported package.
func (s *source) uses(path string, f func(sel *ast.SelectorExpr)) {
	name, ok := s.imports()[path]
	if !ok {
		return
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && id.Obj == nil {
				f(sel)
			}
		}
		return true
	})
}

// ours are the files of our module, parsed once for all rules.
var ours = sync.OnceValues(func() ([]*source, error) { return walk(root) })

// sources are all Go files of our module.
func sources(t *testing.T) []*source {
	t.Helper()
	list, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// modules parses the Go files of nested modules.
func modules(t *testing.T, pattern string) []*source {
	t.Helper()
	mods, err := filepath.Glob(filepath.Join(root, pattern, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var list []*source
	for _, m := range mods {
		files, err := walk(filepath.Dir(m))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, files...)
	}
	return list
}

// walk parses the Go files of the module at top; modules within it are not its own.
func walk(top string) ([]*source, error) {
	var list []*source
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(p, "go.mod"))
			if p != top && (nested == nil || strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"testdata", "node_modules", "bin"}, d.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		list = append(list, &source{
			path: rel, pkg: filepath.Dir(rel), test: strings.HasSuffix(p, "_test.go"), ast: f, set: set,
		})
		return nil
	})
	return list, err
}

// product is sources without tests.
func product(t *testing.T) []*source {
	return slices.DeleteFunc(slices.Clone(sources(t)), func(s *source) bool { return s.test })
}

// in reports whether pkg matches one of the patterns.
func in(pkg string, patterns ...string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := filepath.Match(p, pkg)
		return ok
	})
}
