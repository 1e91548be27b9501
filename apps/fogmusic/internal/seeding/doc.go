// Package seeding brings songs from files into the cloud: what is missing there,
// and only that.
//
// A run has three passes over the files. Reading finds each song and what is
// wrong with the files that are not one. Comparing asks the cloud what it has.
// Sending encrypts and stores what is missing: the audio, then the cover, and
// last the catalogue's entry, so that an entry never points at nothing. Each of
// the three stores is one atomic request and the order is fixed, so a run that
// was killed at any moment is completed by the next one.
//
// # Invariants
//
//   - A second run sends nothing (TestSecondRunSendsNothing).
//   - A run stopped after any request is completed by the next, and no byte of
//     audio that was stored is sent again (TestStoppedAnywhere).
//   - An entry is stored only after its audio and cover (TestEntryIsLast).
//   - A song whose file or storing fails leaves no entry, is reported with the
//     reason, and keeps no other song from being stored (TestFailures).
//   - What is stored opens with the key that was wrapped for that song, and is the
//     file's audio (TestStoredSongOpens).
//   - A dry run stores nothing and asks for no key (TestDryRun).
package seeding
