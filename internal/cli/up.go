package cli

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// stack is embedded by the verbs that work on a Pulumi project.
type stack struct {
	endpoint
	keys
	Dir     string            `arg:"" default:"." help:"Folder of Pulumi.yaml."`
	Stack   string            `help:"Which stack; the only one that has a file, unless given." short:"s" placeholder:"NAME"`
	Config  map[string]string `help:"Configuration that overrides the files'." short:"c" placeholder:"KEY=VALUE" mapsep:"none"`
	Program string            `help:"The program, where it is built already." placeholder:"FILE" type:"path"`
	Preview bool              `help:"Only say what would be done."`
	JSON    bool              `help:"Print the result as JSON, and progress on standard error." name:"json"`
}

func (s *stack) options(a *app) pulumi.Options {
	o := pulumi.Options{
		Dir: s.Dir, Stack: s.Stack, Program: s.Program, Config: s.Config, Endpoint: s.Endpoint, Region: s.Region,
		Credentials: sigv4.Credentials{AccessKey: s.Key, Secret: s.Secret},
		Out:         a.out, Preview: s.Preview, Now: time.Now, Rand: rand.Reader,
	}
	if s.JSON {
		o.Out = a.err
	}
	if dir, err := os.UserCacheDir(); err == nil {
		o.CacheDir = filepath.Join(dir, "niebla", "programs")
	}
	return o
}

func (s *stack) print(a *app, r *pulumi.Result) error {
	if !s.JSON {
		return nil
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

type upCmd struct {
	stack
	Outputs string `help:"Write the stack's outputs to a file, as JSON." placeholder:"FILE" type:"path"`
}

func (upCmd) Help() string {
	return `Builds and runs an ordinary Pulumi program in Go, without the Pulumi CLI or
plugins, and makes the cloud have what it describes, through the public AWS API.
A second run changes nothing; what the program no longer has is deleted; a type
or property that is not known is an error. What was done is remembered in the
cloud itself, so a reset forgets it too.

Examples:
  niebla up apps/fogmusic/infra
  niebla up --preview
  niebla up --stack dev --outputs stack.json apps/fogmusic/infra

Exit status: 0 the cloud has it; 1 it does not, and what was done is kept, so that
the next up goes on from there; 2 wrong command line.`
}

func (c *upCmd) Run(a *app) error {
	debug.SetGCPercent(400) // it ends soon, and functions pass through it whole
	r, err := pulumi.Up(a.ctx, c.options(a))
	if err != nil {
		return err
	}
	if c.Outputs != "" {
		b, err := json.MarshalIndent(r.Outputs, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Outputs, append(b, '\n'), 0o600); err != nil {
			return fmt.Errorf("writing the outputs: %w", err)
		}
	}
	return c.print(a, r)
}

type destroyCmd struct{ stack }

func (destroyCmd) Help() string {
	return `Deletes what up created, in reverse order.

Examples:
  niebla destroy apps/fogmusic/infra
  niebla destroy --preview

Exit status: 0 nothing of the stack is left; 1 something is, and why; 2 wrong
command line.`
}

func (c *destroyCmd) Run(a *app) error {
	r, err := pulumi.Destroy(a.ctx, c.options(a))
	if err != nil {
		return err
	}
	return c.print(a, r)
}
