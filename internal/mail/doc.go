// Package mail is the cloud's mailbox: what its services would send by mail or
// as a text message, kept in the store to be read by people and tests. Nothing
// leaves the machine.
//
// Invariants:
//   - A message is there if and only if the change that it tells of is: it is sent in the same transaction (TestSentWithTheChange).
//   - Messages are listed newest first, whatever the clock says (TestNewestFirst).
//   - The box keeps the latest messages and forgets older ones (TestBoxIsBounded).
package mail
