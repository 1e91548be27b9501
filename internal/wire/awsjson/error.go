package awsjson

import (
	"maps"
	"net/http"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape/jsondoc"
)

// Error implements service.Codec.
func (c *Codec) Error(w http.ResponseWriter, r *http.Request, call *aws.Call, e *aws.Error) {
	h := w.Header()
	maps.Copy(h, e.Header)
	if r != nil && r.Header.Get("X-Amzn-Query-Mode") == "true" && h.Get("X-Amzn-Query-Error") == "" {
		h.Set("X-Amzn-Query-Error", e.Code+";"+fault(e.Status))
	}
	h.Set("X-Amzn-ErrorType", e.Code)
	c.write(w, call, e.Status, c.appendError(nil, e))
}

func fault(status int) string {
	if status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

func (c *Codec) appendError(dst []byte, e *aws.Error) []byte {
	dst = jsondoc.AppendString(append(dst, `{"__type":`...), c.namespace(e.Code)+e.Code)
	message := e.Message != ""
	for _, f := range e.Fields {
		message = message && !strings.EqualFold(f.Name, "message")
	}
	if message {
		dst = jsondoc.AppendString(append(dst, `,"message":`...), e.Message)
	}
	for _, f := range e.Fields {
		dst = jsondoc.AppendName(append(dst, ','), f.Name)
		dst = c.doc.AppendAny(dst, &c.plans, f.Value)
	}
	return append(dst, '}')
}

// coral are the errors that AWS' framework gives before a service sees the
// request. Services that put a namespace before their codes have another for
// these.
var coral = map[string]string{
	"ValidationException":                 "com.amazon.coral.validate#",
	"SerializationException":              "com.amazon.coral.service#",
	"UnknownOperationException":           "com.amazon.coral.service#",
	"UnrecognizedClientException":         "com.amazon.coral.service#",
	"InvalidSignatureException":           "com.amazon.coral.service#",
	"IncompleteSignatureException":        "com.amazon.coral.service#",
	"MissingAuthenticationTokenException": "com.amazon.coral.service#",
	"AccessDeniedException":               "com.amazon.coral.service#",
	"ExpiredTokenException":               "com.amazon.coral.service#",
	"InternalFailure":                     "com.amazon.coral.service#",
	"InvalidParameterValueException":      "com.amazon.coral.service#",
	"MissingRequiredParameterException":   "com.amazon.coral.service#",
	"ThrottlingException":                 "com.amazon.coral.availability#",
}

func (c *Codec) namespace(code string) string {
	if c.info.ErrorPrefix == "" {
		return ""
	}
	if ns, ok := coral[code]; ok {
		return ns
	}
	return c.info.ErrorPrefix
}
