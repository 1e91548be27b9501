package niebla

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidentity"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidp"
)

// poolLogins is user pools as identity pools use them: their ID tokens are logins.
type poolLogins struct{ pools *cognitoidp.Service }

func audiences(p cognitoidentity.PoolSettings) []cognitoidp.Audience {
	var list []cognitoidp.Audience
	for _, a := range p.CognitoIdentityProviders {
		list = append(list, cognitoidp.Audience{
			Provider: a.ProviderName, Client: a.ClientId, Check: a.ServerSideTokenCheck != nil && *a.ServerSideTokenCheck,
		})
	}
	return list
}

// Provides implements cognitoidentity.Verifier.
func (poolLogins) Provides(p cognitoidentity.PoolSettings, provider string) bool {
	return cognitoidp.Provides(audiences(p), provider)
}

// Verify implements cognitoidentity.Verifier.
func (l poolLogins) Verify(_ context.Context, c *aws.Call, p cognitoidentity.PoolSettings, provider, token string) (cognitoidentity.Login, error) {
	t, err := l.pools.Login(c, audiences(p), provider, token)
	if err != nil {
		return cognitoidentity.Login{}, err
	}
	return cognitoidentity.Login{
		Provider: t.Provider(), Client: t.Client, Subject: t.Subject, Claims: t.Claims,
		AMR: []string{t.Provider() + ":CognitoSignIn:" + t.Subject},
	}, nil
}
