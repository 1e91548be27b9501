package lambda

import (
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// name is a function as a request names it.
type name struct {
	scope     aws.Scope
	function  string
	qualifier string // "", "$LATEST", a version or an alias
}

// latest is the qualifier of a function's unpublished version.
const latest = "$LATEST"

// arn is the ARN of the function, with the qualifier if there is one.
func (n name) arn() aws.ARN {
	if n.qualifier == "" {
		return n.bare()
	}
	return n.bare() + ":" + aws.ARN(n.qualifier)
}

func (n name) bare() aws.ARN { return aws.MakeARN("lambda", n.scope, "function:"+n.function) }

// parseName reads a function's name in any of its forms: f, f:q,
// account:function:f[:q] and the ARN. What it does not say is scope's.
func parseName(s string, scope aws.Scope) name {
	n := name{scope: scope}
	f := strings.Split(s, ":")
	switch {
	case len(f) > 6 && f[0] == "arn":
		n.scope = aws.Scope{Account: aws.AccountID(f[4]), Region: aws.Region(f[3])}
		f = f[6:]
	case len(f) > 2 && f[len(f)-2] == "function":
		n.scope.Account = aws.AccountID(f[0])
		f = f[len(f)-1:]
	case len(f) > 3 && f[len(f)-3] == "function":
		n.scope.Account = aws.AccountID(f[0])
		f = f[len(f)-2:]
	case len(f) > 1 && f[0] == "function":
		f = f[1:]
	}
	n.function = f[0]
	if len(f) > 1 {
		n.qualifier = f[1]
	}
	return n
}

// name is the function that an input names.
func (in *named) name(c *aws.Call) name { return parseName(in.FunctionName, c.Scope) }

func (in *qualified) name(c *aws.Call) name {
	n := in.named.name(c)
	if in.Qualifier != "" {
		n.qualifier = in.Qualifier
	}
	return n
}

// naming is an input that names a function.
type naming interface{ name(c *aws.Call) name }

// isVersion reports whether a qualifier is a published version's number.
func isVersion(q string) bool {
	return q != "" && strings.Trim(q, "0123456789") == ""
}
