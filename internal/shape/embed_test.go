package shape

import (
	"reflect"
	"testing"
)

func TestEmbeddedMembersArePromoted(t *testing.T) {
	type base struct{ A, B string }
	type outer struct {
		C string
		base
		D string
	}
	var p Plans
	c := p.Of(reflect.TypeFor[outer]())
	v := reflect.ValueOf(outer{C: "c", base: base{"a", "b"}, D: "d"})
	got := ""
	for i := range c.Fields {
		if c.Fields[i].Index != i {
			t.Errorf("%s has index %d, want %d", c.Fields[i].Name, c.Fields[i].Index, i)
		}
		got += c.Fields[i].In(v).String()
	}
	if got != "cabd" {
		t.Errorf("members in order %q", got)
	}
	if f := c.Body("B"); f == nil || f.In(v).String() != "b" {
		t.Error("B is not found by its wire name")
	}
}
