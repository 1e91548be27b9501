// Command scaffold writes the first version of a service's api.go: the input
// and output types of the operations one names, from an API model in the
// service-2.json grammar (botocore, or models/apis/*/*/api-2.json of the AWS
// SDK for Go v1).
//
//	go run ./tools/scaffold -model kms.json -package kms -ops CreateKey,Encrypt
//
// The result is a start, to be pruned by hand of the members the service does
// not act on. The lines for the service's table of operations go to standard
// error.
//
// How a member becomes a field:
//   - a required member is a value; an optional one is a pointer if it is a
//     bool, a number, a timestamp or a structure
//   - an optional string is a string, or a *string in an input if its minimum
//     length is 0, since then "" says something that absence does not
//   - lists and maps of structures hold values; recursion goes through pointers
//   - a blob is []byte, or io.Reader / *service.Stream if it is streamed
//   - an enumeration is a string with its values in the tag
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "scaffold:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("scaffold", flag.ContinueOnError)
	model := flags.String("model", "", "API model to read (service-2.json grammar)")
	pkg := flags.String("package", "", "name of the Go package")
	ops := flags.String("ops", "", "operations, separated by commas")
	out := flags.String("o", "", `file to write, "-" for standard output (default internal/services/PACKAGE/api.go)`)
	force := flags.Bool("force", false, "overwrite the file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *model == "" || *pkg == "" || *ops == "" {
		return errors.New("-model, -package and -ops are required")
	}
	data, err := os.ReadFile(*model)
	if err != nil {
		return err
	}
	src, table, err := generate(data, *pkg, strings.Split(*ops, ","))
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, table)
	if *out == "-" {
		_, err := os.Stdout.Write(src)
		return err
	}
	if *out == "" {
		*out = filepath.Join("internal", "services", *pkg, "api.go")
	}
	return write(*out, src, *force)
}

func write(name string, src []byte, force bool) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) && !force {
		return fmt.Errorf("%s exists; -force overwrites it, -o - prints instead", name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, src, 0o666)
}
