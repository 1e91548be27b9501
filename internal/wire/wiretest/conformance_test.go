package wiretest

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/wire/awsjson"
	"github.com/niebla-cloud/niebla/internal/wire/cbor"
	"github.com/niebla-cloud/niebla/internal/wire/query"
	"github.com/niebla-cloud/niebla/internal/wire/restjson"
	"github.com/niebla-cloud/niebla/internal/wire/restxml"
)

type mode string

// message has a member of every kind.
type message struct {
	Name     string
	Note     *string
	Flag     bool
	Maybe    *bool
	Count    int32
	Big      *int64
	Ratio    float64
	When     time.Time
	At       *time.Time `ts:"iso8601"`
	Date     *time.Time `ts:"rfc822"`
	Blob     []byte
	Names    []string `member:"Name"`
	Items    []string `wire:"Item" flat:""`
	Matrix   [][]int32
	Tags     map[string]string
	Counts   map[string]int64 `flat:"" wire:"Tally" mapkey:"K" mapvalue:"V"`
	Parent   *message
	Children []message
	ByName   map[string]message
	Mode     mode
	Modes    []mode
}

// bound adds members outside the body, for the REST protocols.
type bound struct {
	_      struct{}          `http:"POST /things/{Id}" status:"201" root:"Thing"`
	Length *int64            `loc:"header" wire:"x-amz-length"`
	Header []string          `loc:"header" wire:"x-amz-list"`
	Since  *time.Time        `loc:"header" wire:"x-amz-since"`
	Meta   map[string]string `loc:"headers" wire:"x-amz-meta-"`
	message
}

// protocol is one codec under test.
type protocol struct {
	name  string
	codec service.Codec
	rest  bool
	// bad is the code of a body that is not the protocol's syntax, invalid that
	// of one that breaks constraints.
	bad, invalid string
}

func echo(context.Context, *aws.Call, *message) (*message, error)  { return nil, nil }
func echoBound(context.Context, *aws.Call, *bound) (*bound, error) { return nil, nil }
func check(context.Context, *aws.Call, *checked) (*checked, error) { return nil, nil }
func checkREST(context.Context, *aws.Call, *checkedREST) (*checkedREST, error) {
	return nil, nil
}

func protocols() []protocol {
	info := service.Info{Name: "test", TargetPrefix: "Test", CBORName: "Test", Namespace: "urn:test"}
	rpc := []service.Operation{service.Op("Echo", service.Any, echo), service.Op("Check", service.Any, check)}
	rest := []service.Operation{service.Op("Echo", service.Any, echoBound), service.Op("Check", service.Any, checkREST)}
	return []protocol{
		{"awsJson1_0", awsjson.New(info, service.JSON10, rpc), false, "SerializationException", "ValidationException"},
		{"awsJson1_1", awsjson.New(info, service.JSON11, rpc), false, "SerializationException", "ValidationException"},
		{"restJson1", restjson.New(info, rest), true, "SerializationException", "ValidationException"},
		{"restXml", restxml.New(info, rest), true, "MalformedXML", "ValidationError"},
		{"rpcv2Cbor", cbor.New(info, rpc), false, "SerializationException", "ValidationException"},
	}
}

func ptr[T any](v T) *T { return &v }

func messages() map[string]message {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	full := message{
		Name: "é \"<&>' \\ \t end", Note: ptr(""), Flag: true, Maybe: ptr(false), Count: math.MinInt32,
		Big: ptr(int64(math.MaxInt64)), Ratio: 1.5e-9, When: at.Add(123 * time.Millisecond), At: ptr(at), Date: ptr(at),
		Blob: []byte{0, 255, 10}, Names: []string{"a", "", "c"}, Items: []string{"x", "y"},
		Matrix: [][]int32{{1, 2}, {}, {-3}}, Tags: map[string]string{"k": "v", "": "empty", "z.z": ""},
		Counts: map[string]int64{"a": 1, "b": math.MinInt64}, Mode: "ON", Modes: []mode{"OFF"},
	}
	nested := message{
		Parent: &message{Name: "p", Parent: &full}, Children: []message{{Name: "c1"}, {}, full},
		ByName: map[string]message{"one": full, "two": {Count: 2}},
	}
	return map[string]message{
		"zero":       {},
		"full":       full,
		"nested":     nested,
		"empty":      {Blob: []byte{}, Names: []string{}, Tags: map[string]string{}, Matrix: [][]int32{}, Parent: &message{}},
		"infinite":   {Ratio: math.Inf(-1)},
		"before1970": {When: time.UnixMilli(-1500).UTC()},
	}
}

