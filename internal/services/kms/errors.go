package kms

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errKeyNotFound(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "NotFoundException", "Key '%s' does not exist", arn)
}

func errInvalidKeyID(name string) error {
	return aws.Errorf(http.StatusBadRequest, "NotFoundException", "Invalid keyId '%s'", name)
}

func errInvalidARN(what string) error {
	return aws.Errorf(http.StatusBadRequest, "NotFoundException", "Invalid arn %s", what)
}

func errAliasNotFound(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "NotFoundException", "Alias %s is not found.", arn)
}

func errNoSuchPolicy() error {
	return aws.Errorf(http.StatusBadRequest, "NotFoundException", "No such policy exists")
}

func errDisabled(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "DisabledException", "%s is disabled.", arn)
}

func errPendingDeletion(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "KMSInvalidStateException", "%s is pending deletion.", arn)
}

func errNotPendingDeletion(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "KMSInvalidStateException", "%s is not pending deletion.", arn)
}

func errInvalidCiphertext() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidCiphertextException", "")
}

// errUnknownCiphertextKey does not tell a missing key from a forbidden one.
func errUnknownCiphertextKey() error {
	return aws.Errorf(http.StatusBadRequest, "AccessDeniedException",
		"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
}

func errIncorrectKey() error {
	return aws.Errorf(http.StatusBadRequest, "IncorrectKeyException",
		"The key ID in the request does not identify a CMK that can perform this operation.")
}

func errIncompatibleAlgorithm(algorithm string) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidKeyUsageException", "Algorithm %s is incompatible with key spec %s.", algorithm, symmetric)
}

func errDryRun() error {
	return aws.Errorf(http.StatusPreconditionFailed, "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
}

func errValidation(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "ValidationException", format, args...)
}

func errUnsupported(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "UnsupportedOperationException", format, args...)
}

func errManagedKey(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "AccessDeniedException", "%s is an AWS managed key, which cannot be changed.", arn)
}

func errMalformedPolicy(why string) error {
	return aws.Errorf(http.StatusBadRequest, "MalformedPolicyDocumentException", "%s", why)
}

func errAliasExists(arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "AlreadyExistsException", "An alias with the name %s already exists", arn)
}

func errAliasPrefix() error {
	return errValidation(`Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
}

func errReservedAlias() error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException", "")
}

func errTag(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "TagException", format, args...)
}

func errLimit(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "LimitExceededException", format, args...)
}

func errInvalidMarker() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidMarkerException", "Could not deserialize marker")
}
