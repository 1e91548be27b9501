// Package sqs emulates Amazon Simple Queue Service: standard queues.
//
// A queue's URL is that of this cloud with the account and the queue's name as
// its path; the region is the one that a request is signed for. Which messages
// can be received is an order by time in the store: a message that is received,
// delayed or hidden moves in it, and what was sent is not written again.
//
// Invariants:
//   - A message that was acknowledged is received until it is deleted, expires or moves to a dead-letter queue, over crashes too (TestNothingIsLost).
//   - While a message is hidden nobody else receives it (TestNothingIsLost).
//   - A receipt handle deletes a message for as long as nobody else has received it (TestScripts).
//   - Who waits for messages has one as soon as it can be received (TestLongPoll, TestLongPollByTheClock).
//   - A message received more often than its queue allows is in the dead-letter queue, once (TestScripts).
//   - Another service sends to a queue only if its policy lets it (TestReceiver).
//   - MD5s are those that SDKs compute (TestDigests).
//
// Absent:
//   - FIFO queues: they are refused where they are made. MessageGroupId is kept and shown, and does not change which consumer is served.
//   - Encryption with KMS keys: KmsMasterKeyId is refused.
//   - StartMessageMoveTask, CancelMessageMoveTask, ListMessageMoveTasks.
//   - A queue can be made again at once after it was deleted; AWS has one wait a minute. The limit of messages in flight is absent.
//   - Requests without a signature.
package sqs
