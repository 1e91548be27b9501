package kms

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// keyed is an input that names a key; contextual is one with an encryption context.
type (
	keyed      interface{ key() string }
	contextual interface{ context() map[string]string }
)

func (in *DescribeKeyInput) key() string                     { return in.KeyId }
func (in *EnableKeyInput) key() string                       { return in.KeyId }
func (in *DisableKeyInput) key() string                      { return in.KeyId }
func (in *UpdateKeyDescriptionInput) key() string            { return in.KeyId }
func (in *ScheduleKeyDeletionInput) key() string             { return in.KeyId }
func (in *CancelKeyDeletionInput) key() string               { return in.KeyId }
func (in *EncryptInput) key() string                         { return in.KeyId }
func (in *GenerateDataKeyInput) key() string                 { return in.KeyId }
func (in *GenerateDataKeyWithoutPlaintextInput) key() string { return in.KeyId }
func (in *GetKeyPolicyInput) key() string                    { return in.KeyId }
func (in *PutKeyPolicyInput) key() string                    { return in.KeyId }
func (in *ListKeyPoliciesInput) key() string                 { return in.KeyId }
func (in *EnableKeyRotationInput) key() string               { return in.KeyId }
func (in *DisableKeyRotationInput) key() string              { return in.KeyId }
func (in *GetKeyRotationStatusInput) key() string            { return in.KeyId }
func (in *RotateKeyOnDemandInput) key() string               { return in.KeyId }
func (in *ListKeyRotationsInput) key() string                { return in.KeyId }
func (in *TagResourceInput) key() string                     { return in.KeyId }
func (in *UntagResourceInput) key() string                   { return in.KeyId }
func (in *ListResourceTagsInput) key() string                { return in.KeyId }

func (in *EncryptInput) context() map[string]string         { return in.EncryptionContext }
func (in *GenerateDataKeyInput) context() map[string]string { return in.EncryptionContext }
func (in *GenerateDataKeyWithoutPlaintextInput) context() map[string]string {
	return in.EncryptionContext
}

// keyInput is a pointer to an input that names a key.
type keyInput[In any] interface {
	*In
	keyed
}

// byName authorises against the key an input names in any way: by id, ARN,
// alias or alias ARN, in this account or another.
func byName[In any, P keyInput[In]](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		name := P(in).key()
		k, err := s.resolve(c, name)
		if err != nil {
			return nil, err
		}
		return s.decide(c, &k, "", name, any(in))
	}
}

// byID authorises against a key of the caller's own, named by id or ARN.
func byID[In any, P keyInput[In]](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) (list []service.Access, err error) {
		err = s.read(c, P(in).key(), func(_ *store.Tx, k key) error {
			list, err = s.decide(c, &k, "", "", any(in))
			return err
		})
		return list, err
	}
}

// decide is the access to one key, with the condition keys of the request.
func (s *Service) decide(c *aws.Call, k *key, action, name string, in any) ([]service.Access, error) {
	a, err := s.access(c, k, action, name)
	if err != nil {
		return nil, err
	}
	if in, ok := in.(contextual); ok {
		addContext(a.Keys, in.context())
	}
	switch in := in.(type) {
	case *TagResourceInput:
		addRequestTags(a.Keys, in.Tags)
	case *UntagResourceInput:
		a.Keys["aws:TagKeys"] = in.TagKeys
	case *PutKeyPolicyInput:
		a.Keys["kms:BypassPolicyLockoutSafetyCheck"] = []string{strconv.FormatBool(in.BypassPolicyLockoutSafetyCheck)}
	case *ScheduleKeyDeletionInput:
		if in.PendingWindowInDays != 0 {
			a.Keys["kms:ScheduleKeyDeletionPendingWindowInDays"] = []string{strconv.Itoa(in.PendingWindowInDays)}
		}
	}
	return []service.Access{a}, nil
}

// access is the access to one key: its policy decides.
func (s *Service) access(c *aws.Call, k *key, action, name string) (service.Access, error) {
	p, err := s.policies.Compile(k.Policy)
	if err != nil {
		return service.Access{}, err
	}
	keys := map[string][]string{
		"kms:CallerAccount": {string(c.Principal.Account)},
		"kms:KeySpec":       {symmetric},
		"kms:KeyUsage":      {"ENCRYPT_DECRYPT"},
		"kms:KeyOrigin":     {"AWS_KMS"},
	}
	if len(k.Aliases) > 0 {
		keys["kms:ResourceAliases"] = k.Aliases
	}
	if _, resource, _ := parseName(c.Scope, name); strings.HasPrefix(resource, "alias/") {
		keys["kms:RequestAlias"] = []string{resource}
	}
	for t, v := range k.Tags {
		keys["aws:ResourceTag/"+t] = []string{v}
	}
	return service.Access{
		Action: action, Resource: k.arn(), Keys: keys,
		ResourcePolicy: p, Owner: k.scope.Account, PolicyDecides: true,
	}, nil
}

