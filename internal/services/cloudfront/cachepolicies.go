package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showCachePolicy(r resource[CachePolicyConfig]) CachePolicy {
	return CachePolicy{Id: r.ID, LastModifiedTime: r.Modified, CachePolicyConfig: r.Config}
}

func (s *Service) createCachePolicy(_ context.Context, c *aws.Call, in *CreateCachePolicyInput) (*CreateCachePolicyOutput, error) {
	r, err := s.cachePolicies.create(c, in.CachePolicyConfig)
	if err != nil {
		return nil, err
	}
	return &CreateCachePolicyOutput{CachePolicy: new(showCachePolicy(r)), ETag: r.ETag, Location: s.cachePolicies.location(r.ID)}, nil
}

func (s *Service) getCachePolicy(_ context.Context, c *aws.Call, in *GetCachePolicyInput) (*GetCachePolicyOutput, error) {
	r, err := s.cachePolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetCachePolicyOutput{CachePolicy: new(showCachePolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) getCachePolicyConfig(_ context.Context, c *aws.Call, in *GetCachePolicyConfigInput) (*GetCachePolicyConfigOutput, error) {
	r, err := s.cachePolicies.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetCachePolicyConfigOutput{CachePolicyConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updateCachePolicy(_ context.Context, c *aws.Call, in *UpdateCachePolicyInput) (*UpdateCachePolicyOutput, error) {
	r, err := s.cachePolicies.replace(c, in.Id, in.IfMatch, in.CachePolicyConfig)
	if err != nil {
		return nil, err
	}
	return &UpdateCachePolicyOutput{CachePolicy: new(showCachePolicy(r)), ETag: r.ETag}, nil
}

func (s *Service) deleteCachePolicy(_ context.Context, c *aws.Call, in *DeleteCachePolicyInput) (*DeleteCachePolicyOutput, error) {
	return &DeleteCachePolicyOutput{}, s.cachePolicies.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listCachePolicies(_ context.Context, c *aws.Call, in *ListCachePoliciesInput) (*ListCachePoliciesOutput, error) {
	p, err := s.cachePolicies.list(c, in.Marker, in.MaxItems, in.Type)
	if err != nil {
		return nil, err
	}
	list := &CachePolicyList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity}
	for _, r := range p.items {
		list.Items = append(list.Items, CachePolicySummary{CachePolicy: showCachePolicy(r), Type: typeOf(r.managed)})
	}
	return &ListCachePoliciesOutput{CachePolicyList: list}, nil
}
