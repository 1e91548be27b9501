package appsync

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// subprotocol is the one that we speak; header-… beside it carries headers.
const subprotocol = "graphql-ws"

// Credentials tells whom an access key belongs to, and its secret. token is
// the session token, or "".
type Credentials interface {
	Open(ctx context.Context, accessKey, token string) (*aws.Principal, string, error)
}

// handshake is what a client says of itself: headers, and if they are signed,
// what else was signed with them.
type handshake struct {
	header http.Header
	path   string // of the API
	signed string // what follows the path
	body   string
	broken string // why it cannot be understood, or ""
}

// serveRealtime turns a request into a connection. Who connects is answered
// there: a browser tells nobody why a handshake failed.
func (s *Service) serveRealtime(w http.ResponseWriter, r *http.Request, c *aws.Call, a *api) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{subprotocol},
		InsecureSkipVerify: true, // pages of any origin may connect, as far as the gateway lets them in
	})
	if err != nil {
		return // and it is answered
	}
	ws.SetReadLimit(maxFrame)
	conn := &connection{s: s, api: a.id, ws: ws, call: *c, entry: newHandshake(r)}
	if ws.Subprotocol() == "" {
		conn.refused = &refusal{http.StatusBadRequest, "NoProtocolError", "The subprotocol " + subprotocol + " is required."}
	} else {
		conn.who, _, conn.refused = s.enter(context.WithoutCancel(r.Context()), &conn.call, a, conn.entry)
	}
	s.serve(conn)
}

// newHandshake finds the headers: in a subprotocol, in the query, or as they are.
func newHandshake(r *http.Request) handshake {
	h := handshake{header: http.Header{}, path: strings.TrimSuffix(r.URL.Path, realtimePath), signed: "/connect", body: "{}"}
	query := r.URL.Query()
	for name, values := range query {
		if name != "header" && name != "payload" {
			h.header[http.CanonicalHeaderKey(name)] = values
		}
	}
	encoded := query.Get("header")
	for _, list := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(list, ",") {
			if text, ok := strings.CutPrefix(strings.TrimSpace(name), "header-"); ok {
				encoded = text
			}
		}
	}
	if encoded == "" {
		for name, values := range r.Header {
			if !strings.HasPrefix(name, "Sec-Websocket-") && name != "Upgrade" && name != "Connection" {
				h.header[name] = values
			}
		}
		h.header.Set("Host", r.Host)
		return h
	}
	m, err := parseHeader(encoded)
	if err != nil {
		h.broken = err.Error()
		return h
	}
	h.add(m)
	return h
}

// add takes headers from an object of texts.
func (h *handshake) add(m *vtl.Map) {
	m.Each(func(name, v any) bool {
		if text, ok := v.(string); ok {
			h.header.Set(name.(string), text)
		}
		return true
	})
}

// forSubscription is what a client says of itself when it subscribes, beside
// what it said when it connected.
func (h handshake) forSubscription(authorization *vtl.Map, data string) handshake {
	out := handshake{header: h.header.Clone(), path: h.path, body: data}
	for _, name := range []string{"Authorization", "X-Api-Key", "X-Amz-Date", "X-Amz-Security-Token"} {
		out.header.Del(name)
	}
	if authorization != nil {
		out.add(authorization)
	}
	return out
}

// enter finds out who it is. The principal of the call becomes who has signed.
func (s *Service) enter(ctx context.Context, c *aws.Call, a *api, h handshake) (*caller, http.Header, *refusal) {
	if h.broken != "" {
		return nil, nil, &refusal{http.StatusBadRequest, "BadRequestException", h.broken}
	}
	c.Principal = &aws.Principal{Kind: aws.Anonymous}
	if strings.HasPrefix(h.header.Get("Authorization"), "AWS4-HMAC-SHA256") {
		p, err := s.signer(ctx, h)
		if err != nil {
			return nil, nil, &refusal{http.StatusForbidden, "UnauthorizedException", "Permission denied"}
		}
		c.Principal = p
	}
	who, no := s.authenticate(ctx, c, a, &graphQLRequest{header: h.header})
	return who, h.header, no
}

// signer verifies headers that were signed as those of a request are.
func (s *Service) signer(ctx context.Context, h handshake) (*aws.Principal, error) {
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: h.path + h.signed}, Host: h.header.Get("Host"), Header: h.header.Clone(), ContentLength: int64(len(h.body))}
	auth, err := sigv4.Parse(r)
	if err != nil {
		return nil, err
	}
	p, secret, err := s.Credentials.Open(ctx, auth.AccessKey, auth.SessionToken)
	if err != nil {
		return nil, err
	}
	return p, s.verifier.Verify(r, auth, secret, sigv4.HashBody([]byte(h.body)))
}
