package cognitoidp

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// What may be wrong with a token.
var (
	ErrForged  = errors.New("not signed by a user pool of ours")
	ErrExpired = errors.New("expired")
)

// Token is what a verified token says.
type Token struct {
	Pool     string // id
	Scope    aws.Scope
	Use      string // "id" or "access"
	Subject  string
	Username string
	Client   string // the app client it was given to
	Groups   []string
	Expires  time.Time
	Claims   map[string]any // all of them

	grant string
}

// Verify checks a pool's token as anybody can who has the pool's public keys:
// that a key of the pool that it names as its issuer signed it, for the use
// that it claims, and that its lifetime has not ended at c.Time. Whether it was
// revoked is not asked, as on AWS; whether the pool and the client are the
// right ones is for who calls to compare (Token.Pool, Scope, Client, Use). The
// error is ErrForged, or ErrExpired with what the token says, or one of the
// store. The claims are shared: they must not be changed.
func (s *Service) Verify(c *aws.Call, token string) (Token, error) {
	t, known, of := s.verified.find(token)
	if !known {
		var err error
		if t, err = s.verify(token); err != nil {
			return Token{}, err
		}
		s.verified.keep(token, t, of)
	}
	if !c.Time.Before(t.Expires) {
		return t, ErrExpired
	}
	return t, nil
}

// verify is Verify without looking at the clock.
func (s *Service) verify(token string) (Token, error) {
	signed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return Token{}, ErrForged
	}
	var said struct{ jwt.Claims }
	if err := signed.UnsafeClaimsWithoutVerification(&said); err != nil {
		return Token{}, ErrForged
	}
	t, pair, err := s.signed(said.Issuer, signed.Headers[0].KeyID)
	if err != nil {
		return Token{}, err
	}
	key, err := s.private(pair)
	if err != nil {
		return Token{}, err
	}
	claims := map[string]any{}
	if err := signed.Claims(key.Public(), &said, &claims); err != nil || said.Expiry == nil || claims["token_use"] != t.Use {
		return Token{}, ErrForged
	}
	t.fill(said.Claims, claims)
	return t, nil
}

// maxVerified bounds the tokens that are remembered; beyond that the memory
// starts over.
const maxVerified = 1024

// verified are tokens that were verified: clients send each many times, and a
// signature takes longer to check than what they ask for. When a pool goes, all
// are forgotten.
type verified struct {
	sync.RWMutex
	tokens map[string]Token
	epoch  int // counts how often all were forgotten
}

// find also answers the epoch, for keep: what was verified before all were
// forgotten must not be kept after.
func (v *verified) find(token string) (t Token, ok bool, epoch int) {
	v.RLock()
	defer v.RUnlock()
	t, ok = v.tokens[token]
	return t, ok, v.epoch
}

func (v *verified) keep(token string, t Token, epoch int) {
	v.Lock()
	defer v.Unlock()
	if epoch != v.epoch {
		return
	}
	if v.tokens == nil || len(v.tokens) >= maxVerified {
		v.tokens = make(map[string]Token)
	}
	v.tokens[token] = t
}

func (v *verified) forget() {
	v.Lock()
	defer v.Unlock()
	v.tokens, v.epoch = nil, v.epoch+1
}

// signed finds the key that a token claims to be signed with.
func (s *Service) signed(issuer, key string) (t Token, pair keyPair, err error) {
	var p pool
	err = s.DB.View(func(tx *store.Tx) (err error) {
		p, err = s.find(tx, PoolOf(issuer))
		return err
	})
	if err != nil {
		return Token{}, keyPair{}, ErrForged
	}
	pairs, err := s.keysOf(&p)
	if err != nil {
		return Token{}, keyPair{}, err
	}
	for use, pair := range pairs {
		if pair.ID == key {
			return Token{Pool: p.ID, Scope: p.scope, Use: use}, pair, nil
		}
	}
	return Token{}, keyPair{}, ErrForged
}

func (t *Token) fill(said jwt.Claims, claims map[string]any) {
	word := func(name string) string {
		s, _ := claims[name].(string)
		return s
	}
	t.Subject, t.Expires, t.Claims, t.grant = said.Subject, said.Expiry.Time(), claims, word("origin_jti")
	t.Username, t.Client = word("username"), word("client_id")
	if t.Use == useID {
		t.Username, t.Client = word("cognito:username"), word("aud")
	}
	groups, _ := claims["cognito:groups"].([]any)
	for _, g := range groups {
		if name, ok := g.(string); ok {
			t.Groups = append(t.Groups, name)
		}
	}
}

// PoolOf is the id of the pool that an issuer, or a provider as identity pools
// name it, ends in. The host before it is AWS' or ours.
func PoolOf(provider string) string { return provider[strings.LastIndexByte(provider, '/')+1:] }

