package appsync

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

// APISettings are the members that creating, updating and describing an API
// share.
type APISettings struct {
	AdditionalAuthenticationProviders []AdditionalAuthenticationProvider `wire:"additionalAuthenticationProviders"`
	AuthenticationType                string                             `wire:"authenticationType" required:"" enum:"API_KEY|AWS_IAM|AMAZON_COGNITO_USER_POOLS|OPENID_CONNECT|AWS_LAMBDA"`
	IntrospectionConfig               string                             `wire:"introspectionConfig" enum:"ENABLED|DISABLED"`
	LambdaAuthorizerConfig            *LambdaAuthorizerConfig            `wire:"lambdaAuthorizerConfig"`
	LogConfig                         *LogConfig                         `wire:"logConfig"`
	Name                              string                             `wire:"name" required:""`
	OwnerContact                      string                             `wire:"ownerContact"`
	QueryDepthLimit                   *int32                             `wire:"queryDepthLimit" range:"0,75"`
	ResolverCountLimit                *int32                             `wire:"resolverCountLimit" range:"0,10000"`
	UserPoolConfig                    *UserPoolConfig                    `wire:"userPoolConfig"`
	XrayEnabled                       *bool                              `wire:"xrayEnabled"`
}

type CreateGraphqlApiInput struct {
	_       struct{} `http:"POST /v1/apis"`
	ApiType string   `wire:"apiType" enum:"GRAPHQL|MERGED"`
	APISettings
	Tags       map[string]string `wire:"tags" len:"1,50" keylen:"1,128" elemlen:",256" elempattern:"^[\\s\\w+-=\\.:/@]*$"`
	Visibility string            `wire:"visibility" enum:"GLOBAL|PRIVATE"`
}

type GetGraphqlApiInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
}

type UpdateGraphqlApiInput struct {
	_     struct{} `http:"POST /v1/apis/{apiId}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	APISettings
}

type GraphqlApiOutput struct {
	GraphqlApi *GraphqlApi `wire:"graphqlApi"`
}

type GraphqlApi struct {
	ApiId   string `wire:"apiId"`
	ApiType string `wire:"apiType"`
	Arn     string `wire:"arn"`
	APISettings
	Dns        map[string]string `wire:"dns"`
	Owner      string            `wire:"owner"`
	Tags       map[string]string `wire:"tags"`
	Uris       map[string]string `wire:"uris"`
	Visibility string            `wire:"visibility"`
}

type AdditionalAuthenticationProvider struct {
	AuthenticationType     string                  `wire:"authenticationType" enum:"API_KEY|AWS_IAM|AMAZON_COGNITO_USER_POOLS|OPENID_CONNECT|AWS_LAMBDA"`
	LambdaAuthorizerConfig *LambdaAuthorizerConfig `wire:"lambdaAuthorizerConfig"`
	UserPoolConfig         *CognitoUserPoolConfig  `wire:"userPoolConfig"`
}

type LambdaAuthorizerConfig struct {
	AuthorizerResultTtlInSeconds *int32 `wire:"authorizerResultTtlInSeconds" range:"0,3600"`
	AuthorizerUri                string `wire:"authorizerUri" required:""`
	IdentityValidationExpression string `wire:"identityValidationExpression"`
}

type LogConfig struct {
	CloudWatchLogsRoleArn string `wire:"cloudWatchLogsRoleArn" required:""`
	ExcludeVerboseContent *bool  `wire:"excludeVerboseContent"`
	FieldLogLevel         string `wire:"fieldLogLevel" required:"" enum:"NONE|ERROR|ALL|INFO|DEBUG"`
}

type UserPoolConfig struct {
	AppIdClientRegex string `wire:"appIdClientRegex"`
	AwsRegion        string `wire:"awsRegion" required:""`
	DefaultAction    string `wire:"defaultAction" required:"" enum:"ALLOW|DENY"`
	UserPoolId       string `wire:"userPoolId" required:""`
}

type CognitoUserPoolConfig struct {
	AppIdClientRegex string `wire:"appIdClientRegex"`
	AwsRegion        string `wire:"awsRegion" required:""`
	UserPoolId       string `wire:"userPoolId" required:""`
}

type DeleteGraphqlApiInput struct {
	_     struct{} `http:"DELETE /v1/apis/{apiId}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
}

