package cognitoidentity

import (
	"context"
	"maps"
	"regexp"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// pinTag is the tag of a new pool whose value becomes the pool's id.
const pinTag = "niebla:id"

// pool is an identity pool as stored.
type pool struct {
	ID       string
	Settings PoolSettings
	Roles    map[string]string // "authenticated", "unauthenticated"
	Mappings map[string]RoleMapping
	TagMaps  map[string]tagMap // by provider

	scope aws.Scope // where it was found
}

func (p *pool) arn() aws.ARN { return poolARN(p.scope, p.ID) }

func (p *pool) guests() bool  { return isTrue(p.Settings.AllowUnauthenticatedIdentities) }
func (p *pool) classic() bool { return isTrue(p.Settings.AllowClassicFlow) }

func isTrue(b *bool) bool { return b != nil && *b }

// describe shows what was set, and leaves out what was not: the store does not
// tell an empty list from none. Tags are always shown.
func (p *pool) describe() *IdentityPool {
	d := &IdentityPool{IdentityPoolId: p.ID, PoolSettings: p.Settings}
	d.CognitoIdentityProviders = unlessEmpty(d.CognitoIdentityProviders)
	d.OpenIdConnectProviderARNs = unlessEmpty(d.OpenIdConnectProviderARNs)
	d.SamlProviderARNs = unlessEmpty(d.SamlProviderARNs)
	if len(d.SupportedLoginProviders) == 0 {
		d.SupportedLoginProviders = nil
	}
	if d.IdentityPoolTags == nil {
		d.IdentityPoolTags = map[string]string{}
	}
	return d
}

func unlessEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func poolARN(s aws.Scope, id string) aws.ARN {
	return aws.MakeARN("cognito-identity", s, "identitypool/"+id)
}

// where says which tenant an id belongs to: unsigned calls name no account.
type where struct {
	Scope aws.Scope
	Pool  string
}

// find returns the pool with that id, in whichever account and region.
func (s *Service) find(tx *store.Tx, id string) (pool, error) {
	at, ok := s.owners.Get(tx, aws.Scope{}, id)
	if !ok || at.Pool != id {
		return pool{}, errPoolNotFound(id)
	}
	return s.get(tx, at.Scope, id)
}

// get returns the pool with that id in one account and region.
func (s *Service) get(tx *store.Tx, at aws.Scope, id string) (pool, error) {
	p, ok := s.pools.Get(tx, at, id)
	if !ok {
		return pool{}, errPoolNotFound(id)
	}
	p.scope = at
	return p, nil
}

func (s *Service) put(tx *store.Tx, p pool) { s.pools.Put(tx, p.scope, p, p.ID) }

// change applies f to one of the caller's pools, and stores it.
func (s *Service) change(c *aws.Call, id string, f func(*pool) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, id)
		if err != nil {
			return err
		}
		if err := f(&p); err != nil {
			return err
		}
		s.put(tx, p)
		return nil
	})
}

// read returns one of the caller's pools.
func (s *Service) read(c *aws.Call, id string) (p pool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p, err = s.get(tx, c.Scope, id)
		return err
	})
	return p, err
}

