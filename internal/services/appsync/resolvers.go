package appsync

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The kinds of resolvers.
const (
	kindUnit     = "UNIT"
	kindPipeline = "PIPELINE"
)

// resolverRecord is a resolver as stored.
type resolverRecord struct {
	Type, Field string
	Settings    ResolverSettings
}

func (r *resolverRecord) describe(at aws.Scope, api string) *Resolver {
	return &Resolver{
		ResolverArn: string(resolverARN(at, api, r.Type, r.Field)), TypeName: r.Type, FieldName: r.Field, ResolverSettings: r.Settings,
	}
}

func resolverARN(at aws.Scope, api, typ, field string) aws.ARN {
	return apiARN(at, api) + aws.ARN("/types/"+typ+"/resolvers/"+field)
}

// checkHandlers checks what functions and resolvers share.
func (s *Service) checkHandlers(tx *store.Tx, a *apiRecord, h *Handlers) error {
	if h.DataSourceName != "" {
		if _, err := s.source(tx, a.scope, a.ID, h.DataSourceName); err != nil {
			return err
		}
	}
	switch {
	case h.Runtime == nil && h.Code != "":
		return errBadRequest("A runtime is required for code.")
	case h.Runtime != nil && h.Code == "":
		return errBadRequest("Code is required for the runtime %s.", h.Runtime.Name)
	case h.Runtime != nil && (h.RequestMappingTemplate != "" || h.ResponseMappingTemplate != ""):
		return errBadRequest("Mapping templates are not allowed with a runtime.")
	case h.Runtime != nil:
		return s.checkCode(h)
	}
	return nil
}

// settleResolver checks a resolver, and fills in what was left out.
func (s *Service) settleResolver(tx *store.Tx, a *apiRecord, r *resolverRecord) error {
	set := &r.Settings
	if set.Kind == "" {
		set.Kind = kindUnit
	}
	switch {
	case set.Kind == kindUnit && set.DataSourceName == "":
		return errBadRequest("A data source is required for resolvers of kind UNIT.")
	case set.Kind == kindUnit && set.PipelineConfig != nil && len(set.PipelineConfig.Functions) > 0:
		return errBadRequest("A pipeline is not allowed for resolvers of kind UNIT.")
	case set.Kind == kindPipeline && set.DataSourceName != "":
		return errBadRequest("A data source is not allowed for resolvers of kind PIPELINE.")
	case set.Kind == kindPipeline && set.PipelineConfig != nil:
		for _, id := range set.PipelineConfig.Functions {
			if _, err := s.function(tx, a.scope, a.ID, id); err != nil {
				return err
			}
		}
	}
	if err := s.checkHandlers(tx, a, &set.Handlers); err != nil {
		return err
	}
	return hasField(a, r.Type, r.Field)
}

// hasField checks that the API's schema has a field.
func hasField(a *apiRecord, typ, field string) error {
	if a.Schema == "" {
		return errNoSchema()
	}
	schema, err := graphql.ParseSchema(a.Schema)
	if err != nil {
		return err
	}
	def := schema.Types[typ]
	if def == nil || def.BuiltIn {
		return errNotFound("Type not found")
	}
	if def.Fields.ForName(field) == nil {
		return errNotFound("No field named %s found on type %s", field, typ)
	}
	return nil
}

func (s *Service) createResolver(_ context.Context, c *aws.Call, in *CreateResolverInput) (*ResolverOutput, error) {
	r := resolverRecord{Type: in.TypeName, Field: in.FieldName, Settings: in.ResolverSettings}
	out := &ResolverOutput{}
	return out, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if err := s.settleResolver(tx, a, &r); err != nil {
			return err
		}
		if _, exists := s.resolvers.Get(tx, a.scope, a.ID, r.Type, r.Field); exists {
			return errBadRequest("Only one resolver is allowed per field.")
		}
		s.resolvers.Put(tx, a.scope, r, a.ID, r.Type, r.Field)
		out.Resolver = r.describe(a.scope, a.ID)
		return nil
	})
}

func (s *Service) resolver(tx *store.Tx, at aws.Scope, api, typ, field string) (resolverRecord, error) {
	r, ok := s.resolvers.Get(tx, at, api, typ, field)
	if !ok {
		return r, errNotFound("No resolver found.")
	}
	return r, nil
}

func (s *Service) updateResolver(_ context.Context, c *aws.Call, in *UpdateResolverInput) (*ResolverOutput, error) {
	r := resolverRecord{Type: in.TypeName, Field: in.FieldName, Settings: in.ResolverSettings}
	out := &ResolverOutput{}
	return out, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if _, err := s.resolver(tx, a.scope, a.ID, r.Type, r.Field); err != nil {
			return err
		}
		if err := s.settleResolver(tx, a, &r); err != nil {
			return err
		}
		s.resolvers.Put(tx, a.scope, r, a.ID, r.Type, r.Field)
		out.Resolver = r.describe(a.scope, a.ID)
		return nil
	})
}

func (s *Service) getResolver(_ context.Context, c *aws.Call, in *GetResolverInput) (*ResolverOutput, error) {
	out := &ResolverOutput{}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		r, err := s.resolver(tx, c.Scope, in.ApiId, in.TypeName, in.FieldName)
		out.Resolver = r.describe(c.Scope, in.ApiId)
		return err
	})
}

func (s *Service) deleteResolver(_ context.Context, c *aws.Call, in *DeleteResolverInput) (*service.Empty, error) {
	return &service.Empty{}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if _, err := s.resolver(tx, a.scope, a.ID, in.TypeName, in.FieldName); err != nil {
			return err
		}
		s.resolvers.Delete(tx, a.scope, a.ID, in.TypeName, in.FieldName)
		return nil
	})
}

func (s *Service) listResolvers(_ context.Context, c *aws.Call, in *ListResolversInput) (*ListResolversOutput, error) {
	out := &ListResolversOutput{Resolvers: []Resolver{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		list, next, err := page(tx, s.resolvers, c.Scope, in.Paged, []string{in.ApiId, in.TypeName}, nil)
		for _, r := range list {
			out.Resolvers = append(out.Resolvers, *r.describe(c.Scope, in.ApiId))
		}
		out.NextToken = next
		return err
	})
}
