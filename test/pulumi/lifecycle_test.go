package pulumi

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/pulumi"
	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
)

// unchanged applies a program again, which must write nothing.
func (b *bench) unchanged(program string, config ...string) *pulumi.Result {
	b.t.Helper()
	b.wire.reset()
	r := b.up(program, config...)
	b.did(r)
	if writes := b.wire.writes(); len(writes) > 0 {
		b.t.Errorf("nothing was to be done, and yet %q", writes)
	}
	return r
}

func TestUpTwice(t *testing.T) {
	b := newBench(t)
	first := b.up("every", "a", "One")
	second := b.unchanged("every", "a", "One")
	if !reflect.DeepEqual(first.Outputs, second.Outputs) {
		t.Errorf("outputs %v became %v", first.Outputs, second.Outputs)
	}
	outputs, err := pulumi.Outputs(t.Context(), b.options("every"))
	if err != nil || !reflect.DeepEqual(outputs.Outputs, first.Outputs) {
		t.Errorf("the stack's outputs are %v, %v", outputs, err)
	}
}

// Every type is brought up by some program, and is as it was at the second time.
func TestEveryKind(t *testing.T) {
	kinds := map[string]bool{}
	for _, program := range []string{"every", "rest"} {
		b := newBench(t)
		for _, s := range b.up(program, "a", "One").Steps {
			kinds[s.Type] = true
		}
		b.unchanged(program, "a", "One")
	}
	b := newBench(t)
	o := b.options("every")
	o.Dir, o.Config, o.CacheDir = filepath.Join("..", "..", "apps", "biihlive", "infra"), nil, t.TempDir()
	for _, verb := range []pulumi.Verb{pulumi.Create, pulumi.Same} {
		r, err := pulumi.Up(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Steps {
			kinds[s.Type] = true
			if s.Verb != verb {
				t.Errorf("%s %s: %v, want %v", s.Type, s.Name, s.Verb, verb)
			}
		}
	}
	for _, token := range provider.Tokens() {
		if !kinds[token] {
			t.Errorf("no program brings up a %s", token)
		}
	}
}

func TestChangeInPlace(t *testing.T) {
	b := newBench(t)
	b.up("every", "a", "One")
	r := b.up("every", "a", "Two")
	b.did(r, "update bucket", "update key", "update managed", "update o1", "update pool", "update role", "update table", "update user")
	b.unchanged("every", "a", "Two")
	if _, err := pulumi.Destroy(t.Context(), b.options("every")); err != nil {
		t.Error(err)
	}
}

func TestNamesAreMadeOnce(t *testing.T) {
	b := newBench(t)
	first := b.up("chain").Outputs
	if name, _ := first["bucket"].(string); !regexp.MustCompile(`^media-[0-9a-f]{7}$`).MatchString(name) {
		t.Errorf("bucket %q", name)
	}
	if name, _ := first["alias"].(string); !regexp.MustCompile(`^alias/alias-[0-9a-f]{7}$`).MatchString(name) {
		t.Errorf("alias %q", name)
	}
	if again := b.up("chain", "a", "x").Outputs; !reflect.DeepEqual(first, again) {
		t.Errorf("%v became %v", first, again)
	}
}

func TestRemove(t *testing.T) {
	b := newBench(t)
	b.up("chain")
	r := b.up("chain", "b", "no bucket")
	b.did(r, "delete Media")
	if r.Outputs["bucket"] != nil {
		t.Errorf("the output stayed: %v", r.Outputs)
	}
	b.unchanged("chain", "b", "no bucket")
}

func TestDestroy(t *testing.T) {
	b := newBench(t)
	b.up("chain")
	r, err := pulumi.Destroy(t.Context(), b.options("chain"))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, s := range r.Steps {
		order = append(order, s.Name)
	}
	if !slices.Equal(order, []string{"Media", "alias", "key"}) {
		t.Errorf("deleted in the order %q", order)
	}
	if _, err := pulumi.Outputs(t.Context(), b.options("chain")); err == nil {
		t.Error("the state survived the stack")
	}
	again, err := pulumi.Destroy(t.Context(), b.options("chain"))
	if err != nil || again.Changed() {
		t.Errorf("destroyed again: %v, %v", again, err)
	}
	b.did(b.up("chain"), "create key", "create alias", "create Media")
}

func TestUnknownIsRefused(t *testing.T) {
	b := newBench(t)
	b.fails("unknown", `aws:iam/group:Group "group": niebla up does not know this type`, `aws:s3/bucket:Bucket "bucket": property requestPayer is not supported`)
	if writes := b.wire.writes(); len(writes) > 0 {
		t.Errorf("something was done: %q", writes)
	}
}

func TestRefusedOption(t *testing.T) {
	b := newBench(t)
	b.fails("hook", "does not support the resource option import")
}

func TestWrongProgram(t *testing.T) {
	b := newBench(t)
	b.up("chain")
	b.fails("wrong", "the program is wrong")
	b.unchanged("chain")
}

func TestReplaceBeforeDelete(t *testing.T) {
	b := newBench(t)
	was := b.up("users", "a", "/x/").Outputs["name"]
	b.wire.reset()
	r := b.up("users", "a", "/y/")
	b.did(r, "replace user", "delete user")
	if is := r.Outputs["name"]; is == was {
		t.Errorf("the new user has the old one's name %v", is)
	}
	if w := b.wire.writes(); before(w, "DeleteUser", "CreateUser") {
		t.Errorf("deleted first: %q", w)
	}
	b.unchanged("users", "a", "/y/")
}

// A table of a fixed name has to go before it comes back, and so has what is
// made from its name.
func TestDeleteBeforeReplace(t *testing.T) {
	b := newBench(t)
	b.up("table", "a", "one")
	b.wire.reset()
	r := b.up("table", "a", "two")
	b.did(r, "delete user", "replace table", "create user")
	w := b.wire.writes()
	if !before(w, "DeleteUser", "DeleteTable") || !before(w, "DeleteTable", "CreateTable") || !before(w, "CreateTable", "CreateUser") {
		t.Errorf("in the wrong order: %q", w)
	}
	b.unchanged("table", "a", "two")
}

func before(list []string, a, b string) bool {
	i, j := slices.Index(list, a), slices.Index(list, b)
	return i >= 0 && i < j
}

func TestFailureKeepsState(t *testing.T) {
	b := newBench(t)
	b.wire.refuse = func(operation string, _ *http.Request) bool { return operation == "CreateAlias" }
	b.fails("chain", `creating kms.Alias "alias"`, "the line is cut")
	b.fails("chain", `creating kms.Alias "alias"`, "the line is cut")
	b.wire.reset()
	b.did(b.up("chain"), "create alias", "create Media")
	b.unchanged("chain")
}

// When an answer is lost nobody knows whether there is a table now.
func TestLostAnswer(t *testing.T) {
	b := newBench(t)
	b.wire.refuse = func(operation string, r *http.Request) bool {
		if operation != "CreateTable" {
			return false
		}
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
		return true
	}
	b.failsWith(b.options("table", "a", "k"), "the line is cut")
	b.wire.reset()
	b.did(b.up("table", "a", "k"), "update table", "create user")
}

// A run that is killed while a table is made does not know that it was.
func TestInterruptedCreation(t *testing.T) {
	b := newBench(t)
	b.wire.refuse = func(operation string, r *http.Request) bool {
		if operation != "CreateTable" {
			return slices.Contains(b.wire.writes(), "CreateTable")
		}
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
		return true
	}
	b.failsWith(b.options("table", "a", "k"), "the line is cut")
	b.wire.reset()
	b.did(b.up("table", "a", "k"), "update table", "create user")
	b.unchanged("table", "a", "k")
}

// A run that is told to stop ends the operation in hand, and remembers it.
func TestStoppedRun(t *testing.T) {
	b := newBench(t)
	ctx, stop := context.WithCancel(t.Context())
	b.wire.refuse = func(operation string, _ *http.Request) bool {
		if operation == "CreateAlias" {
			stop()
		}
		return false
	}
	if _, err := pulumi.Up(ctx, b.options("chain")); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v", err)
	}
	b.wire.reset()
	b.did(b.up("chain"), "create Media")
	if w := b.wire.writes(); slices.Contains(w, "CreateAlias") {
		t.Errorf("done again: %q", w)
	}
}

