package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// nowhere is a ResponseWriter that costs nothing.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// BenchmarkGateway is a signed call of 1 KiB through every stage.
func BenchmarkGateway(b *testing.B) {
	r := newRig(func(c *Config) { c.Services = c.Services[:2] })
	body := `{"Word":"hello","Pad":"` + strings.Repeat("x", 1000) + `"}`
	sum := sha256.Sum256([]byte(body))
	req := httptest.NewRequest("POST", "http://localhost:4566/", nil)
	req.Header.Set("X-Amz-Target", "Fake.Say")
	sigv4.Sign(req, sigv4.Credentials{AccessKey: "AKIAONE", Secret: "secret"}, "eu-west-1", "fake", hex.EncodeToString(sum[:]), now)
	b.ReportAllocs()
	for b.Loop() {
		q := *req
		q.Body, q.ContentLength = http.NoBody, int64(len(body))
		q.Body = readCloser{strings.NewReader(body)}
		r.ServeHTTP(nowhere{http.Header{}}, &q)
	}
	if r.fake.calls == 0 {
		b.Fatal("no call got through")
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
