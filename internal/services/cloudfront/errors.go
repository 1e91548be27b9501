package cloudfront

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func fail(status int, code, message string) func() error {
	return func() error { return aws.Errorf(status, code, "%s", message) }
}

func errNoSuchDistribution() error {
	return aws.Errorf(http.StatusNotFound, "NoSuchDistribution", "The specified distribution does not exist.")
}

func errNoSuchInvalidation() error {
	return aws.Errorf(http.StatusNotFound, "NoSuchInvalidation", "The specified invalidation does not exist.")
}

func errNoSuchResource() error {
	return aws.Errorf(http.StatusNotFound, "NoSuchResource", "The specified resource does not exist.")
}

func errInvalidArgument(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidArgument", format, args...)
}

func errInvalidIfMatch() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
}

func errPreconditionFailed() error {
	return aws.Errorf(http.StatusPreconditionFailed, "PreconditionFailed", "The request failed because it didn't meet the preconditions in one or more request-header fields.")
}

func errIllegalUpdate() error {
	return aws.Errorf(http.StatusBadRequest, "IllegalUpdate", "The update contains modifications that are not allowed.")
}

func errIllegalDelete() error {
	return aws.Errorf(http.StatusBadRequest, "IllegalDelete", "You cannot delete a managed policy.")
}

func errNotDisabled() error {
	return aws.Errorf(http.StatusConflict, "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.")
}

func errDistributionExists(id string) error {
	return aws.Errorf(http.StatusConflict, "DistributionAlreadyExists", "The caller reference that you are using to create a distribution is associated with another distribution. Already exists: %s", id)
}

func errPinned(tag, value string) error {
	return aws.Errorf(http.StatusConflict, "DistributionAlreadyExists", "The tag %s asks for %s, which another distribution has.", tag, value)
}

func errInvalidationExists() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.")
}

func errAliasTaken(alias string) error {
	return aws.Errorf(http.StatusConflict, "CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a different resource: %s", alias)
}

func errInconsistent(what string) error {
	return aws.Errorf(http.StatusBadRequest, "InconsistentQuantities", "The value of Quantity and the size of Items don't match in %s.", what)
}

func errNoSuchOrigin(id string) error {
	return aws.Errorf(http.StatusNotFound, "NoSuchOrigin", "One or more of your origins or origin groups do not exist: %s", id)
}

func errInvalidOrigin(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidOrigin", format, args...)
}

func errInvalidAccessControl(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidOriginAccessControl", format, args...)
}

func errTTLOrder() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidTTLOrder", "The order of the TTL values is not valid: the minimum must not exceed the default, nor the default the maximum.")
}

func errViewerCertificate() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidViewerCertificate", "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.")
}

func errRootObject() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidDefaultRootObject", "The default root object file name is too big or contains an invalid character.")
}

func errErrorCode(code int32) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidErrorCode", "The error code %d is not one that can be customized.", code)
}

func errResponseCode(code string) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidResponseCode", "A response code is not valid: %s", code)
}

func errTagging(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidTagging", format, args...)
}

// errAbsent refuses a setting that we would have to ignore.
func errAbsent(format string, args ...any) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement "+format, args...)
}
