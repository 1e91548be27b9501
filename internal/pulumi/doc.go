// Package pulumi applies an ordinary Pulumi Go program to a cloud, with neither
// the Pulumi CLI nor provider plugins.
//
// It builds and runs the program and is the engine the program talks to
// (package rpc). Every resource the program registers is compared with the
// stack's state and carried out through the public AWS API (package provider).
// A program runs twice: first as a preview, in which nothing is changed and
// everything that cannot be done is found; then, if there is anything to do,
// for real.
//
// # State
//
// What a stack consists of is kept in the cloud itself, as an object of the
// bucket niebla-up-ACCOUNT-REGION, through the public S3 API. So it lives and
// dies with the resources it describes: a restarted cloud still knows them, a
// reset one has forgotten both, and several people see one state. It is written
// around each operation, and only if nobody else has written it meanwhile. Secret outputs are in it as they are: who may
// read the bucket could ask the services as well.
//
// # Invariants
//
//   - A second Up of an unchanged program writes nothing (test/pulumi: TestUpTwice).
//   - Nothing is changed by a program that asks for something unknown (test/pulumi: TestUnknownIsRefused).
//   - A resource is deleted before those it depends on (TestOrder, test/pulumi: TestDestroy).
//   - What was done before a failure is in the state, and the next Up goes on from
//     there (test/pulumi: TestFailureKeepsState).
//   - Two runs at once do not both go on: the one that was overtaken stops before
//     its next operation (test/pulumi: TestTwoAtOnce).
//   - Names are made once and then kept (TestNames, test/pulumi: TestUpTwice).
//   - A state read back is the state written (TestStateRoundTrip).
package pulumi
