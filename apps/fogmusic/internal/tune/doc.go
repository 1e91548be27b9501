// Package tune plays the original tunes that ship with fog-music: a small
// synthesiser and six scores for it. The tunes are dedicated to the public
// domain (CC0).
//
// A bar of a tune lasts a whole number of MP3 frames, so an encoded tune can be
// cut between bars and put together anew without an encoder; samples does.
//
// # Invariants
//
//   - Every tune fills its bars with sound that neither clips nor falls silent
//     (TestTunes).
//   - A tune sounds the same each time it is played (TestTunes).
package tune
