package apigatewayv2

import (
	"context"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// route is a method and path, and where its requests go.
type route struct {
	ID        string
	Key       string // "GET /rankings/{city}", "$default"
	Operation string
	Target    string // "integrations/ID"
}

// integration is what answers requests.
type integration struct {
	ID          string
	Description string
	Method      string
	URI         string
	Payload     string // format version
	Timeout     int32  // milliseconds
}

const maxTimeout = 30000

func (i integration) describe() Integration {
	return Integration{
		ConnectionType: "INTERNET", Description: i.Description, IntegrationId: i.ID, IntegrationMethod: i.Method, IntegrationType: "AWS_PROXY",
		IntegrationUri: i.URI, PayloadFormatVersion: i.Payload, TimeoutInMillis: i.Timeout,
	}
}

// function is the ARN of the function that a URI names, in either of its forms.
func function(uri string) aws.ARN {
	if _, rest, ok := strings.Cut(uri, ":lambda:path/2015-03-31/functions/"); ok {
		return aws.ARN(strings.TrimSuffix(rest, "/invocations"))
	}
	return aws.ARN(uri)
}

func (i *integration) apply(kind string, in *integrationSettings) error {
	if kind != "AWS_PROXY" || in.ConnectionType == "VPC_LINK" {
		return errAbsent("integrations but AWS_PROXY with Lambda")
	}
	set(&i.Description, in.Description)
	if in.IntegrationUri != "" {
		p, ok := function(in.IntegrationUri).Parse()
		if !ok || p.Service != "lambda" {
			return errAbsent("integrations but AWS_PROXY with Lambda")
		}
		i.URI = in.IntegrationUri
	}
	switch in.PayloadFormatVersion {
	case "":
	case "1.0", "2.0":
		i.Payload = in.PayloadFormatVersion
	default:
		return errBadRequest("PayloadFormatVersion %s is not supported", in.PayloadFormatVersion)
	}
	if in.IntegrationMethod != "" {
		i.Method = in.IntegrationMethod
	}
	if in.TimeoutInMillis != nil {
		i.Timeout = *in.TimeoutInMillis
	}
	return nil
}

func (s *Service) createIntegration(_ context.Context, c *aws.Call, in *CreateIntegrationInput) (*CreateIntegrationOutput, error) {
	i := integration{ID: s.IDs.Lower(7), Method: "POST", Payload: "1.0", Timeout: maxTimeout}
	if in.IntegrationUri == "" {
		return nil, errBadRequest("IntegrationUri must be set for AWS_PROXY integrations")
	}
	if err := i.apply(in.IntegrationType, &in.integrationSettings); err != nil {
		return nil, err
	}
	_, err := s.change(c, in.ApiId, func(a *api) error {
		a.Integrations[i.ID] = i
		return nil
	})
	return &CreateIntegrationOutput{Integration: i.describe()}, err
}

func errNoIntegration(id string) error {
	return errNotFound("Invalid Integration identifier specified %s", id)
}

func (s *Service) getIntegration(_ context.Context, c *aws.Call, in *GetIntegrationInput) (*Integration, error) {
	a, err := s.read(c, in.ApiId)
	i, ok := a.Integrations[in.IntegrationId]
	if err == nil && !ok {
		err = errNoIntegration(in.IntegrationId)
	}
	d := i.describe()
	return &d, err
}

func (s *Service) getIntegrations(_ context.Context, c *aws.Call, in *GetIntegrationsInput) (*GetIntegrationsOutput, error) {
	a, err := s.read(c, in.ApiId)
	return &GetIntegrationsOutput{sorted(a.Integrations, integration.describe)}, err
}

func (s *Service) updateIntegration(_ context.Context, c *aws.Call, in *UpdateIntegrationInput) (*Integration, error) {
	var d Integration
	_, err := s.change(c, in.ApiId, func(a *api) error {
		i, ok := a.Integrations[in.IntegrationId]
		if !ok {
			return errNoIntegration(in.IntegrationId)
		}
		kind := in.IntegrationType
		if kind == "" {
			kind = "AWS_PROXY"
		}
		err := i.apply(kind, &in.integrationSettings)
		a.Integrations[i.ID] = i
		d = i.describe()
		return err
	})
	return &d, err
}

func (s *Service) deleteIntegration(_ context.Context, c *aws.Call, in *DeleteIntegrationInput) (*NoContent, error) {
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if _, ok := a.Integrations[in.IntegrationId]; !ok {
			return errNoIntegration(in.IntegrationId)
		}
		for _, r := range a.Routes {
			if r.Target == "integrations/"+in.IntegrationId {
				return errConflict("Cannot delete Integration. The Integration is referenced by the Route %s.", r.ID)
			}
		}
		delete(a.Integrations, in.IntegrationId)
		return nil
	})
	return &NoContent{}, err
}

