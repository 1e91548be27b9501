// Package graphql reads GraphQL as AppSync does: schemas in SDL with AWS'
// directives and scalars, and documents, which it validates against a schema.
// Errors are worded as AppSync words them, which is graphql-java. It is pure;
// nothing is executed here.
//
// Invariants:
//   - Any text is either a schema or an error with its place (FuzzSchema).
//   - Any text is either a valid document or a list of errors, soon (FuzzDocument, TestHostileDocuments).
//   - Errors are worded and placed as testdata says (TestErrors).
//   - A schema that is written out reads back as the same schema (TestPrintRoundTrip).
//   - A scalar takes what AWS describes and nothing that is blank (TestScalars, FuzzScalars).
package graphql
