package provider

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// A Client asks the public API of a cloud.
type Client struct {
	Endpoint    string // "http://127.0.0.1:4566"
	Region      string
	Account     string // the credentials' account, from Identity
	Credentials sigv4.Credentials
	HTTP        *http.Client
	Now         func() time.Time

	// ReadFile reads a file that a property names, relative to the program.
	ReadFile func(path string) ([]byte, error)
	// ReadArchive reads an archive as a zip file.
	ReadArchive func(value.Archive) ([]byte, error)
}

// In is the client in another region.
func (c *Client) In(region string) *Client {
	if region == "" || region == c.Region {
		return c
	}
	other := *c
	other.Region = region
	return &other
}

// An APIError is an error the cloud answered with.
type APIError struct {
	Operation string // "s3:CreateBucket"
	Status    int
	Code      string
	Message   string
	RequestID string
}

func (e *APIError) Error() string {
	s := e.Operation + ": " + e.Code
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

// request is one request, whatever the protocol.
type request struct {
	service   string // signing name
	operation string
	method    string
	path      string // escaped
	query     url.Values
	header    http.Header
	body      []byte
}

// send signs and sends a request and returns the answer, an error if it is one.
func (c *Client) send(ctx context.Context, q request) (http.Header, []byte, error) {
	u := strings.TrimRight(c.Endpoint, "/") + q.path
	if len(q.query) > 0 {
		u += "?" + q.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.method, u, bytes.NewReader(q.body))
	if err != nil {
		return nil, nil, err
	}
	for k, v := range q.header {
		r.Header[k] = v
	}
	sum := sha256.Sum256(q.body)
	sigv4.Sign(r, c.Credentials, c.Region, q.service, hex.EncodeToString(sum[:]), c.Now())
	resp, err := c.HTTP.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%s:%s: %w", q.service, q.operation, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("%s:%s: %w", q.service, q.operation, err)
	}
	if resp.StatusCode >= 300 {
		return resp.Header, nil, q.failure(resp, b)
	}
	return resp.Header, b, nil
}

// failure reads an error, in the JSON or one of the two XML shapes there are.
func (q request) failure(resp *http.Response, body []byte) error {
	e := &APIError{Operation: q.service + ":" + q.operation, Status: resp.StatusCode}
	for _, h := range []string{"X-Amzn-Requestid", "X-Amz-Request-Id"} {
		if id := resp.Header.Get(h); id != "" {
			e.RequestID = id
		}
	}
	var j struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
		Upper   string `json:"Message"`
	}
	var x struct {
		Code    string
		Message string
		Error   struct{ Code, Message string }
	}
	switch {
	case json.Unmarshal(body, &j) == nil:
		if j.Type == "" { // restJson names it in a header, and may add where it is described
			j.Type, _, _ = strings.Cut(resp.Header.Get("X-Amzn-Errortype"), ":")
		}
		e.Code, e.Message = j.Type[strings.LastIndexByte(j.Type, '#')+1:], j.Message+j.Upper
	case xml.Unmarshal(body, &x) == nil:
		e.Code, e.Message = x.Code+x.Error.Code, x.Message+x.Error.Message
	}
	if e.Code == "" {
		e.Code = resp.Status
	}
	return e
}

// target is where an awsJson service is addressed.
type target struct{ service, prefix, contentType string }

// object is a JSON object.
type jsonObject = map[string]any

// json calls an operation of an awsJson service.
func (c *Client) json(ctx context.Context, t target, operation string, in jsonObject, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	_, b, err := c.send(ctx, request{
		service: t.service, operation: operation, method: http.MethodPost, path: "/", body: body,
		header: http.Header{"Content-Type": {t.contentType}, "X-Amz-Target": {t.prefix + "." + operation}},
	})
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// query calls an operation of an awsQuery service. out is read from the
// element OperationResult.
func (c *Client) query(ctx context.Context, service, version, operation string, in url.Values, out any) error {
	if in == nil {
		in = url.Values{}
	}
	in.Set("Action", operation)
	in.Set("Version", version)
	_, b, err := c.send(ctx, request{
		service: service, operation: operation, method: http.MethodPost, path: "/", body: []byte(in.Encode()),
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
	})
	if err != nil || out == nil {
		return err
	}
	return xml.Unmarshal(b, out)
}

// Identity is who the credentials belong to.
type Identity struct{ Account, Arn, UserID string }

// Identity asks who the credentials belong to.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	var out struct {
		Account string `xml:"GetCallerIdentityResult>Account"`
		Arn     string `xml:"GetCallerIdentityResult>Arn"`
		UserID  string `xml:"GetCallerIdentityResult>UserId"`
	}
	err := c.query(ctx, "sts", "2011-06-15", "GetCallerIdentity", nil, &out)
	return Identity(out), err
}

// host is the name and port browsers reach the cloud by: names below an IP
// address do not exist, so a loopback address becomes localhost.
func (c *Client) host() string {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return ""
	}
	name, port := u.Hostname(), u.Port()
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		name = "localhost"
	}
	if port == "" {
		return name
	}
	return name + ":" + port
}

// arn is the name of a resource of the account in the region.
func (c *Client) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + c.Region + ":" + c.Account + ":" + resource
}
