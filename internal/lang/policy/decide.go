package policy

import "github.com/niebla-cloud/niebla/internal/aws"

// Class is the role a policy plays in a decision.
type Class int

// The classes, in the order a denial names them.
const (
	IdentityBased Class = iota
	ResourceBased
	PermissionsBoundary
	SessionPolicy
	TrustPolicy
)

// Attached is a policy and where it came from.
type Attached struct {
	Name   string // "arn:aws:iam::aws:policy/AdministratorAccess", "inline dev-read of user saul"
	Policy *Policy
}

// Case is everything that bears on one access.
type Case struct {
	Request
	Identity []Attached // of the user and its groups, or of the role
	Boundary *Attached
	Session  []Attached // all of which must allow

	ResourcePolicy *Policy
	Owner          aws.AccountID // of the resource; "" is the principal's account
	PolicyDecides  bool          // identity policies count only if the resource policy delegates to the account
	TrustPolicy    bool          // ResourcePolicy is a role's trust policy
}

// Step is one policy that was looked at, and what it said.
type Step struct {
	Action    string
	Resource  aws.ARN
	Class     Class
	Policy    string // Attached.Name
	Effect    Effect
	Statement int    // index of the statement that decided, -1 if none matched
	Sid       string // its Sid, if it has one
}

// Decision is the outcome of a Case.
type Decision struct {
	Allowed  bool
	Action   string
	Resource aws.ARN
	Reason   string // why not, as the tail of AWS' message: "because no identity-based policy allows the s3:GetObject action"
	Decided  Step   // the policy that decided
	Trace    []Step // every policy looked at, in order
}

// Decide applies AWS' evaluation logic.
func Decide(c *Case) Decision { return Decision{} }
