package iam

import (
	"context"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// splitARN reads "role/path/name".
func splitARN(resource string) (r ref, path string, ok bool) {
	k, rest, ok := strings.Cut(resource, "/")
	i := strings.LastIndexByte(rest, '/')
	return ref{kind(k), rest[i+1:]}, "/" + rest[:i+1], ok
}

// arnOf is the ARN of an entity, or what it would be if it existed.
func (s *Service) arnOf(c *aws.Call, r ref) (arn aws.ARN, e *entity, err error) {
	e = &entity{Kind: r.kind, Name: r.name, Path: "/"}
	err = s.DB.View(func(tx *store.Tx) error {
		if found, ok := s.lookup(tx, c.Scope, r); ok {
			e = found
		}
		return nil
	})
	return e.arn(c.Account), e, err
}

// onEntity authorises against the user, group or role that the input names,
// with its tags as condition keys.
func onEntity[In any, P named[In]](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.accessTo(c, P(in).ref(), nil)
	}
}

func (s *Service) accessTo(c *aws.Call, r ref, keys map[string][]string) ([]service.Access, error) {
	if r.name == "" { // the caller
		if c.Principal.Kind != aws.User {
			return []service.Access{{Resource: c.Principal.ARN}}, nil
		}
		r.name = c.Principal.Name
	}
	arn, e, err := s.arnOf(c, r)
	if err != nil {
		return nil, err
	}
	if keys == nil {
		keys = make(map[string][]string)
	}
	for _, t := range e.Tags {
		keys["aws:ResourceTag/"+t.Key] = []string{t.Value}
		keys["iam:ResourceTag/"+t.Key] = []string{t.Value}
	}
	return []service.Access{{Resource: arn, Keys: keys}}, nil
}

// requestTags are the condition keys of tags that a request sets.
func requestTags(ts []Tag) map[string][]string {
	keys := make(map[string][]string)
	for _, t := range ts {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

func onTag[In any, P interface {
	named[In]
	added() []Tag
}](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.accessTo(c, P(in).ref(), requestTags(P(in).added()))
	}
}

func onUntag[In any, P interface {
	named[In]
	removed() []string
}](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.accessTo(c, P(in).ref(), map[string][]string{"aws:TagKeys": P(in).removed()})
	}
}

func onAttachment[In any, P attachment[In]](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.accessTo(c, P(in).ref(), map[string][]string{"iam:PolicyARN": {P(in).arn()}})
	}
}

func onBoundary[In any, P interface {
	named[In]
	boundaryOf() string
}](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.accessTo(c, P(in).ref(), map[string][]string{"iam:PermissionsBoundary": {P(in).boundaryOf()}})
	}
}

// created is the access to something that does not exist yet.
func created(c *aws.Call, what, path, name, boundary string, ts []Tag) []service.Access {
	if path == "" {
		path = "/"
	}
	keys := requestTags(ts)
	if boundary != "" {
		keys["iam:PermissionsBoundary"] = []string{boundary}
	}
	return []service.Access{{Resource: aws.MakeARN("iam", c.Global(), what+path+name), Keys: keys}}
}

func (s *Service) onCreateUser(_ context.Context, c *aws.Call, in *CreateUserInput) ([]service.Access, error) {
	return created(c, "user", in.Path, in.UserName, in.PermissionsBoundary, in.Tags), nil
}

func (s *Service) onCreateGroup(_ context.Context, c *aws.Call, in *CreateGroupInput) ([]service.Access, error) {
	return created(c, "group", in.Path, in.GroupName, "", nil), nil
}

func (s *Service) onCreateRole(_ context.Context, c *aws.Call, in *CreateRoleInput) ([]service.Access, error) {
	return created(c, "role", in.Path, in.RoleName, in.PermissionsBoundary, in.Tags), nil
}

func (s *Service) onCreatePolicy(_ context.Context, c *aws.Call, in *CreatePolicyInput) ([]service.Access, error) {
	return created(c, "policy", in.Path, in.PolicyName, "", in.Tags), nil
}

// onPath authorises a listing against the path it lists: user/ or role/team/.
func onPath[In any](what string, prefix func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		p := prefix(in)
		if p == "" {
			p = "/"
		}
		return []service.Access{{Resource: aws.MakeARN("iam", c.Global(), what+p)}}, nil
	}
}

// onManaged authorises against the managed policy that the input names.
func onManaged[In any, P interface {
	*In
	arn() string
}](_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
	return []service.Access{{Resource: aws.ARN(P(in).arn())}}, nil
}

func onSimulated(_ context.Context, _ *aws.Call, in *SimulatePrincipalPolicyInput) ([]service.Access, error) {
	return []service.Access{{Resource: aws.ARN(in.PolicySourceArn)}}, nil
}
