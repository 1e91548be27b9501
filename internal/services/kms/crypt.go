package kms

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// forEncryption returns a usable key with its newest material.
func (s *Service) forEncryption(c *aws.Call, name, algorithm string) (key, error) {
	if err := compatible(algorithm); err != nil {
		return key{}, err
	}
	k, err := s.resolve(c, name)
	if err != nil {
		return key{}, err
	}
	if err := k.usable(); err != nil {
		return key{}, err
	}
	return s.rotated(c, k)
}

// compatible refuses the algorithms of keys that are not symmetric.
func compatible(algorithm string) error {
	if algorithm != "" && algorithm != symmetric {
		return errIncompatibleAlgorithm(algorithm)
	}
	return nil
}

// cipherKey returns the key that a ciphertext names. The request may name it
// too, and must then name the same.
func (s *Service) cipherKey(c *aws.Call, blob []byte, name string) (k key, err error) {
	h, _, _, _, err := parseBlob(blob)
	if err != nil {
		return key{}, errInvalidCiphertext()
	}
	if h.Region != c.Region {
		return key{}, errUnknownCiphertextKey()
	}
	err = s.DB.View(func(tx *store.Tx) error {
		if name != "" {
			named, err := s.find(tx, c, name)
			if err != nil {
				return err
			}
			if named.scope != h.Scope || named.ID != h.Key {
				return errIncorrectKey()
			}
			k = named
			return nil
		}
		if k, err = s.get(tx, h.Scope, c.Time, h.Key); err != nil {
			return errUnknownCiphertextKey()
		}
		return nil
	})
	return k, err
}

func (s *Service) encrypt(_ context.Context, c *aws.Call, in *EncryptInput) (*EncryptOutput, error) {
	k, err := s.forEncryption(c, in.KeyId, in.EncryptionAlgorithm)
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		return nil, errDryRun()
	}
	blob, err := s.seal(k, in.Plaintext, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	return &EncryptOutput{CiphertextBlob: blob, EncryptionAlgorithm: symmetric, KeyId: string(k.arn())}, nil
}

func (s *Service) decrypt(_ context.Context, c *aws.Call, in *DecryptInput) (*DecryptOutput, error) {
	k, plain, m, err := s.unseal(c, in.CiphertextBlob, in.KeyId, in.EncryptionAlgorithm, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		return nil, errDryRun()
	}
	return &DecryptOutput{EncryptionAlgorithm: symmetric, KeyId: string(k.arn()), KeyMaterialId: m.ID, Plaintext: plain}, nil
}

// unseal opens a ciphertext under the key it names.
func (s *Service) unseal(c *aws.Call, blob []byte, name, algorithm string, context map[string]string) (key, []byte, material, error) {
	if err := compatible(algorithm); err != nil {
		return key{}, nil, material{}, err
	}
	k, err := s.cipherKey(c, blob, name)
	if err != nil {
		return key{}, nil, material{}, err
	}
	if err := k.usable(); err != nil {
		return key{}, nil, material{}, err
	}
	plain, m, err := open(k, blob, context)
	return k, plain, m, err
}

func (s *Service) reEncrypt(_ context.Context, c *aws.Call, in *ReEncryptInput) (*ReEncryptOutput, error) {
	from, plain, m, err := s.unseal(c, in.CiphertextBlob, in.SourceKeyId, in.SourceEncryptionAlgorithm, in.SourceEncryptionContext)
	if err != nil {
		return nil, err
	}
	to, err := s.forEncryption(c, in.DestinationKeyId, in.DestinationEncryptionAlgorithm)
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		return nil, errDryRun()
	}
	blob, err := s.seal(to, plain, in.DestinationEncryptionContext)
	if err != nil {
		return nil, err
	}
	return &ReEncryptOutput{
		CiphertextBlob:                 blob,
		DestinationEncryptionAlgorithm: symmetric,
		DestinationKeyMaterialId:       to.current().ID,
		KeyId:                          string(to.arn()),
		SourceEncryptionAlgorithm:      symmetric,
		SourceKeyId:                    string(from.arn()),
		SourceKeyMaterialId:            m.ID,
	}, nil
}

func (s *Service) generateDataKey(_ context.Context, c *aws.Call, in *GenerateDataKeyInput) (*GenerateDataKeyOutput, error) {
	size, err := dataKeySize(in.KeySpec, in.NumberOfBytes)
	if err != nil {
		return nil, err
	}
	k, err := s.forEncryption(c, in.KeyId, "")
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		return nil, errDryRun()
	}
	plain := s.IDs.Bytes(size)
	blob, err := s.seal(k, plain, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	return &GenerateDataKeyOutput{CiphertextBlob: blob, KeyId: string(k.arn()), KeyMaterialId: k.current().ID, Plaintext: plain}, nil
}

func (s *Service) generateDataKeyWithoutPlaintext(ctx context.Context, c *aws.Call, in *GenerateDataKeyWithoutPlaintextInput) (*GenerateDataKeyWithoutPlaintextOutput, error) {
	with := GenerateDataKeyInput(*in)
	out, err := s.generateDataKey(ctx, c, &with)
	if err != nil {
		return nil, err
	}
	return &GenerateDataKeyWithoutPlaintextOutput{CiphertextBlob: out.CiphertextBlob, KeyId: out.KeyId, KeyMaterialId: out.KeyMaterialId}, nil
}

// dataKeySize takes exactly one of a key spec and a number of bytes.
func dataKeySize(spec string, bytes int) (int, error) {
	switch {
	case (spec == "") == (bytes == 0):
		return 0, errValidation("Please specify either number of bytes or key spec.")
	case spec == "AES_128":
		return 16, nil
	case spec == "AES_256":
		return 32, nil
	}
	return bytes, nil
}

func (s *Service) generateRandom(_ context.Context, _ *aws.Call, in *GenerateRandomInput) (*GenerateRandomOutput, error) {
	if in.NumberOfBytes == nil {
		return nil, errValidation("NumberOfBytes is required.")
	}
	return &GenerateRandomOutput{Plaintext: s.IDs.Bytes(*in.NumberOfBytes)}, nil
}
