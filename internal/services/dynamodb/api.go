package dynamodb

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// The inputs and outputs of the operations, in AWS' spelling, with the members
// we act on. Items, keys and values are raw: they go from the request's bytes
// to the stored ones, and back, in one pass. Enumerations are in the order in
// which AWS' messages list them.
//
// Members of the parameters that came before expressions are at the end.

// AttributeDefinition gives the type of a key attribute.
type AttributeDefinition struct {
	AttributeName string `required:"" len:"1,255"`
	AttributeType string `required:"" enum:"B|N|S"`
}

// KeySchemaElement is one attribute of a key.
type KeySchemaElement struct {
	AttributeName string `required:"" len:"1,255"`
	KeyType       string `required:"" enum:"HASH|RANGE"`
}

// Projection says what an index holds of an item.
type Projection struct {
	ProjectionType   string   `enum:"ALL|INCLUDE|KEYS_ONLY"`
	NonKeyAttributes []string `len:"1,20" elemlen:"1,255"`
}

// ProvisionedThroughput is capacity bought ahead.
type ProvisionedThroughput struct {
	ReadCapacityUnits  int64 `required:"" range:"1,"`
	WriteCapacityUnits int64 `required:"" range:"1,"`
}

// OnDemandThroughput bounds what is paid for by the request; -1 is no bound.
type OnDemandThroughput struct {
	MaxReadRequestUnits  *int64
	MaxWriteRequestUnits *int64
}

// Tag is a key and a value.
type Tag struct {
	Key   string  `required:"" len:"1,128"`
	Value *string `required:"" len:"0,256"` // "" is told
}

// GlobalSecondaryIndex is an index to be created.
type GlobalSecondaryIndex struct {
	IndexName             string             `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	KeySchema             []KeySchemaElement `required:"" len:"1,8"`
	Projection            Projection         `required:""`
	ProvisionedThroughput *ProvisionedThroughput
	OnDemandThroughput    *OnDemandThroughput
	WarmThroughput        *WarmThroughput
}

// LocalSecondaryIndex is an index to be created.
type LocalSecondaryIndex struct {
	IndexName  string             `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	KeySchema  []KeySchemaElement `required:"" len:"1,2"`
	Projection Projection         `required:""`
}

// CreateTableInput is the input of CreateTable.
type CreateTableInput struct {
	AttributeDefinitions      []AttributeDefinition
	TableName                 *string            `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	KeySchema                 []KeySchemaElement `len:"1,2"`
	LocalSecondaryIndexes     []LocalSecondaryIndex
	GlobalSecondaryIndexes    []GlobalSecondaryIndex
	BillingMode               string `enum:"PROVISIONED|PAY_PER_REQUEST"`
	ProvisionedThroughput     *ProvisionedThroughput
	Tags                      []Tag
	TableClass                string `enum:"STANDARD|STANDARD_INFREQUENT_ACCESS"`
	DeletionProtectionEnabled bool
	StreamSpecification       *StreamSpecification
	OnDemandThroughput        *OnDemandThroughput
	ResourcePolicy            string
	SSESpecification          *SSESpecification
	WarmThroughput            *WarmThroughput
}

// CreateTableOutput is the output of CreateTable.
type CreateTableOutput struct{ TableDescription TableDescription }

// DescribeTableInput is the input of DescribeTable.
type DescribeTableInput struct {
	TableName string `required:"" len:"1,1024"`
}

// DescribeTableOutput is the output of DescribeTable.
type DescribeTableOutput struct{ Table TableDescription }

// DeleteTableInput is the input of DeleteTable.
type DeleteTableInput struct {
	TableName string `required:"" len:"1,1024"`
}

// DeleteTableOutput is the output of DeleteTable.
type DeleteTableOutput struct{ TableDescription TableDescription }

// ListTablesInput is the input of ListTables.
type ListTablesInput struct {
	ExclusiveStartTableName string `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	Limit                   *int   `range:"1,100"`
}

// ListTablesOutput is the output of ListTables.
type ListTablesOutput struct {
	TableNames             []string
	LastEvaluatedTableName string
}

