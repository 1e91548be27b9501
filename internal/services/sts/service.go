package sts

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// Verifier checks the tokens of one identity provider.
type Verifier interface {
	// Issuer is the iss claim of the provider's tokens.
	Issuer() string
	// WebIdentity verifies a token. Its error is what the client sees:
	// InvalidIdentityToken, ExpiredTokenException.
	WebIdentity(ctx context.Context, c *aws.Call, token string) (aws.WebIdentity, error)
}

// Deps is what STS needs from the world. Every field is required, but Verifiers
// may be empty: then no web identity is taken.
type Deps struct {
	Sessions  *Sessions
	Verifiers []Verifier
}

// Service is the STS emulator.
type Service struct{ Deps }

// New returns an STS.
func New(d Deps) *Service {
	if d.Sessions == nil {
		panic("sts: incomplete Deps")
	}
	return &Service{d}
}

// Info identifies STS on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:      "sts",
		Title:     "AWS Security Token Service",
		Protocols: []service.Protocol{service.Query},
		Version:   "2011-06-15",
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("GetCallerIdentity", service.Open, s.getCallerIdentity),
		service.Op("AssumeRole", s.onAssumeRole, s.assumeRole),
		service.Unsigned("AssumeRoleWithWebIdentity", s.assumeRoleWithWebIdentity),
		service.Op("GetSessionToken", service.Open, s.getSessionToken),
		service.Op("GetAccessKeyInfo", service.Any, s.getAccessKeyInfo),
	}
}
