package lambda

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

// named is the member of most inputs that names a function.
type named struct {
	FunctionName string `loc:"uri" required:"" len:"1,256" pattern:"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:|(((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?))(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"`
}

type qualified struct {
	named
	Qualifier string `loc:"query" len:"1,128" pattern:"\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"`
}

type page struct {
	Marker   string `loc:"query"`
	MaxItems *int32 `loc:"query" range:"1,10000"`
}

type FunctionCode struct {
	S3Bucket        string `len:"3,63"`
	S3Key           string `len:"1,1024" pattern:".*"`
	S3ObjectVersion string `len:"1,1024" pattern:".*"`
	ZipFile         []byte `sensitive:""`
}

type Environment struct {
	Variables map[string]string `sensitive:"" keypattern:"[a-zA-Z]([a-zA-Z0-9_])+"`
}

type DeadLetterConfig struct {
	TargetArn *string `len:"0,10000"`
}

type LoggingConfig struct {
	LogFormat string `enum:"JSON|Text"`
	LogGroup  string `len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
}

type CreateFunctionInput struct {
	_                struct{}     `http:"POST /2015-03-31/functions"`
	Architectures    []string     `len:"1,1" elemenum:"x86_64|arm64"`
	Code             FunctionCode `required:""`
	DeadLetterConfig *DeadLetterConfig
	Description      *string `len:"0,256"`
	Environment      *Environment
	EphemeralStorage *EphemeralStorage
	FunctionName     string  `required:"" len:"1,140" pattern:"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:|(((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?))(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"`
	Handler          *string `len:"0,128" pattern:"[^\\s]+"`
	LoggingConfig    *LoggingConfig
	MemorySize       *int32 `range:"128,10240"`
	PackageType      string `enum:"Zip|Image"`
	Publish          *bool
	Role             string            `required:"" len:"0,10000" pattern:"arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"`
	Runtime          string            `enum:"nodejs|nodejs4.3|nodejs6.10|nodejs8.10|nodejs10.x|nodejs12.x|nodejs14.x|nodejs16.x|nodejs18.x|nodejs20.x|nodejs22.x|nodejs24.x|java8|java8.al2|java11|java17|java21|java25|python2.7|python3.6|python3.7|python3.8|python3.9|python3.10|python3.11|python3.12|python3.13|python3.14|dotnetcore1.0|dotnetcore2.0|dotnetcore2.1|dotnetcore3.1|dotnet6|dotnet8|dotnet10|nodejs4.3-edge|go1.x|ruby2.5|ruby2.7|ruby3.2|ruby3.3|ruby3.4|ruby4.0|provided|provided.al2|provided.al2023|nodejs26.x|python3.15|java8.al2023|java11.al2023|java17.al2023"`
	Tags             map[string]string `keylen:"1,128" keypattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)" elemlen:"0,256" elempattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
	Timeout          *int32            `range:"1,900"`
}

type CreateFunctionOutput struct {
	_ struct{} `status:"201"`
	FunctionConfiguration
}

// FunctionConfiguration is what most operations answer.
type FunctionConfiguration struct {
	Architectures              []string
	CodeSha256                 string
	CodeSize                   int64
	DeadLetterConfig           *DeadLetterConfig
	Description                *string
	Environment                *EnvironmentResponse
	EphemeralStorage           EphemeralStorage
	FunctionArn                string
	FunctionName               string
	Handler                    string
	LastModified               string
	LastUpdateStatus           string
	LastUpdateStatusReason     string
	LastUpdateStatusReasonCode string
	LoggingConfig              LoggingConfig
	MemorySize                 int32
	PackageType                string
	RevisionId                 string
	Role                       string
	Runtime                    string
	SnapStart                  SnapStartResponse
	State                      string
	StateReason                string
	StateReasonCode            string
	Timeout                    int32
	TracingConfig              TracingConfigResponse
	Version                    string
}

type EnvironmentResponse struct{ Variables map[string]string }

type EphemeralStorage struct {
	Size int32 `required:"" range:"512,10240"`
}

type SnapStartResponse struct{ ApplyOn, OptimizationStatus string }

type TracingConfigResponse struct{ Mode string }

type GetFunctionInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}"`
	qualified
}

