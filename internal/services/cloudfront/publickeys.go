package cloudfront

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func showPublicKey(r resource[PublicKeyConfig]) PublicKey {
	return PublicKey{Id: r.ID, CreatedTime: r.Created, PublicKeyConfig: r.Config}
}

func (s *Service) createPublicKey(_ context.Context, c *aws.Call, in *CreatePublicKeyInput) (*CreatePublicKeyOutput, error) {
	r, err := s.publicKeys.create(c, in.PublicKeyConfig)
	if err != nil {
		return nil, err
	}
	return &CreatePublicKeyOutput{PublicKey: new(showPublicKey(r)), ETag: r.ETag, Location: s.publicKeys.location(r.ID)}, nil
}

func (s *Service) getPublicKey(_ context.Context, c *aws.Call, in *GetPublicKeyInput) (*GetPublicKeyOutput, error) {
	r, err := s.publicKeys.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetPublicKeyOutput{PublicKey: new(showPublicKey(r)), ETag: r.ETag}, nil
}

func (s *Service) getPublicKeyConfig(_ context.Context, c *aws.Call, in *GetPublicKeyConfigInput) (*GetPublicKeyConfigOutput, error) {
	r, err := s.publicKeys.get(c, in.Id)
	if err != nil {
		return nil, err
	}
	return &GetPublicKeyConfigOutput{PublicKeyConfig: &r.Config, ETag: r.ETag}, nil
}

func (s *Service) updatePublicKey(_ context.Context, c *aws.Call, in *UpdatePublicKeyInput) (*UpdatePublicKeyOutput, error) {
	r, err := s.publicKeys.replace(c, in.Id, in.IfMatch, in.PublicKeyConfig)
	if err != nil {
		return nil, err
	}
	return &UpdatePublicKeyOutput{PublicKey: new(showPublicKey(r)), ETag: r.ETag}, nil
}

func (s *Service) deletePublicKey(_ context.Context, c *aws.Call, in *DeletePublicKeyInput) (*DeletePublicKeyOutput, error) {
	return &DeletePublicKeyOutput{}, s.publicKeys.remove(c, in.Id, in.IfMatch)
}

func (s *Service) listPublicKeys(_ context.Context, c *aws.Call, in *ListPublicKeysInput) (*ListPublicKeysOutput, error) {
	p, err := s.publicKeys.list(c, in.Marker, in.MaxItems, "")
	if err != nil {
		return nil, err
	}
	list := &PublicKeyList{MaxItems: p.max, NextMarker: p.next, Quantity: p.quantity}
	for _, r := range p.items {
		list.Items = append(list.Items, PublicKeySummary{Id: r.ID, Name: r.Config.Name, Comment: r.Config.Comment, CreatedTime: r.Created, EncodedKey: r.Config.EncodedKey})
	}
	return &ListPublicKeysOutput{PublicKeyList: list}, nil
}