// Paged are the members of every list request.
type Paged struct {
	MaxResults *int32 `wire:"maxResults" loc:"query" range:"0,25"`
	NextToken  string `wire:"nextToken" loc:"query" len:"1,65536" pattern:"[\\S]+"`
}

type ListGraphqlApisInput struct {
	_       struct{} `http:"GET /v1/apis"`
	ApiType string   `wire:"apiType" loc:"query" enum:"GRAPHQL|MERGED"`
	Paged
}

type ListGraphqlApisOutput struct {
	GraphqlApis []GraphqlApi `wire:"graphqlApis"`
	NextToken   string       `wire:"nextToken"`
}

type TagResourceInput struct {
	_           struct{}          `http:"POST /v1/tags/{resourceArn}"`
	ResourceArn string            `wire:"resourceArn" loc:"uri" required:""`
	Tags        map[string]string `wire:"tags" required:"" len:"1,50" keylen:"1,128" elemlen:",256" elempattern:"^[\\s\\w+-=\\.:/@]*$"`
}

type UntagResourceInput struct {
	_           struct{} `http:"DELETE /v1/tags/{resourceArn}"`
	ResourceArn string   `wire:"resourceArn" loc:"uri" required:""`
	TagKeys     []string `wire:"tagKeys" loc:"query" required:"" len:"1,50" elemlen:"1,128"`
}

type ListTagsForResourceInput struct {
	_           struct{} `http:"GET /v1/tags/{resourceArn}"`
	ResourceArn string   `wire:"resourceArn" loc:"uri" required:""`
}

type ListTagsForResourceOutput struct {
	Tags map[string]string `wire:"tags"`
}

type StartSchemaCreationInput struct {
	_          struct{} `http:"POST /v1/apis/{apiId}/schemacreation"`
	ApiId      string   `wire:"apiId" loc:"uri" required:""`
	Definition []byte   `wire:"definition" required:""`
}

type StartSchemaCreationOutput struct {
	Status string `wire:"status"`
}

type GetSchemaCreationStatusInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/schemacreation"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
}

type GetSchemaCreationStatusOutput struct {
	Details string `wire:"details"`
	Status  string `wire:"status"`
}

type GetIntrospectionSchemaInput struct {
	_                 struct{} `http:"GET /v1/apis/{apiId}/schema"`
	ApiId             string   `wire:"apiId" loc:"uri" required:""`
	Format            string   `wire:"format" loc:"query" required:"" enum:"SDL|JSON"`
	IncludeDirectives *bool    `wire:"includeDirectives" loc:"query"`
}

type GetIntrospectionSchemaOutput struct {
	Schema []byte `wire:"schema" loc:"payload"`
}

// DataSourceSettings are the members that creating, updating and describing a
// data source share.
type DataSourceSettings struct {
	Description    string                    `wire:"description"`
	DynamodbConfig *DynamodbDataSourceConfig `wire:"dynamodbConfig"`
	HttpConfig     *HttpDataSourceConfig     `wire:"httpConfig"`
	LambdaConfig   *LambdaDataSourceConfig   `wire:"lambdaConfig"`
	ServiceRoleArn string                    `wire:"serviceRoleArn"`
	Type           string                    `wire:"type" required:"" enum:"AWS_LAMBDA|AMAZON_DYNAMODB|AMAZON_ELASTICSEARCH|NONE|HTTP|RELATIONAL_DATABASE|AMAZON_OPENSEARCH_SERVICE|AMAZON_EVENTBRIDGE|AMAZON_BEDROCK_RUNTIME"`
}

