package niebla

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/services/appsync"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidp"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
)

// graphUsers is user pools as AppSync uses them.
type graphUsers struct{ pools *cognitoidp.Service }

// Verify implements appsync.Users.
func (u graphUsers) Verify(c *aws.Call, token string) (appsync.Token, error) {
	t, err := u.pools.Verify(c, token)
	if errors.Is(err, cognitoidp.ErrExpired) {
		return appsync.Token{}, appsync.ErrExpiredToken
	}
	if err != nil {
		return appsync.Token{}, err
	}
	issuer, _ := t.Claims["iss"].(string)
	return appsync.Token{
		Pool: t.Pool, Issuer: issuer, Subject: t.Subject, Username: t.Username, Client: t.Client,
		Groups: t.Groups, Expires: t.Expires, Claims: t.Claims,
	}, nil
}

// graphFunctions is Lambda as AppSync uses it.
type graphFunctions struct{ functions *lambda.Service }

// Invoke implements appsync.Functions.
func (f graphFunctions) Invoke(ctx context.Context, c *aws.Call, function aws.ARN, payload []byte) ([]byte, bool, error) {
	r, err := f.functions.InvokeAs(ctx, c, function, payload)
	return r.Payload, r.FunctionError != "", err
}
