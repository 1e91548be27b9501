// Package metricmath is the expression language of CloudWatch metrics:
// arithmetic and functions over time series. An expression is parsed once, and
// evaluated against an Env that has the metrics it names.
//
// Invariants:
//   - What parses evaluates without failing in another way than by an error (FuzzParse).
//   - Points meet by time: where an operand is missing, so is the result (TestEval).
//   - An expression that AWS refuses is refused with its place (TestRefused).
//   - How deep an expression nests, and how much it computes, is bounded (TestBounds).
package metricmath
