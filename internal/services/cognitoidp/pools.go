package cognitoidp

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	// pinTag is the tag of a new pool whose value becomes the pool's id.
	pinTag = "niebla:id"
	// clientPinTag and a client's name make the tag whose value becomes the client's id.
	clientPinTag = "niebla:client-id:"
)

// pool is a user pool as stored.
type pool struct {
	ID                string
	Name              string
	Created, Modified time.Time
	Settings          PoolSettings
	AliasKinds        []string                   // attributes that are further names once verified
	NameKinds         []string                   // attributes that users sign up with
	Usernames         *UsernameConfigurationType // as given
	Schema            []SchemaAttributeType
	Secret            []byte // makes up what users who do not exist would have

	scope aws.Scope // where it was found
}

func (p *pool) arn() aws.ARN { return poolARN(p.scope, p.ID) }

// name is the part of the id that passwords are bound to.
func (p *pool) name() string {
	_, name, _ := strings.Cut(p.ID, "_")
	return name
}

// fold is the form of a username or alias in which it is looked for.
func (p *pool) fold(name string) string {
	if p.Usernames != nil && p.Usernames.CaseSensitive {
		return name
	}
	return strings.ToLower(name)
}

func poolARN(s aws.Scope, id string) aws.ARN { return aws.MakeARN("cognito-idp", s, "userpool/"+id) }

// get returns a pool of an account and region.
func (s *Service) get(tx *store.Tx, at aws.Scope, id string) (pool, error) {
	p, ok := s.pools.Get(tx, at, id)
	if !ok {
		return pool{}, errPoolNotFound(id)
	}
	p.scope = at
	return p, nil
}

// find returns a pool in whichever account and region: calls of users name neither.
func (s *Service) find(tx *store.Tx, id string) (pool, error) {
	at, ok := s.owners.Get(tx, aws.Scope{}, id)
	if !ok {
		return pool{}, errPoolNotFound(id)
	}
	return s.get(tx, at, id)
}

// read returns one of the caller's pools.
func (s *Service) read(c *aws.Call, id string) (p pool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p, err = s.get(tx, c.Scope, id)
		return err
	})
	return p, err
}

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
		p.Modified = c.Time
		s.pools.Put(tx, p.scope, p, p.ID)
		return nil
	})
}

func (s *Service) createUserPool(ctx context.Context, c *aws.Call, in *CreateUserPoolInput) (*CreateUserPoolOutput, error) {
	if len(in.AliasAttributes) > 0 && len(in.UsernameAttributes) > 0 {
		return nil, errInvalid("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
	}
	id, err := s.poolID(c, in.UserPoolTags)
	if err != nil {
		return nil, err
	}
	schema, err := newSchema(in.Schema)
	if err != nil {
		return nil, err
	}
	p := pool{
		ID: id, Name: in.PoolName, Created: c.Time, Modified: c.Time, Settings: in.PoolSettings, Schema: schema,
		AliasKinds: in.AliasAttributes, NameKinds: in.UsernameAttributes, Usernames: in.UsernameConfiguration,
		Secret: s.IDs.Bytes(32), scope: c.Scope,
	}
	if err := s.settle(ctx, c, &p); err != nil {
		return nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.owners.Get(tx, aws.Scope{}, id); taken {
			return errInvalid("A user pool with the id %s exists.", id)
		}
		s.owners.Put(tx, aws.Scope{}, c.Scope, id)
		s.pools.Put(tx, c.Scope, p, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateUserPoolOutput{UserPool: p.describe(0)}, nil
}

var poolIDPattern = regexp.MustCompile(`^[\w-]{1,45}_[0-9a-zA-Z]{1,9}$`)

// poolID is the pinned id that the tags ask for, or a new one.
func (s *Service) poolID(c *aws.Call, tags map[string]string) (string, error) {
	id, pinned := tags[pinTag]
	if !pinned {
		return string(c.Region) + "_" + s.IDs.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 9), nil
	}
	if !poolIDPattern.MatchString(id) || !strings.HasPrefix(id, string(c.Region)+"_") {
		return "", errInvalid("The tag %s must be a user pool id of the region %s, such as %[2]s_AbCdEfGhI.", pinTag, c.Region)
	}
	return id, nil
}

// describe shows what was set, and leaves out what was not: the store does not
// tell an empty list from none.
func (p *pool) describe(users int32) *UserPoolType {
	d := &UserPoolType{
		PoolSettings: p.Settings, AliasAttributes: unlessEmpty(p.AliasKinds), Arn: string(p.arn()), CreationDate: p.Created,
		EstimatedNumberOfUsers: users, Id: p.ID, LastModifiedDate: p.Modified, Name: p.Name, SchemaAttributes: p.Schema,
		UsernameAttributes: unlessEmpty(p.NameKinds), UsernameConfiguration: p.Usernames,
	}
	d.AutoVerifiedAttributes = unlessEmpty(d.AutoVerifiedAttributes)
	if d.LambdaConfig == nil {
		d.LambdaConfig = &LambdaConfigType{}
	}
	if d.UserPoolTags == nil {
		d.UserPoolTags = map[string]string{}
	}
	return d
}

func unlessEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func (s *Service) describeUserPool(_ context.Context, c *aws.Call, in *DescribeUserPoolInput) (*DescribeUserPoolOutput, error) {
	out := &DescribeUserPoolOutput{}
	err := s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		var n int32
		for range s.users.All(tx, p.scope, p.ID) {
			n++
		}
		out.UserPool = p.describe(n)
		return nil
	})
	return out, err
}

