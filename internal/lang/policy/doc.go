// Package policy is the IAM policy language: documents are parsed strictly,
// compiled once, and evaluated with an account of what decided. It is pure: no
// store, clock or HTTP.
package policy
