package pulumi

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	sdk "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/niebla-cloud/niebla"
	"github.com/niebla-cloud/niebla/internal/pulumi"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// TestMain lets the test binary be the Pulumi program too: run by niebla up, it
// does what the stack's config program names.
func TestMain(m *testing.M) {
	if os.Getenv("PULUMI_MONITOR") != "" {
		sdk.Run(func(ctx *sdk.Context) error {
			name, _ := ctx.GetConfig("test:program")
			program, ok := programs[name]
			if !ok {
				return fmt.Errorf("there is no program %q", name)
			}
			return program(ctx)
		})
		return
	}
	os.Exit(m.Run())
}

// A bench is a cloud, and a project whose program is chosen by name.
type bench struct {
	t     *testing.T
	cloud *nieblatest.Cloud
	dir   string
	wire  *wire
}

func newBench(t *testing.T) *bench {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	yaml := fmt.Sprintf("name: test\nruntime:\n  name: go\n  options:\n    binary: %s\n", exe)
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	logged := func(cfg *niebla.Config) {
		cfg.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return &bench{t: t, cloud: nieblatest.Start(t, logged), dir: dir, wire: &wire{}}
}

func (b *bench) options(program string, config ...string) pulumi.Options {
	all := map[string]string{"program": program, "aws:region": "eu-west-3"}
	for i := 0; i < len(config); i += 2 {
		all[config[i]] = config[i+1]
	}
	return pulumi.Options{
		Dir: b.dir, Stack: "dev", Config: all, Endpoint: b.cloud.URL(), Region: "eu-west-3",
		Credentials: sigv4.Credentials{AccessKey: "test", Secret: "test"},
		Out:         b.t.Output(), Now: b.cloud.Now, Rand: rand.Reader,
		HTTP: &http.Client{Transport: b.wire},
	}
}

// up applies a program, which must succeed.
func (b *bench) up(program string, config ...string) *pulumi.Result {
	b.t.Helper()
	r, err := pulumi.Up(b.t.Context(), b.options(program, config...))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// fails applies a program, which must fail saying all the texts.
func (b *bench) fails(program string, texts ...string) {
	b.t.Helper()
	b.failsWith(b.options(program), texts...)
}

func (b *bench) failsWith(o pulumi.Options, texts ...string) {
	b.t.Helper()
	_, err := pulumi.Up(b.t.Context(), o)
	if err == nil {
		b.t.Fatal("no error")
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			b.t.Errorf("the error does not say %q: %v", text, err)
		}
	}
}

// did checks which steps were taken: "create media".
func (b *bench) did(r *pulumi.Result, want ...string) {
	b.t.Helper()
	var got []string
	for _, s := range r.Steps {
		if s.Verb != pulumi.Same {
			got = append(got, string(s.Verb)+" "+s.Name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.t.Errorf("did %q, want %q", got, want)
	}
}

// wire counts what goes to the cloud, and can break.
type wire struct {
	mu     sync.Mutex
	sent   []string
	refuse func(operation string, r *http.Request) bool
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	name := operation(r)
	w.mu.Lock()
	w.sent = append(w.sent, name)
	refuse := w.refuse
	w.mu.Unlock()
	if refuse != nil && refuse(name, r) {
		return nil, fmt.Errorf("%s: the line is cut", name)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// operation is what a request asks for, as far as the tests need to know.
func operation(r *http.Request) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ := strings.Cut(target, ".")
		return name
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		body, err := r.GetBody()
		if err != nil {
			return "?"
		}
		defer body.Close()
		var b [4096]byte
		n, _ := body.Read(b[:])
		for _, pair := range strings.Split(string(b[:n]), "&") {
			if name, ok := strings.CutPrefix(pair, "Action="); ok {
				return name
			}
		}
	}
	return r.Method + " " + r.URL.RequestURI()
}

// reset forgets what was sent until now.
func (w *wire) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.refuse = nil, nil
}

// writes are the requests that change something.
func (w *wire) writes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.sent), func(name string) bool {
		for _, reading := range []string{"GET ", "HEAD ", "Get", "List", "Describe"} {
			if strings.HasPrefix(name, reading) {
				return true
			}
		}
		return false
	})
}
