// Package deliver carries an event to the resource that an ARN names. It is
// how services reach each other without knowing each other: a sender knows the
// ARN, a receiver the event.
//
// A Router finds the receiver of an ARN. A Queue keeps events until they were
// received, and tries again when they were not. They are put into it in the
// transaction of the change that they tell of.
//
// Invariants:
//   - An event of a committed transaction is received at least once, whatever ends the process in between (TestEventsSurviveACrash).
//   - Events of one key are received in the order in which they were sent; a failure holds up its own key only (TestOrderWithinAKey).
//   - Retries follow the given clock, and end with the age or the number of attempts that the sender gave (TestRetriesFollowTheClock, TestAgeEndsRetries).
//   - The clock is not moved past a delivery that is due or under way, nor past what comes of it (TestTheClockWaits).
//   - Each event is tried at least once, however far the clock was moved meanwhile (TestFirstAttempt).
//   - What was given up goes to its dead-letter target, or nowhere if it has none; it is never tried again (TestDeadLetters).
//   - Slow receivers do not hold up other keys (TestKeysAreIndependent).
package deliver
