package cognitoidentity

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// hostName is what IAM calls us, and issuer what our tokens say.
const (
	hostName = "cognito-identity.amazonaws.com"
	issuer   = "https://" + hostName
)

const (
	tokenLife = 10 * time.Minute
	keyBits   = 2048
)

// signer is the key pair that signs the classic flow's tokens, as stored.
type signer struct {
	ID  string
	Key []byte // PKCS #8
}

// claims are what a token says.
type claims struct {
	jwt.Claims
	AMR []string `json:"amr"`
}

// getOpenIDToken starts the classic flow.
func (s *Service) getOpenIDToken(ctx context.Context, c *aws.Call, in *GetOpenIdTokenInput) (*GetOpenIdTokenOutput, error) {
	v, err := s.signIn(ctx, c, in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	if !v.pool.classic() {
		return nil, errNoClassicFlow()
	}
	token, err := s.token(c, v.pool, v.identity, v.amr())
	if err != nil {
		return nil, err
	}
	return &GetOpenIdTokenOutput{IdentityId: v.identity.ID, Token: token}, nil
}

func (s *Service) token(c *aws.Call, p pool, i identity, amr []string) (string, error) {
	key, id, err := s.signingKey()
	if err != nil {
		return "", err
	}
	sign, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(sign).Claims(claims{
		Claims: jwt.Claims{
			Issuer: issuer, Subject: i.ID, Audience: jwt.Audience{p.ID},
			IssuedAt: jwt.NewNumericDate(c.Time), Expiry: jwt.NewNumericDate(c.Time.Add(tokenLife)),
		},
		AMR: amr,
	}).Serialize()
}

// Issuer names us in our tokens.
func (s *Service) Issuer() string { return issuer }

// WebIdentity verifies a token that we gave out, for STS: it must be ours and
// in its lifetime, and the identity must still exist.
func (s *Service) WebIdentity(_ context.Context, c *aws.Call, token string) (aws.WebIdentity, error) {
	said, err := s.claims(token)
	if err != nil {
		return aws.WebIdentity{}, err
	}
	if !c.Time.Before(said.Expiry.Time()) {
		return aws.WebIdentity{}, errExpiredToken(c.Time, said.Expiry.Time())
	}
	var p pool
	var i identity
	err = s.DB.View(func(tx *store.Tx) (err error) {
		p, i, err = s.identify(tx, said.Subject)
		return err
	})
	if err != nil || !said.Audience.Contains(p.ID) {
		return aws.WebIdentity{}, errBadToken()
	}
	return aws.WebIdentity{Provider: hostName, Subject: i.ID, Audience: p.ID, Keys: keys(p, i, said.AMR)}, nil
}

// claims are what a token says, if we signed it.
func (s *Service) claims(token string) (said claims, err error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return claims{}, errBadToken()
	}
	kept, ok, err := s.keptSigner()
	if err != nil {
		return claims{}, err
	}
	if !ok {
		return claims{}, errBadToken()
	}
	key, err := kept.private()
	if err != nil {
		return claims{}, err
	}
	if err := parsed.Claims(key.Public(), &said); err != nil || said.Issuer != issuer || said.Expiry == nil {
		return claims{}, errBadToken()
	}
	return said, nil
}

// signingKey returns the key pair, which the first use makes: it takes a
// noticeable fraction of a second, which starting up need not pay.
func (s *Service) signingKey() (*rsa.PrivateKey, string, error) {
	s.signing.Lock()
	defer s.signing.Unlock()
	kept, ok, err := s.keptSigner()
	if err != nil {
		return nil, "", err
	}
	if !ok {
		if kept, err = s.makeSigner(); err != nil {
			return nil, "", err
		}
	}
	key, err := kept.private()
	return key, kept.ID, err
}

func (k signer) private() (*rsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(k.Key)
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PrivateKey), nil
}

func (s *Service) keptSigner() (kept signer, ok bool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		kept, ok = s.signers.Get(tx, aws.Scope{}, "current")
		return nil
	})
	return kept, ok, err
}

func (s *Service) makeSigner() (signer, error) {
	key, err := rsa.GenerateKey(s.IDs, keyBits)
	if err != nil {
		return signer{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return signer{}, err
	}
	made := signer{ID: s.IDs.UUID(), Key: der}
	return made, s.DB.Update(func(tx *store.Tx) error {
		s.signers.Put(tx, aws.Scope{}, made, "current")
		return nil
	})
}
