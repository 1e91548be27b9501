package logs

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// resourcePolicy lets services write to groups of the account.
type resourcePolicy struct {
	Name, Document string
	Updated        int64
}

func (p *resourcePolicy) describe() ResourcePolicy {
	return ResourcePolicy{LastUpdatedTime: p.Updated, PolicyDocument: p.Document, PolicyName: p.Name}
}

const maxPolicies = 10

func (s *Service) putResourcePolicy(_ context.Context, c *aws.Call, in *PutResourcePolicyInput) (*PutResourcePolicyOutput, error) {
	if in.PolicyName == "" || in.PolicyDocument == "" {
		return nil, errParameter("policyName and policyDocument are required.")
	}
	if _, err := policy.Parse(in.PolicyDocument, policy.Resource); err != nil {
		if syntax, ok := errors.AsType[*policy.SyntaxError](err); ok {
			return nil, errParameter("Invalid policy document: %s", syntax.Reason)
		}
		return nil, err
	}
	p := resourcePolicy{Name: in.PolicyName, Document: in.PolicyDocument, Updated: millis(c.Time)}
	d := p.describe()
	return &PutResourcePolicyOutput{ResourcePolicy: &d}, s.DB.Update(func(tx *store.Tx) error {
		n := 0
		for range s.policies.All(tx, c.Scope) {
			n++
		}
		if _, exists := s.policies.Get(tx, c.Scope, p.Name); !exists && n >= maxPolicies {
			return errLimit()
		}
		s.policies.Put(tx, c.Scope, p, p.Name)
		return nil
	})
}

func (s *Service) describeResourcePolicies(_ context.Context, c *aws.Call, in *DescribeResourcePoliciesInput) (*DescribeResourcePoliciesOutput, error) {
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := orElse(in.Limit, 50)
	out := &DescribeResourcePoliciesOutput{ResourcePolicies: []ResourcePolicy{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, p := range s.policies.All(tx, c.Scope) {
			if p.Name <= after {
				continue
			}
			if len(out.ResourcePolicies) == limit {
				out.NextToken = encodeToken(out.ResourcePolicies[limit-1].PolicyName)
				break
			}
			out.ResourcePolicies = append(out.ResourcePolicies, p.describe())
		}
		return nil
	})
}

func (s *Service) deleteResourcePolicy(_ context.Context, c *aws.Call, in *DeleteResourcePolicyInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, ok := s.policies.Get(tx, c.Scope, in.PolicyName); !ok {
			return errNoPolicy(in.PolicyName)
		}
		s.policies.Delete(tx, c.Scope, in.PolicyName)
		return nil
	})
}
