package sts

import (
	"errors"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// What Sessions.Open can say against a session token.
var (
	ErrBadToken     = errors.New("sts: the session token is not of that access key")
	ErrExpiredToken = errors.New("sts: the session has expired")
)

func errValidation(text string) error {
	return aws.Errorf(http.StatusBadRequest, "ValidationError", "%s", text)
}

func errBadARN(arn string) error { return errValidation(arn + " is invalid") }

func errBeyondMaximum() error {
	return errValidation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}

func errBeyondChaining() error {
	return errValidation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
}

func errDuplicateTags() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

func errTransitiveNotGiven() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
}

func errTransitiveConflict() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterValue",
		"One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
}

func errMalformedPolicy(reason string) error {
	return aws.Errorf(http.StatusBadRequest, "MalformedPolicyDocument", "%s", reason)
}

func errPackedPolicy(percent int) error {
	return aws.Errorf(http.StatusBadRequest, "PackedPolicyTooLarge", "Packed size of session policy and tags consumes %d%% of allotted space.", percent)
}

func errTooManyPolicies() error {
	return errValidation("A session may have at most 10 managed policies.")
}

// errNotTrusted is also what a role that does not exist answers.
func errNotTrusted(action string) error {
	return aws.Errorf(http.StatusForbidden, "AccessDenied", "Not authorized to perform %s", action)
}

func errSessionForSession() error {
	return aws.Errorf(http.StatusForbidden, "AccessDenied", "Cannot call GetSessionToken with session credentials")
}

func errNoProvider(issuer string) error {
	return errBadIdentityToken("No OpenIDConnect provider found in your account for " + issuer)
}

func errBadIdentityToken(text string) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidIdentityToken", "%s", text)
}

func errUnknownAccessKey() error {
	return aws.Errorf(http.StatusForbidden, "InvalidClientTokenId", "The access key does not exist.")
}
