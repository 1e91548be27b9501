package pulumi

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestProject(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "Pulumi.yaml", "name: fog\nruntime: {name: go}\nconfig:\n  greeting: {type: string, default: hi}\n  aws:region: {value: eu-west-1}\n  declared: {type: string}\n")
	write(t, dir, "Pulumi.dev.yaml", "config:\n  aws:region: eu-west-3\n  fog:trials: true\n  count: 3\n  origins: [a, b]\n")
	p, err := loadProject(dir, "", map[string]string{"count": "4", "other:x": "y"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"fog:greeting": "hi", "aws:region": "eu-west-3", "fog:trials": "true", "fog:count": "4",
		"fog:origins": `["a","b"]`, "other:x": "y",
	}
	if p.name != "fog" || p.stack != "dev" || !reflect.DeepEqual(p.config, want) {
		t.Errorf("got %s/%s %v", p.name, p.stack, p.config)
	}
}

func TestProjectProblems(t *testing.T) {
	for _, c := range []struct{ name, project, stack, problem string }{
		{"none", "", "", "has no Pulumi.yaml"},
		{"no name", "runtime: go\n", "", "name is missing"},
		{"not Go", "name: x\nruntime: nodejs\n", "", "runs Go programs"},
		{"an option", "name: x\nruntime: {name: go, options: {buildTarget: y}}\n", "", "buildTarget is not supported"},
		{"not YAML", "name: [\n", "", "Pulumi.yaml"},
		{"encrypted", "name: x\nruntime: go\n", "config:\n  x:p: {secure: abc}\n", "x:p is encrypted"},
		{"environment", "name: x\nruntime: go\n", "environment: [y]\n", "environment is not supported"},
	} {
		dir := t.TempDir()
		if c.project != "" {
			write(t, dir, "Pulumi.yaml", c.project)
		}
		write(t, dir, "Pulumi.dev.yaml", c.stack)
		if _, err := loadProject(dir, "dev", nil); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestProviderSettings(t *testing.T) {
	p := &project{config: map[string]string{"aws:region": "r", "aws:profile": "p", "x:y": "z"}}
	if err := p.checkConfig(); err != nil {
		t.Error(err)
	}
	p.config["aws:defaultTags"] = "{}"
	if err := p.checkConfig(); err == nil || !strings.Contains(err.Error(), "defaultTags") {
		t.Error(err)
	}
}

func TestWhichStack(t *testing.T) {
	dir := t.TempDir()
	if s, err := chooseStack(dir, ""); s != "dev" || err != nil {
		t.Error(s, err)
	}
	write(t, dir, "Pulumi.prod.yaml", "")
	if s, err := chooseStack(dir, ""); s != "prod" || err != nil {
		t.Error(s, err)
	}
	write(t, dir, "Pulumi.dev.yaml", "")
	if _, err := chooseStack(dir, ""); err == nil || !strings.Contains(err.Error(), "dev, prod") {
		t.Error(err)
	}
	if _, err := chooseStack(dir, "../x"); err == nil {
		t.Error("a path as a stack's name")
	}
}

func TestURN(t *testing.T) {
	p := &project{name: "fog", stack: "dev"}
	stack := p.urn("", stackType, "fog-dev")
	component := p.urn(stack, "my:mod:Thing", "thing")
	for _, c := range []struct{ got, want string }{
		{stack, "urn:pulumi:dev::fog::pulumi:pulumi:Stack::fog-dev"},
		{p.urn(stack, "aws:s3/bucket:Bucket", "b"), "urn:pulumi:dev::fog::aws:s3/bucket:Bucket::b"},
		{p.urn(component, "aws:s3/bucket:Bucket", "a::b"), "urn:pulumi:dev::fog::my:mod:Thing$aws:s3/bucket:Bucket::a::b"},
		{nameOf(p.urn(component, "t", "a::b")), "a::b"},
		{short("aws:s3/bucket:Bucket"), "s3.Bucket"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	d := &deployment{rand: bytes.NewReader(bytes.Repeat([]byte{0xab, 0xcd, 0xef, 0x12}, 100))}
	for _, c := range []struct {
		naming  provider.Naming
		in      value.Map
		logical string
		want    string
	}{
		{provider.Naming{Max: 64}, nil, "Guest", `^Guest-[0-9a-f]{7}$`},
		{provider.Naming{Max: 63, Lower: true}, nil, "Media", `^media-[0-9a-f]{7}$`},
		{provider.Naming{Max: 256, Lead: "alias/"}, nil, "songs", `^alias/songs-[0-9a-f]{7}$`},
		{provider.Naming{Max: 64, Prefix: "namePrefix"}, value.Map{"namePrefix": "pre"}, "x", `^pre[0-9a-f]{7}$`},
		{provider.Naming{Max: 16}, nil, "averyverylongname", `^averyvery[0-9a-f]{7}$`},
	} {
		got := d.name(c.logical)(c.naming, c.in)
		if s, ok := got.(string); !ok || !regexp.MustCompile(c.want).MatchString(s) {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
	d.preview = true
	if got := d.name("x")(provider.Naming{Max: 64}, nil); got != (value.Unknown{}) {
		t.Errorf("a preview names: %v", got)
	}
}

func sampleState() *state {
	return &state{
		Version: stateVersion, Project: "fog", Stack: "dev",
		Resources: []*record{{
			URN: "urn:a", Type: "aws:s3/bucketObject:BucketObject", ID: "k",
			Inputs:  value.Map{"source": value.Asset{Path: "f", Hash: "h"}, "tags": value.Map{"a": "b"}},
			Outputs: value.Map{"etag": "e", "n": 1.0, "list": []any{"x", nil}}, Secrets: []string{"etag"},
			Dependencies: []string{"urn:b"}, PropertyDependencies: map[string][]string{"bucket": {"urn:b"}},
			Protect: true, Doomed: true,
		}},
		Pending: &pending{"urn:c", "t", value.Map{"source": value.Asset{Text: "t", Hash: "h"}}},
		Outputs: value.Map{"o": "v"}, SecretOutputs: []string{"o"},
	}
}

func TestStateRoundTrip(t *testing.T) {
	want := sampleState()
	b, err := want.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeState(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, err)
	}
	again, err := got.encode()
	if err != nil || !bytes.Equal(b, again) {
		t.Fatalf("equal states are not equal bytes: %v", err)
	}
	if _, err := decodeState([]byte(`{"Version":99}`)); err == nil {
		t.Error("a state of another version was read")
	}
}

func FuzzState(f *testing.F) {
	b, err := sampleState().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"Version":1,"Resources":[null]}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeState(b)
		if err != nil {
			return
		}
		if _, err := s.encode(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzProject(f *testing.F) {
	f.Add("name: x\nruntime: go\nconfig:\n  a: {default: 1}\n", "config:\n  b: [1, {c: d}]\n")
	f.Add("name: x\nruntime: {name: go, options: {binary: y}}\n", "config: {a: !!binary x}\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, project, stack string) {
		write(t, dir, "Pulumi.yaml", project)
		write(t, dir, "Pulumi.dev.yaml", stack)
		p, err := loadProject(dir, "dev", nil)
		if err == nil && p.name == "" {
			t.Fatal("a project without a name")
		}
	})
}

func TestOrder(t *testing.T) {
	a := &record{URN: "a", Dependencies: []string{"z"}}
	b := &record{URN: "b", Parent: "a"}
	c := &record{URN: "c", Provider: "p"}
	doomed := &record{URN: "z", ID: "old", Doomed: true}
	z := &record{URN: "z", ID: "new"}
	p := &record{URN: "p"}
	want := []*record{z, doomed, a, b, p, c}
	for _, in := range [][]*record{{a, b, c, doomed, z, p}, {p, z, doomed, c, b, a}} {
		if got := ordered(in); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v", got)
		}
	}
}

func TestProviderURN(t *testing.T) {
	for reference, want := range map[string]string{"": "", "urn:a::b::id": "urn:a::b"} {
		if got := providerURN(reference); got != want {
			t.Errorf("%q gives %q", reference, got)
		}
	}
}
