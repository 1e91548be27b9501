package ddbexpr

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
)

// texts is a request with one text as one of its expressions.
func texts(place int, text string) (t Texts) {
	*[...]**string{&t.Update, &t.Condition, &t.Key, &t.Filter, &t.Projection}[place] = &text
	return t
}

const places = 5

// sameCompiled holds that a cache compiles a request as it is compiled without one.
func sameCompiled(t *testing.T, c *Cache, x Texts, names map[string]string, values []byte) {
	t.Helper()
	want, wantErr := x.Compile(names, values)
	for range 2 { // at first sight, and from what is known by then
		got, err := c.Compile(x, names, values)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%v %s: %v, want %v", names, values, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%v %s: %+v, want %+v", names, values, got, want)
		}
	}
}

func TestCache(t *testing.T) {
	for _, x := range []struct {
		place  int
		text   string
		names  map[string]string
		values []string // of one request after the other
	}{
		{0, "SET a = :a, #b.c[1] = if_not_exists(d, :b) ADD e :c", map[string]string{"#b": "b"},
			[]string{`{":a":{"S":"x"},":b":{"N":"1"},":c":{"N":"2"}}`, `{":a":{"S":"y"},":b":{"N":"3"},":c":{"N":"4"}}`,
				`{":a":{"S":"y"},":b":{"N":"3"},":c":{"S":"4"}}`, `{":a":{"S":"y"},":b":{"N":"3"}}`, `{":a":{"S":"y"},":b":{"N":"3"},":c":{"N":"1"},":d":{"N":"1"}}`}},
		{0, "SET #a = :v", map[string]string{"#a": "a"}, []string{`{":v":{"S":"x"}}`}},
		{0, "SET #a = :v", map[string]string{"#a": "b"}, []string{`{":v":{"S":"x"}}`}}, // another name behind the same text
		{0, "SET #a = :v", map[string]string{"#a": "b", "#c": "c"}, []string{`{":v":{"S":"x"}}`}},
		{0, "SET a = list_append(b, :v)", nil, []string{`{":v":{"L":[]}}`, `{":v":{"L":[{"S":"x"}]}}`, `{":v":{"S":"x"}}`}},
		{0, "REMOVE a", nil, []string{``}},
		{1, "attribute_exists(a) AND NOT size(b) < :n OR c IN (:n, :m)", nil, []string{`{":n":{"N":"1"},":m":{"N":"2"}}`, `{":n":{"N":"5"},":m":{"N":"6"}}`}},
		{1, "a BETWEEN :n AND :m", nil, []string{`{":n":{"N":"1"},":m":{"N":"2"}}`, `{":n":{"N":"3"},":m":{"N":"2"}}`, `{":n":{"N":"2"},":m":{"N":"2"}}`, `{":n":{"N":"2"},":m":{"S":"2"}}`}},
		{1, "attribute_type(a, :t)", nil, []string{`{":t":{"S":"N"}}`, `{":t":{"S":"nothing"}}`, `{":t":{"S":"SS"}}`, `{":t":{"N":"1"}}`}},
		{2, "a = :a AND begins_with(b, :b)", nil, []string{`{":a":{"S":"x"},":b":{"S":"y"}}`, `{":a":{"S":"z"},":b":{"S":"w"}}`}},
		{3, "contains(a, :a) OR contains(a, :a)", nil, []string{`{":a":{"S":"x"}}`, `{":a":{"S":"z"}}`, `{}`, `{":a":{"N":"x"}}`, `{":a":`}},
		{4, "a, #b.c, d[0]", map[string]string{"#b": "b"}, []string{``}},
		{4, "a, #b", map[string]string{}, []string{``}},
	} {
		t.Run(x.text, func(t *testing.T) {
			c := NewCache()
			for range 2 {
				for _, v := range x.values {
					var values []byte
					if v != "" {
						values = []byte(v)
					}
					sameCompiled(t, c, texts(x.place, x.text), x.names, values)
				}
			}
		})
	}
}

// TestCacheKeepsNoValues looks whether the values of a request outlive it.
func TestCacheKeepsNoValues(t *testing.T) {
	c := NewCache()
	x := texts(0, "SET a = if_not_exists(a, :v)")
	cond := "b = :v OR begins_with(c, :v)"
	x.Condition = &cond
	if _, err := c.Compile(x, nil, []byte(`{":v":{"S":"a secret"}}`)); err != nil {
		t.Fatal(err)
	}
	if len(c.known) != 1 {
		t.Fatal("nothing is kept")
	}
	for _, k := range c.known {
		for _, v := range []Value{k.Update.actions[0].value.args[1].value, k.Condition.root.left.args[1].value, k.Condition.root.right.args[0].args[1].value} {
			if v != nil {
				t.Error(v)
			}
		}
	}
}

// TestCacheIsBounded sends more texts than are kept, from several at a time.
func TestCacheIsBounded(t *testing.T) {
	c := NewCache()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 3 * maxKnown {
				x, err := c.Compile(texts(1, fmt.Sprintf("a%d = :v", i)), nil, fmt.Appendf(nil, `{":v":{"N":"%d"}}`, i))
				if err != nil || !x.Condition.Match(Item{}.AppendAttr(fmt.Sprint("a", i), x.Condition.root.args[1].value)) {
					t.Error(i, err)
				}
			}
		})
	}
	all.Wait()
	if len(c.known) == 0 || len(c.known) > maxKnown {
		t.Error(len(c.known))
	}
}

// FuzzCache has two requests with one text: the second is compiled with what is
// known from the first.
func FuzzCache(f *testing.F) {
	for i, s := range []string{
		"SET a = if_not_exists(b, :n) + :n, l[3] = :s ADD n :one", "n = :n AND (s < :s OR NOT contains(ss, :s))",
		"a = :n AND s BETWEEN :s AND :one", "attribute_type(a, :s) OR size(a) IN (:n, :one)", "a, #n.#n[0]",
	} {
		f.Add(i, s, `{":n":{"N":"1"},":s":{"S":"x"},":one":{"N":"2"}}`, `{":n":{"N":"7"},":s":{"S":"SS"},":one":{"N":"3"}}`)
	}
	f.Add(1, "a BETWEEN :a AND :b", `{":a":{"N":"1"},":b":{"N":"2"}}`, `{":a":{"N":"2"},":b":{"N":"1"}}`)
	f.Fuzz(func(t *testing.T, place int, text, first, second string) {
		c := NewCache()
		x := texts(int(uint(place)%places), text)
		for _, names := range []map[string]string{nil, {"#n": "n"}} {
			sameCompiled(t, c, x, names, []byte(first))
			sameCompiled(t, c, x, names, []byte(second))
			sameCompiled(t, c, x, names, nil)
		}
	})
}
