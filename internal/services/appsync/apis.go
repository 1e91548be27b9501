package appsync

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// pinTag is the tag of a new API whose value becomes the API's id.
const pinTag = "niebla:id"

// The ways to let a caller in, as APIs name them.
const (
	byKey      = "API_KEY"
	byIAM      = "AWS_IAM"
	byUserPool = "AMAZON_COGNITO_USER_POOLS"
	byOIDC     = "OPENID_CONNECT"
	byLambda   = "AWS_LAMBDA"
)

// apiRecord is an API as stored.
type apiRecord struct {
	ID          string
	Settings    APISettings
	Tags        map[string]string
	Environment map[string]string
	Schema      string // the last that was good
	Status      string // of the last schema that was given, or ""
	Details     string

	scope aws.Scope // where it was found
}

// get returns the API with that id in one account and region.
func (s *Service) get(tx *store.Tx, at aws.Scope, id string) (apiRecord, error) {
	a, ok := s.apis.Get(tx, at, id)
	if !ok {
		return apiRecord{}, errAPINotFound(id)
	}
	a.scope = at
	return a, nil
}

// read returns one of the caller's APIs.
func (s *Service) read(c *aws.Call, id string) (a apiRecord, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		a, err = s.get(tx, c.Scope, id)
		return err
	})
	return a, err
}

// within runs f on one of the caller's APIs, in a transaction whose commit
// makes the API's compiled form anew.
func (s *Service) within(c *aws.Call, id string, f func(*store.Tx, *apiRecord) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		a, err := s.get(tx, c.Scope, id)
		if err != nil {
			return err
		}
		tx.OnCommit(func() { s.live.forget(id) })
		return f(tx, &a)
	})
}

// change applies f to one of the caller's APIs, and stores it.
func (s *Service) change(c *aws.Call, id string, f func(*apiRecord) error) error {
	return s.within(c, id, func(tx *store.Tx, a *apiRecord) error {
		if err := f(a); err != nil {
			return err
		}
		s.apis.Put(tx, a.scope, *a, a.ID)
		return nil
	})
}

