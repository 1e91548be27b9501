// Package cli is the command line: one file per verb. It is the only place,
// with cmd, that reads the environment.
//
// Invariants:
//   - Whatever goes wrong is told in one line that says what to do, with a
//     non-zero status: 2 for a wrong command line, 1 for the rest (TestErrors).
//   - The help of each verb has an example and its exit status (TestHelp).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// app is what each verb's Run is given.
type app struct {
	ctx     context.Context
	env     []string
	in      io.Reader
	out     io.Writer
	err     io.Writer
	program *kong.Kong
}

type commands struct {
	Start   startCmd   `cmd:"" help:"Start the cloud."`
	Env     envCmd     `cmd:"" help:"Print what makes AWS tools talk to the cloud."`
	Run     runCmd     `cmd:"" help:"Run a command that talks to the cloud."`
	Up      upCmd      `cmd:"" help:"Bring up the infrastructure of a Pulumi Go program."`
	Destroy destroyCmd `cmd:"" help:"Remove the infrastructure that up brought up."`
	Status  statusCmd  `cmd:"" help:"Say whether the cloud runs, where, and what it costs."`
	Logs    logsCmd    `cmd:"" help:"Show the latest requests."`
	Cost    costCmd    `cmd:"" help:"Show what the use would have cost on AWS."`
	Explain explainCmd `cmd:"" help:"Show which policy statement decided a request."`
	Clock   clockCmd   `cmd:"" help:"Show the cloud's clock, or move it forward."`
	Fault   faultCmd   `cmd:"" help:"Make requests fail, throttle or take long."`
	Reset   resetCmd   `cmd:"" help:"Empty the cloud."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

const description = `AWS for media and social apps, on one machine, without Docker, account or token.

Examples:
  niebla start                        # the cloud, with its data in .niebla
  eval "$(niebla env)"                # this shell's AWS tools talk to it
  aws s3 mb s3://songs
  niebla up apps/fogmusic/infra       # what a Pulumi program describes

Exit status: 0 done, 1 it failed and said why, 2 wrong command line.`

// exit is how a verb ends with a status of its own and nothing more to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usage is an error in what was asked, not in carrying it out.
type usage struct{ error }

// Run runs the command line and returns the exit status.
func Run(args, env []string, in io.Reader, out, errw io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second interrupt ends what the first one does not
	status := 0
	exited := false
	k, err := kong.New(new(commands),
		kong.Name("niebla"),
		kong.Description(description),
		kong.Writers(out, errw),
		kong.Exit(func(s int) { exited, status = true, s }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		panic(err) // the commands above are wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := k.Parse(args)
	if exited { // --help
		return status
	}
	if err != nil {
		fmt.Fprintf(errw, "niebla: %v; see niebla %s--help\n", err, verb(args))
		return 2
	}
	err = kctx.Run(&app{ctx, env, in, out, errw, k})
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, new(usage)):
		fmt.Fprintf(errw, "niebla: %v\n", err)
		return 2
	}
	fmt.Fprintf(errw, "niebla: %v\n", err)
	return 1
}

// verb returns the verb of a command line and a space, for a hint.
func verb(args []string) string {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			return a + " "
		}
	}
	return ""
}