func TestTwoAtOnce(t *testing.T) {
	b := newBench(t)
	other := *b
	other.wire = &wire{}
	b.wire.refuse = func(operation string, _ *http.Request) bool {
		if operation == "CreateAlias" {
			b.wire.refuse = nil
			other.up("users", "a", "/")
		}
		return false
	}
	b.fails("chain", "another run is changing this stack")
	if w := b.wire.writes(); slices.ContainsFunc(w, func(s string) bool { return strings.HasPrefix(s, "PUT /media-") }) {
		t.Errorf("it went on: %q", w)
	}
}

func TestSecrets(t *testing.T) {
	b := newBench(t)
	o := b.options("key")
	var said strings.Builder
	o.Out = &said
	r, err := pulumi.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.SecretOutputs, []string{"said", "secret"}) {
		t.Errorf("secret are %q", r.SecretOutputs)
	}
	secret, _ := r.Outputs["secret"].(string)
	if secret == "" || strings.Contains(said.String(), secret) || strings.Contains(said.String(), "hush") {
		t.Errorf("a secret was shown, or there is none:\n%s", said.String())
	}
	b.unchanged("key")
}

func TestProtectAndIgnore(t *testing.T) {
	b := newBench(t)
	b.up("guarded", "a", "one", "b", "true")
	b.did(b.up("guarded", "a", "two", "b", "true"))
	b.fails("nothing", `kms.Key "key" is protected`)
	if _, err := pulumi.Destroy(t.Context(), b.options("guarded")); err == nil {
		t.Error("a protected key was destroyed")
	}
	b.did(b.up("guarded", "a", "two", "b", "false"))
	b.did(b.up("nothing"), "delete key")
}

