package graphql

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error is what is wrong with a schema or a document, and where. Without a
// place, Line is 0.
type Error struct {
	Message      string
	Line, Column int
}

func (e *Error) Error() string { return e.Message }

func at(p *ast.Position, format string, args ...any) *Error {
	e := &Error{Message: fmt.Sprintf(format, args...)}
	if p != nil {
		e.Line, e.Column = p.Line, p.Column
	}
	return e
}

// Errors are all that is wrong with a document that parses.
type Errors []*Error

func (l Errors) Error() string {
	var all []string
	for _, e := range l {
		all = append(all, e.Message)
	}
	return strings.Join(all, "\n")
}

var (
	undefinedType = regexp.MustCompile(`^Undefined type (\S+?)\.?$`)
	redeclared    = regexp.MustCompile(`^Cannot redeclare type (\S+?)\.?$`)
	quoted        = regexp.MustCompile(`"([^"]*)"`)
	foundValue    = regexp.MustCompile(`found (.*)\.$`)
)

// wording words the errors of one rule. The names are those that its message
// has in quotes, in order.
type wording struct {
	kind string // graphql-java's type of the error
	text string // with %1, %2 … for the names; "" keeps the message
}

// wordings are by rule, and within it by how the message begins.
var wordings = map[string][]struct {
	prefix string
	wording
}{
	"FieldsOnCorrectType":          {{"", wording{"FieldUndefined", "Field '%1' in type '%2' is undefined"}}},
	"KnownArgumentNames":           {{`Unknown argument "`, wording{"UnknownArgument", "Unknown field argument %1"}}},
	"KnownDirectives":              {{"Unknown directive", wording{"UnknownDirective", "Unknown directive %1"}}, {"", wording{"MisplacedDirective", ""}}},
	"KnownFragmentNames":           {{"", wording{"UndefinedFragment", "Undefined fragment %1"}}},
	"KnownTypeNames":               {{"", wording{"UnknownType", "Unknown type %1"}}},
	"LoneAnonymousOperation":       {{"", wording{"LoneAnonymousOperationViolation", "Anonymous operation with other operations."}}},
	"NoFragmentCycles":             {{"", wording{"FragmentCycle", "Fragment cycles not allowed"}}},
	"NoUndefinedVariables":         {{"", wording{"UndefinedVariable", "Undefined variable %1"}}},
	"NoUnusedFragments":            {{"", wording{"UnusedFragment", "Unused fragment %1"}}},
	"NoUnusedVariables":            {{"", wording{"UnusedVariable", "Unused variable %1"}}},
	"OverlappingFieldsCanBeMerged": {{"", wording{"FieldsConflict", ""}}},
	"PossibleFragmentSpreads":      {{"", wording{"InvalidFragmentType", ""}}},
	"FragmentsOnCompositeTypes":    {{"", wording{"InlineFragmentTypeConditionInvalid", ""}}},
	"ProvidedRequiredArguments":    {{"Field", wording{"MissingFieldArgument", "Missing field argument %2"}}, {"", wording{"MissingDirectiveArgument", "Missing directive argument %2"}}},
	"ScalarLeafs":                  {{`must not have`, wording{"SubSelectionNotAllowed", "Sub selection not allowed on leaf type %2 of field %1"}}, {"", wording{"SubSelectionRequired", "Sub selection required for type %2 of field %1"}}},
	"UniqueOperationNames":         {{"", wording{"DuplicateOperationName", "There can be only one operation named '%1'"}}},
	"UniqueFragmentNames":          {{"", wording{"DuplicateFragmentName", "There can be only one fragment named '%1'"}}},
	"UniqueArgumentNames":          {{"", wording{"DuplicateArgumentNames", "There can be only one argument named '%1'"}}},
	"UniqueVariableNames":          {{"", wording{"DuplicateVariableName", "There can be only one variable named '%1'"}}},
	"ValuesOfCorrectType":          {{"", wording{"WrongType", ""}}},
	"VariablesAreInputTypes":       {{"", wording{"NonInputTypeOnVariable", ""}}},
	"VariablesInAllowedPosition":   {{"", wording{"VariableTypeMismatch", "Variable type '%2' doesn't match expected type '%3'"}}},
	"SingleFieldSubscriptions":     {{"", wording{"SubscriptionMultipleRootFields", ""}}},
}

