package lint

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesHaveReasons holds that each module that our code imports, and
// each package that a package.json names, has a line in RATIONALE.md: what it
// is for, and what it beat. A line may stand for what is below its name too,
// and NAME* for all that begins so.
func TestDependenciesHaveReasons(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "RATIONALE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tables, ok := strings.Cut(string(text), "\n## Dependencies\n")
	if !ok {
		t.Fatal("RATIONALE.md has no section Dependencies")
	}
	var names []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \|`).FindAllStringSubmatch(tables, -1) {
		names = append(names, strings.Split(row[1], ", ")...)
	}
	explained := func(dependency string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			stem, open := strings.CutSuffix(name, "*")
			return dependency == name || strings.HasPrefix(dependency, name+"/") || open && strings.HasPrefix(dependency, stem)
		})
	}
	for _, file := range manifests(t) {
		dependencies := imported
		if filepath.Base(file) == "package.json" {
			dependencies = named
		}
		for _, d := range dependencies(t, file) {
			if !explained(d) {
				t.Errorf("%s: %s has no line among the dependencies in RATIONALE.md: why it, what it beat, its licence", file, d)
			}
		}
	}
}

// manifests are our files go.mod and package.json.
func manifests(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "dist", "bin"}, d.Name())):
			return filepath.SkipDir
		case d.Name() == "go.mod", d.Name() == "package.json":
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// imported are the modules of others that the code of a Go module imports.
func imported(t *testing.T, file string) []string {
	t.Helper()
	mod, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+|gocloud\.dev) v\S+`).FindAllStringSubmatch(string(mod), -1) {
		if !strings.HasPrefix(m[1], module) {
			modules = append(modules, m[1])
		}
	}
	slices.SortFunc(modules, func(a, b string) int { return len(b) - len(a) }) // the longest path that fits is the module
	found := map[string]bool{}
	sources, err := walk(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		for path := range s.imports() {
			i := slices.IndexFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
			if i >= 0 {
				found[modules[i]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// named are the packages that a package.json names.
func named(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return slices.AppendSeq(slices.Sorted(maps.Keys(p.Dependencies)), maps.Keys(p.DevDependencies))
}
