package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/niebla-cloud/niebla"
	"github.com/niebla-cloud/niebla/internal/store"
)

type startCmd struct {
	Listen     string   `help:"Address to serve HTTP and HTTPS on." default:"127.0.0.1:4566"`
	Dir        string   `help:"Directory that keeps all data; .niebla unless given." placeholder:"DIR" xor:"where"`
	Memory     bool     `help:"Keep all data in memory instead." xor:"where"`
	Region     string   `help:"Region of requests that name none." default:"eu-west-3"`
	Account    string   `help:"Account of the root key pair." default:"000000000000"`
	Strict     bool     `help:"Refuse request members that an operation does not act on."`
	Throttle   bool     `help:"Hold DynamoDB's tables to the capacity that they have."`
	Host       []string `help:"Further host name that leads here: BUCKET.NAME is a bucket, and pages of NAME may call." placeholder:"NAME"`
	LogLevel   string   `help:"What to tell on standard error: debug, info, warn or error." default:"warn" enum:"debug,info,warn,error"`
	RootKey    string   `help:"Root access key; test on loopback." env:"NIEBLA_ROOT_KEY" placeholder:"ID"`
	RootSecret string   `help:"Its secret." env:"NIEBLA_ROOT_SECRET" placeholder:"SECRET"`
}

func (startCmd) Help() string {
	return `Prints "Ready." once requests are served, and runs until it is interrupted.
On loopback the root key pair is test/test, and a 12-digit access key with the
secret test chooses that account. Other addresses want a key pair of your own.
Tables are as fast as the machine; with --throttle they refuse what exceeds their
provisioned capacity, or what AWS gives an on-demand table from the start.

Examples:
  niebla start
  niebla start --listen 127.0.0.1:4567 --dir /var/lib/niebla --region us-east-1
  NIEBLA_ROOT_KEY=AKIAMINE NIEBLA_ROOT_SECRET=... niebla start --listen 0.0.0.0:4566

Exit status: 0 stopped by a signal; 1 the port is taken, the directory cannot be
used or is in use by another process; 2 wrong command line.`
}

func (c *startCmd) Run(a *app) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return usage{err}
	}
	cfg := niebla.Config{
		Dir: c.Dir, Listen: c.Listen, Region: c.Region, Account: c.Account,
		RootKey: c.RootKey, RootSecret: c.RootSecret, Hosts: c.Host, Strict: c.Strict, Throttle: c.Throttle,
		Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level})),
	}
	if cfg.Dir == "" && !c.Memory {
		cfg.Dir = ".niebla"
	}
	data := "data in " + cfg.Dir
	if c.Memory {
		data = "data in memory only"
	}
	// One more than there are processors: a thread that waits for the disk keeps its turn for a while.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
	cloud, err := niebla.Start(a.ctx, cfg)
	if err != nil {
		return advise(err, cfg)
	}
	// The collector begins when the heap has doubled. This is counted in it but never touched, so it holds no
	// memory: a small cloud is collected once in 64 MB instead of once in 10, which was a fifth of its time.
	weight := make([]byte, 64<<20)
	defer runtime.KeepAlive(weight)
	fmt.Fprintf(a.out, "Niebla %s at %s (HTTP and HTTPS), %s, account %s, region %s\nReady.\n",
		niebla.Version, cloud.URL(), data, c.Account, c.Region)
	debug.FreeOSMemory() // what only the start needed
	<-a.ctx.Done()
	return cloud.Close()
}

// advise says what to do about an error of the start.
func advise(err error, cfg niebla.Config) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken by another program: stop it, or choose another address with --listen", cfg.Listen)
	case errors.Is(err, store.ErrInUse):
		return fmt.Errorf("the directory %s is in use by another niebla: stop it, or choose another directory with --dir", cfg.Dir)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk of the directory %s is full (%w): make room, or choose another with --dir", cfg.Dir, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the directory %s cannot be used (%w): choose another with --dir", cfg.Dir, err)
	}
	return err
}
