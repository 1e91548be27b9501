package restxml

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/restbind"
	"github.com/niebla-cloud/niebla/internal/shape/xmldoc"
)

// s3 is S3's dialect: errors without a wrapper or a namespace, request ids of
// its own, and no ValidationException.
type s3 struct{}

// subresources are the parameters by which S3's API tells operations apart. A
// request that has one we do not route by is for an operation that we lack;
// without this table DELETE /bucket?lifecycle would delete the bucket.
var subresources = map[string]bool{
	"abac": true, "accelerate": true, "acl": true, "analytics": true, "attributes": true, "cors": true,
	"delete": true, "encryption": true, "intelligent-tiering": true, "inventory": true,
	"legal-hold": true, "lifecycle": true, "list-type": true, "location": true, "logging": true,
	"metadataConfiguration": true, "metadataInventoryTable": true, "metadataJournalTable": true, "metadataTable": true,
	"metrics": true, "notification": true, "object-lock": true, "ownershipControls": true,
	"partNumber": true, "policy": true, "policyStatus": true, "publicAccessBlock": true, "renameObject": true,
	"replication": true, "requestPayment": true, "restore": true, "retention": true,
	"select": true, "session": true, "tagging": true, "torrent": true, "uploadId": true,
	"uploads": true, "versioning": true, "versions": true, "website": true,
}

func (s3) route(_ *http.Request, query url.Values, op *restbind.Operation, err error) error {
	switch {
	case errors.Is(err, restbind.ErrPath):
		return aws.Errorf(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
	case err == nil || errors.Is(err, restbind.ErrMethod):
		for _, name := range slices.Sorted(maps.Keys(query)) {
			if subresources[name] && (op == nil || !op.Takes(name)) {
				return aws.Errorf(http.StatusNotImplemented, "NotImplemented",
					"This operation on the subresource %s is not implemented.", name)
			}
		}
	}
	if err != nil {
		return aws.Errorf(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"The specified method is not allowed against this resource.")
	}
	return nil
}

func (s3) badValue(e *restbind.ValueError) *aws.Error {
	err := aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Invalid value of %s", e.Field.Wire)
	if e.Field.Type.Base().Kind == shape.Int {
		err.Message = "Provided " + e.Field.Wire + " not an integer or within integer range"
	}
	return err.With("ArgumentName", e.Field.Wire).With("ArgumentValue", e.Value)
}

func (s3) badBody() *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func (d s3) prepare(rep *shape.Report) {
	rep.Refuse = func(all []shape.Violation) *aws.Error {
		v := all[0]
		switch f := v.Field; {
		case f.Location == shape.Body || f.Location == shape.Payload:
			return d.badBody()
		case v.Value == "null":
			return aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Missing required parameter: %s", f.Wire).
				With("ArgumentName", f.Wire)
		default:
			return aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Invalid value of %s: %s", f.Wire, v.Text).
				With("ArgumentName", f.Wire).With("ArgumentValue", v.Raw())
		}
	}
}

func (s3) header(h http.Header, c *aws.Call) {
	h["X-Amz-Request-Id"] = []string{c.RequestID}
	h["X-Amz-Id-2"] = []string{hostID(c)}
	h["Server"] = []string{"AmazonS3"}
}

// hostID is the second id of a request, which AWS wants with the first.
func hostID(c *aws.Call) string {
	sum := sha512.Sum384([]byte(c.RequestID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (s3) contentType() string { return "application/xml" }

func (s3) appendError(dst []byte, c *Codec, call *aws.Call, e *aws.Error) []byte {
	dst = xmldoc.Open(dst, "Error", "")
	dst = xmldoc.Text(dst, "Code", e.Code)
	dst = xmldoc.Text(dst, "Message", e.Message)
	dst = c.appendFields(dst, e)
	dst = xmldoc.Text(dst, "RequestId", call.RequestID)
	dst = xmldoc.Text(dst, "HostId", hostID(call))
	return xmldoc.Close(dst, "Error")
}
