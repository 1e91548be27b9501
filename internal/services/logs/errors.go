package logs

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errNoGroup() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist.")
}

func errNoStream() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "The specified log stream does not exist.")
}

func errNoFilter() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "The specified metric filter does not exist.")
}

func errNoPolicy(name string) error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Policy with name [%s] does not exist", name)
}

func errNoResource() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "The specified resource does not exist.")
}

func errGroupExists() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceAlreadyExistsException", "The specified log group already exists")
}

func errStreamExists() error {
	return aws.Errorf(http.StatusBadRequest, "ResourceAlreadyExistsException", "The specified log stream already exists")
}

func errParameter(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

func errProtected() error {
	return aws.Errorf(http.StatusBadRequest, "ValidationException", "Deletion protection is enabled for the log group.")
}

func errLimit() error {
	return aws.Errorf(http.StatusBadRequest, "LimitExceededException", "Resource limit exceeded.")
}

func errTooManyTags() error {
	return aws.Errorf(http.StatusBadRequest, "TooManyTagsException", "The resource can have no more than 50 tags.")
}

func errDenied(action string, arn aws.ARN) error {
	return aws.Errorf(http.StatusBadRequest, "AccessDeniedException", "No resource policy allows the sender to perform %s on %s", action, arn)
}
