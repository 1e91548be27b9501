package sqs

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// failure is an error that goes by one code in awsJson and by another in
// awsQuery, which clients of either see in the header too.
func failure(code, legacy, format string, args ...any) *aws.Error {
	e := aws.Errorf(http.StatusBadRequest, code, format, args...)
	e.Header = http.Header{"X-Amzn-Query-Error": {legacy + ";Sender"}}
	return e
}

func errNoQueue() *aws.Error {
	return failure("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
}

func errQueueExists(attribute string) *aws.Error {
	return failure("QueueNameExists", "QueueAlreadyExists", "A queue already exists with the same name and a different value for attribute %s", attribute)
}

func errInvalidAddress(url string) *aws.Error {
	return failure("InvalidAddress", "InvalidAddress", "The address %s is not valid for this endpoint.", url)
}

func errUnknownAttribute(name string) *aws.Error {
	return failure("InvalidAttributeName", "InvalidAttributeName", "Unknown Attribute %s.", name)
}

func errAttributeValue(name string) *aws.Error {
	return failure("InvalidAttributeValue", "InvalidAttributeValue", "Invalid value for the parameter %s.", name)
}

func errMissing(name string) *aws.Error {
	return failure("MissingRequiredParameterException", "MissingParameter", "The request must contain the parameter %s.", name)
}

func errInvalid(format string, args ...any) *aws.Error {
	return failure("InvalidParameterValueException", "InvalidParameterValue", format, args...)
}

func errValue(value any, name, reason string) *aws.Error {
	return errInvalid("Value %v for parameter %s is invalid. Reason: %s", value, name, reason)
}

func errQueueName() *aws.Error {
	return errInvalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
}

func errUnsupported(format string, args ...any) *aws.Error {
	return failure("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", format, args...)
}

func errFIFO() *aws.Error {
	return errUnsupported("FIFO queues are not supported here; standard queues are.")
}

func errPurging(name string) *aws.Error {
	e := failure("PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress", "Only one PurgeQueue operation on %s is allowed every 60 seconds.", name)
	return e
}

func errContents() *aws.Error {
	return failure("InvalidMessageContents", "InvalidMessageContents",
		"Invalid binary character was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
}

func errTooLong(limit int) *aws.Error {
	return errInvalid("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", limit)
}

func errHandle(handle string) *aws.Error {
	return failure("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", "The input receipt handle %q is not a valid receipt handle.", handle)
}

func errNotInFlight(handle string) *aws.Error {
	return failure("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight",
		"Value %s for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.", handle)
}

func errEmptyBatch(entry string) *aws.Error {
	return failure("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one %s in the request.", entry)
}

func errBatchTooLarge(n int) *aws.Error {
	return failure("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
		"Maximum number of entries per request are %d. You have sent %d.", maxBatch, n)
}

func errBatchID() *aws.Error {
	return failure("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId",
		"A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
}

func errBatchTwice(id string) *aws.Error {
	return failure("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id %s repeated.", id)
}

func errBatchTooLong(n int) *aws.Error {
	return failure("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong",
		"Batch requests cannot be longer than %d bytes. You have sent %d bytes.", maxMessage, n)
}

func errAccessDenied(action string, arn aws.ARN) *aws.Error {
	return aws.Errorf(http.StatusForbidden, "AccessDeniedException", "The queue %s does not let its sender %s.", arn, action)
}