// again makes a request of a response: what a codec writes it must read.
func (p protocol) again(w *httptest.ResponseRecorder, op string) *http.Request {
	r := p.request(op, w.Body.String())
	for name, values := range w.Header() {
		r.Header[http.CanonicalHeaderKey(name)] = values // as a server does
	}
	r.Header.Del("Content-Length")
	return r
}

func (p protocol) request(op, body string) *http.Request {
	target := "/"
	switch {
	case p.rest && op == "Echo":
		target = "/things/one"
	case p.rest:
		target = "/checks"
	case p.name == "rpcv2Cbor":
		target = "/service/Test/operation/" + op
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+target, strings.NewReader(body))
	if strings.HasPrefix(p.name, "awsJson") {
		r.Header.Set("X-Amz-Target", "Test."+op)
	}
	return r
}

func (p protocol) decode(r *http.Request, in any) (*shape.Report, error) {
	body, _ := io.ReadAll(r.Body)
	route, err := p.codec.Route(r, body)
	if err != nil {
		return nil, err
	}
	rep := new(shape.Report)
	return rep, p.codec.Decode(r, body, route, in, rep)
}

func TestRoundTrip(t *testing.T) {
	for _, p := range protocols() {
		for name, m := range messages() {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				var out, in any = &m, new(message)
				if p.rest {
					out = &bound{message: m, Length: ptr(int64(0)), Header: []string{"a", "b,c", `"`},
						Since: ptr(time.Unix(1e9, 0).UTC()), Meta: map[string]string{"key": "value"}}
					in = new(bound)
				}
				w := httptest.NewRecorder()
				if err := p.codec.Encode(w, p.request("Echo", ""), &aws.Call{RequestID: "id-1"}, "Echo", out); err != nil {
					t.Fatal(err)
				}
				body := w.Body.String()
				rep, err := p.decode(p.again(w, "Echo"), in)
				if err != nil {
					t.Fatalf("%v in %s", err, body)
				}
				if !reflect.DeepEqual(in, out) {
					t.Errorf("read back\n%+v\nof\n%+v\nthrough %s", in, out, body)
				}
				if rep.Err() != nil || len(rep.Ignored()) > 0 {
					t.Errorf("reported %v, %v", rep.Err(), rep.Ignored())
				}
				if p.rest && w.Code != http.StatusCreated {
					t.Errorf("status %d", w.Code)
				}
			})
		}
	}
}

func TestDeterministic(t *testing.T) {
	all := append(protocols(), protocol{name: "awsQuery", codec: newQuery()})
	for _, p := range all {
		var first []byte
		for i := range 20 {
			var out any = ptr(messages()["nested"])
			if p.rest {
				out = &bound{message: messages()["nested"]}
			}
			w := httptest.NewRecorder()
			if err := p.codec.Encode(w, p.request("Echo", ""), &aws.Call{}, "Echo", out); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = w.Body.Bytes()
			} else if !bytes.Equal(first, w.Body.Bytes()) {
				t.Errorf("%s: two encodings differ:\n%s\n%s", p.name, first, w.Body)
				break
			}
		}
	}
}

func newQuery() service.Codec {
	return query.New(service.Info{Name: "test", Namespace: "urn:test"}, []service.Operation{service.Op("Echo", service.Any, echo)})
}

// checked has a constraint of every kind.
type checked struct {
	KeyId  string            `required:"" len:"2,4" pattern:"[a-z]+"`
	Limit  *int32            `range:"1,100"`
	Mode   string            `enum:"ON|OFF"`
	Secret string            `len:"8," sensitive:""`
	Names  []string          `len:"1,2" elemlen:"1,3"`
	Tags   map[string]string `keypattern:"[a-z]+" elemenum:"A|B"`
	Nested []part
	Others map[string]part
}

