package policy

import (
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Kind is where a document is used, which decides what it may contain.
type Kind int

// The kinds of document.
const (
	Identity Kind = iota // attached to a user, group or role; boundaries and session policies too
	Resource             // attached to a resource: has principals
	Trust                // a role's trust policy: principals, and no resource
)

// Policy is a compiled document. It is immutable and safe for concurrent use.
type Policy struct{}

// Parse compiles a document. The error is a *SyntaxError.
func Parse(document string, k Kind) (*Policy, error) { return nil, errors.New("policy: not yet") }

// SyntaxError is why a document is malformed, worded as IAM words it.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return e.Reason }

// Effect is what a policy, or all of them, say of a request.
type Effect int

// The effects.
const (
	NoMatch Effect = iota
	Allow
	Deny
)

// Keys looks up a condition key by its lower-case name. No values is a key
// that is absent.
type Keys func(name string) []string

// Request is what is asked of a policy.
type Request struct {
	Principal *aws.Principal
	Action    string
	Resource  aws.ARN
	Keys      Keys
}
