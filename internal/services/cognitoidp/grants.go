package cognitoidp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// grant is what a refresh token stands for, as stored: one sign-in, which its
// access and ID tokens name as origin_jti. A grant that is not there is revoked.
type grant struct {
	ID        string
	Client    string
	AuthTime  time.Time
	Expires   time.Time
	Secret    []byte // SHA-256 of the refresh token's secret
	Before    []byte // of the token that this one took the place of,
	GraceEnds time.Time
}

// renew gives the grant another refresh token.
func (g *grant) renew(ids *aws.IDs, sub string) string {
	secret := string(ids.Bytes(48))
	g.Before, g.Secret = g.Secret, digest(secret)
	return base64.RawURLEncoding.EncodeToString([]byte(sub + g.ID + secret))
}

func digest(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

const uuidLength = 36

// readRefreshToken takes a refresh token apart.
func readRefreshToken(token string) (sub, id, secret string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) <= 2*uuidLength {
		return "", "", "", false
	}
	return string(b[:uuidLength]), string(b[uuidLength : 2*uuidLength]), string(b[2*uuidLength:]), true
}

// putGrant stores a grant. Of a few others of the user, which follow at random,
// it forgets those that ended: more than come.
func (s *Service) putGrant(tx *store.Tx, x *signIn, sub string, g grant) {
	const sweep = 8
	n := 0
	for _, old := range s.grants.After(tx, x.pool.scope, []string{x.pool.ID, sub, g.ID}, x.pool.ID, sub) {
		if n++; n > sweep {
			break
		}
		if !x.call.Time.Before(old.Expires) {
			s.grants.Delete(tx, x.pool.scope, x.pool.ID, sub, old.ID)
		}
	}
	s.grants.Put(tx, x.pool.scope, g, x.pool.ID, sub, g.ID)
}

// signOut revokes all of a user's grants.
func (s *Service) signOut(tx *store.Tx, p *pool, u *user) {
	s.grants.DeleteAll(tx, p.scope, p.ID, u.Sub)
}

func errRefreshToken() error { return errNotAuthorized("Invalid Refresh Token") }

func errRevoked() error { return errNotAuthorized("Refresh Token has been revoked") }

// redeem finds the grant and the user of a refresh token. stale is set for a
// token that was replaced, within its grace.
func (s *Service) redeem(tx *store.Tx, x *signIn, token string) (u user, g grant, stale bool, err error) {
	sub, id, secret, ok := readRefreshToken(token)
	if !ok {
		return u, g, false, errRefreshToken()
	}
	if g, ok = s.grants.Get(tx, x.pool.scope, x.pool.ID, sub, id); !ok {
		return u, g, false, errRevoked()
	}
	current, before := same(string(g.Secret), string(digest(secret))), same(string(g.Before), string(digest(secret)))
	switch {
	case g.Client != x.cl.ID || !current && !before:
		return u, g, false, errRefreshToken()
	case !x.call.Time.Before(g.Expires):
		return u, g, false, errNotAuthorized("Refresh Token has expired")
	case !current && !x.call.Time.Before(g.GraceEnds):
		return u, g, false, fault("RefreshTokenReuseException", "Refresh token has already been used.")
	}
	username, _ := s.aliases.Get(tx, x.pool.scope, x.pool.ID, attrSub, sub)
	u, ok = s.lookup(tx, x.pool, username)
	switch {
	case !ok:
		return u, g, false, errRevoked()
	case u.Disabled:
		return u, g, false, errDisabled()
	}
	return u, g, !current, nil
}

