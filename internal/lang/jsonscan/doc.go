// Package jsonscan goes through JSON text where it stands: tokens, strings and
// whole values, without copying or building anything. The codecs of requests
// and the parser of items stand on it.
//
// Invariants:
//   - Skip accepts what RFC 8259 calls a JSON value in UTF-8, in which half a surrogate
//     pair is nothing, and refuses all else: another parser says the same (FuzzSkip).
//   - A string unquotes to what it spells (FuzzUnquote).
//   - No input makes it panic or recurse (FuzzSkip).
package jsonscan
