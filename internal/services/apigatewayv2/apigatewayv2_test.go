package apigatewayv2_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/scripttest"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/services/apigatewayv2"
	"github.com/niebla-cloud/niebla/internal/store"
)

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata", "apigateway") }

var scope = aws.Scope{Account: "000000000000", Region: "eu-west-3"}

const arn = "arn:aws:lambda:eu-west-3:000000000000:function:f"

// world is API Gateway, and a function that does as it is told.
type world struct {
	*apigatewayv2.Service
	t      *testing.T
	ops    map[string]service.Operation
	answer func(event []byte) ([]byte, bool, error)
	source string // of the last event
}

func newWorld(t *testing.T) *world {
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	w := &world{t: t, ops: map[string]service.Operation{}}
	w.Service = apigatewayv2.New(apigatewayv2.Deps{DB: db, IDs: aws.NewIDs(rand.NewChaCha8([32]byte{1})), Now: now, Meter: meter.NewMeter(now), Functions: w})
	for _, op := range w.Operations() {
		w.ops[op.Name()] = op
	}
	return w
}

func (w *world) Invoke(_ context.Context, c *aws.Call, function aws.ARN, payload []byte) ([]byte, bool, error) {
	if function != arn || c.Principal.Name != "apigateway.amazonaws.com" {
		return nil, false, errors.New("not the function")
	}
	w.source = c.Principal.Keys["aws:SourceArn"][0]
	return w.answer(payload)
}

// do runs an operation, and returns the member id of its output.
func (w *world) do(op, id string, in any) string {
	w.t.Helper()
	v := w.ops[op].NewInput()
	body, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := w.ops[op].Invoke(context.Background(), &aws.Call{Scope: scope, Host: "h", Time: time.Unix(1_800_000_000, 0)}, v)
	if err != nil {
		w.t.Fatalf("%s: %v", op, err)
	}
	body, err = json.Marshal(out)
	var m map[string]any
	if err := errors.Join(err, json.Unmarshal(body, &m)); err != nil {
		w.t.Fatal(err)
	}
	s, _ := m[id].(string)
	return s
}

func (w *world) ask(method, url, body string, header ...string) (*http.Response, string) {
	w.t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if !w.Claims(r) {
		w.t.Fatalf("%s is not claimed", url)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r, &aws.Call{Scope: scope, RequestID: "r", SourceIP: "192.0.2.1"})
	res := rec.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(b)
}

func TestHTTP(t *testing.T) {
	w := newWorld(t)
	id := w.do("CreateApi", "ApiId", map[string]any{"Name": "rankings", "ProtocolType": "HTTP", "CorsConfiguration": map[string]any{"AllowOrigins": []string{"http://localhost:5173"}, "AllowMethods": []string{"GET"}}})
	in := w.do("CreateIntegration", "IntegrationId", map[string]any{"ApiId": id, "IntegrationType": "AWS_PROXY", "IntegrationUri": arn, "PayloadFormatVersion": "2.0"})
	w.do("CreateRoute", "RouteId", map[string]any{"ApiId": id, "RouteKey": "GET /rankings/{city}", "Target": "integrations/" + in})
	w.do("CreateStage", "", map[string]any{"ApiId": id, "StageName": "$default", "AutoDeploy": true})
	w.do("CreateStage", "", map[string]any{"ApiId": id, "StageName": "v1"})
	var event map[string]any
	w.answer = func(b []byte) ([]byte, bool, error) {
		return []byte(`{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=d"],"body":"aGk=","isBase64Encoded":true}`), false, json.Unmarshal(b, &event)
	}
	for _, url := range []string{"http://" + id + ".execute-api.localhost/rankings/a%20b?x=1&x=2", "http://h/_aws/execute-api/" + id + "/rankings/a%20b?x=1&x=2"} {
		res, body := w.ask("GET", url, "", "Cookie", "k=v; l=w", "Origin", "http://localhost:5173")
		if res.StatusCode != 201 || body != "hi" || res.Header.Get("X-A") != "b" || res.Header.Get("Set-Cookie") != "c=d" || res.Header.Get("Access-Control-Allow-Origin") != "http://localhost:5173" {
			t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
		}
		got, err := json.Marshal([]any{event["rawPath"], event["pathParameters"], event["queryStringParameters"], event["cookies"], event["routeKey"]})
		if want := `["/rankings/a b",{"city":"a b"},{"x":"1,2"},["k=v","l=w"],"GET /rankings/{city}"]`; err != nil || string(got) != want {
			t.Errorf("event %s, want %s", got, want)
		}
	}
	if want := "arn:aws:execute-api:eu-west-3:000000000000:" + id + "/$default/GET/rankings/{city}"; w.source != want {
		t.Errorf("source %s, want %s", w.source, want)
	}
	base := "http://h/_aws/execute-api/" + id
	if res, body := w.ask("POST", base+"/rankings/x", ""); res.StatusCode != 404 || body != `{"message":"Not Found"}` {
		t.Errorf("no route: %d %s", res.StatusCode, body)
	}
	if res, _ := w.ask("OPTIONS", base+"/rankings/x", "", "Origin", "http://localhost:5173", "Access-Control-Request-Method", "GET"); res.StatusCode != 204 || res.Header.Get("Access-Control-Allow-Methods") != "GET" {
		t.Errorf("preflight: %d %v", res.StatusCode, res.Header)
	}
	w.answer = func([]byte) ([]byte, bool, error) { return []byte(`[1]`), false, nil }
	if res, body := w.ask("GET", base+"/rankings/x", ""); res.StatusCode != 200 || body != "[1]" || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("plain JSON: %d %v %s", res.StatusCode, res.Header, body)
	}
	w.answer = func([]byte) ([]byte, bool, error) { return []byte(`{"errorMessage":"x"}`), true, nil }
	if res, body := w.ask("GET", base+"/rankings/x", ""); res.StatusCode != 500 || body != `{"message":"Internal Server Error"}` {
		t.Errorf("failed: %d %s", res.StatusCode, body)
	}
	w.answer = func([]byte) ([]byte, bool, error) { return nil, false, aws.Errorf(403, "AccessDeniedException", "no") }
	if res, _ := w.ask("GET", base+"/rankings/x", ""); res.StatusCode != 500 {
		t.Errorf("not let in: %d", res.StatusCode)
	}
	// The other stage has nothing before a deployment, and keeps that one.
	w.answer = func([]byte) ([]byte, bool, error) { return []byte(`1`), false, nil }
	if res, _ := w.ask("GET", base+"/v1/rankings/x", ""); res.StatusCode != 404 {
		t.Errorf("before a deployment: %d", res.StatusCode)
	}
	w.do("CreateDeployment", "", map[string]any{"ApiId": id, "StageName": "v1"})
	w.do("CreateRoute", "", map[string]any{"ApiId": id, "RouteKey": "$default", "Target": "integrations/" + in})
	for url, want := range map[string]int{"/v1/rankings/x": 200, "/v1/other": 404, "/other": 200} {
		if res, _ := w.ask("GET", base+url, ""); res.StatusCode != want {
			t.Errorf("%s: %d", url, res.StatusCode)
		}
	}
	w.do("UpdateApi", "", map[string]any{"ApiId": id, "DisableExecuteApiEndpoint": true})
	if res, body := w.ask("GET", base+"/rankings/x", ""); res.StatusCode != 403 || body != `{"message":"Forbidden"}` {
		t.Errorf("disabled: %d %s", res.StatusCode, body)
	}
}