// beginRefresh is REFRESH_TOKEN_AUTH.
func (s *Service) beginRefresh(x *signIn) (*AuthOutput, error) {
	if x.cl.Settings.rotates() || !x.cl.allowsAlways("ALLOW_REFRESH_TOKEN_AUTH") {
		return nil, errInvalid("Auth flow not enabled for this client")
	}
	token, err := x.parameter("REFRESH_TOKEN")
	if err != nil {
		return nil, err
	}
	result, err := s.refresh(x, token, func(u *user) error {
		return x.cl.checkParameter(u.Username, x.given["SECRET_HASH"])
	})
	if err != nil {
		return nil, err
	}
	return &AuthOutput{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

func (s *Service) getTokensFromRefreshToken(ctx context.Context, c *aws.Call, in *GetTokensFromRefreshTokenInput) (*GetTokensFromRefreshTokenOutput, error) {
	p, cl, err := s.open(in.ClientId)
	if err != nil {
		return nil, err
	}
	if err := cl.checkSecret(in.ClientSecret); err != nil {
		return nil, err
	}
	x := &signIn{occasion: occasion{ctx, c, &p, cl.ID, in.ClientMetadata}, cl: cl}
	result, err := s.refresh(x, in.RefreshToken, func(*user) error { return nil })
	if err != nil {
		return nil, err
	}
	return &GetTokensFromRefreshTokenOutput{AuthenticationResult: result}, nil
}

// refresh gives new tokens for a refresh token, and a new refresh token where
// the client rotates them.
func (s *Service) refresh(x *signIn, token string, check func(*user) error) (*AuthenticationResultType, error) {
	var u user
	var g grant
	err := s.DB.View(func(tx *store.Tx) (err error) {
		u, g, _, err = s.redeem(tx, x, token)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := check(&u); err != nil {
		return nil, err
	}
	result, err := s.tokens(x, &u, g, "RefreshTokens")
	if err != nil {
		return nil, err
	}
	if err := s.active(x.call, x.pool, &u); err != nil || !x.cl.Settings.rotates() {
		return result, err
	}
	return result, s.DB.Update(func(tx *store.Tx) error {
		u, g, stale, err := s.redeem(tx, x, token)
		if err != nil {
			return err
		}
		result.RefreshToken = g.rotate(s.IDs, u.Sub, x, stale)
		s.grants.Put(tx, x.pool.scope, g, x.pool.ID, u.Sub, g.ID)
		return nil
	})
}

// rotate replaces the refresh token. One that comes in its grace replaces what
// replaced it, which never arrived.
func (g *grant) rotate(ids *aws.IDs, sub string, x *signIn, stale bool) string {
	before := g.Before
	token := g.renew(ids, sub)
	if stale {
		g.Before = before
		return token
	}
	grace := 0
	if n := x.cl.Settings.RefreshTokenRotation.RetryGracePeriodSeconds; n != nil {
		grace = int(*n)
	}
	g.GraceEnds = x.call.Time.Add(time.Duration(grace) * time.Second)
	return token
}

// revokeToken revokes the grant of a refresh token, and so all its tokens.
func (s *Service) revokeToken(_ context.Context, _ *aws.Call, in *RevokeTokenInput) (*service.Empty, error) {
	p, cl, err := s.open(in.ClientId)
	if err != nil {
		return nil, err
	}
	if err := cl.checkSecret(in.ClientSecret); err != nil {
		return nil, err
	}
	if !*cl.Settings.EnableTokenRevocation {
		return nil, fault("UnsupportedOperationException", "Token revocation is not enabled for this client.")
	}
	sub, id, secret, ok := readRefreshToken(in.Token)
	if !ok {
		if strings.Count(in.Token, ".") == 2 {
			return nil, fault("UnsupportedTokenTypeException", "Unsupported token type")
		}
		return nil, fault("UnauthorizedException", "Invalid Refresh Token")
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		g, ok := s.grants.Get(tx, p.scope, p.ID, sub, id)
		if !ok {
			return nil // is revoked already
		}
		hash := string(digest(secret))
		if g.Client != cl.ID || !same(string(g.Secret), hash) && !same(string(g.Before), hash) {
			return fault("UnauthorizedException", "Invalid Refresh Token")
		}
		s.grants.Delete(tx, p.scope, p.ID, sub, id)
		return nil
	})
}
