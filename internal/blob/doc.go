// Package blob keeps byte streams that are too big for the store: the
// contents of S3 objects and Lambda code.
//
// A blob is written once, under a random name, and never changes. Its owner
// refers to it from the store, in this order: commit the blob, then commit the
// transaction that names it, and delete the blob an overwrite left behind
// after that transaction. A process killed in between leaves a blob that
// nothing names; Sweep removes those, looking only at blobs of earlier
// processes, so that it may run while new ones are being written.
//
// Names never come from a client, so no key of any request reaches the file
// system.
//
// Invariants:
//   - A committed blob survives a crash whole; an uncommitted one leaves nothing (TestDiskSurvivesCrash).
//   - Both implementations behave alike (TestDisk, TestMemory).
//   - Sweep removes what nothing names and never a blob of the running process (blobtest.Run: sweep).
//   - A section of a disk blob can be sent by the kernel (TestSectionIsFile).
//   - Blobs leave the store beside them room to write, and a refused one leaves nothing (TestFullDisk).
//   - Commits into one directory share its fsync (TestSyncerShares).
package blob
