package dynamodb

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// StreamSpecification is a table's stream as it is to be.
type StreamSpecification struct {
	StreamEnabled  bool   `required:""`
	StreamViewType string `enum:"NEW_IMAGE|OLD_IMAGE|NEW_AND_OLD_IMAGES|KEYS_ONLY"`
}

// ListStreamsInput is the input of ListStreams.
type ListStreamsInput struct {
	TableName               string `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	Limit                   *int   `range:"1,100"`
	ExclusiveStartStreamArn string `len:"37,1024"`
}

// ListStreamsOutput is the output of ListStreams.
type ListStreamsOutput struct {
	Streams                []Stream
	LastEvaluatedStreamArn string
}

// Stream is one of a list.
type Stream struct {
	StreamArn   string
	TableName   string
	StreamLabel string
}

// DescribeStreamInput is the input of DescribeStream.
type DescribeStreamInput struct {
	StreamArn             string `required:"" len:"37,1024"`
	Limit                 *int   `range:"1,"`
	ExclusiveStartShardId string `len:"28,65"`
	ShardFilter           *ShardFilter
}

// ShardFilter picks shards.
type ShardFilter struct {
	Type    string `enum:"CHILD_SHARDS"`
	ShardId string `len:"28,65"`
}

// DescribeStreamOutput is the output of DescribeStream.
type DescribeStreamOutput struct{ StreamDescription StreamDescription }

// StreamDescription is what is known of a stream.
type StreamDescription struct {
	StreamArn               string
	StreamLabel             string
	StreamStatus            string
	StreamViewType          string
	CreationRequestDateTime time.Time
	TableName               string
	KeySchema               []KeySchemaElement
	Shards                  []Shard
	LastEvaluatedShardId    string
}

// Shard is a part of a stream.
type Shard struct {
	ShardId             string
	SequenceNumberRange SequenceNumberRange
	ParentShardId       string
}

// SequenceNumberRange says what numbers the records of a shard have.
type SequenceNumberRange struct {
	StartingSequenceNumber string
	EndingSequenceNumber   string
}

// GetShardIteratorInput is the input of GetShardIterator.
type GetShardIteratorInput struct {
	StreamArn         string `required:"" len:"37,1024"`
	ShardId           string `required:"" len:"28,65"`
	ShardIteratorType string `required:"" enum:"TRIM_HORIZON|LATEST|AT_SEQUENCE_NUMBER|AFTER_SEQUENCE_NUMBER"`
	SequenceNumber    string `len:"21,40"`
}

// GetShardIteratorOutput is the output of GetShardIterator.
type GetShardIteratorOutput struct{ ShardIterator string }

// GetRecordsInput is the input of GetRecords.
type GetRecordsInput struct {
	ShardIterator string `required:"" len:"1,2048"`
	Limit         *int   `range:"1,"`

	at *iterator // what ShardIterator holds
}

// GetRecordsOutput is the output of GetRecords.
type GetRecordsOutput struct {
	Records           []Record
	NextShardIterator string
}

// Record is one change of one item.
type Record struct {
	EventID      string       `wire:"eventID"`
	EventName    string       `wire:"eventName"`
	EventVersion string       `wire:"eventVersion"`
	EventSource  string       `wire:"eventSource"`
	AwsRegion    string       `wire:"awsRegion"`
	Dynamodb     StreamRecord `wire:"dynamodb"`
	UserIdentity *Identity    `wire:"userIdentity"`
}

// StreamRecord is what changed.
type StreamRecord struct {
	ApproximateCreationDateTime time.Time
	Keys                        shape.Raw
	NewImage                    shape.Raw
	OldImage                    shape.Raw
	SequenceNumber              string
	SizeBytes                   int64
	StreamViewType              string
}

// Identity is who made a change that no request made.
type Identity struct {
	PrincipalId string
	Type        string
}
