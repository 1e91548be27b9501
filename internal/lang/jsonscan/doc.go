// Package jsonscan goes through JSON text where it stands: tokens, strings and
// whole values, without copying or building anything. The codecs of requests
// and the parser of items stand on it.
//
// Invariants:
//   - Skip accepts what RFC 8259 calls a JSON value in UTF-8, and nothing else (FuzzSkip
//     compares with another parser). Half a surrogate pair is nothing in UTF-8.
//   - A string unquotes to what it spells (FuzzUnquote).
//   - No input makes it panic or recurse (FuzzSkip).
package jsonscan
