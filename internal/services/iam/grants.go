package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// grants is what an identity may do by its own policies, compiled.
type grants struct {
	gone     bool // there is no such identity any more
	identity []policy.Attached
	boundary *policy.Attached
	tags     []Tag
}

// holder is whose grants they are. The id tells a role from a later one of the
// same name.
type holder struct {
	arn aws.ARN
	id  string
}

// credential is an access key that may be used, and whose it is.
type credential struct {
	principal aws.Principal
	secret    string
}

// maxCached bounds each map of the cache; beyond it the map starts over.
const maxCached = 4096

// grantCache holds what was compiled and looked up at one version of the
// state. The zero value is ready.
type grantCache struct {
	mu          sync.RWMutex
	version     string
	holders     map[holder]*grants
	credentials map[string]*credential
	sessions    map[string]*policy.Policy // by document: never out of date
}

// fresh reports whether the cache is of the current version, and locks it for
// reading if so.
func (s *Service) fresh() (ok bool, err error) {
	err = s.DB.Read(versionKey, func(v []byte, _ bool) error {
		s.grants.mu.RLock()
		if ok = s.grants.version == string(v); !ok {
			s.grants.mu.RUnlock()
		}
		return nil
	})
	return ok, err
}

// keep has f store in the cache what was read at a version.
func (g *grantCache) keep(version string, f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.version != version || g.holders == nil || len(g.holders) >= maxCached || len(g.credentials) >= maxCached {
		g.version, g.holders, g.credentials = version, make(map[holder]*grants), make(map[string]*credential)
	}
	f()
}

