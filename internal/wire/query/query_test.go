package query

import (
	"context"
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
)

type tag struct {
	Key   string `required:"" len:"1,128"`
	Value string
}

type createInput struct {
	RoleName string `required:"" len:"1,64"`
	MaxAge   *int32 `wire:"MaxSessionDuration"`
	Since    *time.Time
	Tags     []tag
	Flat     []string          `wire:"Name" flat:""`
	Items    []string          `member:"Item"`
	Attrs    map[string]string `wire:"Attributes"`
	Flats    map[string]int64  `flat:"" mapkey:"Name" mapvalue:"Count"`
	Nested   *createInput
}

type createOutput struct {
	Role struct {
		RoleName   string
		CreateDate *time.Time
		Tags       []tag
	}
	Names []string `flat:"" wire:"Name"`
	Map   map[string]string
}

func create(context.Context, *aws.Call, *createInput) (*createOutput, error) { return nil, nil }

// nothing is an output without members, which is not the same as none.
type nothing struct{}

func touch(context.Context, *aws.Call, *createInput) (*nothing, error) { return nil, nil }

func remove(context.Context, *aws.Call, *createInput) (*service.Empty, error) {
	return nil, nil
}

func newCodec() *Codec {
	return New(service.Info{Name: "iam", Version: "2010-05-08", Namespace: "https://iam.amazonaws.com/doc/2010-05-08/"},
		[]service.Operation{service.Op("Create", service.Any, create), service.Op("Remove", service.Any, remove), service.Op("Touch", service.Any, touch)})
}

func decodeForm(form string) (*createInput, *shape.Report, error) {
	c := newCodec()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	route, err := c.Route(r, []byte(form))
	if err != nil {
		return nil, nil, err
	}
	in, rep := new(createInput), new(shape.Report)
	return in, rep, c.Decode(r, []byte(form), route, in, rep)
}

func TestDecode(t *testing.T) {
	form := "Action=Create&Version=2010-05-08&RoleName=a+b%26c&MaxSessionDuration=3600&Since=2026-11-22T08%3A00%3A00Z" +
		"&Tags.member.1.Key=k1&Tags.member.1.Value=v1&Tags.member.2.Key=k2&Name.1=x&Name.2=y&Items.Item.1=i" +
		"&Attributes.entry.1.key=a&Attributes.entry.1.value=b&Flats.1.Name=n&Flats.1.Count=7&Nested.RoleName=deep&Nested.Tags="
	in, rep, err := decodeForm(form)
	if err != nil || rep.Err() != nil || len(rep.Ignored()) > 0 {
		t.Fatal(err, rep.Err(), rep.Ignored())
	}
	age, since := int32(3600), time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	want := &createInput{RoleName: "a b&c", MaxAge: &age, Since: &since, Tags: []tag{{"k1", "v1"}, {"k2", ""}},
		Flat: []string{"x", "y"}, Items: []string{"i"}, Attrs: map[string]string{"a": "b"}, Flats: map[string]int64{"n": 7},
		Nested: &createInput{RoleName: "deep", Tags: []tag{}}}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got  %+v\nwant %+v", in, want)
	}
}

func TestGet(t *testing.T) {
	c := newCodec()
	r := httptest.NewRequest(http.MethodGet, "/?Action=Create&RoleName=r&X-Amz-Signature=s&X-Amz-Date=d", nil)
	route, err := c.Route(r, nil)
	if err != nil || route.Operation != "Create" {
		t.Fatal(route, err)
	}
	in, rep := new(createInput), new(shape.Report)
	if err := c.Decode(r, nil, route, in, rep); err != nil || in.RoleName != "r" || len(rep.Ignored()) > 0 {
		t.Errorf("%+v, %v, %v", in, err, rep.Ignored())
	}
}

