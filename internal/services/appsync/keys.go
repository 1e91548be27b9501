package appsync

import (
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	maxKeys      = 50
	day          = 24 * time.Hour
	keyLife      = 7 * day
	keyRemembers = 60 * day // how long an expired key can still be extended
)

// keyRecord is an API key as stored. The key is its own id.
type keyRecord struct {
	ID          string
	Description string
	Expires     int64 // Unix seconds, of a full hour
}

func (k *keyRecord) deletes() int64 { return k.Expires + int64(keyRemembers/time.Second) }

func (k *keyRecord) describe() *ApiKey {
	return &ApiKey{Id: k.ID, Description: k.Description, Expires: k.Expires, Deletes: k.deletes()}
}

// expiry is when a key ends that shall end then: at the full hour before.
func expiry(now time.Time, asked *int64) (int64, error) {
	if asked == nil {
		return now.Add(keyLife).Truncate(time.Hour).Unix(), nil
	}
	at := time.Unix(*asked, 0).Truncate(time.Hour)
	// A year from now is allowed, although some of now's hour is over.
	if at.Before(now.Add(day).Truncate(time.Hour)) || at.After(now.Add(365*day)) {
		return 0, errKeyValidity()
	}
	return at.Unix(), nil
}

func (s *Service) createAPIKey(_ context.Context, c *aws.Call, in *CreateApiKeyInput) (*ApiKeyOutput, error) {
	expires, err := expiry(c.Time, in.Expires)
	if err != nil {
		return nil, err
	}
	k := keyRecord{ID: "da2-" + s.IDs.Lower(26), Description: in.Description, Expires: expires}
	return &ApiKeyOutput{ApiKey: k.describe()}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		count := 0
		for _, other := range s.keys.All(tx, a.scope, a.ID) {
			if other.deletes() <= c.Time.Unix() {
				s.keys.Delete(tx, a.scope, a.ID, other.ID)
				continue
			}
			count++
		}
		if count >= maxKeys {
			return errKeyLimit()
		}
		s.keys.Put(tx, a.scope, k, a.ID, k.ID)
		return nil
	})
}

// key returns a key that has not been forgotten.
func (s *Service) key(tx *store.Tx, c *aws.Call, a *apiRecord, id string) (keyRecord, error) {
	k, ok := s.keys.Get(tx, a.scope, a.ID, id)
	if !ok || k.deletes() <= c.Time.Unix() {
		return k, errNotFound("API key not found.")
	}
	return k, nil
}

func (s *Service) updateAPIKey(_ context.Context, c *aws.Call, in *UpdateApiKeyInput) (*ApiKeyOutput, error) {
	out := &ApiKeyOutput{}
	return out, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		k, err := s.key(tx, c, a, in.Id)
		if err != nil {
			return err
		}
		if in.Description != "" {
			k.Description = in.Description
		}
		if in.Expires != nil {
			if k.Expires, err = expiry(c.Time, in.Expires); err != nil {
				return err
			}
		}
		s.keys.Put(tx, a.scope, k, a.ID, k.ID)
		out.ApiKey = k.describe()
		return nil
	})
}

func (s *Service) deleteAPIKey(_ context.Context, c *aws.Call, in *DeleteApiKeyInput) (*service.Empty, error) {
	return &service.Empty{}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		k, err := s.key(tx, c, a, in.Id)
		if err != nil {
			return err
		}
		s.keys.Delete(tx, a.scope, a.ID, k.ID)
		return nil
	})
}

func (s *Service) listAPIKeys(_ context.Context, c *aws.Call, in *ListApiKeysInput) (*ListApiKeysOutput, error) {
	out := &ListApiKeysOutput{ApiKeys: []ApiKey{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		list, next, err := page(tx, s.keys, c.Scope, in.Paged, []string{in.ApiId}, func(k keyRecord) bool { return k.deletes() > c.Time.Unix() })
		for _, k := range list {
			out.ApiKeys = append(out.ApiKeys, *k.describe())
		}
		out.NextToken = next
		return err
	})
}