// UpdateTableInput is the input of UpdateTable.
type UpdateTableInput struct {
	AttributeDefinitions        []AttributeDefinition
	TableName                   string `required:"" len:"1,1024"`
	BillingMode                 string `enum:"PROVISIONED|PAY_PER_REQUEST"`
	ProvisionedThroughput       *ProvisionedThroughput
	GlobalSecondaryIndexUpdates []GlobalSecondaryIndexUpdate
	TableClass                  string `enum:"STANDARD|STANDARD_INFREQUENT_ACCESS"`
	DeletionProtectionEnabled   *bool
	StreamSpecification         *StreamSpecification
	OnDemandThroughput          *OnDemandThroughput
	ReplicaUpdates              []ReplicationGroupUpdate `len:"1,"`
	MultiRegionConsistency      string                   `enum:"EVENTUAL|STRONG"`
	SSESpecification            *SSESpecification
	WarmThroughput              *WarmThroughput
}

// GlobalSecondaryIndexUpdate is one of its members.
type GlobalSecondaryIndexUpdate struct {
	Update *UpdateGlobalSecondaryIndexAction
	Create *CreateGlobalSecondaryIndexAction
	Delete *DeleteGlobalSecondaryIndexAction
}

// UpdateGlobalSecondaryIndexAction changes an index's throughput.
type UpdateGlobalSecondaryIndexAction struct {
	IndexName             string `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	ProvisionedThroughput *ProvisionedThroughput
	OnDemandThroughput    *OnDemandThroughput
	WarmThroughput        *WarmThroughput
}

// CreateGlobalSecondaryIndexAction adds an index.
type CreateGlobalSecondaryIndexAction struct {
	IndexName             string             `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	KeySchema             []KeySchemaElement `required:"" len:"1,8"`
	Projection            Projection         `required:""`
	ProvisionedThroughput *ProvisionedThroughput
	OnDemandThroughput    *OnDemandThroughput
	WarmThroughput        *WarmThroughput
}

// DeleteGlobalSecondaryIndexAction removes an index.
type DeleteGlobalSecondaryIndexAction struct {
	IndexName string `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
}

// UpdateTableOutput is the output of UpdateTable.
type UpdateTableOutput struct{ TableDescription TableDescription }

// TableDescription is what is known of a table.
type TableDescription struct {
	AttributeDefinitions      []AttributeDefinition
	TableName                 string
	KeySchema                 []KeySchemaElement
	TableStatus               string
	CreationDateTime          time.Time
	ProvisionedThroughput     ProvisionedThroughputDescription
	TableSizeBytes            int64
	ItemCount                 int64
	TableArn                  string
	TableId                   string
	BillingModeSummary        *BillingModeSummary
	LocalSecondaryIndexes     []IndexDescription
	GlobalSecondaryIndexes    []IndexDescription
	StreamSpecification       *StreamSpecification
	LatestStreamLabel         string
	LatestStreamArn           string
	TableClassSummary         *TableClassSummary
	DeletionProtectionEnabled bool
	OnDemandThroughput        *OnDemandThroughput
	SSEDescription            *SSEDescription
	GlobalTableVersion        string
	MultiRegionConsistency    string
	Replicas                  []ReplicaDescription
	WarmThroughput            *WarmThroughputDescription
	RestoreSummary            *RestoreSummary
}

// ProvisionedThroughputDescription is the throughput of a table or index.
type ProvisionedThroughputDescription struct {
	LastIncreaseDateTime   time.Time
	LastDecreaseDateTime   time.Time
	NumberOfDecreasesToday int64
	ReadCapacityUnits      int64
	WriteCapacityUnits     int64
}

// BillingModeSummary is how a table is paid for.
type BillingModeSummary struct {
	BillingMode                       string
	LastUpdateToPayPerRequestDateTime time.Time
}

// TableClassSummary is the class of a table.
type TableClassSummary struct {
	TableClass         string
	LastUpdateDateTime time.Time
}

// WarmThroughputDescription is what a table serves at once.
type WarmThroughputDescription struct {
	ReadUnitsPerSecond  int64
	WriteUnitsPerSecond int64
	Status              string
}

// IndexDescription is what is known of an index. Local ones have no status and
// no throughput.
type IndexDescription struct {
	IndexName             string
	KeySchema             []KeySchemaElement
	Projection            Projection
	IndexStatus           string
	Backfilling           *bool
	ProvisionedThroughput *ProvisionedThroughputDescription
	IndexSizeBytes        int64
	ItemCount             int64
	IndexArn              string
	OnDemandThroughput    *OnDemandThroughput
	WarmThroughput        *WarmThroughputDescription
}

// GetItemInput is the input of GetItem.
type GetItemInput struct {
	TableName                string    `required:"" len:"1,1024"`
	Key                      shape.Raw `required:""`
	AttributesToGet          []string  `len:"1,"`
	ConsistentRead           bool
	ReturnConsumedCapacity   string `enum:"INDEXES|TOTAL|NONE"`
	ProjectionExpression     *string
	ExpressionAttributeNames map[string]string

	get *get
}

// GetItemOutput is the output of GetItem.
type GetItemOutput struct {
	Item             shape.Raw
	ConsumedCapacity *ConsumedCapacity
}

// PutItemInput is the input of PutItem.
type PutItemInput struct {
	TableName                           string    `required:"" len:"1,1024"`
	Item                                shape.Raw `required:""`
	Expected                            map[string]ExpectedAttributeValue
	ReturnValues                        string `enum:"ALL_NEW|UPDATED_OLD|ALL_OLD|NONE|UPDATED_NEW"`
	ReturnConsumedCapacity              string `enum:"INDEXES|TOTAL|NONE"`
	ReturnItemCollectionMetrics         string `enum:"SIZE|NONE"`
	ConditionalOperator                 string `enum:"AND|OR"`
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`

	change *change
}

