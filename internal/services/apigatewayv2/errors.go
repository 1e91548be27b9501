package apigatewayv2

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func errNoAPI(c *aws.Call, id string) error {
	return aws.Errorf(http.StatusNotFound, "NotFoundException", "Invalid API identifier specified %s:%s", c.Account, id)
}

func errNotFound(format string, args ...any) error {
	return aws.Errorf(http.StatusNotFound, "NotFoundException", format, args...)
}

func errBadRequest(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "BadRequestException", format, args...)
}

func errConflict(format string, args ...any) error {
	return aws.Errorf(http.StatusConflict, "ConflictException", format, args...)
}

func errAbsent(what string) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement %s of API Gateway", what)
}
