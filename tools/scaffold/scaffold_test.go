package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testModel = `{
 "metadata": {"protocol": "rest-xml"},
 "operations": {
  "PutThing": {"http": {"method": "PUT", "requestUri": "/{Bucket}/{Key+}?thing"}, "input": {"shape": "PutThingRequest"}},
  "GetThing": {"http": {"method": "GET", "requestUri": "/{Bucket}", "responseCode": 202}, "authtype": "none",
   "input": {"shape": "GetThingRequest"}, "output": {"shape": "GetThingResult"}},
  "Other": {"http": {"method": "GET", "requestUri": "/"}}
 },
 "shapes": {
  "PutThingRequest": {"type": "structure", "required": ["Bucket", "Size"], "payload": "Thing", "members": {
   "Bucket": {"shape": "Name", "location": "uri", "locationName": "Bucket"},
   "Size": {"shape": "Size", "location": "header", "locationName": "x-size"},
   "When": {"shape": "Time", "location": "querystring", "locationName": "when"},
   "Thing": {"shape": "Thing", "xmlNamespace": {"uri": "urn:x"}}}},
  "GetThingRequest": {"type": "structure", "members": {"filter": {"shape": "Names", "location": "querystring"}}},
  "GetThingResult": {"type": "structure", "payload": "Body", "members": {
   "Body": {"shape": "Body"}, "Size": {"shape": "Size", "location": "header", "locationName": "x-size"}}},
  "Thing": {"type": "structure", "members": {
   "Note": {"shape": "Note"}, "Names": {"shape": "Names"}, "Parent": {"shape": "Thing"},
   "Tags": {"shape": "Tags"}, "Hidden": {"shape": "Odd"}}},
  "Name": {"type": "string", "min": 3, "max": 63, "pattern": "^[a-z.\\-]+$"},
  "Note": {"type": "string", "min": 0},
  "Odd": {"type": "string", "pattern": "(?!x)y"},
  "Names": {"type": "list", "max": 5, "flattened": true, "member": {"shape": "Name", "locationName": "Name"}},
  "Tags": {"type": "map", "key": {"shape": "Name", "locationName": "K"}, "value": {"shape": "Mode"}},
  "Mode": {"type": "string", "enum": ["ON", "OFF"]},
  "Size": {"type": "long", "min": 0, "sensitive": true}, "Time": {"type": "timestamp"},
  "Body": {"type": "blob", "streaming": true}
 }}`

const testSource = `package thing

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/service"
)

// PutThingInput is the input of PutThing.
type PutThingInput struct {
	_      struct{}   ^http:"PUT /{Bucket}/{Key+}?thing"^
	Bucket string     ^loc:"uri" required:"" len:"3,63" pattern:"^[a-z.\\-]+$"^
	Size   int64      ^wire:"x-size" loc:"header" required:"" sensitive:"" range:"0,"^
	Thing  *Thing     ^loc:"payload" xmlns:"urn:x"^
	When   *time.Time ^wire:"when" loc:"query"^
}

// GetThingInput is the input of GetThing.
type GetThingInput struct {
	_      struct{} ^http:"GET /{Bucket}"^
	Filter []string ^wire:"Name" loc:"query" flat:"" len:",5" elemlen:"3,63" elempattern:"^[a-z.\\-]+$"^
}

// GetThingOutput is the output of GetThing.
type GetThingOutput struct {
	_    struct{}        ^status:"202"^
	Body *service.Stream ^loc:"payload"^
	Size *int64          ^wire:"x-size" loc:"header"^
}

// Thing is a structure of the API.
type Thing struct {
	// Pattern not expressible in RE2, check by hand: (?!x)y
	Hidden string
	Names  []string ^wire:"Name" flat:"" len:",5" elemlen:"3,63" elempattern:"^[a-z.\\-]+$"^
	Note   *string  ^len:"0,"^
	Parent *Thing
	Tags   map[string]string ^mapkey:"K" keylen:"3,63" keypattern:"^[a-z.\\-]+$" elemenum:"ON|OFF"^
}
`

func TestGenerate(t *testing.T) {
	src, table, err := generate([]byte(testModel), "thing", []string{"PutThing", " GetThing"})
	if err != nil {
		t.Fatal(err)
	}
	// Go's raw literals cannot hold a back quote, hence the carets; those
	// inside the patterns are put back.
	want := strings.ReplaceAll(testSource, "^", "`")
	want = strings.ReplaceAll(want, "\"`[", "\"^[")
	if string(src) != want {
		t.Errorf("source:\n%s\nwant:\n%s", src, want)
	}
	const wantTable = `service.Op("PutThing", service.Any, s.putThing), // PutThingInput -> service.Empty
service.Unsigned("GetThing", s.getThing), // GetThingInput -> GetThingOutput
`
	if table != wantTable {
		t.Errorf("table:\n%s\nwant:\n%s", table, wantTable)
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, tt := range []struct{ model, op, want string }{
		{testModel, "Nope", `no operation "Nope"`},
		{`{"operations":{"A":{"input":{"shape":"B"}}}}`, "A", `no shape "B"`},
		{`{"operations":{"A":{"input":{"shape":"B"}}},"shapes":{"B":{"type":"structure","members":{"C":{"shape":"D"}}},"D":{"type":"odd"}}}`, "A", `type "odd"`},
		{`{`, "A", "model:"},
	} {
		if _, _, err := generate([]byte(tt.model), "p", []string{tt.op}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("generate(%.40q, %s) = %v, want %s", tt.model, tt.op, err, tt.want)
		}
	}
}

func TestWriteKeepsAnExistingFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a", "api.go")
	for i, force := range []bool{false, false, true} {
		err := write(name, []byte{byte('0' + i)}, force)
		if (err != nil) != (i == 1) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if b, _ := os.ReadFile(name); string(b) != "2" {
		t.Errorf("file holds %q", b)
	}
}
