package kms

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what KMS needs from the world. Every field is required.
type Deps struct {
	DB  *store.DB
	IDs *aws.IDs
	Now func() time.Time
}

// Service is the KMS emulator.
type Service struct {
	Deps
	keys     store.Table[key]
	aliases  store.Table[alias]
	policies policy.Cache
}

// New returns a KMS with the keys that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Now == nil {
		panic("kms: incomplete Deps")
	}
	return &Service{Deps: d, keys: store.NewTable[key]("kms/key"), aliases: store.NewTable[alias]("kms/alias")}
}

// Info identifies KMS on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "kms",
		Title:        "AWS Key Management Service",
		Protocols:    []service.Protocol{service.JSON11},
		TargetPrefix: "TrentService",
		Version:      "2014-11-01",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateKey", onCreateKey, s.createKey),
		service.Op("DescribeKey", byName[DescribeKeyInput](s), s.describeKey),
		service.Op("ListKeys", service.Any, s.listKeys),
		service.Op("EnableKey", byID[EnableKeyInput](s), s.enableKey),
		service.Op("DisableKey", byID[DisableKeyInput](s), s.disableKey),
		service.Op("UpdateKeyDescription", byID[UpdateKeyDescriptionInput](s), s.updateKeyDescription),
		service.Op("ScheduleKeyDeletion", byID[ScheduleKeyDeletionInput](s), s.scheduleKeyDeletion),
		service.Op("CancelKeyDeletion", byID[CancelKeyDeletionInput](s), s.cancelKeyDeletion),

		service.Op("Encrypt", byName[EncryptInput](s), s.encrypt),
		service.Op("Decrypt", s.onCiphertext, s.decrypt),
		service.Op("ReEncrypt", s.onReEncrypt, s.reEncrypt),
		service.Op("GenerateDataKey", byName[GenerateDataKeyInput](s), s.generateDataKey),
		service.Op("GenerateDataKeyWithoutPlaintext", byName[GenerateDataKeyWithoutPlaintextInput](s), s.generateDataKeyWithoutPlaintext),
		service.Op("GenerateRandom", service.Any, s.generateRandom),

		service.Op("CreateAlias", s.onCreateAlias, s.createAlias),
		service.Op("UpdateAlias", s.onUpdateAlias, s.updateAlias),
		service.Op("DeleteAlias", s.onDeleteAlias, s.deleteAlias),
		service.Op("ListAliases", service.Any, s.listAliases),

		service.Op("GetKeyPolicy", byID[GetKeyPolicyInput](s), s.getKeyPolicy),
		service.Op("PutKeyPolicy", byID[PutKeyPolicyInput](s), s.putKeyPolicy),
		service.Op("ListKeyPolicies", byID[ListKeyPoliciesInput](s), s.listKeyPolicies),

		service.Op("EnableKeyRotation", byID[EnableKeyRotationInput](s), s.enableKeyRotation),
		service.Op("DisableKeyRotation", byID[DisableKeyRotationInput](s), s.disableKeyRotation),
		service.Op("GetKeyRotationStatus", byID[GetKeyRotationStatusInput](s), s.getKeyRotationStatus),
		service.Op("RotateKeyOnDemand", byID[RotateKeyOnDemandInput](s), s.rotateKeyOnDemand),
		service.Op("ListKeyRotations", byID[ListKeyRotationsInput](s), s.listKeyRotations),

		service.Op("TagResource", byID[TagResourceInput](s), s.tagResource),
		service.Op("UntagResource", byID[UntagResourceInput](s), s.untagResource),
		service.Op("ListResourceTags", byID[ListResourceTagsInput](s), s.listResourceTags),
	}
}
