// Package lambda emulates AWS Lambda: functions from zip packages, run as
// processes of this machine (package runtime) with the credentials of their
// roles, and what invokes them.
//
// Packages are in blobs of their own, and unpacked once by their content. A
// changed function gets new instances, for its revision is part of their key.
// An asynchronous event is kept by a queue (package deliver) until a function
// has taken it, or its retries are over.
//
// Invariants:
//   - Nobody invokes a function whom neither their own policies nor the function's let in (TestScripts).
//   - A role that does not trust Lambda is refused when it is configured (TestScripts).
//   - A name is read without failing, whatever it is (FuzzParseName).
//   - What a function reserved is never exceeded, and what is beyond it is throttled (TestReservedConcurrency).
//   - An asynchronous event is tried as often as its function says, by the cloud's clock, and then told to its destination (TestAsynchronous).
//   - Records of a shard are processed in order, and come again until they are done with: nothing is skipped but what was given up, which the destination is told (TestStreamBatches).
//   - What a function says it did not process comes again from there (TestPartialFailures).
//   - A function gets the records that one of its mapping's filters matches, and the others are done with (TestFilters).
//   - A mapping goes on where it was (TestCheckpoints).
//   - Lines of a log reach CloudWatch Logs if the role may write them (TestLogs).
//
// Absent:
//   - Isolation beyond a process group, a folder for temporary files and an environment of its own: a function runs as the user of the cloud, sees its files, and its /tmp is the machine's; TMPDIR is its own. Background work goes on after an answer.
//   - Memory is looked at every 50 ms while an event is worked on (Linux only), and its share of a processor is not less for less memory.
//   - Versions of interpreters: nodejs and python run what is on the PATH, of the version asked for if it is there. They bring no AWS SDK of their own.
//   - Container images, layers, extensions and the Telemetry API, response streaming, SnapStart, provisioned concurrency, VPCs, file systems, code signing, KMS keys, X-Ray tracing, recursion detection, log format JSON, ephemeral storage beyond 512 MB (nor is that enforced), durable functions, capacity providers.
//   - Event sources but DynamoDB streams and standard SQS queues; tumbling windows, starting at a time, provisioned pollers.
//   - At most 96 processes at once; further events wait for one.
//   - Updates are over when they are answered: nothing ever waits for InProgress.
package lambda
