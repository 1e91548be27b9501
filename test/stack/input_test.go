package stack

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appsync"
	appsynctypes "github.com/aws/aws-sdk-go-v2/service/appsync/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const aProfile = `query($id: ID!) { getUser(userId: $id) { nickname } }`

// serves fails the test unless the API answers as ever.
func (c *cloud) serves(t *testing.T) {
	t.Helper()
	var user struct{ Nickname string }
	if c.query(t, "", aProfile, map[string]any{"id": name(0)}).data(t, "getUser", &user); user.Nickname != name(0) {
		t.Errorf("the API answers %+v", user)
	}
}

func TestTokens(t *testing.T) {
	c := start(t)
	ana := c.signUp(t, "ana")
	refused := func(token, message string) {
		t.Helper()
		out := c.query(t, token, `mutation { heartbeat { isOnline } }`, nil)
		if out.status != http.StatusUnauthorized || len(out.Errors) != 1 || out.Errors[0].ErrorType != "UnauthorizedException" || out.Errors[0].Message != message {
			t.Errorf("%d %+v, want %q", out.status, out.Errors, message)
		}
	}
	c.query(t, ana.token, `mutation { heartbeat { isOnline } }`, nil).data(t, "heartbeat", new(any))
	part := strings.Split(ana.token, ".")
	forged := part[0] + "." + part[1] + "." + strings.Repeat("A", len(part[2]))
	refused(forged, "You are not authorized to make this call.")
	c.niebla(t, "clock", "advance", "61m")
	refused(ana.token, "Token has expired.")
	put(t, c, 1)
	c.serves(t)
}

// TestBadRequests sends the API what is too much for it, or wrong.
func TestBadRequests(t *testing.T) {
	c := start(t)
	put(t, c, 1)
	api := appsync.NewFromConfig(c.cfg)
	id := &stack.outputs.APIID

	// A schema that does not parse names the line, and the old one serves on.
	before, err := api.GetIntrospectionSchema(ctx(t), &appsync.GetIntrospectionSchemaInput{ApiId: id, Format: appsynctypes.OutputTypeSdl})
	if err != nil {
		t.Fatal(err)
	}
	bad := "type Query {\n  getUser(userId: ID!): User\n}\n\ntype User {\n  userId ID!\n}\n"
	if _, err := api.StartSchemaCreation(ctx(t), &appsync.StartSchemaCreationInput{ApiId: id, Definition: []byte(bad)}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func() string {
		out, err := api.GetSchemaCreationStatus(ctx(t), &appsync.GetSchemaCreationStatusInput{ApiId: id})
		if err != nil {
			t.Fatal(err)
		}
		if out.Status != appsynctypes.SchemaStatusFailed || !strings.Contains(aws.ToString(out.Details), "6") {
			return string(out.Status) + ": " + aws.ToString(out.Details)
		}
		t.Log(aws.ToString(out.Details))
		return ""
	})
	after, err := api.GetIntrospectionSchema(ctx(t), &appsync.GetIntrospectionSchemaInput{ApiId: id, Format: appsynctypes.OutputTypeSdl})
	if err != nil || !bytes.Equal(before.Schema, after.Schema) {
		t.Errorf("the schema changed (%v)", err)
	}
	c.serves(t)

	// Aliases that multiply an answer.
	for what, query := range map[string]string{
		"ten thousand aliases": "{ " + aliases(10_001, func(i string) string { return "a" + i + `: getUser(userId: "member-00") { nickname } ` }) + "}",
		"fragments that double": "{ getUser(userId: \"member-00\") { ...f0 } } " +
			aliases(30, func(i string) string {
				n, _ := strconv.Atoi(i)
				next := " ...f" + strconv.Itoa(n+1)
				return "fragment f" + i + " on User {" + next + next + " } "
			}) + "fragment f30 on User { nickname }",
		"no end of braces": strings.Repeat("{ getUser ", 50_000),
	} {
		began := time.Now()
		out := c.query(t, "", query, nil)
		took := time.Since(began)
		if what != "fragments that double" && len(out.Errors) == 0 || took > 5*time.Second {
			t.Errorf("%s: %d after %v", what, out.status, took)
		}
		if len(out.Errors) > 0 {
			t.Logf("%s: %d %s after %v", what, out.status, out.Errors[0].Message[:min(100, len(out.Errors[0].Message))], took)
		}
		c.serves(t)
	}

	// A template without end.
	old, err := api.GetResolver(ctx(t), &appsync.GetResolverInput{ApiId: id, TypeName: aws.String("Query"), FieldName: aws.String("ranking")})
	if err != nil {
		t.Fatal(err)
	}
	endless := `#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#set($x = "$a$b$c")#end#end#end{}`
	if _, err := api.UpdateResolver(ctx(t), &appsync.UpdateResolverInput{
		ApiId: id, TypeName: old.Resolver.TypeName, FieldName: old.Resolver.FieldName, DataSourceName: aws.String("rankings"),
		Kind: appsynctypes.ResolverKindUnit, RequestMappingTemplate: &endless, ResponseMappingTemplate: aws.String("$util.toJson($ctx.result)"),
	}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	out := c.query(t, "", `{ ranking(kind: PAIS, place: "ES") { edition } }`, nil)
	if took := time.Since(began); len(out.Errors) != 1 || took > 10*time.Second {
		t.Errorf("an endless template: %d %+v after %v", out.status, out.Errors, took)
	} else {
		t.Logf("an endless template: %+v after %v", out.Errors[0], took)
	}
	c.serves(t)
}

func aliases(n int, f func(i string) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(strconv.Itoa(i)))
	}
	return b.String()
}

