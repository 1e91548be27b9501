package appsync

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// caller is who makes a request, as far as the API knows.
type caller struct {
	mode     string
	groups   []string        // of a user pool
	denied   bool            // fields must let the caller's mode in by a directive
	hidden   map[string]bool // fields that the authorizer denies, as Type.field
	identity any             // $ctx.identity
	expires  time.Time       // of the credentials; zero is never
}

// authType is what $util.authType() says.
func (c *caller) authType() string {
	switch c.mode {
	case byKey:
		return "API Key Authorization"
	case byIAM:
		return "IAM Authorization"
	case byUserPool:
		return "User Pool Authorization"
	case byOIDC:
		return "Open ID Connect Authorization"
	}
	return "Lambda Authorization"
}

// refusal is a request that is not executed at all.
type refusal struct {
	status  int
	kind    string
	message string
}

func unauthorized(message string) *refusal {
	return &refusal{http.StatusUnauthorized, "UnauthorizedException", message}
}

// authenticate finds out who calls, from the headers of a request or of a
// handshake, which has no query. c.Principal has signed, or is anonymous.
func (s *Service) authenticate(ctx context.Context, c *aws.Call, a *api, req *graphQLRequest) (*caller, *refusal) {
	h := req.header
	const none = "Valid authorization header not provided."
	if c.Principal.Kind != aws.Anonymous {
		if !a.modes[byIAM] {
			return nil, unauthorized(none)
		}
		return &caller{mode: byIAM, identity: iamIdentity(c), expires: c.Principal.Expires}, nil
	}
	token := h.Get("Authorization")
	if key := h.Get("X-Api-Key"); key != "" && (token == "" || !a.takesTokens()) {
		expires, known := a.keys[key]
		switch {
		case !a.modes[byKey]:
			return nil, unauthorized(none)
		case !known || c.Time.Unix() >= expires:
			return nil, unauthorized("You are not authorized to make this call.")
		}
		return &caller{mode: byKey, expires: time.Unix(expires, 0)}, nil
	}
	if token == "" || !a.takesTokens() {
		return nil, unauthorized(none)
	}
	return s.bearer(ctx, c, a, req, token)
}

// iamIdentity is $ctx.identity of a signed request.
func iamIdentity(c *aws.Call) any {
	p := c.Principal
	m := vtl.NewMap()
	m.Put("accountId", string(p.Account))
	first := func(key string) any {
		if v := p.Keys[key]; len(v) > 0 {
			return v[0]
		}
		return nil
	}
	m.Put("cognitoIdentityPoolId", first("cognito-identity.amazonaws.com:aud"))
	m.Put("cognitoIdentityId", first("cognito-identity.amazonaws.com:sub"))
	m.Put("sourceIp", vtl.NewList(c.SourceIP))
	m.Put("username", p.ID)
	m.Put("userArn", string(p.ARN))
	var kind, provider any
	if amr := p.Keys["cognito-identity.amazonaws.com:amr"]; len(amr) > 0 {
		kind = amr[0]
		if len(amr) > 1 {
			provider = `"` + strings.Join(amr[1:], `","`) + `"`
		}
	}
	m.Put("cognitoIdentityAuthType", kind)
	m.Put("cognitoIdentityAuthProvider", provider)
	return m
}
