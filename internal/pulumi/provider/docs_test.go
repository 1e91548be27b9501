package provider

import (
	"os"
	"strings"
	"testing"
)

// row is a kind's line in docs/pulumi.md.
func row(k *Kind) string {
	var names []string
	for _, p := range k.Inputs {
		names = append(names, p.Name)
	}
	return "| `" + k.Token + "` | " + strings.Join(names, ", ") + " |\n"
}

func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../../../docs/pulumi.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range Tokens() {
		k, _ := Lookup(token)
		if !strings.Contains(string(b), row(k)) {
			t.Errorf("docs/pulumi.md lacks the line\n%s", row(k))
		}
	}
}