// TestBadFunctions lets functions crash, hang and print without end.
func TestBadFunctions(t *testing.T) {
	c := start(t)
	put(t, c, 1)
	functions := lambda.NewFromConfig(c.cfg)
	known, err := functions.GetFunction(ctx(t), &lambda.GetFunctionInput{FunctionName: aws.String("RankingsApi")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := functions.CreateFunction(ctx(t), &lambda.CreateFunctionInput{
		FunctionName: aws.String("bad"), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Role: known.Configuration.Role,
		Code: &types.FunctionCode{ZipFile: build(t)}, Timeout: aws.Int32(1), Architectures: known.Configuration.Architectures,
	}); err != nil {
		t.Fatal(err)
	}
	if err := lambda.NewFunctionActiveV2Waiter(functions).Wait(ctx(t), &lambda.GetFunctionInput{FunctionName: aws.String("bad")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	invoke := func(do string) (failed string, answer []byte) {
		out, err := functions.Invoke(ctx(t), &lambda.InvokeInput{FunctionName: aws.String("bad"), Payload: []byte(`{"do":"` + do + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.FunctionError), out.Payload
	}
	for do, want := range map[string]string{"crash": "Runtime.ExitError", "hang": "Sandbox.Timedout", "print": "Sandbox.Timedout"} {
		began := time.Now()
		failed, payload := invoke(do)
		var answer struct{ ErrorType string }
		if err := json.Unmarshal(payload, &answer); err != nil || failed != "Unhandled" || answer.ErrorType != want {
			t.Errorf("%s: %s %s (%v)", do, failed, payload, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: after %v", do, took)
		}
		if failed, payload := invoke("nothing"); failed != "" || string(payload) != `"well"` {
			t.Errorf("after %s: %s %s", do, failed, payload)
		}
		c.serves(t)
	}
	if n := c.sum(t, "AWS/Lambda", "Errors", "FunctionName", "bad"); n != 3 {
		t.Errorf("%v errors are counted, want 3", n)
	}
}

// build is the function of ./function as a zip.
func build(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", path, "./function")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = w.Write(program)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