func TestSparseLists(t *testing.T) {
	in, _, err := decodeForm("Action=Create&RoleName=r&Tags.member.1000000000.Key=c&Tags.member.7.Key=b&Tags.member.1.Key=a")
	if err != nil || len(in.Tags) != 3 || in.Tags[0].Key != "a" || in.Tags[2].Key != "c" {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestIgnored(t *testing.T) {
	_, rep, err := decodeForm("Action=Create&RoleName=r&RoleName.x=1&New=1&Deep.member.1.A=b&Tags.member.1.Key=k&Tags.member.1.Colour=red&Tags.entry.1=z")
	want := []string{"Deep.member.1.A", "New", "RoleName.x", "Tags.entry.1", "Tags.0.Colour"}
	if err != nil || !slices.Equal(rep.Ignored(), want) {
		t.Errorf("ignored %q, %v", rep.Ignored(), err)
	}
}

func TestViolationsAreValidationErrors(t *testing.T) {
	_, rep, err := decodeForm("Action=Create&Tags.member.1.Value=v")
	const want = "2 validation errors detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null; " +
		"Value null at 'roleName' failed to satisfy constraint: Member must not be null"
	if err != nil {
		t.Fatal(err)
	}
	if e := rep.Err(); e == nil || e.Code != "ValidationError" || e.Message != want {
		t.Errorf("got %v, want %s", e, want)
	}
}

func TestBadForms(t *testing.T) {
	for form, code := range map[string]string{
		"":                                      "MissingAction",
		"Version=1":                             "MissingAction",
		"Action=%zz":                            "MissingAction",
		"Action=Create&RoleName=%zz":            "MalformedInput",
		"Action=Create&%zz=a":                   "MalformedInput",
		"Action=Create&MaxSessionDuration=long": "MalformedInput",
		"Action=Create&MaxSessionDuration=":     "MalformedInput",
		"Action=Create&Since=soon":              "MalformedInput",
		"Action=Create&Attributes.entry.1.value=b":                "MalformedInput",
		"Action=Create&Flats.1.Name=a&Flats.1.Count=b":            "MalformedInput",
		"Action=Create&" + strings.Repeat("Nested.", 500) + "A=b": "MalformedInput",
		"Action=Create" + strings.Repeat("&a=b", maxParameters+1): "MalformedInput",
	} {
		_, _, err := decodeForm(form)
		if e, ok := err.(*aws.Error); !ok || e.Code != code || e.Status != http.StatusBadRequest {
			t.Errorf("%.60s: %v, want %s", form, err, code)
		}
	}
}

func TestEncode(t *testing.T) {
	c := newCodec()
	out := &createOutput{Names: []string{"a", "b"}, Map: map[string]string{"k": "<v>"}}
	out.Role.RoleName = "r"
	out.Role.CreateDate = new(time.Time)
	*out.Role.CreateDate = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	out.Role.Tags = []tag{{"k", "v"}}
	for op, want := range map[string]string{
		"Create": `<CreateResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateResult>` +
			`<Role><RoleName>r</RoleName><CreateDate>2026-11-22T08:00:00Z</CreateDate><Tags><member><Key>k</Key><Value>v</Value></member></Tags></Role>` +
			`<Name>a</Name><Name>b</Name><Map><entry><key>k</key><value>&lt;v&gt;</value></entry></Map></CreateResult>` +
			`<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></CreateResponse>`,
		"Touch": `<TouchResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><TouchResult></TouchResult>` +
			`<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></TouchResponse>`,
		"Remove": `<RemoveResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` +
			`<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></RemoveResponse>`,
	} {
		w := httptest.NewRecorder()
		var result any = out
		switch op {
		case "Remove":
			result = new(service.Empty)
		case "Touch":
			result = new(nothing)
		}
		if err := c.Encode(w, nil, &aws.Call{RequestID: "id-1"}, op, result); err != nil {
			t.Fatal(err)
		}
		if w.Body.String() != want || w.Header().Get("Content-Type") != "text/xml" {
			t.Errorf("%s: %v\n%s\nwant\n%s", op, w.Header(), w.Body, want)
		}
	}
}

func TestLegacyErrorCodes(t *testing.T) {
	e := aws.Errorf(400, "QueueDoesNotExist", "gone")
	e.Header = http.Header{"X-Amzn-Query-Error": {"AWS.SimpleQueueService.NonExistentQueue;Sender"}}
	w := httptest.NewRecorder()
	newCodec().Error(w, nil, &aws.Call{RequestID: "id-1"}, e)
	const want = `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>` +
		`<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>gone</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`
	if w.Body.String() != want || w.Header().Get("X-Amzn-Query-Error") != "" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// FuzzDecode: whatever arrives is decoded or refused.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"Action=Create&RoleName=a&Tags.member.1.Key=b&Attributes.entry.1.key=k&Flats.1.Name=x&Flats.1.Count=2",
		"Nested.Nested.Name.1=%20&Name=x&Since=1", "....=1&=&&Tags.member.-1=2&Tags.member.01.Key=a", "%zz"} {
		f.Add(s)
	}
	c := newCodec()
	route := service.Route{Operation: "Create"}
	f.Fuzz(func(t *testing.T, form string) {
		rep := new(shape.Report)
		if c.Decode(httptest.NewRequest("POST", "/", nil), []byte(form), route, new(createInput), rep) == nil {
			rep.Err()
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	form := []byte("Action=Create&Version=2010-05-08&RoleName=role&MaxSessionDuration=3600&Tags.member.1.Key=k1&Tags.member.1.Value=v1")
	c, r, route := newCodec(), httptest.NewRequest("POST", "/", nil), service.Route{Operation: "Create"}
	b.ReportAllocs()
	for b.Loop() {
		var rep shape.Report
		if err := c.Decode(r, form, route, new(createInput), &rep); err != nil {
			b.Fatal(err)
		}
	}
}
