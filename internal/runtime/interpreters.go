package runtime

import (
	"context"
	_ "embed" // the bootstraps
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
)

//go:embed bootstrap/node.mjs
var nodeBootstrap []byte

//go:embed bootstrap/python.py
var pythonBootstrap []byte

func (h *Host) bootstraps() string { return filepath.Join(h.dir, "bootstrap") }

func (h *Host) writeBootstraps() error {
	return errors.Join(
		os.MkdirAll(h.bootstraps(), 0o700),
		os.WriteFile(filepath.Join(h.bootstraps(), "node.mjs"), nodeBootstrap, 0o600),
		os.WriteFile(filepath.Join(h.bootstraps(), "python.py"), pythonBootstrap, 0o600),
	)
}

// interpreters are those of this machine, as they were asked for.
type interpreters struct {
	lookPath func(string) (string, error)

	mu    sync.Mutex
	known map[string]interpreter // by family and version
}

// interpreter is a program that runs functions' code.
type interpreter struct {
	path    string
	version string
}

// family splits a runtime's name: "nodejs20.x" is nodejs and 20, "python3.12" python and 3.12.
func family(name string) (string, string) {
	n := strings.IndexAny(name, "0123456789")
	if n < 0 || strings.HasPrefix(name, "provided") {
		return name, ""
	}
	return name[:n], strings.TrimSuffix(name[n:], ".x")
}

// Supports reports why functions of a runtime and an architecture cannot be
// run here, or nil.
func (h *Host) Supports(name, architecture string) error {
	switch f, _ := family(name); f {
	case "provided.al2", "provided.al2023", "provided":
		native := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[goruntime.GOARCH]
		if architecture != native {
			return fmt.Errorf("this machine runs functions for %s, and not for %s: give the function the architecture %s", native, architecture, native)
		}
		return nil
	case "nodejs", "python":
		_, err := h.found.find(name)
		return err
	}
	return fmt.Errorf("niebla does not run functions of the runtime %s: it knows provided.al2023, provided.al2, nodejs and python", name)
}

// find finds an interpreter for a runtime: of the version asked for if there is one.
func (t *interpreters) find(name string) (interpreter, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i, ok := t.known[name]; ok {
		return i, nil
	}
	f, version := family(name)
	candidates, ask := []string{"node" + version, "node", "nodejs"}, []string{"-p", "process.execPath + '\\n' + process.version"}
	if f == "python" {
		candidates, ask = []string{"python" + version, "python3", "python"}, []string{"-c", "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))"}
	}
	for _, c := range candidates {
		path, err := t.lookPath(c)
		if err != nil {
			continue
		}
		// What is found may be a stand-in that chooses a version by its
		// environment, which functions don't have.
		ctx, cancel := context.WithTimeout(context.Background(), initLimit)
		out, err := exec.CommandContext(ctx, path, ask...).Output()
		cancel()
		if path, version, ok := strings.Cut(strings.TrimSpace(string(out)), "\n"); err == nil && ok {
			if t.known == nil {
				t.known = map[string]interpreter{}
			}
			t.known[name] = interpreter{path, version}
			return t.known[name], nil
		}
	}
	return interpreter{}, fmt.Errorf("the runtime %s needs %s on the PATH of niebla, and it is not there", name, strings.Join(candidates[:2], " or "))
}

// command is what runs a function, or why nothing does.
func (h *Host) command(f *Function) ([]string, *fault) {
	switch name, _ := family(f.Runtime); name {
	case "nodejs", "python":
		i, err := h.found.find(f.Runtime)
		if err != nil {
			return nil, &fault{kind: "Runtime.InvalidEntrypoint", text: err.Error()}
		}
		if name == "nodejs" {
			return []string{i.path, filepath.Join(h.bootstraps(), "node.mjs")}, nil
		}
		return []string{i.path, "-u", filepath.Join(h.bootstraps(), "python.py")}, nil
	}
	path := filepath.Join(f.Code, "bootstrap")
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return nil, &fault{kind: "Runtime.InvalidEntrypoint", text: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"}
	}
	return []string{path}, nil
}
