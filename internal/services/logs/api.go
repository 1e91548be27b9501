package logs

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type CreateLogGroupInput struct {
	DeletionProtectionEnabled bool              `wire:"deletionProtectionEnabled"`
	LogGroupClass             string            `wire:"logGroupClass" enum:"STANDARD|INFREQUENT_ACCESS|DELIVERY"`
	LogGroupName              string            `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	Tags                      map[string]string `wire:"tags" len:"1,50" keylen:"1,128" keypattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$" elemlen:",256" elempattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"`
}

type DeleteLogGroupInput struct {
	LogGroupName string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
}

type DescribeLogGroupsInput struct {
	Limit               int      `wire:"limit" range:"1,50"`
	LogGroupClass       string   `wire:"logGroupClass" enum:"STANDARD|INFREQUENT_ACCESS|DELIVERY"`
	LogGroupIdentifiers []string `wire:"logGroupIdentifiers" len:"1,50" elemlen:"1,2048" elempattern:"[\\w#+=/:,.@-]*"`
	LogGroupNamePattern string   `wire:"logGroupNamePattern" len:"0,512" pattern:"[\\.\\-_/#A-Za-z0-9]*"`
	LogGroupNamePrefix  string   `wire:"logGroupNamePrefix" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	NextToken           string   `wire:"nextToken" len:"1,"`
}

type DescribeLogGroupsOutput struct {
	LogGroups []LogGroup `wire:"logGroups"`
	NextToken string     `wire:"nextToken"`
}

type CreateLogStreamInput struct {
	LogGroupName  string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamName string `wire:"logStreamName" required:"" len:"1,512" pattern:"[^:*]*"`
}

type DeleteLogStreamInput struct {
	LogGroupName  string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamName string `wire:"logStreamName" required:"" len:"1,512" pattern:"[^:*]*"`
}

type DescribeLogStreamsInput struct {
	Descending          bool   `wire:"descending"`
	Limit               int    `wire:"limit" range:"1,50"`
	LogGroupIdentifier  string `wire:"logGroupIdentifier" len:"1,2048" pattern:"[\\w#+=/:,.@-]*"`
	LogGroupName        string `wire:"logGroupName" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamNamePrefix string `wire:"logStreamNamePrefix" len:"1,512" pattern:"[^:*]*"`
	NextToken           string `wire:"nextToken" len:"1,"`
	OrderBy             string `wire:"orderBy" enum:"LogStreamName|LastEventTime"`
}

type DescribeLogStreamsOutput struct {
	LogStreams []LogStream `wire:"logStreams"`
	NextToken  string      `wire:"nextToken"`
}

type PutLogEventsInput struct {
	LogEvents     []InputLogEvent `wire:"logEvents" required:"" len:"1,10000"`
	LogGroupName  string          `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamName string          `wire:"logStreamName" required:"" len:"1,512" pattern:"[^:*]*"`
	SequenceToken string          `wire:"sequenceToken" len:"1,"` // means nothing any more, as on AWS
}

type PutLogEventsOutput struct {
	NextSequenceToken     string                 `wire:"nextSequenceToken"`
	RejectedLogEventsInfo *RejectedLogEventsInfo `wire:"rejectedLogEventsInfo"`
}

type GetLogEventsInput struct {
	EndTime            *int64 `wire:"endTime" range:"0,"`
	Limit              int    `wire:"limit" range:"1,10000"`
	LogGroupIdentifier string `wire:"logGroupIdentifier" len:"1,2048" pattern:"[\\w#+=/:,.@-]*"`
	LogGroupName       string `wire:"logGroupName" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamName      string `wire:"logStreamName" required:"" len:"1,512" pattern:"[^:*]*"`
	NextToken          string `wire:"nextToken" len:"1,"`
	StartFromHead      bool   `wire:"startFromHead"`
	StartTime          *int64 `wire:"startTime" range:"0,"`
}

type GetLogEventsOutput struct {
	Events            []OutputLogEvent `wire:"events"`
	NextBackwardToken string           `wire:"nextBackwardToken"`
	NextForwardToken  string           `wire:"nextForwardToken"`
}

type FilterLogEventsInput struct {
	EndTime             *int64   `wire:"endTime" range:"0,"`
	Interleaved         bool     `wire:"interleaved"` // always, as on AWS
	FilterPattern       string   `wire:"filterPattern" len:"0,1024"`
	Limit               int      `wire:"limit" range:"1,10000"`
	LogGroupIdentifier  string   `wire:"logGroupIdentifier" len:"1,2048" pattern:"[\\w#+=/:,.@-]*"`
	LogGroupName        string   `wire:"logGroupName" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	LogStreamNamePrefix string   `wire:"logStreamNamePrefix" len:"1,512" pattern:"[^:*]*"`
	LogStreamNames      []string `wire:"logStreamNames" len:"1,100" elemlen:"1,512" elempattern:"[^:*]*"`
	NextToken           string   `wire:"nextToken" len:"1,"`
	StartTime           *int64   `wire:"startTime" range:"0,"`
}