func (s *Service) createGraphqlAPI(_ context.Context, c *aws.Call, in *CreateGraphqlApiInput) (*GraphqlApiOutput, error) {
	switch {
	case in.ApiType == "MERGED":
		return nil, errAbsent("merged APIs")
	case in.Visibility == "PRIVATE":
		return nil, errAbsent("private APIs")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	a := apiRecord{ID: s.IDs.Lower(26), Settings: in.APISettings, Tags: in.Tags, scope: c.Scope}
	if id, pinned := in.Tags[pinTag]; pinned {
		if !idPattern.MatchString(id) {
			return nil, errBadRequest("The tag %s must be the id of an API: 26 characters of a-z and 0-9.", pinTag)
		}
		a.ID = id
	}
	if err := a.Settings.settle(); err != nil {
		return nil, err
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.owners.Get(tx, aws.Scope{}, a.ID); taken {
			return errBadRequest("A GraphQL API with the id %s exists.", a.ID)
		}
		s.apis.Put(tx, a.scope, a, a.ID)
		s.owners.Put(tx, aws.Scope{}, a.scope, a.ID)
		tx.OnCommit(func() { s.live.forget(a.ID) })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &GraphqlApiOutput{GraphqlApi: a.describe(c)}, nil
}

var (
	idPattern  = regexp.MustCompile(`^[a-z0-9]{26}$`)
	tagPattern = regexp.MustCompile(`^[ a-zA-Z+\-=._:/]+$`)
)

func checkTags(tags map[string]string) error {
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if strings.HasPrefix(k, "aws:") || !tagPattern.MatchString(k) {
			return errBadRequest("The tag key %s is not valid.", k)
		}
	}
	return nil
}

// settle checks settings, and fills in what was left out.
func (a *APISettings) settle() error {
	if a.XrayEnabled == nil {
		a.XrayEnabled = new(bool)
	}
	if *a.XrayEnabled {
		return errAbsent("traces to X-Ray")
	}
	if a.IntrospectionConfig == "" {
		a.IntrospectionConfig = "ENABLED"
	}
	if a.QueryDepthLimit == nil {
		a.QueryDepthLimit = new(int32)
	}
	if a.ResolverCountLimit == nil {
		a.ResolverCountLimit = new(int32)
	}
	seen := map[string]bool{}
	if err := a.checkMode(a.AuthenticationType, a.UserPoolConfig != nil, a.LambdaAuthorizerConfig); err != nil {
		return err
	}
	seen[a.AuthenticationType] = true
	for _, p := range a.AdditionalAuthenticationProviders {
		if seen[p.AuthenticationType] && p.AuthenticationType != byUserPool {
			return errBadRequest("Multiple authentication providers of type %s are not allowed.", p.AuthenticationType)
		}
		seen[p.AuthenticationType] = true
		if err := a.checkMode(p.AuthenticationType, p.UserPoolConfig != nil, p.LambdaAuthorizerConfig); err != nil {
			return err
		}
	}
	for _, p := range a.pools() {
		if _, err := regexp.Compile(p.AppIdClientRegex); err != nil {
			return errBadRequest("The appIdClientRegex is no valid regular expression.")
		}
	}
	return nil
}

func (a *APISettings) checkMode(mode string, pool bool, lambda *LambdaAuthorizerConfig) error {
	switch {
	case mode == byUserPool && !pool:
		return errBadRequest("User pool configuration is required for AMAZON_COGNITO_USER_POOLS authentication.")
	case mode == byLambda && lambda == nil:
		return errBadRequest("Lambda authorizer configuration is required for AWS_LAMBDA authentication.")
	case mode == byLambda:
		if _, err := regexp.Compile(lambda.IdentityValidationExpression); err != nil {
			return errBadRequest("The identityValidationExpression is no valid regular expression.")
		}
	case mode == byOIDC:
		return errAbsent("authentication by OPENID_CONNECT")
	}
	return nil
}

// pools are the user pools whose tokens the API takes.
func (a *APISettings) pools() []UserPoolConfig {
	var list []UserPoolConfig
	if a.AuthenticationType == byUserPool && a.UserPoolConfig != nil {
		list = append(list, *a.UserPoolConfig)
	}
	for _, p := range a.AdditionalAuthenticationProviders {
		if u := p.UserPoolConfig; p.AuthenticationType == byUserPool && u != nil {
			list = append(list, UserPoolConfig{AppIdClientRegex: u.AppIdClientRegex, AwsRegion: u.AwsRegion, UserPoolId: u.UserPoolId, DefaultAction: "ALLOW"})
		}
	}
	return list
}

// describe shows an API under the names by which its caller can reach it.
func (a *apiRecord) describe(c *aws.Call) *GraphqlApi {
	web := "ws" + strings.TrimPrefix(c.Origin(), "http")
	d := &GraphqlApi{
		APISettings: a.Settings,
		ApiId:       a.ID,
		ApiType:     "GRAPHQL",
		Arn:         string(apiARN(a.scope, a.ID)),
		Owner:       string(a.scope.Account),
		Tags:        a.Tags,
		Visibility:  "GLOBAL",
		Uris: map[string]string{
			"GRAPHQL":  c.Origin() + graphqlPath + a.ID,
			"REALTIME": web + graphqlPath + a.ID + realtimePath,
		},
		Dns: map[string]string{
			"GRAPHQL":  a.ID + ".appsync-api." + string(a.scope.Region) + ".amazonaws.com",
			"REALTIME": a.ID + ".appsync-realtime-api." + string(a.scope.Region) + ".amazonaws.com",
		},
	}
	if len(d.AdditionalAuthenticationProviders) == 0 {
		d.AdditionalAuthenticationProviders = nil
	}
	if d.Tags == nil {
		d.Tags = map[string]string{}
	}
	return d
}

func (s *Service) getGraphqlAPI(_ context.Context, c *aws.Call, in *GetGraphqlApiInput) (*GraphqlApiOutput, error) {
	a, err := s.read(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	return &GraphqlApiOutput{GraphqlApi: a.describe(c)}, nil
}

// updateGraphqlAPI replaces the settings.
func (s *Service) updateGraphqlAPI(_ context.Context, c *aws.Call, in *UpdateGraphqlApiInput) (*GraphqlApiOutput, error) {
	out := &GraphqlApiOutput{}
	if err := in.settle(); err != nil {
		return nil, err
	}
	return out, s.change(c, in.ApiId, func(a *apiRecord) error {
		a.Settings = in.APISettings
		out.GraphqlApi = a.describe(c)
		return nil
	})
}

// deleteGraphqlAPI removes the API and all that belongs to it.
func (s *Service) deleteGraphqlAPI(_ context.Context, c *aws.Call, in *DeleteGraphqlApiInput) (*service.Empty, error) {
	return &service.Empty{}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		s.apis.Delete(tx, a.scope, a.ID)
		s.owners.Delete(tx, aws.Scope{}, a.ID)
		s.keys.DeleteAll(tx, a.scope, a.ID)
		s.sources.DeleteAll(tx, a.scope, a.ID)
		s.functions.DeleteAll(tx, a.scope, a.ID)
		s.resolvers.DeleteAll(tx, a.scope, a.ID)
		return nil
	})
}

