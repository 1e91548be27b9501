// Package sns emulates Amazon Simple Notification Service: standard topics, and
// subscriptions of functions, queues, HTTP endpoints, mail addresses and phones.
//
// A message is handed to every subscription that wants it in the transaction
// that accepts it, and delivered from the store's outbox. Mail and text messages
// are put into the cloud's mailbox. Links and certificates are below the address
// by which a subscriber reached this cloud.
//
// Invariants:
//   - A message that was accepted reaches each endpoint at least once, or its dead-letter queue (TestDelivery, TestDeadLetters).
//   - Nothing but its confirmation is sent to an endpoint that has not confirmed (TestConfirmation, TestScripts).
//   - Signatures verify with the certificate that they name (TestSignatures).
//   - Another service publishes only if the topic's policy lets it; alarms come in by the default policy (TestReceiver).
//   - Filter policies see what AWS' see: attributes or the body (TestScripts).
//   - A link ends or confirms the one subscription that it is of (TestConfirmation).
//
// Absent:
//   - FIFO topics, encryption with KMS keys, delivery policies of one's own, delivery logs, data protection, archives: they are refused.
//   - Mobile applications and Firehose as endpoints; SMS settings and sandboxes.
//   - A queue of another account is subscribed without its confirmation.
package sns
