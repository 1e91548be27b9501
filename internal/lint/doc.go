// Package lint keeps the rules of the house. Each rule is a test, and each
// message says what to write instead. A rule that is wrong is changed here,
// with its reason, and never to fix a build.
//
// Invariants:
//   - Packages import only what is below them (TestLayers).
//   - Nothing happens at import and no state is shared by accident (TestNoInit, TestNoMutableGlobals).
//   - Services know neither HTTP, the machine, the clock nor chance (TestServicesAreIsolated, TestTimeAndChanceComeIn).
//   - The environment is read by the command line only (TestEnvironment).
//   - Every package says what it is, and every invariant names a test that exists (TestPackageDocs, TestInvariants).
//   - Every exported name is explained (TestExportedNamesAreExplained).
//   - Every operation is asked for in a script (TestOperationsHaveScripts).
//   - Every direct dependency has its reason (TestDependenciesHaveReasons).
//   - Tests neither sleep nor skip (TestTestsNeitherSleepNorSkip).
//   - Every parser that says it is one is fuzzed (TestParsersAreFuzzed).
//   - Files and functions are short, or say why not (TestSizes), and files are named by subject (TestFileNames).
package lint
