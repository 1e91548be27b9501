package sdkgo

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// build compiles the function in testdata, which stands on aws-lambda-go, as
// one does for provided.al2023.
func build(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", path, "./function")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
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

func TestLambda(t *testing.T) {
	code := build(t) // which takes its time, the first time
	srv := start(t)
	cfg, ctx := load(t), ctx(t)
	role, err := iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{
		RoleName:                 aws.String("fn"),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := lambda.NewFromConfig(cfg)
	_, err = c.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String("f"), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Role: role.Role.Arn,
		Code: &types.FunctionCode{ZipFile: code}, Environment: &types.Environment{Variables: map[string]string{"COLOUR": "grey"}}, Timeout: aws.Int32(2),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := lambda.NewFunctionActiveV2Waiter(c).Wait(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("f")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	invoke := func(event string) (*lambda.InvokeOutput, map[string]any) {
		t.Helper()
		out, err := c.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: []byte(event)})
		if err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if err := json.Unmarshal(out.Payload, &answer); err != nil {
			t.Fatalf("%v: %s", err, out.Payload)
		}
		return out, answer
	}
	// It knows who it is, and signs with its role's keys.
	_, answer := invoke(`{"do":"whoami"}`)
	if answer["arn"] != "arn:aws:sts::000000000000:assumed-role/fn/f" || answer["colour"] != "grey" || answer["function"] != "arn:aws:lambda:eu-west-3:000000000000:function:f" {
		t.Errorf("answered %v", answer)
	}
	for do, want := range map[string]string{
		"error": "errorString", "panic": "string", "exit": "Runtime.ExitError", "hang": "Sandbox.Timedout",
	} {
		out, answer := invoke(`{"do":"` + do + `"}`)
		if aws.ToString(out.FunctionError) != "Unhandled" || answer["errorType"] != want {
			t.Errorf("%s: %s %v", do, aws.ToString(out.FunctionError), answer)
		}
	}
	// Warm, the way through everything takes little time.
	var took []time.Duration
	for range 200 {
		began := time.Now()
		invoke(`{"do":"nothing"}`)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("a warm invocation takes %v (p50), %v (p99), client included", took[100], took[198])
	if took[100] > 20*time.Millisecond {
		t.Errorf("a warm invocation takes %v", took[100])
	}
	// Functions outlive the process, however it ends.
	srv.stop(t, syscall.SIGKILL)
	srv.run(t)
	t.Setenv("AWS_ENDPOINT_URL", srv.url)
	c = lambda.NewFromConfig(load(t))
	if _, answer := invoke(`{"do":"whoami"}`); answer["colour"] != "grey" {
		t.Errorf("after a restart: %v", answer)
	}
}
