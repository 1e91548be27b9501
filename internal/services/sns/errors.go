package sns

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errNoTopic() *aws.Error {
	return aws.Errorf(http.StatusNotFound, "NotFound", "Topic does not exist")
}

func errNoSubscription() *aws.Error {
	return aws.Errorf(http.StatusNotFound, "NotFound", "Subscription does not exist")
}

func errInvalid(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameter", "Invalid parameter: "+format, args...)
}

func errUnsupported(what string) *aws.Error {
	return errInvalid("%s is not supported here", what)
}

func errFIFO() *aws.Error { return errUnsupported("A FIFO topic") }

func errToken() *aws.Error { return errInvalid("Token") }

func errTooManyTags() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded")
}

func errEmptyBatch() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "EmptyBatchRequest", "The batch request doesn't contain any entries.")
}

func errBatchTooLarge() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
}

func errBatchTwice() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
}

func errBatchID() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification.")
}

func errBatchTooLong() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "BatchRequestTooLong", "The length of all the batch messages put together is more than the limit.")
}

func errAccessDenied(action string, arn aws.ARN) *aws.Error {
	return aws.Errorf(http.StatusForbidden, "AuthorizationError", "The topic %s does not let its sender %s.", arn, action)
}
