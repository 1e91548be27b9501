// Package logpattern is the filter language of CloudWatch Logs: terms, JSON
// conditions and space-delimited fields. A pattern is compiled once, and
// matched against messages.
//
// Invariants:
//   - A pattern that compiles matches any message without failing (FuzzParse).
//   - Patterns match as AWS' guide shows them to (TestMatch).
//   - A pattern that AWS refuses is refused with its place (TestRefused).
//   - Matching takes time proportional to pattern times message (TestMatchIsLinear).
package logpattern
