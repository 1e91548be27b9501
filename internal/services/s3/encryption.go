package s3

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Keys makes and opens the data keys of SSE-KMS. It acts for the caller of the
// request, who needs KMS' permissions.
type Keys interface {
	// GenerateDataKey returns a 256-bit key, in the clear and sealed under a
	// KMS key, and the ARN of that key, which keyID names in any of KMS' ways.
	GenerateDataKey(ctx context.Context, c *aws.Call, keyID string, encryptionContext map[string]string) (keyARN string, plain, sealed []byte, err error)
	// Decrypt opens a sealed key.
	Decrypt(ctx context.Context, c *aws.Call, sealed []byte, encryptionContext map[string]string) ([]byte, error)
}

func defaultEncryption() ServerSideEncryptionRule {
	return ServerSideEncryptionRule{ApplyServerSideEncryptionByDefault: &ServerSideEncryptionByDefault{SSEAlgorithm: sseS3}}
}

func (s *Service) putBucketEncryption(_ context.Context, _ *aws.Call, in *PutBucketEncryptionInput) (*Empty, error) {
	conf := in.ServerSideEncryptionConfiguration
	if conf == nil || len(conf.Rules) != 1 || conf.Rules[0].ApplyServerSideEncryptionByDefault == nil {
		return nil, errMalformedXML()
	}
	rule := conf.Rules[0]
	switch by := rule.ApplyServerSideEncryptionByDefault; {
	case by.SSEAlgorithm == sseS3 && by.KMSMasterKeyID != "":
		return nil, errArgument("ApplyServerSideEncryptionByDefault", "", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
	case by.SSEAlgorithm != sseS3 && !isKMS(by.SSEAlgorithm):
		return nil, errMalformedXML()
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Encryption = rule
		return nil
	})
}

func isKMS(algorithm string) bool { return algorithm == sseKMS || algorithm == sseKMSDual }

func (s *Service) getBucketEncryption(_ context.Context, _ *aws.Call, in *GetBucketEncryptionInput) (*GetBucketEncryptionOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	return &GetBucketEncryptionOutput{ServerSideEncryptionConfiguration{[]ServerSideEncryptionRule{b.Encryption}}}, nil
}

func (s *Service) deleteBucketEncryption(_ context.Context, _ *aws.Call, in *DeleteBucketEncryptionInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Encryption = defaultEncryption()
		return nil
	})
}

// seal decides how an object is encrypted, and returns the data key if it is
// under a KMS key.
func (s *Service) seal(ctx context.Context, c *aws.Call, b *bucket, key string, want wantedCipher, theirs customerKey) (spec cipherSpec, plain []byte, err error) {
	if err := theirs.refuse(); err != nil {
		return spec, nil, err
	}
	if want.SSEKMSEncryptionContext != "" {
		return spec, nil, errNotImplementedHeader("x-amz-server-side-encryption-context", "")
	}
	algorithm, keyID, bucketKey, err := chooseCipher(b.Encryption, want)
	if err != nil || algorithm == sseS3 {
		return spec, nil, err
	}
	if keyID == "" {
		keyID = "alias/aws/s3"
	}
	spec = cipherSpec{Algorithm: algorithm, BucketKey: bucketKey}
	arn, plain, sealed, err := s.Keys.GenerateDataKey(ctx, c, keyID, spec.context(b.Name, key))
	if err != nil {
		return spec, nil, keysError(err)
	}
	spec.Key, spec.Sealed = arn, string(sealed)
	return spec, plain, nil
}

// chooseCipher takes what the request wants, else what the bucket says.
func chooseCipher(rule ServerSideEncryptionRule, want wantedCipher) (algorithm, keyID string, bucketKey bool, err error) {
	algorithm, keyID = want.ServerSideEncryption, want.SSEKMSKeyId
	switch {
	case algorithm == "" && keyID != "", algorithm == sseS3 && keyID != "":
		return "", "", false, errSSEKeyWithoutKMS()
	case algorithm == "":
		by := rule.ApplyServerSideEncryptionByDefault
		algorithm, keyID = by.SSEAlgorithm, by.KMSMasterKeyID
	case algorithm != sseS3 && !isKMS(algorithm):
		return "", "", false, errSSEMethod(algorithm)
	}
	bucketKey = rule.BucketKeyEnabled
	if want.BucketKeyEnabled != nil {
		bucketKey = *want.BucketKeyEnabled
	}
	return algorithm, keyID, bucketKey && algorithm == sseKMS, nil
}

// context is the encryption context of an object's data key.
func (c cipherSpec) context(bucket, key string) map[string]string {
	arn := "arn:aws:s3:::" + bucket
	if !c.BucketKey {
		arn += "/" + key
	}
	return map[string]string{"aws:s3:arn": arn}
}

// unseal returns the data key of an object, nil if it has none.
func (s *Service) unseal(ctx context.Context, c *aws.Call, spec cipherSpec, bucket, key string) ([]byte, error) {
	if spec.Algorithm == "" {
		return nil, nil
	}
	plain, err := s.Keys.Decrypt(ctx, c, []byte(spec.Sealed), spec.context(bucket, key))
	return plain, keysError(err)
}

// keysError turns an error of KMS into S3's.
func keysError(err error) error {
	var e *aws.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "NotFoundException", "DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException":
		return aws.Errorf(400, "KMS."+e.Code, "%s", e.Message)
	case "AccessDeniedException":
		return aws.Errorf(403, "AccessDenied", "%s", e.Message)
	}
	return err
}

// headers tell a client how an object is encrypted.
func (c cipherSpec) headers() cipherHeaders {
	if c.Algorithm == "" {
		return cipherHeaders{ServerSideEncryption: sseS3}
	}
	h := cipherHeaders{ServerSideEncryption: c.Algorithm, SSEKMSKeyId: c.Key}
	if c.BucketKey {
		h.BucketKeyEnabled = &c.BucketKey
	}
	return h
}

// refuse refuses SSE-C: the client's own key for every request.
func (k customerKey) refuse() error {
	if k != (customerKey{}) {
		return errNotImplementedHeader("x-amz-server-side-encryption-customer-algorithm", "")
	}
	return nil
}
