package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

// cloud is a niebla on a directory of its own, which is killed and started again.
type cloud struct {
	dir  string
	cmd  *exec.Cmd
	http *http.Transport
	cfg  aws.Config
}

// start starts a niebla and stops it when the test ends.
func start(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{dir: filepath.Join(t.TempDir(), "data")}
	c.run(t)
	t.Cleanup(func() {
		c.http.CloseIdleConnections()
		if c.cmd.ProcessState != nil {
			return // killed, and the test ended there
		}
		if err := errors.Join(c.cmd.Process.Signal(syscall.SIGTERM), c.cmd.Wait()); err != nil {
			t.Errorf("niebla ended with %v", err)
		}
	})
	return c
}

var address = regexp.MustCompile(`http://\S+:\d+`)

// run executes the binary and waits until it is ready.
func (c *cloud) run(t *testing.T) {
	t.Helper()
	path := os.Getenv("NIEBLA_BIN")
	if path == "" {
		path = "../../bin/niebla"
	}
	c.cmd = exec.Command(path, "start", "--listen", "127.0.0.1:0", "--dir", c.dir)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatalf("%v: build it first (make build), or set NIEBLA_BIN", err)
	}
	url := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if u := address.FindString(lines.Text()); u != "" {
			url = u
		}
		if strings.TrimSpace(lines.Text()) == "Ready." {
			c.http = &http.Transport{MaxIdleConnsPerHost: 32}
			// An answer that is lost must not hide behind another try.
			c.cfg = aws.Config{Region: "eu-west-3", BaseEndpoint: &url, HTTPClient: &http.Client{Transport: readers{c.http}, Timeout: time.Minute},
				Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
				Retryer:     func() aws.Retryer { return aws.NopRetryer{} }}
			return
		}
	}
	t.Fatalf("niebla ended without being ready: %v", c.cmd.Wait())
}

// readers sends bodies as plain readers. The SDK closes a body once there is an
// answer, after which its WriteTo (smithy-go v1.28.9) says io.EOF: net/http takes that for
// an error where it looks for bytes too many, and closes the connection while the answer is read.
type readers struct{ next http.RoundTripper }

func (r readers) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req = req.Clone(req.Context())
		req.Body = struct{ io.ReadCloser }{req.Body}
	}
	return r.next.RoundTrip(req)
}

// kill kills the process, and waits for its end.
func (c *cloud) kill() error {
	if err := c.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = c.cmd.Wait() // its error is that it was killed
	c.http.CloseIdleConnections()
	return nil
}

func (c *cloud) tables() *dynamodb.Client { return dynamodb.NewFromConfig(c.cfg) }

func (c *cloud) streams() *dynamodbstreams.Client { return dynamodbstreams.NewFromConfig(c.cfg) }

// ctx ends before the test's patience does.
func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	return c
}

// eventually asks again until the answer is "", and says at last what was wrong.
func eventually(t *testing.T, wrong func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		why := wrong()
		if why == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(fmt.Sprint("after a minute: ", why))
		}
	}
}
