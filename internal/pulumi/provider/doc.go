// Package provider is the classic AWS provider of Pulumi as far as niebla up
// carries it out: for each resource type a table of its properties, and what to
// ask of the public AWS API to create, read, change and delete one.
//
// A type is one Kind in one file. Its properties are listed; one that is not in
// the list is an error and never dropped, because a dropped property is a
// program that runs differently on AWS.
//
// Invariants:
//   - Every kind is registered under the token Pulumi's SDK sends, with
//     properties the SDK has (test/pulumi: TestTablesAgreeWithTheSDK).
//   - A property that is not in the table is a problem naming it (TestCheck).
//   - A policy document that says the same is no difference (TestSamePolicy).
//   - Equal inputs differ in nothing, for every kind (TestNoDifference).
package provider
