package costexplorer

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errValidation(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "ValidationException", format, args...)
}

func errAbsent(format string, args ...any) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", format, args...)
}
