package apigatewayv2

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type apiID struct {
	ApiId string `wire:"apiId" loc:"uri" required:""`
}

type Cors struct {
	AllowCredentials *bool    `wire:"allowCredentials"`
	AllowHeaders     []string `wire:"allowHeaders"`
	AllowMethods     []string `wire:"allowMethods"`
	AllowOrigins     []string `wire:"allowOrigins"`
	ExposeHeaders    []string `wire:"exposeHeaders"`
	MaxAge           *int32   `wire:"maxAge" range:"-1,86400"`
}

type CreateApiInput struct {
	_                         struct{}          `http:"POST /v2/apis"`
	ApiKeySelectionExpression string            `wire:"apiKeySelectionExpression"`
	CorsConfiguration         *Cors             `wire:"corsConfiguration"`
	Description               *string           `wire:"description" len:"0,1024"`
	DisableExecuteApiEndpoint *bool             `wire:"disableExecuteApiEndpoint"`
	Name                      string            `wire:"name" required:"" len:"1,128"`
	ProtocolType              string            `wire:"protocolType" required:"" enum:"WEBSOCKET|HTTP"`
	RouteSelectionExpression  string            `wire:"routeSelectionExpression"`
	Tags                      map[string]string `wire:"tags"`
	Version                   *string           `wire:"version" len:"0,64"`
}

type Api struct {
	ApiEndpoint               string            `wire:"apiEndpoint"`
	ApiId                     string            `wire:"apiId"`
	ApiKeySelectionExpression string            `wire:"apiKeySelectionExpression"`
	CorsConfiguration         *Cors             `wire:"corsConfiguration"`
	CreatedDate               time.Time         `wire:"createdDate" ts:"iso8601"`
	Description               string            `wire:"description"`
	DisableExecuteApiEndpoint bool              `wire:"disableExecuteApiEndpoint"`
	IpAddressType             string            `wire:"ipAddressType"`
	Name                      string            `wire:"name"`
	ProtocolType              string            `wire:"protocolType"`
	RouteSelectionExpression  string            `wire:"routeSelectionExpression"`
	Tags                      map[string]string `wire:"tags"`
	Version                   string            `wire:"version"`
}

type CreateApiOutput struct {
	_ struct{} `status:"201"`
	Api
}

type GetApiInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}"`
	apiID
}

type GetApisInput struct {
	_ struct{} `http:"GET /v2/apis"`
}

type GetApisOutput struct {
	Items []Api `wire:"items"`
}

type UpdateApiInput struct {
	_ struct{} `http:"PATCH /v2/apis/{apiId}"`
	apiID
	CorsConfiguration         *Cors   `wire:"corsConfiguration"`
	Description               *string `wire:"description" len:"0,1024"`
	DisableExecuteApiEndpoint *bool   `wire:"disableExecuteApiEndpoint"`
	Name                      string  `wire:"name" len:"1,128"`
	Version                   *string `wire:"version" len:"0,64"`
}

type DeleteApiInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}"`
	apiID
}

type NoContent struct {
	_ struct{} `status:"204"`
}

type DeleteCorsConfigurationInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}/cors"`
	apiID
}

type integrationSettings struct {
	ConnectionType       string  `wire:"connectionType" enum:"INTERNET|VPC_LINK"`
	Description          *string `wire:"description" len:"0,1024"`
	IntegrationMethod    string  `wire:"integrationMethod"`
	IntegrationUri       string  `wire:"integrationUri" len:"1,2048"`
	PayloadFormatVersion string  `wire:"payloadFormatVersion"`
	TimeoutInMillis      *int32  `wire:"timeoutInMillis" range:"50,30000"`
}

type CreateIntegrationInput struct {
	_ struct{} `http:"POST /v2/apis/{apiId}/integrations"`
	apiID
	IntegrationType string `wire:"integrationType" required:"" enum:"AWS|HTTP|MOCK|HTTP_PROXY|AWS_PROXY"`
	integrationSettings
}

type Integration struct {
	ConnectionType       string `wire:"connectionType"`
	Description          string `wire:"description"`
	IntegrationId        string `wire:"integrationId"`
	IntegrationMethod    string `wire:"integrationMethod"`
	IntegrationType      string `wire:"integrationType"`
	IntegrationUri       string `wire:"integrationUri"`
	PayloadFormatVersion string `wire:"payloadFormatVersion"`
	TimeoutInMillis      int32  `wire:"timeoutInMillis"`
}

type CreateIntegrationOutput struct {
	_ struct{} `status:"201"`
	Integration
}

type integrationID struct {
	apiID
	IntegrationId string `wire:"integrationId" loc:"uri" required:""`
}

type GetIntegrationInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/integrations/{integrationId}"`
	integrationID
}

type GetIntegrationsInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/integrations"`
	apiID
}

type GetIntegrationsOutput struct {
	Items []Integration `wire:"items"`
}

type UpdateIntegrationInput struct {
	_ struct{} `http:"PATCH /v2/apis/{apiId}/integrations/{integrationId}"`
	integrationID
	IntegrationType string `wire:"integrationType" enum:"AWS|HTTP|MOCK|HTTP_PROXY|AWS_PROXY"`
	integrationSettings
}

type DeleteIntegrationInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}/integrations/{integrationId}"`
	integrationID
}

type routeSettings struct {
	ApiKeyRequired    *bool  `wire:"apiKeyRequired"`
	AuthorizationType string `wire:"authorizationType" enum:"NONE|AWS_IAM|CUSTOM|JWT"`
	OperationName     string `wire:"operationName" len:"1,64"`
	Target            string `wire:"target" len:"1,128"`
}

