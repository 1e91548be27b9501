package lambda

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// user makes an error in the two ways in which Lambda writes them.
func user(status int, code, format string, args ...any) *aws.Error {
	return aws.Errorf(status, code, format, args...).With("Type", "User")
}

func errFunctionNotFound(arn aws.ARN) error {
	e := user(http.StatusNotFound, "ResourceNotFoundException", "Function not found: %s", arn)
	return e.With("Message", e.Message)
}

func errAliasNotFound(arn aws.ARN) error {
	e := user(http.StatusNotFound, "ResourceNotFoundException", "Cannot find alias arn: %s", arn)
	return e.With("Message", e.Message)
}

func errResourceNotFound(format string, args ...any) error {
	e := user(http.StatusNotFound, "ResourceNotFoundException", format, args...)
	return e.With("Message", e.Message)
}

func errNothingThere() error {
	return errResourceNotFound("The resource you requested does not exist.")
}

func errFunctionExists(name string) error {
	return user(http.StatusConflict, "ResourceConflictException", "Function already exist: %s", name)
}

func errConflict(format string, args ...any) error {
	return user(http.StatusConflict, "ResourceConflictException", format, args...)
}

func errInvalid(format string, args ...any) error {
	return user(http.StatusBadRequest, "InvalidParameterValueException", format, args...)
}

func errRevision() error {
	return user(http.StatusPreconditionFailed, "PreconditionFailedException",
		"The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
}

func errNotJSON(reason string) error {
	return user(http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json: %s", reason)
}

func errTooLarge(size, limit int) error {
	return user(http.StatusRequestEntityTooLarge, "RequestTooLargeException", "%d byte payload is too large for the operation: it takes %d bytes", size, limit)
}

func errCodeTooLarge() error {
	return errInvalid("Unzipped size must be smaller than 262144000 bytes")
}

func errNotZip() error {
	return errInvalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
}

func errNoCode() error {
	return errInvalid("Please provide a source for function code.")
}

func errS3(message string) error {
	return errInvalid("Error occurred while GetObject. %s", message)
}

func errCannotAssume() error {
	return errInvalid("The role defined for the function cannot be assumed by Lambda.")
}

func errCannotAssumeNow() error {
	return user(http.StatusForbidden, "AccessDeniedException", "The role defined for the function cannot be assumed by Lambda.")
}

func errThrottled(reason string) error {
	return aws.Errorf(http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.").With("Reason", reason).With("Type", "User")
}

func errDenied(c *aws.Call, action string, resource aws.ARN) error {
	who := string(c.Principal.ARN)
	if c.Principal.Kind == aws.ServicePrincipal {
		who = c.Principal.Name
	}
	return aws.Errorf(http.StatusForbidden, "AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s", who, action, resource)
}

func errUnreserved() error {
	return errInvalid("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [%d].", minUnreserved)
}

func errAbsent(what string) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement %s of Lambda", what)
}

func errClosing() error {
	return aws.Errorf(http.StatusServiceUnavailable, "ServiceException", "The cloud is being stopped.")
}
