// Package vtl is the Velocity Template Language as AppSync runs it: Velocity
// 1.7 with the #return of AppSync, the indexes of $foreach and alternate values
// of Velocity 2, Java's methods on values, and the families of $util. It is
// pure: time, chance and the extensions come in with Env, and what a template
// does besides its output comes out in Result.
//
// A Template is parsed once and executed any number of times. Variables have
// numbered places, so an execution looks up no names but those of properties.
//
// Invariants:
//   - Output, values and errors are those written in testdata (TestTemplates).
//   - Any text either parses or is an error with a line and a column, and any
//     template ends (FuzzTemplate).
//   - A template that does not end, or that grows without end in what it writes,
//     makes, nests or matches, ends with ErrLimit (TestLimits).
//   - A context that is done ends the template (TestContextEndsTemplate).
//   - A template can be executed at the same time by many, and executions share
//     nothing but the variables they are given (TestTemplateIsShared).
//   - JSON comes back as it was, members in order (TestJSONRoundTrip, FuzzJSON).
//   - A date that is written by a pattern is read back by it (TestDatesRoundTrip).
//
// Absent: #include, #parse and #evaluate do not parse. $util.rds, $util.xml and
// $util.transform.toElasticsearchQueryDSL are errors that say so, and so are
// $util.str.normalize of text that is not ASCII and patterns with back
// references or that look around. Java's reflection ($x.class) is null. The
// views of a map (keySet, values, entrySet) and subList are copies.
package vtl