type DynamodbDataSourceConfig struct {
	AwsRegion            string `wire:"awsRegion" required:""`
	TableName            string `wire:"tableName" required:""`
	UseCallerCredentials *bool  `wire:"useCallerCredentials"`
	Versioned            *bool  `wire:"versioned"`
}

type HttpDataSourceConfig struct {
	Endpoint string `wire:"endpoint"`
}

type LambdaDataSourceConfig struct {
	LambdaFunctionArn string `wire:"lambdaFunctionArn" required:""`
}

type CreateDataSourceInput struct {
	_     struct{} `http:"POST /v1/apis/{apiId}/datasources"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Name  string   `wire:"name" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	DataSourceSettings
}

type UpdateDataSourceInput struct {
	_     struct{} `http:"POST /v1/apis/{apiId}/datasources/{name}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Name  string   `wire:"name" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	DataSourceSettings
}

type DataSourceOutput struct {
	DataSource *DataSource `wire:"dataSource"`
}

type DataSource struct {
	DataSourceArn string `wire:"dataSourceArn"`
	Name          string `wire:"name"`
	DataSourceSettings
}

type GetDataSourceInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/datasources/{name}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Name  string   `wire:"name" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type DeleteDataSourceInput struct {
	_     struct{} `http:"DELETE /v1/apis/{apiId}/datasources/{name}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Name  string   `wire:"name" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type ListDataSourcesInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/datasources"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Paged
}

type ListDataSourcesOutput struct {
	DataSources []DataSource `wire:"dataSources"`
	NextToken   string       `wire:"nextToken"`
}

