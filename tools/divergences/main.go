// Command divergences writes DIVERGENCES.md: what each service does, and where
// it differs from AWS. It reads both from the source: operations from the
// tables in the services' code, differences from the list "Absent" in their
// package comments, and which operations a script specifies from testdata.
//
//	go run ./tools/divergences            writes DIVERGENCES.md at the root
//	go run ./tools/divergences -check     fails if it is not up to date
package main

//go:generate go run . -root ../..

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "the root of the repository")
	check := flag.Bool("check", false, "write nothing, and fail if the file is not up to date")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "divergences:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	services, err := read(filepath.Join(root, "internal", "services"))
	if err != nil {
		return err
	}
	file := filepath.Join(root, "DIVERGENCES.md")
	text := []byte(render(services))
	if !check {
		return os.WriteFile(file, text, 0o644)
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(old, text) {
		return fmt.Errorf("%s is not up to date: run go generate ./tools/divergences", file)
	}
	return nil
}
