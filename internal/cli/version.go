package cli

import (
	"fmt"
	"runtime"

	"github.com/niebla-cloud/niebla"
)

type versionCmd struct{}

func (versionCmd) Help() string { return "Example:\n  niebla version\n\nExit status: 0." }

func (versionCmd) Run(a *app) error {
	fmt.Fprintf(a.out, "niebla %s %s/%s %s\n", niebla.Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return nil
}
