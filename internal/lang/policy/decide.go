package policy

import (
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Class is the role a policy plays in a decision.
type Class int

// The classes.
const (
	IdentityBased Class = iota
	ResourceBased
	PermissionsBoundary
	SessionPolicy
	TrustPolicy
)

func (c Class) String() string {
	return [...]string{"identity-based policy", "resource-based policy", "permissions boundary", "session policy", "role trust policy"}[c]
}

// Attached is a policy and where it came from.
type Attached struct {
	Name   string // "arn:aws:iam::aws:policy/AdministratorAccess", "inline policy dev-read of user saul"
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
	Root     bool // allowed because the account's root asked; no policy was looked at
	Action   string
	Resource aws.ARN
	Reason   string // why not, as the tail of AWS' message: "because no identity-based policy allows the s3:GetObject action"
	Decided  Step   // the policy that decided; zero when the lack of an allow did
	Trace    []Step // every policy looked at, in order
}

// Message is the text of a denial. S3 quotes the resource.
func (d *Decision) Message(who *aws.Principal, quoted bool) string {
	arn := string(who.ARN)
	if who.Kind == aws.Anonymous {
		arn = "anonymous"
	}
	resource := string(d.Resource)
	if quoted {
		resource = `"` + resource + `"`
	}
	text := "User: " + arn + " is not authorized to perform: " + d.Action + " on resource: " + resource
	if d.Reason != "" {
		text += " " + d.Reason
	}
	return text
}

// Decide applies AWS' evaluation logic: a deny anywhere denies; a resource
// policy that names the very caller allows; otherwise the identity policies, or
// the resource policy more widely, must allow, and the permissions boundary and
// every session policy as well. Across accounts identity and resource policy
// must both allow.
func Decide(c *Case) Decision {
	e := evaluation{c: c, action: strings.ToLower(c.Action)}
	e.d = Decision{Action: c.Action, Resource: c.Resource}
	foreign := c.Owner != "" && c.Owner != c.Principal.Account
	if c.Principal.Kind == aws.Root && !foreign && !c.PolicyDecides && c.ResourcePolicy == nil {
		e.d.Allowed, e.d.Root = true, true
		return e.d
	}
	e.look()
	switch {
	case e.denied != nil:
		e.d.Decided = *e.denied
		e.d.Reason = "with an explicit deny in " + withArticle(e.denied.Class)
	case c.Principal.Kind == aws.User || c.Principal.Kind == aws.AssumedRole:
		e.decide(foreign)
	case c.Principal.Kind == aws.Root:
		e.decideRoot(foreign)
	default: // has no identity policies: the resource must let it in
		e.allowIf(e.resource.Effect == Allow, e.resourceStep, ResourceBased)
	}
	return e.d
}

// evaluation is a decision being made.
type evaluation struct {
	c      *Case
	action string
	d      Decision

	resource     Match // what the resource policy says
	resourceStep *Step
	identity     *Step // an allowing one
	boundary     *Step
	session      bool // every session policy allows
	sessionStep  *Step
	denied       *Step // the first deny
}

// look asks every policy, so that the trace is whole and no deny is missed.
func (e *evaluation) look() {
	c := e.c
	e.d.Trace = make([]Step, 0, len(c.Identity)+len(c.Session)+2)
	for i := range c.Identity {
		if s, m := e.ask(IdentityBased, &c.Identity[i]); m.Effect == Allow && e.identity == nil {
			e.identity = s
		}
	}
	if c.ResourcePolicy != nil {
		class := ResourceBased
		if c.TrustPolicy {
			class = TrustPolicy
		}
		e.resourceStep, e.resource = e.ask(class, &Attached{class.String(), c.ResourcePolicy})
	}
	if c.Boundary != nil {
		if s, m := e.ask(PermissionsBoundary, c.Boundary); m.Effect == Allow {
			e.boundary = s
		}
	}
	e.session = true
	for i := range c.Session {
		s, m := e.ask(SessionPolicy, &c.Session[i])
		e.sessionStep = s
		e.session = e.session && m.Effect == Allow
	}
}

func (e *evaluation) ask(class Class, a *Attached) (*Step, Match) {
	m := a.Policy.evaluate(&e.c.Request, e.action)
	e.d.Trace = append(e.d.Trace, Step{e.c.Action, e.c.Resource, class, a.Name, m.Effect, m.Statement, m.Sid})
	s := &e.d.Trace[len(e.d.Trace)-1]
	if m.Effect == Deny && e.denied == nil {
		e.denied = s
	}
	return s, m
}

// decide is for identities: users and role sessions.
func (e *evaluation) decide(foreign bool) {
	as := notNamed
	if e.resource.Effect == Allow {
		as = e.resource.as
	}
	switch {
	case as == byName && !foreign:
		e.allowIf(true, e.resourceStep, ResourceBased)
		return
	case e.c.PolicyDecides && as == notNamed, foreign && as == notNamed && e.identity != nil:
		e.allowIf(false, nil, ResourceBased)
		return
	}
	granted := e.identity
	if granted == nil && !foreign && as >= byAnyone {
		granted = e.resourceStep
	}
	switch {
	case granted == nil:
		e.allowIf(false, nil, IdentityBased)
	case e.c.Boundary != nil && e.boundary == nil:
		e.allowIf(false, nil, PermissionsBoundary)
	case !e.session:
		e.allowIf(false, nil, SessionPolicy)
	default:
		e.allowIf(true, granted, IdentityBased)
	}
}

// decideRoot is for an account's root, whose identity may do everything: only
// what the resource policy alone decides can be closed to it.
func (e *evaluation) decideRoot(foreign bool) {
	if (foreign || e.c.PolicyDecides) && e.resource.Effect != Allow {
		e.allowIf(false, nil, ResourceBased)
		return
	}
	e.d.Root = e.resource.Effect != Allow
	e.d.Allowed = true
	if !e.d.Root {
		e.d.Decided = *e.resourceStep
	}
}

// allowIf ends a decision: by a step, or for want of an allow in a class.
func (e *evaluation) allowIf(ok bool, by *Step, want Class) {
	e.d.Allowed = ok
	if by != nil {
		e.d.Decided = *by
	}
	if ok || e.c.TrustPolicy { // sts says no more than that it is refused
		return
	}
	noun := want.String()
	e.d.Reason = "because no " + noun + " allows the " + e.c.Action + " action"
}

func withArticle(c Class) string {
	if c == IdentityBased {
		return "an " + c.String()
	}
	return "a " + c.String()
}