// DeleteItemInput is the input of DeleteItem.
type DeleteItemInput struct {
	TableName                           string    `required:"" len:"1,1024"`
	Key                                 shape.Raw `required:""`
	Expected                            map[string]ExpectedAttributeValue
	ConditionalOperator                 string `enum:"AND|OR"`
	ReturnValues                        string `enum:"ALL_NEW|UPDATED_OLD|ALL_OLD|NONE|UPDATED_NEW"`
	ReturnConsumedCapacity              string `enum:"INDEXES|TOTAL|NONE"`
	ReturnItemCollectionMetrics         string `enum:"SIZE|NONE"`
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`

	change *change
}

// UpdateItemInput is the input of UpdateItem.
type UpdateItemInput struct {
	TableName                           string    `required:"" len:"1,1024"`
	Key                                 shape.Raw `required:""`
	AttributeUpdates                    map[string]AttributeValueUpdate
	Expected                            map[string]ExpectedAttributeValue
	ConditionalOperator                 string `enum:"AND|OR"`
	ReturnValues                        string `enum:"ALL_NEW|UPDATED_OLD|ALL_OLD|NONE|UPDATED_NEW"`
	ReturnConsumedCapacity              string `enum:"INDEXES|TOTAL|NONE"`
	ReturnItemCollectionMetrics         string `enum:"SIZE|NONE"`
	UpdateExpression                    *string
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`

	change *change
}

// WriteItemOutput is the output of PutItem, UpdateItem and DeleteItem.
type WriteItemOutput struct {
	Attributes            shape.Raw
	ConsumedCapacity      *ConsumedCapacity
	ItemCollectionMetrics *ItemCollectionMetrics
}

// ItemCollectionMetrics measures the items that share a partition key, in a
// table with local indexes.
type ItemCollectionMetrics struct {
	ItemCollectionKey   shape.Raw
	SizeEstimateRangeGB []float64
}

// ConsumedCapacity is what a request cost.
type ConsumedCapacity struct {
	TableName              string
	CapacityUnits          float64
	ReadCapacityUnits      *float64
	WriteCapacityUnits     *float64
	Table                  *Capacity
	LocalSecondaryIndexes  map[string]Capacity
	GlobalSecondaryIndexes map[string]Capacity
}

// Capacity is what a request cost a table or an index.
type Capacity struct {
	CapacityUnits      float64
	ReadCapacityUnits  *float64
	WriteCapacityUnits *float64
}

