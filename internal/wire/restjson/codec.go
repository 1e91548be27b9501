package restjson

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/jsondoc"
	"github.com/niebla-cloud/niebla/internal/shape/restbind"
)

// Codec implements service.Codec.
type Codec struct {
	info   service.Info
	plans  shape.Plans
	router restbind.Router
	ops    map[string]*operation
	doc    jsondoc.Codec
}

type operation struct {
	*restbind.Operation
	output func() *shape.Type
}

// New returns a codec for a service. It panics if an input has no http tag.
func New(info service.Info, ops []service.Operation) *Codec {
	c := &Codec{info: info, ops: make(map[string]*operation, len(ops))}
	for _, op := range ops {
		c.ops[op.Name()] = &operation{
			c.router.Add(op.Name(), c.plans.Of(op.Input())),
			sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Output()) }),
		}
	}
	return c
}

// Route implements service.Codec.
func (c *Codec) Route(r *http.Request, _ []byte) (service.Route, error) {
	op, params, err := c.router.Match(r, r.URL.Query())
	switch {
	case errors.Is(err, restbind.ErrPath):
		return service.Route{}, jsondoc.Serialization("The request path is not well encoded.")
	case err != nil:
		return service.Route{}, aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement %s %s of %s.", r.Method, r.URL.Path, c.info.Title)
	}
	return service.Route{Operation: op.Name, Params: params, Streams: op.Streams}, nil
}

// Decode implements service.Codec.
func (c *Codec) Decode(r *http.Request, body []byte, route service.Route, in any, rep *shape.Report) error {
	rep.Code = c.info.ValidationCode
	op, v := c.ops[route.Operation], reflect.ValueOf(in).Elem()
	var seen shape.Set
	if err := op.Decode(r, r.URL.Query(), route.Params, v, rep, &seen); err != nil {
		return serialization(err)
	}
	if err := c.body(op, body, v, rep, &seen); err != nil {
		return err
	}
	rep.Finish(op.Input, &seen)
	return nil
}

func serialization(err error) error {
	var bad *restbind.ValueError
	if errors.As(err, &bad) {
		return jsondoc.Serialization("'%s' is not a valid value of %s", bad.Value, bad.Field.Wire)
	}
	return err
}

func (c *Codec) body(op *operation, body []byte, in reflect.Value, rep *shape.Report, seen *shape.Set) error {
	f := op.Payload
	switch {
	case f == nil:
		return c.doc.Decode(body, op.Input, in, rep, seen)
	case op.Streams || len(body) == 0:
		return nil
	}
	v := f.In(in)
	switch t, inner := f.Type.Settle(v); t.Kind {
	case shape.Blob:
		inner.SetBytes(bytes.Clone(body))
	case shape.String:
		inner.SetString(string(body))
	default:
		if err := c.doc.DecodeValue(body, f, v, rep); err != nil {
			return err
		}
	}
	seen.Add(f)
	rep.Check(f, v)
	return nil
}

// Encode implements service.Codec.
func (c *Codec) Encode(w http.ResponseWriter, r *http.Request, call *aws.Call, op string, out any) error {
	t, v := c.ops[op].output(), reflect.ValueOf(out).Elem()
	h := w.Header()
	status := restbind.EncodeHeader(h, t, v)
	h["X-Amzn-Requestid"] = []string{call.RequestID}
	if f := t.Payload(); f != nil {
		return c.payload(w, r, status, f, f.In(v))
	}
	if !restbind.HasBody(r, status) || !hasMembers(t) {
		restbind.WriteBytes(w, r, status, nil)
		return nil
	}
	setDefault(h, "Content-Type", "application/json")
	restbind.WriteBytes(w, r, status, c.doc.Append(nil, t, v))
	return nil
}

// hasMembers reports whether an output has a body at all.
func hasMembers(t *shape.Type) bool {
	for i := range t.Fields {
		if t.Fields[i].Location == shape.Body {
			return true
		}
	}
	return false
}

func (c *Codec) payload(w http.ResponseWriter, r *http.Request, status int, f *shape.Field, v reflect.Value) error {
	if f.Type.Absent(v) {
		restbind.WriteBytes(w, r, status, nil)
		return nil
	}
	if s, ok := v.Interface().(*service.Stream); ok {
		setDefault(w.Header(), "Content-Type", "application/octet-stream")
		return restbind.WriteStream(w, r, status, s.ReadCloser, s.Length)
	}
	t, inner, _ := f.Type.Follow(v)
	switch t.Kind {
	case shape.Blob:
		setDefault(w.Header(), "Content-Type", "application/octet-stream")
		restbind.WriteBytes(w, r, status, inner.Bytes())
	case shape.String:
		setDefault(w.Header(), "Content-Type", "text/plain")
		restbind.WriteBytes(w, r, status, []byte(inner.String()))
	default:
		setDefault(w.Header(), "Content-Type", "application/json")
		restbind.WriteBytes(w, r, status, c.doc.AppendValue(nil, f, t, inner))
	}
	return nil
}

func setDefault(h http.Header, name, value string) {
	if _, ok := h[name]; !ok {
		h[name] = []string{value}
	}
}

// Error implements service.Codec.
func (c *Codec) Error(w http.ResponseWriter, r *http.Request, call *aws.Call, e *aws.Error) {
	h := w.Header()
	maps.Copy(h, e.Header)
	h["X-Amzn-Requestid"] = []string{call.RequestID}
	h["X-Amzn-Errortype"] = []string{e.Code}
	h["Content-Type"] = []string{"application/json"}
	restbind.WriteBytes(w, r, e.Status, c.appendError(e))
}

func (c *Codec) appendError(e *aws.Error) []byte {
	dst := []byte{'{'}
	message := e.Message != ""
	for _, f := range e.Fields {
		message = message && !strings.EqualFold(f.Name, "message")
	}
	if message {
		dst = jsondoc.AppendString(append(dst, `"message":`...), e.Message)
	}
	for _, f := range e.Fields {
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = c.doc.AppendAny(jsondoc.AppendName(dst, f.Name), &c.plans, f.Value)
	}
	return append(dst, '}')
}
