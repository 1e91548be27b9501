// Package eventpattern is the language of EventBridge's event patterns, and of
// SNS' filter policies: an object of the same shape as an event, with the
// alternatives for each of its leaves in an array. It is pure.
//
// A Pattern is compiled once and matched any number of times. An event's arrays
// match when one of their elements does, and fields of one object in an array
// are matched within that object. A leaf that is an object, or an empty array,
// is as good as absent.
//
// Invariants:
//   - What matches what is as written in testdata (TestMatches).
//   - A pattern that is not one is refused for the reason that AWS gives (TestReasons).
//   - Any pattern compiles or is an error, and any event can be matched, whatever their depth (FuzzPattern).
//
// Absent: AWS adds to its reason where in the text the mistake is; numbers are
// compared as 64-bit floats, so that 300 and 3.0e2 are equal, as they are for AWS.
package eventpattern
