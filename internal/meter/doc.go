// Package meter knows what requests were made and what they consumed. A
// Recorder remembers the latest requests with the decisions that let them in;
// a Meter adds up what services measure of themselves and would charge, and
// keeps it in the store.
//
// Invariants:
//   - Values of one minute add up, and so does what one day used (TestMeter, TestHistory).
//   - Counting in a series that is known allocates nothing (TestCountingIsCheap).
//   - What was counted before a read is in it, whether it was flushed or not (TestHistory).
//   - A percentile is at most one percent off, whatever the values (TestPercentiles).
//   - Data gets coarser with age as on AWS, and nothing is lost or counted twice on the way (TestAging).
//   - A set is read as it was written (FuzzDecode).
//   - A follower that does not keep up never holds up a request (TestSlowFollower).
//   - What a client sent does not make a record large (TestRecordsAreSmall).
package meter
