// Command bench measures Niebla against this machine's own ceiling and against
// peers, all in one run, and prints ratios: on a busy or slow machine the
// figures move together, the ratios hardly.
//
//	bench/run [-markdown] [-only items,objects,graphql,edge,lambda,follow]
//	bench/run -only large [-items 10000000]
//
// The ceiling is a bare net/http server in a process of its own that drains the
// same requests and answers the same bytes. Every server gets the same client:
// connections of Go's net/http client, with requests that were signed before
// the clock ran, so that the client's own signing is not measured. Servers and
// client share the machine.
//
// What needs an application is measured on both of them, as scripts/run brings
// them up.
package main
