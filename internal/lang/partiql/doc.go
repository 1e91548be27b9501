// Package partiql is the PartiQL of DynamoDB as syntax: a statement is read
// into a tree, and what DynamoDB refuses in any table is refused here, in its
// own words. The package knows no values, tables or items: a number stays as it
// was written, and a parameter is a place.
//
// DynamoDB reads statements as the whole of PartiQL first, and refuses what it
// does not run afterwards. So does Parse: an error of syntax comes before any
// other, wherever it stands.
//
// Invariants:
//   - The statements of the developer guide are read (TestGuide).
//   - What is refused is refused in DynamoDB's words (TestRefusals).
//   - AND binds closer than OR, NOT closer than both, and comparisons closer
//     than all of them (TestPrecedence).
//   - Any text gives a statement or a message, never a crash, and the places in
//     a statement lie within it (FuzzParse).
package partiql
