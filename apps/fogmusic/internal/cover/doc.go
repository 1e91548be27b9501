// Package cover makes the square JPEG pictures of songs: from the picture in a
// file's tags, or drawn when there is none.
//
// # Invariants
//
//   - What comes out is a JPEG of Side by Side pixels at most, whatever came in,
//     without the camera's notes that came with it (TestThumbnail).
//   - A picture that is broken or absurdly large is refused before its pixels are
//     decoded (TestRefused).
//   - The same song always gets the same drawing, and two songs different ones
//     (TestDraw).
package cover
