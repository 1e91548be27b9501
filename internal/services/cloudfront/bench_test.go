package cloudfront_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// BenchmarkViewer is a cached object of 10 KB from the whole cloud, over
// loopback.
func BenchmarkViewer(b *testing.B) {
	x := start(b)
	x.open("E1DISTRIBUTION")
	x.put("fotos/a", strings.Repeat("0123456789", 1024))
	x.view("/fotos/a")
	x.expect("/fotos/a", 200, "Hit")
	b.SetBytes(10240)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(x.URL(), "http://"))
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		r := bufio.NewReaderSize(conn, 16<<10)
		for pb.Next() {
			if _, err := io.WriteString(conn, "GET /fotos/a HTTP/1.1\r\nHost: d3example.cloudfront.net\r\n\r\n"); err != nil {
				b.Error(err)
				return
			}
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				b.Error(err)
				return
			}
			if n, err := io.Copy(io.Discard, res.Body); n != 10240 || err != nil {
				b.Error(n, err)
				return
			}
		}
	})
}
