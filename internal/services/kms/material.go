package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// material is one version of a key's secret.
type material struct {
	ID       string // what clients see as KeyMaterialId
	Secret   []byte // 32 bytes
	Since    time.Time
	OnDemand bool // made by RotateKeyOnDemand
}

const (
	secretSize = 32
	saltSize   = 16
	nonceSize  = 12
	tagSize    = 16
)

// newMaterial draws a version that is current from since on.
func (s *Service) newMaterial(since time.Time, onDemand bool) material {
	return material{ID: s.IDs.Hex(64), Secret: s.IDs.Bytes(secretSize), Since: since, OnDemand: onDemand}
}

// header is the part of a ciphertext blob that says how to open the rest. The
// blob is
//
//	format version (1 byte)
//	account, region, key id, each a length byte and the text
//	material version (4 bytes, big endian)
//	salt (16 bytes), nonce (12 bytes), sealed text
//
// Everything before the sealed text is authenticated with it.
type header struct {
	aws.Scope
	Key     string
	Version uint32
}

const blobFormat = 1

var errBlob = errors.New("not a ciphertext blob")

func (h header) append(dst []byte) []byte {
	dst = append(dst, blobFormat)
	for _, part := range []string{string(h.Account), string(h.Region), h.Key} {
		dst = append(append(dst, byte(len(part))), part...)
	}
	return binary.BigEndian.AppendUint32(dst, h.Version)
}

// parseBlob splits a blob into its header, salt, nonce and sealed text.
func parseBlob(blob []byte) (h header, salt, nonce, sealed []byte, err error) {
	if len(blob) == 0 || blob[0] != blobFormat {
		return header{}, nil, nil, nil, errBlob
	}
	rest := blob[1:]
	var parts [3]string
	for i := range parts {
		if len(rest) == 0 || len(rest) < 1+int(rest[0]) {
			return header{}, nil, nil, nil, errBlob
		}
		n := 1 + int(rest[0])
		parts[i], rest = string(rest[1:n]), rest[n:]
	}
	if len(rest) < 4+saltSize+nonceSize+tagSize {
		return header{}, nil, nil, nil, errBlob
	}
	h = header{
		Scope:   aws.Scope{Account: aws.AccountID(parts[0]), Region: aws.Region(parts[1])},
		Key:     parts[2],
		Version: binary.BigEndian.Uint32(rest),
	}
	rest = rest[4:]
	return h, rest[:saltSize], rest[saltSize : saltSize+nonceSize], rest[saltSize+nonceSize:], nil
}

// seal encrypts under the newest version of the key's material. The salt gives
// every message a key of its own, so no number of messages wears out a nonce.
func (s *Service) seal(k key, plaintext []byte, context map[string]string) ([]byte, error) {
	h := header{Scope: k.scope, Key: k.ID, Version: uint32(len(k.Materials) - 1)}
	salt, nonce := s.IDs.Bytes(saltSize), s.IDs.Bytes(nonceSize)
	prefix := append(append(h.append(nil), salt...), nonce...)
	gcm, err := messageCipher(k.current().Secret, salt)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(prefix, nonce, plaintext, additionalData(prefix, context)), nil
}

// open decrypts a blob whose header names k.
func open(k key, blob []byte, context map[string]string) ([]byte, material, error) {
	h, salt, nonce, sealed, err := parseBlob(blob)
	if err != nil || int(h.Version) >= len(k.Materials) {
		return nil, material{}, errInvalidCiphertext()
	}
	m := k.Materials[h.Version]
	gcm, err := messageCipher(m.Secret, salt)
	if err != nil {
		return nil, material{}, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, additionalData(blob[:len(blob)-len(sealed)], context))
	if err != nil {
		return nil, material{}, errInvalidCiphertext()
	}
	return plain, m, nil
}

func messageCipher(secret, salt []byte) (cipher.AEAD, error) {
	k, err := hkdf.Key(sha256.New, secret, salt, "niebla kms message", secretSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// additionalData is the blob's prefix and the encryption context in one
// canonical form: pairs in key order, every text with its length before it.
// An absent context is the empty one.
func additionalData(prefix []byte, context map[string]string) []byte {
	aad := slices.Clone(prefix)
	for _, k := range slices.Sorted(maps.Keys(context)) {
		for _, part := range []string{k, context[k]} {
			aad = binary.BigEndian.AppendUint32(aad, uint32(len(part)))
			aad = append(aad, part...)
		}
	}
	return aad
}
