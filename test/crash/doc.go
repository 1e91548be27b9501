// Package crash kills a running niebla with signal 9 while many clients write
// to it, and holds what is found after the next start against what they were
// told; and it holds what concurrent clients were told, over a kill too,
// against what a table that does one thing at a time could have told them.
//
// Tests start the binary that NIEBLA_BIN names, or ../../bin/niebla.
package crash
