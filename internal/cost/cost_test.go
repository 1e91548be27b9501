package cost

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/meter"
)

func TestBill(t *testing.T) {
	writes := meter.Item{Product: "AmazonDynamoDB", Unit: "WriteRequestUnits"}
	out := meter.Item{Product: "AmazonCloudFront", Unit: "DataTransfer-Out-Bytes"}
	lambda := meter.Item{Product: "AWSLambda", Unit: "Request"}
	for _, c := range []struct {
		usage []Usage
		free  bool
		want  float64
	}{
		{[]Usage{{"eu-west-3", writes, 2e6}}, true, 2 * 0.7423},
		{[]Usage{{"us-east-1", writes, 2e6}}, true, 2 * 0.625},
		{[]Usage{{"sa-east-1", writes, 2e6}}, true, 2 * 0.625},
		{[]Usage{{"eu-west-3", out, 1e12}}, false, 85},
		{[]Usage{{"eu-west-3", out, 1e12}}, true, 0},
		{[]Usage{{"eu-west-3", out, 12e12}}, false, 10_000*0.085 + 2000*0.080},
		{[]Usage{{"eu-west-3", lambda, 7e5}, {"us-east-1", lambda, 7e5}}, true, 0.4 * 0.20}, // free once
		{[]Usage{{"eu-west-3", meter.Item{Product: "X", Unit: "Y"}, 5}}, true, 0},
	} {
		lines := Bill(c.usage, c.free)
		if got := Total(lines); math.Abs(got-c.want) > 1e-9 || len(lines) != len(c.usage) {
			t.Errorf("%v, free %v: %v, want %v", c.usage, c.free, got, c.want)
		}
	}
	for v, want := range map[float64]string{1234567: "1,234,567", 0: "0", 2.5: "2.50", 0.00001: "1e-05", 12345.6: "12,346", -1234: "-1,234"} {
		if got := Amount(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

const root = "../.."

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPage(t *testing.T) {
	w, err := ParseWorkload(read(t, "docs/cost-biihlive.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(read(t, "docs/cost.md")), "<!-- niebla cost --workload docs/cost-biihlive.json --markdown -->\n")
	got, _, end := strings.Cut(rest, "<!-- end -->")
	if want := w.Markdown(); !ok || !end || got != want {
		t.Errorf("docs/cost.md is not what the program computes; it should say:\n%s", want)
	}
}

// TestEverythingChargedHasAPrice reads the items that our sources charge.
func TestEverythingChargedHasAPrice(t *testing.T) {
	found := 0
	err := filepath.WalkDir(filepath.Join(root, "internal/services"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) != 2 {
				return true
			}
			if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Item" {
				return true
			}
			product, unit := text(lit.Elts[0]), text(lit.Elts[1])
			if product == "" && unit != "" { // a constant of the package
				for item := range prices {
					if item.Unit == unit {
						found++
						return true
					}
				}
				t.Errorf("%s charges %s, which has no price in internal/cost", path, unit)
			}
			if product != "" && unit != "" {
				found++
				if _, ok := prices[meter.Item{Product: product, Unit: unit}]; !ok {
					t.Errorf("%s charges %s of %s, which has no price in internal/cost", path, unit, product)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || found < 5 {
		t.Errorf("%d items found, %v", found, err)
	}
}

// text is the string of a literal, or "".
func text(e ast.Expr) string {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		e = kv.Value
	}
	if lit, ok := e.(*ast.BasicLit); ok {
		return strings.Trim(lit.Value, `"`)
	}
	return ""
}

func TestWorkload(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{`{`, "not a workload"}, {`{"region":"eu-west-3"}`, "lines"}, {`{"region":"eu-west-3","lines":[{"usage":{"X/Y":1}}]}`, "no price"},
		{`{"region":"eu-west-3","lines":[{"usage":{"AWSLambda/Request":-1}}]}`, "-1"}, {`{"region":"eu-west-3","line":[]}`, "unknown field"},
	} {
		if _, err := ParseWorkload([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.text, err, c.says)
		}
	}
}

func FuzzParseWorkload(f *testing.F) {
	f.Add([]byte(`{"region":"eu-west-3","lines":[{"says":"Lambda: ~$5","usd":5,"usage":{"AWSLambda/Request":1e6}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if w, err := ParseWorkload(b); err == nil {
			w.Markdown()
		}
	})
}
