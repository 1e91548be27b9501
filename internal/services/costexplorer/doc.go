// Package costexplorer emulates AWS Cost Explorer: what the cloud's use would
// have cost on AWS, by day or month. It prices what the meter counted.
//
// Invariants:
//   - The days of a month add up to the month, also where prices have tiers and a part is free (TestDaysAddUp).
//   - Nothing of another account is in a bill (TestAccounts).
//
// Absent:
//   - Everything but GetCostAndUsage; granularity HOURLY; groups and filters by anything but SERVICE, USAGE_TYPE and REGION; paging, since there is little.
//   - All cost metrics are the same: there are no discounts, reservations or savings plans.
package costexplorer