type GetFunctionOutput struct {
	Code          FunctionCodeLocation
	Concurrency   *Concurrency
	Configuration FunctionConfiguration
	Tags          map[string]string
}

type FunctionCodeLocation struct{ Location, RepositoryType string }

type Concurrency struct{ ReservedConcurrentExecutions *int32 }

type GetFunctionConfigurationInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}/configuration"`
	qualified
}

type UpdateFunctionCodeInput struct {
	_             struct{} `http:"PUT /2015-03-31/functions/{FunctionName}/code"`
	Architectures []string `len:"1,1" elemenum:"x86_64|arm64"`
	DryRun        *bool
	named
	Publish    *bool
	RevisionId string
	FunctionCode
}

type UpdateFunctionConfigurationInput struct {
	_                struct{} `http:"PUT /2015-03-31/functions/{FunctionName}/configuration"`
	DeadLetterConfig *DeadLetterConfig
	Description      *string `len:"0,256"`
	Environment      *Environment
	EphemeralStorage *EphemeralStorage
	named
	Handler       *string `len:"0,128" pattern:"[^\\s]+"`
	LoggingConfig *LoggingConfig
	MemorySize    *int32 `range:"128,10240"`
	RevisionId    string
	Role          *string `len:"0,10000" pattern:"arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"`
	Runtime       string  `enum:"nodejs|nodejs4.3|nodejs6.10|nodejs8.10|nodejs10.x|nodejs12.x|nodejs14.x|nodejs16.x|nodejs18.x|nodejs20.x|nodejs22.x|nodejs24.x|java8|java8.al2|java11|java17|java21|java25|python2.7|python3.6|python3.7|python3.8|python3.9|python3.10|python3.11|python3.12|python3.13|python3.14|dotnetcore1.0|dotnetcore2.0|dotnetcore2.1|dotnetcore3.1|dotnet6|dotnet8|dotnet10|nodejs4.3-edge|go1.x|ruby2.5|ruby2.7|ruby3.2|ruby3.3|ruby3.4|ruby4.0|provided|provided.al2|provided.al2023|nodejs26.x|python3.15|java8.al2023|java11.al2023|java17.al2023"`
	Timeout       *int32  `range:"1,900"`
}

type DeleteFunctionInput struct {
	_ struct{} `http:"DELETE /2015-03-31/functions/{FunctionName}" status:"204"`
	qualified
}

type DeleteFunctionOutput struct {
	_ struct{} `status:"204"`
}

type ListFunctionsInput struct {
	_               struct{} `http:"GET /2015-03-31/functions"`
	FunctionVersion string   `loc:"query" enum:"ALL"`
	page
}

type ListFunctionsOutput struct {
	Functions  []FunctionConfiguration
	NextMarker string
}

type PublishVersionInput struct {
	_           struct{} `http:"POST /2015-03-31/functions/{FunctionName}/versions"`
	CodeSha256  string
	Description *string `len:"0,256"`
	named
	RevisionId string
}

type ListVersionsByFunctionInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}/versions"`
	named
	page
}

type ListVersionsByFunctionOutput struct {
	NextMarker string
	Versions   []FunctionConfiguration
}

type AliasRoutingConfiguration struct {
	AdditionalVersionWeights map[string]float64 `keylen:"1,1024" keypattern:"[0-9]+" elemrange:"0.0,1.0"`
}

type AliasConfiguration struct {
	AliasArn        string
	Description     string
	FunctionVersion string
	Name            string
	RevisionId      string
	RoutingConfig   *AliasRoutingConfiguration
}

type CreateAliasInput struct {
	_           struct{} `http:"POST /2015-03-31/functions/{FunctionName}/aliases"`
	Description *string  `len:"0,256"`
	named
	FunctionVersion string `required:"" len:"1,1024" pattern:"(\\$LATEST(\\.PUBLISHED)?|[0-9]+)"`
	Name            string `required:"" len:"1,128" pattern:"[a-zA-Z0-9-_]+"`
	RoutingConfig   *AliasRoutingConfiguration
}

type CreateAliasOutput struct {
	_ struct{} `status:"201"`
	AliasConfiguration
}

