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
	Provider string   // the key in Logins: "cognito-idp.eu-west-3.amazonaws.com/eu-west-3_AbC"
	Subject  string   // who, to that provider
	AMR      []string // what the provider adds to amr besides its own name
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
		logins = append(logins, l)
	}
	return logins, nil
}

// signIn resolves an identity that presents logins: it must be theirs. It
// answers how the identity signed in, as the claim amr says it.
func (s *Service) signIn(ctx context.Context, c *aws.Call, id string, tokens map[string]string) (p pool, i identity, amr []string, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p, i, err = s.identify(tx, id)
		return err
	})
	if err != nil {
		return pool{}, identity{}, nil, err
	}
	logins, err := s.verify(ctx, c, p, tokens)
	switch {
	case err != nil:
		return pool{}, identity{}, nil, err
	case len(logins) == 0 && len(i.Logins) > 0:
		return pool{}, identity{}, nil, errLoginsDoNotMatch()
	case len(logins) == 0 && !p.guests():
		return pool{}, identity{}, nil, errNoGuests()
	case len(logins) == 0:
		return p, i, []string{unauthenticated}, nil
	}
	if !slices.ContainsFunc(logins, func(l Login) bool { return i.Logins[l.Provider] == l.Subject }) && len(i.Logins) > 0 {
		return pool{}, identity{}, nil, errLoginsDoNotMatch()
	}
	amr = []string{authenticated}
	for _, l := range logins {
		amr = append(append(amr, l.Provider), l.AMR...)
	}
	return p, i, amr, s.adopt(c, id, logins)
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
	if _, _, _, err := s.signIn(ctx, c, in.IdentityId, in.Logins); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, i, err := s.identify(tx, in.IdentityId)
		if err != nil {
			return err
		}
		for _, provider := range in.LoginsToRemove {
			s.logins.Delete(tx, p.scope, p.ID, provider, i.Logins[provider])
			delete(i.Logins, provider)
		}
		i.Modified = c.Time
		s.putIdentity(tx, p, i)
		return nil
	})
}
