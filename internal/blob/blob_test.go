package blob_test

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/blob/blobtest"
)

func TestMemory(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		m := blob.NewMemory(aws.NewIDs(nil))
		return blobtest.Harness{Store: m, Crash: func(*testing.T) blob.Store { return m.Reopen() }}
	})
}

func TestDisk(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		dir := t.TempDir()
		open := func(t *testing.T) blob.Store {
			d, err := blob.OpenDisk(dir, aws.NewIDs(nil))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		return blobtest.Harness{Store: open(t), Crash: open}
	})
}
