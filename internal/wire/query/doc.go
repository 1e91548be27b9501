// Package query speaks awsQuery: a form with Action and dotted parameter names
// in, XML out. GET with the same in the query string is taken as well.
//
// Invariants:
//   - Lists are as long as the elements given, whatever numbers they carry (TestSparseLists).
//   - A parameter that ends up in no member is reported (TestIgnored).
package query