// Handlers are the members that functions and resolvers share: what they run
// before and after their data source.
type Handlers struct {
	Code                    string          `wire:"code" len:"1,32768"`
	DataSourceName          string          `wire:"dataSourceName" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	MaxBatchSize            *int32          `wire:"maxBatchSize" range:"0,2000"`
	RequestMappingTemplate  string          `wire:"requestMappingTemplate" len:"1,65536"`
	ResponseMappingTemplate string          `wire:"responseMappingTemplate" len:"1,65536"`
	Runtime                 *AppSyncRuntime `wire:"runtime"`
}

type AppSyncRuntime struct {
	Name           string `wire:"name" required:"" enum:"APPSYNC_JS"`
	RuntimeVersion string `wire:"runtimeVersion" required:""`
}

// FunctionSettings are the members that creating, updating and describing a
// function share.
type FunctionSettings struct {
	Description     string `wire:"description"`
	FunctionVersion string `wire:"functionVersion"`
	Handlers
	Name string `wire:"name" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type CreateFunctionInput struct {
	_     struct{} `http:"POST /v1/apis/{apiId}/functions"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	FunctionSettings
}

type UpdateFunctionInput struct {
	_          struct{} `http:"POST /v1/apis/{apiId}/functions/{functionId}"`
	ApiId      string   `wire:"apiId" loc:"uri" required:""`
	FunctionId string   `wire:"functionId" loc:"uri" required:"" len:"1,65536"`
	FunctionSettings
}

type FunctionOutput struct {
	FunctionConfiguration *FunctionConfiguration `wire:"functionConfiguration"`
}

type FunctionConfiguration struct {
	FunctionArn string `wire:"functionArn"`
	FunctionId  string `wire:"functionId"`
	FunctionSettings
}

type GetFunctionInput struct {
	_          struct{} `http:"GET /v1/apis/{apiId}/functions/{functionId}"`
	ApiId      string   `wire:"apiId" loc:"uri" required:""`
	FunctionId string   `wire:"functionId" loc:"uri" required:"" len:"1,65536"`
}

type DeleteFunctionInput struct {
	_          struct{} `http:"DELETE /v1/apis/{apiId}/functions/{functionId}"`
	ApiId      string   `wire:"apiId" loc:"uri" required:""`
	FunctionId string   `wire:"functionId" loc:"uri" required:"" len:"1,65536"`
}

type ListFunctionsInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/functions"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Paged
}

type ListFunctionsOutput struct {
	Functions []FunctionConfiguration `wire:"functions"`
	NextToken string                  `wire:"nextToken"`
}

type ListResolversByFunctionInput struct {
	_          struct{} `http:"GET /v1/apis/{apiId}/functions/{functionId}/resolvers"`
	ApiId      string   `wire:"apiId" loc:"uri" required:""`
	FunctionId string   `wire:"functionId" loc:"uri" required:""`
	Paged
}

// ResolverSettings are the members that creating, updating and describing a
// resolver share.
type ResolverSettings struct {
	Handlers
	Kind           string          `wire:"kind" enum:"UNIT|PIPELINE"`
	PipelineConfig *PipelineConfig `wire:"pipelineConfig"`
}

type PipelineConfig struct {
	Functions []string `wire:"functions"`
}

type CreateResolverInput struct {
	_         struct{} `http:"POST /v1/apis/{apiId}/types/{typeName}/resolvers"`
	ApiId     string   `wire:"apiId" loc:"uri" required:""`
	FieldName string   `wire:"fieldName" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	ResolverSettings
	TypeName string `wire:"typeName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type UpdateResolverInput struct {
	_         struct{} `http:"POST /v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}"`
	ApiId     string   `wire:"apiId" loc:"uri" required:""`
	FieldName string   `wire:"fieldName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	ResolverSettings
	TypeName string `wire:"typeName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type ResolverOutput struct {
	Resolver *Resolver `wire:"resolver"`
}

type Resolver struct {
	FieldName   string `wire:"fieldName"`
	ResolverArn string `wire:"resolverArn"`
	ResolverSettings
	TypeName string `wire:"typeName"`
}

type GetResolverInput struct {
	_         struct{} `http:"GET /v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}"`
	ApiId     string   `wire:"apiId" loc:"uri" required:""`
	FieldName string   `wire:"fieldName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	TypeName  string   `wire:"typeName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type DeleteResolverInput struct {
	_         struct{} `http:"DELETE /v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}"`
	ApiId     string   `wire:"apiId" loc:"uri" required:""`
	FieldName string   `wire:"fieldName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
	TypeName  string   `wire:"typeName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type ListResolversInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/types/{typeName}/resolvers"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Paged
	TypeName string `wire:"typeName" loc:"uri" required:""`
}

type ListResolversOutput struct {
	NextToken string     `wire:"nextToken"`
	Resolvers []Resolver `wire:"resolvers"`
}

type GetTypeInput struct {
	_        struct{} `http:"GET /v1/apis/{apiId}/types/{typeName}"`
	ApiId    string   `wire:"apiId" loc:"uri" required:""`
	Format   string   `wire:"format" loc:"query" required:"" enum:"SDL|JSON"`
	TypeName string   `wire:"typeName" loc:"uri" required:"" len:"1,65536" pattern:"[_A-Za-z][_0-9A-Za-z]*"`
}

type GetTypeOutput struct {
	Type *Type `wire:"type"`
}

type ListTypesInput struct {
	_      struct{} `http:"GET /v1/apis/{apiId}/types"`
	ApiId  string   `wire:"apiId" loc:"uri" required:""`
	Format string   `wire:"format" loc:"query" required:"" enum:"SDL|JSON"`
	Paged
}

type ListTypesOutput struct {
	NextToken string `wire:"nextToken"`
	Types     []Type `wire:"types"`
}

type Type struct {
	Arn         string `wire:"arn"`
	Definition  string `wire:"definition"`
	Description string `wire:"description"`
	Format      string `wire:"format"`
	Name        string `wire:"name"`
}

type CreateApiKeyInput struct {
	_           struct{} `http:"POST /v1/apis/{apiId}/apikeys"`
	ApiId       string   `wire:"apiId" loc:"uri" required:""`
	Description string   `wire:"description"`
	Expires     *int64   `wire:"expires"`
}

type UpdateApiKeyInput struct {
	_           struct{} `http:"POST /v1/apis/{apiId}/apikeys/{id}"`
	ApiId       string   `wire:"apiId" loc:"uri" required:""`
	Description string   `wire:"description"`
	Expires     *int64   `wire:"expires"`
	Id          string   `wire:"id" loc:"uri" required:""`
}

type ApiKeyOutput struct {
	ApiKey *ApiKey `wire:"apiKey"`
}

type ApiKey struct {
	Deletes     int64  `wire:"deletes"`
	Description string `wire:"description"`
	Expires     int64  `wire:"expires"`
	Id          string `wire:"id"`
}

type DeleteApiKeyInput struct {
	_     struct{} `http:"DELETE /v1/apis/{apiId}/apikeys/{id}"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Id    string   `wire:"id" loc:"uri" required:""`
}

type ListApiKeysInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/apikeys"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
	Paged
}

type ListApiKeysOutput struct {
	ApiKeys   []ApiKey `wire:"apiKeys"`
	NextToken string   `wire:"nextToken"`
}

type EvaluateMappingTemplateInput struct {
	_        struct{} `http:"POST /v1/dataplane-evaluatetemplate"`
	Context  string   `wire:"context" required:"" len:"2,28000"`
	Template string   `wire:"template" required:"" len:"2,65536"`
}

type EvaluateMappingTemplateOutput struct {
	Error            *ErrorDetail `wire:"error"`
	EvaluationResult string       `wire:"evaluationResult"`
	Logs             []string     `wire:"logs"`
	OutErrors        string       `wire:"outErrors"`
	Stash            string       `wire:"stash"`
}

type ErrorDetail struct {
	Message string `wire:"message"`
}

type GetGraphqlApiEnvironmentVariablesInput struct {
	_     struct{} `http:"GET /v1/apis/{apiId}/environmentVariables"`
	ApiId string   `wire:"apiId" loc:"uri" required:""`
}

type PutGraphqlApiEnvironmentVariablesInput struct {
	_                    struct{}          `http:"PUT /v1/apis/{apiId}/environmentVariables"`
	ApiId                string            `wire:"apiId" loc:"uri" required:""`
	EnvironmentVariables map[string]string `wire:"environmentVariables" required:"" len:"0,50" keylen:"2,64" keypattern:"^[A-Za-z]+\\w*$" elemlen:"0,512"`
}

type EnvironmentVariablesOutput struct {
	EnvironmentVariables map[string]string `wire:"environmentVariables"`
}

type EvaluateCodeInput struct {
	_        struct{}       `http:"POST /v1/dataplane-evaluatecode"`
	Code     string         `wire:"code" required:"" len:"1,32768"`
	Context  string         `wire:"context" required:"" len:"2,28000"`
	Function string         `wire:"function"`
	Runtime  AppSyncRuntime `wire:"runtime" required:""`
}

type EvaluateCodeOutput struct {
	Error            *EvaluateCodeErrorDetail `wire:"error"`
	EvaluationResult string                   `wire:"evaluationResult"`
	Logs             []string                 `wire:"logs"`
	OutErrors        string                   `wire:"outErrors"`
	Stash            string                   `wire:"stash"`
}

type EvaluateCodeErrorDetail struct {
	CodeErrors []CodeError `wire:"codeErrors"`
	Message    string      `wire:"message"`
}

type BadRequestDetail struct {
	CodeErrors []CodeError `wire:"codeErrors"`
}

type CodeError struct {
	ErrorType string             `wire:"errorType"`
	Location  *CodeErrorLocation `wire:"location"`
	Value     string             `wire:"value"`
}

type CodeErrorLocation struct {
	Column int `wire:"column"`
	Line   int `wire:"line"`
	Span   int `wire:"span"`
}
