package query

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/xmldoc"
)

// Codec implements service.Codec.
type Codec struct {
	info  service.Info
	plans shape.Plans
	ops   map[string]*operation
	doc   xmldoc.Codec
}

type operation struct {
	input, output func() *shape.Type
}

// New returns a codec for a service.
func New(info service.Info, ops []service.Operation) *Codec {
	c := &Codec{info: info, plans: shape.Plans{Query: true}, ops: make(map[string]*operation, len(ops))}
	for _, op := range ops {
		c.ops[op.Name()] = &operation{
			input:  sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Input()) }),
			output: sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Output()) }),
		}
	}
	return c
}

// Route implements service.Codec.
func (c *Codec) Route(r *http.Request, body []byte) (service.Route, error) {
	name := action(form(r, body))
	if name == "" {
		return service.Route{}, aws.Errorf(http.StatusBadRequest, "MissingAction", "The request has no Action parameter.")
	}
	return service.Route{Operation: name}, nil
}

// form is where the parameters are.
func form(r *http.Request, body []byte) string {
	if len(body) > 0 {
		return string(body)
	}
	return r.URL.RawQuery
}

// Decode implements service.Codec.
func (c *Codec) Decode(r *http.Request, body []byte, route service.Route, in any, rep *shape.Report) error {
	if rep.Code = c.info.ValidationCode; rep.Code == "" {
		rep.Code = "ValidationError"
	}
	root, err := parse(form(r, body))
	if err != nil {
		return err
	}
	return decoder{rep}.structure(root, c.ops[route.Operation].input(), reflect.ValueOf(in).Elem())
}

// Encode implements service.Codec.
func (c *Codec) Encode(w http.ResponseWriter, _ *http.Request, call *aws.Call, op string, out any) error {
	t, v := c.ops[op].output(), reflect.ValueOf(out).Elem()
	b := xmldoc.Open(nil, op+"Response", c.info.Namespace)
	if v.Type() != reflect.TypeFor[service.Empty]() { // an output that is declared has its wrapper, members or not
		b = c.doc.AppendElement(b, op+"Result", shape.Namespace{}, t, v)
	}
	b = xmldoc.Open(b, "ResponseMetadata", "")
	b = xmldoc.Text(b, "RequestId", call.RequestID)
	b = xmldoc.Close(b, "ResponseMetadata")
	write(w, call, http.StatusOK, xmldoc.Close(b, op+"Response"))
	return nil
}

// Error implements service.Codec.
func (c *Codec) Error(w http.ResponseWriter, _ *http.Request, call *aws.Call, e *aws.Error) {
	h := w.Header()
	maps.Copy(h, e.Header)
	code, fault := e.Code, "Sender"
	if e.Status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	// Services that went from this protocol to JSON have other codes here.
	if legacy := h.Get("X-Amzn-Query-Error"); legacy != "" {
		h.Del("X-Amzn-Query-Error")
		code, fault, _ = strings.Cut(legacy, ";")
	}
	b := xmldoc.Open(nil, "ErrorResponse", c.info.Namespace)
	b = xmldoc.Open(b, "Error", "")
	b = xmldoc.Text(b, "Type", fault)
	b = xmldoc.Text(b, "Code", code)
	b = xmldoc.Text(b, "Message", e.Message)
	for _, f := range e.Fields {
		b = c.doc.AppendAny(b, f.Name, &c.plans, f.Value)
	}
	b = xmldoc.Close(b, "Error")
	b = xmldoc.Text(b, "RequestId", call.RequestID)
	write(w, call, e.Status, xmldoc.Close(b, "ErrorResponse"))
}

func write(w http.ResponseWriter, call *aws.Call, status int, body []byte) {
	h := w.Header()
	h["X-Amzn-Requestid"] = []string{call.RequestID}
	h["Content-Type"] = []string{"text/xml"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body) // a client that has gone away is no error of ours
}
