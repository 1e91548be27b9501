package awsjson

import (
	"hash/crc32"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/jsondoc"
)

// Codec implements service.Codec.
type Codec struct {
	info        service.Info
	contentType []string
	checksum    bool
	plans       shape.Plans
	ops         map[string]*operation
	doc         jsondoc.Codec
	buffers     sync.Pool
}

// operation is what the codec knows of one operation; its plans are compiled
// when it is first called.
type operation struct {
	input, output func() *shape.Type
}

// New returns a codec for a service. version is service.JSON10 or JSON11.
func New(info service.Info, version service.Protocol, ops []service.Operation) *Codec {
	c := &Codec{
		info:        info,
		contentType: []string{"application/x-amz-json-1.0"},
		checksum:    info.Name == "dynamodb",
		ops:         make(map[string]*operation, len(ops)),
	}
	if version == service.JSON11 {
		c.contentType[0] = "application/x-amz-json-1.1"
	}
	for _, op := range ops {
		c.ops[op.Name()] = &operation{
			input:  sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Input()) }),
			output: sync.OnceValue(func() *shape.Type { return c.plans.Of(op.Output()) }),
		}
	}
	return c
}

// Route implements service.Codec.
func (c *Codec) Route(r *http.Request, _ []byte) (service.Route, error) {
	target := r.Header.Get("X-Amz-Target")
	dot := strings.LastIndexByte(target, '.')
	if dot < 0 || dot == len(target)-1 || target[:dot] != c.info.TargetPrefix {
		return service.Route{}, aws.Errorf(http.StatusBadRequest, "UnknownOperationException", "")
	}
	return service.Route{Operation: target[dot+1:]}, nil
}

// Decode implements service.Codec.
func (c *Codec) Decode(_ *http.Request, body []byte, route service.Route, in any, rep *shape.Report) error {
	rep.Code = c.info.ValidationCode
	t := c.ops[route.Operation].input()
	var seen shape.Set
	if err := c.doc.Decode(body, t, reflect.ValueOf(in).Elem(), rep, &seen); err != nil {
		return err
	}
	rep.Finish(t, &seen)
	return nil
}

// Encode implements service.Codec.
func (c *Codec) Encode(w http.ResponseWriter, _ *http.Request, call *aws.Call, op string, out any) error {
	b := c.buffer()
	*b = c.doc.Append((*b)[:0], c.ops[op].output(), reflect.ValueOf(out).Elem())
	c.write(w, call, http.StatusOK, *b)
	c.buffers.Put(b)
	return nil
}

func (c *Codec) buffer() *[]byte {
	if b, ok := c.buffers.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// write sends a whole response. Header values share one array: a response
// costs few allocations.
func (c *Codec) write(w http.ResponseWriter, call *aws.Call, status int, body []byte) {
	h := w.Header()
	values := [3]string{call.RequestID, strconv.Itoa(len(body)), ""}
	shared := values[:]
	h["X-Amzn-Requestid"] = shared[0:1:1]
	h["Content-Length"] = shared[1:2:2]
	h["Content-Type"] = c.contentType
	if c.checksum {
		// The clients check it, and take its absence for zero.
		shared[2] = strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)
		h["X-Amz-Crc32"] = shared[2:3:3]
	}
	w.WriteHeader(status)
	w.Write(body) // a client that has gone away is no error of ours
}
