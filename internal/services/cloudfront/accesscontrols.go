package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showOriginAccessControl(r resource[OriginAccessControlConfig]) OriginAccessControl {
	return OriginAccessControl{Id: r.ID, OriginAccessControlConfig: &r.Config}
}

func (s *Service) createOriginAccessControl(_ context.Context, c *aws.Call, in *CreateOriginAccessControlInput) (*CreateOriginAccessControlOutput, error) {
	r, err := s.accessControls.create(c, in.OriginAccessControlConfig)
	if err != nil {
		return nil, err
	}
	return &CreateOriginAccessControlOutput{OriginAccessControl: new(showOriginAccessControl(r)), ETag: r.ETag, Location: s.accessControls.location(r.ID)}, nil
}

func (s *Service) getOriginAccessControl(_ context.Context, c *aws.Call, in *GetOriginAccessControlInput) (*GetOriginAccessControlOutput, error) {
	r, err := s.accessControls.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetOriginAccessControlOutput{OriginAccessControl: new(showOriginAccessControl(r)), ETag: r.ETag}, nil
}

func (s *Service) getOriginAccessControlConfig(_ context.Context, c *aws.Call, in *GetOriginAccessControlConfigInput) (*GetOriginAccessControlConfigOutput, error) {
	r, err := s.accessControls.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetOriginAccessControlConfigOutput{OriginAccessControlConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updateOriginAccessControl(_ context.Context, c *aws.Call, in *UpdateOriginAccessControlInput) (*UpdateOriginAccessControlOutput, error) {
	r, err := s.accessControls.replace(c, in.Id, in.IfMatch, in.OriginAccessControlConfig)
	if err != nil {
		return nil, err
	}
	return &UpdateOriginAccessControlOutput{OriginAccessControl: new(showOriginAccessControl(r)), ETag: r.ETag}, nil
}

func (s *Service) deleteOriginAccessControl(_ context.Context, c *aws.Call, in *DeleteOriginAccessControlInput) (*DeleteOriginAccessControlOutput, error) {
	return &DeleteOriginAccessControlOutput{}, s.accessControls.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listOriginAccessControls(_ context.Context, c *aws.Call, in *ListOriginAccessControlsInput) (*ListOriginAccessControlsOutput, error) {
	p, err := s.accessControls.list(c, in.Marker, in.MaxItems, "")
	if err != nil {
		return nil, err
	}
	list := &OriginAccessControlList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity, Marker: p.marker, IsTruncated: p.next != ""}
	for _, r := range p.items {
		list.Items = append(list.Items, OriginAccessControlSummary{Id: r.ID, Name: r.Config.Name, Description: r.Config.Description, OriginAccessControlOriginType: r.Config.OriginAccessControlOriginType, SigningBehavior: r.Config.SigningBehavior, SigningProtocol: r.Config.SigningProtocol})
	}
	return &ListOriginAccessControlsOutput{OriginAccessControlList: list}, nil
}
