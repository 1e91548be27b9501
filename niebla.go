// Package niebla runs an AWS-compatible cloud inside your process.
//
//	c, err := niebla.Start(ctx, niebla.Config{Dir: ".niebla"})
//	if err != nil { ... }
//	defer c.Close()
//	// point any AWS SDK at c.URL(), with the keys test and test
//
// Each Cloud is independent: several in one process share nothing.
package niebla

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/gateway"
	"github.com/niebla-cloud/niebla/internal/http1"
	"github.com/niebla-cloud/niebla/internal/listener"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Version is the version of this build.
const Version = "0.1.0"

// The root key pair that everyone's examples use. It is good on loopback only.
const (
	DevelopmentKey    = "test"
	DevelopmentSecret = "test"
)

// Config configures Start. The zero value is a private, in-memory cloud on a
// free port of the loopback interface.
type Config struct {
	Dir     string // where all data is kept; "" keeps it in memory
	Listen  string // host:port; default "127.0.0.1:0"
	Region  string // of requests that name none; default "eu-west-3"
	Account string // of the root key pair, 12 digits; default "000000000000"

	// The key pair of the account's root user. The default is test and test,
	// and is refused on an address that other machines can reach.
	RootKey, RootSecret string

	Hosts  []string // further host names that lead here: BUCKET.name is a bucket
	Strict bool     // refuse request members that an operation does not act on

	// Throttle holds DynamoDB's tables to the capacity that they have. Without
	// it everything is as fast as the machine.
	Throttle bool

	Log     *slog.Logger     // default: discard
	Now     func() time.Time // what the one clock goes by, which Advance moves ahead; default time.Now
	Signers func() time.Time // the clock that clients sign requests by, which Advance does not move; default Now
	Rand    io.Reader        // of identifiers and keys; default crypto/rand

	url string // where what we run ourselves reaches us
}

var accountPattern = regexp.MustCompile(`^\d{12}$`)

// setDefaults completes the configuration, or says what is wrong with it.
func (cfg *Config) setDefaults() error {
	def := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	def(&cfg.Listen, "127.0.0.1:0")
	def(&cfg.Region, "eu-west-3")
	def(&cfg.Account, "000000000000")
	if cfg.RootKey == "" && cfg.RootSecret == "" {
		cfg.RootKey, cfg.RootSecret = DevelopmentKey, DevelopmentSecret
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Signers == nil {
		cfg.Signers = cfg.Now
	}
	host, _, err := net.SplitHostPort(cfg.Listen)
	switch {
	case err != nil:
		return fmt.Errorf("the address to listen on, %q, is not of the form host:port", cfg.Listen)
	case !accountPattern.MatchString(cfg.Account):
		return fmt.Errorf("the account %q is not a number of 12 digits", cfg.Account)
	case cfg.RootKey == "" || cfg.RootSecret == "":
		return errors.New("a root key and its secret go together: one of them is missing")
	case cfg.RootSecret == DevelopmentSecret && !loopback(host):
		return fmt.Errorf("%s can be reached from other machines, and everybody knows the keys test/test: choose a root key pair of your own", cfg.Listen)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guarded reports whether the cloud is reached from this machine only.
func (cfg *Config) guarded() bool {
	host, _, _ := net.SplitHostPort(cfg.Listen)
	return loopback(host)
}

// Cloud is a running cloud.
type Cloud struct {
	cfg     Config
	db      *store.DB
	ln      *listener.Listener
	srv     *http1.Server
	records *meter.Recorder
	admin   *admin.Handler
	started time.Time

	requests gate // of the API; the administration goes around it
	api      atomic.Pointer[assembly]
	serving  sync.WaitGroup

	mu      sync.Mutex    // held by Reset and Close
	closing chan struct{} // closed when Close begins
	close   func() error
}

// remembered is how many requests are kept for niebla logs and explain.
const remembered = 4096

// patience is how long requests under way may take when somebody waits for
// their end.
const patience = 10 * time.Second

// Start starts a cloud. It is ready for requests when Start returns, and lives
// until Close; ctx bounds the start only.
func Start(ctx context.Context, cfg Config) (*Cloud, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	// The port first: a second start is told so before it waits for a lock.
	inner, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return nil, err
	}
	c := &Cloud{cfg: cfg, records: meter.NewRecorder(remembered), started: cfg.Now(), closing: make(chan struct{})}
	c.close = sync.OnceValue(c.shutDown)
	if err := c.open(); err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	tlsDir := ""
	if cfg.Dir != "" {
		tlsDir = filepath.Join(cfg.Dir, "tls")
	}
	c.ln = listener.New(inner, listener.NewAuthority(tlsDir, time.Now)) // clients check certificates by their own clocks
	c.cfg.url = reachable(c.ln.Addr().String())
	a, err := assemble(&c.cfg, c.db, c.records)
	if err != nil {
		return nil, errors.Join(err, c.ln.Close(), c.db.Close())
	}
	c.api.Store(a)
	c.admin = admin.New(admin.Config{
		Version: Version, Services: a.names(), Recorder: c.records, Mail: mail.NewBox(c.db), Reset: c.Reset, Status: c.status, Closing: c.closing,
		Clock: c, Faults: faults{c}, Dashboards: monitoring{c}, Bills: monitoring{c}, Sites: c.sites,
	})
	c.srv = &http1.Server{
		Handler: c,
		Rest: &http.Server{
			Handler:           c,
			ReadHeaderTimeout: time.Minute,
			MaxHeaderBytes:    64 << 10,
			ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
		},
		Log: cfg.Log,
	}
	c.serving.Go(func() {
		if err := c.srv.Serve(c.ln); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("the server ended", "err", err)
		}
	})
	return c, nil
}

// open opens the store.
func (c *Cloud) open() (err error) {
	if c.cfg.Dir == "" {
		c.db = store.OpenMemory()
		return nil
	}
	if err := os.MkdirAll(c.cfg.Dir, 0o700); err != nil {
		return err
	}
	c.db, err = store.Open(filepath.Join(c.cfg.Dir, "store"))
	return err
}

// ServeHTTP serves one request, as the cloud's own server does.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if (admin.Claims(r) || admin.ClaimsHome(r)) && !gateway.OfBucket(r.Host, c.cfg.Hosts) && !c.api.Load().gateway.Fronted(r) {
		c.admin.ServeHTTP(w, r)
		return
	}
	if err := c.requests.enter(r.Context()); err != nil {
		return // the client did not wait for the end of a reset
	}
	defer c.requests.leave()
	c.api.Load().gateway.ServeHTTP(w, r)
}

