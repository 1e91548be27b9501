package stack

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const infra = "../../apps/biihlive/infra"

// stack is the infrastructure, brought up once: the directory that it is in,
// the address that it knows itself by, and the outputs.
var stack struct {
	dir, listen string
	outputs     struct {
		APIID          string `json:"apiId"`
		APIKey         string `json:"apiKey"`
		GraphQLURL     string `json:"graphqlUrl"`
		ClientID       string `json:"userPoolClientId"`
		PoolID         string `json:"userPoolId"`
		IdentityPoolID string `json:"identityPoolId"`
		Bucket         string `json:"mediaBucket"`
		Domain         string `json:"distributionDomain"`
		RankingsURL    string `json:"rankingsUrl"`
		Users          string `json:"usersTable"`
		Social         string `json:"socialTable"`
		Rankings       string `json:"rankingsTable"`
		Region         string `json:"region"`
	}
}

func TestMain(m *testing.M) { os.Exit(bringUp(m)) }

func bringUp(m *testing.M) int {
	dir, err := os.MkdirTemp("", "biihlive")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := makeStack(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func makeStack(dir string) error {
	stack.dir = filepath.Join(dir, "data")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	stack.listen = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	c := &cloud{dir: stack.dir, url: "http://" + stack.listen}
	if err := c.run(); err != nil {
		return err
	}
	outputs := filepath.Join(dir, "outputs.json")
	_, err = c.command("up", infra, "--outputs", outputs)
	err = errors.Join(err, c.end(syscall.SIGTERM))
	if err != nil {
		return err
	}
	file, err := os.ReadFile(outputs)
	if err != nil {
		return err
	}
	return json.Unmarshal(file, &stack.outputs)
}

// cloud is a running niebla that has the stack.
type cloud struct {
	dir, url string
	cmd      *exec.Cmd
	http     *http.Client // resolves the names below localhost, as browsers do
	cfg      aws.Config
}

// start starts a niebla with a stack of its own, and stops it when the test ends.
func start(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{dir: filepath.Join(t.TempDir(), "data"), url: "http://" + stack.listen}
	if err := os.CopyFS(c.dir, os.DirFS(stack.dir)); err != nil {
		t.Fatal(err)
	}
	c.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, stack.listen)
		},
		MaxIdleConnsPerHost: 16,
	}}
	c.cfg = as(aws.Config{Region: stack.outputs.Region, BaseEndpoint: &c.url, HTTPClient: c.http}, "test", "test", "")
	if err := c.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.end(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		c.http.CloseIdleConnections()
	})
	return c
}

// as is the same configuration with other keys.
func as(cfg aws.Config, key, secret, token string) aws.Config {
	cfg = cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
	return cfg
}

func executable() (string, error) {
	path := os.Getenv("NIEBLA_BIN")
	if path == "" {
		path = "../../bin/niebla"
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("%w: build it first (make build), or set NIEBLA_BIN", err)
	}
	return path, nil
}

// run executes the binary and waits until it is ready.
func (c *cloud) run() error {
	path, err := executable()
	if err != nil {
		return err
	}
	c.cmd = exec.Command(path, "start", "--listen", stack.listen, "--dir", c.dir)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "Ready." {
			return nil
		}
	}
	return fmt.Errorf("niebla ended without being ready: %w", c.cmd.Wait())
}

func (c *cloud) end(sig syscall.Signal) error {
	if err := c.cmd.Process.Signal(sig); err != nil {
		return err
	}
	if err := c.cmd.Wait(); err != nil && sig != syscall.SIGKILL {
		return fmt.Errorf("niebla ended with %w", err)
	}
	return nil
}

// command runs a subcommand of niebla against the cloud.
func (c *cloud) command(args ...string) (string, error) {
	path, err := executable()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "NIEBLA_ENDPOINT="+c.url, "NIEBLA_REGION=eu-west-3")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("niebla %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

func (c *cloud) niebla(t *testing.T, args ...string) {
	t.Helper()
	if _, err := c.command(args...); err != nil {
		t.Fatal(err)
	}
}

// ctx ends before the test's patience does.
func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	return c
}

// eventually asks again until the answer is "", and says at last what was wrong.
func eventually(t *testing.T, patience time.Duration, wrong func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		why := wrong()
		if why == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", patience, why)
		}
	}
}

func (c *cloud) tables() *dynamodb.Client { return dynamodb.NewFromConfig(c.cfg) }

func objects(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
}

// answer is what came back over plain HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (c *cloud) do(t *testing.T, method, url string, header http.Header, body []byte) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx(t), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// edge reads a path through the distribution.
func (c *cloud) edge(t *testing.T, path string) answer {
	t.Helper()
	_, port, _ := net.SplitHostPort(stack.listen)
	host := strings.TrimSuffix(stack.outputs.Domain, ".net") + ".localhost:" + port
	return c.do(t, http.MethodGet, "http://"+host+path, http.Header{}, nil)
}

// mail is the bodies of what was mailed to an address whose subject contains a
// text, the latest first.
func (c *cloud) mail(t *testing.T, to, subject string) (bodies []string) {
	t.Helper()
	var list struct {
		Messages []struct{ Subject, Body string }
	}
	res := c.do(t, http.MethodGet, c.url+"/_niebla/mail?to="+url.QueryEscape(to), http.Header{}, nil)
	if err := json.Unmarshal(res.body, &list); err != nil {
		t.Fatalf("%v: %s", err, res.body)
	}
	for _, m := range list.Messages {
		if strings.Contains(m.Subject, subject) {
			bodies = append(bodies, m.Body)
		}
	}
	return bodies
}
