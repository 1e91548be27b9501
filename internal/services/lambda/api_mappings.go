package lambda

import "time"

type Filter struct {
	Pattern string `len:"0,4096" pattern:"[\\s\\S]*"`
}

type FilterCriteria struct{ Filters []Filter }

type ScalingConfig struct {
	MaximumConcurrency *int32 `range:"2,1000"`
}

type mappingSettings struct {
	BatchSize                      *int32 `range:"1,10000"`
	BisectBatchOnFunctionError     *bool
	DestinationConfig              *DestinationConfig
	Enabled                        *bool
	FilterCriteria                 *FilterCriteria
	FunctionResponseTypes          []string `len:"0,1" elemenum:"ReportBatchItemFailures"`
	MaximumBatchingWindowInSeconds *int32   `range:"0,300"`
	MaximumRecordAgeInSeconds      *int32   `range:"-1,604800"`
	MaximumRetryAttempts           *int32   `range:"-1,10000"`
	ParallelizationFactor          *int32   `range:"1,10"`
	ScalingConfig                  *ScalingConfig
}

type CreateEventSourceMappingInput struct {
	_ struct{} `http:"POST /2015-03-31/event-source-mappings"`
	mappingSettings
	EventSourceArn   string            `required:"" len:"0,10000" pattern:"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)"`
	FunctionName     string            `required:"" len:"1,256"`
	StartingPosition string            `enum:"TRIM_HORIZON|LATEST|AT_TIMESTAMP"`
	Tags             map[string]string `keylen:"1,128" elemlen:"0,256"`
}

type UpdateEventSourceMappingInput struct {
	_ struct{} `http:"PUT /2015-03-31/event-source-mappings/{UUID}"`
	mappingSettings
	FunctionName string `len:"1,256"`
	UUID         string `loc:"uri" required:"" len:"36,36"`
}

type GetEventSourceMappingInput struct {
	_    struct{} `http:"GET /2015-03-31/event-source-mappings/{UUID}"`
	UUID string   `loc:"uri" required:"" len:"36,36"`
}

type DeleteEventSourceMappingInput struct {
	_    struct{} `http:"DELETE /2015-03-31/event-source-mappings/{UUID}"`
	UUID string   `loc:"uri" required:"" len:"36,36"`
}

type ListEventSourceMappingsInput struct {
	_              struct{} `http:"GET /2015-03-31/event-source-mappings"`
	EventSourceArn string   `loc:"query"`
	FunctionName   string   `loc:"query" len:"1,256"`
	page
}

type ListEventSourceMappingsOutput struct {
	EventSourceMappings []EventSourceMappingConfiguration
	NextMarker          string
}

type EventSourceMappingConfiguration struct {
	BatchSize                      int32
	BisectBatchOnFunctionError     *bool
	DestinationConfig              *DestinationConfig
	EventSourceArn                 string
	EventSourceMappingArn          string
	FilterCriteria                 *FilterCriteria
	FunctionArn                    string
	FunctionResponseTypes          []string
	LastModified                   time.Time
	LastProcessingResult           string
	MaximumBatchingWindowInSeconds int32
	MaximumRecordAgeInSeconds      *int32
	MaximumRetryAttempts           *int32
	ParallelizationFactor          *int32
	ScalingConfig                  *ScalingConfig
	StartingPosition               string
	State                          string
	StateTransitionReason          string
	TumblingWindowInSeconds        *int32
	UUID                           string
}

type EventSourceMappingAccepted struct {
	_ struct{} `status:"202"`
	EventSourceMappingConfiguration
}
