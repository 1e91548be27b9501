package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showOriginRequestPolicy(r resource[OriginRequestPolicyConfig]) OriginRequestPolicy {
	return OriginRequestPolicy{Id: r.ID, LastModifiedTime: r.Modified, OriginRequestPolicyConfig: r.Config}
}

func (s *Service) createOriginRequestPolicy(_ context.Context, c *aws.Call, in *CreateOriginRequestPolicyInput) (*CreateOriginRequestPolicyOutput, error) {
	r, err := s.originRequestPolicies.create(c, in.OriginRequestPolicyConfig)
	if err != nil {
		return nil, err
	}
	return &CreateOriginRequestPolicyOutput{OriginRequestPolicy: new(showOriginRequestPolicy(r)), ETag: r.ETag, Location: s.originRequestPolicies.location(r.ID)}, nil
}

func (s *Service) getOriginRequestPolicy(_ context.Context, c *aws.Call, in *GetOriginRequestPolicyInput) (*GetOriginRequestPolicyOutput, error) {
	r, err := s.originRequestPolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetOriginRequestPolicyOutput{OriginRequestPolicy: new(showOriginRequestPolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) getOriginRequestPolicyConfig(_ context.Context, c *aws.Call, in *GetOriginRequestPolicyConfigInput) (*GetOriginRequestPolicyConfigOutput, error) {
	r, err := s.originRequestPolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetOriginRequestPolicyConfigOutput{OriginRequestPolicyConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updateOriginRequestPolicy(_ context.Context, c *aws.Call, in *UpdateOriginRequestPolicyInput) (*UpdateOriginRequestPolicyOutput, error) {
	r, err := s.originRequestPolicies.replace(c, in.Id, in.IfMatch, in.OriginRequestPolicyConfig)
	if err != nil {
		return nil, err
	}
	return &UpdateOriginRequestPolicyOutput{OriginRequestPolicy: new(showOriginRequestPolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) deleteOriginRequestPolicy(_ context.Context, c *aws.Call, in *DeleteOriginRequestPolicyInput) (*DeleteOriginRequestPolicyOutput, error) {
	return &DeleteOriginRequestPolicyOutput{}, s.originRequestPolicies.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listOriginRequestPolicies(_ context.Context, c *aws.Call, in *ListOriginRequestPoliciesInput) (*ListOriginRequestPoliciesOutput, error) {
	p, err := s.originRequestPolicies.list(c, in.Marker, in.MaxItems, in.Type)
	if err != nil {
		return nil, err
	}
	list := &OriginRequestPolicyList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity}
	for _, r := range p.items {
		list.Items = append(list.Items, OriginRequestPolicySummary{OriginRequestPolicy: showOriginRequestPolicy(r), Type: typeOf(r.managed)})
	}
	return &ListOriginRequestPoliciesOutput{OriginRequestPolicyList: list}, nil
}
