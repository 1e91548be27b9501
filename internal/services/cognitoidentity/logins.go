package cognitoidentity

import (
	"context"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Login is a provider's word for who somebody is.
type Login struct {
	Provider string         // as AWS names it: "cognito-idp.eu-west-3.amazonaws.com/eu-west-3_AbC"
	Client   string         // whom the token was given to: its audience
	Subject  string         // who, to that provider
	AMR      []string       // what the provider adds to amr besides its own name
	Claims   map[string]any // all that the token says

	key string // the key in Logins that it came under
}

// Verifier checks the login tokens of one kind of provider: user pools, OIDC.
type Verifier interface {
	// Provides reports whether the pool takes tokens of that provider, and this is the verifier of them.
	Provides(pool PoolSettings, provider string) bool
	// Verify checks a token. Its error is what the client sees.
	Verify(ctx context.Context, c *aws.Call, pool PoolSettings, provider, token string) (Login, error)
}

// verify checks every login, in the order of their providers' names.
func (s *Service) verify(ctx context.Context, c *aws.Call, p pool, tokens map[string]string) ([]Login, error) {
	var logins []Login
	for _, provider := range slices.Sorted(maps.Keys(tokens)) {
		i := slices.IndexFunc(s.Verifiers, func(v Verifier) bool { return v.Provides(p.Settings, provider) })
		if i < 0 {
			return nil, errUnsupportedProvider()
		}
		l, err := s.Verifiers[i].Verify(ctx, c, p.Settings, provider, tokens[provider])
		if err != nil {
			return nil, err
		}
		l.key = provider
		logins = append(logins, l)
	}
	return logins, nil
}

// visit is an identity that has shown who it is.
type visit struct {
	pool     pool
	identity identity
	logins   []Login // none of a guest
}

// amr is how the identity signed in, as the claim of that name says it.
func (v *visit) amr() []string {
	if len(v.logins) == 0 {
		return []string{unauthenticated}
	}
	amr := []string{authenticated}
	for _, l := range v.logins {
		amr = append(append(amr, l.Provider), l.AMR...)
	}
	return amr
}

// signIn resolves an identity that presents logins: it must be theirs.
func (s *Service) signIn(ctx context.Context, c *aws.Call, id string, tokens map[string]string) (v visit, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		v.pool, v.identity, err = s.identify(tx, id)
		return err
	})
	if err != nil {
		return visit{}, err
	}
	v.logins, err = s.verify(ctx, c, v.pool, tokens)
	linked := v.identity.Logins
	switch {
	case err != nil:
		return visit{}, err
	case len(v.logins) == 0 && len(linked) > 0:
		return visit{}, errLoginsDoNotMatch()
	case len(v.logins) == 0 && !v.pool.guests():
		return visit{}, errNoGuests()
	case len(v.logins) == 0:
		return v, nil
	}
	if !slices.ContainsFunc(v.logins, func(l Login) bool { return linked[l.Provider] == l.Subject }) && len(linked) > 0 {
		return visit{}, errLoginsDoNotMatch()
	}
	return v, s.adopt(c, id, v.logins)
}

// adopt links new logins to an identity: a guest who signs in stays who it is.
func (s *Service) adopt(c *aws.Call, id string, logins []Login) error {
	return s.DB.Update(func(tx *store.Tx) error {
		p, i, err := s.identify(tx, id)
		if err != nil {
			return err
		}
		for _, l := range logins {
			if other, ok := s.logins.Get(tx, p.scope, p.ID, l.Provider, l.Subject); ok && other != id {
				return errLoginsDoNotMatch()
			}
		}
		s.link(&i, c.Time, logins)
		s.putIdentity(tx, p, i)
		return nil
	})
}

// unlinkIdentity forgets logins of an identity that proves itself by another.
func (s *Service) unlinkIdentity(ctx context.Context, c *aws.Call, in *UnlinkIdentityInput) (*service.Empty, error) {
	if len(in.Logins) == 0 {
		return nil, errLoginsDoNotMatch()
	}
	v, err := s.signIn(ctx, c, in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, i, err := s.identify(tx, in.IdentityId)
		if err != nil {
			return err
		}
		for _, provider := range in.LoginsToRemove {
			for _, l := range v.logins { // under whichever name the client gave it
				if l.key == provider {
					provider = l.Provider
				}
			}
			s.logins.Delete(tx, p.scope, p.ID, provider, i.Logins[provider])
			delete(i.Logins, provider)
		}
		i.Modified = c.Time
		s.putIdentity(tx, p, i)
		return nil
	})
}
