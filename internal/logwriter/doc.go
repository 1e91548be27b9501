// Package logwriter writes lines of services into CloudWatch Logs, beside the
// requests that they come from: they wait in memory, and go in batches as a role.
//
// Invariants:
//   - Lines arrive in their order, in a group and stream that are made if need be, and what waits at the end is written (TestLines).
//   - Lines of a role that may not write them are lost, and hold up no others (TestRefused).
//   - What waits is bounded: further lines are lost (TestBound).
//
// Absent:
//   - Lines do not survive the end of the process by force.
package logwriter
