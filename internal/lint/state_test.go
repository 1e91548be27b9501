package lint

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s:%d: no init: do it in New, or where it is needed", s.path, s.line(f))
			}
		}
	}
}

// TestNoMutableGlobals allows package variables that have a value and keep it:
// errors, tables, regular expressions, functions of the above.
func TestNoMutableGlobals(t *testing.T) {
	type global struct {
		pkg, name string
	}
	globals := map[global]*ast.ValueSpec{}
	files := sources(t)
	for _, s := range files {
		for _, spec := range packageVars(s) {
			for i, name := range spec.Names {
				if name.Name == "_" {
					continue
				}
				globals[global{s.pkg, name.Name}] = spec
				if len(spec.Values) <= i && !embedded(s, spec) {
					t.Errorf("%s:%d: %s is a variable of the package without a value: put it into a struct", s.path, s.line(name), name.Name)
				}
				if i < len(spec.Values) && stateful(spec.Values[i]) {
					t.Errorf("%s:%d: %s is state of the package: put it into a struct", s.path, s.line(name), name.Name)
				}
			}
		}
	}
	for _, s := range files {
		for _, id := range changed(s.ast) {
			spec, ok := globals[global{s.pkg, id.Name}]
			if ok && (id.Obj == nil || id.Obj.Decl == spec) {
				t.Errorf("%s:%d: %s is a variable of the package and is changed here: put it into a struct", s.path, s.line(id), id.Name)
			}
		}
	}
}

func packageVars(s *source) []*ast.ValueSpec {
	var specs []*ast.ValueSpec
	for _, d := range s.ast.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				specs = append(specs, spec.(*ast.ValueSpec))
			}
		}
	}
	return specs
}

func embedded(s *source, spec *ast.ValueSpec) bool {
	return slices.ContainsFunc(s.ast.Comments, func(c *ast.CommentGroup) bool {
		return s.set.Position(c.End()).Line == s.line(spec)-1 && strings.HasPrefix(c.List[len(c.List)-1].Text, "//go:embed")
	})
}

// stateful reports values made to be changed: of package sync, except a Pool,
// which nobody can tell from allocating anew; and of sync/atomic.
func stateful(v ast.Expr) bool {
	lit, ok := v.(*ast.CompositeLit)
	if !ok {
		return false
	}
	sel, ok := lit.Type.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && (pkg.Name == "sync" && sel.Sel.Name != "Pool" || pkg.Name == "atomic")
}

// changed lists the identifiers that a file assigns to, as themselves or
// through an index or a field.
func changed(f *ast.File) []*ast.Ident {
	var list []*ast.Ident
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.Ident:
				list = append(list, x)
				return
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			default:
				return
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, l := range n.Lhs {
					add(l)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "delete" && len(n.Args) > 0 {
				add(n.Args[0])
			}
		}
		return true
	})
	return list
}
