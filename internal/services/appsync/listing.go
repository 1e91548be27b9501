package appsync

import (
	"context"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// schemaOf returns the schema of one of the caller's APIs.
func (s *Service) schemaOf(c *aws.Call, id string) (*graphql.Schema, error) {
	a, err := s.read(c, id)
	if err != nil {
		return nil, err
	}
	if a.Schema == "" {
		return nil, errNoSchema()
	}
	return s.live.schema(id, a.Schema)
}

func (s *Service) getIntrospectionSchema(_ context.Context, c *aws.Call, in *GetIntrospectionSchemaInput) (*GetIntrospectionSchemaOutput, error) {
	schema, err := s.schemaOf(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	if in.Format == "SDL" {
		return &GetIntrospectionSchemaOutput{Schema: []byte(schema.Print(in.IncludeDirectives == nil || *in.IncludeDirectives))}, nil
	}
	body, err := introspect(schema)
	return &GetIntrospectionSchemaOutput{Schema: body}, err
}

// introspectionQuery is what tools ask for a whole schema.
const introspectionQuery = `query IntrospectionQuery { __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { ...FullType }
  directives { name description locations args { ...InputValue } }
} }
fragment FullType on __Type {
  kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`

// introspect answers the introspection query about a schema.
func introspect(schema *graphql.Schema) ([]byte, error) {
	a := &api{schema: schema, fields: map[*ast.FieldDefinition]*fieldInfo{}}
	doc, err := a.document(introspectionQuery)
	if err != nil {
		return nil, err
	}
	x := &execution{api: a, ctx: context.Background(), who: &caller{}, doc: doc, op: doc.Operations[0]}
	return x.write(x.start()).body, nil
}

func (s *Service) describeType(at aws.Scope, api string, schema *graphql.Schema, def *ast.Definition, format string) (*Type, error) {
	t := &Type{Name: def.Name, Description: def.Description, Format: format, Arn: string(apiARN(at, api)) + "/types/" + def.Name}
	if format == "SDL" {
		t.Definition = graphql.PrintDefinition(def)
		return t, nil
	}
	in := &introspection{schema: schema.Schema}
	m, _ := in.definition(def).(*vtl.Map)
	flat, err := vtl.AppendJSON(nil, build("kind", property(m, "kind"), "name", def.Name, "description", orNull(def.Description)))
	t.Definition = string(flat)
	return t, err
}

func (s *Service) getType(_ context.Context, c *aws.Call, in *GetTypeInput) (*GetTypeOutput, error) {
	schema, err := s.schemaOf(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	def := schema.Types[in.TypeName]
	if def == nil || def.BuiltIn {
		return nil, errNotFound("Type not found")
	}
	t, err := s.describeType(c.Scope, in.ApiId, schema, def, in.Format)
	return &GetTypeOutput{Type: t}, err
}

func (s *Service) listTypes(_ context.Context, c *aws.Call, in *ListTypesInput) (*ListTypesOutput, error) {
	schema, err := s.schemaOf(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	out := &ListTypesOutput{Types: []Type{}}
	limit := pageSize
	if in.MaxResults != nil && *in.MaxResults > 0 {
		limit = int(*in.MaxResults)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		def := schema.Types[name]
		if def.BuiltIn || name <= in.NextToken {
			continue
		}
		if len(out.Types) == limit {
			out.NextToken = out.Types[limit-1].Name
			break
		}
		t, err := s.describeType(c.Scope, in.ApiId, schema, def, in.Format)
		if err != nil {
			return nil, err
		}
		out.Types = append(out.Types, *t)
	}
	return out, nil
}