type part struct {
	Value string `required:"" len:",3"`
}

type checkedREST struct {
	_ struct{} `http:"POST /checks" root:"Check"`
	checked
}

// constraints are documents in two forms, and what is found wrong with them.
var constraints = []struct {
	name, json, xml string
	want            []string // of each violation
}{
	{"good", `{"KeyId":"abc","Limit":1,"Mode":"ON","Names":["a"],"Tags":{"a":"A"},"Nested":[{"Value":""}]}`,
		`<KeyId>abc</KeyId><Limit>1</Limit><Mode>ON</Mode><Names><member>a</member></Names><Tags><entry><key>a</key><value>A</value></entry></Tags><Nested><member><Value/></member></Nested>`, nil},
	{"missing", `{}`, ``, []string{"Value null at 'keyId' failed to satisfy constraint: Member must not be null"}},
	{"short", `{"KeyId":"a"}`, `<KeyId>a</KeyId>`,
		[]string{"Value 'a' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 2"}},
	{"two of one", `{"KeyId":"ABCDE"}`, `<KeyId>ABCDE</KeyId>`, []string{
		"Value 'ABCDE' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 4",
		"Value 'ABCDE' at 'keyId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"}},
	{"runes", `{"KeyId":"abc","Names":["ééé"]}`, `<KeyId>abc</KeyId><Names><member>ééé</member></Names>`, nil},
	{"range", `{"KeyId":"abc","Limit":0}`, `<KeyId>abc</KeyId><Limit>0</Limit>`,
		[]string{"Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"}},
	{"enum", `{"KeyId":"abc","Mode":"on"}`, `<KeyId>abc</KeyId><Mode>on</Mode>`,
		[]string{"Value 'on' at 'mode' failed to satisfy constraint: Member must satisfy enum value set: [ON, OFF]"}},
	{"sensitive", `{"KeyId":"abc","Secret":"pass"}`, `<KeyId>abc</KeyId><Secret>pass</Secret>`,
		[]string{"Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 8"}},
	{"list", `{"KeyId":"abc","Names":["a","toolong","c"]}`,
		`<KeyId>abc</KeyId><Names><member>a</member><member>toolong</member><member>c</member></Names>`, []string{
			"Value '[a, toolong, c]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2",
			"Value '[a, toolong, c]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]"}},
	{"map", `{"KeyId":"abc","Tags":{"K":"C"}}`,
		`<KeyId>abc</KeyId><Tags><entry><key>K</key><value>C</value></entry></Tags>`, []string{
			"Value '{K=C}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]+]",
			"Value '{K=C}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy enum value set: [A, B]]"}},
	{"paths", `{"KeyId":"abc","Nested":[{"Value":"a"},{}],"Others":{"k":{"Value":"long"}}}`,
		`<KeyId>abc</KeyId><Nested><member><Value>a</Value></member><member/></Nested><Others><entry><key>k</key><value><Value>long</Value></value></entry></Others>`, []string{
			"Value null at 'nested.2.member.value' failed to satisfy constraint: Member must not be null",
			"Value 'long' at 'others.k.member.value' failed to satisfy constraint: Member must have length less than or equal to 3"}},
}

func TestConstraints(t *testing.T) {
	for _, p := range protocols() {
		if p.name == "rpcv2Cbor" {
			continue // its documents are not text; the checks are the same code
		}
		for _, tt := range constraints {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				body := tt.json
				if p.name == "restXml" {
					body = "<Check>" + tt.xml + "</Check>"
				}
				var in any = new(checked)
				if p.rest {
					in = new(checkedREST)
				}
				rep, err := p.decode(p.request("Check", body), in)
				if err != nil {
					t.Fatal(err)
				}
				got := rep.Err()
				if len(tt.want) == 0 {
					if got != nil {
						t.Errorf("refused: %v", got)
					}
					return
				}
				word := " validation error detected: "
				if len(tt.want) > 1 {
					word = " validation errors detected: "
				}
				want := string(rune('0'+len(tt.want))) + word + strings.Join(tt.want, "; ")
				if got == nil || got.Code != p.invalid || got.Message != want || got.Status != http.StatusBadRequest {
					t.Errorf("got  %v\nwant %s: %s", got, p.invalid, want)
				}
			})
		}
	}
}