func addContext(keys map[string][]string, context map[string]string) {
	for k, v := range context {
		keys["kms:EncryptionContext:"+k] = []string{v}
	}
	if len(context) > 0 {
		keys["kms:EncryptionContextKeys"] = slices.Sorted(maps.Keys(context))
	}
	keys["kms:EncryptionAlgorithm"] = []string{symmetric}
}

func addRequestTags(keys map[string][]string, tags []Tag) {
	for _, t := range tags {
		keys["aws:RequestTag/"+t.TagKey] = []string{t.TagValue}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.TagKey)
	}
}

func onCreateKey(_ context.Context, c *aws.Call, in *CreateKeyInput) ([]service.Access, error) {
	keys := map[string][]string{
		"kms:CallerAccount":                  {string(c.Principal.Account)},
		"kms:KeySpec":                        {symmetric},
		"kms:KeyUsage":                       {"ENCRYPT_DECRYPT"},
		"kms:KeyOrigin":                      {"AWS_KMS"},
		"kms:MultiRegion":                    {strconv.FormatBool(in.MultiRegion)},
		"kms:BypassPolicyLockoutSafetyCheck": {strconv.FormatBool(in.BypassPolicyLockoutSafetyCheck)},
	}
	addRequestTags(keys, in.Tags)
	list := []service.Access{{Resource: "*", Keys: keys}}
	if len(in.Tags) > 0 {
		list = append(list, service.Access{Action: "kms:TagResource", Resource: keyARN(c.Scope, "*"), Keys: keys})
	}
	return list, nil
}

// onCiphertext authorises Decrypt against the key that the ciphertext names.
func (s *Service) onCiphertext(_ context.Context, c *aws.Call, in *DecryptInput) ([]service.Access, error) {
	k, err := s.cipherKey(c, in.CiphertextBlob, in.KeyId)
	if err != nil {
		return nil, err
	}
	a, err := s.access(c, &k, "", in.KeyId)
	if err != nil {
		return nil, err
	}
	addContext(a.Keys, in.EncryptionContext)
	return []service.Access{a}, nil
}

// onReEncrypt authorises against both keys, each under an action of its own.
func (s *Service) onReEncrypt(_ context.Context, c *aws.Call, in *ReEncryptInput) ([]service.Access, error) {
	from, err := s.cipherKey(c, in.CiphertextBlob, in.SourceKeyId)
	if err != nil {
		return nil, err
	}
	to, err := s.resolve(c, in.DestinationKeyId)
	if err != nil {
		return nil, err
	}
	same := []string{strconv.FormatBool(from.arn() == to.arn())}
	list := make([]service.Access, 0, 2)
	for _, half := range []struct {
		action, name string
		k            *key
		context      map[string]string
	}{
		{"kms:ReEncryptFrom", in.SourceKeyId, &from, in.SourceEncryptionContext},
		{"kms:ReEncryptTo", in.DestinationKeyId, &to, in.DestinationEncryptionContext},
	} {
		a, err := s.access(c, half.k, half.action, half.name)
		if err != nil {
			return nil, err
		}
		addContext(a.Keys, half.context)
		a.Keys["kms:ReEncryptOnSameKey"] = same
		list = append(list, a)
	}
	return list, nil
}

// onAlias authorises against an alias, which only IAM policies can allow, and
// against the keys it names and is to name.
func (s *Service) onAlias(c *aws.Call, name string, target string) ([]service.Access, error) {
	if err := checkAlias(name); err != nil {
		return nil, err
	}
	list := []service.Access{{Resource: aliasARN(c.Scope, name)}}
	err := s.DB.View(func(tx *store.Tx) error {
		var keys []key
		if k, err := s.find(tx, c, name); err == nil {
			keys = append(keys, k)
		}
		if target != "" {
			k, err := s.own(tx, c, target)
			if err != nil {
				return err
			}
			keys = append(keys, k)
		}
		for i := range keys {
			a, err := s.access(c, &keys[i], "", "")
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

func (s *Service) onCreateAlias(_ context.Context, c *aws.Call, in *CreateAliasInput) ([]service.Access, error) {
	return s.onAlias(c, in.AliasName, in.TargetKeyId)
}

func (s *Service) onUpdateAlias(_ context.Context, c *aws.Call, in *UpdateAliasInput) ([]service.Access, error) {
	return s.onAlias(c, in.AliasName, in.TargetKeyId)
}

func (s *Service) onDeleteAlias(_ context.Context, c *aws.Call, in *DeleteAliasInput) ([]service.Access, error) {
	return s.onAlias(c, in.AliasName, "")
}
