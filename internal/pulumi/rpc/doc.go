// Package rpc is as much of gRPC and of Pulumi's engine protocol as a Pulumi
// program needs to reach its engine: unary calls over unencrypted HTTP/2, and
// the messages of the ResourceMonitor and Engine services.
//
// It stands on net/http and protowire instead of on grpc and the generated
// code, which together add about 11 MB and 2 ms to the start of every process
// they are linked into, the server's included.
//
// Invariants:
//   - A field that is not understood is an error naming it, never dropped, if it
//     could change what happens to a resource (TestOptionsAreNeverDropped).
//   - A broken frame or message ends the call, not the server (TestBrokenCalls,
//     FuzzRegister).
package rpc