func (r route) describe() Route {
	return Route{AuthorizationType: "NONE", OperationName: r.Operation, RouteId: r.ID, RouteKey: r.Key, Target: r.Target}
}

// apply checks settings, and applies those that are given.
func (r *route) apply(a *api, key string, in *routeSettings) error {
	if in.AuthorizationType != "" && in.AuthorizationType != "NONE" {
		return errAbsent("the authorization type " + in.AuthorizationType)
	}
	if in.ApiKeyRequired != nil && *in.ApiKeyRequired {
		return errBadRequest("apiKeyRequired is not currently supported for HTTP APIs.")
	}
	if key != "" {
		if !validKey(key) {
			return errBadRequest("The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"")
		}
		for _, o := range a.Routes {
			if o.Key == key && o.ID != r.ID {
				return errConflict("Route with key %s already exists for this API", key)
			}
		}
		r.Key = key
	}
	if in.OperationName != "" {
		r.Operation = in.OperationName
	}
	if in.Target != "" {
		if _, ok := a.Integrations[strings.TrimPrefix(in.Target, "integrations/")]; !ok {
			return errNoIntegration(strings.TrimPrefix(in.Target, "integrations/"))
		}
		r.Target = in.Target
	}
	return nil
}

// validKey reports whether a text is a route key.
func validKey(key string) bool {
	if key == defaultKey {
		return true
	}
	method, path, ok := strings.Cut(key, " ")
	switch method {
	case "ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS":
	default:
		return false
	}
	if !ok || !strings.HasPrefix(path, "/") {
		return false
	}
	parts := strings.Split(path, "/")[1:]
	for i, p := range parts {
		open := strings.HasPrefix(p, "{")
		if open != strings.HasSuffix(p, "}") || strings.HasSuffix(p, "+}") && i < len(parts)-1 || open && len(p) < 3 {
			return false
		}
	}
	return true
}

func (s *Service) createRoute(_ context.Context, c *aws.Call, in *CreateRouteInput) (*CreateRouteOutput, error) {
	r := route{ID: s.IDs.Lower(7)}
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if err := r.apply(a, in.RouteKey, &in.routeSettings); err != nil {
			return err
		}
		a.Routes[r.ID] = r
		return nil
	})
	return &CreateRouteOutput{Route: r.describe()}, err
}

func errNoRoute(id string) error { return errNotFound("Invalid Route identifier specified %s", id) }

func (s *Service) getRoute(_ context.Context, c *aws.Call, in *GetRouteInput) (*Route, error) {
	a, err := s.read(c, in.ApiId)
	r, ok := a.Routes[in.RouteId]
	if err == nil && !ok {
		err = errNoRoute(in.RouteId)
	}
	d := r.describe()
	return &d, err
}

func (s *Service) getRoutes(_ context.Context, c *aws.Call, in *GetRoutesInput) (*GetRoutesOutput, error) {
	a, err := s.read(c, in.ApiId)
	return &GetRoutesOutput{sorted(a.Routes, route.describe)}, err
}

func (s *Service) updateRoute(_ context.Context, c *aws.Call, in *UpdateRouteInput) (*Route, error) {
	var d Route
	_, err := s.change(c, in.ApiId, func(a *api) error {
		r, ok := a.Routes[in.RouteId]
		if !ok {
			return errNoRoute(in.RouteId)
		}
		err := r.apply(a, in.RouteKey, &in.routeSettings)
		a.Routes[r.ID] = r
		d = r.describe()
		return err
	})
	return &d, err
}

func (s *Service) deleteRoute(_ context.Context, c *aws.Call, in *DeleteRouteInput) (*NoContent, error) {
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if _, ok := a.Routes[in.RouteId]; !ok {
			return errNoRoute(in.RouteId)
		}
		delete(a.Routes, in.RouteId)
		return nil
	})
	return &NoContent{}, err
}
