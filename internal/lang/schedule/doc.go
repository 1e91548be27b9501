// Package schedule is the language of EventBridge's schedule expressions: rate,
// cron with six fields, and at. It is pure.
//
// A cron expression is a set of times of day on a set of days, by the clock on
// the wall of a place. A time that the wall skips in spring does not occur, and
// one that it shows twice in autumn occurs the first time only.
//
// Invariants:
//   - The occurrences of an expression are those written in testdata (TestOccurrences).
//   - What is no expression is refused (TestRefused).
//   - The next occurrence is after the time it is asked for, none lies between, and each field fits it (TestNextIsTheNext).
//   - Any text parses or is an error, and asking for the next occurrence ends (FuzzParse).
//
// Absent: what Quartz has beyond AWS' documentation: ranges that go around the
// end, L with an offset, and L, W and # in lists.
package schedule
