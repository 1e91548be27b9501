package apigatewayv2

import (
	"context"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what HTTP APIs need from the world. Every field is required.
type Deps struct {
	DB        *store.DB
	IDs       *aws.IDs
	Now       func() time.Time
	Meter     *meter.Meter
	Functions Functions
}

// Functions is Lambda.
type Functions interface {
	// Invoke runs a function as c.Principal and waits for its answer, which
	// is the description of an error if it failed.
	Invoke(ctx context.Context, c *aws.Call, function aws.ARN, payload []byte) (answer []byte, failed bool, err error)
}

// Service is the emulator of HTTP APIs.
type Service struct {
	Deps
	apis   store.Table[api]
	owners store.Table[aws.Scope] // of APIs, by id
}

// New returns the APIs that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Now == nil || d.Meter == nil || d.Functions == nil {
		panic("apigatewayv2: incomplete Deps")
	}
	return &Service{Deps: d, apis: store.NewTable[api]("apigatewayv2/api"), owners: store.NewTable[aws.Scope]("apigatewayv2/owner")}
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{Name: "apigateway", Title: "Amazon API Gateway V2", Protocols: []service.Protocol{service.RestJSON}}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateApi", on[CreateApiInput]("POST"), s.createAPI),
		service.Op("GetApi", on[GetApiInput]("GET"), s.getAPI),
		service.Op("GetApis", on[GetApisInput]("GET"), s.getAPIs),
		service.Op("UpdateApi", on[UpdateApiInput]("PATCH"), s.updateAPI),
		service.Op("DeleteApi", on[DeleteApiInput]("DELETE"), s.deleteAPI),
		service.Op("DeleteCorsConfiguration", on[DeleteCorsConfigurationInput]("DELETE"), s.deleteCORS),

		service.Op("CreateIntegration", on[CreateIntegrationInput]("POST"), s.createIntegration),
		service.Op("GetIntegration", on[GetIntegrationInput]("GET"), s.getIntegration),
		service.Op("GetIntegrations", on[GetIntegrationsInput]("GET"), s.getIntegrations),
		service.Op("UpdateIntegration", on[UpdateIntegrationInput]("PATCH"), s.updateIntegration),
		service.Op("DeleteIntegration", on[DeleteIntegrationInput]("DELETE"), s.deleteIntegration),

		service.Op("CreateRoute", on[CreateRouteInput]("POST"), s.createRoute),
		service.Op("GetRoute", on[GetRouteInput]("GET"), s.getRoute),
		service.Op("GetRoutes", on[GetRoutesInput]("GET"), s.getRoutes),
		service.Op("UpdateRoute", on[UpdateRouteInput]("PATCH"), s.updateRoute),
		service.Op("DeleteRoute", on[DeleteRouteInput]("DELETE"), s.deleteRoute),

		service.Op("CreateStage", on[CreateStageInput]("POST"), s.createStage),
		service.Op("GetStage", on[GetStageInput]("GET"), s.getStage),
		service.Op("GetStages", on[GetStagesInput]("GET"), s.getStages),
		service.Op("UpdateStage", on[UpdateStageInput]("PATCH"), s.updateStage),
		service.Op("DeleteStage", on[DeleteStageInput]("DELETE"), s.deleteStage),

		service.Op("CreateDeployment", on[CreateDeploymentInput]("POST"), s.createDeployment),
		service.Op("GetDeployment", on[GetDeploymentInput]("GET"), s.getDeployment),
		service.Op("GetDeployments", on[GetDeploymentsInput]("GET"), s.getDeployments),
		service.Op("DeleteDeployment", on[DeleteDeploymentInput]("DELETE"), s.deleteDeployment),

		service.Op("TagResource", on[TagResourceInput]("POST"), s.tagResource),
		service.Op("UntagResource", on[UntagResourceInput]("DELETE"), s.untagResource),
		service.Op("GetTags", on[GetTagsInput]("GET"), s.getTags),
	}
}

// on authorises as API Gateway does: the action is the method, and the
// resource the path of what is asked for.
func on[In any](method string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		path := "/apis"
		switch in := any(in).(type) {
		case interface{ tagged() string }:
			return []service.Access{{Action: "apigateway:" + method, Resource: aws.ARN(in.tagged())}}, nil
		case interface{ path() string }:
			path += in.path()
		}
		return []service.Access{{Action: "apigateway:" + method, Resource: resource(c.Scope, path)}}, nil
	}
}

func (in *apiID) path() string         { return "/" + in.ApiId }
func (in *integrationID) path() string { return in.apiID.path() + "/integrations/" + in.IntegrationId }
func (in *routeID) path() string       { return in.apiID.path() + "/routes/" + in.RouteId }
func (in *stageName) path() string     { return in.apiID.path() + "/stages/" + in.StageName }
func (in *deploymentID) path() string  { return in.apiID.path() + "/deployments/" + in.DeploymentId }
func (in *resourceARN) tagged() string { return in.ResourceArn }

// resource is the ARN of a path of the API.
func resource(scope aws.Scope, path string) aws.ARN {
	return aws.ARN("arn:aws:apigateway:" + string(scope.Region) + "::" + path)
}

// apiOf is the API that the ARN of a taggable resource names.
func apiOf(arn string) string {
	_, path, _ := strings.Cut(arn, "::/apis/")
	id, _, _ := strings.Cut(path, "/")
	return id
}
