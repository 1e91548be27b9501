package restjson

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

type (
	invokeInput struct {
		_       struct{} `http:"POST /2015-03-31/functions/{FunctionName}/invocations"`
		Name    string   `loc:"uri" wire:"FunctionName" required:""`
		Type    string   `loc:"header" wire:"X-Amz-Invocation-Type" enum:"Event|RequestResponse"`
		Payload []byte   `loc:"payload"`
	}
	invokeOutput struct {
		Status  int32  `loc:"status"`
		Error   string `loc:"header" wire:"X-Amz-Function-Error"`
		Payload []byte `loc:"payload"`
	}
	listInput struct {
		_     struct{}            `http:"GET /2015-03-31/functions"`
		Max   *int32              `loc:"query" wire:"MaxItems"`
		Names []string            `loc:"query" wire:"name"`
		Rest  map[string][]string `loc:"querymap"`
	}
	configInput struct {
		_      struct{} `http:"PUT /config/{Id}"`
		Id     string   `loc:"uri"`
		Config *config  `loc:"payload"`
	}
	config struct {
		Mode string `wire:"mode" required:"" enum:"ON|OFF"`
	}
	configOutput struct {
		Config *config `loc:"payload"`
	}
	uploadInput struct {
		_    struct{}  `http:"POST /upload"`
		Body io.Reader `loc:"payload"`
	}
)

func handle[In, Out any](context.Context, *aws.Call, *In) (*Out, error) { return nil, nil }

func newCodec() *Codec {
	return New(service.Info{Name: "lambda"}, []service.Operation{
		service.Op("Invoke", service.Any, handle[invokeInput, invokeOutput]),
		service.Op("List", service.Any, handle[listInput, service.Empty]),
		service.Op("Config", service.Any, handle[configInput, configOutput]),
		service.Op("Upload", service.Any, handle[uploadInput, service.Empty]),
	})
}

func decode(method, target, body string, in any) (*shape.Report, error) {
	c := newCodec()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	route, err := c.Route(r, nil)
	if err != nil {
		return nil, err
	}
	rep := new(shape.Report)
	if route.Streams {
		return rep, c.Decode(r, nil, route, in, rep)
	}
	return rep, c.Decode(r, []byte(body), route, in, rep)
}

func TestPayloads(t *testing.T) {
	var inv invokeInput
	if _, err := decode("POST", "/2015-03-31/functions/f%3A1/invocations", `{"any": [1]`, &inv); err != nil || inv.Name != "f:1" || string(inv.Payload) != `{"any": [1]` {
		t.Errorf("%+v, %v", inv, err)
	}
	var up uploadInput
	if _, err := decode("POST", "/upload", "stream", &up); err != nil {
		t.Error(err)
	} else if data, _ := io.ReadAll(up.Body); string(data) != "stream" {
		t.Errorf("read %q", data)
	}
	var conf configInput
	if rep, err := decode("PUT", "/config/x", `{"mode":"MAYBE"}`, &conf); err != nil || rep.Err() == nil ||
		!strings.Contains(rep.Err().Message, "at 'config.mode'") {
		t.Errorf("%+v, %v", conf, err)
	}
	for _, empty := range []string{"", "{}"} {
		conf = configInput{}
		rep, err := decode("PUT", "/config/x", empty, &conf)
		if err != nil || (conf.Config == nil) != (empty == "") || (rep.Err() == nil) != (empty == "") {
			t.Errorf("%q: %+v, %v, %v", empty, conf, err, rep.Err())
		}
	}
}

func TestQuery(t *testing.T) {
	var in listInput
	_, err := decode("GET", "/2015-03-31/functions?MaxItems=5&name=a&name=b&other=1&other=2", "", &in)
	if err != nil || in.Max == nil || *in.Max != 5 || strings.Join(in.Names, "") != "ab" || len(in.Rest) != 1 || len(in.Rest["other"]) != 2 {
		t.Errorf("%+v, %v", in, err)
	}
	_, err = decode("GET", "/2015-03-31/functions?MaxItems=many", "", &in)
	if e, ok := err.(*aws.Error); !ok || e.Code != "SerializationException" {
		t.Errorf("MaxItems=many: %v", err)
	}
}

func TestUnknownPaths(t *testing.T) {
	for _, target := range []string{"/", "/2015-03-31", "/2015-03-31/functions/f", "/2015-03-31/functions//invocations"} {
		_, err := decode("GET", target, "", nil)
		if e, ok := err.(*aws.Error); !ok || e.Code != "NotImplemented" || e.Status != 501 || !strings.Contains(e.Message, "GET "+target+" of ") {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestEncode(t *testing.T) {
	for _, tt := range []struct {
		op     string
		out    any
		status int
		ctype  string
		body   string
	}{
		{"Invoke", &invokeOutput{Status: 202}, 202, "", ""},
		{"Invoke", &invokeOutput{Payload: []byte("null"), Error: "Unhandled"}, 200, "application/octet-stream", "null"},
		{"Config", &configOutput{&config{"ON"}}, 200, "application/json", `{"mode":"ON"}`},
		{"List", &service.Empty{}, 200, "", ""},
	} {
		w := httptest.NewRecorder()
		if err := newCodec().Encode(w, httptest.NewRequest("POST", "/", nil), &aws.Call{RequestID: "id-1"}, tt.op, tt.out); err != nil {
			t.Fatal(err)
		}
		if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Content-Type") != tt.ctype {
			t.Errorf("%s: %d %v %q", tt.op, w.Code, w.Header(), w.Body)
		}
	}
}

func TestErrorHeader(t *testing.T) {
	w := httptest.NewRecorder()
	e := aws.Errorf(404, "ResourceNotFoundException", "lower").With("Type", "User").With("Message", "Function not found")
	newCodec().Error(w, httptest.NewRequest("GET", "/", nil), &aws.Call{}, e)
	if w.Header().Get("X-Amzn-ErrorType") != "ResourceNotFoundException" || w.Body.String() != `{"Type":"User","Message":"Function not found"}` {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}
