package cognitoidp

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func fault(code, format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, code, format, args...)
}

func errInvalid(format string, args ...any) error {
	return fault("InvalidParameterException", format, args...)
}

func errNotAuthorized(format string, args ...any) error {
	return fault("NotAuthorizedException", format, args...)
}

func errNotFound(format string, args ...any) error {
	return fault("ResourceNotFoundException", format, args...)
}

func errPassword(format string, args ...any) error {
	return fault("InvalidPasswordException", format, args...)
}

func errAbsent(format string, args ...any) error {
	return aws.Errorf(http.StatusNotImplemented, "NotImplemented", format, args...)
}

func errPoolNotFound(id string) error { return errNotFound("User pool %s does not exist.", id) }

func errClientNotFound(id string) error {
	return errNotFound("User pool client %s does not exist.", id)
}

func errGroupNotFound() error { return errNotFound("Group not found.") }

func errUserNotFound() error { return fault("UserNotFoundException", "User does not exist.") }

// errNobody is errUserNotFound of operations that name a user and a client.
func errNobody() error {
	return fault("UserNotFoundException", "Username/client id combination not found.")
}

func errWrongPassword() error { return errNotAuthorized("Incorrect username or password.") }

func errDisabled() error { return errNotAuthorized("User is disabled.") }

func errLockedOut() error { return errNotAuthorized("Password attempts exceeded") }

func errNotConfirmed() error { return fault("UserNotConfirmedException", "User is not confirmed.") }

func errResetRequired() error {
	return fault("PasswordResetRequiredException", "Password reset required for the user")
}

func errTemporaryExpired() error {
	return errNotAuthorized("Temporary password has expired and must be reset by an administrator.")
}

func errUserExists(text string) error { return fault("UsernameExistsException", "%s", text) }

func errAliasExists(kind string) error {
	return fault("AliasExistsException", "An account with the %s already exists.", kind)
}

func errWrongCode() error {
	return fault("CodeMismatchException", "Invalid verification code provided, please try again.")
}

func errNoCode() error {
	return fault("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

func errTooOften() error {
	return fault("LimitExceededException", "Attempt limit exceeded, please try after some time.")
}

func errSession(why string) error { return errNotAuthorized("Invalid session for the user%s.", why) }

func errNoContact() error {
	return errInvalid("Cannot reset password for the user as there is no registered/verified email or phone_number")
}

func errUnauthorizedAttribute() error {
	return errNotAuthorized("A client attempted to write unauthorized attribute")
}

func errPageToken() error { return errInvalid("Invalid pagination token") }

func errTrigger(name, message string) error {
	return fault("UserLambdaValidationException", "%s failed with error %s.", name, message)
}

func errTriggerCrashed(name, message string) error {
	return fault("UnexpectedLambdaException", "%s failed with error %s.", name, message)
}

func errTriggerAnswer() error {
	return fault("InvalidLambdaResponseException", "Unrecognizable lambda output")
}
