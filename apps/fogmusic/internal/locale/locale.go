// Package locale finds the language in which a command speaks.
//
// # Invariants
//
//   - --lang decides, wherever it stands on the command line and also when the
//     rest of it is wrong; then LC_ALL, LC_MESSAGES and LANG in POSIX' order
//     (TestSpanish).
package locale

import "strings"

// Spanish tells whether a command speaks Spanish, not English, with these
// arguments and environment.
func Spanish(args []string, getenv func(string) string) bool {
	return strings.HasPrefix(strings.ToLower(language(args, getenv)), "es")
}

func language(args []string, getenv func(string) string) string {
	for i, a := range args {
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}
