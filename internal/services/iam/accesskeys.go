package iam

import (
	"context"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxAccessKeys is how many a user may have, so that they can be rotated.
const maxAccessKeys = 2

const (
	active   = "Active"
	inactive = "Inactive"
)

// accessKey is stored outside any account: it is what tells the account.
type accessKey struct {
	ID      string
	Account aws.AccountID
	User    string
	Secret  string // in the clear: verifying a signature takes it
	Status  string
	Created time.Time
}

func (s *Service) createAccessKey(_ context.Context, c *aws.Call, in *CreateAccessKeyInput) (*CreateAccessKeyOutput, error) {
	r, err := caller(c, in.ref())
	if err != nil {
		return nil, err
	}
	k := accessKey{
		ID: "AKIA" + s.IDs.Base32(16), Account: c.Account, User: r.name, Status: active, Created: c.Time.UTC().Truncate(time.Second),
		Secret: s.IDs.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40),
	}
	err = s.update(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, r)
		if err != nil {
			return err
		}
		if len(e.AccessKeys) >= maxAccessKeys {
			return errQuota("AccessKeysPerUser", maxAccessKeys)
		}
		e.AccessKeys = append(e.AccessKeys, k.ID)
		s.put(tx, c.Scope, e)
		s.keys.Put(tx, aws.Scope{}, k, k.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateAccessKeyOutput{AccessKey{AccessKeyId: k.ID, CreateDate: k.Created, SecretAccessKey: k.Secret, Status: k.Status, UserName: k.User}}, nil
}

func (s *Service) listAccessKeys(_ context.Context, c *aws.Call, in *ListAccessKeysInput) (*ListAccessKeysOutput, error) {
	r, err := caller(c, in.ref())
	if err != nil {
		return nil, err
	}
	out := &ListAccessKeysOutput{AccessKeyMetadata: []AccessKeyMetadata{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		e, err := s.find(tx, c.Scope, r)
		if err != nil {
			return err
		}
		ids, p, err := paginate(in.page, slices.Sorted(slices.Values(e.AccessKeys)), func(id string) string { return id })
		out.paged = p
		for _, id := range ids {
			k, _ := s.keys.Get(tx, aws.Scope{}, id)
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, AccessKeyMetadata{id, k.Created, k.Status, k.User})
		}
		return err
	})
}

// ownKey finds a user and one of its keys.
func (s *Service) ownKey(tx *store.Tx, c *aws.Call, r ref, id string) (*entity, accessKey, error) {
	r, err := caller(c, r)
	if err != nil {
		return nil, accessKey{}, err
	}
	e, err := s.find(tx, c.Scope, r)
	if err != nil {
		return nil, accessKey{}, err
	}
	if !slices.Contains(e.AccessKeys, id) {
		return nil, accessKey{}, errNoAccessKey(id)
	}
	k, _ := s.keys.Get(tx, aws.Scope{}, id)
	return e, k, nil
}

func (s *Service) updateAccessKey(_ context.Context, c *aws.Call, in *UpdateAccessKeyInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		_, k, err := s.ownKey(tx, c, in.ref(), in.AccessKeyId)
		if err != nil {
			return err
		}
		k.Status = in.Status
		s.keys.Put(tx, aws.Scope{}, k, k.ID)
		return nil
	})
}

func (s *Service) deleteAccessKey(_ context.Context, c *aws.Call, in *DeleteAccessKeyInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		e, k, err := s.ownKey(tx, c, in.ref(), in.AccessKeyId)
		if err != nil {
			return err
		}
		e.AccessKeys = slices.DeleteFunc(e.AccessKeys, func(id string) bool { return id == k.ID })
		s.put(tx, c.Scope, e)
		s.keys.Delete(tx, aws.Scope{}, k.ID)
		return nil
	})
}
