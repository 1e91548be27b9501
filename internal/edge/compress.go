package edge

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// What is compressed: not so little that it is not worth it, and not more than
// CloudFront does.
const (
	leastToCompress = 1000
	mostToCompress  = 10_000_000
)

// compress replaces an answer's body by a compressed one where the behavior,
// the viewer and the answer allow it.
func (v *visit) compress(a *answer, d *directives) {
	if !v.b.Compress || !strings.Contains(v.encoding, "gzip") || v.r.Method != http.MethodGet || d.noTransform ||
		a.length < leastToCompress || a.length > mostToCompress || a.header["Content-Encoding"] != nil {
		return
	}
	switch a.status {
	case http.StatusOK, http.StatusForbidden, http.StatusNotFound:
	default:
		return
	}
	if !compressible(a.header.Get("Content-Type")) {
		return
	}
	h := a.header.Clone()
	h["Content-Encoding"] = []string{"gzip"}
	h["Vary"] = append(h["Vary"], "Accept-Encoding")
	delete(h, "Content-Length")
	delete(h, "Accept-Ranges")
	if etag := h.Get("Etag"); strings.HasPrefix(etag, `"`) {
		h["Etag"] = []string{"W/" + etag}
	}
	pr, pw := io.Pipe()
	source := a.body
	want := a.length
	go func() {
		z := gzip.NewWriter(pw)
		n, err := io.Copy(z, source)
		if err == nil && n != want {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			err = z.Close()
		}
		pw.CloseWithError(err) // nil is the end
	}()
	a.header, a.body, a.length = h, &zipped{pr, source}, -1
}

// zipped is a compressed body; closing it closes what it is made of.
type zipped struct {
	*io.PipeReader
	source io.Closer
}

func (z *zipped) Close() error {
	err := z.PipeReader.Close()
	z.source.Close()
	return err
}

// compressible reports whether CloudFront compresses a media type.
func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	if strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "+json") {
		return true
	}
	switch kind {
	case "application/javascript", "application/x-javascript", "application/json", "application/xml", "application/wasm",
		"application/vnd.ms-fontobject", "application/vnd.apple.mpegurl", "application/rss", "application/opentype", "application/otf",
		"application/x-font-ttf", "application/x-font-opentype", "application/x-font-truetype", "application/x-httpd-cgi",
		"application/x-mpegurl", "application/x-opentype", "application/x-otf", "application/x-perl", "application/x-ttf", "application/truetype",
		"application/ttf", "application/font", "application/font-sfnt", "application/eot", "font/eot", "font/ttf", "font/otf", "font/opentype", "font/woff2",
		"image/x-icon", "image/vnd.microsoft.icon", "image/bmp":
		return true
	}
	return false
}
