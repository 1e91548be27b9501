package graphql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Limits of documents.
const (
	maxTokens = 15_000 // graphql-java's
	maxFields = 2_000  // of one selection set, with its fragments: the rule of fields that merge compares them in pairs
	maxErrors = 100    // graphql-java's
)

// SyntaxError is the error of a document that does not parse.
type SyntaxError struct{ Cause *Error }

func (e SyntaxError) Error() string { return e.Cause.Message }

// Document is a valid document.
type Document struct {
	*ast.QueryDocument
	Text string
}

// ParseDocument reads a document and validates it. Its error is a SyntaxError
// or Errors.
func (s *Schema) ParseDocument(text string) (*Document, error) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		e := position(err)
		if strings.HasPrefix(e.Message, "exceeded token limit") {
			e.Message = fmt.Sprintf("More than %d 'grammar' tokens have been presented. To prevent Denial Of Service attacks, parsing has been cancelled.", maxTokens)
		}
		return nil, SyntaxError{e}
	}
	if len(doc.Operations) == 0 {
		return nil, SyntaxError{&Error{Message: "The document has no operation."}}
	}
	if err := tooWide(doc); err != nil {
		return nil, err
	}
	found := validator.ValidateWithRules(s.Schema, doc, ruleSet())
	if len(found) > 0 {
		var out Errors
		for _, e := range found[:min(len(found), maxErrors)] {
			out = append(out, reworded(doc, e))
		}
		slices.SortStableFunc(out, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, out
	}
	return &Document{QueryDocument: doc, Text: text}, nil
}

// ruleSet is the rules of the specification, without suggestions, which
// AppSync does not make.
func ruleSet() *rules.Rules {
	r := rules.NewDefaultRules()
	r.RemoveRule("MaxIntrospectionDepth") // depth is limited by the API's own setting
	return r
}

// tooWide refuses documents that would take a rule too long.
func tooWide(doc *ast.QueryDocument) error {
	var check func(set ast.SelectionSet) error
	check = func(set ast.SelectionSet) error {
		if len(set) > maxFields {
			return Errors{at(set[0].GetPosition(), "A selection set of %d fields is too large.", len(set))}
		}
		for _, sel := range set {
			var err error
			switch sel := sel.(type) {
			case *ast.Field:
				err = check(sel.SelectionSet)
			case *ast.InlineFragment:
				err = check(sel.SelectionSet)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, op := range doc.Operations {
		if err := check(op.SelectionSet); err != nil {
			return err
		}
	}
	for _, f := range doc.Fragments {
		if err := check(f.SelectionSet); err != nil {
			return err
		}
	}
	return nil
}
