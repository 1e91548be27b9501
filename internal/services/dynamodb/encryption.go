package dynamodb

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Keys are KMS, as the caller may use it.
type Keys interface {
	// GenerateDataKey makes a key and seals it with the KMS key of an ID, ARN or alias.
	GenerateDataKey(ctx context.Context, c *aws.Call, keyID string, encryptionContext map[string]string) (arn string, plain, sealed []byte, err error)
}

// ownKey is what a table is encrypted with whose request names no key.
const ownKey = "alias/aws/dynamodb"

func (in *SSESpecification) check() error {
	switch {
	case in == nil:
	case in.SSEType == "AES256":
		return errValidation(invalidValues + "SSEType AES256 is not supported")
	case !in.Enabled && (in.KMSMasterKeyId != "" || in.SSEType != ""):
		return errValidation(invalidValues + "KMSMasterKeyId and SSEType can only be specified when SSE is enabled")
	}
	return nil
}

// keyOfTable is the ARN of the KMS key that a request asks for, which has to be
// there, enabled and for the caller to use; "" is the key that DynamoDB owns.
func (s *Service) keyOfTable(ctx context.Context, c *aws.Call, table string, in *SSESpecification) (string, error) {
	if in == nil || !in.Enabled {
		return "", nil
	}
	id := in.KMSMasterKeyId
	if id == "" {
		id = ownKey
	}
	arn, _, _, err := s.Keys.GenerateDataKey(ctx, c, id, map[string]string{"aws:dynamodb:subscriberId": string(c.Account), "aws:dynamodb:tableName": table})
	if e := (*aws.Error)(nil); errors.As(err, &e) {
		return "", errValidation("KMS validation error: %s", e.Message)
	}
	return arn, err
}

// encrypt changes the key of a table as an update says.
func (t *table) encrypt(in *SSESpecification, arn string) error {
	if in == nil {
		return nil
	}
	if in.Enabled && arn == t.KMSKey {
		return errValidation(invalidValues + "Table is already encrypted by given KMSMasterKeyId")
	}
	t.KMSKey = arn
	return nil
}

func (t *table) encryption() *SSEDescription {
	if t.KMSKey == "" {
		return nil
	}
	return &SSEDescription{Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: t.KMSKey}
}
