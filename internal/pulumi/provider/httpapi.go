package provider

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func httpAPIKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:apigatewayv2/api:Api",
			Inputs: []Property{
				{Name: "name", Type: str, Computed: true},
				{Name: "protocolType", Type: oneOf("HTTP"), Required: true, Replace: true},
				{Name: "description", Type: str},
				{Name: "version", Type: str},
				{Name: "disableExecuteApiEndpoint", Type: boolean, Default: false},
				{Name: "corsConfiguration", Type: object(
					Property{Name: "allowCredentials", Type: boolean},
					Property{Name: "allowHeaders", Type: setOf(str)},
					Property{Name: "allowMethods", Type: setOf(str)},
					Property{Name: "allowOrigins", Type: setOf(str)},
					Property{Name: "exposeHeaders", Type: setOf(str)},
					Property{Name: "maxAge", Type: number},
				)},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"apiEndpoint", "arn", "executionArn", "tagsAll"},
			Name:     Naming{Property: "name", Max: 128, Shared: true},
			create:   createHTTPAPI, read: readHTTPAPI, update: updateHTTPAPI, remove: removeHTTPAPI,
		},
		{
			Token: "aws:apigatewayv2/integration:Integration",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "integrationType", Type: oneOf("AWS_PROXY"), Required: true, Replace: true},
				{Name: "integrationUri", Type: str},
				{Name: "integrationMethod", Type: str, Computed: true},
				{Name: "description", Type: str},
				{Name: "payloadFormatVersion", Type: oneOf("1.0", "2.0"), Default: "1.0"},
				{Name: "timeoutMilliseconds", Type: number, Computed: true},
			},
			Computed: []string{"integrationResponseSelectionExpression"},
			create:   createUnderAPI("CreateIntegration", "integrations", "integrationId", httpIntegration),
			read:     readHTTPIntegration,
			update:   updateUnderAPI("UpdateIntegration", "integrations", httpIntegration),
			remove:   removeUnderAPI("DeleteIntegration", "integrations"),
		},
		{
			Token: "aws:apigatewayv2/route:Route",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "routeKey", Type: str, Required: true},
				{Name: "target", Type: str},
				{Name: "authorizationType", Type: oneOf("NONE", "AWS_IAM", "JWT"), Default: "NONE"},
				{Name: "authorizerId", Type: str},
				{Name: "authorizationScopes", Type: setOf(str)},
			},
			Identity: []string{"apiId", "routeKey"},
			create:   createUnderAPI("CreateRoute", "routes", "routeId", httpRoute),
			read:     readUnderAPI("GetRoute", "routes"),
			update:   updateUnderAPI("UpdateRoute", "routes", httpRoute),
			remove:   removeUnderAPI("DeleteRoute", "routes"),
		},
		{
			Token: "aws:apigatewayv2/stage:Stage",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "autoDeploy", Type: boolean, Default: false},
				{Name: "description", Type: str},
				{Name: "stageVariables", Type: mapOf(str)},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "executionArn", "invokeUrl", "tagsAll"},
			Name:     Naming{Property: "name", Max: 128},
			Identity: []string{"apiId", "name"},
			create:   createUnderAPI("CreateStage", "stages", "stageName", httpStage),
			read:     readHTTPStage,
			update:   updateHTTPStage,
			remove:   removeUnderAPI("DeleteStage", "stages"),
		},
	}
}

// apigateway calls an operation of API Gateway; what is not there is errGone.
func (r *Resource) apigateway(ctx context.Context, operation, method, path string, in jsonObject, out any) error {
	return notFound(r.rest(ctx, "apigateway", operation, method, "/v2/apis"+path, nil, in, out), "NotFoundException")
}

func httpAPI(r *Resource) jsonObject {
	in := camel(r.In, "name", "description", "version", "disableExecuteApiEndpoint")
	put(in, "corsConfiguration", camel(nested(r.In, "corsConfiguration"),
		"allowCredentials", "allowHeaders", "allowMethods", "allowOrigins", "exposeHeaders", "maxAge"))
	return in
}

func createHTTPAPI(ctx context.Context, r *Resource) (string, error) {
	in := httpAPI(r)
	in["protocolType"] = r.text("protocolType")
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["tags"] = tags
	}
	var out struct{ ApiId string }
	err := r.apigateway(ctx, "CreateApi", http.MethodPost, "", in, &out)
	return out.ApiId, err
}

func readHTTPAPI(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct{ ApiEndpoint string }
	if err := r.apigateway(ctx, "GetApi", http.MethodGet, "/"+r.ID, nil, &out); err != nil {
		return nil, err
	}
	return value.Map{
		"apiEndpoint": out.ApiEndpoint, "arn": "arn:aws:apigateway:" + r.Region + "::/apis/" + r.ID, "executionArn": r.arn("execute-api", r.ID),
	}, nil
}