// grantsOf returns the policies that bind an identity.
func (s *Service) grantsOf(p *aws.Principal) (*grants, error) {
	h := holder{p.ARN, p.ID}
	if p.Kind == aws.AssumedRole {
		id, _, _ := strings.Cut(p.ID, ":")
		h = holder{p.Role, id}
	}
	ok, err := s.fresh()
	if err != nil {
		return nil, err
	}
	if ok {
		g := s.grants.holders[h]
		s.grants.mu.RUnlock()
		if g != nil {
			return g, nil
		}
	}
	var g *grants
	var version string
	err = s.DB.View(func(tx *store.Tx) (err error) {
		version = stateVersion(tx)
		g, err = s.compile(tx, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.grants.keep(version, func() { s.grants.holders[h] = g })
	return g, nil
}

func stateVersion(tx *store.Tx) string {
	v, _ := tx.Get(versionKey)
	return string(v)
}

// compile gathers the policies of a user or role. One that is gone has none.
func (s *Service) compile(tx *store.Tx, h holder) (*grants, error) {
	parts, _ := h.arn.Parse()
	r, _, _ := splitARN(parts.Resource)
	e, ok := s.lookup(tx, parts.Scope, r)
	if !ok || e.ID != h.id {
		return &grants{gone: true}, nil
	}
	g := &grants{tags: e.Tags}
	if err := s.gather(tx, parts.Scope, e, g); err != nil {
		return nil, err
	}
	for _, name := range e.Groups {
		if m, ok := s.lookup(tx, parts.Scope, ref{group, name}); ok {
			if err := s.gather(tx, parts.Scope, m, g); err != nil {
				return nil, err
			}
		}
	}
	if e.Boundary != "" {
		p, err := s.compileManaged(tx, parts.Scope, e.Boundary)
		if err != nil {
			return nil, err
		}
		g.boundary = &policy.Attached{Name: e.Boundary, Policy: p}
	}
	return g, nil
}

// gather compiles the inline and the managed policies of one entity.
func (s *Service) gather(tx *store.Tx, a aws.Scope, e *entity, g *grants) error {
	for _, name := range slices.Sorted(maps.Keys(e.Inline)) {
		p, err := policy.Parse(e.Inline[name], policy.Identity)
		if err != nil {
			return fmt.Errorf("iam: stored policy %s of %s %s: %w", name, e.Kind, e.Name, err)
		}
		g.identity = append(g.identity, policy.Attached{Name: fmt.Sprintf("inline policy %s of %s %s", name, e.Kind, e.Name), Policy: p})
	}
	for _, arn := range e.Attached {
		p, err := s.compileManaged(tx, a, arn)
		if err != nil {
			return err
		}
		g.identity = append(g.identity, policy.Attached{Name: arn, Policy: p})
	}
	return nil
}

func (s *Service) compileManaged(tx *store.Tx, a aws.Scope, arn string) (*policy.Policy, error) {
	m, err := s.managedPolicy(tx, a, arn)
	if err != nil {
		return nil, fmt.Errorf("iam: attached policy: %w", err)
	}
	p, err := policy.Parse(m.document(), policy.Identity)
	if err != nil {
		return nil, fmt.Errorf("iam: stored policy %s: %w", arn, err)
	}
	return p, nil
}

// sessionPolicies compiles the policies that a session was given.
func (s *Service) sessionPolicies(p *aws.Principal) ([]policy.Attached, error) {
	if len(p.SessionPolicies) == 0 {
		return nil, nil
	}
	all := make([]policy.Attached, len(p.SessionPolicies))
	for i, document := range p.SessionPolicies {
		s.grants.mu.RLock()
		compiled := s.grants.sessions[document]
		s.grants.mu.RUnlock()
		if compiled == nil {
			var err error
			if compiled, err = policy.Parse(document, policy.Identity); err != nil {
				return nil, fmt.Errorf("iam: session policy: %w", err)
			}
			s.grants.mu.Lock()
			if s.grants.sessions == nil || len(s.grants.sessions) >= maxCached {
				s.grants.sessions = make(map[string]*policy.Policy)
			}
			s.grants.sessions[document] = compiled
			s.grants.mu.Unlock()
		}
		all[i] = policy.Attached{Name: "session policy", Policy: compiled}
	}
	return all, nil
}

// Credential returns whom a long-term access key belongs to, and its secret.
// ok is false when there is no such key or it is inactive. The principal is
// shared: it must not be changed.
func (s *Service) Credential(accessKey string) (p *aws.Principal, secret string, ok bool, err error) {
	fresh, err := s.fresh()
	if err != nil {
		return nil, "", false, err
	}
	var k *credential
	if fresh {
		k = s.grants.credentials[accessKey]
		s.grants.mu.RUnlock()
	}
	if k == nil {
		var version string
		err = s.DB.View(func(tx *store.Tx) error {
			version = stateVersion(tx)
			k = s.credential(tx, accessKey)
			return nil
		})
		if err != nil || k == nil {
			return nil, "", false, err
		}
		s.grants.keep(version, func() { s.grants.credentials[accessKey] = k })
	}
	return &k.principal, k.secret, true, nil
}

func (s *Service) credential(tx *store.Tx, id string) *credential {
	k, ok := s.keys.Get(tx, aws.Scope{}, id)
	if !ok || k.Status != active {
		return nil
	}
	e, ok := s.lookup(tx, aws.Scope{Account: k.Account}, ref{user, k.User})
	if !ok {
		return nil
	}
	return &credential{aws.Principal{
		Kind: aws.User, Account: k.Account, ARN: e.arn(k.Account), ID: e.ID, Name: e.Name, AccessKey: k.ID,
	}, k.Secret}
}

// Owner returns the account that a long-term access key belongs to, active or not.
func (s *Service) Owner(id string) (account aws.AccountID, ok bool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		var k accessKey
		k, ok = s.keys.Get(tx, aws.Scope{}, id)
		account = k.Account
		return nil
	})
	return account, ok, err
}

// Role returns what assuming a role takes to know of it; ok is false when
// there is no such role.
func (s *Service) Role(arn aws.ARN) (r aws.Role, ok bool, err error) {
	parts, valid := arn.Parse()
	name, path, isRef := splitARN(parts.Resource)
	if !valid || !isRef || name.kind != role {
		return aws.Role{}, false, nil
	}
	err = s.DB.View(func(tx *store.Tx) error {
		e, found := s.lookup(tx, parts.Scope, name)
		if ok = found && e.Path == path && e.arn(parts.Account) == arn; ok {
			r = aws.Role{ARN: e.arn(parts.Account), ID: e.ID, Trust: e.Trust, MaxSession: time.Duration(e.MaxSession) * time.Second}
		}
		return nil
	})
	return r, ok, err
}

// Document returns the document in force of a managed policy that an account
// can use.
func (s *Service) Document(account aws.AccountID, arn aws.ARN) (document string, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, aws.Scope{Account: account}, string(arn))
		if err == nil {
			document = m.document()
		}
		return err
	})
	return document, err
}