// QueryInput is the input of Query.
type QueryInput struct {
	TableName                 string   `required:"" len:"1,1024"`
	IndexName                 string   `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	Select                    string   `enum:"SPECIFIC_ATTRIBUTES|COUNT|ALL_ATTRIBUTES|ALL_PROJECTED_ATTRIBUTES"`
	AttributesToGet           []string `len:"1,"`
	Limit                     *int64
	ConsistentRead            bool
	KeyConditions             map[string]Condition
	QueryFilter               map[string]Condition
	ConditionalOperator       string `enum:"AND|OR"`
	ScanIndexForward          *bool
	ExclusiveStartKey         shape.Raw
	ReturnConsumedCapacity    string `enum:"INDEXES|TOTAL|NONE"`
	ProjectionExpression      *string
	FilterExpression          *string
	KeyConditionExpression    *string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues shape.Raw

	read *read
}

// ScanInput is the input of Scan.
type ScanInput struct {
	TableName                 string   `required:"" len:"1,1024"`
	IndexName                 string   `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	AttributesToGet           []string `len:"1,"`
	Limit                     *int64   `range:"1,"`
	Select                    string   `enum:"SPECIFIC_ATTRIBUTES|COUNT|ALL_ATTRIBUTES|ALL_PROJECTED_ATTRIBUTES"`
	ScanFilter                map[string]Condition
	ConditionalOperator       string `enum:"AND|OR"`
	ExclusiveStartKey         shape.Raw
	ReturnConsumedCapacity    string `enum:"INDEXES|TOTAL|NONE"`
	TotalSegments             *int64 `range:"1,1000000"`
	Segment                   *int64 `range:"0,999999"`
	ProjectionExpression      *string
	FilterExpression          *string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues shape.Raw
	ConsistentRead            bool

	read *read
}

// PageOutput is the output of Query and Scan.
type PageOutput struct {
	Items            shape.Raw
	Count            int64
	ScannedCount     int64
	LastEvaluatedKey shape.Raw
	ConsumedCapacity *ConsumedCapacity

	cost cost // for metrics
	page page // to be given back once the answer is written
}

// KeysAndAttributes is what BatchGetItem reads of one table.
type KeysAndAttributes struct {
	Keys                     []shape.Raw `required:"" len:"1,"`
	AttributesToGet          []string    `len:"1,"`
	ConsistentRead           *bool
	ProjectionExpression     *string
	ExpressionAttributeNames map[string]string
}

// BatchGetItemInput is the input of BatchGetItem.
type BatchGetItemInput struct {
	RequestItems           map[string]KeysAndAttributes `required:""`
	ReturnConsumedCapacity string                       `enum:"INDEXES|TOTAL|NONE"`

	batch *batchGet
}

// BatchGetItemOutput is the output of BatchGetItem.
type BatchGetItemOutput struct {
	Responses        map[string]shape.Raw
	UnprocessedKeys  map[string]KeysAndAttributes
	ConsumedCapacity []ConsumedCapacity

	costs []*cost // for metrics
}

// WriteRequest is one write of BatchWriteItem.
type WriteRequest struct {
	PutRequest    *PutRequest
	DeleteRequest *DeleteRequest
}

// PutRequest puts an item.
type PutRequest struct {
	Item shape.Raw `required:""`
}

// DeleteRequest deletes an item.
type DeleteRequest struct {
	Key shape.Raw `required:""`
}

// BatchWriteItemInput is the input of BatchWriteItem.
type BatchWriteItemInput struct {
	RequestItems                map[string][]WriteRequest `required:"" elemlen:"1,25"`
	ReturnConsumedCapacity      string                    `enum:"INDEXES|TOTAL|NONE"`
	ReturnItemCollectionMetrics string                    `enum:"SIZE|NONE"`

	batch *batchWrite
}

// BatchWriteItemOutput is the output of BatchWriteItem.
type BatchWriteItemOutput struct {
	UnprocessedItems      map[string][]WriteRequest
	ItemCollectionMetrics map[string][]ItemCollectionMetrics
	ConsumedCapacity      []ConsumedCapacity

	costs []*cost // for metrics
}

// TransactWriteItemsInput is the input of TransactWriteItems.
type TransactWriteItemsInput struct {
	TransactItems               []TransactWriteItem `required:"" len:"1,100"`
	ReturnConsumedCapacity      string              `enum:"INDEXES|TOTAL|NONE"`
	ReturnItemCollectionMetrics string              `enum:"SIZE|NONE"`
	ClientRequestToken          string              `len:"1,36"`

	prepared *transactWrite
}

// TransactWriteItem is one action of a transaction.
type TransactWriteItem struct {
	ConditionCheck *ConditionCheck
	Put            *Put
	Delete         *Delete
	Update         *Update
}