type FilterLogEventsOutput struct {
	Events             []FilteredLogEvent `wire:"events"`
	NextToken          string             `wire:"nextToken"`
	SearchedLogStreams []string           `wire:"searchedLogStreams"`
}

type PutRetentionPolicyInput struct {
	LogGroupName    string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	RetentionInDays int    `wire:"retentionInDays" required:""`
}

type DeleteRetentionPolicyInput struct {
	LogGroupName string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
}

type TagResourceInput struct {
	ResourceArn string            `wire:"resourceArn" required:"" len:"1,1011" pattern:"[\\w+=/:,.@-]*"`
	Tags        map[string]string `wire:"tags" required:"" len:"1,50" keylen:"1,128" keypattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$" elemlen:",256" elempattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"`
}

type UntagResourceInput struct {
	ResourceArn string   `wire:"resourceArn" required:"" len:"1,1011" pattern:"[\\w+=/:,.@-]*"`
	TagKeys     []string `wire:"tagKeys" required:"" len:"0,50" elemlen:"1,128" elempattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$"`
}

type ListTagsForResourceInput struct {
	ResourceArn string `wire:"resourceArn" required:"" len:"1,1011" pattern:"[\\w+=/:,.@-]*"`
}

type ListTagsForResourceOutput struct {
	Tags map[string]string `wire:"tags"`
}

type TagLogGroupInput struct {
	LogGroupName string            `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	Tags         map[string]string `wire:"tags" required:"" len:"1,50" keylen:"1,128" keypattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$" elemlen:",256" elempattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"`
}

type UntagLogGroupInput struct {
	LogGroupName string   `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	Tags         []string `wire:"tags" required:"" len:"1," elemlen:"1,128" elempattern:"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$"`
}

type ListTagsLogGroupInput struct {
	LogGroupName string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
}

type ListTagsLogGroupOutput struct {
	Tags map[string]string `wire:"tags"`
}

type PutMetricFilterInput struct {
	FilterName            string                 `wire:"filterName" required:"" len:"1,512" pattern:"[^:*]*"`
	FilterPattern         string                 `wire:"filterPattern" required:"" len:"0,1024"`
	LogGroupName          string                 `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	MetricTransformations []MetricTransformation `wire:"metricTransformations" required:"" len:"1,1"`
}

type DescribeMetricFiltersInput struct {
	FilterNamePrefix string `wire:"filterNamePrefix" len:"1,512" pattern:"[^:*]*"`
	Limit            int    `wire:"limit" range:"1,50"`
	LogGroupName     string `wire:"logGroupName" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
	MetricName       string `wire:"metricName" len:",255" pattern:"[^:*$]*"`
	MetricNamespace  string `wire:"metricNamespace" len:",255" pattern:"[^:*$]*"`
	NextToken        string `wire:"nextToken" len:"1,"`
}

type DescribeMetricFiltersOutput struct {
	MetricFilters []MetricFilter `wire:"metricFilters"`
	NextToken     string         `wire:"nextToken"`
}

type DeleteMetricFilterInput struct {
	FilterName   string `wire:"filterName" required:"" len:"1,512" pattern:"[^:*]*"`
	LogGroupName string `wire:"logGroupName" required:"" len:"1,512" pattern:"[\\.\\-_/#A-Za-z0-9]+"`
}

type TestMetricFilterInput struct {
	FilterPattern    string   `wire:"filterPattern" required:"" len:"0,1024"`
	LogEventMessages []string `wire:"logEventMessages" required:"" len:"1,50" elemlen:"1,"`
}

