// Package stack brings up apps/biihlive/infra on the niebla binary, as a
// user would, and holds it against what members, faults, time and bad input do
// to it.
//
// The infrastructure is brought up once; each test starts from a copy of the
// data directory that this left behind. Tests start the binary that NIEBLA_BIN
// names, or ../../bin/niebla, and want the functions built (see run).
package stack
