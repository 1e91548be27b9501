package kms

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type CreateKeyInput struct {
	BypassPolicyLockoutSafetyCheck bool
	CustomerMasterKeySpec          string `enum:"RSA_2048|RSA_3072|RSA_4096|ECC_NIST_P256|ECC_NIST_P384|ECC_NIST_P521|ECC_SECG_P256K1|SYMMETRIC_DEFAULT|HMAC_224|HMAC_256|HMAC_384|HMAC_512|SM2"`
	Description                    string `len:"0,8192"`
	KeySpec                        string `enum:"RSA_2048|RSA_3072|RSA_4096|ECC_NIST_P256|ECC_NIST_P384|ECC_NIST_P521|ECC_SECG_P256K1|SYMMETRIC_DEFAULT|HMAC_224|HMAC_256|HMAC_384|HMAC_512|SM2|ML_DSA_44|ML_DSA_65|ML_DSA_87|ECC_NIST_EDWARDS25519"`
	KeyUsage                       string `enum:"SIGN_VERIFY|ENCRYPT_DECRYPT|GENERATE_VERIFY_MAC|KEY_AGREEMENT"`
	MultiRegion                    bool
	Origin                         string `enum:"AWS_KMS|EXTERNAL|AWS_CLOUDHSM|EXTERNAL_KEY_STORE"`
	Policy                         string `len:"1,131072" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	Tags                           []Tag
}

type CreateKeyOutput struct{ KeyMetadata *KeyMetadata }

type Tag struct {
	TagKey   string `required:"" len:"1,128"`
	TagValue string `required:"" len:"0,256"`
}

type KeyMetadata struct {
	AWSAccountId          string
	Arn                   string
	CreationDate          time.Time
	CurrentKeyMaterialId  string
	CustomerMasterKeySpec string
	DeletionDate          time.Time
	Description           *string
	Enabled               bool
	EncryptionAlgorithms  []string
	KeyId                 string
	KeyManager            string
	KeySpec               string
	KeyState              string
	KeyUsage              string
	MultiRegion           bool
	Origin                string
}

type DescribeKeyInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type DescribeKeyOutput struct{ KeyMetadata *KeyMetadata }

type ListKeysInput struct {
	Limit  int    `range:"1,1000"`
	Marker string `len:"1,1024" pattern:"[\\u0020-\\u00FF]*"`
}

type ListKeysOutput struct {
	Keys       []KeyListEntry
	NextMarker string
	Truncated  bool
}

type KeyListEntry struct{ KeyArn, KeyId string }

type EnableKeyInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type DisableKeyInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type UpdateKeyDescriptionInput struct {
	Description string `required:"" len:"0,8192"`
	KeyId       string `required:"" len:"1,2048"`
}

type ScheduleKeyDeletionInput struct {
	KeyId               string `required:"" len:"1,2048"`
	PendingWindowInDays int    `range:"7,30"`
}

type ScheduleKeyDeletionOutput struct {
	DeletionDate        time.Time
	KeyId               string
	KeyState            string
	PendingWindowInDays int
}

type CancelKeyDeletionInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type CancelKeyDeletionOutput struct{ KeyId string }

type EncryptInput struct {
	DryRun              bool
	EncryptionAlgorithm string `enum:"SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_1|RSAES_OAEP_SHA_256|SM2PKE"`
	EncryptionContext   map[string]string
	KeyId               string `required:"" len:"1,2048"`
	Plaintext           []byte `required:"" len:"1,4096" sensitive:""`
}

type EncryptOutput struct {
	CiphertextBlob      []byte
	EncryptionAlgorithm string
	KeyId               string
}

type DecryptInput struct {
	CiphertextBlob      []byte `required:"" len:"1,6144"`
	DryRun              bool
	EncryptionAlgorithm string `enum:"SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_1|RSAES_OAEP_SHA_256|SM2PKE"`
	EncryptionContext   map[string]string
	KeyId               string `len:"1,2048"`
}

type DecryptOutput struct {
	EncryptionAlgorithm string
	KeyId               string
	KeyMaterialId       string
	Plaintext           []byte
}

type ReEncryptInput struct {
	CiphertextBlob                 []byte `required:"" len:"1,6144"`
	DestinationEncryptionAlgorithm string `enum:"SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_1|RSAES_OAEP_SHA_256|SM2PKE"`
	DestinationEncryptionContext   map[string]string
	DestinationKeyId               string `required:"" len:"1,2048"`
	DryRun                         bool
	SourceEncryptionAlgorithm      string `enum:"SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_1|RSAES_OAEP_SHA_256|SM2PKE"`
	SourceEncryptionContext        map[string]string
	SourceKeyId                    string `len:"1,2048"`
}

type ReEncryptOutput struct {
	CiphertextBlob                 []byte
	DestinationEncryptionAlgorithm string
	DestinationKeyMaterialId       string
	KeyId                          string
	SourceEncryptionAlgorithm      string
	SourceKeyId                    string
	SourceKeyMaterialId            string
}

type GenerateDataKeyInput struct {
	DryRun            bool
	EncryptionContext map[string]string
	KeyId             string `required:"" len:"1,2048"`
	KeySpec           string `enum:"AES_256|AES_128"`
	NumberOfBytes     int    `range:"1,1024"`
}

type GenerateDataKeyOutput struct {
	CiphertextBlob []byte
	KeyId          string
	KeyMaterialId  string
	Plaintext      []byte
}

type GenerateDataKeyWithoutPlaintextInput struct {
	DryRun            bool
	EncryptionContext map[string]string
	KeyId             string `required:"" len:"1,2048"`
	KeySpec           string `enum:"AES_256|AES_128"`
	NumberOfBytes     int    `range:"1,1024"`
}

type GenerateDataKeyWithoutPlaintextOutput struct {
	CiphertextBlob []byte
	KeyId          string
	KeyMaterialId  string
}

type GenerateRandomInput struct {
	NumberOfBytes *int `range:"1,1024"`
}

type GenerateRandomOutput struct{ Plaintext []byte }

type CreateAliasInput struct {
	AliasName   string `required:"" len:"1,256" pattern:"^[a-zA-Z0-9:/_-]+$"`
	TargetKeyId string `required:"" len:"1,2048"`
}

type UpdateAliasInput struct {
	AliasName   string `required:"" len:"1,256" pattern:"^[a-zA-Z0-9:/_-]+$"`
	TargetKeyId string `required:"" len:"1,2048"`
}

type DeleteAliasInput struct {
	AliasName string `required:"" len:"1,256" pattern:"^[a-zA-Z0-9:/_-]+$"`
}

type ListAliasesInput struct {
	KeyId  string `len:"1,2048"`
	Limit  int    `range:"1,1000"`
	Marker string `len:"1,1024" pattern:"[\\u0020-\\u00FF]*"`
}

type ListAliasesOutput struct {
	Aliases    []AliasListEntry
	NextMarker string
	Truncated  bool
}

type AliasListEntry struct {
	AliasArn        string
	AliasName       string
	CreationDate    time.Time
	LastUpdatedDate time.Time
	TargetKeyId     string
}

type GetKeyPolicyInput struct {
	KeyId      string `required:"" len:"1,2048"`
	PolicyName string `len:"1,128" pattern:"[\\w]+"`
}

type GetKeyPolicyOutput struct{ Policy, PolicyName string }

type PutKeyPolicyInput struct {
	BypassPolicyLockoutSafetyCheck bool
	KeyId                          string `required:"" len:"1,2048"`
	Policy                         string `required:"" len:"1,131072" pattern:"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"`
	PolicyName                     string `len:"1,128" pattern:"[\\w]+"`
}

// ListKeyPoliciesInput has no Limit or Marker to act on: there is one policy.
type ListKeyPoliciesInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type ListKeyPoliciesOutput struct {
	PolicyNames []string
	Truncated   bool
}

type EnableKeyRotationInput struct {
	KeyId                string `required:"" len:"1,2048"`
	RotationPeriodInDays int    `range:"90,2560"`
}

type DisableKeyRotationInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type GetKeyRotationStatusInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type GetKeyRotationStatusOutput struct {
	KeyId                string
	KeyRotationEnabled   bool
	NextRotationDate     time.Time
	RotationPeriodInDays *int
}

type RotateKeyOnDemandInput struct {
	KeyId string `required:"" len:"1,2048"`
}

type RotateKeyOnDemandOutput struct{ KeyId string }

type ListKeyRotationsInput struct {
	IncludeKeyMaterial string `enum:"ALL_KEY_MATERIAL|ROTATIONS_ONLY"`
	KeyId              string `required:"" len:"1,2048"`
	Limit              int    `range:"1,1000"`
	Marker             string `len:"1,1024" pattern:"[\\u0020-\\u00FF]*"`
}

type ListKeyRotationsOutput struct {
	NextMarker string
	Rotations  []RotationsListEntry
	Truncated  bool
}

type RotationsListEntry struct {
	KeyId            string
	KeyMaterialId    string
	KeyMaterialState string
	RotationDate     time.Time
	RotationType     string
}

type TagResourceInput struct {
	KeyId string `required:"" len:"1,2048"`
	Tags  []Tag  `required:""`
}

type UntagResourceInput struct {
	KeyId   string   `required:"" len:"1,2048"`
	TagKeys []string `required:"" elemlen:"1,128"`
}

type ListResourceTagsInput struct {
	KeyId  string `required:"" len:"1,2048"`
	Limit  int    `range:"1,1000"`
	Marker string `len:"1,1024" pattern:"[\\u0020-\\u00FF]*"`
}

type ListResourceTagsOutput struct {
	NextMarker string
	Tags       []Tag
	Truncated  bool
}