type TestMetricFilterOutput struct {
	Matches []MetricFilterMatchRecord `wire:"matches"`
}

type PutResourcePolicyInput struct {
	PolicyDocument string `wire:"policyDocument" len:"1,51200"`
	PolicyName     string `wire:"policyName"`
}

type PutResourcePolicyOutput struct {
	ResourcePolicy *ResourcePolicy `wire:"resourcePolicy"`
}

type DescribeResourcePoliciesInput struct {
	Limit     int    `wire:"limit" range:"1,50"`
	NextToken string `wire:"nextToken" len:"1,"`
}

type DescribeResourcePoliciesOutput struct {
	NextToken        string           `wire:"nextToken"`
	ResourcePolicies []ResourcePolicy `wire:"resourcePolicies"`
}

type DeleteResourcePolicyInput struct {
	PolicyName string `wire:"policyName"`
}

type LogGroup struct {
	Arn                       string `wire:"arn"`
	CreationTime              int64  `wire:"creationTime"`
	DeletionProtectionEnabled bool   `wire:"deletionProtectionEnabled"`
	LogGroupArn               string `wire:"logGroupArn"`
	LogGroupClass             string `wire:"logGroupClass"`
	LogGroupName              string `wire:"logGroupName"`
	MetricFilterCount         int    `wire:"metricFilterCount"`
	RetentionInDays           *int   `wire:"retentionInDays"`
	StoredBytes               int64  `wire:"storedBytes"`
}

type LogStream struct {
	Arn                 string `wire:"arn"`
	CreationTime        int64  `wire:"creationTime"`
	FirstEventTimestamp *int64 `wire:"firstEventTimestamp"`
	LastEventTimestamp  *int64 `wire:"lastEventTimestamp"`
	LastIngestionTime   *int64 `wire:"lastIngestionTime"`
	LogStreamName       string `wire:"logStreamName"`
	StoredBytes         int64  `wire:"storedBytes"`
	UploadSequenceToken string `wire:"uploadSequenceToken"`
}

type InputLogEvent struct {
	Message   string `wire:"message" required:"" len:"1,"`
	Timestamp int64  `wire:"timestamp" required:"" range:"0,"`
}

type RejectedLogEventsInfo struct {
	ExpiredLogEventEndIndex  *int `wire:"expiredLogEventEndIndex"`
	TooNewLogEventStartIndex *int `wire:"tooNewLogEventStartIndex"`
	TooOldLogEventEndIndex   *int `wire:"tooOldLogEventEndIndex"`
}

type OutputLogEvent struct {
	IngestionTime int64  `wire:"ingestionTime"`
	Message       string `wire:"message"`
	Timestamp     int64  `wire:"timestamp"`
}

type FilteredLogEvent struct {
	EventId       string `wire:"eventId"`
	IngestionTime int64  `wire:"ingestionTime"`
	LogStreamName string `wire:"logStreamName"`
	Message       string `wire:"message"`
	Timestamp     int64  `wire:"timestamp"`
}

type MetricTransformation struct {
	DefaultValue    *float64          `wire:"defaultValue"`
	Dimensions      map[string]string `wire:"dimensions" keylen:",255" elemlen:",255"`
	MetricName      string            `wire:"metricName" required:"" len:",255" pattern:"[^:*$]*"`
	MetricNamespace string            `wire:"metricNamespace" required:"" len:",255" pattern:"[^:*$]*"`
	MetricValue     string            `wire:"metricValue" required:"" len:",100"`
	Unit            string            `wire:"unit" enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

type MetricFilter struct {
	CreationTime          int64                  `wire:"creationTime"`
	FilterName            string                 `wire:"filterName"`
	FilterPattern         *string                `wire:"filterPattern"`
	LogGroupName          string                 `wire:"logGroupName"`
	MetricTransformations []MetricTransformation `wire:"metricTransformations"`
}

type MetricFilterMatchRecord struct {
	EventMessage    string            `wire:"eventMessage"`
	EventNumber     int64             `wire:"eventNumber"`
	ExtractedValues map[string]string `wire:"extractedValues"`
}

type ResourcePolicy struct {
	LastUpdatedTime int64  `wire:"lastUpdatedTime"`
	PolicyDocument  string `wire:"policyDocument"`
	PolicyName      string `wire:"policyName"`
}
