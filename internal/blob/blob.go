package blob

import (
	"context"
	"errors"
	"io"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// ErrNotExist is returned by Open for a blob that is not there.
var ErrNotExist = errors.New("blob: does not exist")

// ID names a blob: 32 hexadecimal digits. The first eight tell the process
// that wrote it from every other.
type ID string

const (
	generationLen = 8
	idLen         = 32
)

// Valid reports whether id has the form of a blob's name.
func (id ID) Valid() bool {
	if len(id) != idLen {
		return false
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// A Store holds blobs. It is safe for concurrent use.
type Store interface {
	// Create starts a blob.
	Create() (Writer, error)
	// Open returns a committed blob, or ErrNotExist. What was opened stays
	// readable when the blob is deleted.
	Open(id ID) (Reader, error)
	// Delete removes a blob. One that is not there is no error.
	Delete(id ID) error
	// Sweep deletes the blobs of earlier processes that are not live, and
	// returns how many it deleted.
	Sweep(ctx context.Context, live func(ID) (bool, error)) (int, error)
}

// A Writer is a blob being written. It ends with Commit or Abort.
type Writer interface {
	io.Writer
	// Commit makes the blob durable and gives it its name.
	Commit() (ID, error)
	// Abort discards the blob. After Commit it does nothing, so that it can
	// be deferred.
	Abort()
}

// A Reader reads one blob. It is for one goroutine, except for ReadAt.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// Section returns a reader of n bytes from off. There is one at a time: a
	// further call ends the section before it. A section of a file is an
	// *io.LimitedReader of an *os.File, which a TCP connection sends without
	// copying.
	Section(off, n int64) (io.Reader, error)
}

// names draws the identifiers of one process.
type names struct {
	ids        *aws.IDs
	generation string
}

func newNames(ids *aws.IDs) names { return names{ids, ids.Hex(generationLen)} }

func (n names) next() ID { return ID(n.generation + n.ids.Hex(idLen-generationLen)) }

// old reports whether id was drawn by an earlier process.
func (n names) old(id ID) bool { return string(id[:generationLen]) != n.generation }
