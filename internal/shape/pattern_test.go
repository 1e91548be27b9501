package shape

import (
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	tests := []struct{ pattern, match, differ string }{
		{`[\u0009\u0020-\u00FF]+`, "a\tÿ", "Ā"},
		{`[\p{Alpha}-]+`, "a-b", "p:"},
		{`\p{Alpha}+`, "ab", "l:"},
		{`\p{IsLatin}`, "é", "д"},
		{`[\p{L}\p{Nd}]*`, "é9", "-"},
		{`.{1,2048}`, "x", ""},
		{`[a-z]{2,3}`, "abc", "abcd"},
		{`^arn:aws$|^x$`, "x", "xy"},
		{`a|b`, "b", "ab"},
		{`\[a\]`, "[a]", "a"},
		{`x{`, "x{", "x"},
	}
	for _, tt := range tests {
		re, err := Pattern(tt.pattern)
		if err != nil {
			t.Errorf("Pattern(%q): %v", tt.pattern, err)
			continue
		}
		if !re.MatchString(tt.match) {
			t.Errorf("%q does not match %q", tt.pattern, tt.match)
		}
		if re.MatchString(tt.differ) {
			t.Errorf("%q matches %q", tt.pattern, tt.differ)
		}
	}
	if _, err := Pattern(`^(?!aws).*`); err == nil || !strings.Contains(err.Error(), "(?!") {
		t.Errorf("a lookahead gave %v", err)
	}
}
