// Package sdkgo drives the niebla binary with the Go SDK v2, told nothing but
// what "niebla env" prints: an endpoint, a key pair and a region.
//
// Its tests start the binary that NIEBLA_BIN names, or ../../bin/niebla.
package sdkgo
