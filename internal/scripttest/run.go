package scripttest

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// rewrite is read only while tests run.
var rewrite = flag.Bool("rewrite", false, "record the answers in testdata/*.script")

// Cloud is what a script runs against: a nieblatest.Cloud.
type Cloud interface {
	URL() string
	Now() time.Time
	Advance(time.Duration)
}

// Run runs each script in dir, written for one service, against a cloud of its own.
func Run(t *testing.T, dir, service string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.script"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s (%v)", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".script"), func(t *testing.T) {
			t.Parallel()
			if err := runFile(nieblatest.Start(t), file, service, *rewrite); err != nil {
				t.Error(err)
			}
		})
	}
}

// runFile runs one script. Without rewrite, its error is every difference.
func runFile(c Cloud, file, service string, rewrite bool) error {
	script, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	blocks, err := parse(string(script))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	r := runner{cloud: c, service: service, vars: map[string]string{}, signers: map[string]sigv4.Credentials{
		"root": {AccessKey: "test", Secret: "test"},
	}}
	r.set("endpoint", c.URL())
	var out []string
	var failed []error
	for i := range blocks {
		b := &blocks[i]
		got, err := r.run(b)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, b.line, err)
		}
		if got != b.want {
			failed = append(failed, fmt.Errorf("%s:%d:\n%s\n got: %s\nwant: %s", file, b.line, b.input, got, b.want))
		}
		out = append(out, b.format(got))
	}
	if rewrite {
		return os.WriteFile(file, []byte(strings.Join(out, "\n")), 0o644)
	}
	return errors.Join(failed...)
}

// runner is the state of a script under way.
type runner struct {
	cloud   Cloud
	service string
	vars    map[string]string
	names   []string // of vars, longest value first: one value may be part of another
	signers map[string]sigv4.Credentials
}

var (
	account  = regexp.MustCompile(`^\d{12}$`)
	variable = regexp.MustCompile(`\$\{[\w.]+\}`)
)

// expand puts a captured value in place of "${name}". Other names are the
// request's own: IAM policies have variables too.
func (r *runner) expand(ref string) string {
	if v, ok := r.vars[ref[2:len(ref)-1]]; ok {
		return v
	}
	return ref
}

// run sends a block and answers what came back, as it is to be recorded.
func (r *runner) run(b *block) (string, error) {
	if b.comment() {
		return "", nil
	}
	if d := b.advance(); d != "" {
		step, err := time.ParseDuration(d)
		if err != nil {
			return "", err
		}
		r.cloud.Advance(step)
		return "", nil
	}
	res, body, err := r.send(b)
	if err != nil {
		return "", err
	}
	for _, c := range b.captures {
		v, err := lookup(res, body, c.path)
		if err != nil {
			return "", fmt.Errorf("%w in %d %s", err, res.StatusCode, body)
		}
		if text, ok := v.(string); ok && c.part != nil {
			if v = c.part.FindString(text); v == "" {
				return "", fmt.Errorf("%s is %q, which has no part %s", c.path, text, c.part)
			}
		}
		r.capture(c.name, v)
	}
	p := protocols[r.serviceOf(b)]
	for _, values := range res.Header {
		for i, v := range values {
			values[i] = r.hide(v)
		}
	}
	return render(res, []byte(r.hide(string(body))), p.target == "" && p.version == ""), nil
}

func (r *runner) serviceOf(b *block) string {
	if b.service != "" {
		return b.service
	}
	return r.service
}

func (r *runner) send(b *block) (*http.Response, []byte, error) {
	lines := make([]string, len(b.request))
	for i, l := range b.request {
		lines[i] = variable.ReplaceAllStringFunc(l, r.expand)
	}
	req, text, err := build(r.cloud.URL(), r.serviceOf(b), lines)
	if err != nil {
		return nil, nil, err
	}
	if err := r.sign(req, b.signer, r.serviceOf(b), text); err != nil {
		return nil, nil, err
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

// sign signs for "who" or "who/region".
func (r *runner) sign(req *http.Request, signer, service, body string) error {
	name, region, ok := strings.Cut(signer, "/")
	if !ok {
		region = "eu-west-3"
	}
	who, known := r.signers[name]
	switch {
	case name == "anonymous":
		return nil
	case account.MatchString(name):
		who = sigv4.Credentials{AccessKey: name, Secret: "test"}
	case !known:
		return fmt.Errorf("nobody is called @%s", name)
	}
	sigv4.Sign(req, who, region, service, hash(body), r.cloud.Now())
	return nil
}

// capture remembers a part of an answer, and who can sign with it.
func (r *runner) capture(name string, v any) {
	switch v := v.(type) {
	case string:
		r.set(name, v)
	case map[string]any:
		text := func(keys ...string) string {
			for _, k := range keys {
				if s, ok := v[k].(string); ok {
					r.set(name+"."+k, s)
					return s
				}
			}
			return ""
		}
		r.signers[name] = sigv4.Credentials{
			AccessKey: text("AccessKeyId"), Secret: text("SecretAccessKey", "SecretKey"), SessionToken: text("SessionToken"),
		}
	default:
		r.set(name, strings.TrimSpace(fmt.Sprint(v)))
	}
}

func (r *runner) set(name, value string) {
	if _, known := r.vars[name]; !known {
		r.names = append(r.names, name)
	}
	r.vars[name] = value
	slices.SortStableFunc(r.names, func(a, b string) int { return len(r.vars[b]) - len(r.vars[a]) })
}

// hide puts the names of captured values in their places.
func (r *runner) hide(text string) string {
	for _, name := range r.names {
		if v := r.vars[name]; len(v) >= 4 { // shorter ones would hide what they do not stand for
			text = strings.ReplaceAll(text, v, "${"+name+"}")
			if escaped := url.QueryEscape(v); escaped != v { // within a policy document, for one
				text = strings.ReplaceAll(text, escaped, "${"+name+"}")
			}
		}
	}
	return text
}
