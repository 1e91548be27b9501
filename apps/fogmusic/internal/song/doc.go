// Package song reads a song from an MP3 file: its audio, what its tags say of
// it, and its cover.
//
// # Invariants
//
//   - Every song has a title, an artist, an album and a genre, whatever its tags
//     hold (TestNames).
//   - A broken tag or picture costs the song only that, and is told (TestBrokenTag).
//   - A file that is not a whole MP3, or too large to hold, is an error
//     (TestUnreadable).
package song
