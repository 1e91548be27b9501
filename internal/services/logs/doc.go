// Package logs emulates Amazon CloudWatch Logs: groups, streams and their
// events, filters over them, and the metrics that filters make of them.
//
// Each event is one key of the store, ordered by stream, time and arrival. So
// a tail is one seek, retention is a range that is deleted, and the store's own
// blocks do what blocks of events would.
//
// Invariants:
//   - Following with forward tokens meets every event once, in order, also those that came late but after it (TestFollow).
//   - Filtering over many streams is in the order of time, and its pages join without gap or double (TestFilterPages).
//   - An event older than the retention is not shown, and is deleted within an hour of the clock (TestRetention).
//   - The bytes stored are those of the events that are there (TestStoredBytes).
//   - Events that match a metric filter make its metric, with the time of the event (TestMetricFilters).
//   - Another service writes only where a resource policy lets it (TestReceive).
//   - Deleting a group or stream leaves no event behind (TestDeletedLeaveNothing).
//
// Absent:
//   - Logs Insights (StartQuery), live tail, export tasks, deliveries, destinations and subscription filters, field indexes, transformers, anomaly detectors, data protection, KMS keys of groups.
//   - FilterLogEvents from the newest (startFromHead false) and unmask.
//   - The class of a group is kept and shown; all classes can do the same.
package logs
