package lint

import (
	"go/ast"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPackageDocs(t *testing.T) {
	docs := map[string]string{}
	count := map[string]int{}
	for _, s := range product(t) {
		count[s.pkg] += 0
		if s.ast.Doc != nil {
			count[s.pkg]++
			docs[s.pkg] = s.ast.Doc.Text()
		}
	}
	for pkg, n := range count {
		if n != 1 {
			t.Errorf("%s has %d package comments, want one", pkg, n)
		}
		if !strings.HasPrefix(pkg, "internal/services/") {
			continue
		}
		for _, section := range []string{"Invariants:", "Absent:"} {
			if !strings.Contains(docs[pkg], section) {
				t.Errorf("%s: its doc.go lacks the list %q", pkg, section)
			}
		}
	}
}

var (
	listItem = regexp.MustCompile(`(?m)^ *- `)
	// proof is the parenthesis that ends an invariant, and its references.
	proof     = regexp.MustCompile(`\(((?:[\w/]+(?:\.Run)?: )?(?:Test|Fuzz)[A-Z][^()]*|[\w/]+(?:\.Run)?: [^()]+)\)\.?$`)
	reference = regexp.MustCompile(`^(?:([\w/]+)(?:\.Run)?: )?(\w+)(?:/\w+)?$`)
)

// TestInvariants holds that each invariant of a package comment names its
// test: "(TestName)", "(package: TestName)" if it is elsewhere or part of a
// suite, "(TestName/case)", or "(code: name)" where it holds by construction.
func TestInvariants(t *testing.T) {
	functions := map[string]map[string]bool{} // by the last element of the package's folder
	for _, s := range slices.Concat(sources(t), modules(t, "test/*")) {
		pkg := path.Base(filepath.ToSlash(s.pkg))
		if functions[pkg] == nil {
			functions[pkg] = map[string]bool{}
		}
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				// A suite's tests are unexported, and their names are written as tests' are.
				functions[pkg][f.Name.Name] = true
				functions[pkg][strings.Replace(f.Name.Name, "test", "Test", 1)] = true
			}
		}
	}
	for _, s := range product(t) {
		if s.ast.Doc == nil {
			continue
		}
		for _, item := range invariants(s.ast.Doc.Text()) {
			m := proof.FindStringSubmatch(item)
			if m == nil {
				t.Errorf("%s: the invariant %q does not end with the test that holds it", s.path, item)
				continue
			}
			pkg := path.Base(filepath.ToSlash(s.pkg))
			for _, part := range strings.Split(m[1], ", ") {
				ref := reference.FindStringSubmatch(part)
				switch {
				case strings.HasPrefix(part, "code: "):
				case ref == nil:
					t.Errorf("%s: the invariant %q ends with %q, which is no reference to a test", s.path, item, part)
				default:
					if ref[1] != "" {
						pkg = path.Base(ref[1])
					}
					if !functions[pkg][ref[2]] {
						t.Errorf("%s: the invariant %q names %s, which %s does not have", s.path, item, ref[2], pkg)
					}
				}
			}
		}
	}
}

// invariants are the items of the list "Invariants:", each on one line.
func invariants(doc string) []string {
	_, list, ok := strings.Cut(doc, "Invariants:\n")
	if !ok {
		return nil
	}
	list, _, _ = strings.Cut(list, "\n\n") // what follows the list
	var items []string
	for _, item := range listItem.Split(list, -1)[1:] {
		items = append(items, strings.Join(strings.Fields(item), " "))
	}
	return items
}

// TestExportedNamesAreExplained leaves out api.go, whose names are AWS' own.
func TestExportedNamesAreExplained(t *testing.T) {
	for _, s := range product(t) {
		if strings.HasPrefix(filepath.Base(s.path), "api") || s.ast.Name.Name == "main" {
			continue
		}
		for _, d := range s.ast.Decls {
			for _, name := range unexplained(d) {
				t.Errorf("%s:%d: %s is exported without a comment", s.path, s.line(name), name.Name)
			}
		}
	}
}

// unexplained are the exported names that a declaration leaves without a comment.
func unexplained(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) && !promised(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Doc != nil || d.Tok == token.IMPORT {
			return nil
		}
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Doc == nil && spec.Comment == nil && spec.Name.IsExported() {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				if spec.Doc == nil && spec.Comment == nil && spec.Names[0].IsExported() {
					names = append(names, spec.Names[0])
				}
			}
		}
		return names
	}
	return nil
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	e := f.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// promised reports methods whose meaning an interface of Go's library fixes.
func promised(f *ast.FuncDecl) bool {
	switch f.Name.Name {
	case "Error", "String", "ServeHTTP", "Read", "Write", "Close", "Unwrap", "Is", "As", "Len", "Less", "Swap",
		"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText":
		return f.Recv != nil
	}
	return false
}