func (s *Service) createIdentityPool(_ context.Context, c *aws.Call, in *CreateIdentityPoolInput) (*IdentityPool, error) {
	id, err := s.poolID(c, in.IdentityPoolTags)
	if err != nil {
		return nil, err
	}
	p := pool{ID: id, Settings: in.PoolSettings, scope: c.Scope}
	if p.Settings.AllowClassicFlow == nil {
		p.Settings.AllowClassicFlow = new(bool)
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.owners.Get(tx, aws.Scope{}, id); taken {
			return errConflict("An identity pool with the id '%s' exists.", id)
		}
		s.put(tx, p)
		s.owners.Put(tx, aws.Scope{}, where{Scope: c.Scope, Pool: id}, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.describe(), nil
}

var poolIDPattern = regexp.MustCompile(`^[\w-]{1,18}:[0-9a-f-]{1,36}$`)

// poolID is the pinned id that the tags ask for, or a new one.
func (s *Service) poolID(c *aws.Call, tags map[string]string) (string, error) {
	id, pinned := tags[pinTag]
	if !pinned {
		return string(c.Region) + ":" + s.IDs.UUID(), nil
	}
	if !poolIDPattern.MatchString(id) || !strings.HasPrefix(id, string(c.Region)+":") {
		return "", errInvalidParameter("The tag %s must be an identity pool id of the region %s, such as %[2]s:00000000-0000-4000-8000-000000000000.", pinTag, c.Region)
	}
	return id, nil
}

func (s *Service) describeIdentityPool(_ context.Context, c *aws.Call, in *DescribeIdentityPoolInput) (*IdentityPool, error) {
	p, err := s.read(c, in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	return p.describe(), nil
}

// updateIdentityPool replaces the settings. Tags that are not given stay.
func (s *Service) updateIdentityPool(_ context.Context, c *aws.Call, in *IdentityPool) (*IdentityPool, error) {
	var out *IdentityPool
	err := s.change(c, in.IdentityPoolId, func(p *pool) error {
		tags := p.Settings.IdentityPoolTags
		p.Settings = in.PoolSettings
		if p.Settings.IdentityPoolTags == nil {
			p.Settings.IdentityPoolTags = tags
		}
		if p.Settings.AllowClassicFlow == nil {
			p.Settings.AllowClassicFlow = new(bool)
		}
		out = p.describe()
		return nil
	})
	return out, err
}

// deleteIdentityPool removes the pool, its identities and their logins.
func (s *Service) deleteIdentityPool(_ context.Context, c *aws.Call, in *DeleteIdentityPoolInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.IdentityPoolId)
		if err != nil {
			return err
		}
		for _, i := range s.identities.All(tx, p.scope, p.ID) {
			s.owners.Delete(tx, aws.Scope{}, i.ID)
		}
		s.identities.DeleteAll(tx, p.scope, p.ID)
		s.logins.DeleteAll(tx, p.scope, p.ID)
		s.owners.Delete(tx, aws.Scope{}, p.ID)
		s.pools.Delete(tx, p.scope, p.ID)
		return nil
	})
}

func (s *Service) listIdentityPools(_ context.Context, c *aws.Call, in *ListIdentityPoolsInput) (*ListIdentityPoolsOutput, error) {
	after, err := pageStart(in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListIdentityPoolsOutput{IdentityPools: []IdentityPoolShortDescription{}}
	err = s.DB.View(func(tx *store.Tx) error {
		for id, p := range s.pools.After(tx, c.Scope, after) {
			if len(out.IdentityPools) == in.MaxResults {
				out.NextToken = pageToken(out.IdentityPools[len(out.IdentityPools)-1].IdentityPoolId)
				break
			}
			out.IdentityPools = append(out.IdentityPools, IdentityPoolShortDescription{IdentityPoolId: id[0], IdentityPoolName: p.Settings.IdentityPoolName})
		}
		return nil
	})
	return out, err
}

// taggedPool is the caller's pool that an ARN names.
func taggedPool(c *aws.Call, arn string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	id, isPool := strings.CutPrefix(p.Resource, "identitypool/")
	if !ok || !isPool || p.Service != "cognito-identity" || p.Scope != c.Scope {
		return "", errResourceNotFound(arn)
	}
	return id, nil
}

// retag applies f to the tags of the pool that an ARN names.
func (s *Service) retag(c *aws.Call, arn string, f func(tags map[string]string)) (*service.Empty, error) {
	id, err := taggedPool(c, arn)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.change(c, id, func(p *pool) error {
		if p.Settings.IdentityPoolTags == nil {
			p.Settings.IdentityPoolTags = map[string]string{}
		}
		f(p.Settings.IdentityPoolTags)
		return nil
	})
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.ResourceArn, func(tags map[string]string) { maps.Copy(tags, in.Tags) })
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.ResourceArn, func(tags map[string]string) {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
	})
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	id, err := taggedPool(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	p, err := s.read(c, id)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceOutput{Tags: p.Settings.IdentityPoolTags}, nil
}
