package sqs

import (
	"errors"
	"regexp"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// maxBatch is how many entries a batch may have.
const maxBatch = 10

var batchID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// checkBatch validates the ids of a batch's entries.
func checkBatch(entry string, ids []string) error {
	if len(ids) == 0 {
		return errEmptyBatch(entry)
	}
	if len(ids) > maxBatch {
		return errBatchTooLarge(len(ids))
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if !batchID.MatchString(id) {
			return errBatchID()
		}
		if seen[id] {
			return errBatchTwice(id)
		}
		seen[id] = true
	}
	return nil
}

// failedEntry tells of an entry that a client got wrong; any other error is
// the whole request's.
func failedEntry(id string, err error) (BatchResultErrorEntry, error) {
	e, ok := errors.AsType[*aws.Error](err)
	if !ok {
		return BatchResultErrorEntry{}, err
	}
	code := e.Code
	if legacy, _, ok := strings.Cut(e.Header.Get("X-Amzn-Query-Error"), ";"); ok {
		code = legacy
	}
	return BatchResultErrorEntry{Id: id, Code: code, Message: e.Message, SenderFault: true}, nil
}
