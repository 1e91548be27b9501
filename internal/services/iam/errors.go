package iam

import (
	"errors"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
)

func errNoSuch(format string, args ...any) error {
	return aws.Errorf(http.StatusNotFound, "NoSuchEntity", format, args...)
}

func errNoEntity(r ref) error {
	return errNoSuch("The %s with name %s cannot be found.", r.kind, r.name)
}

func errNoInline(k kind, name string) error {
	return errNoSuch("The %s policy with name %s cannot be found.", k, name)
}

func errNoPolicy(arn string) error { return errNoSuch("Policy %s was not found.", arn) }

func errNotAttachable(arn string) error {
	return errNoSuch("Policy %s does not exist or is not attachable.", arn)
}

func errNoVersion(arn, version string) error {
	return errNoSuch("Policy %s version %s does not exist or is not attachable.", arn, version)
}

func errNoAccessKey(id string) error {
	return errNoSuch("The Access Key with id %s cannot be found.", id)
}

func errNoBoundary(r ref) error {
	return errNoSuch("The %s with name %s does not have a permissions boundary.", r.kind, r.name)
}

func errNoLoginProfile(user string) error {
	return errNoSuch("Login Profile for User %s cannot be found.", user)
}

func errNoAlias(alias string) error {
	return errNoSuch("The account alias %s cannot be found.", alias)
}

func errExists(k kind, name string) error {
	noun := map[kind]string{user: "User", group: "Group", role: "Role"}[k]
	return aws.Errorf(http.StatusConflict, "EntityAlreadyExists", "%s with name %s already exists.", noun, name)
}

func errPolicyExists(name string) error {
	return aws.Errorf(http.StatusConflict, "EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", name)
}

func errAliasExists(alias string) error {
	return aws.Errorf(http.StatusConflict, "EntityAlreadyExists", "The account alias %s already exists.", alias)
}

// errDeleteFirst says what stands in the way of deleting a user, group or role.
func errDeleteFirst(what string) error {
	return aws.Errorf(http.StatusConflict, "DeleteConflict", "Cannot delete entity, must %s first.", what)
}

func errAttached() error {
	return aws.Errorf(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
}

func errHasVersions() error {
	return aws.Errorf(http.StatusConflict, "DeleteConflict",
		"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
}

func errDefaultVersion() error {
	return aws.Errorf(http.StatusConflict, "DeleteConflict", "Cannot delete the default version of a policy.")
}

func errQuota(what string, limit int) error {
	return aws.Errorf(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for %s: %d", what, limit)
}

func errInlineSize(r ref, limit int) error {
	return aws.Errorf(http.StatusConflict, "LimitExceeded", "Maximum policy size of %d bytes exceeded for %s %s", limit, r.kind, r.name)
}

func errVersions() error {
	return aws.Errorf(http.StatusConflict, "LimitExceeded",
		"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
}

func errBadARN() error {
	return aws.Errorf(http.StatusBadRequest, "ValidationError", "Invalid ARN:  Could not be parsed!")
}

func errValidation(format string, args ...any) error {
	return aws.Errorf(http.StatusBadRequest, "ValidationError", format, args...)
}

func errNeedUserName() error {
	return errValidation("Must specify userName when calling with non-User credentials")
}

func errDuplicateTags() error {
	return aws.Errorf(http.StatusBadRequest, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

func errAmazon() error {
	return aws.Errorf(http.StatusForbidden, "AccessDenied", "Cannot modify a policy that AWS manages.")
}

func errBadMarker() error { return errValidation("Invalid Marker.") }

func errBadAlias() error {
	return errValidation("The account alias must be 3 to 63 lower-case letters, digits and single hyphens, and begin and end with a letter or digit.")
}

func errMalformed(reason string) error {
	return aws.Errorf(http.StatusBadRequest, "MalformedPolicyDocument", "%s", reason)
}

// malformed renders what policy.Parse refuses.
func malformed(err error) error {
	var s *policy.SyntaxError
	if errors.As(err, &s) {
		return errMalformed(s.Reason)
	}
	return err
}
