package dynamodb

import (
	"errors"
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
)

const invalidValues = "One or more parameter values were invalid: "

func errValidation(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ValidationException", format, args...)
}

func errSerialization(message string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "SerializationException", "%s", message)
}

// errNoTable is what item operations say of a table that does not exist.
func errNoTable() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found")
}

// errTableNotFound is what table operations say of it.
func errTableNotFound(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
}

func errResourceNotFound(arn string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found: ResourcArn: %s not found", arn)
}

func errIndexNotFound(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found: Index: %s not found", name)
}

func errProtected() *aws.Error {
	return errValidation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
}

func errTableExists(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceInUseException", "Table already exists: %s", name)
}

func errInUse(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceInUseException",
		"Attempt to change a resource which is still in use: Table is being updated: %s", name)
}

func errLimitExceeded(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "LimitExceededException", format, args...)
}

// errBeingCreated is about a table that is being filled.
func errBeingCreated(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceInUseException",
		"Attempt to change a resource which is still in use: Table is being created: %s", name)
}

const conditionFailed = "The conditional request failed"

func errConditionFailed() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ConditionalCheckFailedException", conditionFailed)
}

// errDuplicateItem is what an INSERT says of an item that is there.
func errDuplicateItem() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "DuplicateItemException", "Duplicate primary key exists in table")
}

func errCollectionTooLarge() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ItemCollectionSizeLimitExceededException", "Collection size exceeded.")
}

func errTokenReused() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "IdempotentParameterMismatchException",
		"The request uses the same client token as a previous, but non-identical request. "+
			"Do not reuse a client token with different requests, unless the requests are identical")
}

// errSameItem is about two parts of a transaction.
func errSameItem() *aws.Error {
	return errValidation("Transaction request cannot include multiple operations on one item")
}

// errKeyMismatch is about a Key; items have errors of their own.
func errKeyMismatch() *aws.Error {
	return errValidation("The provided key element does not match the schema")
}

// visible turns an error of the language into the one a client sees.
func visible(err error) error {
	if err == nil {
		return nil
	}
	var invalid ddbexpr.Invalid
	var malformed ddbexpr.Malformed
	var refused partiql.Invalid
	var wrong wrongKey
	switch {
	case errors.As(err, &refused):
		return errValidation("%s", string(refused))
	case errors.As(err, &wrong):
		return errValidation("%s", string(wrong))
	case errors.As(err, &invalid):
		return errValidation("%s", string(invalid))
	case errors.As(err, &malformed):
		return errSerialization(string(malformed))
	}
	return err
}

func errStreamEnabled(table string) *aws.Error {
	return errValidation("Table already has an enabled stream: TableName: %s", table)
}

func errNoStream(table string) *aws.Error {
	return errValidation("Table has no stream to disable: TableName: %s", table)
}

func errStreamNotFound(arn string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found: Stream: %s not found", arn)
}

func errShardNotFound(arn, shard string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found: Shard: %s in Stream: %s not found", shard, arn)
}

func errBadIterator() *aws.Error { return errValidation("Invalid ShardIterator") }

func errIteratorExpired() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ExpiredIteratorException", "The shard iterator has expired: iterators are valid for 15 minutes")
}

func errTrimmed() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "TrimmedDataAccessException", "The requested records are beyond the last 24 hours and have been trimmed from the stream")
}

// errBackupTable is what the operations about a table's past say of one that
// does not exist.
func errBackupTable(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "TableNotFoundException", "Table not found: %s", name)
}

// errBeingRestored is about the target of a restore that is the target of another.
func errBeingRestored(name string, o *origin) *aws.Error {
	from := o.Table
	if o.Backup != "" {
		from = o.Backup
	}
	return aws.Errorf(http.StatusBadRequest, "TableInUseException", "Table: %s is already being restored from backup: %s", name, from)
}

func errForeign() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "AccessDeniedException", "Access is denied")
}

// errAccessDenied is what a statement of a batch says that IAM refuses.
func errAccessDenied(why string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "AccessDeniedException", "%s", why)
}

func errRestoreTarget(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "TableAlreadyExistsException", "Table already exists: %s", name)
}

func errNotRecoverable(name string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table '%s'", name)
}

func errInvalidRestoreTime(at, earliest, latest time.Time) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "InvalidRestoreTimeException",
		"RestoreDateTime '%s' must be within EarliestRestorableDateTime '%s' and LatestRestorableDateTime '%s'",
		at.UTC().Format(time.RFC3339), earliest.UTC().Format(time.RFC3339), latest.UTC().Format(time.RFC3339))
}

func errBackupNotFound(arn string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "BackupNotFoundException", "Backup not found: %s", arn)
}

func errBackupInUse(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "BackupInUseException", format, args...)
}

func errExportNotFound(why string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "ExportNotFoundException", "Export not found: %s", why)
}

func errInvalidExportTime(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "InvalidExportTimeException", format, args...)
}
