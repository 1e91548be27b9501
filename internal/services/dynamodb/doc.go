// Package dynamodb emulates Amazon DynamoDB: tables, items, queries and scans,
// secondary indexes, conditional and transactional writes, and PartiQL.
//
// An item goes from the request's JSON to its stored bytes in one pass and
// comes back the same way; the language of values and expressions is
// internal/lang/ddbexpr. keys.go tells how data lies in the store, stored.go
// what its values are, and change.write is the one place where data changes.
// What a request says is parsed once, when the gateway asks for its accesses,
// and kept in its input; only reading, deciding and writing happen inside the
// store's transaction.
//
// A PartiQL statement is read by internal/lang/partiql and becomes the reads,
// gets and changes of the other operations: there is one engine.
//
// Items and sizes of tables and indexes are counted in the transaction of each
// change, so DescribeTable is exact, where AWS' is six hours old. Indexes are
// never behind their table. Tables are ACTIVE once CreateTable has answered.
//
// Invariants:
//   - Any mixture of writes, queries, scans and pages answers as a map of items
//     would (TestModel).
//   - A cloud on disk that is started again and again answers every call as one in
//     memory does, byte for byte (TestTwins, TestTwinsAreToldApart).
//   - An index holds exactly the items that have its key attributes, projected,
//     however it came to be (TestIndexesEqualTheirTable, TestBackfill, TestBackfillCountsWhatChanges, TestAnotherTableIsFilled).
//   - Keys order as their values do, and what is stored is read as it was written,
//     tables too (FuzzKeyOrder, FuzzStored, FuzzTables).
//   - A page goes on after any key that is not refused (FuzzStartKeys).
//   - The counts of DescribeTable are those of a Scan (TestIndexesEqualTheirTable).
//   - The segments of a parallel scan share all items between them (TestSegments).
//   - A transaction is all or nothing, and repeats nothing under one token (TestScripts/transactions).
//   - Writes of one item, alone and in transactions, come one after the other
//     (TestConcurrentWriters).
//   - A write never goes to a table as it no longer is (TestTablesChangeUnderWriters).
//   - A PartiQL statement answers, costs, leaves behind and tells streams what the
//     other operations do (TestStatementsEqualOperations).
//   - A SELECT reads each item that its condition holds of, once and in order, whatever
//     queries it is split into and on whatever pages (TestSelectsEqualAFilter).
//   - No statement takes long to be read, however it is nested or branches
//     (TestStatementsAreReadInTime).
//   - Nobody makes a token for the results of a statement (TestTokensAreSealed).
//   - What a policy may ask about a request is what it names (TestAccess).
//   - The policy of a table or stream decides with those of IAM, for the callers of
//     other accounts too (TestCloudScripts/policies, TestStreamPolicy).
//   - Replicas of a global table hold the same items, in indexes too, whichever was written,
//     however they came to be, and their streams tell the same (TestReplicasAreEqual,
//     TestReplicaStreams, TestReplicasSurviveARestart, TestReplicasSurviveCrashes, TestSourceLeaves,
//     TestAnotherReplicaIsFilled); what is changed of one's description is changed of all (TestReplicasFollow).
//   - A stream holds one record for each write that changed an item, written with
//     the item, in order; replayed it gives the table (TestStreamIsTheHistory).
//   - Who waits for a stream is woken by each record, once it is durable, and can read it
//     at once (TestReadersAreWoken, TestStreamLatency).
//   - Nobody can make an iterator for a stream that he may not read (TestIteratorsAreSealed, FuzzIterators, TestStreamAccess).
//   - Shards are followed by their children after four hours, and records are gone
//     after a day, by the cloud's clock (TestShardsFollowTheClock).
//   - A shard that takes more than a partition does in a minute is split in two, and each key's
//     records go on in order (TestBusyShardsSplit), also of a stream from before shards
//     had ranges (TestShardsWithSlots).
//   - An item is removed when its time has come, by the cloud's clock, and its
//     time is kept only by tables that have a TTL (TestItemsExpireOnTheClock, TestTablesWithoutTTL).
//   - An item and the record of its change are there after a crash, or neither is (TestStreamsSurviveACrash).
//   - A table is restored to any time of its recovery period as it was then, with
//     its indexes (TestRestoreToAnyTime), and its past is gone when the period is
//     over (TestPastFollowsTheClock), also what it was before crashes, among many clients (TestPastSurvivesCrashes, TestCrashes).
//   - A backup, and what is restored, has all of a transaction or nothing, whatever
//     is written meanwhile (TestBackupsAreConsistent).
//   - Jobs go on where they were after a crash, whenever it comes, and make what they would
//     have made (TestJobsSurviveACrash, TestPastSurvivesCrashes).
//   - A deleted table with recovery leaves a backup for 35 days, what jobs read of a
//     deleted table stays until they are done, and in the end nothing is left (TestDeletedTables).
//   - An export has what the table had at its time, or what changed between two, and
//     goes back in by an import; S3 is used as whoever asked (TestExportsAreTheTable).
//   - Exports and imports go on after a crash, in the middle of an object too, with no
//     item lost or twice (TestExportsSurviveACrash, TestPastSurvivesCrashes), and end with a reason if S3 refuses (TestJobsFail).
//   - Each wrong item of an import is counted and told, and the others are there (TestImportFormats, FuzzImports).
//   - A table that is being filled is not there for reads, writes and changes (TestFillingTables).
//   - Killed while clients write, it has all that it acknowledged (crash: TestKills).
//   - What concurrent clients are told of items and transactions has an order, also over
//     a kill (crash: TestLinearizable), and the test finds what has none (crash: TestBrokenTablesAreCaught).
//   - What was acknowledged is there after a crash, nothing of what was not is half
//     there, and indexes, counts, times and streams are true of what is (TestCrashes).
//   - What requests consume, and what they would cost, is measured to the unit
//     (TestMetrics, TestThrottleMetrics, TestStreamMetrics), at little cost (TestMeasuringIsCheap).
//   - A cloud that throttles holds tables and indexes to their capacity, by its clock
//     (TestBursts, TestBackPressure, TestOnDemandCapacity, TestRefusalMetrics).
//   - A table without a stream or recovery pays nothing for them (TestAllocations).
//   - Answers, messages and consumed capacity are as recorded and reviewed (TestScripts).
//
// Absent:
//   - The global tables of 2017, streaming to Kinesis, auto scaling of
//     replicas: their operations answer 501 by name, and tables are described without them.
//   - Encryption: the key of a table is looked for in KMS when it is chosen, and described;
//     nothing is sealed with it, and a table stays readable when its key is not.
//   - Contributor Insights: the setting is kept, and nobody counts contributors.
//   - Time and conflicts between replicas: they change in one transaction, so none is ever
//     behind, and metrics tell of no latency. Multi-Region strong consistency is refused,
//     replicas of provisioned tables (there is no auto scaling) and witnesses too. Keys,
//     throughput and index overrides of a replica are not acted on.
//   - What another account may do to a table's settings: its policy lets it read
//     them and use items and streams, no more.
//   - Throttling, unless the cloud is started with it: then by table and index, not by
//     partition, and without the growth that AWS gives on-demand tables by their peaks.
//   - Time between a write and its index entries: indexes are never behind, and a
//     transaction is never refused for another that is under way.
//   - Waiting: a table is ACTIVE when CreateTable has answered, and gone when
//     DeleteTable has. Only an index added to a table with items, and a table that is
//     restored or imported, is CREATING until all are entered.
//   - Import of Amazon Ion, which exports can be written in: it is refused. Filters of exports,
//     vector indexes and restores into another region; another key for what is restored or
//     imported. A token of a finished import answers that import, where AWS refuses it.
//   - A table with recovery can be restored and exported to the present moment; the latest time of
//     AWS is five minutes ago.
//   - Items are removed in the second in which they expire; AWS takes up to days.
//     The TTL of a table can be changed at any time, not once in an hour.
//   - DescribeTable counts as of now, not as of six hours ago.
//   - ON CONFLICT of PartiQL, and comparing a condition with anything but a value,
//     are refused.
//   - BatchWriteItem writes all its items or none; AWS writes each by itself.
//   - A page of a Query or Scan ends at 1 MiB of items as they are charged; AWS
//     counts some forty bytes more for each.
package dynamodb
