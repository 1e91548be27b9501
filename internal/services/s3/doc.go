// Package s3 is Amazon S3: general purpose buckets with objects, versions,
// multipart uploads, checksums, policies, cross-origin rules and websites.
//
// Where things are: a bucket is one record under its name, read on each
// request and compiled when it changed (buckets.go). A version of an object is
// a record of a few hundred bytes (version.go): the live one under its key,
// all others and the delete markers in a second key space from the newest on
// (versioning.go), so that a list of objects is one scan that meets nothing
// else (list.go). The bytes are apart (content.go): up to 32 KiB in the store
// itself, more in a blob, those of a multipart upload in its parts. A copy
// shares the bytes of its source.
//
// Invariants:
//   - Versions and lists agree with a plain model under random requests (TestModel).
//   - A list visits no more keys than it returns, whatever the bucket holds (TestListIsBounded).
//   - Nothing is stored of a payload that is not what it claims (TestRefusedPayloadLeavesNothing).
//   - Bytes live as long as a version names them, and no longer (TestContentIsCollected).
//   - What is being read is not cut off by its deletion (TestReadSurvivesDeletion).
//   - A key is never a path (TestHostileKeys).
//   - A stored record that does not parse is an error, never a panic (FuzzVersion, FuzzManifest).
//   - What happens to an object is told to every target that asks for it, whatever
//     ends the process, and in order for each key (TestNotifications, TestNotificationsSurviveACrash).
//   - An event has S3's form to the letter (TestNotificationForm), and a target that
//     cannot receive is refused when it is configured (TestNotificationTargets).
//   - Requests are measured for the buckets that ask for it, and what is paid for is
//     counted for all (TestMetrics, TestDay).
//   - Content under a KMS key is stored encrypted, and no chunk can be moved or cut off (TestKMS, TestTamperedChunk).
//
// Absent: ACLs other than the owner's full control, Object Lock, SSE-C, MFA
// delete, lifecycle, replication, logging, inventory, access
// points, S3 Select, appends. They are refused with NotImplemented; what tools
// read of them says that they were never set. SSE-S3 encrypts nothing: its
// header is AWS' default, and the disk is the user's.
package s3
