package provider

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func graphQLKinds() []*Kind {
	authentication := oneOf("API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA")
	userPool := []Property{
		{Name: "appIdClientRegex", Type: str},
		{Name: "awsRegion", Type: str},
		{Name: "userPoolId", Type: str, Required: true},
	}
	runtime := object(Property{Name: "name", Type: oneOf("APPSYNC_JS"), Required: true}, Property{Name: "runtimeVersion", Type: str, Required: true})
	return []*Kind{
		{
			Token: "aws:appsync/graphQLApi:GraphQLApi",
			Inputs: []Property{
				{Name: "name", Type: str, Computed: true},
				{Name: "authenticationType", Type: authentication, Required: true},
				{Name: "additionalAuthenticationProviders", Type: listOf(object(
					Property{Name: "authenticationType", Type: authentication, Required: true},
					Property{Name: "userPoolConfig", Type: object(userPool...)},
				))},
				{Name: "userPoolConfig", Type: object(append(userPool, Property{Name: "defaultAction", Type: oneOf("ALLOW", "DENY"), Required: true})...)},
				{Name: "apiType", Type: oneOf("GRAPHQL"), Default: "GRAPHQL", Replace: true},
				{Name: "introspectionConfig", Type: oneOf("ENABLED", "DISABLED"), Default: "ENABLED"},
				{Name: "logConfig", Type: object(
					Property{Name: "cloudwatchLogsRoleArn", Type: str, Required: true},
					Property{Name: "excludeVerboseContent", Type: boolean, Default: false},
					Property{Name: "fieldLogLevel", Type: oneOf("NONE", "ERROR", "ALL", "INFO", "DEBUG"), Required: true},
				)},
				{Name: "queryDepthLimit", Type: number, Default: 0.0},
				{Name: "resolverCountLimit", Type: number, Default: 0.0},
				{Name: "schema", Type: str},
				{Name: "visibility", Type: oneOf("GLOBAL"), Default: "GLOBAL", Replace: true},
				{Name: "xrayEnabled", Type: boolean, Default: false},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "uris", "tagsAll"},
			Name:     Naming{Property: "name", Max: 65, Shared: true},
			create:   createGraphQLAPI, read: readGraphQLAPI, update: updateGraphQLAPI, remove: removeGraphQLAPI,
		},
		{
			Token: "aws:appsync/apiKey:ApiKey",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "description", Type: str, Default: "Managed by Pulumi"},
				{Name: "expires", Type: str, Computed: true},
			},
			Computed: []string{"apiKeyId", "key"},
			Secrets:  []string{"key"},
			create:   createAPIKey, read: readAPIKey, update: updateAPIKey,
			remove: removeUnder(func(r *Resource) string { _, key, _ := strings.Cut(r.ID, ":"); return "/apikeys/" + key }),
		},
		{
			Token: "aws:appsync/dataSource:DataSource",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "type", Type: oneOf("AMAZON_DYNAMODB", "AWS_LAMBDA", "NONE", "HTTP"), Required: true},
				{Name: "description", Type: str},
				{Name: "dynamodbConfig", Type: object(
					Property{Name: "tableName", Type: str, Required: true},
					Property{Name: "region", Type: str},
					Property{Name: "useCallerCredentials", Type: boolean},
				)},
				{Name: "lambdaConfig", Type: object(Property{Name: "functionArn", Type: str, Required: true})},
				{Name: "httpConfig", Type: object(Property{Name: "endpoint", Type: str, Required: true})},
				{Name: "serviceRoleArn", Type: str},
			},
			Computed: []string{"arn"},
			Name:     Naming{Property: "name", Max: 64},
			Identity: []string{"apiId", "name"},
			create:   createDataSource, read: readDataSource, update: updateDataSource,
			remove: removeUnder(func(r *Resource) string { return "/datasources/" + r.text("name") }),
			find:   byInputs(func(r *Resource) string { return r.text("apiId") + "-" + r.text("name") }, readDataSource),
		},
		{
			Token: "aws:appsync/function:Function",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "name", Type: str, Computed: true},
				{Name: "dataSource", Type: str, Required: true},
				{Name: "description", Type: str},
				{Name: "code", Type: str},
				{Name: "runtime", Type: runtime},
				{Name: "functionVersion", Type: oneOf("2018-05-29"), Computed: true},
				{Name: "maxBatchSize", Type: number},
				{Name: "requestMappingTemplate", Type: str},
				{Name: "responseMappingTemplate", Type: str},
			},
			Computed: []string{"arn", "functionId"},
			Name:     Naming{Property: "name", Max: 64, Shared: true},
			create:   createPipelineFunction, read: readPipelineFunction, update: updatePipelineFunction,
			remove: removeUnder(func(r *Resource) string { _, id, _ := strings.Cut(r.ID, "-"); return "/functions/" + id }),
		},
		{
			Token: "aws:appsync/resolver:Resolver",
			Inputs: []Property{
				{Name: "apiId", Type: str, Required: true, Replace: true},
				{Name: "type", Type: str, Required: true, Replace: true},
				{Name: "field", Type: str, Required: true, Replace: true},
				{Name: "dataSource", Type: str},
				{Name: "kind", Type: oneOf("UNIT", "PIPELINE"), Default: "UNIT"},
				{Name: "code", Type: str},
				{Name: "runtime", Type: runtime},
				{Name: "maxBatchSize", Type: number},
				{Name: "pipelineConfig", Type: object(Property{Name: "functions", Type: listOf(str)})},
				{Name: "requestTemplate", Type: str},
				{Name: "responseTemplate", Type: str},
			},
			Computed: []string{"arn"},
			Identity: []string{"apiId", "type", "field"},
			create:   createResolver, read: readResolver, update: updateResolver,
			remove: removeUnder(func(r *Resource) string { return "/types/" + r.text("type") + "/resolvers/" + r.text("field") }),
			find: byInputs(func(r *Resource) string {
				return r.text("apiId") + "-" + r.text("type") + "-" + r.text("field")
			}, readResolver),
		},
	}
}

