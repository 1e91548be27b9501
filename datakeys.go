package niebla

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/services/kms"
)

// dataKeys lets S3 and DynamoDB use KMS on behalf of a caller: the caller's own rights to
// the key decide, as on AWS, and kms:ViaService tells how it came.
type dataKeys struct {
	identity *identity
	via      string // "s3", "dynamodb"
	ops      map[string]service.Operation
}

func newDataKeys(keys *kms.Service, i *identity, via string) dataKeys {
	k := dataKeys{i, via, map[string]service.Operation{}}
	for _, op := range keys.Operations() {
		k.ops[op.Name()] = op
	}
	return k
}

// GenerateDataKey implements s3.Keys and dynamodb.Keys.
func (k dataKeys) GenerateDataKey(ctx context.Context, c *aws.Call, keyID string, encryptionContext map[string]string) (arn string, plain, sealed []byte, err error) {
	out, err := k.do(ctx, c, "GenerateDataKey", &kms.GenerateDataKeyInput{KeyId: keyID, KeySpec: "AES_256", EncryptionContext: encryptionContext})
	if err != nil {
		return "", nil, nil, err
	}
	o := out.(*kms.GenerateDataKeyOutput)
	return o.KeyId, o.Plaintext, o.CiphertextBlob, nil
}

// Decrypt implements s3.Keys.
func (k dataKeys) Decrypt(ctx context.Context, c *aws.Call, sealed []byte, encryptionContext map[string]string) ([]byte, error) {
	out, err := k.do(ctx, c, "Decrypt", &kms.DecryptInput{CiphertextBlob: sealed, EncryptionContext: encryptionContext})
	if err != nil {
		return nil, err
	}
	return out.(*kms.DecryptOutput).Plaintext, nil
}

func (k dataKeys) do(ctx context.Context, c *aws.Call, name string, in any) (any, error) {
	call := *c
	call.Service, call.Operation = "kms", name
	op := k.ops[name]
	accesses, err := op.Access(ctx, &call, in)
	if err != nil {
		return nil, err
	}
	for i := range accesses {
		keys := maps.Clone(accesses[i].Keys)
		if keys == nil {
			keys = map[string][]string{}
		}
		keys["kms:ViaService"] = []string{fmt.Sprintf("%s.%s.amazonaws.com", k.via, call.Region)}
		accesses[i].Keys = keys
	}
	d, err := k.identity.Authorize(ctx, &call, accesses)
	if err != nil {
		return nil, err
	}
	if !d.Allowed {
		return nil, aws.Errorf(http.StatusForbidden, "AccessDenied", "%s", d.Message(c.Principal, false))
	}
	return op.Invoke(ctx, &call, in)
}
