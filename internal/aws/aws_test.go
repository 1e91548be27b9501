package aws

import (
	"bytes"
	"testing"
)

func TestParseARN(t *testing.T) {
	p, ok := ARN("arn:aws:dynamodb:eu-west-3:000000000000:table/a:b").Parse()
	if !ok || p.Service != "dynamodb" || p.Region != "eu-west-3" || p.Account != "000000000000" || p.Resource != "table/a:b" {
		t.Errorf("Parse = %+v, %v", p, ok)
	}
	for _, bad := range []ARN{"", "arn:aws:s3", "urn:aws:s3:::b"} {
		if _, ok := bad.Parse(); ok {
			t.Errorf("%q parsed", bad)
		}
	}
}

func TestIDsAreDeterministic(t *testing.T) {
	src := func() *IDs { return NewIDs(bytes.NewReader(bytes.Repeat([]byte{7, 250, 99}, 100))) }
	a, b := src(), src()
	for range 3 {
		if x, y := a.UUID(), b.UUID(); x != y || len(x) != 36 {
			t.Errorf("UUID %q, %q", x, y)
		}
		if x, y := a.Base32(16), b.Base32(16); x != y || len(x) != 16 {
			t.Errorf("Base32 %q, %q", x, y)
		}
	}
}
