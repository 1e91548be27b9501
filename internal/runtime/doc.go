// Package runtime executes functions as processes of this machine, over
// Lambda's Runtime API.
//
// A Host keeps the instances of functions. An instance is one process with a
// Runtime API of its own; its life is a state machine (states.go), and it
// works on one event at a time. Instances are kept warm between events, and
// end when they have been idle for long, when their function changed, and with
// the cloud.
//
// Invariants:
//   - An instance has at most one event at a time, and an event one answer (TestOneEventAtATime).
//   - Whatever a process does (exits, hangs, says nonsense, prints without end), its event ends with a result (TestFailures, TestEndlessOutput).
//   - No process outlives its Host (TestCloseEndsProcesses) or the cloud's own process, however that ends (TestProcessesDieWithUs).
//   - What was written before an answer is in the log before the end of its event (TestLogOrder).
//   - The environment of this process does not reach a function (TestEnvironment).
//   - A package is unpacked inside of its own folder only, and not beyond its limit (TestUnpack, FuzzUnpack).
//
// What isolates a function: a process group, its own folder for temporary
// files, an environment of its own, and code without write permission. It runs
// as the user of the cloud, with that user's files and network: see
// DIVERGENCES.md.
package runtime
