package graphql

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// prelude is what every schema has without saying so.
const prelude = `
"The AWSDate scalar type represents a valid extended ISO 8601 Date string: YYYY-MM-DD, with an optional time zone offset."
scalar AWSDate
"The AWSTime scalar type represents a valid extended ISO 8601 Time string: hh:mm:ss.sss, with an optional time zone offset."
scalar AWSTime
"The AWSDateTime scalar type represents a valid extended ISO 8601 DateTime string with a time zone offset."
scalar AWSDateTime
"The AWSTimestamp scalar type represents the number of seconds since 1970-01-01T00:00Z, which may be negative."
scalar AWSTimestamp
"The AWSEmail scalar type represents an email address of the form local@domain."
scalar AWSEmail
"The AWSJSON scalar type represents a JSON document in a string."
scalar AWSJSON
"The AWSURL scalar type represents a URL with a scheme."
scalar AWSURL
"The AWSPhone scalar type represents a phone number."
scalar AWSPhone
"The AWSIPAddress scalar type represents an IPv4 or IPv6 address, with an optional prefix length."
scalar AWSIPAddress

"Tells the service this field or object has access authorized by an API key."
directive @aws_api_key on OBJECT | FIELD_DEFINITION
"Tells the service this field or object has access authorized by SigV4 signing."
directive @aws_iam on OBJECT | FIELD_DEFINITION
"Tells the service this field or object has access authorized by an OIDC token."
directive @aws_oidc on OBJECT | FIELD_DEFINITION
"Tells the service this field or object has access authorized by a Lambda Authorizer."
directive @aws_lambda on OBJECT | FIELD_DEFINITION
"Tells the service this field or object has access authorized by a Cognito User Pools token."
directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
"Directs the schema to enforce authorization on a field."
directive @aws_auth(cognito_groups: [String]) on FIELD_DEFINITION
"Tells the service which mutation triggers this subscription."
directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
"Tells the service which subscriptions will be published to when this mutation is called."
directive @aws_publish(subscriptions: [String]) on FIELD_DEFINITION
`

// Schema is a schema that documents can be validated against.
type Schema struct {
	*ast.Schema
	Text string // as it was given
}

// Type returns the definition of the named type that t is about.
func (s *Schema) Type(t *ast.Type) *ast.Definition { return s.Types[t.Name()] }

// ParseSchema reads a schema in SDL. Its error is an *Error.
func ParseSchema(text string) (*Schema, error) {
	sources := []*ast.Source{
		validator.Prelude,
		{Name: "aws.graphql", Input: prelude, BuiltIn: true},
		{Name: "schema.graphql", Input: text},
	}
	doc, err := parser.ParseSchemas(sources...)
	if err != nil {
		e := position(err)
		e.Message = fmt.Sprintf("Failed to parse schema document - ensure it's a valid SDL-formatted document. %s [@%d:%d]", e.Message, e.Line, e.Column)
		return nil, e
	}
	if err := allowed(doc); err != nil {
		return nil, err
	}
	s, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		e := position(err)
		e.Message = problem(doc, e)
		return nil, e
	}
	if s.Query == nil {
		return nil, &Error{Message: "Found 1 problem(s) with the schema:\nThere is no top level schema object defined."}
	}
	return &Schema{Schema: s, Text: text}, nil
}

// allowed refuses what AppSync does not have.
func allowed(doc *ast.SchemaDocument) error {
	for _, d := range doc.Definitions {
		if d.Kind == ast.Scalar && d.Position != nil && !d.Position.Src.BuiltIn {
			return at(d.Position, "Found 1 problem(s) with the schema:\nCustom scalars are not supported: '%s' [@%d:%d]", d.Name, d.Position.Line, d.Position.Column)
		}
	}
	return nil
}

// position is the message and place of an error of the parser.
func position(err error) *Error {
	e := &Error{Message: err.Error()}
	if g, ok := errors.AsType[*gqlerror.Error](err); ok {
		e.Message = g.Message
		if len(g.Locations) > 0 {
			e.Line, e.Column = g.Locations[0].Line, g.Locations[0].Column
		}
	}
	return e
}

// problem words what is wrong with a schema that parses.
func problem(doc *ast.SchemaDocument, e *Error) string {
	what := e.Message
	if m := undefinedType.FindStringSubmatch(what); m != nil {
		what = fmt.Sprintf("The field type '%s' is not present when resolving type '%s'", m[1], enclosing(doc, e.Line, e.Column))
	} else if m := redeclared.FindStringSubmatch(what); m != nil {
		what = fmt.Sprintf("There is already a type named '%s' defined", m[1])
	}
	return fmt.Sprintf("Found 1 problem(s) with the schema:\n%s [@%d:%d]", what, e.Line, e.Column)
}

// enclosing is the name of the definition that a place is within.
func enclosing(doc *ast.SchemaDocument, line, column int) string {
	name, best := "", ast.Position{}
	for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
		p := d.Position
		if p == nil || p.Src.BuiltIn || p.Line > line || p.Line == line && p.Column > column {
			continue
		}
		if name == "" || p.Line > best.Line || p.Line == best.Line && p.Column > best.Column {
			name, best = d.Name, *p
		}
	}
	return name
}