// URL is the endpoint to give an AWS SDK.
func (c *Cloud) URL() string { return "http://" + c.ln.Addr().String() }

// reachable is the URL by which this machine reaches an address that we listen on.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		addr = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + addr
}

// Reset empties the cloud, as if it had just been started on an empty
// directory. Requests under way end first, and new ones wait; when that takes
// more than ten seconds, or ctx ends, nothing is removed.
func (c *Cloud) Reset(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.closing:
		return errors.New("the cloud is closed")
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c.api.Load().hurry()
	if err := c.requests.close(ctx); err != nil {
		return fmt.Errorf("requests are still under way, and nothing was removed: %w", err)
	}
	defer c.requests.open()
	err := errors.Join(c.api.Load().close(), c.db.Clear())
	a, assembling := assemble(&c.cfg, c.db, c.records)
	if assembling == nil {
		c.api.Store(a)
	}
	return errors.Join(err, assembling)
}

// Now is the cloud's time.
func (c *Cloud) Now() time.Time { return c.api.Load().clock.Now() }

// Advance moves the cloud's clock forward. What is due in between happens in
// order: schedules fire, items expire, alarms evaluate.
func (c *Cloud) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return errors.New("the clock goes forward only")
	}
	now := c.api.Load().clock
	// First in the store: after a crash on the way nothing lies in the future.
	err := c.db.Update(func(tx *store.Tx) error {
		ahead.Put(tx, aws.Scope{}, int64(now.Ahead()+d))
		return nil
	})
	if err != nil {
		return err
	}
	return now.Advance(ctx, d)
}

func (c *Cloud) status() admin.Status {
	m := c.db.Metrics()
	return admin.Status{
		PID: os.Getpid(), Version: Version, Started: c.started, Clock: c.Now(), URL: c.URL(), Dir: c.cfg.Dir,
		Account: c.cfg.Account, Region: c.cfg.Region, Strict: c.cfg.Strict,
		DiskBytes: m.DiskBytes, MemoryBytes: m.MemoryBytes, Requests: c.records.Count(),
	}
}

// Close stops the cloud. Requests under way have ten seconds to end, then
// their connections are closed. Only the first call does something; others
// return what it did.
func (c *Cloud) Close() error { return c.close() }

func (c *Cloud) shutDown() error {
	close(c.closing)
	c.api.Load().hurry()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := c.srv.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = c.srv.Close()
	}
	c.serving.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	// Without a connection a request has nothing to wait for, but it may be in
	// the middle of a transaction. The gate stays shut.
	err = errors.Join(err, c.requests.close(context.Background()))
	return errors.Join(err, c.api.Load().close(), c.db.Close())
}
