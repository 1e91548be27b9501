package cli

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla"
)

// run runs a command line as main does.
func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Run(args, []string{"PATH=" + os.Getenv("PATH"), "AWS_PROFILE=mine", "AWS_SESSION_TOKEN=old"}, strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

func cloud(t *testing.T) *niebla.Cloud {
	t.Helper()
	c, err := niebla.Start(t.Context(), niebla.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NIEBLA_ENDPOINT", c.URL())
	return c
}

func TestErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	inUse, err := niebla.Start(t.Context(), niebla.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NIEBLA_ENDPOINT", "http://127.0.0.1:1")
	for _, tc := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"start", "--listen", taken.Addr().String(), "--memory"}, 1, "is taken by another program"},
		{[]string{"start", "--listen", "127.0.0.1:0", "--dir", dir}, 1, "is in use by another niebla"},
		{[]string{"start", "--listen", "127.0.0.1:0", "--dir", file}, 1, "cannot be used"},
		{[]string{"start", "--listen", "0.0.0.0:0", "--memory"}, 1, "everybody knows the keys"},
		{[]string{"start", "--listen", "here", "--memory"}, 1, "not of the form host:port"},
		{[]string{"start", "--account", "12", "--memory"}, 1, "not a number of 12 digits"},
		{[]string{"start", "--root-key", "AKIAMINE", "--memory"}, 1, "go together"},
		{[]string{"start", "--memory", "--dir", dir}, 2, "can't be used together"},
		{[]string{"start", "--log-level", "loud"}, 2, "must be one of"},
		{[]string{"start", "--no-such-flag"}, 2, "unknown flag"},
		{[]string{"begin"}, 2, "unexpected argument begin"},
		{[]string{"status"}, 1, "start the cloud with niebla start"},
		{[]string{"explain"}, 2, "<request-id>"},
		{[]string{"run"}, 2, "<command>"},
		{[]string{"env", "--format", "yaml"}, 2, "must be one of"},
	} {
		status, _, errs := run(t, tc.args...)
		line := strings.TrimSuffix(errs, "\n")
		if status != tc.status || !strings.Contains(line, tc.want) || strings.Contains(line, "\n") || !strings.HasPrefix(line, "niebla: ") {
			t.Errorf("%q: status %d, %q", tc.args, status, errs)
		}
	}
}

func TestHelp(t *testing.T) {
	verbs := reflect.TypeFor[commands]()
	for i := range verbs.NumField() {
		verb := strings.ToLower(verbs.Field(i).Name)
		status, out, _ := run(t, verb, "--help")
		if status != 0 || !strings.Contains(out, "Example") || !strings.Contains(out, "Exit status") {
			t.Errorf("%s --help: %d %s", verb, status, out)
		}
	}
	if status, out, _ := run(t); status != 0 || !strings.Contains(out, "niebla start") {
		t.Errorf("niebla: %d %s", status, out)
	}
}

func TestStatusLogsExplain(t *testing.T) {
	c := cloud(t)
	if status, out, _ := run(t, "status"); status != 0 || !strings.Contains(out, c.URL()) {
		t.Errorf("status: %d %s", status, out)
	}
	if status, _, errs := run(t, "explain", "no-such-id"); status != 1 || !strings.Contains(errs, "niebla logs") {
		t.Errorf("explain: %d %s", status, errs)
	}
	if status, _, errs := run(t, "reset"); status != 1 || !strings.Contains(errs, "nothing was removed") {
		t.Errorf("reset without an answer: %d %s", status, errs)
	}
	if status, _, errs := run(t, "reset", "--yes"); status != 0 {
		t.Errorf("reset: %d %s", status, errs)
	}
}

func TestRunCommand(t *testing.T) {
	c := cloud(t)
	status, out, errs := run(t, "run", "--", "sh", "-c", `echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_PROFILE$AWS_SESSION_TOKEN"; exit 7`)
	if status != 7 || out != c.URL()+" test \n" {
		t.Errorf("%d %q %q", status, out, errs)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		status  int
		command []string
		want    string
	}{
		{127, []string{"no-such-command-at-all"}, "no-such-command-at-all"},
		{127, []string{"./no-such-file"}, "./no-such-file"},
		{126, []string{file}, "cannot be run"},
		{128 + 9, []string{"sh", "-c", "kill -KILL $$"}, ""},
	} {
		status, _, errs := run(t, append([]string{"run", "--"}, tc.command...)...)
		if status != tc.status || !strings.Contains(errs, tc.want) {
			t.Errorf("%q: %d %q", tc.command, status, errs)
		}
	}
}

// Every service of the cloud has its endpoint in the settings for Terraform and Pulumi.
func TestEndpointsOfAllServices(t *testing.T) {
	cloud(t)
	var health struct{ Services map[string]string }
	if err := (endpoint{os.Getenv("NIEBLA_ENDPOINT")}).get(t.Context(), "/_niebla/health", &health); err != nil {
		t.Fatal(err)
	}
	// They are named by signing names, of which these providers have other words.
	words := map[string]string{"monitoring": "cloudwatch"}
	for name := range health.Services {
		word := strings.ReplaceAll(name, "-", "")
		if words[name] != "" {
			word = words[name]
		}
		if !slices.Contains(terraformEndpoints, word) {
			t.Errorf("%s has no endpoint among %q", name, terraformEndpoints)
		}
	}
}

func TestEnv(t *testing.T) {
	for format, want := range map[string]string{
		"shell":     "export AWS_ENDPOINT_URL=http://h:1\n",
		"profile":   "endpoint_url = http://h:1\n",
		"terraform": `= "http://h:1"`,
		"pulumi":    "pulumi config set --path aws:endpoints[0].s3 http://h:1\n",
	} {
		status, out, _ := run(t, "env", "--endpoint", "http://h:1", "--format", format)
		out = strings.ReplaceAll(out, "'aws:endpoints[0].s3'", "aws:endpoints[0].s3")
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: %d %s", format, status, out)
		}
	}
}

// A program that is built already is run as it is.
func TestUpWithAProgram(t *testing.T) {
	cloud(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	for name, content := range map[string]string{
		program:                                  "#!/bin/sh\necho $PULUMI_PROJECT runs\nexit 3\n",
		filepath.Join(dir, "Pulumi.yaml"):        "name: songs\nruntime: go\n",
		filepath.Join(dir, "Pulumi.trials.yaml"): "config: {}\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if status, out, errs := run(t, "up", "--program", program, dir); status != 1 || !strings.Contains(out, "songs runs") || !strings.Contains(errs, "the program failed") {
		t.Errorf("%d %q %q", status, out, errs)
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"": "''", "a-b/c:1": "a-b/c:1", "it's $x": `'it'\''s $x'`} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s", in, got)
		}
	}
}
