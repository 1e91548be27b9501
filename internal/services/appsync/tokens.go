package appsync

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// Token is what the verified token of a user pool says.
type Token struct {
	Pool     string // id
	Issuer   string
	Subject  string
	Username string
	Client   string // the app client it was given to
	Groups   []string
	Expires  time.Time
	Claims   map[string]any // all of them
}

// ErrExpiredToken is the error of a token that was good once.
var ErrExpiredToken = errors.New("the token has expired")

// Users verifies the tokens of user pools. An error that is not
// ErrExpiredToken means that the token is none of theirs.
type Users interface {
	Verify(c *aws.Call, token string) (Token, error)
}

// takesTokens reports whether the API has a mode that uses Authorization
// without a signature.
func (a *api) takesTokens() bool { return a.modes[byUserPool] || a.modes[byLambda] }

// bearer is the caller of a token.
func (s *Service) bearer(ctx context.Context, c *aws.Call, a *api, req *graphQLRequest, token string) (*caller, *refusal) {
	if !isJWT(token) {
		if a.modes[byLambda] {
			return s.askAuthorizer(ctx, c, a, req, token)
		}
		return nil, unauthorized("Unable to parse JWT token.")
	}
	token = strings.TrimPrefix(token, "Bearer ")
	if who := a.tokens.get(token, c.Time); who != nil {
		return who, nil
	}
	t, err := Token{}, errors.New("no user pools")
	if a.modes[byUserPool] {
		t, err = s.Users.Verify(c, token)
	}
	switch {
	case errors.Is(err, ErrExpiredToken):
		return nil, unauthorized("Token has expired.")
	case err != nil && a.modes[byLambda]:
		return s.askAuthorizer(ctx, c, a, req, token)
	case err != nil:
		return nil, unauthorized("You are not authorized to make this call.")
	}
	i := slices.IndexFunc(a.pools, func(p userPool) bool {
		return p.UserPoolId == t.Pool && (p.client == nil || p.client.MatchString(t.Client))
	})
	if i < 0 {
		return nil, unauthorized("You are not authorized to make this call.")
	}
	who := &caller{
		mode: byUserPool, groups: t.Groups, denied: a.pools[i].DefaultAction == "DENY",
		identity: userIdentity(c, &t, a.pools[i].DefaultAction), expires: t.Expires,
	}
	a.tokens.put(token, who)
	return who, nil
}

// isJWT reports whether a token looks like one that is signed: three parts, of
// which the first is an object.
func isJWT(token string) bool {
	parts := strings.Split(strings.TrimPrefix(token, "Bearer "), ".")
	if len(parts) != 3 {
		return false
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	return err == nil && strings.HasPrefix(string(head), "{")
}

// userIdentity is $ctx.identity of a user of a pool.
func userIdentity(c *aws.Call, t *Token, action string) any {
	var groups any
	if len(t.Groups) > 0 {
		groups = vtl.From(t.Groups)
	}
	return build(
		"claims", vtl.From(plainClaims(t.Claims)),
		"defaultAuthStrategy", action,
		"groups", groups,
		"issuer", t.Issuer,
		"sourceIp", vtl.NewList(c.SourceIP),
		"sub", t.Subject,
		"username", t.Username,
	)
}

// plainClaims makes whole numbers integers, as JSON has them.
func plainClaims(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = plainClaims(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plainClaims(item)
		}
		return out
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	}
	return v
}

// tokens remembers the callers of tokens: verifying a signature takes longer
// than a request.
type tokens struct {
	mu       sync.RWMutex
	new, old map[string]*caller
}

const maxTokens = 2_000 // of one generation

func (t *tokens) get(token string, now time.Time) *caller {
	t.mu.RLock()
	defer t.mu.RUnlock()
	who := t.new[token]
	if who == nil {
		who = t.old[token]
	}
	if who == nil || !now.Before(who.expires) {
		return nil
	}
	return who
}

func (t *tokens) put(token string, who *caller) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.new == nil || len(t.new) >= maxTokens {
		t.new, t.old = map[string]*caller{}, t.new
	}
	t.new[token] = who
}
