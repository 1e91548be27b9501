package policy

import (
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// naming is how a statement names a principal, weakest first. It matters
// because only a grant to the very caller stands by itself.
type naming int

const (
	notNamed  naming = iota
	byAccount        // the whole account: it may delegate to its identities
	byAnyone         // "*"
	byRole           // the role of the session
	byName           // the user, session, service or identity provider itself
)

// principals is a Principal element.
type principals struct {
	anyone    bool
	accounts  []aws.AccountID
	arns      []string
	ids       []string // AIDA…, AROA…
	services  []string
	federated []string
	canonical []string
}

func (p *principals) name(who *aws.Principal) naming {
	best := notNamed
	if p.anyone {
		best = byAnyone
	}
	if who == nil {
		return best
	}
	switch who.Kind {
	case aws.Anonymous:
		return best
	case aws.ServicePrincipal:
		return p.among(p.services, who.Name, best)
	case aws.Federated:
		return p.among(p.federated, who.Name, best)
	}
	for _, a := range p.accounts {
		if a == who.Account {
			if who.Kind == aws.Root {
				return byName
			}
			best = max(best, byAccount)
		}
	}
	for _, arn := range p.arns {
		switch arn {
		case string(who.ARN):
			return byName
		case string(who.Role):
			best = byRole
		}
	}
	for _, id := range p.ids {
		own, _, session := strings.Cut(who.ID, ":")
		switch {
		case id == who.ID:
			return byName
		case session && id == own:
			best = byRole
		}
	}
	return best
}

// among looks for a name that no ARN has.
func (p *principals) among(names []string, name string, otherwise naming) naming {
	for _, n := range names {
		if n == name || n == "*" {
			return byName
		}
	}
	return otherwise
}

// inverse is NotPrincipal: everyone but those named. An account in the list
// exempts its root user only, as in AWS.
func inverse(n naming) naming {
	if n == notNamed || n == byAccount {
		return byAnyone
	}
	return notNamed
}

// Public reports whether an allowing statement lets anyone in: it names "*",
// and no condition pins down who or where the caller is. Block Public Access
// is decided by it.
func (p *Policy) Public() bool {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect != Allow || s.principals == nil || !s.principals.anyone && !s.notPrincipal {
			continue
		}
		narrowed := false
		for j := range s.conditions {
			narrowed = narrowed || s.conditions[j].narrows()
		}
		if !narrowed {
			return true
		}
	}
	return false
}

// PrincipalARNs lists the users, roles and sessions that the policy names.
func (p *Policy) PrincipalARNs() []aws.ARN {
	var all []aws.ARN
	for i := range p.statements {
		if ps := p.statements[i].principals; ps != nil {
			for _, a := range ps.arns {
				all = append(all, aws.ARN(a))
			}
		}
	}
	return all
}
