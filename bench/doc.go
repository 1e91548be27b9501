// Command bench measures Niebla against this machine's own ceiling and against
// peers, all in one run, and prints ratios: on a busy or slow machine the
// figures move together, the ratios hardly.
//
//	go run ./bench -niebla bin/niebla [-dynalite bench/peers/node_modules/.bin/dynalite]
//
// The ceiling is a bare net/http server in a process of its own that drains the
// same requests and answers the same bytes. Every server gets the same client:
// 32 connections of Go's net/http client, with requests that were signed
// before the clock ran, so that the client's own signing is not measured.
package main
