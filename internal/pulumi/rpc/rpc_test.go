package rpc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// registration is a request with every option that is carried out.
func registration() []byte {
	b := appendString(nil, 1, "aws:s3/bucket:Bucket")
	b = appendString(b, 2, "media")
	b = appendString(b, 3, "urn:parent")
	b = appendFlag(b, 4)
	b = appendBytes(b, 5, value.Encode(nil, value.Map{"bucket": "b"}))
	b = appendFlag(b, 6)
	b = appendString(b, 7, "urn:dep")
	b = appendString(b, 8, "urn:provider::id")
	b = appendBytes(b, 9, appendBytes(appendString(nil, 1, "bucket"), 2, appendString(nil, 1, "urn:dep")))
	b = appendFlag(b, 10)
	b = appendString(b, 11, "7.41.0")
	b = appendString(b, 12, "tags")
	b = appendString(b, 14, "arn")
	b = appendString(b, 15, "urn:alias")
	b = appendBytes(b, 17, appendString(appendString(nil, 1, "5m"), 3, "1h"))
	b = appendString(b, 23, "acl")
	b = appendFlag(b, 25)
	b = appendString(b, 27, "urn:with")
	return b
}

func appendFlag(b []byte, field protowire.Number) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), 1)
}

func TestDecodeRegisterResource(t *testing.T) {
	got, err := DecodeRegisterResource(registration())
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	want := &RegisterResource{
		Type: "aws:s3/bucket:Bucket", Name: "media", Parent: "urn:parent", Custom: true,
		Properties: value.Map{"bucket": "b"}, Provider: "urn:provider::id", Version: "7.41.0",
		Dependencies: []string{"urn:dep"}, PropertyDependencies: map[string][]string{"bucket": {"urn:dep"}},
		AliasURNs: []string{"urn:alias"}, DeletedWith: "urn:with",
		Protect: true, RetainOnDelete: true, DeleteBeforeReplace: &yes,
		IgnoreChanges: []string{"tags"}, ReplaceOnChanges: []string{"acl"}, SecretOutputs: []string{"arn"},
		CreateTimeout: 5 * time.Minute, DeleteTimeout: time.Hour,
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func TestOptionsAreNeverDropped(t *testing.T) {
	for field := protowire.Number(1); field < 60; field++ {
		b := appendString(appendString(nil, 1, "t"), 2, "n")
		got, err := DecodeRegisterResource(appendString(b, field, "x"))
		switch {
		case immaterial[int(field)]:
			if err != nil {
				t.Errorf("field %d: %v", field, err)
			}
		case field > 42 || refused[int(field)] != "":
			if err == nil || !strings.Contains(err.Error(), "does not support") {
				t.Errorf("field %d was dropped: %+v, %v", field, got, err)
			}
		}
	}
	for field, name := range refused {
		if immaterial[field] {
			t.Errorf("%s is both refused and immaterial", name)
		}
	}
}

func call(t *testing.T, addr, method string, body []byte) (http.Header, []byte) {
	t.Helper()
	var p http.Protocols
	p.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: &p}, Timeout: 10 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	resp, err := client.Post("http://"+addr+method, "application/grpc", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Trailer, b
}

func frame(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(b))), b...)
}

func TestBrokenCalls(t *testing.T) {
	s, err := Serve(map[string]Method{
		"/echo": func(_ context.Context, in []byte) ([]byte, error) { return in, nil },
		"/fail": func(context.Context, []byte) ([]byte, error) { return nil, errors.New("caf\u00e9 100%") },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		name, method string
		body         []byte
		status       string
	}{
		{"good", "/echo", frame([]byte("hello")), "0"},
		{"empty message", "/echo", frame(nil), "0"},
		{"no method", "/nowhere", frame(nil), "12"},
		{"no frame", "/echo", nil, "3"},
		{"half a frame", "/echo", []byte{0, 0}, "3"},
		{"half a message", "/echo", frame([]byte("hello"))[:7], "3"},
		{"compressed", "/echo", []byte{1, 0, 0, 0, 0}, "3"},
		{"huge", "/echo", []byte{0, 255, 255, 255, 255}, "3"},
		{"failure", "/fail", frame(nil), "2"},
	} {
		trailer, b := call(t, s.Addr(), c.method, c.body)
		if got := trailer.Get("Grpc-Status"); got != c.status {
			t.Errorf("%s: status %s %s", c.name, got, trailer.Get("Grpc-Message"))
		}
		if c.name == "good" && !slices.Equal(b, c.body) {
			t.Errorf("%s: answered %q", c.name, b)
		}
		if c.name == "failure" && trailer.Get("Grpc-Message") != "caf%C3%A9 100%25" {
			t.Errorf("message %q", trailer.Get("Grpc-Message"))
		}
	}
}

func FuzzRegister(f *testing.F) {
	f.Add(registration())
	f.Add([]byte{0x8a, 0x01, 0x04, 0x0a, 0x02, '-', '-'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRegisterResource(b)
		if err == nil && r == nil {
			t.Fatal("neither a request nor an error")
		}
		DecodeReadResource(b)
		DecodeOutputs(b)
		DecodeInvoke(b)
		DecodeText(b)
		DecodeLog(b)
	})
}
