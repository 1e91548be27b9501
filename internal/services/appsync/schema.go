package appsync

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/graphql"
)

// The states of a schema.
const (
	schemaProcessing = "PROCESSING"
	schemaSuccess    = "SUCCESS"
	schemaFailed     = "FAILED"
	schemaNone       = "NOT_APPLICABLE"
)

// startSchemaCreation takes a schema. It is done at once, although the answer
// says as AWS' does that it has only begun: what is wrong with a schema is not
// an error of this operation. A schema that is wrong leaves the old one.
func (s *Service) startSchemaCreation(_ context.Context, c *aws.Call, in *StartSchemaCreationInput) (*StartSchemaCreationOutput, error) {
	text := definition(in.Definition)
	schema, err := graphql.ParseSchema(text)
	return &StartSchemaCreationOutput{Status: schemaProcessing}, s.change(c, in.ApiId, func(a *apiRecord) error {
		if err != nil {
			a.Status, a.Details = schemaFailed, err.Error()
			return nil
		}
		a.Schema, a.Status = text, schemaSuccess
		types := 0
		for _, def := range schema.Types {
			if !def.BuiltIn {
				types++
			}
		}
		a.Details = fmt.Sprintf("Successfully created schema with %d types.", types)
		return nil
	})
}

// definition is the SDL of a blob. The command line of AWS encodes a blob
// again that its caller has encoded, unless it is told otherwise; no SDL looks
// like base64, so a second layer is taken off.
func definition(blob []byte) string {
	text := strings.TrimPrefix(string(blob), "\uFEFF")
	packed := strings.Join(strings.Fields(text), "")
	if inner, err := base64.StdEncoding.DecodeString(packed); err == nil && len(packed) > 0 {
		text = strings.TrimPrefix(string(inner), "\uFEFF")
	}
	return text
}

func (s *Service) getSchemaCreationStatus(_ context.Context, c *aws.Call, in *GetSchemaCreationStatusInput) (*GetSchemaCreationStatusOutput, error) {
	a, err := s.read(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	if a.Status == "" {
		return &GetSchemaCreationStatusOutput{Status: schemaNone}, nil
	}
	return &GetSchemaCreationStatusOutput{Status: a.Status, Details: a.Details}, nil
}
