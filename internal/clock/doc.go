// Package clock is the cloud's one clock. It goes with a base clock, and can
// be moved ahead of it; what waits for a time then happens as if the time had
// passed.
//
// A loop in the background waits with a Sleeper of its own: it does what is
// due, sleeps until the next thing is, and so on. Advance stops at each of
// these times, wakes who waits for it, and goes on when it sleeps again.
//
// Invariants:
//   - The clock never goes back, whatever its base does while it is read (TestNeverBack).
//   - Advance wakes sleepers in the order of their times, each at its time, and
//     also those who begin to wait for a time that it has yet to pass (TestOrder).
//   - What a sleeper does when it is due may wake another, which Advance waits for as well (TestChain).
//   - A sleeper that does not come back holds Advance up for a while, not for ever (TestStuckSleeper).
//   - A sleeper is due by the base clock alone, too (TestBaseClock).
package clock