// reworded is an error of the validator in AppSync's words.
func reworded(doc *ast.QueryDocument, e *gqlerror.Error) *Error {
	out := &Error{}
	if len(e.Locations) > 0 {
		out.Line, out.Column = e.Locations[0].Line, e.Locations[0].Column
	}
	kind, text := e.Rule, e.Message
	for _, w := range wordings[e.Rule] {
		if !strings.Contains(e.Message, w.prefix) {
			continue
		}
		kind = w.kind
		if w.text != "" {
			text = w.fill(e.Message)
		}
		break
	}
	where := locate(doc, out.Line, out.Column)
	if kind == "WrongType" {
		text = where.wrongType(text)
	}
	out.Message = "Validation error of type " + kind + ": " + text
	if where.path != "" {
		out.Message += " @ '" + where.path + "'"
	}
	return out
}

func (w wording) fill(message string) string {
	text := w.text
	for i, m := range quoted.FindAllStringSubmatch(message, 9) {
		name := strings.TrimLeft(m[1], "$@")
		text = strings.ReplaceAll(text, fmt.Sprintf("%%%d", i+1), name)
	}
	return text
}

// spot is a place in a document: the path of field names that leads there, and
// the argument, if it is within one.
type spot struct {
	path     string
	argument *ast.Argument
	field    *ast.Field
}

// locate finds the field that a place is at or within.
func locate(doc *ast.QueryDocument, line, column int) spot {
	var best spot
	before := func(p *ast.Position) bool {
		return p != nil && (p.Line < line || p.Line == line && p.Column <= column)
	}
	var walk func(set ast.SelectionSet, path string)
	walk = func(set ast.SelectionSet, path string) {
		for _, sel := range set {
			if !before(sel.GetPosition()) {
				return
			}
			switch sel := sel.(type) {
			case *ast.Field:
				best = spot{path: join(path, sel.Name), field: sel}
				for _, a := range sel.Arguments {
					if before(a.Position) {
						best.argument = a
					}
				}
				walk(sel.SelectionSet, best.path)
			case *ast.InlineFragment:
				best = spot{path: path}
				walk(sel.SelectionSet, path)
			case *ast.FragmentSpread:
				best = spot{path: join(path, sel.Name)}
			}
		}
	}
	var last *ast.Position
	for _, op := range doc.Operations {
		if before(op.Position) && (last == nil || last.Start < op.Position.Start) {
			last, best = op.Position, spot{}
			walk(op.SelectionSet, "")
		}
	}
	for _, f := range doc.Fragments {
		if before(f.Position) && (last == nil || last.Start < f.Position.Start) {
			last, best = f.Position, spot{path: f.Name}
			walk(f.SelectionSet, f.Name)
		}
	}
	return best
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// wrongType words that an argument has a value of another type.
func (s spot) wrongType(text string) string {
	if s.argument == nil || s.field == nil || s.field.Definition == nil {
		return text
	}
	def := s.field.Definition.Arguments.ForName(s.argument.Name)
	if def == nil {
		return text
	}
	v := s.argument.Value
	if v.Kind == ast.ObjectValue || v.Kind == ast.ListValue {
		return fmt.Sprintf("argument '%s' with value '%s' contains: %s", s.argument.Name, javaValue(v, 0), strings.TrimSuffix(text, "."))
	}
	return fmt.Sprintf("argument '%s' with value '%s' is not a valid '%s'", s.argument.Name, javaValue(v, 0), def.Type.Name())
}

// javaValue is a literal as graphql-java's classes print themselves.
func javaValue(v *ast.Value, depth int) string {
	if depth > 8 {
		return "…"
	}
	switch v.Kind {
	case ast.IntValue:
		return "IntValue{value=" + v.Raw + "}"
	case ast.FloatValue:
		return "FloatValue{value=" + v.Raw + "}"
	case ast.StringValue, ast.BlockValue:
		return "StringValue{value='" + v.Raw + "'}"
	case ast.BooleanValue:
		return "BooleanValue{value=" + v.Raw + "}"
	case ast.EnumValue:
		return "EnumValue{name='" + v.Raw + "'}"
	case ast.NullValue:
		return "NullValue{}"
	case ast.Variable:
		return "VariableReference{name='" + v.Raw + "'}"
	}
	var parts []string
	for _, c := range v.Children {
		part := javaValue(c.Value, depth+1)
		if v.Kind == ast.ObjectValue {
			part = "ObjectField{name='" + c.Name + "', value=" + part + "}"
		}
		parts = append(parts, part)
	}
	if v.Kind == ast.ObjectValue {
		return "ObjectValue{objectFields=[" + strings.Join(parts, ", ") + "]}"
	}
	return "ArrayValue{values=[" + strings.Join(parts, ", ") + "]}"
}
