package ddbexpr

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func item(t testing.TB, js string) Item {
	t.Helper()
	it, err := ParseItem([]byte(js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return it
}

func TestJSONRoundTrip(t *testing.T) {
	for _, js := range []string{
		`{}`,
		`{"a":{"S":""},"b":{"S":"x"},"c":{"N":"12.5"},"d":{"B":"aGVsbG8="},"e":{"BOOL":true},"f":{"BOOL":false},"g":{"NULL":true}}`,
		`{"l":{"L":[]},"m":{"M":{}},"n":{"L":[{"S":"a"},{"M":{"x":{"L":[{"N":"1"}]}}}]}}`,
		`{"bs":{"BS":["AA==","AQI="]},"ns":{"NS":["-3","1","2.5"]},"ss":{"SS":["","a","é"]}}`,
		`{"q\"\\\n\t\u0001é😀":{"S":"q\"\\\n\t\u0001é😀"}}`,
		`{"long":{"S":"` + strings.Repeat("y", 1000) + `"}}`,
	} {
		if got := item(t, js).String(); got != js {
			t.Errorf("%s came back as %s", js, got)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, same := range [][2]string{
		{`{"a":{"N":"1"},"b":{"N":"2"}}`, ` { "b" : {"N":"2.0"} , "a":{"N":"1e0"}}`},
		{`{"s":{"SS":["a","b","c"]}}`, `{"s":{"SS":["c","a","b"]}}`},
		{`{"s":{"NS":["1","20","300"]}}`, `{"s":{"NS":["300","1.0","2e1"]}}`},
		{`{"m":{"M":{"x":{"S":"1"},"y":{"M":{"k":{"BOOL":true},"l":{"NULL":true}}}}}}`, `{"m":{"M":{"y":{"M":{"l":{"NULL":true},"k":{"BOOL":true}}},"x":{"S":"1"}}}}`},
		{`{"a":{"BOOL":true}}`, `{"a":{"BOOL":"Yes"}}`},
		{`{"a":{"S":"2"}}`, `{"a":{"S":"1"},"a":{"S":"2"}}`},
		{`{"é":{"S":"/"}}`, `{"\u00e9":{"S":"\/","N":null}}`},
		{`{"a":{"S":"😀"}}`, `{"a":{"S":"\ud83d\ude00"}}`},
	} {
		if a, b := item(t, same[0]), item(t, same[1]); !bytes.Equal(a, b) {
			t.Errorf("%s and %s differ", a, b)
		}
	}
}

func TestItemErrors(t *testing.T) {
	nest := func(n int) string {
		return `{"a":` + strings.Repeat(`{"L":[`, n) + `{"S":"x"}` + strings.Repeat(`]}`, n) + `}`
	}
	item(t, nest(31))
	for js, want := range map[string]error{
		`{"a":{}}`:                         errEmptyValue,
		`{"a":{"X":"y"}}`:                  errEmptyValue,
		`{"a":{"S":"x","N":"1"}}`:          errManyTypes,
		`{"a":{"NULL":false}}`:             Invalid(invalidValues + "Null attribute value types must have the value of true"),
		`{"a":{"SS":[]}}`:                  Invalid(invalidValues + "An string set  may not be empty"),
		`{"a":{"NS":[]}}`:                  Invalid(invalidValues + "An number set  may not be empty"),
		`{"a":{"BS":[]}}`:                  Invalid(invalidValues + "Binary sets should not be empty"),
		`{"a":{"SS":["b","a","b"]}}`:       Invalid(invalidValues + "Input collection [b, a, b] contains duplicates."),
		`{"a":{"NS":["1","1.0"]}}`:         Invalid("Input collection contains duplicates"),
		`{"a":{"BS":["AA==","AA=="]}}`:     Invalid(invalidValues + "Input collection [AA==, AA==]of type BS contains duplicates."),
		`{"a":{"N":"dog"}}`:                Invalid("The parameter cannot be converted to a numeric value: dog"),
		nest(32):                           errTooDeep,
		`{"a":{"N":3}}`:                    Malformed("NUMBER_VALUE cannot be converted to String"),
		`{"a":{"S":3.5}}`:                  Malformed("DECIMAL_VALUE cannot be converted to String"),
		`{"a":{"S":true}}`:                 Malformed("TRUE_VALUE cannot be converted to String"),
		`{"a":{"S":[]}}`:                   Malformed("Unrecognized collection type class java.lang.String"),
		`{"a":{"S":{}}}`:                   Malformed("Start of structure or map found where not expected"),
		`{"a":{"B":"abc"}}`:                Malformed("Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
		`{"a":{"B":"ab!="}}`:               Malformed("Invalid Base64 character: '!'"),
		`{"a":{"B":"AB=="}}`:               Malformed("Invalid last non-pad Base64 character dectected"),
		`{"a":{"NULL":"no"}}`:              Invalid(invalidValues + "Null attribute value types must have the value of true"),
		`{"a":{"BOOL":"perhaps"}}`:         Malformed("Unexpected token received from parser"),
		`{"a":{"BOOL":1}}`:                 Malformed("NUMBER_VALUE cannot be converted to Boolean"),
		`{"a":"b"}`:                        Malformed("Unexpected value type in payload"),
		`{"a":{"N":"dog"},"b":{"S":1}}`:    Malformed("NUMBER_VALUE cannot be converted to String"),
		`{"a":{"S":"x"}`:                   errJSON,
		`{"a":{"S":"x"}}x`:                 errJSON,
		`{"a":{"S":"x` + "\n" + `"}}`:      errJSON,
		`{"a":{"S":"\x"}}`:                 errJSON,
		``:                                 errJSON,
		`{"a":{"S":"` + "\xff" + `"}}`:     Malformed("Invalid UTF-8 in a string"),
		`{"a":{"Z":[{"x":1},"}"],"S":"q"}`: errJSON,
	} {
		if _, err := ParseItem([]byte(js)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", js, err, want)
		}
	}
	_, err := NewParams(nil, []byte(`{":a":{"N":"x"}}`))
	if want := Invalid("ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :a"); !errors.Is(err, want) {
		t.Errorf("values: %v", err)
	}
}

func TestSize(t *testing.T) {
	for js, want := range map[string]int{
		`{"a":{"S":"é"}}`:                              3,
		`{"a":{"N":"0"}}`:                              2,
		`{"a":{"N":"12"}}`:                             1 + 2,
		`{"a":{"N":"1.2"}}`:                            1 + 3,
		`{"a":{"N":"-12"}}`:                            1 + 3,
		`{"a":{"N":"1234567"}}`:                        1 + 5,
		`{"a":{"BOOL":true},"b":{"NULL":true}}`:        4,
		`{"a":{"B":"AAAA"}}`:                           4,
		`{"a":{"L":[{"S":"ab"},{"N":"1"}]}}`:           1 + 3 + 3 + 3,
		`{"a":{"M":{"kk":{"S":"ab"}}}}`:                1 + 3 + 1 + 2 + 2,
		`{"a":{"SS":["x","yy"]},"b":{"NS":["1","2"]}}`: 1 + 3 + 1 + 4,
	} {
		if got := item(t, js).Size(); got != want {
			t.Errorf("%s measures %d, want %d", js, got, want)
		}
	}
}

func TestGet(t *testing.T) {
	it := item(t, `{"a":{"S":"1"},"c":{"M":{"d":{"L":[{"N":"5"},{"S":"z"}]}}}}`)
	for path, want := range map[string]string{"a": `{"S":"1"}`, "b": "missing", "z": "missing", "c.d[1]": `{"S":"z"}`, "c.d[2]": "missing", "a.b": "missing", "c[0]": "missing"} {
		p, _ := NewParams(nil, nil)
		paths, err := p.projection(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := paths[0].Find(it).String(); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func FuzzItem(f *testing.F) {
	for _, s := range []string{
		`{"a":{"S":"x"},"b":{"N":"1"}}`, `{"b":{"SS":["b","a"]},"a":{"L":[{"M":{"x":{"NULL":true}}}]}}`, `{"a":{"B":"AA=="}}`, `{"a":{"S":"\ud800"}}`, `{"a":null}`, `{"a":{"Q":[{]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, js []byte) {
		it, err := ParseItem(js)
		if err != nil {
			return
		}
		out := it.AppendJSON(nil)
		again, err := ParseItem(out)
		if err != nil || !bytes.Equal(it, again) {
			t.Fatalf("%s is %s: %v", js, out, err)
		}
		checkStored(t, it)
		var a, b any
		if json.Unmarshal(out, &a) != nil {
			t.Fatalf("%s is not JSON", out)
		}
		if got, want := it.Size(), guideSize(t, a.(map[string]any)); got != want {
			t.Fatalf("%s measures %d, want %d", out, got, want)
		}
		if json.Unmarshal(again.AppendJSON(nil), &b); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s differs from %s", a, b)
		}
	})
}

// guideSize measures attributes as AWS' guide says, from their JSON.
func guideSize(t *testing.T, attributes map[string]any) (n int) {
	for name, v := range attributes {
		n += len(name) + valueSize(t, v.(map[string]any))
	}
	return n
}

func valueSize(t *testing.T, v map[string]any) (n int) {
	for kind, x := range v {
		members, _ := x.([]any)
		switch kind {
		case "S", "N", "B":
			return scalarSize(t, kind, x.(string))
		case "BOOL", "NULL":
			return 1
		case "M":
			return 3 + len(x.(map[string]any)) + guideSize(t, x.(map[string]any))
		case "L":
			n = 3 + len(members)
			for _, e := range members {
				n += valueSize(t, e.(map[string]any))
			}
		default:
			for _, e := range members {
				n += scalarSize(t, kind[:1], e.(string))
			}
		}
	}
	return n
}

// scalarSize is the bytes of a text or binary, and of a number one byte for
// each two digits, counted from the point, one more, and one for a minus.
func scalarSize(t *testing.T, kind, s string) int {
	switch kind {
	case "S":
		return len(s)
	case "B":
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return len(b)
	}
	digits, minus := strings.CutPrefix(s, "-")
	if digits == "0" {
		return 1
	}
	whole, part, _ := strings.Cut(digits, ".")
	if len(whole)%2 > 0 {
		whole = "0" + whole
	}
	if len(part)%2 > 0 {
		part += "0"
	}
	pairs := whole + part
	for strings.HasPrefix(pairs, "00") {
		pairs = pairs[2:]
	}
	for strings.HasSuffix(pairs, "00") {
		pairs = pairs[:len(pairs)-2]
	}
	n := 1 + len(pairs)/2
	if minus {
		n++
	}
	return n
}
