// Command niebla is AWS for media and social apps, on one machine.
package main

import (
	"os"

	"github.com/niebla-cloud/niebla/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)) }