type aliasName struct {
	named
	Name string `loc:"uri" required:"" len:"1,128" pattern:"[a-zA-Z0-9-_]+"`
}

type GetAliasInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}/aliases/{Name}"`
	aliasName
}

type UpdateAliasInput struct {
	_           struct{} `http:"PUT /2015-03-31/functions/{FunctionName}/aliases/{Name}"`
	Description *string  `len:"0,256"`
	aliasName
	FunctionVersion string `len:"1,1024" pattern:"(\\$LATEST(\\.PUBLISHED)?|[0-9]+)"`
	RevisionId      string
	RoutingConfig   *AliasRoutingConfiguration
}

type DeleteAliasInput struct {
	_ struct{} `http:"DELETE /2015-03-31/functions/{FunctionName}/aliases/{Name}"`
	aliasName
}

type DeleteAliasOutput struct {
	_ struct{} `status:"204"`
}

type ListAliasesInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}/aliases"`
	named
	FunctionVersion string `loc:"query" len:"1,1024" pattern:"(\\$LATEST(\\.PUBLISHED)?|[0-9]+)"`
	page
}

type ListAliasesOutput struct {
	Aliases    []AliasConfiguration
	NextMarker string
}

type tagged struct {
	Resource string `loc:"uri" required:"" len:"1,10000" pattern:"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})"`
}

type TagResourceInput struct {
	_ struct{} `http:"POST /2017-03-31/tags/{Resource}"`
	tagged
	Tags map[string]string `required:"" keylen:"1,128" keypattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)" elemlen:"0,256" elempattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
}

type UntagResourceInput struct {
	_ struct{} `http:"DELETE /2017-03-31/tags/{Resource}"`
	tagged
	TagKeys []string `wire:"tagKeys" loc:"query" required:"" elemlen:"1,128" elempattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
}

type NoContent struct {
	_ struct{} `status:"204"`
}

type ListTagsInput struct {
	_ struct{} `http:"GET /2017-03-31/tags/{Resource}"`
	tagged
}

type ListTagsOutput struct{ Tags map[string]string }

type AddPermissionInput struct {
	_                     struct{} `http:"POST /2015-03-31/functions/{FunctionName}/policy"`
	Action                string   `required:"" len:"0,10000" pattern:"(lambda:[*]|lambda:[a-zA-Z]+|[*])"`
	EventSourceToken      string   `len:"0,256" pattern:"[a-zA-Z0-9._\\-]+"`
	FunctionUrlAuthType   string   `enum:"NONE|AWS_IAM"`
	InvokedViaFunctionUrl *bool
	Principal             string `required:"" len:"0,2048" pattern:"[^\\s]+"`
	PrincipalOrgID        string `len:"12,34" pattern:"o-[a-z0-9]{10,32}"`
	qualified
	RevisionId    string
	SourceAccount string `len:"0,12" pattern:"\\d{12}"`
	SourceArn     string `len:"0,10000" pattern:"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)"`
	StatementId   string `required:"" len:"1,100" pattern:"([a-zA-Z0-9-_]+)"`
}

type AddPermissionOutput struct {
	_         struct{} `status:"201"`
	Statement string
}

type GetPolicyInput struct {
	_ struct{} `http:"GET /2015-03-31/functions/{FunctionName}/policy"`
	qualified
}

type GetPolicyOutput struct{ Policy, RevisionId string }

type RemovePermissionInput struct {
	_ struct{} `http:"DELETE /2015-03-31/functions/{FunctionName}/policy/{StatementId}"`
	qualified
	RevisionId  string `loc:"query"`
	StatementId string `loc:"uri" required:"" len:"1,100" pattern:"([a-zA-Z0-9-_.]+)"`
}

type PutFunctionConcurrencyInput struct {
	_ struct{} `http:"PUT /2017-10-31/functions/{FunctionName}/concurrency"`
	named
	ReservedConcurrentExecutions int32 `required:"" range:"0,"`
}

type GetFunctionConcurrencyInput struct {
	_ struct{} `http:"GET /2019-09-30/functions/{FunctionName}/concurrency"`
	named
}

type DeleteFunctionConcurrencyInput struct {
	_ struct{} `http:"DELETE /2017-10-31/functions/{FunctionName}/concurrency"`
	named
}

