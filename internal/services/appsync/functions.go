package appsync

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// functionVersion is the only version that functions have.
const functionVersion = "2018-05-29"

// functionRecord is a function of pipelines as stored.
type functionRecord struct {
	ID       string
	Settings FunctionSettings
}

func (f *functionRecord) describe(at aws.Scope, api string) *FunctionConfiguration {
	return &FunctionConfiguration{FunctionArn: string(apiARN(at, api)) + "/functions/" + f.ID, FunctionId: f.ID, FunctionSettings: f.Settings}
}

// settle checks a function, and fills in what was left out.
func (s *Service) settleFunction(tx *store.Tx, a *apiRecord, f *FunctionSettings) error {
	switch {
	case f.DataSourceName == "":
		return errBadRequest("A data source is required for functions.")
	case f.Runtime != nil:
		f.FunctionVersion = "" // a runtime has versions of its own
	case f.FunctionVersion == "":
		f.FunctionVersion = functionVersion
	case f.FunctionVersion != functionVersion:
		return errBadRequest("Function version %s is not supported.", f.FunctionVersion)
	}
	return s.checkHandlers(tx, a, &f.Handlers)
}

func (s *Service) createFunction(_ context.Context, c *aws.Call, in *CreateFunctionInput) (*FunctionOutput, error) {
	out := &FunctionOutput{}
	return out, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if err := s.settleFunction(tx, a, &in.FunctionSettings); err != nil {
			return err
		}
		f := functionRecord{ID: s.IDs.Lower(26), Settings: in.FunctionSettings}
		s.functions.Put(tx, a.scope, f, a.ID, f.ID)
		out.FunctionConfiguration = f.describe(a.scope, a.ID)
		return nil
	})
}

func (s *Service) function(tx *store.Tx, at aws.Scope, api, id string) (functionRecord, error) {
	f, ok := s.functions.Get(tx, at, api, id)
	if !ok {
		return f, errNotFound("No function found with id %s", id)
	}
	return f, nil
}

func (s *Service) updateFunction(_ context.Context, c *aws.Call, in *UpdateFunctionInput) (*FunctionOutput, error) {
	out := &FunctionOutput{}
	return out, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		f, err := s.function(tx, a.scope, a.ID, in.FunctionId)
		if err != nil {
			return err
		}
		if err := s.settleFunction(tx, a, &in.FunctionSettings); err != nil {
			return err
		}
		f.Settings = in.FunctionSettings
		s.functions.Put(tx, a.scope, f, a.ID, f.ID)
		out.FunctionConfiguration = f.describe(a.scope, a.ID)
		return nil
	})
}

func (s *Service) getFunction(_ context.Context, c *aws.Call, in *GetFunctionInput) (*FunctionOutput, error) {
	out := &FunctionOutput{}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		f, err := s.function(tx, c.Scope, in.ApiId, in.FunctionId)
		out.FunctionConfiguration = f.describe(c.Scope, in.ApiId)
		return err
	})
}

func (s *Service) deleteFunction(_ context.Context, c *aws.Call, in *DeleteFunctionInput) (*service.Empty, error) {
	return &service.Empty{}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		f, err := s.function(tx, a.scope, a.ID, in.FunctionId)
		if err != nil {
			return err
		}
		for _, r := range s.resolvers.All(tx, a.scope, a.ID) {
			if r.uses(f.ID) {
				return errBadRequest("Cannot delete function %s because it is used by resolver %s.%s", f.ID, r.Type, r.Field)
			}
		}
		s.functions.Delete(tx, a.scope, a.ID, f.ID)
		return nil
	})
}

func (s *Service) listFunctions(_ context.Context, c *aws.Call, in *ListFunctionsInput) (*ListFunctionsOutput, error) {
	out := &ListFunctionsOutput{Functions: []FunctionConfiguration{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		list, next, err := page(tx, s.functions, c.Scope, in.Paged, []string{in.ApiId}, nil)
		for _, f := range list {
			out.Functions = append(out.Functions, *f.describe(c.Scope, in.ApiId))
		}
		out.NextToken = next
		return err
	})
}

func (s *Service) listResolversByFunction(_ context.Context, c *aws.Call, in *ListResolversByFunctionInput) (*ListResolversOutput, error) {
	out := &ListResolversOutput{Resolvers: []Resolver{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		if _, err := s.function(tx, c.Scope, in.ApiId, in.FunctionId); err != nil {
			return err
		}
		list, next, err := page(tx, s.resolvers, c.Scope, in.Paged, []string{in.ApiId}, func(r resolverRecord) bool { return r.uses(in.FunctionId) })
		for _, r := range list {
			out.Resolvers = append(out.Resolvers, *r.describe(c.Scope, in.ApiId))
		}
		out.NextToken = next
		return err
	})
}

// uses reports whether a resolver's pipeline has a function.
func (r *resolverRecord) uses(function string) bool {
	return r.Settings.PipelineConfig != nil && slices.Contains(r.Settings.PipelineConfig.Functions, function)
}
