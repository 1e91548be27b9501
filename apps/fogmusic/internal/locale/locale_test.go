package locale

import (
	"strings"
	"testing"
)

func TestSpanish(t *testing.T) {
	for _, c := range []struct {
		args, env string
		want      bool
	}{
		{"", "", false}, {"", "LANG=es", true}, {"", "LANG=es_MX.UTF-8", true}, {"", "LANG=en_US.UTF-8", false}, {"", "LANG=C", false},
		{"", "LC_ALL=C LANG=es", false}, {"", "LC_MESSAGES=es LANG=en", true}, {"", "LC_ALL=ES", true},
		{"--lang es", "LANG=en", true}, {"--lang=en -x", "LC_ALL=es", false}, {"--help --what --lang es", "", true}, {"--lang", "LANG=es", true},
	} {
		env := map[string]string{}
		for _, v := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		if got := Spanish(strings.Fields(c.args), func(name string) string { return env[name] }); got != c.want {
			t.Errorf("%q with %q: %v", c.args, c.env, got)
		}
	}
}
