// Package store is the one transactional, ordered key space that all services
// share. It stands on Pebble: in a directory, or wholly in memory with the
// same code on Pebble's in-memory file system.
//
// Invariants:
//   - An Update that returned nil survives a crash at any later moment (storetest: TestCrash).
//   - An Update is all or nothing, after a crash too (storetest: TestCrash).
//   - Nobody is told what a crash may still take back: reads return when what they
//     read is durable (TestReadsAreDurable), and wait for nothing else (TestReadsWaitForTheirOwn).
//   - Updates are serialised, and each sees all that came before it (storetest: TestUpdatesAreSerialised).
//   - What was read lately is answered without Pebble, and is what Pebble has (TestRecent, TestRecentWrittenTwice, TestRecentRises).
//   - An Update reads what it wrote itself, and its edits come last (storetest: TestModel).
//   - A View sees one snapshot, however long it takes (storetest: TestViewIsASnapshot).
//   - Updates that are applied while the log is synced share the sync that follows (TestUpdatesShareSyncs).
//   - A failed read of the disk is never mistaken for a missing key: View and
//     Update return it, whatever the function they ran returned (TestReadErrorIsSticky).
//   - A disk that is nearly full refuses what makes the store larger, and lets
//     removals through (TestFullDisk).
//   - Nothing is acknowledged after a write that failed, and nobody waits for it (TestFailedLog).
//   - Logs are longer than what is in them, and what is in them is found in spite of it (TestLogsAreAhead).
//   - Sequence numbers rise over restarts and crashes (storetest: TestSequence).
//   - An outbox event is handed over at least once, and in order within its key,
//     outside of any transaction (storetest: TestOutbox, TestLongQueue).
//
// Keys of one key space begin with its name, then account and region, so
// tenants cannot meet. The encoding of a key part orders as its bytes do and
// delimits itself: 0x00 becomes 0x00 0xFF, and the part ends with 0x00 0x01.
package store
