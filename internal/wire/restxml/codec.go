package restxml

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/restbind"
	"github.com/niebla-cloud/niebla/internal/shape/xmldoc"
)

// Codec implements service.Codec.
type Codec struct {
	info    service.Info
	dialect dialect
	plans   shape.Plans
	router  restbind.Router
	ops     map[string]*operation
	doc     xmldoc.Codec
}

type operation struct {
	*restbind.Operation
	output func() *shape.Type
}

// dialect is what S3 does its own way.
type dialect interface {
	// route checks the operation that was found, or turns the error.
	route(r *http.Request, query url.Values, op *restbind.Operation, err error) error
	// badValue is the error of a parameter or header of the wrong type.
	badValue(*restbind.ValueError) *aws.Error
	// badBody is the error of a body that is not the XML it should be.
	badBody() *aws.Error
	// prepare sets how the report words violations.
	prepare(*shape.Report)
	// header sets the headers of every response.
	header(http.Header, *aws.Call)
	// appendError appends the body of an error.
	appendError([]byte, *Codec, *aws.Call, *aws.Error) []byte
	contentType() string
}

// New returns a codec for a service. It panics if an input has no http tag.
func New(info service.Info, ops []service.Operation) *Codec {
	c := &Codec{info: info, dialect: common{info}, ops: make(map[string]*operation, len(ops))}
	if info.Name == "s3" {
		c.dialect = s3{}
		c.doc.Time = shape.ISO8601Milli
	}
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
	query := r.URL.Query()
	op, params, err := c.router.Match(r, query)
	if err := c.dialect.route(r, query, op, err); err != nil {
		return service.Route{}, err
	}
	return service.Route{Operation: op.Name, Params: params, Streams: op.Streams}, nil
}

// Decode implements service.Codec.
func (c *Codec) Decode(r *http.Request, body []byte, route service.Route, in any, rep *shape.Report) error {
	c.dialect.prepare(rep)
	op, v := c.ops[route.Operation], reflect.ValueOf(in).Elem()
	var seen shape.Set
	err := op.Decode(r, r.URL.Query(), route.Params, v, rep, &seen)
	if err == nil && !op.Streams {
		err = c.body(op, body, v, rep, &seen)
	}
	if err != nil {
		return c.visible(err)
	}
	rep.Finish(op.Input, &seen)
	return nil
}

func (c *Codec) visible(err error) error {
	var bad *restbind.ValueError
	switch {
	case errors.As(err, &bad):
		return c.dialect.badValue(bad)
	case errors.Is(err, xmldoc.ErrMalformed):
		return c.dialect.badBody()
	}
	return err
}

func (c *Codec) body(op *operation, body []byte, in reflect.Value, rep *shape.Report, seen *shape.Set) error {
	f := op.Payload
	switch {
	case len(body) == 0:
		return nil
	case f == nil && !hasBody(op.Input):
		// S3 takes and drops bodies where none belongs: SDKs send some.
		return nil
	case f == nil:
		return c.doc.Decode(body, op.Input.Root, op.Input, in, rep, seen)
	}
	v := f.In(in)
	switch t, inner := f.Type.Settle(v); t.Kind {
	case shape.Blob:
		inner.SetBytes(append([]byte{}, body...))
	case shape.String:
		inner.SetString(string(body))
	case shape.Struct:
		if err := c.payload(f, t, inner, body, rep); err != nil {
			return err
		}
	}
	seen.Add(f)
	rep.Check(f, v)
	return nil
}

func (c *Codec) payload(f *shape.Field, t *shape.Type, v reflect.Value, body []byte, rep *shape.Report) error {
	var seen shape.Set
	rep.Enter(f)
	if err := c.doc.Decode(body, f.Wire, t, v, rep, &seen); err != nil {
		return err
	}
	rep.Finish(t, &seen)
	rep.Leave()
	return nil
}

// hasBody reports whether a structure has members in the body.
func hasBody(t *shape.Type) bool {
	for i := range t.Fields {
		if t.Fields[i].Location == shape.Body {
			return true
		}
	}
	return false
}

const prolog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

// Encode implements service.Codec.
func (c *Codec) Encode(w http.ResponseWriter, r *http.Request, call *aws.Call, op string, out any) error {
	t, v := c.ops[op].output(), reflect.ValueOf(out).Elem()
	h := w.Header()
	c.dialect.header(h, call)
	status := restbind.EncodeHeader(h, t, v)
	if f := t.Payload(); f != nil {
		return c.encodePayload(w, r, status, f, f.In(v))
	}
	if !hasBody(t) || !restbind.HasBody(r, status) {
		restbind.WriteBytes(w, r, status, nil)
		return nil
	}
	root, ns := t.Root, t.Namespace
	if root == "" {
		root = op + "Result"
	}
	if ns.URI == "" {
		ns.URI = c.info.Namespace
	}
	c.writeXML(w, r, status, c.doc.AppendElement([]byte(prolog), root, ns, t, v))
	return nil
}

func (c *Codec) writeXML(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	setDefault(w.Header(), "Content-Type", c.dialect.contentType())
	restbind.WriteBytes(w, r, status, body)
}

// encodePayload sends the member that is the whole body. A string that has a
// namespace is an XML element of its own (S3's LocationConstraint), any other
// is the body as it stands.
func (c *Codec) encodePayload(w http.ResponseWriter, r *http.Request, status int, f *shape.Field, v reflect.Value) error {
	t, inner, ok := f.Type.Follow(v)
	switch {
	case ok && t.Kind == shape.String && f.Namespace.URI != "":
		b := xmldoc.Open([]byte(prolog), f.Wire, f.Namespace.URI)
		c.writeXML(w, r, status, xmldoc.Close(xmldoc.Escape(b, inner.String()), f.Wire))
		return nil
	case f.Type.Absent(v):
		restbind.WriteBytes(w, r, status, nil)
		return nil
	}
	switch t.Kind {
	case shape.Stream:
		s := v.Interface().(*service.Stream)
		return restbind.WriteStream(w, r, status, s.ReadCloser, s.Length)
	case shape.Blob:
		restbind.WriteBytes(w, r, status, inner.Bytes())
	case shape.String:
		restbind.WriteBytes(w, r, status, []byte(inner.String()))
	default:
		ns := f.Namespace
		if ns.URI == "" {
			ns.URI = c.info.Namespace
		}
		c.writeXML(w, r, status, c.doc.AppendElement([]byte(prolog), f.Wire, ns, t, inner))
	}
	return nil
}

func setDefault(h http.Header, name, value string) {
	if _, ok := h[name]; !ok {
		h[name] = []string{value}
	}
}
