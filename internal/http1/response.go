package http1

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// response is a call's http.ResponseWriter. What is written is held back, up to
// maxHeld, so that a short answer has a Content-Length and leaves in one piece.
type response struct {
	conn     *conn
	header   http.Header
	status   int   // 0 until it is known; from then on the header's fields are in out
	length   int64 // that the handler declared, negative if it did not
	written  int64
	untyped  bool // nothing was said of the type
	sent     bool // the head is on its way
	chunked  bool
	last     bool   // the connection ends with this answer
	toldLast bool   // and the handler said so
	held     []byte // of the body
	out      []byte // what leaves next
	err      error  // of the connection
}

// maxHeld is how much of a body is held back.
const maxHeld = 4 << 10

func (w *response) Header() http.Header { return w.header }

// WriteHeader sets the status. Informational ones leave at once.
func (w *response) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("http1: status %d", status))
	}
	if status < 200 {
		w.line(status)
		w.fields()
		w.out = append(w.out, "\r\n"...)
		w.flush()
		return
	}
	w.status, w.length = status, -1
	delete(w.header, "Transfer-Encoding") // which is ours to choose
	if w.bodiless() {
		delete(w.header, "Content-Length")
	}
	if status == http.StatusNotModified {
		delete(w.header, "Content-Type")
	}
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	} else {
		delete(w.header, "Content-Length")
	}
	if w.header["Date"] == nil {
		w.header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	}
	_, typed := w.header["Content-Type"]
	w.untyped = !typed && w.header.Get("Content-Encoding") == ""
	w.toldLast = strings.EqualFold(w.header.Get("Connection"), "close")
	w.last = w.last || w.toldLast
	w.line(status)
	w.fields()
}

// Write writes of the body.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.bodiless() {
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p))
	switch {
	case w.length >= 0 && w.written > w.length:
		return 0, http.ErrContentLength // and the connection ends with this answer
	case w.err != nil:
		return 0, w.err
	}
	if !w.sent && len(w.held)+len(p) <= maxHeld {
		w.held = append(w.held, p...)
		return len(p), nil
	}
	w.send(p, false)
	return len(p), w.err
}

// Flush sends what was written.
func (w *response) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.send(nil, false)
}

func (w *response) bodiless() bool {
	return w.status == http.StatusNoContent || w.status == http.StatusNotModified
}

// finish sends the rest. It reports whether the connection can go on.
func (w *response) finish() bool {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.send(nil, true)
	return w.err == nil && !w.last && (w.length < 0 || w.written == w.length || w.bodiless())
}

// send sends the head, unless it is away, what is held back, and p.
func (w *response) send(p []byte, end bool) {
	size := len(w.held) + len(p)
	if !w.sent {
		w.sent = true
		w.endHead(p, end)
	}
	if w.chunked && size > 0 {
		w.out = append(strconv.AppendInt(w.out, int64(size), 16), "\r\n"...)
	}
	w.out = append(w.out, w.held...)
	w.held = w.held[:0]
	if len(p) > maxCopied {
		w.flushWith(p)
	} else {
		w.out = append(w.out, p...)
	}
	if w.chunked && size > 0 {
		w.out = append(w.out, "\r\n"...)
	}
	if w.chunked && end {
		w.out = append(w.out, "0\r\n\r\n"...)
	}
	w.flush()
}

// maxCopied is how much is rather copied than sent from where it is.
const maxCopied = 2 << 10

// flush lets out leave.
func (w *response) flush() {
	if len(w.out) > 0 && w.err == nil {
		_, w.err = w.conn.Write(w.out)
	}
	w.out = w.out[:0]
}

// flushWith lets out leave, and p behind it, in one piece.
func (w *response) flushWith(p []byte) {
	if c := w.conn; w.err == nil {
		c.pieces = [2][]byte{w.out, p}
		c.buffers = c.pieces[:]
		_, w.err = c.buffers.WriteTo(c.wire)
	}
	w.out = w.out[:0]
}

// endHead appends what only the body tells, which goes on with p.
func (w *response) endHead(p []byte, end bool) {
	first := w.held
	if len(first) == 0 {
		first = p
	}
	if w.untyped && len(first) > 0 {
		w.field("Content-Type", http.DetectContentType(first))
	}
	if w.last && !w.toldLast {
		w.field("Connection", "close")
	}
	switch {
	case w.bodiless() || w.length >= 0:
	case end:
		w.out = append(w.out, "Content-Length: "...)
		w.out = append(strconv.AppendInt(w.out, int64(len(w.held)), 10), "\r\n"...)
	default:
		w.chunked = true
		w.field("Transfer-Encoding", "chunked")
	}
	w.out = append(w.out, "\r\n"...)
}

// line appends the first line of an answer.
func (w *response) line(status int) {
	if status == http.StatusOK {
		w.out = append(w.out, "HTTP/1.1 200 OK\r\n"...)
		return
	}
	text := http.StatusText(status)
	if text == "" {
		text = "status code " + strconv.Itoa(status)
	}
	w.out = append(w.out, "HTTP/1.1 "...)
	w.out = append(strconv.AppendInt(w.out, int64(status), 10), ' ')
	w.out = append(append(w.out, text...), "\r\n"...)
}

// fields appends the header.
func (w *response) fields() {
	for name, values := range w.header {
		if !plainName(name) {
			continue // net/http leaves it out as well
		}
		for _, v := range values {
			w.field(name, v)
		}
	}
}

// field appends a field. What would end its line early becomes a space.
func (w *response) field(name, value string) {
	w.out = append(append(w.out, name...), ": "...)
	start := len(w.out)
	w.out = append(w.out, strings.Trim(value, " \t\r\n")...)
	for i := start; i < len(w.out); i++ {
		if w.out[i] == '\r' || w.out[i] == '\n' {
			w.out[i] = ' '
		}
	}
	w.out = append(w.out, "\r\n"...)
}

func plainName(s string) bool {
	for i := range len(s) {
		if !token[s[i]] {
			return false
		}
	}
	return s != ""
}
