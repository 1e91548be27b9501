package seeding

import (
	"context"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
)

// A Cloud stores songs. Package cloud has the one on AWS.
type Cloud interface {
	// Entry reads the catalogue's entry of a song.
	Entry(ctx context.Context, id fogfile.SongID) (Entry, bool, error)
	// Stat reads size and metadata of a stored object.
	Stat(ctx context.Context, key string) (Stored, bool, error)
	// DataKey makes a data key for a song, plain and wrapped.
	DataKey(ctx context.Context, id fogfile.SongID) (plain, wrapped []byte, err error)
	// Store stores an object atomically. It reports the bytes that left to
	// progress, negative ones when it has to start over.
	Store(ctx context.Context, o Object, progress func(bytes int64)) error
	// Register stores an entry in the catalogue.
	Register(ctx context.Context, e Entry) error
}

// Stored is what is known of an object in the cloud.
type Stored struct {
	Size int64
	Meta map[string]string
}

// An Object is to be stored.
type Object struct {
	Key         string
	ContentType string
	Body        []byte
	Meta        map[string]string
}
