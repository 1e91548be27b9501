package events

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errValidation(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ValidationException", format, args...)
}

func errNoBus(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Event bus %s does not exist.", name)
}

func errNoRule(name, bus string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", name, bus)
}

func errNotFound(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", format, args...)
}

func errBusExists(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceAlreadyExistsException", "Event bus %s already exists.", name)
}

func errPattern(err error) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "InvalidEventPatternException", "%v", err)
}

func errLimit() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
}

func errSchedule() *aws.Error { return errValidation("Parameter ScheduleExpression is not valid.") }

func errTarget(id, format string, args ...any) *aws.Error {
	return errValidation(format+" for target "+id+".", args...)
}

func errAccessDenied(arn aws.ARN) *aws.Error {
	return aws.Errorf(http.StatusForbidden, "AccessDeniedException", "The event bus %s does not let its sender events:PutEvents.", arn)
}
