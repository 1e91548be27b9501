package cognitoidentity

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// identity is one identity of a pool, as stored.
type identity struct {
	ID                string
	Created, Modified time.Time
	Logins            map[string]string // provider to subject; empty for a guest
}

func (i *identity) describe() IdentityDescription {
	return IdentityDescription{
		CreationDate: i.Created, IdentityId: i.ID, LastModifiedDate: i.Modified,
		Logins: slices.Sorted(maps.Keys(i.Logins)),
	}
}

// identify returns an identity and its pool, in whichever account and region.
func (s *Service) identify(tx *store.Tx, id string) (pool, identity, error) {
	at, ok := s.owners.Get(tx, aws.Scope{}, id)
	if !ok || at.Pool == id {
		return pool{}, identity{}, errIdentityNotFound(id)
	}
	p, err := s.get(tx, at.Scope, at.Pool)
	if err != nil {
		return pool{}, identity{}, err
	}
	i, ok := s.identities.Get(tx, at.Scope, p.ID, id)
	if !ok {
		return pool{}, identity{}, errIdentityNotFound(id)
	}
	return p, i, nil
}

// own is identify for signed calls, which see their own account and region.
func (s *Service) own(tx *store.Tx, c *aws.Call, id string) (pool, identity, error) {
	p, i, err := s.identify(tx, id)
	if err == nil && p.scope != c.Scope {
		err = errIdentityNotFound(id)
	}
	return p, i, err
}

func (s *Service) putIdentity(tx *store.Tx, p pool, i identity) {
	s.identities.Put(tx, p.scope, i, p.ID, i.ID)
	s.owners.Put(tx, aws.Scope{}, where{Scope: p.scope, Pool: p.ID}, i.ID)
	for provider, subject := range i.Logins {
		s.logins.Put(tx, p.scope, i.ID, p.ID, provider, subject)
	}
}

func (s *Service) deleteIdentity(tx *store.Tx, p pool, i identity) {
	for provider, subject := range i.Logins {
		s.logins.Delete(tx, p.scope, p.ID, provider, subject)
	}
	s.owners.Delete(tx, aws.Scope{}, i.ID)
	s.identities.Delete(tx, p.scope, p.ID, i.ID)
}

// getID gives every guest a new identity, and every login its own.
func (s *Service) getID(ctx context.Context, c *aws.Call, in *GetIdInput) (*GetIdOutput, error) {
	p, err := s.openPool(in.IdentityPoolId, aws.AccountID(in.AccountId))
	if err != nil {
		return nil, err
	}
	logins, err := s.verify(ctx, c, p, in.Logins)
	if err != nil {
		return nil, err
	}
	if len(logins) == 0 && !p.guests() {
		return nil, errNoGuests()
	}
	var out *GetIdOutput
	err = s.DB.Update(func(tx *store.Tx) error {
		i, err := s.identityOf(tx, c, p, logins)
		if err != nil {
			return err
		}
		s.putIdentity(tx, p, i)
		out = &GetIdOutput{IdentityId: i.ID}
		return nil
	})
	return out, err
}

// openPool finds the pool that an unsigned call names.
func (s *Service) openPool(id string, account aws.AccountID) (p pool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p, err = s.find(tx, id)
		return err
	})
	if err == nil && account != "" && account != p.scope.Account {
		err = errPoolNotFound(id)
	}
	return p, err
}

// identityOf is the identity that the logins are linked to, or a new one that
// they are now linked to.
func (s *Service) identityOf(tx *store.Tx, c *aws.Call, p pool, logins []Login) (identity, error) {
	i := identity{Created: c.Time, Modified: c.Time, Logins: map[string]string{}}
	for _, l := range logins {
		id, ok := s.logins.Get(tx, p.scope, p.ID, l.Provider, l.Subject)
		if !ok {
			continue
		}
		if i.ID != "" && i.ID != id {
			return identity{}, errConflict("Logins given are linked to different identities.")
		}
		i, _ = s.identities.Get(tx, p.scope, p.ID, id)
	}
	if i.ID == "" {
		i.ID = string(p.scope.Region) + ":" + s.IDs.UUID()
	}
	s.link(&i, c.Time, logins)
	return i, nil
}

// link notes the logins that an identity has signed in with.
func (s *Service) link(i *identity, now time.Time, logins []Login) {
	for _, l := range logins {
		if i.Logins[l.Provider] != l.Subject {
			if i.Logins == nil {
				i.Logins = map[string]string{}
			}
			i.Logins[l.Provider], i.Modified = l.Subject, now
		}
	}
}

func (s *Service) describeIdentity(_ context.Context, c *aws.Call, in *DescribeIdentityInput) (*IdentityDescription, error) {
	var out IdentityDescription
	err := s.DB.View(func(tx *store.Tx) error {
		_, i, err := s.own(tx, c, in.IdentityId)
		out = i.describe()
		return err
	})
	return &out, err
}

// onIdentity authorises against the pool of the identity.
func (s *Service) onIdentity(_ context.Context, c *aws.Call, in *DescribeIdentityInput) (list []service.Access, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p, _, err := s.own(tx, c, in.IdentityId)
		list = []service.Access{{Resource: p.arn()}}
		return err
	})
	return list, err
}

func (s *Service) listIdentities(_ context.Context, c *aws.Call, in *ListIdentitiesInput) (*ListIdentitiesOutput, error) {
	after, err := pageStart(in.NextToken, in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	out := &ListIdentitiesOutput{Identities: []IdentityDescription{}, IdentityPoolId: in.IdentityPoolId}
	err = s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.IdentityPoolId)
		if err != nil {
			return err
		}
		if in.HideDisabled && !p.guests() {
			return nil // with no logins, an identity of such a pool cannot be used
		}
		for _, i := range s.identities.After(tx, p.scope, after, p.ID) {
			if len(out.Identities) == in.MaxResults {
				out.NextToken = pageToken(out.Identities[len(out.Identities)-1].IdentityId)
				break
			}
			out.Identities = append(out.Identities, i.describe())
		}
		return nil
	})
	return out, err
}

// deleteIdentities removes the caller's identities; those of others, and those
// that do not exist, it reports as unprocessed.
func (s *Service) deleteIdentities(_ context.Context, c *aws.Call, in *DeleteIdentitiesInput) (*DeleteIdentitiesOutput, error) {
	out := &DeleteIdentitiesOutput{UnprocessedIdentityIds: []UnprocessedIdentityId{}}
	err := s.DB.Update(func(tx *store.Tx) error {
		for _, id := range in.IdentityIdsToDelete {
			p, i, err := s.own(tx, c, id)
			if err != nil {
				out.UnprocessedIdentityIds = append(out.UnprocessedIdentityIds, UnprocessedIdentityId{ErrorCode: "AccessDenied", IdentityId: id})
				continue
			}
			s.deleteIdentity(tx, p, i)
		}
		return nil
	})
	return out, err
}
