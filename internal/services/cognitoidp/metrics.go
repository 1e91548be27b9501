package cognitoidp

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const namespace = "AWS/Cognito"

// Observe implements service.Observer: it counts what came of signing up,
// signing in and renewing tokens.
func (s *Service) Observe(x *service.Exchange) {
	kind, client := attempt(x)
	if kind == "" {
		return
	}
	var at clientAt
	known := false
	err := s.DB.View(func(tx *store.Tx) error {
		at, known = s.clientsOf.Get(tx, aws.Scope{}, client)
		return nil
	})
	if err != nil || !known {
		return // nobody's, as AWS counts none of a client that does not exist
	}
	succeeded, throttled := 0.0, 0.0
	switch {
	case x.Err == nil:
		succeeded = 1
	case x.Err.Code == throttledCode:
		throttled = 1
	}
	s.Meter.Count(at.Scope, namespace, kind+"Successes", meter.Count, succeeded, "UserPool", at.Pool, "UserPoolClient", client)
	s.Meter.Count(at.Scope, namespace, kind+"Throttles", meter.Count, throttled, "UserPool", at.Pool, "UserPoolClient", client)
}

const throttledCode = "TooManyRequestsException"

// attempt says what a request tried and through which client. A challenge that
// was posed is no outcome yet.
func attempt(x *service.Exchange) (kind, client string) {
	if out, ok := x.Out.(*AuthOutput); ok && out.AuthenticationResult == nil {
		return "", ""
	}
	flow := func(name string) string {
		if refreshFlow(name) {
			return "TokenRefresh"
		}
		return "SignIn"
	}
	switch in := x.In.(type) {
	case *SignUpInput:
		return "SignUp", in.ClientId
	case *InitiateAuthInput:
		return flow(in.AuthFlow), in.ClientId
	case *AdminInitiateAuthInput:
		return flow(in.AuthFlow), in.ClientId
	case *RespondToAuthChallengeInput:
		return "SignIn", in.ClientId
	case *AdminRespondToAuthChallengeInput:
		return "SignIn", in.ClientId
	case *GetTokensFromRefreshTokenInput:
		return "TokenRefresh", in.ClientId
	}
	return "", ""
}

// months is how the month of a user's last activity is kept.
const months = "2006-01"

// active charges for a user the first time in a month that something is done
// with it: it is active users that a pool is paid by.
func (s *Service) active(c *aws.Call, p *pool, u *user) error {
	month := c.Time.UTC().Format(months)
	if u.Active == month {
		return nil
	}
	first := false
	err := s.DB.Update(func(tx *store.Tx) error {
		now, ok := s.users.Get(tx, p.scope, p.ID, p.fold(u.Username))
		if first = ok && now.Sub == u.Sub && now.Active != month; first {
			now.Active = month
			s.users.Put(tx, p.scope, now, p.ID, p.fold(u.Username))
		}
		return nil
	})
	if err == nil && first {
		s.Meter.Charge(p.scope, activeUsers(p.Settings.UserPoolTier), 1)
	}
	return err
}

// activeUsers is what a pool of a tier is paid by.
func activeUsers(tier string) meter.Item {
	return meter.Item{Product: "AmazonCognito", Unit: "MonthlyActiveUsers-" + tier}
}
