package appsync

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errAPINotFound(id string) error {
	return aws.Errorf(http.StatusNotFound, "NotFoundException", "GraphQL API %s not found.", id)
}

func errNotFound(format string, args ...any) error {
	return aws.Errorf(http.StatusNotFound, "NotFoundException", format, args...)
}

func errBadRequest(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "BadRequestException", format, args...)
}

func errNoSchema() error {
	return aws.Errorf(http.StatusNotFound, "NotFoundException", "Schema does not exist")
}

func errKeyLimit() error {
	return aws.Errorf(http.StatusBadRequest, "ApiKeyLimitExceededException", "The number of API keys for this API has been exceeded, the limit is %d.", maxKeys)
}

func errKeyValidity() error {
	return aws.Errorf(http.StatusBadRequest, "ApiKeyValidityOutOfBoundsException", "API key must be valid for a minimum of 1 day and a maximum of 365 days.")
}

// errAbsent is for a value of a member that we would have to ignore.
func errAbsent(what string) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla's AppSync does not have %s", what)
}
