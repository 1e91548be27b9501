package appsync

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// builtIn answers the fields that every schema has: __schema and __type. It
// reports whether f is one of them. Below them are ordinary maps.
func (x *execution) builtIn(f *field, def *ast.Definition, items []item, parents []parent) bool {
	switch f.node.Name {
	case "__schema":
		if x.hidden(f, items) {
			return true
		}
		in := &introspection{schema: x.api.schema.Schema}
		for i := range items {
			items[i].value = in.root()
		}
		return true
	case "__type":
		if x.hidden(f, items) {
			return true
		}
		in := &introspection{schema: x.api.schema.Schema}
		args, err := x.arguments(f)
		if err != nil {
			return true
		}
		name, _ := property(args, "name").(string)
		for i := range items {
			items[i].value = in.named(name)
		}
		return true
	case "fields", "enumValues":
		// Deprecated ones are shown only where they are asked for.
		args, err := x.arguments(f)
		if err != nil {
			return false
		}
		if all, _ := property(args, "includeDeprecated").(bool); all {
			return false
		}
		for i, p := range parents {
			items[i].value = current(property(p.value, f.node.Name))
		}
		return true
	}
	return false
}

// current leaves out what is deprecated.
func current(v any) any {
	l, ok := v.(*vtl.List)
	if !ok {
		return v
	}
	out := vtl.NewList()
	for i := range l.Len() {
		if deprecated, _ := property(l.At(i), "isDeprecated").(bool); !deprecated {
			out.Add(l.At(i))
		}
	}
	return out
}

// hidden refuses introspection where the API does.
func (x *execution) hidden(f *field, items []item) bool {
	if x.api.settings.IntrospectionConfig != "DISABLED" {
		return false
	}
	for i := range items {
		x.failField(f, &items[i], raise("IntrospectionDisabled", "Introspection is disabled for this API."))
	}
	return true
}

// introspection makes a schema values as the specification's types __Schema,
// __Type and so on describe them, as far as they are looked at.
type introspection struct{ schema *ast.Schema }

func build(members ...any) *vtl.Map {
	m := vtl.NewMap()
	for i := 0; i < len(members); i += 2 {
		m.Put(members[i], members[i+1])
	}
	return m
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (in *introspection) root() any {
	types := vtl.Lazy(func() any {
		list := vtl.NewList()
		for _, name := range slices.Sorted(maps.Keys(in.schema.Types)) {
			list.Add(in.named(name))
		}
		return list
	})
	directives := vtl.Lazy(func() any {
		list := vtl.NewList()
		for _, name := range slices.Sorted(maps.Keys(in.schema.Directives)) {
			if strings.HasPrefix(name, "aws_") || name == "defer" || name == "oneOf" || name == "specifiedBy" {
				continue
			}
			list.Add(in.directive(in.schema.Directives[name]))
		}
		return list
	})
	return build(
		"description", nil,
		"queryType", in.definition(in.schema.Query),
		"mutationType", in.definition(in.schema.Mutation),
		"subscriptionType", in.definition(in.schema.Subscription),
		"types", types,
		"directives", directives,
	)
}

func (in *introspection) named(name string) any { return in.definition(in.schema.Types[name]) }

func (in *introspection) definition(def *ast.Definition) any {
	if def == nil {
		return nil
	}
	m := build("kind", string(def.Kind), "name", def.Name, "description", orNull(def.Description),
		"fields", nil, "interfaces", nil, "possibleTypes", nil, "enumValues", nil, "inputFields", nil, "ofType", nil, "specifiedByURL", nil, "isOneOf", nil)
	switch def.Kind {
	case ast.Object, ast.Interface:
		m.Put("fields", vtl.Lazy(func() any { return in.fields(def.Fields) }))
		m.Put("interfaces", vtl.Lazy(func() any { return in.list(def.Interfaces) }))
	case ast.InputObject:
		m.Put("inputFields", vtl.Lazy(func() any { return in.inputs(def.Fields) }))
		m.Put("isOneOf", false)
	case ast.Enum:
		list := vtl.NewList()
		for _, v := range def.EnumValues {
			list.Add(withDeprecation(build("name", v.Name, "description", orNull(v.Description)), v.Directives))
		}
		m.Put("enumValues", list)
	}
	if def.IsAbstractType() {
		m.Put("possibleTypes", vtl.Lazy(func() any {
			list := vtl.NewList()
			for _, p := range in.schema.PossibleTypes[def.Name] {
				list.Add(in.definition(p))
			}
			return list
		}))
	}
	return m
}

func (in *introspection) list(names []string) any {
	list := vtl.NewList()
	for _, n := range names {
		list.Add(in.named(n))
	}
	return list
}

func (in *introspection) fields(fields ast.FieldList) any {
	list := vtl.NewList()
	for _, f := range fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		list.Add(withDeprecation(build(
			"name", f.Name, "description", orNull(f.Description),
			"args", vtl.Lazy(func() any { return in.arguments(f.Arguments) }),
			"type", vtl.Lazy(func() any { return in.typeOf(f.Type) }),
		), f.Directives))
	}
	return list
}

func (in *introspection) inputs(fields ast.FieldList) any {
	list := vtl.NewList()
	for _, f := range fields {
		list.Add(in.input(f.Name, f.Description, f.Type, f.DefaultValue, f.Directives))
	}
	return list
}

func (in *introspection) arguments(args ast.ArgumentDefinitionList) any {
	list := vtl.NewList()
	for _, a := range args {
		list.Add(in.input(a.Name, a.Description, a.Type, a.DefaultValue, a.Directives))
	}
	return list
}

func (in *introspection) input(name, description string, t *ast.Type, value *ast.Value, directives ast.DirectiveList) *vtl.Map {
	var initial any
	if value != nil {
		initial = value.String()
	}
	return withDeprecation(build(
		"name", name, "description", orNull(description),
		"type", vtl.Lazy(func() any { return in.typeOf(t) }), "defaultValue", initial,
	), directives)
}

func (in *introspection) typeOf(t *ast.Type) any {
	switch {
	case t.NonNull:
		inner := *t
		inner.NonNull = false
		return in.wrapper("NON_NULL", &inner)
	case t.Elem != nil:
		return in.wrapper("LIST", t.Elem)
	}
	return in.named(t.NamedType)
}

func (in *introspection) wrapper(kind string, inner *ast.Type) *vtl.Map {
	return build("kind", kind, "name", nil, "description", nil, "fields", nil, "interfaces", nil, "possibleTypes", nil,
		"enumValues", nil, "inputFields", nil, "ofType", vtl.Lazy(func() any { return in.typeOf(inner) }))
}

func (in *introspection) directive(d *ast.DirectiveDefinition) *vtl.Map {
	places := vtl.NewList()
	for _, l := range d.Locations {
		places.Add(string(l))
	}
	return build("name", d.Name, "description", orNull(d.Description), "locations", places,
		"args", vtl.Lazy(func() any { return in.arguments(d.Arguments) }),
		"isRepeatable", d.IsRepeatable)
}

func withDeprecation(m *vtl.Map, directives ast.DirectiveList) *vtl.Map {
	m.Put("isDeprecated", false)
	m.Put("deprecationReason", nil)
	if d := directives.ForName("deprecated"); d != nil {
		m.Put("isDeprecated", true)
		m.Put("deprecationReason", "No longer supported")
		if reason := d.Arguments.ForName("reason"); reason != nil {
			m.Put("deprecationReason", reason.Value.Raw)
		}
	}
	return m
}
