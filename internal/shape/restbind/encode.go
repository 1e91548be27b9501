package restbind

import (
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// EncodeHeader puts the header members of an output into h and returns the
// response's status.
func EncodeHeader(h http.Header, t *shape.Type, out reflect.Value) int {
	status := t.Code
	if status == 0 {
		status = http.StatusOK
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		v := f.In(out)
		if f.Location == shape.Body || f.Location == shape.Payload || f.Type.Absent(v) {
			continue
		}
		ft, v, _ := f.Type.Follow(v)
		switch f.Location {
		case shape.Header:
			h[f.Header] = []string{headerText(f, ft, v)}
		case shape.Headers:
			// Not Header.Set: clients take the name after the prefix as it is
			// spelt, and S3 spells it in lower case.
			for _, k := range shape.SortedKeys(v) {
				h[f.Wire+k.String()] = []string{v.MapIndex(k).String()}
			}
		case shape.Status:
			if n := int(v.Int()); n != 0 {
				status = n
			}
		}
	}
	return status
}

func headerText(f *shape.Field, t *shape.Type, v reflect.Value) string {
	format := f.Time.Or(shape.RFC822)
	if t.Kind != shape.List {
		return string(t.AppendText(nil, v, format))
	}
	elems := make([]string, v.Len())
	for i := range elems {
		et, ev, ok := t.Elem.Follow(v.Index(i))
		if !ok {
			continue
		}
		elems[i] = string(et.AppendText(nil, ev, format))
		if et.Kind == shape.String && strings.ContainsAny(elems[i], `",`) {
			elems[i] = strconv.Quote(elems[i])
		}
	}
	return strings.Join(elems, ", ")
}

// HasBody reports whether a response may have one.
func HasBody(r *http.Request, status int) bool {
	return r.Method != http.MethodHead && status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// WriteStream sends a payload of length bytes, or of unknown length if that is
// negative, and closes it. The reader is handed to the connection as it is, so
// that a file goes out by sendfile.
func WriteStream(w http.ResponseWriter, r *http.Request, status int, body io.ReadCloser, length int64) error {
	defer body.Close()
	h := w.Header()
	if _, ok := h["Content-Length"]; !ok && length >= 0 {
		h["Content-Length"] = []string{strconv.FormatInt(length, 10)}
	}
	w.WriteHeader(status)
	if !HasBody(r, status) {
		return nil
	}
	_, err := io.Copy(w, body)
	return err
}

// WriteBytes sends a whole body.
func WriteBytes(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	has := HasBody(r, status)
	if h := w.Header(); has {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	if has {
		w.Write(body) // a client that has gone away is no error of ours
	}
}
