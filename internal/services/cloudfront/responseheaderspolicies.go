package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showResponseHeadersPolicy(r resource[ResponseHeadersPolicyConfig]) ResponseHeadersPolicy {
	return ResponseHeadersPolicy{Id: r.ID, LastModifiedTime: r.Modified, ResponseHeadersPolicyConfig: r.Config}
}

func (s *Service) createResponseHeadersPolicy(_ context.Context, c *aws.Call, in *CreateResponseHeadersPolicyInput) (*CreateResponseHeadersPolicyOutput, error) {
	r, err := s.responseHeadersPolicies.create(c, in.ResponseHeadersPolicyConfig)
	if err != nil {
		return nil, err
	}
	return &CreateResponseHeadersPolicyOutput{ResponseHeadersPolicy: new(showResponseHeadersPolicy(r)), ETag: r.ETag, Location: s.responseHeadersPolicies.location(r.ID)}, nil
}

func (s *Service) getResponseHeadersPolicy(_ context.Context, c *aws.Call, in *GetResponseHeadersPolicyInput) (*GetResponseHeadersPolicyOutput, error) {
	r, err := s.responseHeadersPolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetResponseHeadersPolicyOutput{ResponseHeadersPolicy: new(showResponseHeadersPolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) getResponseHeadersPolicyConfig(_ context.Context, c *aws.Call, in *GetResponseHeadersPolicyConfigInput) (*GetResponseHeadersPolicyConfigOutput, error) {
	r, err := s.responseHeadersPolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetResponseHeadersPolicyConfigOutput{ResponseHeadersPolicyConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updateResponseHeadersPolicy(_ context.Context, c *aws.Call, in *UpdateResponseHeadersPolicyInput) (*UpdateResponseHeadersPolicyOutput, error) {
	r, err := s.responseHeadersPolicies.replace(c, in.Id, in.IfMatch, in.ResponseHeadersPolicyConfig)
	if err != nil {
		return nil, err
	}
	return &UpdateResponseHeadersPolicyOutput{ResponseHeadersPolicy: new(showResponseHeadersPolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) deleteResponseHeadersPolicy(_ context.Context, c *aws.Call, in *DeleteResponseHeadersPolicyInput) (*DeleteResponseHeadersPolicyOutput, error) {
	return &DeleteResponseHeadersPolicyOutput{}, s.responseHeadersPolicies.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listResponseHeadersPolicies(_ context.Context, c *aws.Call, in *ListResponseHeadersPoliciesInput) (*ListResponseHeadersPoliciesOutput, error) {
	p, err := s.responseHeadersPolicies.list(c, in.Marker, in.MaxItems, in.Type)
	if err != nil {
		return nil, err
	}
	list := &ResponseHeadersPolicyList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity}
	for _, r := range p.items {
		list.Items = append(list.Items, ResponseHeadersPolicySummary{ResponseHeadersPolicy: showResponseHeadersPolicy(r), Type: typeOf(r.managed)})
	}
	return &ListResponseHeadersPoliciesOutput{ResponseHeadersPolicyList: list}, nil
}
