package pulumi

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

const stackType = "pulumi:pulumi:Stack"

// urn is the name of a resource within the stack. A resource below a component
// has the component's type in its own.
func (p *project) urn(parent, token, name string) string {
	if above := typeOf(parent); above != "" && above != stackType {
		token = above + "$" + token
	}
	return "urn:pulumi:" + p.stack + "::" + p.name + "::" + token + "::" + name
}

// typeOf is the type in a URN, with those above it.
func typeOf(urn string) string {
	f := strings.SplitN(urn, "::", 4)
	if len(f) < 4 {
		return ""
	}
	return f[2]
}

// nameOf is the name in a URN.
func nameOf(urn string) string {
	f := strings.SplitN(urn, "::", 4)
	return f[len(f)-1]
}

// suffixLength is how many hexadecimal digits make a name unique, as Pulumi has it.
const suffixLength = 7

// name makes a name for a resource that was given none: its name in the
// program, or the prefix it asks for, and random digits.
func (d *deployment) name(logical string) func(provider.Naming, value.Map) any {
	return func(n provider.Naming, in value.Map) any {
		if d.preview {
			return value.Unknown{}
		}
		lead := n.Lead + logical + "-"
		if prefix, ok := in[n.Prefix].(string); ok && prefix != "" {
			lead = prefix
		}
		if n.Lower {
			lead = strings.ToLower(lead)
		}
		b := make([]byte, (suffixLength+1)/2)
		if _, err := io.ReadFull(d.rand, b); err != nil {
			d.fail(fmt.Errorf("making a name for %q: %w", logical, err))
		}
		suffix := hex.EncodeToString(b)[:suffixLength]
		if room := n.Max - suffixLength; len(lead) > room {
			lead = lead[:room]
		}
		return lead + suffix
	}
}

// providerURN is the URN in a reference to a provider, "URN::ID".
func providerURN(reference string) string {
	i := strings.LastIndex(reference, "::")
	return reference[:max(i, 0)]
}
