package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// svc is what the source says of one service.
type svc struct {
	folder     string
	title      string // Info.Title
	prefix     string // Info.Name
	operations []operation
	absent     []string // paragraphs or items
}

type operation struct {
	name     string
	unsigned bool
	scripted bool // a script asks for it
}

// read reads every service's source.
func read(dir string) ([]svc, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []svc
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		s, err := readService(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if len(s.operations) > 0 {
			all = append(all, s)
		}
	}
	return all, nil
}

func readService(dir string) (svc, error) {
	s := svc{folder: filepath.Base(dir)}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return s, err
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return s, err
		}
		if f.Doc != nil {
			s.absent = absent(f.Doc.Text())
		}
		s.inspect(f)
	}
	scripts, err := readScripts(dir)
	if err != nil {
		return s, err
	}
	for i, op := range s.operations {
		s.operations[i].scripted = regexp.MustCompile(`\b` + op.name + `\b`).MatchString(scripts)
	}
	slices.SortFunc(s.operations, func(a, b operation) int { return strings.Compare(a.name, b.name) })
	return s, nil
}

func readScripts(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "testdata", "*.script"))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}

// inspect notes the operations that a file makes, and the service's names.
func (s *svc) inspect(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name, made := selected(n.Fun); made && len(n.Args) > 0 {
				if text, ok := literal(n.Args[0]); ok {
					s.operations = append(s.operations, operation{name: text, unsigned: name == "Unsigned"})
				}
			}
		case *ast.CompositeLit:
			if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Info" {
				s.names(n)
			}
		}
		return true
	})
}

// selected reports calls of service.Op and service.Unsigned.
func selected(fun ast.Expr) (string, bool) {
	if x, ok := fun.(*ast.IndexListExpr); ok {
		fun = x.X
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return sel.Sel.Name, ok && pkg.Name == "service" && (sel.Sel.Name == "Op" || sel.Sel.Name == "Unsigned")
}

func (s *svc) names(info *ast.CompositeLit) {
	for _, e := range info.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		text, _ := literal(kv.Value)
		switch key, _ := kv.Key.(*ast.Ident); key.Name {
		case "Title":
			if s.title == "" || len(text) < len(s.title) { // a package may serve a second one, such as its streams
				s.title = text
			}
		case "Name":
			s.prefix = text
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

var item = regexp.MustCompile(`(?m)^ *- `)

// absent are the items of the list "Absent:" in a package comment, or its
// sentences as one item if it is a paragraph.
func absent(doc string) []string {
	i := strings.Index(doc, "Absent:")
	if i < 0 {
		return nil
	}
	text, _, _ := strings.Cut(strings.TrimLeft(doc[i+len("Absent:"):], " \n"), "\n\n")
	var items []string
	for _, part := range item.Split(text, -1) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			items = append(items, part)
		}
	}
	return items
}
