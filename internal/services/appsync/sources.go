package appsync

import (
	"context"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The types of data sources that we have.
const (
	sourceDynamoDB = "AMAZON_DYNAMODB"
	sourceLambda   = "AWS_LAMBDA"
	sourceNone     = "NONE"
	sourceHTTP     = "HTTP"
)

// sourceRecord is a data source as stored.
type sourceRecord struct {
	Name     string
	Settings DataSourceSettings
}

func (d *sourceRecord) describe(at aws.Scope, api string) *DataSource {
	return &DataSource{DataSourceArn: string(apiARN(at, api)) + "/datasources/" + d.Name, Name: d.Name, DataSourceSettings: d.Settings}
}

// check refuses settings that would not work.
func (d *DataSourceSettings) check() error {
	switch d.Type {
	case sourceNone:
	case sourceDynamoDB:
		switch {
		case d.DynamodbConfig == nil:
			return errBadRequest("Data source configuration is required for type AMAZON_DYNAMODB.")
		case isTrue(d.DynamodbConfig.Versioned):
			return errAbsent("versioned data sources")
		case isTrue(d.DynamodbConfig.UseCallerCredentials):
			return errAbsent("data sources that use the caller's credentials")
		case d.ServiceRoleArn == "":
			return errBadRequest("A service role is required for data sources of type AMAZON_DYNAMODB.")
		}
	case sourceLambda:
		switch {
		case d.LambdaConfig == nil:
			return errBadRequest("Data source configuration is required for type AWS_LAMBDA.")
		case d.ServiceRoleArn == "":
			return errBadRequest("A service role is required for data sources of type AWS_LAMBDA.")
		}
	case sourceHTTP:
		if d.HttpConfig == nil {
			return errBadRequest("Data source configuration is required for type HTTP.")
		}
		u, err := url.Parse(d.HttpConfig.Endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errBadRequest("The endpoint of an HTTP data source must be a URL.")
		}
	default:
		return errAbsent("data sources of type " + d.Type)
	}
	if p, ok := aws.ARN(d.ServiceRoleArn).Parse(); d.ServiceRoleArn != "" && (!ok || p.Service != "iam" || !strings.HasPrefix(p.Resource, "role/")) {
		return errBadRequest("Not a valid role ARN: %s", d.ServiceRoleArn)
	}
	return nil
}

func isTrue(b *bool) bool { return b != nil && *b }

func (s *Service) createDataSource(_ context.Context, c *aws.Call, in *CreateDataSourceInput) (*DataSourceOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	d := sourceRecord{Name: in.Name, Settings: in.DataSourceSettings}
	return &DataSourceOutput{DataSource: d.describe(c.Scope, in.ApiId)}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if _, exists := s.sources.Get(tx, a.scope, a.ID, d.Name); exists {
			return errBadRequest("Data source with name %s already exists", d.Name)
		}
		s.sources.Put(tx, a.scope, d, a.ID, d.Name)
		return nil
	})
}

func (s *Service) source(tx *store.Tx, at aws.Scope, api, name string) (sourceRecord, error) {
	d, ok := s.sources.Get(tx, at, api, name)
	if !ok {
		return d, errNotFound("Data source %s not found", name)
	}
	return d, nil
}

func (s *Service) updateDataSource(_ context.Context, c *aws.Call, in *UpdateDataSourceInput) (*DataSourceOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	d := sourceRecord{Name: in.Name, Settings: in.DataSourceSettings}
	return &DataSourceOutput{DataSource: d.describe(c.Scope, in.ApiId)}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if _, err := s.source(tx, a.scope, a.ID, in.Name); err != nil {
			return err
		}
		s.sources.Put(tx, a.scope, d, a.ID, d.Name)
		return nil
	})
}

func (s *Service) getDataSource(_ context.Context, c *aws.Call, in *GetDataSourceInput) (*DataSourceOutput, error) {
	out := &DataSourceOutput{}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		d, err := s.source(tx, c.Scope, in.ApiId, in.Name)
		out.DataSource = d.describe(c.Scope, in.ApiId)
		return err
	})
}

func (s *Service) deleteDataSource(_ context.Context, c *aws.Call, in *DeleteDataSourceInput) (*service.Empty, error) {
	return &service.Empty{}, s.within(c, in.ApiId, func(tx *store.Tx, a *apiRecord) error {
		if _, err := s.source(tx, a.scope, a.ID, in.Name); err != nil {
			return err
		}
		for _, r := range s.resolvers.All(tx, a.scope, a.ID) {
			if r.Settings.DataSourceName == in.Name {
				return errBadRequest("Cannot delete data source %s because it is used by resolver %s.%s", in.Name, r.Type, r.Field)
			}
		}
		for _, f := range s.functions.All(tx, a.scope, a.ID) {
			if f.Settings.DataSourceName == in.Name {
				return errBadRequest("Cannot delete data source %s because it is used by function %s", in.Name, f.Settings.Name)
			}
		}
		s.sources.Delete(tx, a.scope, a.ID, in.Name)
		return nil
	})
}

func (s *Service) listDataSources(_ context.Context, c *aws.Call, in *ListDataSourcesInput) (*ListDataSourcesOutput, error) {
	out := &ListDataSourcesOutput{DataSources: []DataSource{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.get(tx, c.Scope, in.ApiId); err != nil {
			return err
		}
		list, next, err := page(tx, s.sources, c.Scope, in.Paged, []string{in.ApiId}, nil)
		for _, d := range list {
			out.DataSources = append(out.DataSources, *d.describe(c.Scope, in.ApiId))
		}
		out.NextToken = next
		return err
	})
}
