package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showKeyGroup(r resource[KeyGroupConfig]) KeyGroup {
	return KeyGroup{Id: r.ID, LastModifiedTime: r.Modified, KeyGroupConfig: r.Config}
}

func (s *Service) createKeyGroup(_ context.Context, c *aws.Call, in *CreateKeyGroupInput) (*CreateKeyGroupOutput, error) {
	r, err := s.keyGroups.create(c, in.KeyGroupConfig)
	if err != nil {
		return nil, err
	}
	return &CreateKeyGroupOutput{KeyGroup: new(showKeyGroup(r)), ETag: r.ETag, Location: s.keyGroups.location(r.ID)}, nil
}

func (s *Service) getKeyGroup(_ context.Context, c *aws.Call, in *GetKeyGroupInput) (*GetKeyGroupOutput, error) {
	r, err := s.keyGroups.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetKeyGroupOutput{KeyGroup: new(showKeyGroup(r)), ETag: r.ETag}, nil
}

func (s *Service) getKeyGroupConfig(_ context.Context, c *aws.Call, in *GetKeyGroupConfigInput) (*GetKeyGroupConfigOutput, error) {
	r, err := s.keyGroups.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetKeyGroupConfigOutput{KeyGroupConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updateKeyGroup(_ context.Context, c *aws.Call, in *UpdateKeyGroupInput) (*UpdateKeyGroupOutput, error) {
	r, err := s.keyGroups.replace(c, in.Id, in.IfMatch, in.KeyGroupConfig)
	if err != nil {
		return nil, err
	}
	return &UpdateKeyGroupOutput{KeyGroup: new(showKeyGroup(r)), ETag: r.ETag}, nil
}

func (s *Service) deleteKeyGroup(_ context.Context, c *aws.Call, in *DeleteKeyGroupInput) (*DeleteKeyGroupOutput, error) {
	return &DeleteKeyGroupOutput{}, s.keyGroups.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listKeyGroups(_ context.Context, c *aws.Call, in *ListKeyGroupsInput) (*ListKeyGroupsOutput, error) {
	p, err := s.keyGroups.list(c, in.Marker, in.MaxItems, "")
	if err != nil {
		return nil, err
	}
	list := &KeyGroupList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity}
	for _, r := range p.items {
		list.Items = append(list.Items, KeyGroupSummary{KeyGroup: showKeyGroup(r)})
	}
	return &ListKeyGroupsOutput{KeyGroupList: list}, nil
}