func TestUnmodelledMembers(t *testing.T) {
	const asJSON = `{"KeyId":"abc","New":{"a":[1]},"Nested":[{"Value":"v","Deep":1}],"Others":{"k":{"Value":"v","X":null}}}`
	const asXML = `<Check><KeyId>abc</KeyId><New><a><b/></a></New><Nested><member><Value>v</Value><Deep>1</Deep></member></Nested>` +
		`<Others><entry><key>k</key><value><Value>v</Value><X/></value></entry></Others></Check>`
	for _, p := range protocols() {
		if p.name == "rpcv2Cbor" {
			continue
		}
		body, in := asJSON, any(new(checked))
		if p.name == "restXml" {
			body = asXML
		}
		if p.rest {
			in = new(checkedREST)
		}
		rep, err := p.decode(p.request("Check", body), in)
		if err != nil || rep.Err() != nil {
			t.Errorf("%s: %v, %v", p.name, err, rep)
			continue
		}
		if want := []string{"New", "Nested.0.Deep", "Others.k.X"}; !slices.Equal(rep.Ignored(), want) {
			t.Errorf("%s: ignored %v, want %v", p.name, rep.Ignored(), want)
		}
	}
}

// hostile are bodies that no protocol takes, by family.
var hostile = map[string][]string{
	"json": {
		`{`, `{"`, `{"Name"`, `{"Name":`, `{"Name":"a"`, `{"Name":"a",}`, `[]`, `null`, `"x"`, `{} {}`, `{"Name":"a"}x`,
		`{"Name":"a","Name":"b"}`, `{"Tags":{"a":"b","a":"c"}}`, "{\"Name\":\"\xff\"}", `{"Name":"\ud800"}`, "\xef\xbb\xbf{}",
		`{"Name":1}`, `{"Name":true}`, `{"Name":[]}`, `{"Name":{}}`, `{"Flag":"true"}`, `{"Count":"1"}`, `{"Count":1.5}`,
		`{"Count":2147483648}`, `{"Big":9223372036854775808}`, `{"Ratio":1e999}`, `{"Ratio":"one"}`, `{"When":"soon"}`, `{"When":1e300}`,
		`{"Blob":"%"}`, `{"Blob":"abc"}`, `{"Blob":1}`, `{"Names":"a"}`, `{"Names":{}}`, `{"Names":[1]}`, `{"Tags":[]}`, `{"Tags":{"a":1}}`,
		`{"Parent":1}`, `{"Parent":[]}`, `{"Children":[1]}`, `{"Other":[}`, `{"Parent":` + strings.Repeat(`{"Parent":`, 300) + `{}` + strings.Repeat(`}`, 301),
		`{"Other":` + strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000) + `}`,
	},
	"xml": {
		`<`, `<Thing>`, `<Thing></Other>`, `<Thing/><Thing/>`, `<Thing/>x`, `x`, `<Thing>x</Thing>`, `<Other/>`, "<Thing><Name>\xff</Name></Thing>",
		`<!DOCTYPE Thing [<!ENTITY a "b">]><Thing><Name>&a;</Name></Thing>`, `<Thing><Name>&b;</Name></Thing>`, `<Thing><Name>&#0;</Name></Thing>`,
		`<Thing><Name><b/></Name></Thing>`, `<Thing><Count>x</Count></Thing>`, `<Thing><Count/></Thing>`, `<Thing><Flag>maybe</Flag></Thing>`,
		`<Thing><When>soon</When></Thing>`, `<Thing><Blob>%</Blob></Thing>`, `<Thing><Names>a</Names></Thing>`, `<Thing><Parent>a</Parent></Thing>`,
		strings.Repeat(`<Thing>`, 1) + strings.Repeat(`<Parent>`, 300) + strings.Repeat(`</Parent>`, 300) + `</Thing>`,
	},
	"cbor": {
		"\xff", "\xbf", "\xa1", "\xa1\x64Name", "\x80", "\xf6", "\xa0\xa0", "\xa1\x64Name\x01", "\xa1\x64Name\x61\xff", "\xa1\x01\x01",
		"\xa1\x64Name\xf5", "\xa1\x64Flag\x01", "\xa1\x65Count\x61a", "\xa1\x65Count\x1b\x7f\xff\xff\xff\xff\xff\xff\xff", "\xa1\x65Count\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00",
		"\xa2\x64Name\x61a\x64Name\x61b", "\xa1\x64Blob\x61a", "\xa1\x65Names\x01", "\xa1\x65Names\x81\x01", "\xa1\x64Tags\x80",
		"\xa1\x64When\xc1\x61a", "\xa1\x64When\xc1", "\xa1\x64When\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00", "\xa1\x64Name\x7f\x61a", "\xa1\x64Name\x7f\x41a\xff",
		"\xa1\x64Name\x1c", "\xa1\x65Names\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "\xa1\x64Blob\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
		"\xa1\x65Other" + strings.Repeat("\x81", 100000), "\xa1\x66Parent" + strings.Repeat("\xa1\x66Parent", 300) + "\xa0",
	},
}

