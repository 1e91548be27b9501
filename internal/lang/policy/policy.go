package policy

import (
	"strings"

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
type Policy struct {
	version    string
	statements []statement
}

// The versions of the language. Only the newer one has variables.
const (
	versionOld = "2008-10-17"
	versionNew = "2012-10-17"
)

// Version is the version of the language that the document is written in; an
// absent one means the older.
func (p *Policy) Version() string { return p.version }

// Resources lists the Resource and NotResource elements as they are written.
func (p *Policy) Resources() []string {
	var all []string
	for i := range p.statements {
		for _, r := range p.statements[i].resources {
			all = append(all, r.source)
		}
	}
	return all
}

// Effect is what a policy, or all of them, say of a request.
type Effect int

// The effects.
const (
	NoMatch Effect = iota
	Allow
	Deny
)

func (e Effect) String() string { return [...]string{"no match", "allow", "deny"}[e] }

// Keys looks up a condition key by its lower-case name. No values is a key
// that is absent.
type Keys func(name string) []string

// Request is what is asked of a policy.
type Request struct {
	Principal *aws.Principal
	Action    string
	Resource  aws.ARN
	Keys      Keys // nil when there are none
}

func (r *Request) values(key string) []string {
	if r.Keys == nil {
		return nil
	}
	return r.Keys(key)
}

type statement struct {
	sid    string
	effect Effect

	principals   *principals // nil in identity policies
	notPrincipal bool
	actions      []pattern // lower case
	notAction    bool
	resources    []pattern // none in trust policies
	notResource  bool
	conditions   []condition
}

// Match is what one policy says of a request.
type Match struct {
	Effect    Effect
	Statement int    // index of the statement that decided, -1 if none matched
	Sid       string // its Sid, if it has one

	as naming // how an allowing statement named the principal
}

// Evaluate asks one document. An explicit deny wins over every allow.
func (p *Policy) Evaluate(r *Request) Match { return p.evaluate(r, strings.ToLower(r.Action)) }

func (p *Policy) evaluate(r *Request, action string) Match {
	m := Match{Statement: -1}
	for i := range p.statements {
		s := &p.statements[i]
		if m.Effect == Allow && s.effect == Allow && (s.principals == nil || m.as == byName) {
			continue // it could say nothing new
		}
		as := s.match(r, action)
		if as == notNamed || m.Effect == Allow && s.effect == Allow && as <= m.as {
			continue
		}
		m = Match{s.effect, i, s.sid, as}
		if s.effect == Deny {
			break
		}
	}
	return m
}

// match says whether the statement applies, and how it names the principal. In
// an identity policy, which names nobody, the principal is its holder.
func (s *statement) match(r *Request, action string) naming {
	as := byName
	if s.principals != nil {
		as = s.principals.name(r.Principal)
		if s.notPrincipal {
			as = inverse(as)
		}
		if as == notNamed {
			return notNamed
		}
	}
	if !matchAny(s.actions, action, r, s.notAction) {
		return notNamed
	}
	if len(s.resources) > 0 && !matchAny(s.resources, string(r.Resource), r, s.notResource) {
		return notNamed
	}
	for i := range s.conditions {
		if !s.conditions[i].holds(r) {
			return notNamed
		}
	}
	return as
}

// matchAny reports whether one of the patterns, or with not none of them,
// matches. A variable without a value makes the answer no in both cases.
func matchAny(ps []pattern, text string, r *Request, not bool) bool {
	for i := range ps {
		matched, ok := ps[i].match(text, r)
		if !ok && not {
			return false
		}
		if matched {
			return !not
		}
	}
	return not
}
