package sdkgo

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// region is the region of every client here.
const region = "eu-west-3"

// server is a running niebla.
type server struct {
	url string
	dir string
	cmd *exec.Cmd
}

func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("NIEBLA_BIN")
	if path == "" {
		path = "../../bin/niebla"
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: build it first (make build), or set NIEBLA_BIN", err)
	}
	return path
}

var address = regexp.MustCompile(`http://\S+:\d+`)

// start starts a niebla on a free port with a directory of its own, and stops
// it when the test ends.
func start(t *testing.T) *server {
	t.Helper()
	s := &server{dir: t.TempDir()}
	s.run(t)
	t.Cleanup(func() { s.stop(t, syscall.SIGTERM) })
	// What "niebla env" prints, and nothing else.
	t.Setenv("AWS_ENDPOINT_URL", s.url)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", region)
	for _, name := range []string{"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(s.dir, "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(s.dir, "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return s
}

// run executes the binary and waits until it is ready. It is strict: a member
// that the SDK sends and we do not act on is an error.
func (s *server) run(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command(binary(t), "start", "--strict", "--listen", "127.0.0.1:0", "--dir", filepath.Join(s.dir, "data"))
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u := address.FindString(lines.Text()); u != "" {
			s.url = u
		}
		if strings.TrimSpace(lines.Text()) == "Ready." {
			return
		}
	}
	t.Fatalf("niebla ended without being ready: %v", s.cmd.Wait())
}

func (s *server) stop(t *testing.T, sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Error(err)
	}
	if err := s.cmd.Wait(); err != nil && sig == syscall.SIGTERM {
		t.Errorf("niebla ended with %v", err)
	}
}

// ctx ends before the test's patience does.
func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return c
}

// load is the configuration that the environment gives.
func load(t *testing.T) aws.Config {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(ctx(t))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// as is the same configuration with other keys.
func as(cfg aws.Config, key, secret, token string) aws.Config {
	cfg = cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
	return cfg
}
