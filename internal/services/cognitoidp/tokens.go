package cognitoidp

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/niebla-cloud/niebla/internal/store"
)

// userScope is what tokens of a sign-in through the API let their bearer do.
const userScope = "aws.cognito.signin.user.admin"

// issue gives tokens to a user who signed in, and the grant to renew them.
func (s *Service) issue(x *signIn, u *user, source string) (*AuthenticationResultType, error) {
	_, _, refresh := x.cl.Settings.lives()
	g := grant{ID: s.IDs.UUID(), Client: x.cl.ID, AuthTime: x.call.Time, Expires: x.call.Time.Add(refresh)}
	result, err := s.tokens(x, u, g, source)
	if err != nil {
		return nil, err
	}
	result.RefreshToken = g.renew(s.IDs, u.Sub)
	return result, s.edit(x.pool, u.Username, func(tx *store.Tx, now *user) error {
		if now.Disabled {
			return errDisabled()
		}
		if now.locked(x.call) { // by guesses made at the same time
			return errLockedOut()
		}
		now.Failures, now.LockedUntil = 0, time.Time{}
		s.putGrant(tx, x, u.Sub, g)
		return nil
	})
}

// tokens signs an ID token and an access token.
func (s *Service) tokens(x *signIn, u *user, g grant, source string) (*AuthenticationResultType, error) {
	groups, err := s.groupClaims(x.pool, u)
	if err != nil {
		return nil, err
	}
	changes, err := s.preTokenGeneration(x.occasion, source, u, groups)
	if err != nil {
		return nil, err
	}
	if d := changes.Details; d != nil && d.Groups != nil {
		groups = *d.Groups
	}
	accessLife, idLife, _ := x.cl.Settings.lives()
	common := map[string]any{
		"sub": u.Sub, "iss": x.pool.issuer(x.call), "auth_time": g.AuthTime.Unix(), "iat": x.call.Time.Unix(),
		"origin_jti": g.ID, "event_id": s.IDs.UUID(),
	}
	if len(groups.Groups) > 0 {
		common["cognito:groups"] = groups.Groups
	}
	id := s.idClaims(x, u, groups)
	changes.apply(id)
	result := &AuthenticationResultType{ExpiresIn: int32(accessLife / time.Second), TokenType: "Bearer"}
	if result.IdToken, err = s.sign(x, useID, idLife, id, common); err != nil {
		return nil, err
	}
	result.AccessToken, err = s.sign(x, useAccess, accessLife, map[string]any{
		"client_id": x.cl.ID, "scope": userScope, "username": u.Username,
	}, common)
	return result, err
}

// idClaims are what an ID token says of a user: the attributes that the client
// may read.
func (s *Service) idClaims(x *signIn, u *user, groups groupClaims) map[string]any {
	claims := map[string]any{"aud": x.cl.ID, "cognito:username": u.Username}
	for name, v := range u.Attributes {
		switch {
		case !x.cl.reads(name) || strings.HasPrefix(name, developerPrefix):
		case name == verifiedFlag(attrEmail) || name == verifiedFlag(attrPhone):
			claims[name] = v == "true"
		default:
			claims[name] = v
		}
	}
	if len(groups.Roles) > 0 {
		claims["cognito:roles"] = groups.Roles
	}
	if groups.Preferred != "" {
		claims["cognito:preferred_role"] = groups.Preferred
	}
	return claims
}

// reserved are claims that PreTokenGeneration cannot change.
var reserved = []string{
	"acr", "amr", "at_hash", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss", "jti", "nbf", "nonce",
	"origin_jti", "sub", "token_use", "aud", "event_id",
}

// apply adds and takes away claims as the trigger said.
func (a tokenAnswer) apply(claims map[string]any) {
	if a.Details == nil {
		return
	}
	for name, v := range a.Details.Add {
		if !slices.Contains(reserved, name) {
			claims[name] = v
		}
	}
	for _, name := range a.Details.Suppress {
		if !slices.Contains(reserved, name) {
			delete(claims, name)
		}
	}
}

func (s *Service) sign(x *signIn, use string, life time.Duration, claims, common map[string]any) (string, error) {
	maps.Copy(claims, common)
	claims["token_use"], claims["jti"], claims["exp"] = use, s.IDs.UUID(), x.call.Time.Add(life).Unix()
	signer, err := s.signer(x.pool, use)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}
