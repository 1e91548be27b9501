package cognitoidentity

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

const (
	// sessionName is the session name of every identity's credentials.
	sessionName = "CognitoIdentityCredentials"
	// sessionLife is how long credentials of the enhanced flow last.
	sessionLife = time.Hour
)

// Roles gives out temporary credentials of roles. It is sts.
type Roles interface {
	// Issue assumes a role for somebody we vouch for. A role that does not
	// exist, or whose trust policy refuses, is an *aws.Error of status 403.
	Issue(ctx context.Context, c *aws.Call, r aws.SessionRequest) (aws.Session, error)
}

// keys are the condition keys of an identity: what trust policies test, and
// what a policy may name as ${cognito-identity.amazonaws.com:sub}.
func keys(p pool, i identity, amr []string) map[string][]string {
	return map[string][]string{
		hostName + ":aud": {p.ID},
		hostName + ":sub": {i.ID},
		hostName + ":amr": amr,
	}
}

// getCredentialsForIdentity is the enhanced flow: it assumes the pool's role.
func (s *Service) getCredentialsForIdentity(ctx context.Context, c *aws.Call, in *GetCredentialsForIdentityInput) (*GetCredentialsForIdentityOutput, error) {
	v, err := s.signIn(ctx, c, in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	role, err := v.role(in.CustomRoleArn)
	if err != nil {
		return nil, err
	}
	session := aws.SessionRequest{
		Role: aws.ARN(role), Name: sessionName, Duration: sessionLife,
		Keys: keys(v.pool, v.identity, v.amr()), Tags: v.tags(), Federated: hostName,
	}
	if len(v.logins) == 0 {
		session.Policies = []string{guestPolicy()}
	}
	made, err := s.Roles.Issue(ctx, c, session)
	var refused *aws.Error
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		return nil, errPoolConfiguration() // no such role, or it does not trust this pool's identities, or does not let them bring tags
	}
	if err != nil {
		return nil, err
	}
	return &GetCredentialsForIdentityOutput{
		IdentityId: v.identity.ID,
		Credentials: &Credentials{
			AccessKeyId: made.AccessKey, SecretKey: made.Secret, SessionToken: made.Token, Expiration: made.Expires,
		},
	}, nil
}
