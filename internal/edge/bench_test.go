package edge

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// BenchmarkHit is what the edge takes for a cached object of 10 KB, without
// the network.
func BenchmarkHit(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789"), 1024)
	x := newWorld(b, func(w http.ResponseWriter, r *http.Request) { w.Write(body) })
	x.Observe = func(*Visit) {}
	x.get("/a")
	x.fetches.Wait()
	r := httptest.NewRequest(http.MethodGet, "http://d3example.cloudfront.net/a", nil)
	c := &aws.Call{SourceIP: "192.0.2.1"}
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	w := &nowhere{header: http.Header{}}
	for b.Loop() {
		clear(w.header)
		x.Serve(w, r, x.d, c)
	}
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

// BenchmarkNetwork compares a cached object of 10 KB with the same bytes from
// a bare net/http server, both over loopback.
func BenchmarkNetwork(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789"), 1024)
	x := newWorld(b, func(w http.ResponseWriter, r *http.Request) { w.Write(body) })
	x.Observe = func(*Visit) {}
	x.get("/a")
	x.fetches.Wait()
	for name, h := range map[string]http.HandlerFunc{
		"edge": func(w http.ResponseWriter, r *http.Request) { x.Serve(w, r, x.d, &aws.Call{SourceIP: "192.0.2.1"}) },
		"bare": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Length"] = []string{"10240"}
			w.Write(body)
		},
	} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(h)
			defer server.Close()
			b.SetBytes(int64(len(body)))
			b.RunParallel(func(pb *testing.PB) {
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					b.Error(err)
					return
				}
				defer conn.Close()
				request := []byte("GET /a HTTP/1.1\r\nHost: d3example.cloudfront.net\r\n\r\n")
				buf := make([]byte, 16<<10)
				for pb.Next() {
					if _, err := conn.Write(request); err != nil {
						b.Error(err)
						return
					}
					if err := skipAnswer(conn, buf, len(body)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// skipAnswer reads an answer with a body of n bytes, cheaply.
func skipAnswer(r io.Reader, buf []byte, n int) error {
	got := 0
	for {
		m, err := r.Read(buf[got:])
		if err != nil {
			return err
		}
		got += m
		if i := bytes.Index(buf[:got], []byte("\r\n\r\n")); i >= 0 {
			_, err := io.ReadFull(r, buf[:max(0, i+4+n-got)])
			return err
		}
	}
}
