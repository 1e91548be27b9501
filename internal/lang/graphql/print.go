package graphql

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Print writes the schema as SDL: with its comments on types left out, and
// with its directives if they are wanted.
func (s *Schema) Print(directives bool) string {
	var b strings.Builder
	p := printer{b: &b, directives: directives}
	roots := [][2]string{{"query", "Query"}, {"mutation", "Mutation"}, {"subscription", "Subscription"}}
	b.WriteString("schema {\n")
	for i, def := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		if def != nil {
			fmt.Fprintf(&b, "  %s: %s\n", roots[i][0], def.Name)
		}
	}
	b.WriteString("}\n")
	for _, name := range slices.Sorted(maps.Keys(s.Directives)) {
		if d := s.Directives[name]; directives && d.Position != nil && !d.Position.Src.BuiltIn {
			b.WriteString("\n")
			p.directiveDefinition(d)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Types)) {
		if def := s.Types[name]; !def.BuiltIn {
			b.WriteString("\n")
			p.definition(def)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// PrintDefinition writes one type as SDL.
func PrintDefinition(def *ast.Definition) string {
	var b strings.Builder
	(&printer{b: &b, directives: true}).definition(def)
	return strings.TrimRight(b.String(), "\n")
}

type printer struct {
	b          *strings.Builder
	directives bool
}

func (p *printer) description(text, indent string) {
	if text == "" {
		return
	}
	if strings.ContainsAny(text, "\\\n\r\"") || !printable(text) {
		fmt.Fprintf(p.b, "%s%s\n", indent, (&ast.Value{Kind: ast.StringValue, Raw: text}).String())
		return
	}
	fmt.Fprintf(p.b, "%s\"%s\"\n", indent, text)
}

func printable(text string) bool {
	for _, c := range text {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

func (p *printer) definition(def *ast.Definition) {
	p.description(def.Description, "")
	switch def.Kind {
	case ast.Object, ast.Interface, ast.InputObject:
		word := map[ast.DefinitionKind]string{ast.Object: "type", ast.Interface: "interface", ast.InputObject: "input"}[def.Kind]
		p.b.WriteString(word + " " + def.Name)
		if len(def.Interfaces) > 0 {
			p.b.WriteString(" implements " + strings.Join(def.Interfaces, " & "))
		}
		p.applied(def.Directives)
		p.fields(def.Fields)
	case ast.Union:
		p.b.WriteString("union " + def.Name)
		p.applied(def.Directives)
		p.b.WriteString(" = " + strings.Join(def.Types, " | "))
	case ast.Enum:
		p.b.WriteString("enum " + def.Name)
		p.applied(def.Directives)
		p.b.WriteString(" {\n")
		for _, v := range def.EnumValues {
			p.description(v.Description, "  ")
			p.b.WriteString("  " + v.Name)
			p.applied(v.Directives)
			p.b.WriteString("\n")
		}
		p.b.WriteString("}")
	case ast.Scalar:
		p.b.WriteString("scalar " + def.Name)
		p.applied(def.Directives)
	}
	p.b.WriteString("\n")
}

func (p *printer) fields(fields ast.FieldList) {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
	if len(fields) == 0 {
		return
	}
	p.b.WriteString(" {\n")
	for _, f := range fields {
		p.description(f.Description, "  ")
		p.b.WriteString("  " + f.Name)
		p.arguments(f.Arguments)
		p.b.WriteString(": " + f.Type.String())
		if f.DefaultValue != nil {
			p.b.WriteString(" = " + f.DefaultValue.String())
		}
		p.applied(f.Directives)
		p.b.WriteString("\n")
	}
	p.b.WriteString("}")
}

func (p *printer) arguments(args ast.ArgumentDefinitionList) {
	if len(args) == 0 {
		return
	}
	p.b.WriteString("(")
	for i, a := range args {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if a.Description != "" {
			p.b.WriteString((&ast.Value{Kind: ast.StringValue, Raw: a.Description}).String() + " ")
		}
		p.b.WriteString(a.Name + ": " + a.Type.String())
		if a.DefaultValue != nil {
			p.b.WriteString(" = " + a.DefaultValue.String())
		}
		p.applied(a.Directives)
	}
	p.b.WriteString(")")
}

func (p *printer) applied(list ast.DirectiveList) {
	if !p.directives {
		list = slices.DeleteFunc(slices.Clone(list), func(d *ast.Directive) bool { return d.Name != "deprecated" })
	}
	for _, d := range list {
		p.b.WriteString(" @" + d.Name)
		for i, a := range d.Arguments {
			p.b.WriteString([]string{"(", ", "}[min(i, 1)] + a.Name + ": " + a.Value.String())
		}
		if len(d.Arguments) > 0 {
			p.b.WriteString(")")
		}
	}
}

func (p *printer) directiveDefinition(d *ast.DirectiveDefinition) {
	p.description(d.Description, "")
	p.b.WriteString("directive @" + d.Name)
	p.arguments(d.Arguments)
	if d.IsRepeatable {
		p.b.WriteString(" repeatable")
	}
	var places []string
	for _, l := range d.Locations {
		places = append(places, string(l))
	}
	p.b.WriteString(" on " + strings.Join(places, " | ") + "\n")
}
