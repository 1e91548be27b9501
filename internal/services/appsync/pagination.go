package appsync

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Pagination tokens of resolvers are sealed: they hold a key of a table, and
// what a client sends back becomes part of a request.

var errToken = errors.New("appsync: not a token of ours")

// sealer returns the cipher of the tokens, whose key is in the store.
func (s *Service) sealer() (cipher.AEAD, error) {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	if s.seal != nil {
		return s.seal, nil
	}
	var key []byte
	err := s.DB.Update(func(tx *store.Tx) error {
		var ok bool
		if key, ok = s.seals.Get(tx, aws.Scope{}, "key"); !ok {
			key = s.IDs.Bytes(32)
			s.seals.Put(tx, aws.Scope{}, key, "key")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if s.seal, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	return s.seal, nil
}

// sealToken makes a key the token that continues after it. It is good for one
// place only.
func (s *Service) sealToken(place string, key any) (string, error) {
	seal, err := s.sealer()
	if err != nil {
		return "", err
	}
	plain, err := vtl.AppendJSON(nil, key)
	if err != nil {
		return "", err
	}
	nonce := s.IDs.Bytes(seal.NonceSize())
	return base64.StdEncoding.EncodeToString(seal.Seal(nonce, nonce, plain, []byte(place))), nil
}

// openToken returns the key that a token continues after.
func (s *Service) openToken(place, token string) (any, error) {
	sealed, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return nil, errToken
	}
	seal, err := s.sealer()
	if err != nil {
		return nil, err
	}
	if len(sealed) < seal.NonceSize() {
		return nil, errToken
	}
	plain, err := seal.Open(nil, sealed[:seal.NonceSize()], sealed[seal.NonceSize():], []byte(place))
	if err != nil {
		return nil, errToken
	}
	return vtl.ParseJSON(string(plain))
}
