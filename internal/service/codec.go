package service

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// Codec speaks one wire protocol for one service. It is made once, with
// New(Info, []Operation) of a package under internal/wire, and is safe for
// concurrent use. Its errors are *aws.Error where a client is to see them.
type Codec interface {
	// Route names the operation a request asks for. Only awsQuery looks at
	// body, where its operation is; the others accept nil. The operation may be
	// one that the service lacks.
	Route(r *http.Request, body []byte) (Route, error)
	// Decode fills in, a pointer to the operation's input, and rep. body is the
	// whole body, or nil when route.Streams: then the input reads r.Body.
	Decode(r *http.Request, body []byte, route Route, in any, rep *shape.Report) error
	// Encode writes a response. A non-nil error means that nothing was written
	// yet, unless it came from copying a stream.
	Encode(w http.ResponseWriter, r *http.Request, c *aws.Call, op string, out any) error
	// Error writes an error response.
	Error(w http.ResponseWriter, r *http.Request, c *aws.Call, e *aws.Error)
}

// Route is what a request's target says before its body is decoded.
type Route struct {
	Operation string
	Params    shape.Params // labels bound by a REST path
	// Streams is set when the input's payload is an io.Reader: the gateway must
	// not read the body, only de-chunk it.
	Streams bool
}
