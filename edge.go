package niebla

import (
	"os"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/edge"
)

// What the cache of the edge may take.
const (
	edgeMemory = 64 << 20
	edgeDisk   = 2 << 30
)

// edgeConfig is how CloudFront's edge reaches its origins, and where it keeps
// large bodies: in files without a name, on the disk that has the data.
func edgeConfig(cfg *Config, ids *aws.IDs, now func() time.Time, in *inside) edge.Config {
	dir := cfg.Dir
	if dir == "" {
		dir = os.TempDir()
	}
	return edge.Config{Now: now, IDs: ids, Buckets: in, Cloud: in, Dir: dir, Memory: edgeMemory, Disk: edgeDisk}
}
