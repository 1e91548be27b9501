package lint

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	maxFile     = 600
	maxFunction = 120
)

// because is how a comment says why something is long.
const because = "is long because"

// TestSizes leaves out api.go, which is as long as AWS' list of shapes.
func TestSizes(t *testing.T) {
	for _, s := range product(t) {
		list := strings.HasPrefix(filepath.Base(s.path), "api")
		if n := s.lines(s.ast); n > maxFile && !list && !explained(s, s.ast) {
			t.Errorf("%s has %d lines, more than %d: split it by subject, or say that it %s …", s.path, n, maxFile, because)
		}
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && s.lines(f) > maxFunction && !explained(s, f) {
				t.Errorf("%s:%d: %s has %d lines, more than %d: split it, or say that it %s …", s.path, s.line(f), f.Name.Name, s.lines(f), maxFunction, because)
			}
		}
	}
}

// explained reports whether a comment that belongs to n says why it is long.
// For a file it is any comment outside of functions.
func explained(s *source, n ast.Node) bool {
	if f, ok := n.(*ast.FuncDecl); ok {
		return f.Doc != nil && strings.Contains(strings.Join(strings.Fields(f.Doc.Text()), " "), because)
	}
	return slices.ContainsFunc(s.ast.Comments, func(c *ast.CommentGroup) bool {
		return strings.Contains(strings.Join(strings.Fields(c.Text()), " "), "file "+because)
	})
}

func TestFileNames(t *testing.T) {
	vague := []string{"handlers.go", "handler.go", "utils.go", "util.go", "types.go", "helpers.go", "helper.go", "common.go", "misc.go", "storage.go"}
	for _, s := range sources(t) {
		if base := filepath.Base(s.path); slices.Contains(vague, base) {
			t.Errorf("%s: name the file by its subject, not %q", s.path, base)
		}
	}
}