// appsync calls an operation on what is under an API; what is not there is
// errGone.
func (r *Resource) appsync(ctx context.Context, operation, method, api, path string, in jsonObject, out any) error {
	if api != "" {
		path = "/v1/apis/" + api + path
	}
	return notFound(r.rest(ctx, "appsync", operation, method, path, nil, in, out), "NotFoundException")
}

// removeUnder deletes what is at a path under the API of the resource.
func removeUnder(path func(*Resource) string) func(context.Context, *Resource) error {
	return func(ctx context.Context, r *Resource) error {
		return unlessGone(r.appsync(ctx, "Delete", http.MethodDelete, r.text("apiId"), path(r), nil, nil))
	}
}

func graphQLAPI(r *Resource) jsonObject {
	in := camel(r.In, "name", "authenticationType", "introspectionConfig", "xrayEnabled")
	for _, limit := range []string{"queryDepthLimit", "resolverCountLimit"} {
		in[limit] = integer(r.In[limit])
	}
	var providers []any
	for _, m := range objects(r.In["additionalAuthenticationProviders"]) {
		p := camel(m, "authenticationType")
		put(p, "userPoolConfig", r.poolConfig(nested(m, "userPoolConfig")))
		providers = append(providers, p)
	}
	if len(providers) > 0 {
		in["additionalAuthenticationProviders"] = providers
	}
	put(in, "userPoolConfig", r.poolConfig(nested(r.In, "userPoolConfig")))
	put(in, "logConfig", camel(nested(r.In, "logConfig"), "cloudwatchLogsRoleArn:cloudWatchLogsRoleArn", "excludeVerboseContent", "fieldLogLevel"))
	return in
}

func (r *Resource) poolConfig(m value.Map) jsonObject {
	if m == nil {
		return nil
	}
	in := camel(m, "appIdClientRegex", "awsRegion", "userPoolId", "defaultAction")
	if in["awsRegion"] == nil {
		in["awsRegion"] = r.Region
	}
	return in
}

func createGraphQLAPI(ctx context.Context, r *Resource) (string, error) {
	in := graphQLAPI(r)
	in["apiType"], in["visibility"] = r.text("apiType"), r.text("visibility")
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["tags"] = tags
	}
	var out struct{ GraphqlApi struct{ ApiId string } }
	if err := r.appsync(ctx, "CreateGraphqlApi", http.MethodPost, "", "/v1/apis", in, &out); err != nil {
		return "", err
	}
	r.ID = out.GraphqlApi.ApiId
	return r.ID, setSchema(ctx, r)
}

