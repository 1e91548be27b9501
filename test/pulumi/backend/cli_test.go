//go:build team

package backend

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The real Pulumi CLI, which the script team builds and puts on the PATH.

// A developer works on a laptop of their own: another home of Pulumi, another
// copy of the project, the profile fog-music.
type developer struct {
	t    *testing.T
	name string
	dir  string // the project
	env  map[string]string
}

func (t *team) developer(name string) *developer {
	t.t.Helper()
	d := &developer{t: t.t, name: name, dir: t.t.TempDir()}
	d.env = map[string]string{
		"AWS_SHARED_CREDENTIALS_FILE": t.laptop(name),
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_PROFILE":                 "fog-music",
		"PULUMI_HOME":                 t.t.TempDir(),
		"PULUMI_CONFIG_PASSPHRASE":    "fog",
		"PULUMI_SKIP_UPDATE_CHECK":    "true",
	}
	project := "name: fog-music\nruntime: go\n"
	if err := os.WriteFile(filepath.Join(d.dir, "Pulumi.yaml"), []byte(project), 0o644); err != nil {
		t.t.Fatal(err)
	}
	return d
}

// pulumi runs the CLI in the project.
func (d *developer) pulumi(args ...string) (string, error) {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), "pulumi", append(args, "--non-interactive")...)
	cmd.Dir, cmd.Env = d.dir, cmd.Environ()
	for k, v := range d.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	b, err := cmd.CombinedOutput()
	d.t.Logf("%s: pulumi %s\n%s", d.name, strings.Join(args, " "), b)
	return string(b), err
}

func (d *developer) must(args ...string) string {
	d.t.Helper()
	out, err := d.pulumi(args...)
	if err != nil {
		d.t.Fatalf("%s: pulumi %s: %v", d.name, strings.Join(args, " "), err)
	}
	return out
}

// stack selects the stack dev, with a program that needs no provider.
func (d *developer) stack(program pulumi.RunFunc) *auto.Stack {
	d.t.Helper()
	ctx := d.t.Context()
	w, err := auto.NewLocalWorkspace(ctx, auto.WorkDir(d.dir), auto.Program(program), auto.EnvVars(d.env), auto.PulumiHome(d.env["PULUMI_HOME"]))
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := auto.SelectStack(ctx, "organization/fog-music/dev", w)
	if err != nil {
		d.t.Fatal(err)
	}
	return &s
}

// says is a program whose one output is the word.
func says(word string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		ctx.Export("said", pulumi.String(word))
		return nil
	}
}

func (d *developer) up(program pulumi.RunFunc) error {
	d.t.Helper()
	_, err := d.stack(program).Up(d.t.Context(), optup.ProgressStreams(d.t.Output()))
	return err
}

func (d *developer) said() any {
	d.t.Helper()
	out, err := d.stack(says("")).Outputs(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return out["said"].Value
}

func TestRealCLI(t *testing.T) {
	team := newTeam(t, "dev-christian", "dev-saul")
	christian, saul := team.developer("dev-christian"), team.developer("dev-saul")
	for _, d := range []*developer{christian, saul} {
		d.must("login", team.state)
		if out := d.must("whoami", "-v"); !strings.Contains(out, "s3://"+bucket) {
			t.Errorf("%s is logged in to:\n%s", d.name, out)
		}
	}
	christian.must("stack", "init", "organization/fog-music/dev")
	if out := saul.must("stack", "ls", "--all"); !strings.Contains(out, "dev ") {
		t.Errorf("the other does not see the stack:\n%s", out)
	}
	if err := christian.up(says("hola")); err != nil {
		t.Fatal(err)
	}
	if said := saul.said(); said != "hola" {
		t.Errorf("the other reads %v", said)
	}
	if err := saul.up(says("adiós")); err != nil {
		t.Fatal(err)
	}
	if said := christian.said(); said != "adiós" {
		t.Errorf("the first reads %v", said)
	}
	refuseAndCancel(t, team, christian, saul)
	saul.must("stack", "select", "organization/fog-music/dev")
	saul.must("stack", "rm", "--yes", "organization/fog-music/dev")
	if out := christian.must("stack", "ls", "--all"); strings.Contains(out, "dev ") {
		t.Errorf("the stack is still there:\n%s", out)
	}
}

// refuseAndCancel has one run while the other's is on, then one that finds the
// lock of a run that was killed.
func refuseAndCancel(t *testing.T, team *team, christian, saul *developer) {
	ctx := t.Context()
	state := team.login("dev-saul")
	inside, ended := make(chan []string), make(chan error)
	release := make(chan struct{})
	go func() {
		ended <- saul.up(func(ctx *pulumi.Context) error {
			inside <- team.list(state, locks)
			<-release
			return says("luego")(ctx)
		})
	}()
	held := <-inside
	if len(held) != 1 {
		t.Fatalf("locks %q", held)
	}
	content, err := state.ReadAll(ctx, held[0])
	if err != nil {
		t.Fatal(err)
	}
	refused := func(when string) {
		t.Helper()
		if err := christian.up(says("no")); err == nil || !strings.Contains(err.Error(), "currently locked") {
			t.Fatalf("%s: %v", when, err)
		}
	}
	refused("while the other runs")
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if said := christian.said(); said != "luego" {
		t.Errorf("the refused run changed something: %v", said)
	}
	// A run that is killed leaves its lock as it was.
	if err := state.WriteAll(context.WithoutCancel(ctx), held[0], content, nil); err != nil {
		t.Fatal(err)
	}
	refused("after the other was killed")
	christian.must("stack", "select", "organization/fog-music/dev")
	christian.must("cancel", "--yes")
	if err := christian.up(says("sí")); err != nil {
		t.Fatal(err)
	}
	if left := team.list(state, locks); len(left) > 0 {
		t.Errorf("locks are left: %q", left)
	}
}
