// Package cloudwatch emulates Amazon CloudWatch: metrics of applications and
// of our own services, expressions over them, alarms that evaluate themselves
// on the cloud's clock, and dashboards.
//
// The data is the meter's, which the services count into; an alarm's actions
// are events delivered to ARNs.
//
// Invariants:
//   - An alarm decides as AWS' table of missing data does (TestMissingData).
//   - Alarms are evaluated at each minute of the clock, in order, also when it jumps (TestAlarmsFollowTheClock).
//   - A change of state, its history and its actions are one transaction; an action is done once per change (TestActions).
//   - A day of the clock with ten alarms takes no more than seconds (TestAdvanceIsFast).
//   - The three protocols give one answer (sdkgo: TestCloudWatch).
//   - Reasons are worded as AWS words them (TestReasons).
//   - An hour of an alarm and of a metric with data is charged once (TestCharges).
//   - A statistic is of the values, wherever a period begins (TestStatistics).
//
// Absent:
//   - Composite alarms, alarms on logs, anomaly detection (also as a threshold), Metrics Insights queries (SELECT), Contributor Insights, metric streams, alarm mute rules, GetMetricWidgetImage.
//   - Actions other than SNS topics and Lambda functions; the events that alarms send to EventBridge; EvaluateLowSampleCountPercentile.
//   - Labels of GetMetricData are text: dynamic ones (${MAX}) are not filled in.
package cloudwatch
