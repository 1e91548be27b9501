// Package wiretest holds every wire codec to one table: what is written is read
// back equal, absence is told from zero, what is not modelled is reported, what
// breaks a constraint is refused in AWS' words, and what is not the protocol's
// syntax is refused with a code. It has tests only.
package wiretest
