package cognitoidentity

import (
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errPoolNotFound(id string) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "IdentityPool '%s' not found.", id)
}

func errIdentityNotFound(id string) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Identity '%s' not found.", id)
}

func errResourceNotFound(arn string) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Resource '%s' not found.", arn)
}

func errNoGuests() error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException", "Unauthenticated access is not supported for this identity pool.")
}

func errNoClassicFlow() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow.")
}

func errUnsupportedProvider() error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException", "Token is not from a supported provider of this identity pool.")
}

func errLoginsDoNotMatch() error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException",
		"Logins don't match. Please include at least one valid login for this identity or identity pool.")
}

func errPoolConfiguration() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidIdentityPoolConfigurationException",
		"Invalid identity pool configuration. Check assigned IAM roles for this pool.")
}

func errForbidden(id string) error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException", "Access to Identity '%s' is forbidden.", id)
}

func errCustomRole() error {
	return aws.Errorf(http.StatusBadRequest, "NotAuthorizedException", "The custom role is not one that the token allows.")
}

func errNoTagMap(provider string) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "There is no principal tag map for the provider '%s'.", provider)
}

func errInvalidParameter(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

func errConflict(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceConflictException", format, args...)
}

// errBadToken and errExpiredToken are STS' errors: it asks us about our tokens.
func errBadToken() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidIdentityToken", "The web identity token that was passed could not be validated.")
}

func errExpiredToken(now, expiry time.Time) error {
	return aws.Errorf(http.StatusBadRequest, "ExpiredTokenException",
		"Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), expiry.Unix())
}
