// Package events emulates Amazon EventBridge: buses, rules with patterns and
// schedules, and their targets.
//
// An event is matched in the transaction that accepts it, and what targets get
// of it is delivered from the store's outbox. Schedules are fired by a worker:
// firing, and settling when a schedule is due next, are one transaction too.
//
// Schedules that were due while the cloud was off fire once when it starts, for
// their last occurrence. AWS is never off, so it has no answer; one event is
// what a daily job needs to have run, and a burst of missed minutes would help
// nobody.
//
// Invariants:
//   - Each occurrence of a schedule fires once, in order, also over crashes and when the clock is moved (TestSchedulesFollowTheClock, TestSchedulesSurviveACrash).
//   - Of occurrences missed while the cloud was off the last fires (TestDowntime).
//   - What was accepted reaches its targets, or their dead-letter queues (TestDeadLetters, TestScripts).
//   - A target that nothing could be sent to is refused when it is configured (TestScripts).
//   - Events of another account come in only if the bus' policy lets them (TestBusPolicies).
//   - Any text is an input path or refused, and any template that is taken fills to JSON (FuzzTransform).
//
// Absent:
//   - Archives and replays, pipes, schemas, connections and API destinations, partner event sources, endpoints.
//   - Targets other than functions, queues, topics, log groups and buses, and roles for any but buses.
//   - Encryption and logs of buses.
package events
