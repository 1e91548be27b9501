package cbor

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
)

// Codec implements service.Codec.
type Codec struct {
	info  service.Info
	plans shape.Plans
	ops   map[string]*operation
}

type operation struct {
	input, output func() *shape.Type
}

// New returns a codec for a service.
func New(info service.Info, ops []service.Operation) *Codec {
	c := &Codec{info: info, ops: make(map[string]*operation, len(ops))}
	for _, op := range ops {
		c.ops[op.Name()] = &operation{
			input:  sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Input()) }),
			output: sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Output()) }),
		}
	}
	return c
}

// Route implements service.Codec. Only the last four segments of the path
// count.
func (c *Codec) Route(r *http.Request, _ []byte) (service.Route, error) {
	p := strings.Split(r.URL.Path, "/")
	n := len(p)
	if n < 4 || p[n-4] != "service" || p[n-3] != c.info.CBORName || p[n-2] != "operation" || p[n-1] == "" ||
		r.Method != http.MethodPost || r.Header.Get("X-Amz-Target") != "" {
		return service.Route{}, aws.Errorf(http.StatusNotFound, "UnknownOperationException", "")
	}
	return service.Route{Operation: p[n-1]}, nil
}

// Decode implements service.Codec.
func (c *Codec) Decode(_ *http.Request, body []byte, route service.Route, in any, rep *shape.Report) error {
	rep.Code = c.info.ValidationCode
	return decode(body, c.ops[route.Operation].input(), reflect.ValueOf(in).Elem(), rep)
}

// Encode implements service.Codec.
func (c *Codec) Encode(w http.ResponseWriter, _ *http.Request, call *aws.Call, op string, out any) error {
	write(w, call, http.StatusOK, appendStruct(nil, c.ops[op].output(), reflect.ValueOf(out).Elem()))
	return nil
}

// Error implements service.Codec.
func (c *Codec) Error(w http.ResponseWriter, r *http.Request, call *aws.Call, e *aws.Error) {
	h := w.Header()
	maps.Copy(h, e.Header)
	if r.Header.Get("X-Amzn-Query-Mode") == "true" && h.Get("X-Amzn-Query-Error") == "" {
		h.Set("X-Amzn-Query-Error", e.Code+";"+fault(e.Status))
	}
	write(w, call, e.Status, c.appendError(e))
}

func fault(status int) string {
	if status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

func (c *Codec) appendError(e *aws.Error) []byte {
	fields := e.Fields
	if e.Message != "" {
		fields = append([]aws.Field{{Name: "message", Value: e.Message}}, fields...)
	}
	dst := appendHead(nil, majorMap, uint64(1+len(fields)))
	dst = appendText(appendText(dst, "__type"), c.info.ErrorPrefix+e.Code)
	for _, f := range fields {
		v := reflect.ValueOf(f.Value)
		dst = appendValue(appendText(dst, f.Name), c.plans.Of(v.Type()), v)
	}
	return dst
}

func write(w http.ResponseWriter, call *aws.Call, status int, body []byte) {
	h := w.Header()
	h["X-Amzn-Requestid"] = []string{call.RequestID}
	h["Smithy-Protocol"] = []string{"rpc-v2-cbor"}
	h["Content-Type"] = []string{"application/cbor"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body) // a client that has gone away is no error of ours
}
