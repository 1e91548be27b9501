package jsonscan

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

var texts = []string{
	`{"a":[1,-0.5e+10,true,false,null,"é\u00e9\n",{}],"b":{"c":[]}}`, ` [ 0 , -0 , 10.01E-2 ] `, `"\ud83d\ude00 \ud83d"`, `"`, `{`, `[1,]`, `{"a":1,}`, `01`, `-`, `1.`, `1e`, `--1`,
	`nul`, `{"a" 1}`, `{1:2}`, `[1 2]`, `]`, `"\x"`, "\"\xff\"", "\"\x01\"", `{"a":}`, ``, `"\u12"`, `truee`, `12a`, `[[[[[[[[[[]]]]]]]]]]`,
}

func FuzzSkip(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c := Cursor{In: in}
		v, err := c.Skip()
		if err == nil && c.Peek() != 0 || err == nil && c.Pos < len(in) {
			err = ErrSyntax // goes on
		}
		var value jsontext.Value = in
		if want := value.IsValid(jsontext.AllowDuplicateNames(true)); (err == nil) != want {
			t.Fatalf("Skip(%q): %v, valid %v", in, err, want)
		}
		if err == nil && !bytes.Equal(v, bytes.Trim(in, " \t\r\n")) {
			t.Errorf("Skip(%q) = %q", in, v)
		}
	})
}

func FuzzUnquote(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c := Cursor{In: in}
		s, plain, err := c.String()
		if err != nil {
			return
		}
		var want string
		if err := json.Unmarshal(in[:c.Pos], &want); err != nil {
			t.Fatalf("String(%q): %v", in, err)
		}
		if got := string(AppendUnquoted(nil, s)); got != want || plain != (got == string(s)) && plain {
			t.Errorf("%q spells %q, want %q; plain %v", in, got, want, plain)
		}
	})
}

func TestPlainPrefix(t *testing.T) {
	for n := range 20 {
		for c := range 256 {
			s := bytes.Repeat([]byte("\xc3\xa9"), 15)
			s[n] = byte(c)
			want := len(s)
			if c < 0x20 || c == '"' || c == '\\' {
				want = n
			}
			if got, ascii := PlainPrefix(s); got != want || ascii != (got == 0) {
				t.Fatalf("%q: %d, %v, want %d", s, got, ascii, want)
			}
		}
	}
}

func BenchmarkSkip(b *testing.B) {
	in := []byte(`{"title":{"S":"` + string(bytes.Repeat([]byte("title "), 7)) + `"},"plays":{"N":"123456"},"tags":{"L":[{"S":"twelve bytes"},{"S":"twelve bytes"}]},"notes":{"S":"` +
		string(bytes.Repeat([]byte("notes "), 137)) + `"},"live":{"BOOL":true}}`)
	b.SetBytes(int64(len(in)))
	c := Cursor{In: in}
	for b.Loop() {
		c.Pos = 0
		if _, err := c.Skip(); err != nil {
			b.Fatal(err)
		}
	}
}
