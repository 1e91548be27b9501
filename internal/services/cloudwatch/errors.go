package cloudwatch

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// coded is an error whose code in the query protocol, which clients of the
// others are told too, is not the name of its shape.
func coded(status int, shape, legacy, format string, args ...any) *aws.Error {
	e := aws.Errorf(status, shape, format, args...)
	e.Header = http.Header{"X-Amzn-Query-Error": {legacy + ";Sender"}}
	return e
}

func errValue(format string, args ...any) error {
	return coded(http.StatusBadRequest, "InvalidParameterValueException", "InvalidParameterValue", format, args...)
}

func errCombination(format string, args ...any) error {
	return coded(http.StatusBadRequest, "InvalidParameterCombinationException", "InvalidParameterCombination", format, args...)
}

func errMissing(format string, args ...any) error {
	return coded(http.StatusBadRequest, "MissingRequiredParameterException", "MissingParameter", format, args...)
}

func errValidation(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "ValidationError", format, args...)
}

func errTooManyPoints(n int64) error {
	return errCombination("You have requested up to %d datapoints, which exceeds the limit of %d. "+
		"You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, maxStatisticsPoints)
}

func errNoAlarm(name string) error {
	return coded(http.StatusNotFound, "ResourceNotFound", "ResourceNotFound", "Alarm %s does not exist", name)
}

func errNoAlarms() error {
	return coded(http.StatusNotFound, "ResourceNotFound", "ResourceNotFound", "")
}

func errNoResource(arn string) error {
	return coded(http.StatusNotFound, "ResourceNotFoundException", "ResourceNotFoundException", "Resource %s does not exist", arn)
}

func errNoDashboard(name string) error {
	return coded(http.StatusNotFound, "DashboardNotFoundError", "ResourceNotFound", "Dashboard %s does not exist", name)
}

func errDashboard(message string, list []DashboardValidationMessage) error {
	return coded(http.StatusBadRequest, "DashboardInvalidInputError", "InvalidParameterInput", "%s", message).With("dashboardValidationMessages", list)
}

func errToken() error {
	return coded(http.StatusBadRequest, "InvalidNextToken", "InvalidNextToken", "The next token is not valid.")
}
