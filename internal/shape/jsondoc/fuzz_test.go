package jsondoc

import (
	"reflect"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// thing has a member of every kind.
type thing struct {
	Name   string `required:"" len:"1,3"`
	Flag   *bool
	Count  int32 `range:"1,5"`
	Ratio  float64
	When   *time.Time
	Blob   []byte
	List   []string            `elemlen:"1,2"`
	Map    map[string][]string `keylen:"1,2"`
	Raw    shape.Raw
	Parent *thing
	Others map[string]thing
}

// FuzzDecode: whatever arrives is decoded or refused, and what was decoded is
// written and read back.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"Name":"a","Flag":true,"Count":1e2,"Ratio":"NaN","When":1.5,"Blob":"YQ==","List":["a",null],"Map":{"k":["v"]},"Raw":{"S":"x"}}`,
		`{"Parent":{"Parent":{"Name":"\u00e9"}},"Others":{"a":{},"b":null},"New":[{}]}`, `{"When":"2026-11-22T08:00:00Z"}`, `{`, `[]`, ``,
	} {
		f.Add([]byte(s))
	}
	var c Codec
	var plans shape.Plans
	t := plans.Of(reflect.TypeFor[thing]())
	f.Fuzz(func(tt *testing.T, body []byte) {
		in, rep, seen := new(thing), new(shape.Report), new(shape.Set)
		if c.Decode(body, t, reflect.ValueOf(in).Elem(), rep, seen) != nil {
			return
		}
		rep.Err()
		out := c.Append(nil, t, reflect.ValueOf(in).Elem())
		if err := c.Decode(out, t, reflect.New(t.Go).Elem(), new(shape.Report), new(shape.Set)); err != nil {
			tt.Errorf("%q was read, written as %q and then refused: %v", body, out, err)
		}
	})
}