// bearer is a user who calls with an access token.
type bearer struct {
	pool  pool
	cl    client
	user  user
	token Token
}

// bearer finds out who an access token belongs to, and that they still may use it.
func (s *Service) bearer(c *aws.Call, token string) (b bearer, err error) {
	b.token, err = s.Verify(c, token)
	switch {
	case errors.Is(err, ErrExpired) && b.token.Use == useAccess:
		return b, errNotAuthorized("Access Token has expired")
	case errors.Is(err, ErrForged), errors.Is(err, ErrExpired), err == nil && b.token.Use != useAccess:
		return b, errNotAuthorized("Invalid Access Token")
	case err != nil:
		return b, err
	}
	err = s.DB.View(func(tx *store.Tx) error {
		if b.pool, err = s.get(tx, b.token.Scope, b.token.Pool); err != nil {
			return err
		}
		if b.user, err = s.valid(tx, &b.pool, b.token); err != nil {
			return err
		}
		b.cl, err = s.getClient(tx, b.pool, b.token.Client)
		return err
	})
	if err != nil {
		return b, err
	}
	return b, s.active(c, &b.pool, &b.user)
}

// valid returns the user of a token that was not revoked.
func (s *Service) valid(tx *store.Tx, p *pool, t Token) (user, error) {
	username, ok := s.aliases.Get(tx, p.scope, p.ID, attrSub, t.Subject)
	if !ok {
		return user{}, errUserNotFound()
	}
	u, err := s.user(tx, p, username)
	if err != nil {
		return user{}, err
	}
	if u.Disabled {
		return user{}, errDisabled()
	}
	if _, ok := s.grants.Get(tx, p.scope, p.ID, u.Sub, t.grant); !ok {
		return user{}, errNotAuthorized("Access Token has been revoked")
	}
	return u, nil
}

// Audience is an app client whose users an identity pool takes.
type Audience struct {
	Provider string // "cognito-idp.eu-west-3.amazonaws.com/eu-west-3_AbCdEfGhI"
	Client   string
	Check    bool // whether the user must still be there and signed in
}

var poolProvider = regexp.MustCompile(`^[\w.:-]+/[\w-]+_[0-9a-zA-Z]+$`)

// Provides reports whether a provider, as a login names it, is a user pool
// among audiences: under AWS' host name or any of ours.
func Provides(audiences []Audience, provider string) bool {
	return poolProvider.MatchString(provider) &&
		slices.ContainsFunc(audiences, func(a Audience) bool { return PoolOf(a.Provider) == PoolOf(provider) })
}

// Provider names the token's pool as AWS does, whatever host its issuer has.
func (t *Token) Provider() string {
	return "cognito-idp." + string(t.Scope.Region) + ".amazonaws.com/" + t.Pool
}

// Login verifies the ID token of a user who signs in to an identity pool:
// besides what Verify checks, that the provider is the one that the client
// named, that the token was given to one of the audiences and, where the
// audience asks for it, that it was not revoked. The errors are those of
// identity pools.
func (s *Service) Login(c *aws.Call, audiences []Audience, provider, token string) (Token, error) {
	t, err := s.Verify(c, token)
	switch {
	case errors.Is(err, ErrForged):
		return Token{}, errNotAuthorized("Invalid login token. Couldn't verify signed token.")
	case errors.Is(err, ErrExpired):
		return Token{}, errNotAuthorized("Invalid login token. Token expired: %d >= %d", c.Time.Unix(), t.Expires.Unix())
	case err != nil:
		return Token{}, err
	case t.Pool != PoolOf(provider):
		return Token{}, errNotAuthorized("Invalid login token. Issuer doesn't match providerName")
	case t.Use != useID:
		return Token{}, errNotAuthorized("Invalid login token. Missing a required claim: aud")
	}
	i := slices.IndexFunc(audiences, func(a Audience) bool { return PoolOf(a.Provider) == t.Pool && a.Client == t.Client })
	if i < 0 {
		return Token{}, errNotAuthorized("Token is not from a supported provider of this identity pool.")
	}
	if audiences[i].Check {
		if err := s.stillValid(t); err != nil {
			return Token{}, err
		}
	}
	return t, nil
}

// stillValid is the check that an identity pool asks for with ServerSideTokenCheck.
func (s *Service) stillValid(t Token) error {
	return s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, t.Scope, t.Pool)
		if err == nil {
			_, err = s.valid(tx, &p, t)
		}
		if _, known := errors.AsType[*aws.Error](err); known {
			return errNotAuthorized("Invalid login token. Token is revoked.")
		}
		return err
	})
}