func readGraphQLAPI(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		GraphqlApi struct {
			Arn  string
			Uris map[string]string
		}
	}
	if err := r.appsync(ctx, "GetGraphqlApi", http.MethodGet, r.ID, "", nil, &out); err != nil {
		return nil, err
	}
	uris := value.Map{}
	for k, v := range out.GraphqlApi.Uris {
		uris[k] = v
	}
	return value.Map{"arn": out.GraphqlApi.Arn, "uris": uris}, nil
}

func updateGraphQLAPI(ctx context.Context, r *Resource) error {
	if err := r.appsync(ctx, "UpdateGraphqlApi", http.MethodPost, r.ID, "", graphQLAPI(r), nil); err != nil {
		return err
	}
	if err := r.retagREST(ctx, "appsync", "/v1/tags/"+url.PathEscape(r.arn("appsync", "apis/"+r.ID)), "tags"); err != nil {
		return err
	}
	return setSchema(ctx, r)
}

func removeGraphQLAPI(ctx context.Context, r *Resource) error {
	return unlessGone(r.appsync(ctx, "DeleteGraphqlApi", http.MethodDelete, r.ID, "", nil, nil))
}

// setSchema gives the API its schema, and waits until it is in force.
func setSchema(ctx context.Context, r *Resource) error {
	schema := r.text("schema")
	if schema == "" || !r.Changed("schema") {
		return nil
	}
	in := jsonObject{"definition": base64.StdEncoding.EncodeToString([]byte(schema))}
	if err := r.appsync(ctx, "StartSchemaCreation", http.MethodPost, r.ID, "/schemacreation", in, nil); err != nil {
		return err
	}
	return r.wait(ctx, func() (bool, error) {
		var out struct{ Status, Details string }
		err := r.appsync(ctx, "GetSchemaCreationStatus", http.MethodGet, r.ID, "/schemacreation", nil, &out)
		switch {
		case err != nil:
			return false, err
		case out.Status == "FAILED":
			return false, fmt.Errorf("the schema was refused: %s", out.Details)
		}
		return out.Status == "SUCCESS" || out.Status == "ACTIVE", nil
	})
}

// apiKey is the members of an API key; on its expiry the service has a say.
func apiKey(r *Resource) (jsonObject, error) {
	in := camel(r.In, "description")
	if s := r.text("expires"); s != "" {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return nil, fmt.Errorf("property expires is not a time such as 2027-01-01T00:00:00Z: %q", s)
		}
		in["expires"] = t.Unix()
	}
	return in, nil
}

func createAPIKey(ctx context.Context, r *Resource) (string, error) {
	in, err := apiKey(r)
	if err != nil {
		return "", err
	}
	var out struct{ ApiKey struct{ Id string } }
	err = r.appsync(ctx, "CreateApiKey", http.MethodPost, r.text("apiId"), "/apikeys", in, &out)
	return r.text("apiId") + ":" + out.ApiKey.Id, err
}

func readAPIKey(ctx context.Context, r *Resource) (value.Map, error) {
	api, id, _ := strings.Cut(r.ID, ":")
	var out struct {
		ApiKeys []struct {
			Id      string
			Expires float64
		}
	}
	if err := r.appsync(ctx, "ListApiKeys", http.MethodGet, api, "/apikeys", nil, &out); err != nil {
		return nil, err
	}
	for _, k := range out.ApiKeys {
		if k.Id == id {
			return value.Map{"apiKeyId": id, "key": id, "expires": timestamp(k.Expires)}, nil
		}
	}
	return nil, errGone
}

func updateAPIKey(ctx context.Context, r *Resource) error {
	in, err := apiKey(r)
	if err != nil {
		return err
	}
	api, id, _ := strings.Cut(r.ID, ":")
	return r.appsync(ctx, "UpdateApiKey", http.MethodPost, api, "/apikeys/"+id, in, nil)
}

func dataSource(r *Resource) jsonObject {
	in := camel(r.In, "name", "type", "description", "serviceRoleArn")
	if m := nested(r.In, "dynamodbConfig"); m != nil {
		c := camel(m, "tableName", "region:awsRegion", "useCallerCredentials")
		if c["awsRegion"] == nil {
			c["awsRegion"] = r.Region
		}
		in["dynamodbConfig"] = c
	}
	put(in, "lambdaConfig", camel(nested(r.In, "lambdaConfig"), "functionArn:lambdaFunctionArn"))
	put(in, "httpConfig", camel(nested(r.In, "httpConfig"), "endpoint"))
	return in
}

