// Package cost turns what was used into money: a dated table of list prices,
// a bill, and workloads that are written down beforehand.
//
// Prices are AWS' list prices without tax, as third parties published them
// from AWS' price list and pricing pages in September and October 2026. Each
// has the mark of its source; one without a good source says so.
//
// Invariants:
//   - A bill is the sum of its lines, each quantity at its price, after what is free (TestBill).
//   - Everything that a service charges has a price (TestEverythingChargedHasAPrice).
//   - The figures of docs/cost.md are those that the workload beside it gives (TestPage).
//   - A workload that names something without a price is refused (TestWorkload, FuzzParseWorkload).
package cost