// updateUserPool replaces the settings: what is left out returns to its
// default, except the name and the tags.
func (s *Service) updateUserPool(ctx context.Context, c *aws.Call, in *UpdateUserPoolInput) (*service.Empty, error) {
	next, err := s.read(c, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	next.Settings = in.PoolSettings
	if err := s.settle(ctx, c, &next); err != nil { // may ask Lambda: not within the transaction
		return nil, err
	}
	return &service.Empty{}, s.change(c, in.UserPoolId, func(p *pool) error {
		if next.Settings.UserPoolTags == nil {
			next.Settings.UserPoolTags = p.Settings.UserPoolTags
		}
		p.Settings = next.Settings
		if in.PoolName != "" {
			p.Name = in.PoolName
		}
		return nil
	})
}

// deleteUserPool removes the pool and all that belongs to it.
func (s *Service) deleteUserPool(_ context.Context, c *aws.Call, in *DeleteUserPoolInput) (*service.Empty, error) {
	defer s.verified.forget()
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		if p.Settings.DeletionProtection == "ACTIVE" {
			return errInvalid("The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.")
		}
		for _, cl := range s.clients.All(tx, p.scope, p.ID) {
			s.clientsOf.Delete(tx, aws.Scope{}, cl.ID)
		}
		for _, pair := range s.keys.All(tx, p.scope, p.ID) {
			s.parsed.Delete(pair.ID)
		}
		for _, t := range []interface {
			DeleteAll(*store.Tx, aws.Scope, ...string)
		}{s.clients, s.users, s.aliases, s.groups, s.members, s.groupsOf, s.challenges, s.grants, s.keys} {
			t.DeleteAll(tx, p.scope, p.ID)
		}
		s.owners.Delete(tx, aws.Scope{}, p.ID)
		s.pools.Delete(tx, p.scope, p.ID)
		return nil
	})
}

func (s *Service) listUserPools(_ context.Context, c *aws.Call, in *ListUserPoolsInput) (*ListUserPoolsOutput, error) {
	from, err := newPage(in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListUserPoolsOutput{UserPools: []UserPoolDescriptionType{}}
	err = s.DB.View(func(tx *store.Tx) error {
		for _, p := range s.pools.After(tx, c.Scope, from.after) {
			if len(out.UserPools) == from.limit {
				out.NextToken = pageToken(out.UserPools[len(out.UserPools)-1].Id)
				break
			}
			lambda := p.Settings.LambdaConfig
			if lambda == nil {
				lambda = &LambdaConfigType{}
			}
			out.UserPools = append(out.UserPools, UserPoolDescriptionType{
				CreationDate: p.Created, Id: p.ID, LambdaConfig: lambda, LastModifiedDate: p.Modified, Name: p.Name,
			})
		}
		return nil
	})
	return out, err
}

func (s *Service) getUserPoolMfaConfig(_ context.Context, c *aws.Call, in *GetUserPoolMfaConfigInput) (*GetUserPoolMfaConfigOutput, error) {
	p, err := s.read(c, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return &GetUserPoolMfaConfigOutput{MfaConfiguration: p.Settings.MfaConfiguration}, nil
}

// taggedPool is the caller's pool that an ARN names.
func taggedPool(c *aws.Call, arn string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	id, isPool := strings.CutPrefix(p.Resource, "userpool/")
	if !ok || !isPool || p.Service != "cognito-idp" || p.Scope != c.Scope {
		return "", errNotFound("Resource %s does not exist.", arn)
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
		if p.Settings.UserPoolTags == nil {
			p.Settings.UserPoolTags = map[string]string{}
		}
		f(p.Settings.UserPoolTags)
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
	return &ListTagsForResourceOutput{Tags: p.describe(0).UserPoolTags}, nil
}
