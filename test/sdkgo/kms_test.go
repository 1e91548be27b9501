package sdkgo

import (
	"bytes"
	"errors"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func TestKMS(t *testing.T) {
	srv := start(t)
	c, ctx := kms.NewFromConfig(load(t)), ctx(t)

	made, err := c.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("songs")})
	if err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata
	if key.KeyState != types.KeyStateEnabled || key.KeyManager != types.KeyManagerTypeCustomer || key.CreationDate.IsZero() {
		t.Errorf("metadata = %+v", key)
	}
	if _, err := c.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/songs"), TargetKeyId: key.KeyId}); err != nil {
		t.Fatal(err)
	}
	song := map[string]string{"song": "1"}
	data, err := c.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: aws.String("alias/songs"), KeySpec: types.DataKeySpecAes256, EncryptionContext: song})
	if err != nil {
		t.Fatal(err)
	}
	if len(data.Plaintext) != 32 || *data.KeyId != *key.Arn {
		t.Errorf("data key of %d bytes under %s", len(data.Plaintext), *data.KeyId)
	}

	var invalid *types.InvalidCiphertextException
	if _, err := c.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: data.CiphertextBlob}); !errors.As(err, &invalid) {
		t.Errorf("Decrypt without the context: %v", err)
	}
	var missing *types.NotFoundException
	if _, err := c.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/none")}); !errors.As(err, &missing) {
		t.Errorf("DescribeKey of nothing: %v", err)
	}

	// Keys outlive the process, however it ends.
	srv.stop(t, syscall.SIGKILL)
	srv.run(t)
	t.Setenv("AWS_ENDPOINT_URL", srv.url)
	c = kms.NewFromConfig(load(t))
	plain, err := c.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: data.CiphertextBlob, EncryptionContext: song})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain.Plaintext, data.Plaintext) {
		t.Errorf("the data key changed over a restart")
	}

	for range 4 {
		if _, err := c.CreateKey(ctx, &kms.CreateKeyInput{}); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for pages := kms.NewListKeysPaginator(c, &kms.ListKeysInput{Limit: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Keys)
	}
	if n != 5 {
		t.Errorf("%d keys listed, want 5", n)
	}
}