type CreateRouteInput struct {
	_ struct{} `http:"POST /v2/apis/{apiId}/routes"`
	apiID
	RouteKey string `wire:"routeKey" required:"" len:"1,128"`
	routeSettings
}

type Route struct {
	ApiKeyRequired    bool   `wire:"apiKeyRequired"`
	AuthorizationType string `wire:"authorizationType"`
	OperationName     string `wire:"operationName"`
	RouteId           string `wire:"routeId"`
	RouteKey          string `wire:"routeKey"`
	Target            string `wire:"target"`
}

type CreateRouteOutput struct {
	_ struct{} `status:"201"`
	Route
}

type routeID struct {
	apiID
	RouteId string `wire:"routeId" loc:"uri" required:""`
}

type GetRouteInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/routes/{routeId}"`
	routeID
}

type GetRoutesInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/routes"`
	apiID
}

type GetRoutesOutput struct {
	Items []Route `wire:"items"`
}

type UpdateRouteInput struct {
	_ struct{} `http:"PATCH /v2/apis/{apiId}/routes/{routeId}"`
	routeID
	RouteKey string `wire:"routeKey" len:"1,128"`
	routeSettings
}

type DeleteRouteInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}/routes/{routeId}"`
	routeID
}

type stageSettings struct {
	AutoDeploy     *bool             `wire:"autoDeploy"`
	DeploymentId   string            `wire:"deploymentId"`
	Description    *string           `wire:"description" len:"0,1024"`
	StageVariables map[string]string `wire:"stageVariables"`
}

type CreateStageInput struct {
	_ struct{} `http:"POST /v2/apis/{apiId}/stages"`
	apiID
	StageName string            `wire:"stageName" required:"" len:"1,128" pattern:"\\$default|[a-zA-Z0-9_-]+"`
	Tags      map[string]string `wire:"tags"`
	stageSettings
}

type Stage struct {
	AutoDeploy           bool              `wire:"autoDeploy"`
	CreatedDate          time.Time         `wire:"createdDate" ts:"iso8601"`
	DefaultRouteSettings RouteSettings     `wire:"defaultRouteSettings"`
	DeploymentId         string            `wire:"deploymentId"`
	Description          string            `wire:"description"`
	LastUpdatedDate      time.Time         `wire:"lastUpdatedDate" ts:"iso8601"`
	RouteSettings        map[string]string `wire:"routeSettings"`
	StageName            string            `wire:"stageName"`
	StageVariables       map[string]string `wire:"stageVariables"`
	Tags                 map[string]string `wire:"tags"`
}

type RouteSettings struct {
	DetailedMetricsEnabled bool `wire:"detailedMetricsEnabled"`
}

type CreateStageOutput struct {
	_ struct{} `status:"201"`
	Stage
}

type stageName struct {
	apiID
	StageName string `wire:"stageName" loc:"uri" required:""`
}

type GetStageInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/stages/{stageName}"`
	stageName
}

type GetStagesInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/stages"`
	apiID
}

type GetStagesOutput struct {
	Items []Stage `wire:"items"`
}

type UpdateStageInput struct {
	_ struct{} `http:"PATCH /v2/apis/{apiId}/stages/{stageName}"`
	stageName
	stageSettings
}

type DeleteStageInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}/stages/{stageName}"`
	stageName
}

type CreateDeploymentInput struct {
	_ struct{} `http:"POST /v2/apis/{apiId}/deployments"`
	apiID
	Description string `wire:"description"`
	StageName   string `wire:"stageName"`
}

type Deployment struct {
	AutoDeployed     bool      `wire:"autoDeployed"`
	CreatedDate      time.Time `wire:"createdDate" ts:"iso8601"`
	DeploymentId     string    `wire:"deploymentId"`
	DeploymentStatus string    `wire:"deploymentStatus"`
	Description      string    `wire:"description"`
}

type CreateDeploymentOutput struct {
	_ struct{} `status:"201"`
	Deployment
}

type deploymentID struct {
	apiID
	DeploymentId string `wire:"deploymentId" loc:"uri" required:""`
}

type GetDeploymentInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/deployments/{deploymentId}"`
	deploymentID
}

type GetDeploymentsInput struct {
	_ struct{} `http:"GET /v2/apis/{apiId}/deployments"`
	apiID
}

type GetDeploymentsOutput struct {
	Items []Deployment `wire:"items"`
}

type DeleteDeploymentInput struct {
	_ struct{} `http:"DELETE /v2/apis/{apiId}/deployments/{deploymentId}"`
	deploymentID
}

type resourceARN struct {
	ResourceArn string `wire:"resource-arn" loc:"uri" required:""`
}

type TagResourceInput struct {
	_ struct{} `http:"POST /v2/tags/{resource-arn}"`
	resourceARN
	Tags map[string]string `wire:"tags"`
}

type TagResourceOutput struct {
	_ struct{} `status:"201"`
}

type UntagResourceInput struct {
	_ struct{} `http:"DELETE /v2/tags/{resource-arn}"`
	resourceARN
	TagKeys []string `wire:"tagKeys" loc:"query" required:""`
}

type GetTagsInput struct {
	_ struct{} `http:"GET /v2/tags/{resource-arn}"`
	resourceARN
}

type GetTagsOutput struct {
	Tags map[string]string `wire:"tags"`
}
