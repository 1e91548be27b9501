package value

import (
	"reflect"
	"testing"
)

var sample = Map{
	"null": nil, "yes": true, "no": false, "n": 1.5, "s": "x", "empty": "",
	"list": []any{"a", 2.0, []any{}}, "map": Map{"k": Map{}},
	"unknown": Unknown{}, "secret": Secret{Map{"p": "w"}},
	"file": Asset{Path: "a.txt"}, "text": Asset{Text: "hello"},
}

func TestRoundTrip(t *testing.T) {
	got, err := Decode(Encode(nil, sample))
	if err != nil || !reflect.DeepEqual(got, sample) {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestPlain(t *testing.T) {
	v := Map{"a": []any{Asset{Path: "x", Hash: "1"}, "s", nil, Map{"n": 1.0}}}
	got, err := FromPlain(Plain(v))
	if err != nil || !reflect.DeepEqual(got, v) {
		t.Fatalf("got %v, %v", got, err)
	}
	if _, err := FromPlain(Map{markKey: "nonsense"}); err == nil {
		t.Fatal("no error for an unknown mark")
	}
}

func TestSpecialKindsAreRefusedByName(t *testing.T) {
	for _, m := range []Map{
		{markKey: "0def7320c3a5731c473e5ecbe6d01bc7"},
		{markKey: markAsset, "uri": "https://example.com/x"},
	} {
		if _, err := Decode(Encode(nil, Map{"p": m})); err == nil {
			t.Errorf("%v: no error", m)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	var v any = "x"
	for range maxDepth + 1 {
		v = []any{v}
	}
	if _, err := Decode(Encode(nil, Map{"p": v})); err == nil {
		t.Error("no error")
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b any
		want bool
	}{
		{"a", "a", true}, {"a", "b", false}, {1.0, 1.0, true}, {nil, nil, true}, {nil, "", false},
		{Secret{"a"}, "a", true}, {"a", Secret{"a"}, true}, {Unknown{}, Unknown{}, false},
		{[]any{"a"}, []any{"a"}, true}, {[]any{"a"}, []any{"a", "b"}, false}, {[]any{}, Map{}, false},
		{Map{"a": 1.0}, Map{"a": 1.0}, true}, {Map{"a": nil}, Map{"b": nil}, false}, {"a", Map{}, false},
		{Asset{Text: "x"}, Asset{Text: "x"}, true}, {Asset{Text: "x"}, Asset{Path: "x"}, false},
		{Asset{Path: "x", Hash: "1"}, Asset{Path: "y", Hash: "1"}, true}, {Asset{Path: "x", Hash: "1"}, Asset{Path: "x", Hash: "2"}, false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("Equal(%v, %v) = %v", c.a, c.b, got)
		}
	}
}

func TestSecrets(t *testing.T) {
	m := Map{"a": Secret{"x"}, "b": []any{Secret{"y"}}, "c": "z", "d": Map{"e": Secret{Map{"f": Secret{1.0}}}}}
	plain, secrets := RevealMap(m)
	want := Map{"a": "x", "b": []any{"y"}, "c": "z", "d": Map{"e": Map{"f": 1.0}}}
	if !reflect.DeepEqual(plain, want) || !reflect.DeepEqual(secrets, map[string]bool{"a": true, "b": true, "d": true}) {
		t.Fatalf("got %v %v", plain, secrets)
	}
	if got := Conceal(plain, secrets)["a"]; !reflect.DeepEqual(got, Secret{"x"}) {
		t.Fatalf("concealed %v", got)
	}
}

func TestHasUnknown(t *testing.T) {
	for _, v := range []any{Unknown{}, []any{"a", Unknown{}}, Map{"k": Secret{Unknown{}}}} {
		if !HasUnknown(v) {
			t.Errorf("%v", v)
		}
	}
	if HasUnknown(Map{"k": []any{"a", nil, 1.0}}) {
		t.Error("a known value")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(nil, sample))
	f.Add([]byte{0x0a, 0xff, 0xff})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(Encode(nil, m))
		if err != nil {
			t.Fatalf("what was decoded does not decode again: %v", err)
		}
		if len(again) != len(m) {
			t.Fatalf("%v became %v", m, again)
		}
	})
}
