package iam

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// simulatePrincipalPolicy decides what a user, group or role could do, by the
// same evaluation that decides what callers do.
func (s *Service) simulatePrincipalPolicy(_ context.Context, c *aws.Call, in *SimulatePrincipalPolicyInput) (*SimulatePolicyOutput, error) {
	simulated, err := s.simulated(c, in)
	if err != nil {
		return nil, err
	}
	resources := in.ResourceArns
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	out := &SimulatePolicyOutput{EvaluationResults: []EvaluationResult{}}
	for _, action := range in.ActionNames {
		for _, resource := range resources {
			simulated.Action, simulated.Resource = action, aws.ARN(resource)
			out.EvaluationResults = append(out.EvaluationResults, evaluated(simulated))
		}
	}
	return out, nil
}

// simulated is a case without its action and resource.
func (s *Service) simulated(c *aws.Call, in *SimulatePrincipalPolicyInput) (*policy.Case, error) {
	arn := aws.ARN(in.PolicySourceArn)
	parts, ok := arn.Parse()
	r, path, isRef := splitARN(parts.Resource)
	if !ok || !isRef || parts.Account != c.Account {
		return nil, errBadARN()
	}
	g := new(grants)
	who := &aws.Principal{Kind: aws.User, Account: c.Account, ARN: arn, Name: r.name}
	err := s.DB.View(func(tx *store.Tx) error {
		e, err := s.find(tx, parts.Scope, r)
		if err != nil {
			return err
		}
		if e.Path != path {
			return errNoEntity(r)
		}
		who.ID = e.ID
		g, err = s.compile(tx, holder{arn, e.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	identity := append([]policy.Attached(nil), g.identity...)
	for _, document := range in.PolicyInputList {
		p, err := policy.Parse(document, policy.Identity)
		if err != nil {
			return nil, malformed(err)
		}
		identity = append(identity, policy.Attached{Name: "PolicyInputList", Policy: p})
	}
	if n := len(in.PermissionsBoundaryPolicyInputList); n > 0 { // the request's replaces the entity's
		p, err := policy.Parse(in.PermissionsBoundaryPolicyInputList[n-1], policy.Identity)
		if err != nil {
			return nil, malformed(err)
		}
		g.boundary = &policy.Attached{Name: "PermissionsBoundaryPolicyInputList", Policy: p}
	}
	given := make(map[string][]string)
	for _, e := range in.ContextEntries {
		given[e.ContextKeyName] = e.ContextKeyValues
	}
	keys := func(name string) []string { return lookup(given, name) }
	return &policy.Case{Request: policy.Request{Principal: who, Keys: keys}, Identity: identity, Boundary: g.boundary}, nil
}

func evaluated(c *policy.Case) EvaluationResult {
	d := policy.Decide(c)
	r := EvaluationResult{EvalActionName: c.Action, EvalResourceName: string(c.Resource), EvalDecision: "implicitDeny"}
	switch {
	case d.Allowed:
		r.EvalDecision = "allowed"
	case d.Decided.Effect == policy.Deny:
		r.EvalDecision = "explicitDeny"
	}
	for _, step := range d.Trace {
		if step.Effect != policy.NoMatch {
			r.MatchedStatements = append(r.MatchedStatements, Statement{SourcePolicyId: step.Policy, SourcePolicyType: "IAM Policy"})
		}
		if step.Class == policy.PermissionsBoundary {
			r.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{step.Effect == policy.Allow}
		}
	}
	return r
}
