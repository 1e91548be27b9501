package appsync

import (
	"context"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// sessions are the sessions of roles that data sources use, kept while they
// last: assuming a role anew for each request would cost more than the request.
type sessions struct {
	mu    sync.RWMutex
	known map[sessionKey]*aws.Principal
}

type sessionKey struct {
	api  string
	role aws.ARN
}

// sessionMargin is how long before its end a session is not used any more.
const sessionMargin = 5 * time.Minute

// actAs returns the call that we make for a request of ours as a role.
func (s *Service) actAs(ctx context.Context, c *aws.Call, a *api, role aws.ARN, region aws.Region) (*aws.Call, error) {
	key := sessionKey{a.id, role}
	s.sessions.mu.RLock()
	p := s.sessions.known[key]
	s.sessions.mu.RUnlock()
	if p == nil || !c.Time.Before(p.Expires.Add(-sessionMargin)) {
		var err error
		if p, _, err = s.Roles.Assume(ctx, c, role, "APPSYNC_ASSUME_ROLE", servicePrincipal); err != nil {
			return nil, err
		}
		s.sessions.mu.Lock()
		if s.sessions.known == nil || len(s.sessions.known) > 1000 {
			s.sessions.known = map[sessionKey]*aws.Principal{}
		}
		s.sessions.known[key] = p
		s.sessions.mu.Unlock()
	}
	return &aws.Call{
		Scope:     aws.Scope{Account: p.Account, Region: region},
		RequestID: s.IDs.UUID(), Time: c.Time, Principal: p,
		SourceIP: servicePrincipal, UserAgent: servicePrincipal, Host: c.Host, TLS: c.TLS,
	}, nil
}
