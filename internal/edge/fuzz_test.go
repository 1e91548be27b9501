package edge

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-1", "bytes=-5", "bytes=3-", "bytes=0-0,2-3", "bytes=9999999999999999999999-", "bytes=--", "items=1"} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			size = -(size + 1)
		}
		spans, ok := parseRange(header, size)
		if !ok && len(spans) > 0 {
			t.Fatal("ranges, and none")
		}
		end := int64(0)
		for _, s := range spans {
			if s.start < end || s.length <= 0 || s.start+s.length > size || s.start+s.length < 0 {
				t.Fatalf("%q of %d: %v", header, size, spans)
			}
			end = s.start + s.length
		}
	})
}

func FuzzCacheControl(f *testing.F) {
	for _, s := range []string{"max-age=60, s-maxage=7", `private="a, b", no-cache`, "max-age=-1", `"`, "MAX-AGE=1,,=,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := parseCacheControl([]string{s})
		for _, v := range []time.Duration{d.maxAge, d.sharedMaxAge, d.staleIfError, d.staleWhileRevalidate} {
			if v < -1 || v > maxSeconds*time.Second {
				t.Fatalf("%q: %v", s, d)
			}
		}
	})
}

// FuzzMatchPath compares with regular expressions.
func FuzzMatchPath(f *testing.F) {
	f.Add("/a*b?c", "/aXXbYc")
	f.Add("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaa")
	f.Add("", "/")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if len(pattern) > 100 || len(path) > 100 || strings.Contains(pattern+path, "\n") || strings.ToValidUTF8(pattern+path, "") != pattern+path {
			return
		}
		for _, c := range pattern + path {
			if c > 127 { // a ? is one byte, a dot one character
				return
			}
		}
		quoted := regexp.QuoteMeta(strings.TrimPrefix(pattern, "/"))
		quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\*`, ".*"), `\?`, ".")
		want := regexp.MustCompile("^(?s:" + quoted + ")$").MatchString(strings.TrimPrefix(path, "/"))
		if got := MatchPath(pattern, path); got != want {
			t.Fatalf("%q matches %q: %v, want %v", pattern, path, got, want)
		}
	})
}

func FuzzNormalPath(f *testing.F) {
	for _, s := range []string{"/a/../b", "/%61/%2e%2E/c", "/..", "/a//b/./", "/%", "/%zz/%2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = "/" + s
		once := normalPath(s)
		if !strings.HasPrefix(once, "/") {
			t.Fatalf("%q becomes %q", s, once)
		}
		for part := range strings.SplitSeq(once, "/") {
			if part == "." || part == ".." {
				t.Fatalf("%q becomes %q", s, once)
			}
		}
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(`{"Statement":[{"Resource":"https://d/*","Condition":{"DateLessThan":{"AWS:EpochTime":1},"IpAddress":{"AWS:SourceIp":"10.0.0.0/8"}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := parsePolicy(b); err == nil && (len(p.Statement) != 1 || p.Statement[0].Condition.DateLessThan == nil) {
			t.Fatalf("%q has no end", b)
		}
	})
}