func TestComponent(t *testing.T) {
	b := newBench(t)
	r := b.up("component")
	if want := "urn:pulumi:dev::test::my:mod:Team$aws:iam/user:User::user"; r.Outputs["urn"] != want {
		t.Errorf("urn %v", r.Outputs["urn"])
	}
	b.unchanged("component")
	b.did(b.up("nothing"), "delete user")
}

func TestExplicitProvider(t *testing.T) {
	b := newBench(t)
	r := b.up("elsewhere")
	if arn, _ := r.Outputs["arn"].(string); !strings.HasPrefix(arn, "arn:aws:dynamodb:us-east-1:") || r.Outputs["region"] != "us-east-1" {
		t.Errorf("outputs %v", r.Outputs)
	}
	b.unchanged("elsewhere")
	b.did(b.up("nothing"), "delete table")
}

func TestReadExisting(t *testing.T) {
	b := newBench(t)
	bucket, _ := b.up("chain").Outputs["bucket"].(string)
	o := b.options("existing", "a", bucket)
	o.Stack = "other"
	r, err := pulumi.Up(t.Context(), o)
	if err != nil || r.Outputs["arn"] != "arn:aws:s3:::"+bucket {
		t.Errorf("got %v, %v", r, err)
	}
	o = b.options("existing", "a", "no-such-bucket")
	o.Stack = "other"
	if _, err := pulumi.Up(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no-such-bucket does not exist") {
		t.Error(err)
	}
}

func TestFileAsset(t *testing.T) {
	b := newBench(t)
	file := filepath.Join(b.dir, "content.txt")
	for _, content := range []string{"one", "two"} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		verb := map[string]string{"one": "create file", "two": "update file"}[content]
		if r := b.up("object"); !slices.ContainsFunc(r.Steps, func(s pulumi.Step) bool { return string(s.Verb)+" "+s.Name == verb }) {
			t.Errorf("%s: %+v", content, r.Steps)
		}
		b.unchanged("object")
	}
}

func TestAlias(t *testing.T) {
	b := newBench(t)
	b.up("users", "a", "/")
	b.did(b.up("renamed", "a", "/"))
	b.did(b.up("nothing"), "delete person")
}

func TestPreview(t *testing.T) {
	b := newBench(t)
	o := b.options("chain")
	o.Preview = true
	r, err := pulumi.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.did(r, "create key", "create alias", "create Media")
	if w := b.wire.writes(); len(w) > 0 {
		t.Errorf("a preview wrote %q", w)
	}
	b.up("chain")
	b.wire.reset()
	if r, err = pulumi.Destroy(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	b.did(r, "delete key", "delete alias", "delete Media")
	if w := b.wire.writes(); len(w) > 0 {
		t.Errorf("a preview wrote %q", w)
	}
	b.unchanged("chain")
}
