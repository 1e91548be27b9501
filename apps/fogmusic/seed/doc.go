// Command seed, built as fog-seed, encrypts a folder of MP3 files and brings
// them into fog-music: audio and covers into S3, the catalogue into DynamoDB.
//
// # Invariants
//
//   - Every option is explained in the help of both languages (TestHelp).
//   - A mistaken command line is one clear line and exit status 2; nothing was
//     asked of the cloud (TestUsage).
//   - Mode static is refused on a stack that is not for trials (TestStaticNeedsTrials).
//   - Against the real thing, from the first run to one killed half-way
//     (TestNiebla).
package main