type GetFunctionCodeSigningConfigInput struct {
	_ struct{} `http:"GET /2020-06-30/functions/{FunctionName}/code-signing-config"`
	named
}

type GetFunctionCodeSigningConfigOutput struct{ CodeSigningConfigArn, FunctionName string }

type GetFunctionRecursionConfigInput struct {
	_ struct{} `http:"GET /2024-08-31/functions/{FunctionName}/recursion-config"`
	named
}

type GetFunctionRecursionConfigOutput struct{ RecursiveLoop string }

type GetRuntimeManagementConfigInput struct {
	_ struct{} `http:"GET /2021-07-20/functions/{FunctionName}/runtime-management-config"`
	qualified
}

type GetRuntimeManagementConfigOutput struct{ FunctionArn, UpdateRuntimeOn string }

type GetAccountSettingsInput struct {
	_ struct{} `http:"GET /2016-08-19/account-settings"`
}

type GetAccountSettingsOutput struct {
	AccountLimit AccountLimit
	AccountUsage AccountUsage
}

type AccountLimit struct {
	CodeSizeUnzipped               int64
	CodeSizeZipped                 int64
	ConcurrentExecutions           int32
	TotalCodeSize                  int64
	UnreservedConcurrentExecutions int32
}

type AccountUsage struct {
	FunctionCount int64
	TotalCodeSize int64
}

type Destination struct {
	Destination string `len:"0,350" pattern:"$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)"`
}

type DestinationConfig struct {
	OnFailure *Destination
	OnSuccess *Destination
}

type FunctionEventInvokeConfig struct {
	DestinationConfig        *DestinationConfig
	FunctionArn              string
	LastModified             time.Time
	MaximumEventAgeInSeconds *int32
	MaximumRetryAttempts     *int32
}

type eventInvokeSettings struct {
	DestinationConfig *DestinationConfig
	qualified
	MaximumEventAgeInSeconds *int32 `range:"60,21600"`
	MaximumRetryAttempts     *int32 `range:"0,2"`
}

type PutFunctionEventInvokeConfigInput struct {
	_ struct{} `http:"PUT /2019-09-25/functions/{FunctionName}/event-invoke-config"`
	eventInvokeSettings
}

type UpdateFunctionEventInvokeConfigInput struct {
	_ struct{} `http:"POST /2019-09-25/functions/{FunctionName}/event-invoke-config"`
	eventInvokeSettings
}

type GetFunctionEventInvokeConfigInput struct {
	_ struct{} `http:"GET /2019-09-25/functions/{FunctionName}/event-invoke-config"`
	qualified
}

type DeleteFunctionEventInvokeConfigInput struct {
	_ struct{} `http:"DELETE /2019-09-25/functions/{FunctionName}/event-invoke-config"`
	qualified
}

type ListFunctionEventInvokeConfigsInput struct {
	_ struct{} `http:"GET /2019-09-25/functions/{FunctionName}/event-invoke-config/list"`
	named
	page
}

type ListFunctionEventInvokeConfigsOutput struct {
	FunctionEventInvokeConfigs []FunctionEventInvokeConfig
	NextMarker                 string
}

type InvokeInput struct {
	_             struct{} `http:"POST /2015-03-31/functions/{FunctionName}/invocations"`
	ClientContext string   `wire:"X-Amz-Client-Context" loc:"header"`
	qualified
	InvocationType string `wire:"X-Amz-Invocation-Type" loc:"header" enum:"Event|RequestResponse|DryRun"`
	LogType        string `wire:"X-Amz-Log-Type" loc:"header" enum:"None|Tail"`
	Payload        []byte `loc:"payload" sensitive:""`
	TraceId        string `wire:"X-Amzn-Trace-Id" loc:"header"`
}

type InvokeOutput struct {
	ContentType     string `wire:"Content-Type" loc:"header"`
	ExecutedVersion string `wire:"X-Amz-Executed-Version" loc:"header"`
	FunctionError   string `wire:"X-Amz-Function-Error" loc:"header"`
	LogResult       string `wire:"X-Amz-Log-Result" loc:"header"`
	Payload         []byte `loc:"payload"`
	StatusCode      int32  `loc:"status"`
}
