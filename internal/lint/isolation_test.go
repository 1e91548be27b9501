package lint

import (
	"go/ast"
	"path/filepath"
	"strings"
	"testing"
)

// TestServicesAreIsolated keeps HTTP and the machine out of services. Names of
// statuses, methods and headers are words, not HTTP; data planes (endpoint*.go)
// and cross-origin rules (cors.go) are HTTP by nature.
func TestServicesAreIsolated(t *testing.T) {
	for _, s := range product(t) {
		if !strings.HasPrefix(s.pkg, "internal/services/") {
			continue
		}
		base := filepath.Base(s.path)
		web := strings.HasPrefix(base, "endpoint") || base == "cors.go"
		for _, path := range []string{"os", "os/exec", "net", "syscall", "log"} {
			if _, ok := s.imports()[path]; ok && !(web && path == "net") {
				t.Errorf("%s: a service may not import %s; what it needs comes in through Deps", s.path, path)
			}
		}
		if web {
			continue
		}
		s.uses("net/http", func(sel *ast.SelectorExpr) {
			name := sel.Sel.Name
			if name != "Header" && name != "TimeFormat" && name != "ParseTime" && !strings.HasPrefix(name, "Status") && !strings.HasPrefix(name, "Method") {
				t.Errorf("%s:%d: http.%s in a service: a handler never sees HTTP; a data plane goes into endpoint*.go", s.path, s.line(sel), name)
			}
		})
	}
}

// clocks are the packages that may look at the clock of the machine and draw
// on its randomness: they pass them in to the others. The default source of
// identifiers is in aws; certificates and connections live in the machine's time,
// and suites of tests (storetest) make up their own data.
var clocks = []string{".", "cmd/*", "internal/cli", "nieblatest", "internal/aws", "internal/http1", "internal/listener", "internal/*/*test", "tools/*", "bench", "internal/lint"}

func TestTimeAndChanceComeIn(t *testing.T) {
	for _, s := range product(t) {
		if in(s.pkg, clocks...) {
			continue
		}
		for _, path := range []string{"math/rand", "math/rand/v2", "crypto/rand"} {
			if _, ok := s.imports()[path]; ok {
				t.Errorf("%s: %s imports %s; draw on Deps.IDs", s.path, s.pkg, path)
			}
		}
		s.uses("time", func(sel *ast.SelectorExpr) {
			switch sel.Sel.Name {
			case "Now", "Since", "Until":
				t.Errorf("%s:%d: time.%s in %s; use call.Time or Deps.Now", s.path, s.line(sel), sel.Sel.Name, s.pkg)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	for _, s := range product(t) {
		if in(s.pkg, "cmd/*", "internal/cli", "tools/*", "internal/lint") {
			continue
		}
		s.uses("os", func(sel *ast.SelectorExpr) {
			switch sel.Sel.Name {
			case "Getenv", "LookupEnv", "Environ", "ExpandEnv":
				t.Errorf("%s:%d: os.%s in %s; the command line reads the environment and passes it in", s.path, s.line(sel), sel.Sel.Name, s.pkg)
			}
		})
	}
}
