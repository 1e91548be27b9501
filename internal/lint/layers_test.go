package lint

import (
	"strings"
	"testing"
)

// layers, from the ground up. A package may import only packages on lower
// lines, and packages within its own folder. Packages on one line may not
// import each other.
//
// Do not change this to fix a build; change the code, or discuss it first.
var layers = [][]string{
	{"internal/aws"},
	{"internal/lang/jsonscan", "internal/lang/vtl"}, // requests and items are read by the one; the other's $util is that of appsyncjs
	{"internal/lang/*", "internal/sigv4", "internal/store", "internal/blob", "internal/clock", "internal/fault"},
	{"internal/store/storetest", "internal/blob/blobtest"},
	{"internal/shape", "internal/meter"},
	{"internal/shape/*"},
	{"internal/service"},
	{"internal/wire/*", "internal/mail", "internal/dashboard", "internal/cost", "internal/deliver", "internal/http1", "internal/logwriter", "internal/runtime", "internal/edge"},
	{"internal/services/*"},
	{"internal/pulumi/value"},
	{"internal/gateway", "internal/listener", "internal/admin", "internal/pulumi", "internal/pulumi/*"},
	{"."},
	{"nieblatest"},
	{"internal/scripttest"},
	{"internal/cli"},
	{"cmd/*", "tools/*", "bench"},
}

func layer(pkg string) int {
	for i, l := range layers {
		if in(pkg, l...) {
			return i
		}
	}
	return -1
}

func TestLayers(t *testing.T) {
	for _, s := range product(t) {
		if s.pkg == "internal/lint" {
			continue
		}
		from := layer(s.pkg)
		if from < 0 {
			t.Errorf("%s: give the package %s a place in internal/lint's layers", s.path, s.pkg)
			continue
		}
		for path := range s.imports() {
			rel, ours := strings.CutPrefix(path+"/", module+"/")
			if !ours {
				continue
			}
			pkg := strings.TrimSuffix(rel, "/")
			if pkg == "" {
				pkg = "."
			}
			if strings.HasPrefix(pkg, s.pkg+"/") && s.pkg != "." {
				continue
			}
			if layer(pkg) >= from {
				t.Errorf("%s: %s may not import %s; declare a small interface and let the root pass it in", s.path, s.pkg, pkg)
			}
		}
	}
}
