package lambda

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// FuzzParseName: every text is a name, and the ARN of a name is that name.
func FuzzParseName(f *testing.F) {
	for _, s := range []string{"f", "f:live", "000000000000:function:f", "000000000000:function:f:1", "arn:aws:lambda:eu-west-3:000000000000:function:f:$LATEST", "function:f", "::::", ""} {
		f.Add(s)
	}
	scope := aws.Scope{Account: "111111111111", Region: "eu-west-3"}
	f.Fuzz(func(t *testing.T, s string) {
		n := parseName(s, scope)
		if again := parseName(string(n.arn()), aws.Scope{}); n.function != "" && again != n && n.scope == scope {
			t.Errorf("%q is %+v, whose ARN is %+v", s, n, again)
		}
	})
}