func updateHTTPAPI(ctx context.Context, r *Resource) error {
	if r.Old != nil && r.Old["corsConfiguration"] != nil && r.In["corsConfiguration"] == nil {
		if err := r.apigateway(ctx, "DeleteCorsConfiguration", http.MethodDelete, "/"+r.ID+"/cors", nil, nil); err != nil {
			return err
		}
	}
	if err := r.apigateway(ctx, "UpdateApi", http.MethodPatch, "/"+r.ID, httpAPI(r), nil); err != nil {
		return err
	}
	return r.retagREST(ctx, "apigateway", "/v2/tags/"+url.PathEscape("arn:aws:apigateway:"+r.Region+"::/apis/"+r.ID), "tags")
}

func removeHTTPAPI(ctx context.Context, r *Resource) error {
	return unlessGone(r.apigateway(ctx, "DeleteApi", http.MethodDelete, "/"+r.ID, nil, nil))
}

func httpIntegration(r *Resource) jsonObject {
	return camel(r.In, "integrationType", "integrationUri", "integrationMethod", "description", "payloadFormatVersion", "timeoutMilliseconds:timeoutInMillis")
}

func httpRoute(r *Resource) jsonObject {
	return camel(r.In, "routeKey", "target", "authorizationType", "authorizerId", "authorizationScopes")
}

func httpStage(r *Resource) jsonObject {
	in := camel(r.In, "autoDeploy", "description", "stageVariables")
	if r.ID == "" {
		in["stageName"] = r.text("name")
		if tags := nested(r.In, "tags"); len(tags) > 0 {
			in["tags"] = tags
		}
	}
	return in
}

// createUnderAPI creates what is in a collection of an API; member is where
// the answer says its id.
func createUnderAPI(operation, collection, member string, in func(*Resource) jsonObject) func(context.Context, *Resource) (string, error) {
	return func(ctx context.Context, r *Resource) (string, error) {
		var out map[string]any
		err := r.apigateway(ctx, operation, http.MethodPost, "/"+r.text("apiId")+"/"+collection, in(r), &out)
		id, _ := out[member].(string)
		return id, err
	}
}

func readUnderAPI(operation, collection string) func(context.Context, *Resource) (value.Map, error) {
	return func(ctx context.Context, r *Resource) (value.Map, error) {
		return value.Map{}, r.apigateway(ctx, operation, http.MethodGet, "/"+r.text("apiId")+"/"+collection+"/"+url.PathEscape(r.ID), nil, nil)
	}
}

func readHTTPIntegration(ctx context.Context, r *Resource) (value.Map, error) {
	_, err := readUnderAPI("GetIntegration", "integrations")(ctx, r)
	return value.Map{"integrationResponseSelectionExpression": ""}, err // of WebSocket APIs only
}

func updateUnderAPI(operation, collection string, in func(*Resource) jsonObject) func(context.Context, *Resource) error {
	return func(ctx context.Context, r *Resource) error {
		return r.apigateway(ctx, operation, http.MethodPatch, "/"+r.text("apiId")+"/"+collection+"/"+url.PathEscape(r.ID), in(r), nil)
	}
}

func removeUnderAPI(operation, collection string) func(context.Context, *Resource) error {
	return func(ctx context.Context, r *Resource) error {
		return unlessGone(r.apigateway(ctx, operation, http.MethodDelete, "/"+r.text("apiId")+"/"+collection+"/"+url.PathEscape(r.ID), nil, nil))
	}
}

func readHTTPStage(ctx context.Context, r *Resource) (value.Map, error) {
	if _, err := readUnderAPI("GetStage", "stages")(ctx, r); err != nil {
		return nil, err
	}
	var api struct{ ApiEndpoint string }
	id := r.text("apiId")
	if err := r.apigateway(ctx, "GetApi", http.MethodGet, "/"+id, nil, &api); err != nil {
		return nil, err
	}
	invoke := strings.TrimSuffix(api.ApiEndpoint, "/") + "/"
	if r.ID != "$default" {
		invoke += r.ID
	}
	return value.Map{
		"arn": "arn:aws:apigateway:" + r.Region + "::/apis/" + id + "/stages/" + r.ID, "executionArn": r.arn("execute-api", id+"/"+r.ID), "invokeUrl": invoke,
	}, nil
}

func updateHTTPStage(ctx context.Context, r *Resource) error {
	if err := updateUnderAPI("UpdateStage", "stages", httpStage)(ctx, r); err != nil {
		return err
	}
	arn := "arn:aws:apigateway:" + r.Region + "::/apis/" + r.text("apiId") + "/stages/" + r.ID
	return r.retagREST(ctx, "apigateway", "/v2/tags/"+url.PathEscape(arn), "tags")
}