func (s *Service) listGraphqlAPIs(_ context.Context, c *aws.Call, in *ListGraphqlApisInput) (*ListGraphqlApisOutput, error) {
	out := &ListGraphqlApisOutput{GraphqlApis: []GraphqlApi{}}
	if in.ApiType == "MERGED" {
		return out, nil
	}
	return out, s.DB.View(func(tx *store.Tx) (err error) {
		list, next, err := page(tx, s.apis, c.Scope, in.Paged, nil, nil)
		for _, a := range list {
			a.scope = c.Scope
			out.GraphqlApis = append(out.GraphqlApis, *a.describe(c))
		}
		out.NextToken = next
		return err
	})
}

// tagged is the caller's API that an ARN names.
func tagged(c *aws.Call, arn string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	id, isAPI := strings.CutPrefix(p.Resource, "apis/")
	if !ok || !isAPI || p.Service != "appsync" || p.Scope != c.Scope {
		return "", errNotFound("Resource %s not found.", arn)
	}
	return id, nil
}

// retag applies f to the tags of the API that an ARN names.
func (s *Service) retag(c *aws.Call, arn string, f func(tags map[string]string) error) (*service.Empty, error) {
	id, err := tagged(c, arn)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.change(c, id, func(a *apiRecord) error {
		if a.Tags == nil {
			a.Tags = map[string]string{}
		}
		return f(a.Tags)
	})
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.ResourceArn, func(tags map[string]string) error {
		maps.Copy(tags, in.Tags)
		return checkTags(in.Tags)
	})
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*service.Empty, error) {
	return s.retag(c, in.ResourceArn, func(tags map[string]string) error {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
		return nil
	})
}

func (s *Service) listTagsForResource(_ context.Context, c *aws.Call, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	id, err := tagged(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	a, err := s.read(c, id)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceOutput{Tags: a.describe(c).Tags}, nil
}

func (s *Service) getEnvironment(_ context.Context, c *aws.Call, in *GetGraphqlApiEnvironmentVariablesInput) (*EnvironmentVariablesOutput, error) {
	a, err := s.read(c, in.ApiId)
	if err != nil {
		return nil, err
	}
	return environment(a.Environment), nil
}

func environment(vars map[string]string) *EnvironmentVariablesOutput {
	if vars == nil {
		vars = map[string]string{}
	}
	return &EnvironmentVariablesOutput{EnvironmentVariables: vars}
}

func (s *Service) putEnvironment(_ context.Context, c *aws.Call, in *PutGraphqlApiEnvironmentVariablesInput) (*EnvironmentVariablesOutput, error) {
	return environment(in.EnvironmentVariables), s.change(c, in.ApiId, func(a *apiRecord) error {
		a.Environment = in.EnvironmentVariables
		return nil
	})
}
