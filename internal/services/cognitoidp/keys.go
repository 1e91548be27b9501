package cognitoidp

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"

	"github.com/go-jose/go-jose/v4"

	"github.com/niebla-cloud/niebla/internal/store"
)

// What a token is for; a pool signs each with a key of its own.
const (
	useID     = "id"
	useAccess = "access"
)

const keyBits = 2048

// keyPair is one of a pool's signing keys, as stored.
type keyPair struct {
	ID  string
	Key []byte // PKCS #8
}

// keysOf returns a pool's key pairs by use, as far as they were made.
func (s *Service) keysOf(p *pool) (pairs map[string]keyPair, err error) {
	pairs = map[string]keyPair{}
	err = s.DB.View(func(tx *store.Tx) error {
		for k, pair := range s.keys.All(tx, p.scope, p.ID) {
			pairs[k[1]] = pair
		}
		return nil
	})
	return pairs, err
}

// ensureKeys is keysOf after making what is missing: the first use makes them,
// since it takes a noticeable fraction of a second, which creating a pool need
// not pay.
func (s *Service) ensureKeys(p *pool) (map[string]keyPair, error) {
	s.signing.Lock()
	defer s.signing.Unlock()
	pairs, err := s.keysOf(p)
	if err != nil || len(pairs) == 2 {
		return pairs, err
	}
	for _, use := range []string{useID, useAccess} {
		if pairs[use], err = s.makeKey(); err != nil {
			return nil, err
		}
	}
	return pairs, s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.get(tx, p.scope, p.ID); err != nil {
			return err // deleted meanwhile: its keys must not outlive it
		}
		for use, pair := range pairs {
			s.keys.Put(tx, p.scope, pair, p.ID, use)
		}
		return nil
	})
}

func (s *Service) makeKey() (keyPair, error) {
	key, err := rsa.GenerateKey(s.IDs, keyBits)
	if err != nil {
		return keyPair{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return keyPair{ID: base64.StdEncoding.EncodeToString(s.IDs.Bytes(32)), Key: der}, err
}

// private is the key itself.
func (s *Service) private(pair keyPair) (*rsa.PrivateKey, error) {
	if key, ok := s.parsed.Load(pair.ID); ok {
		return key.(*rsa.PrivateKey), nil
	}
	key, err := x509.ParsePKCS8PrivateKey(pair.Key)
	if err != nil {
		return nil, err
	}
	s.parsed.Store(pair.ID, key)
	return key.(*rsa.PrivateKey), nil
}

// publicKeys is the key set that a pool publishes.
func (s *Service) publicKeys(p *pool) (set jose.JSONWebKeySet, err error) {
	pairs, err := s.ensureKeys(p)
	if err != nil {
		return set, err
	}
	for _, use := range []string{useID, useAccess} {
		key, err := s.private(pairs[use])
		if err != nil {
			return set, err
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: &key.PublicKey, KeyID: pairs[use].ID, Algorithm: string(jose.RS256), Use: "sig"})
	}
	return set, nil
}

// signer signs a pool's tokens of one use.
func (s *Service) signer(p *pool, use string) (jose.Signer, error) {
	pairs, err := s.ensureKeys(p)
	if err != nil {
		return nil, err
	}
	key, err := s.private(pairs[use])
	if err != nil {
		return nil, err
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: pairs[use].ID}}, nil)
}
