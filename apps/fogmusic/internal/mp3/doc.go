// Package mp3 finds the audio of an MPEG layer III file: its frames without
// the tags around them, how long it plays, and whether it is whole. It decodes
// no sound.
//
// # Invariants
//
//   - The audio is what is left without ID3v2, ID3v1, APE and Lyrics3 tags, so it
//     stays the same when a file is retagged (TestTagsAreNotAudio).
//   - The duration is that of the frames, less the silence that the encoder says it
//     added (TestDuration).
//   - A file whose own header promises more than there is, or that holds much
//     besides frames, is refused with the reason (TestCorrupt).
//   - No input panics, and what is accepted is accepted again as its own audio
//     (FuzzScan).
package mp3