func createDataSource(ctx context.Context, r *Resource) (string, error) {
	err := r.appsync(ctx, "CreateDataSource", http.MethodPost, r.text("apiId"), "/datasources", dataSource(r), nil)
	return r.text("apiId") + "-" + r.text("name"), err
}

func readDataSource(ctx context.Context, r *Resource) (value.Map, error) {
	api, name, _ := strings.Cut(r.ID, "-")
	var out struct {
		DataSource struct{ DataSourceArn string }
	}
	err := r.appsync(ctx, "GetDataSource", http.MethodGet, api, "/datasources/"+name, nil, &out)
	return value.Map{"arn": out.DataSource.DataSourceArn}, err
}

func updateDataSource(ctx context.Context, r *Resource) error {
	return r.appsync(ctx, "UpdateDataSource", http.MethodPost, r.text("apiId"), "/datasources/"+r.text("name"), dataSource(r), nil)
}

func pipelineFunction(r *Resource) jsonObject {
	in := camel(r.In, "name", "dataSource:dataSourceName", "description", "code", "functionVersion", "maxBatchSize", "requestMappingTemplate", "responseMappingTemplate")
	put(in, "runtime", camel(nested(r.In, "runtime"), "name", "runtimeVersion"))
	if in["code"] == nil && in["functionVersion"] == nil {
		in["functionVersion"] = "2018-05-29"
	}
	return in
}

type functionOfPipeline struct {
	FunctionConfiguration struct{ FunctionId, FunctionArn, FunctionVersion string }
}

func createPipelineFunction(ctx context.Context, r *Resource) (string, error) {
	var out functionOfPipeline
	err := r.appsync(ctx, "CreateFunction", http.MethodPost, r.text("apiId"), "/functions", pipelineFunction(r), &out)
	return r.text("apiId") + "-" + out.FunctionConfiguration.FunctionId, err
}

func readPipelineFunction(ctx context.Context, r *Resource) (value.Map, error) {
	api, id, _ := strings.Cut(r.ID, "-")
	var out functionOfPipeline
	err := r.appsync(ctx, "GetFunction", http.MethodGet, api, "/functions/"+id, nil, &out)
	return value.Map{"arn": out.FunctionConfiguration.FunctionArn, "functionId": id}, err
}

func updatePipelineFunction(ctx context.Context, r *Resource) error {
	_, id, _ := strings.Cut(r.ID, "-")
	return r.appsync(ctx, "UpdateFunction", http.MethodPost, r.text("apiId"), "/functions/"+id, pipelineFunction(r), nil)
}

func resolver(r *Resource) jsonObject {
	in := camel(r.In, "dataSource:dataSourceName", "kind", "code", "maxBatchSize", "requestTemplate:requestMappingTemplate", "responseTemplate:responseMappingTemplate")
	put(in, "runtime", camel(nested(r.In, "runtime"), "name", "runtimeVersion"))
	put(in, "pipelineConfig", camel(nested(r.In, "pipelineConfig"), "functions"))
	return in
}

func createResolver(ctx context.Context, r *Resource) (string, error) {
	in := resolver(r)
	in["fieldName"] = r.text("field")
	err := r.appsync(ctx, "CreateResolver", http.MethodPost, r.text("apiId"), "/types/"+r.text("type")+"/resolvers", in, nil)
	return r.text("apiId") + "-" + r.text("type") + "-" + r.text("field"), err
}

func readResolver(ctx context.Context, r *Resource) (value.Map, error) {
	part := strings.SplitN(r.ID, "-", 3)
	if len(part) != 3 {
		return nil, errGone
	}
	var out struct{ Resolver struct{ ResolverArn string } }
	err := r.appsync(ctx, "GetResolver", http.MethodGet, part[0], "/types/"+part[1]+"/resolvers/"+part[2], nil, &out)
	return value.Map{"arn": out.Resolver.ResolverArn}, err
}

func updateResolver(ctx context.Context, r *Resource) error {
	return r.appsync(ctx, "UpdateResolver", http.MethodPost, r.text("apiId"), "/types/"+r.text("type")+"/resolvers/"+r.text("field"), resolver(r), nil)
}
