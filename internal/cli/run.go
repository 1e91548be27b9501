package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

type runCmd struct {
	endpoint
	keys
	Command []string `arg:"" passthrough:"" help:"The command and its arguments, after --."`
}

func (runCmd) Help() string {
	return `Sets AWS_ENDPOINT_URL, the keys and the region for the command, and takes
AWS_PROFILE and AWS_SESSION_TOKEN away.

Examples:
  niebla run -- aws dynamodb list-tables
  niebla run -- go test ./...

Exit status: that of the command, 128 and the signal's number if one ended it;
126 when the command cannot be run, 127 when there is none such.`
}

func (c *runCmd) Run(a *app) error {
	args := c.Command
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return usage{errors.New("there is no command to run: niebla run -- aws s3 ls")}
	}
	if err := c.get(a.ctx, "/_niebla/health", new(any)); err != nil {
		return err
	}
	cmd := exec.CommandContext(a.ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	// An interrupt reaches the command from the terminal too: give it time to
	// end by itself.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	for _, v := range a.env {
		name, _, _ := strings.Cut(v, "=")
		if name != "AWS_PROFILE" && name != "AWS_SESSION_TOKEN" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, variables(c.endpoint, c.keys)...)
	return outcome(a, args[0], cmd.Run())
}

// outcome tells how a command ended, as shells do.
func outcome(a *app, name string, err error) error {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		if w, ok := e.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			return exit(128 + int(w.Signal()))
		}
		return exit(e.ExitCode())
	}
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(a.err, "niebla: there is no command %q\n", name)
		return exit(127)
	case errors.Is(err, fs.ErrPermission):
		fmt.Fprintf(a.err, "niebla: %q cannot be run\n", name)
		return exit(126)
	}
	return err
}
