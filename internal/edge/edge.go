package edge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Buckets is S3 as the edge asks it: a request with the bucket in its path, on
// behalf of a principal.
type Buckets interface {
	Serve(w http.ResponseWriter, r *http.Request, p *aws.Principal, s aws.Scope)
}

// Config configures New. Every field is required but Dir, which may be "" for
// the system's folder of temporary files.
type Config struct {
	Now     func() time.Time
	IDs     *aws.IDs
	Buckets Buckets
	Cloud   http.Handler // answers for names of AWS' own
	Dir     string       // of large bodies
	Memory  int64        // what the cache may take
	Disk    int64
	Observe func(*Visit) // told of each request when it has been answered
}

// Edge serves distributions.
type Edge struct {
	Config
	cache     *cache
	transport *http.Transport
	viaHeader []string
	via       string
	stop      context.CancelFunc
	life      context.Context
	fetches   sync.WaitGroup

	mu      sync.Mutex
	flights map[string]*flight
	closed  bool
}

// New returns an edge with an empty cache.
func New(cfg Config) *Edge {
	if cfg.Now == nil || cfg.IDs == nil || cfg.Buckets == nil || cfg.Cloud == nil || cfg.Observe == nil || cfg.Memory <= 0 || cfg.Disk <= 0 {
		panic("edge: incomplete Config")
	}
	life, stop := context.WithCancel(context.Background())
	// Which place it is tells nobody anything, so it needs no randomness.
	place := sha256.Sum256([]byte("niebla"))
	via := "1.1 " + hex.EncodeToString(place[:16]) + ".cloudfront.net (CloudFront)"
	return &Edge{
		Config:    cfg,
		cache:     newCache(cfg.Memory, cfg.Disk),
		transport: newTransport(),
		via:       via,
		viaHeader: []string{via},
		stop:      stop,
		life:      life,
		flights:   map[string]*flight{},
	}
}

// Close ends the fetches that are under way, and forgets everything.
func (e *Edge) Close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.stop()
	e.fetches.Wait()
	e.transport.CloseIdleConnections()
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	for e.cache.oldest != nil {
		e.cache.remove(e.cache.oldest)
	}
	return nil
}

// Invalidate forgets the objects of a distribution that a path covers; a path
// that ends with a star covers all that begin like it. What is being fetched
// at the moment will not be kept.
func (e *Edge) Invalidate(id string, paths []string) {
	for i, p := range paths {
		paths[i] = plainPath(p)
	}
	covers := func(object string) bool {
		for _, p := range paths {
			if invalidates(p, object) {
				return true
			}
		}
		return false
	}
	e.mu.Lock()
	for key, f := range e.flights {
		if f.id == id && covers(f.object) {
			f.void = true
			delete(e.flights, key)
		}
	}
	e.mu.Unlock()
	e.cache.purge(id, covers)
}

// Visit is a request that was answered.
type Visit struct {
	Distribution *Distribution
	Status       int
	Hit          bool // no origin was asked for the object
	TLS          bool
	In, Out      int64 // bytes of bodies
}