// ConditionCheck checks an item.
type ConditionCheck struct {
	Key                                 shape.Raw `required:""`
	TableName                           string    `required:"" len:"1,1024"`
	ConditionExpression                 *string   `required:""`
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`
}

// Put puts an item.
type Put struct {
	Item                                shape.Raw `required:""`
	TableName                           string    `required:"" len:"1,1024"`
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`
}

// Delete deletes an item.
type Delete struct {
	Key                                 shape.Raw `required:""`
	TableName                           string    `required:"" len:"1,1024"`
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`
}

// Update updates an item.
type Update struct {
	Key                                 shape.Raw `required:""`
	UpdateExpression                    *string   `required:""`
	TableName                           string    `required:"" len:"1,1024"`
	ConditionExpression                 *string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           shape.Raw
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`
}

// TransactWriteItemsOutput is the output of TransactWriteItems.
type TransactWriteItemsOutput struct {
	ConsumedCapacity      []ConsumedCapacity
	ItemCollectionMetrics map[string][]ItemCollectionMetrics

	costs []*cost // for metrics
}

// TransactGetItemsInput is the input of TransactGetItems.
type TransactGetItemsInput struct {
	TransactItems          []TransactGetItem `required:"" len:"1,100"`
	ReturnConsumedCapacity string            `enum:"INDEXES|TOTAL|NONE"`

	gets []*get
}

// TransactGetItem is one read of a transaction.
type TransactGetItem struct {
	Get *Get `required:""`
}

// Get reads an item.
type Get struct {
	Key                      shape.Raw `required:""`
	TableName                string    `required:"" len:"1,1024"`
	ProjectionExpression     *string
	ExpressionAttributeNames map[string]string
}

// TransactGetItemsOutput is the output of TransactGetItems.
type TransactGetItemsOutput struct {
	ConsumedCapacity []ConsumedCapacity
	Responses        []ItemResponse

	costs []*cost // for metrics
}

// ItemResponse is what one read of a transaction found.
type ItemResponse struct{ Item shape.Raw }

// CancellationReason is what came of one action of a cancelled transaction.
type CancellationReason struct {
	Code    string
	Message string
	Item    shape.Raw
}