func family(p protocol) string {
	switch {
	case p.name == "rpcv2Cbor":
		return "cbor"
	case p.name == "restXml":
		return "xml"
	}
	return "json"
}

func TestBadInput(t *testing.T) {
	for _, p := range protocols() {
		for _, body := range hostile[family(p)] {
			var in any = new(message)
			if p.rest {
				in = new(bound)
			}
			_, err := p.decode(p.request("Echo", body), in)
			e, ok := err.(*aws.Error)
			if !ok || e.Code != p.bad || e.Status != http.StatusBadRequest {
				t.Errorf("%s: %.60q gave %v", p.name, body, err)
			}
		}
	}
}

// TestEmptyBody: a request without a body is one without members.
func TestEmptyBody(t *testing.T) {
	for _, p := range protocols() {
		var in any = new(message)
		if p.rest {
			in = new(bound)
		}
		rep, err := p.decode(p.request("Echo", ""), in)
		if err != nil || rep.Err() != nil || len(rep.Ignored()) > 0 {
			t.Errorf("%s: %v, %v", p.name, err, rep)
		}
	}
}

// TestErrorsCarryTheirCode: a client finds code, message and request id where
// its protocol looks for them.
func TestErrorsCarryTheirCode(t *testing.T) {
	e := aws.Errorf(http.StatusNotFound, "NotFound", "no <thing>").With("Thing", "x&y")
	e.Header = http.Header{"X-Extra": {"1"}}
	want := map[string]string{
		"awsJson1_0": `{"__type":"NotFound","message":"no <thing>","Thing":"x&y"}`,
		"awsJson1_1": `{"__type":"NotFound","message":"no <thing>","Thing":"x&y"}`,
		"restJson1":  `{"message":"no <thing>","Thing":"x&y"}`,
		"restXml": "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<ErrorResponse xmlns="urn:test"><Error><Type>Sender</Type><Code>NotFound</Code>` +
			`<Message>no &lt;thing&gt;</Message><Thing>x&amp;y</Thing></Error><RequestId>id-1</RequestId></ErrorResponse>`,
		"rpcv2Cbor": "\xa3\x66__type\x68NotFound\x67message\x6ano <thing>\x65Thing\x63x&y",
	}
	for _, p := range protocols() {
		w := httptest.NewRecorder()
		p.codec.Error(w, p.request("Echo", ""), &aws.Call{RequestID: "id-1"}, e)
		if w.Code != http.StatusNotFound || w.Body.String() != want[p.name] {
			t.Errorf("%s: %d %q", p.name, w.Code, w.Body)
		}
		if w.Header().Get("X-Amzn-RequestId") != "id-1" || w.Header().Get("X-Extra") != "1" {
			t.Errorf("%s: header %v", p.name, w.Header())
		}
	}
}
