package apigatewayv2

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// api is all that is stored of an HTTP API.
type api struct {
	ID           string
	Name         string
	Description  string
	Version      string
	CORS         *Cors
	Disabled     bool // it answers nobody: it was to be reached by a domain name of its own
	Created      time.Time
	Tags         map[string]string
	Routes       map[string]route
	Integrations map[string]integration
	Stages       map[string]stage
	Deployments  map[string]deployment
}

// pinTag is the tag that gives a new API its id.
const pinTag = "niebla:id"

func (s *Service) createAPI(_ context.Context, c *aws.Call, in *CreateApiInput) (*CreateApiOutput, error) {
	if in.ProtocolType != "HTTP" {
		return nil, errAbsent("WebSocket APIs")
	}
	if r := in.RouteSelectionExpression; r != "" && r != selection {
		return nil, errBadRequest("Invalid routeSelectionExpression specified. For HTTP protocol, the only allowed value is '%s'", selection)
	}
	if k := in.ApiKeySelectionExpression; k != "" && k != keySelection {
		return nil, errAbsent("API keys that are elsewhere than in the header x-api-key")
	}
	a := api{
		ID: s.IDs.Lower(10), Name: in.Name, CORS: in.CorsConfiguration, Created: c.Time.UTC().Truncate(time.Second), Tags: in.Tags,
		Routes: map[string]route{}, Integrations: map[string]integration{}, Stages: map[string]stage{}, Deployments: map[string]deployment{},
	}
	if id := in.Tags[pinTag]; id != "" {
		a.ID = id
	}
	set(&a.Description, in.Description)
	set(&a.Version, in.Version)
	if in.DisableExecuteApiEndpoint != nil {
		a.Disabled = *in.DisableExecuteApiEndpoint
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.owners.Get(tx, aws.Scope{}, a.ID); taken {
			return errConflict("An API with the id %s exists", a.ID)
		}
		s.owners.Put(tx, aws.Scope{}, c.Scope, a.ID)
		s.apis.Put(tx, c.Scope, a, a.ID)
		return nil
	})
	return &CreateApiOutput{Api: a.describe(c)}, err
}

// selection is how HTTP APIs find a route.
const selection = "$request.method $request.path"

// keySelection is where API keys would be; HTTP APIs have none.
const keySelection = "$request.header.x-api-key"

func set(p, v *string) {
	if v != nil {
		*p = *v
	}
}

func (a *api) describe(c *aws.Call) Api {
	return Api{
		ApiEndpoint: c.Origin() + endpointPath + a.ID, ApiId: a.ID, ApiKeySelectionExpression: keySelection, CorsConfiguration: a.CORS,
		CreatedDate: a.Created, Description: a.Description, DisableExecuteApiEndpoint: a.Disabled, IpAddressType: "ipv4", Name: a.Name, ProtocolType: "HTTP", RouteSelectionExpression: selection,
		Tags: orEmpty(a.Tags), Version: a.Version,
	}
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// read returns an API.
func (s *Service) read(c *aws.Call, id string) (a api, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		var ok bool
		if a, ok = s.apis.Get(tx, c.Scope, id); !ok {
			return errNoAPI(c, id)
		}
		return nil
	})
	return a, err
}

// change changes an API.
func (s *Service) change(c *aws.Call, id string, do func(*api) error) (a api, err error) {
	err = s.DB.Update(func(tx *store.Tx) error {
		var ok bool
		if a, ok = s.apis.Get(tx, c.Scope, id); !ok {
			return errNoAPI(c, id)
		}
		if err := do(&a); err != nil {
			return err
		}
		s.apis.Put(tx, c.Scope, a, id)
		return nil
	})
	return a, err
}

func (s *Service) getAPI(_ context.Context, c *aws.Call, in *GetApiInput) (*Api, error) {
	a, err := s.read(c, in.ApiId)
	d := a.describe(c)
	return &d, err
}

func (s *Service) getAPIs(_ context.Context, c *aws.Call, _ *GetApisInput) (*GetApisOutput, error) {
	out := &GetApisOutput{Items: []Api{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, a := range s.apis.All(tx, c.Scope) {
			out.Items = append(out.Items, a.describe(c))
		}
		return nil
	})
}

func (s *Service) updateAPI(_ context.Context, c *aws.Call, in *UpdateApiInput) (*Api, error) {
	a, err := s.change(c, in.ApiId, func(a *api) error {
		set(&a.Description, in.Description)
		set(&a.Version, in.Version)
		if in.Name != "" {
			a.Name = in.Name
		}
		if in.CorsConfiguration != nil {
			a.CORS = in.CorsConfiguration
		}
		if in.DisableExecuteApiEndpoint != nil {
			a.Disabled = *in.DisableExecuteApiEndpoint
		}
		return nil
	})
	d := a.describe(c)
	return &d, err
}

func (s *Service) deleteAPI(_ context.Context, c *aws.Call, in *DeleteApiInput) (*NoContent, error) {
	return &NoContent{}, s.DB.Update(func(tx *store.Tx) error {
		if _, ok := s.apis.Get(tx, c.Scope, in.ApiId); !ok {
			return errNoAPI(c, in.ApiId)
		}
		s.apis.Delete(tx, c.Scope, in.ApiId)
		s.owners.Delete(tx, aws.Scope{}, in.ApiId)
		return nil
	})
}

func (s *Service) deleteCORS(_ context.Context, c *aws.Call, in *DeleteCorsConfigurationInput) (*NoContent, error) {
	_, err := s.change(c, in.ApiId, func(a *api) error {
		a.CORS = nil
		return nil
	})
	return &NoContent{}, err
}

// sorted returns the values of a map in the order of its keys.
func sorted[T, D any](m map[string]T, describe func(T) D) []D {
	list := []D{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, describe(m[k]))
	}
	return list
}

// retag changes the tags of what an ARN names: an API or a stage of one.
func (a *api) retag(arn string, do func(map[string]string)) error {
	_, name, isStage := strings.Cut(arn, "/stages/")
	if !isStage {
		if a.Tags == nil {
			a.Tags = map[string]string{}
		}
		do(a.Tags)
		return nil
	}
	st, ok := a.Stages[name]
	if !ok {
		return errNotFound("Invalid stage identifier specified")
	}
	if st.Tags == nil {
		st.Tags = map[string]string{}
	}
	do(st.Tags)
	a.Stages[name] = st
	return nil
}

func (s *Service) tagResource(_ context.Context, c *aws.Call, in *TagResourceInput) (*TagResourceOutput, error) {
	_, err := s.change(c, apiOf(in.ResourceArn), func(a *api) error {
		return a.retag(in.ResourceArn, func(tags map[string]string) { maps.Copy(tags, in.Tags) })
	})
	return &TagResourceOutput{}, err
}

func (s *Service) untagResource(_ context.Context, c *aws.Call, in *UntagResourceInput) (*NoContent, error) {
	_, err := s.change(c, apiOf(in.ResourceArn), func(a *api) error {
		return a.retag(in.ResourceArn, func(tags map[string]string) {
			for _, k := range in.TagKeys {
				delete(tags, k)
			}
		})
	})
	return &NoContent{}, err
}

func (s *Service) getTags(_ context.Context, c *aws.Call, in *GetTagsInput) (*GetTagsOutput, error) {
	a, err := s.read(c, apiOf(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	out := &GetTagsOutput{}
	return out, a.retag(in.ResourceArn, func(tags map[string]string) { out.Tags = tags })
}
