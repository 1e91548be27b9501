package iam

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
)

// Authorize decides whether the caller may do all of accesses. The decision is
// that on the first access that is denied, or else on the last that took its
// refusal, or else on the last; its trace has the policies that were looked at
// for every one.
func (s *Service) Authorize(_ context.Context, c *aws.Call, accesses []service.Access) (policy.Decision, error) {
	d := policy.Decision{Allowed: true}
	if len(accesses) == 0 {
		return d, nil
	}
	g := &grants{}
	var err error
	if k := c.Principal.Kind; k == aws.User || k == aws.AssumedRole {
		if g, err = s.grantsOf(c.Principal); err != nil {
			return policy.Decision{}, err
		}
	}
	session, err := s.sessionPolicies(c.Principal)
	if err != nil {
		return policy.Decision{}, err
	}
	var trace []policy.Step
	var refused *policy.Decision
	for i := range accesses {
		a := &accesses[i]
		d = policy.Decide(newCase(c, a, g, session))
		if len(accesses) > 1 {
			trace = append(trace, d.Trace...)
			d.Trace = trace
		}
		if d.Allowed {
			continue
		}
		if a.Refused == nil {
			return d, nil
		}
		a.Refused(d.Message(c.Principal, false))
		d.Allowed, d.Reason = true, "but for this, "+d.Reason
		took := d
		refused = &took
	}
	if refused != nil {
		refused.Trace = d.Trace
		return *refused, nil
	}
	return d, nil
}

func newCase(c *aws.Call, a *service.Access, g *grants, session []policy.Attached) *policy.Case {
	action := a.Action
	if action == "" {
		action = c.Service + ":" + c.Operation
	}
	k := &struct {
		keyring
		policy.Case
	}{keyring: keyring{c, a, g}}
	who := c.Principal
	if g.gone { // its name may be another's now, whom resource policies mean
		nameless := *who
		nameless.ARN, nameless.Role = "", ""
		who = &nameless
	}
	k.Case = policy.Case{
		Request:  policy.Request{Principal: who, Action: action, Resource: a.Resource, Keys: k.values},
		Identity: g.identity, Boundary: g.boundary, Session: session,
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner, PolicyDecides: a.PolicyDecides,
		TrustPolicy: a.PolicyDecides && strings.HasPrefix(action, "sts:"),
	}
	return &k.Case
}

// keyring looks up condition keys: those of every request, of the session and
// of the access.
type keyring struct {
	call   *aws.Call
	access *service.Access
	grants *grants
}

// values is a policy.Keys.
func (k *keyring) values(name string) []string {
	if v, global := k.global(name); global {
		if v == "" {
			return nil
		}
		return []string{v}
	}
	if vs := lookup(k.access.Keys, name); vs != nil {
		return vs
	}
	if vs := lookup(k.call.Principal.Keys, name); vs != nil {
		return vs
	}
	if tag, ok := strings.CutPrefix(name, "aws:principaltag/"); ok {
		for _, t := range k.grants.tags {
			if strings.EqualFold(t.Key, tag) {
				return []string{t.Value}
			}
		}
	}
	return nil
}

// lookup finds a lower-case key among keys of any case.
func lookup(keys map[string][]string, name string) []string {
	for k, vs := range keys {
		if len(k) == len(name) && strings.EqualFold(k, name) {
			return vs
		}
	}
	return nil
}

// global returns a key that every request may have; "" is one this request has
// not. global is false for all other keys.
func (k *keyring) global(name string) (value string, global bool) {
	c, p := k.call, k.call.Principal
	session := p.Kind == aws.AssumedRole
	switch name {
	case "aws:currenttime":
		return c.Time.UTC().Format(time.RFC3339), true
	case "aws:epochtime":
		return strconv.FormatInt(c.Time.Unix(), 10), true
	case "aws:sourceip":
		return c.SourceIP, true
	case "aws:securetransport":
		return strconv.FormatBool(c.TLS), true
	case "aws:useragent":
		return c.UserAgent, true
	case "aws:referer":
		return c.Referer, true
	case "aws:requestedregion":
		return string(c.Region), true
	case "aws:resourceaccount":
		if k.access.Owner != "" {
			return string(k.access.Owner), true
		}
		return string(c.Account), true
	case "aws:viaawsservice":
		return strconv.FormatBool(p.Kind == aws.ServicePrincipal), true
	case "aws:multifactorauthpresent":
		return when(session, "false"), true
	case "aws:tokenissuetime":
		return when(!p.Issued.IsZero() && p.Kind != aws.Root, p.Issued.UTC().Format(time.RFC3339)), true
	case "aws:userid":
		return p.ID, true
	case "aws:username":
		return when(p.Kind == aws.User, p.Name), true
	case "aws:principalarn":
		if session {
			return string(p.Role), true
		}
		return string(p.ARN), true
	case "aws:principalaccount":
		return when(p.Kind != aws.ServicePrincipal, string(p.Account)), true
	case "aws:principaltype":
		return principalTypes[p.Kind], true
	case "aws:principalisawsservice":
		return strconv.FormatBool(p.Kind == aws.ServicePrincipal), true
	case "aws:principalservicename":
		return when(p.Kind == aws.ServicePrincipal, p.Name), true
	}
	return "", false
}

var principalTypes = map[aws.PrincipalKind]string{
	aws.Anonymous: "Anonymous", aws.Root: "Account", aws.User: "User", aws.AssumedRole: "AssumedRole", aws.Federated: "FederatedUser",
}

func when(ok bool, value string) string {
	if ok {
		return value
	}
	return ""
}
