package edge

import (
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
)

// partial answers a request for ranges. It reports whether it did.
func (v *visit) partial(o *object, h http.Header) bool {
	if o.alone != nil || o.size < 0 || v.r.Method != http.MethodGet || v.page {
		return false
	}
	header := rangeOf(v.r, o.header)
	if header == "" {
		return false
	}
	spans, ok := parseRange(header, o.size)
	switch {
	case !ok:
		h["Content-Range"] = []string{"bytes */" + strconv.FormatInt(o.size, 10)}
		h["Content-Length"] = []string{"0"}
		v.w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
	case len(spans) == 0:
		return false
	case len(spans) == 1:
		h["Content-Range"] = []string{spans[0].contentRange(o.size)}
		v.body(o, http.StatusPartialContent, spans[0])
	default:
		v.parts(o, h, spans)
	}
	return true
}

// parts sends several ranges as one multipart body.
func (v *visit) parts(o *object, h http.Header, spans []span) {
	out := &counted{w: v.w}
	m := multipart.NewWriter(out)
	kind := h.Get("Content-Type")
	h["Content-Type"] = []string{"multipart/byteranges; boundary=" + m.Boundary()}
	delete(h, "Content-Length")
	v.w.WriteHeader(http.StatusPartialContent)
	for _, s := range spans {
		part := textproto.MIMEHeader{"Content-Range": {s.contentRange(o.size)}}
		if kind != "" {
			part["Content-Type"] = []string{kind}
		}
		w, err := m.CreatePart(part)
		if err == nil {
			_, err = v.copy(w, o, s)
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if err := m.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	v.sent += out.n
}

// counted counts what is written.
type counted struct {
	w http.ResponseWriter
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if err != nil {
		return n, fmt.Errorf("edge: writing a range: %w", err)
	}
	return n, nil
}