// ExecuteStatementInput is the input of ExecuteStatement.
type ExecuteStatementInput struct {
	Statement                           string      `required:"" len:"1,8192"`
	Parameters                          []shape.Raw `len:"1,"`
	ConsistentRead                      bool
	NextToken                           string `len:"1,32768"`
	ReturnConsumedCapacity              string `enum:"INDEXES|TOTAL|NONE"`
	Limit                               *int64 `range:"1,"`
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`

	statement *statement
}

// ExecuteStatementOutput is the output of ExecuteStatement.
type ExecuteStatementOutput struct {
	Items            shape.Raw
	NextToken        string
	ConsumedCapacity *ConsumedCapacity
	LastEvaluatedKey shape.Raw

	cost  *cost // for metrics
	count int   // of a SELECT, else -1
}

// BatchExecuteStatementInput is the input of BatchExecuteStatement.
type BatchExecuteStatementInput struct {
	Statements             []BatchStatementRequest `required:"" len:"1,25"`
	ReturnConsumedCapacity string                  `enum:"INDEXES|TOTAL|NONE"`

	batch []*batchStatement
}

// BatchStatementRequest is one statement of a batch.
type BatchStatementRequest struct {
	Statement                           string      `required:"" len:"1,8192"`
	Parameters                          []shape.Raw `len:"1,"`
	ConsistentRead                      bool
	ReturnValuesOnConditionCheckFailure string `enum:"ALL_OLD|NONE"`
}

// BatchExecuteStatementOutput is the output of BatchExecuteStatement.
type BatchExecuteStatementOutput struct {
	Responses        []BatchStatementResponse
	ConsumedCapacity []ConsumedCapacity

	costs []*cost // for metrics
}

// BatchStatementResponse is what came of one statement of a batch.
type BatchStatementResponse struct {
	Error     *BatchStatementError
	TableName string
	Item      shape.Raw
}

// BatchStatementError is why one statement of a batch failed.
type BatchStatementError struct {
	Code    string
	Message string
	Item    shape.Raw
}

// ExecuteTransactionInput is the input of ExecuteTransaction.
type ExecuteTransactionInput struct {
	TransactStatements     []ParameterizedStatement `required:"" len:"1,100"`
	ClientRequestToken     string                   `len:"1,36"`
	ReturnConsumedCapacity string                   `enum:"INDEXES|TOTAL|NONE"`

	prepared *statementTransaction
}

// ParameterizedStatement is one statement of a transaction.
type ParameterizedStatement struct {
	Statement                           string      `required:"" len:"1,8192"`
	Parameters                          []shape.Raw `len:"1,"`
	ReturnValuesOnConditionCheckFailure string      `enum:"ALL_OLD|NONE"`
}

// ExecuteTransactionOutput is the output of ExecuteTransaction.
type ExecuteTransactionOutput struct {
	Responses        []ItemResponse
	ConsumedCapacity []ConsumedCapacity

	costs []*cost // for metrics
}

// TagResourceInput is the input of TagResource.
type TagResourceInput struct {
	ResourceArn string `required:"" len:"1,1283"`
	Tags        []Tag  `required:""`
}

// UntagResourceInput is the input of UntagResource.
type UntagResourceInput struct {
	ResourceArn string   `required:"" len:"1,1283"`
	TagKeys     []string `required:""`
}

// ListTagsOfResourceInput is the input of ListTagsOfResource.
type ListTagsOfResourceInput struct {
	ResourceArn string `required:"" len:"1,1283"`
	NextToken   string
}

// ListTagsOfResourceOutput is the output of ListTagsOfResource.
type ListTagsOfResourceOutput struct {
	Tags      []Tag
	NextToken string
}

// UpdateTimeToLiveInput is the input of UpdateTimeToLive.
type UpdateTimeToLiveInput struct {
	TableName               string                  `required:"" len:"1,1024"`
	TimeToLiveSpecification TimeToLiveSpecification `required:""`
}

// UpdateTimeToLiveOutput is the output of UpdateTimeToLive.
type UpdateTimeToLiveOutput struct{ TimeToLiveSpecification TimeToLiveSpecification }

// TimeToLiveSpecification says which attribute tells when an item expires.
type TimeToLiveSpecification struct {
	Enabled       bool   `required:""`
	AttributeName string `required:"" len:"1,255"`
}

// DescribeTimeToLiveInput is the input of DescribeTimeToLive.
type DescribeTimeToLiveInput struct {
	TableName string `required:"" len:"1,1024"`
}

// DescribeTimeToLiveOutput is the output of DescribeTimeToLive.
type DescribeTimeToLiveOutput struct{ TimeToLiveDescription TimeToLiveDescription }

// TimeToLiveDescription says whether items expire.
type TimeToLiveDescription struct {
	TimeToLiveStatus string
	AttributeName    string
}

// DescribeLimitsOutput is the output of DescribeLimits.
type DescribeLimitsOutput struct {
	AccountMaxReadCapacityUnits  int64
	AccountMaxWriteCapacityUnits int64
	TableMaxReadCapacityUnits    int64
	TableMaxWriteCapacityUnits   int64
}

// DescribeEndpointsOutput is the output of DescribeEndpoints.
type DescribeEndpointsOutput struct{ Endpoints []DynamoEndpoint }

// DynamoEndpoint is where to send requests, and for how long.
type DynamoEndpoint struct {
	Address              string
	CachePeriodInMinutes int64
}

// ExpectedAttributeValue is what Expected says of an attribute.
type ExpectedAttributeValue struct {
	Value              shape.Raw
	Exists             *bool
	ComparisonOperator string `enum:"EQ|NE|IN|LE|LT|GE|GT|BETWEEN|NOT_NULL|NULL|CONTAINS|NOT_CONTAINS|BEGINS_WITH"`
	AttributeValueList []shape.Raw
}

// Condition is what KeyConditions, QueryFilter and ScanFilter say of one.
type Condition struct {
	AttributeValueList []shape.Raw
	ComparisonOperator string `required:"" enum:"EQ|NE|IN|LE|LT|GE|GT|BETWEEN|NOT_NULL|NULL|CONTAINS|NOT_CONTAINS|BEGINS_WITH"`
}

// AttributeValueUpdate is what AttributeUpdates says of one.
type AttributeValueUpdate struct {
	Value  shape.Raw
	Action string `enum:"ADD|PUT|DELETE"`
}
