package s3

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

func FuzzVersion(f *testing.F) {
	f.Add([]byte{})
	v := &version{
		ID: versionID{7, [16]byte{1, 2}}, Modified: time.Unix(1, 2).UTC(), Size: 3, ETag: "e", Content: contentID{9}, Parts: 2,
		Checksum: checksum{"CRC32", composite, "AAAA-2"}, Type: "t", Meta: []pair{{"a", ""}, {"b", "c"}}, Tags: []pair{{"k", "v"}},
		Cipher: cipherSpec{sseKMS, "arn", "sealed", true},
	}
	f.Add(v.encode())
	f.Add((&version{Null: true, Marker: true, Modified: time.Unix(5, 0).UTC()}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeVersion(b)
		if err != nil {
			return
		}
		again, err := decodeVersion(v.encode())
		if err != nil {
			t.Fatalf("%x does not parse again: %v", b, err)
		}
		if v.Null {
			v.ID.random = [16]byte{} // a null version has none
		}
		if v.Modified.IsZero() {
			v.Modified = again.Modified // the year 1 is no time of an object
		}
		if !reflect.DeepEqual(v, again) {
			t.Errorf("%+v became %+v", v, again)
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte{})
	f.Add(append(append([]byte{1}, make([]byte, 16)...), 5, 2, 0xff, 0xee))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := decodeManifest(b)
		if err != nil {
			return
		}
		for _, p := range list {
			if len(p.Sum) > len(b) {
				t.Errorf("%d bytes of sum from %d", len(p.Sum), len(b))
			}
		}
	})
}

func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-1", "bytes=-5", "bytes=3-", "bytes=9-1", "bytes=1-2,3-4", "x"} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, h string, size int64) {
		if size < 0 {
			return
		}
		if r, ok, err := parseRange(h, size); ok && (err != nil || r.off < 0 || r.n < 1 || r.off+r.n > size) {
			t.Errorf("%q of %d: %+v %v", h, size, r, err)
		}
		if r, err := parseCopyRange(h, size); err == nil && (r.off < 0 || r.n < 1 || r.off+r.n > size) {
			t.Errorf("copy %q of %d: %+v", h, size, r)
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add("", "")
	f.Add("key", token{"key", true}.String())
	f.Add("a/b", versionID{1, [16]byte{2}}.String())
	f.Fuzz(func(t *testing.T, key, text string) {
		for _, tok := range []token{{key, false}, {key, true}} {
			if got, ok := parseToken(tok.String()); key != "" && (!ok || got != tok) {
				t.Errorf("%+v became %+v", tok, got)
			}
		}
		if v, ok := parseVersionID(text); ok && v.String() != text {
			t.Errorf("version %q became %q", text, v)
		}
		parseToken(text)
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("bucket/key?versionId=null")
	f.Add("a=b&c=%20")
	f.Add(`{"expiration":"2030-01-01T00:00:00Z","conditions":[{"bucket":"b"},["eq","$k","v"]]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if src, err := parseCopySource(s); err == nil && (src.bucket == "" || src.key == "" || strings.Contains(src.bucket, "/")) {
			t.Errorf("copy source %q: %+v", s, src)
		}
		if tags, err := parseTagHeader(s); err == nil && len(tags) > maxObjectTags {
			t.Errorf("%d tags", len(tags))
		}
		if p, err := parsePostPolicy(s); err == nil && p.expires.IsZero() {
			t.Errorf("policy without expiration: %q", s)
		}
		isPublic(s)
	})
}

func FuzzSealed(f *testing.F) {
	f.Add([]byte("content"), int64(0), int64(3))
	f.Fuzz(func(t *testing.T, stored []byte, off, n int64) {
		if off < 0 || n < 0 || off > 1<<20 || n > 1<<20 {
			return
		}
		r, err := openSealed(inlineReader{bytes.NewReader(stored)}, section{contentID{}, off, n}, make([]byte, 32))
		if err != nil {
			return
		}
		var b [100]byte
		if got, err := r.Read(b[:]); err == nil && got > 0 {
			t.Errorf("%d bytes decrypted from noise", got)
		}
	})
}
