package xmldoc

import (
	"reflect"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// thing has a member of every kind.
type thing struct {
	Kind   string `wire:"xsi:type" attr:""`
	Name   string `required:"" len:"1,3"`
	Flag   *bool
	Count  *int32 `range:"1,5"`
	When   *time.Time
	Blob   []byte
	List   []string          `member:"Item" elemlen:"1,2"`
	Flat   []thing           `flat:"" wire:"Part"`
	Map    map[string]string `keylen:"1,2"`
	Parent *thing            `xmlns:"xsi=http://www.w3.org/2001/XMLSchema-instance"`
	Other  map[string]thing  `flat:""`
}

// FuzzDecode: whatever arrives is decoded or refused, and what was decoded is
// written without breaking.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`<Thing xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><Name> a </Name><Flag>true</Flag><Count> 3 </Count></Thing>`,
		`<?xml version="1.0"?><!-- c --><Thing><When>2026-11-22T08:00:00Z</When><Blob>YQ==</Blob><List><Item>a</Item><Other/></List></Thing>`,
		`<Thing><Part><Name>x</Name></Part><Part/><Map><entry><value>v</value><key>k</key></entry></Map><Parent><Parent/></Parent></Thing>`,
		`<Thing><Other><key>k</key><value><Name>n</Name></value></Other></Thing>`, `<!DOCTYPE a><Thing/>`, `<Thing>`,
	} {
		f.Add([]byte(s))
	}
	var c Codec
	var plans shape.Plans
	t := plans.Of(reflect.TypeFor[thing]())
	f.Fuzz(func(tt *testing.T, body []byte) {
		in, rep := new(thing), new(shape.Report)
		if c.Decode(body, "Thing", t, reflect.ValueOf(in).Elem(), rep, new(shape.Set)) != nil {
			return
		}
		rep.Err()
		out := c.AppendElement(nil, "Thing", shape.Namespace{}, t, reflect.ValueOf(in).Elem())
		// An attribute's prefix is bound by the enclosing element in real
		// messages; the reader does not insist.
		if err := c.Decode(out, "Thing", t, reflect.New(t.Go).Elem(), new(shape.Report), new(shape.Set)); err != nil {
			tt.Errorf("%q was read, written as %q and then refused: %v", body, out, err)
		}
	})
}
