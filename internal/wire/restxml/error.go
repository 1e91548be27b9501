package restxml

import (
	"errors"
	"maps"
	"net/http"
	"net/url"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/restbind"
	"github.com/niebla-cloud/niebla/internal/shape/xmldoc"
)

// Error implements service.Codec.
func (c *Codec) Error(w http.ResponseWriter, r *http.Request, call *aws.Call, e *aws.Error) {
	h := w.Header()
	maps.Copy(h, e.Header)
	c.dialect.header(h, call)
	if !restbind.HasBody(r, e.Status) {
		restbind.WriteBytes(w, r, e.Status, nil)
		return
	}
	h["Content-Type"] = []string{c.dialect.contentType()}
	restbind.WriteBytes(w, r, e.Status, c.dialect.appendError([]byte(prolog), c, call, e))
}

func (c *Codec) appendFields(dst []byte, e *aws.Error) []byte {
	for _, f := range e.Fields {
		dst = c.doc.AppendAny(dst, f.Name, &c.plans, f.Value)
	}
	return dst
}

// common is how every service but S3 does it.
type common struct{ info service.Info }

func (d common) route(r *http.Request, _ url.Values, _ *restbind.Operation, err error) error {
	switch {
	case errors.Is(err, restbind.ErrPath):
		return aws.Errorf(http.StatusBadRequest, "MalformedInput", "The request path is not well encoded.")
	case err != nil:
		return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement %s %s of %s.", r.Method, r.URL.Path, d.info.Title)
	}
	return nil
}

func (common) badValue(e *restbind.ValueError) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "MalformedInput", "'%s' is not a valid value of %s", e.Value, e.Field.Wire)
}

func (common) badBody() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "MalformedXML", "The XML document is malformed or does not have the elements the operation takes.")
}

func (d common) prepare(rep *shape.Report) {
	if rep.Code = d.info.ValidationCode; rep.Code == "" {
		rep.Code = "ValidationError"
	}
}

func (common) header(h http.Header, c *aws.Call) { h["X-Amzn-Requestid"] = []string{c.RequestID} }

func (common) contentType() string { return "text/xml" }

func (d common) appendError(dst []byte, c *Codec, call *aws.Call, e *aws.Error) []byte {
	fault := "Sender"
	if e.Status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	dst = xmldoc.Open(dst, "ErrorResponse", d.info.Namespace)
	dst = xmldoc.Open(dst, "Error", "")
	dst = xmldoc.Text(dst, "Type", fault)
	dst = xmldoc.Text(dst, "Code", e.Code)
	dst = xmldoc.Text(dst, "Message", e.Message)
	dst = xmldoc.Close(c.appendFields(dst, e), "Error")
	dst = xmldoc.Text(dst, "RequestId", call.RequestID)
	return xmldoc.Close(dst, "ErrorResponse")
}
