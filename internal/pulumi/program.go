package pulumi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// build builds the program and returns its path. In a cache directory the next
// build of the same program takes no time.
func (p *project) build(ctx context.Context, cache string, out io.Writer) (program string, cleanup func(), err error) {
	cleanup = func() {}
	if p.binary != "" {
		return p.binary, cleanup, nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", cleanup, errors.New("go is needed to build the program, and is not on the PATH")
	}
	dir := filepath.Join(cache, "programs", p.fingerprint())
	if cache == "" {
		if dir, err = os.MkdirTemp("", "niebla-up-"); err != nil {
			return "", cleanup, err
		}
		cleanup = func() { os.RemoveAll(dir) }
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", cleanup, err
	}
	program = filepath.Join(dir, p.name)
	fmt.Fprintln(out, "building "+filepath.Base(p.main)+"…"+patience(program))
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	cmd.Dir = p.main
	if b, err := cmd.CombinedOutput(); err != nil {
		cleanup()
		return "", func() {}, fmt.Errorf("building %s: %w\n%s", p.main, err, strings.TrimRight(string(b), "\n"))
	}
	return program, cleanup, nil
}

// patience warns of the first build: Pulumi's SDK of AWS takes the compiler
// minutes, once for a machine.
func patience(program string) string {
	if _, err := os.Stat(program); err == nil {
		return ""
	}
	return " (the first time this takes some minutes)"
}

// fingerprint tells programs apart by where they are.
func (p *project) fingerprint() string {
	sum := sha256.Sum256([]byte(p.main))
	return hex.EncodeToString(sum[:6])
}

// errProgram is the failure of a program that has said why itself.
var errProgram = errors.New("the program failed")

// run runs the program against an engine.
func (p *project) run(ctx context.Context, program, engine string, dry bool, out io.Writer) error {
	config, err := json.Marshal(p.config)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Dir = p.main
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(cmd.Environ(),
		"PULUMI_MONITOR="+engine,
		"PULUMI_ENGINE="+engine,
		"PULUMI_ORGANIZATION=organization",
		"PULUMI_PROJECT="+p.name,
		"PULUMI_ROOT_DIRECTORY="+p.dir,
		"PULUMI_STACK="+p.stack,
		"PULUMI_CONFIG="+string(config),
		"PULUMI_CONFIG_SECRET_KEYS=[]",
		"PULUMI_DRY_RUN="+strconv.FormatBool(dry),
		"PULUMI_PARALLEL=1",
	)
	err = cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return errProgram
	}
	return err
}
