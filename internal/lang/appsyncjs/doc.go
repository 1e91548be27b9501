// Package appsyncjs is AppSync's JavaScript runtime, APPSYNC_JS 1.0.0: modules
// that export request and response, without loops that need not end, without
// classes, promises, exceptions and regular expressions, and with util,
// extensions, runtime and the helpers of @aws-appsync/utils/dynamodb. It is
// pure: time, chance and the extensions come in with vtl.Env, and what code
// does besides its value comes out in Result.
//
// A Program is compiled once. Each evaluation has a machine of its own, which
// costs a few microseconds and shares nothing with others. What templates call
// $util is here util: its methods are those of package vtl.
//
// Invariants:
//   - Values, errors and places are those written in testdata (TestEvaluations).
//   - Code that AppSync does not take is refused with its lines and columns, and
//     code that it takes is not (TestEvaluations).
//   - Any text either compiles or is refused with a line and a column, and any
//     program ends (FuzzProgram).
//   - Code that goes on for too long, nests too deep or makes too much ends with
//     ErrLimit, and one that runs away holds up no other (TestLimits, TestRunawayAlone).
//   - A context that is done ends the evaluation (TestContextEndsEvaluation).
//   - A program is evaluated by many at a time, and nothing is left for the next
//     evaluation but the stash (TestProgramIsShared).
//
// Absent: @aws-appsync/utils/rds and /ai are refused; util.rds, util.xml and
// util.transform.toElasticsearchQueryDSL are errors that say so. What is not
// seen by its name is not refused: methods called through computed names. A
// single step of the engine, such as joining an array that was made huge by
// one assignment to an index, is not interrupted.
package appsyncjs
