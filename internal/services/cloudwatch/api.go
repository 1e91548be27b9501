package cloudwatch

import (
	"time"
)

// PutMetricDataInput is the input of PutMetricData.
type PutMetricDataInput struct {
	EntityMetricData       []EntityMetricData
	MetricData             []MetricDatum
	Namespace              string `required:"" len:"1,255" pattern:"[^:].*"`
	StrictEntityValidation *bool
}

// GetMetricDataInput is the input of GetMetricData.
type GetMetricDataInput struct {
	EndTime           time.Time `required:""`
	LabelOptions      *LabelOptions
	MaxDatapoints     *int32
	MetricDataQueries []MetricDataQuery `required:""`
	NextToken         string
	ScanBy            string    `enum:"TimestampDescending|TimestampAscending"`
	StartTime         time.Time `required:""`
}

// GetMetricDataOutput is the output of GetMetricData.
type GetMetricDataOutput struct {
	Messages          []MessageData
	MetricDataResults []MetricDataResult
	NextToken         string
}

// GetMetricStatisticsInput is the input of GetMetricStatistics.
type GetMetricStatisticsInput struct {
	Dimensions         []Dimension `len:",30"`
	EndTime            time.Time   `required:""`
	ExtendedStatistics []string    `len:"1,10"`
	MetricName         string      `required:"" len:"1,255"`
	Namespace          string      `required:"" len:"1,255" pattern:"[^:].*"`
	Period             int32       `required:"" range:"1,"`
	StartTime          time.Time   `required:""`
	Statistics         []string    `len:"1,5" elemenum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Unit               string      `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

// GetMetricStatisticsOutput is the output of GetMetricStatistics.
type GetMetricStatisticsOutput struct {
	Datapoints []Datapoint
	Label      string
}

// ListMetricsInput is the input of ListMetrics.
type ListMetricsInput struct {
	Dimensions            []DimensionFilter `len:",10"`
	IncludeLinkedAccounts *bool
	MetricName            string `len:"1,255"`
	Namespace             string `len:"1,255" pattern:"[^:].*"`
	NextToken             string
	OwningAccount         string `len:"1,255"`
	RecentlyActive        string `enum:"PT3H"`
}

// ListMetricsOutput is the output of ListMetrics.
type ListMetricsOutput struct {
	Metrics        []Metric
	NextToken      string
	OwningAccounts []string
}

// PutMetricAlarmInput is the input of PutMetricAlarm.
type PutMetricAlarmInput struct {
	ActionsEnabled                   *bool
	AlarmActions                     []string    `len:",5" elemlen:"1,1024"`
	AlarmDescription                 *string     `len:"0,1024"`
	AlarmName                        string      `required:"" len:"1,255"`
	ComparisonOperator               string      `enum:"GreaterThanOrEqualToThreshold|GreaterThanThreshold|LessThanThreshold|LessThanOrEqualToThreshold|LessThanLowerOrGreaterThanUpperThreshold|LessThanLowerThreshold|GreaterThanUpperThreshold"`
	DatapointsToAlarm                *int32      `range:"1,"`
	Dimensions                       []Dimension `len:",30"`
	EvaluateLowSampleCountPercentile string      `len:"1,255"`
	EvaluationCriteria               *EvaluationCriteria
	EvaluationInterval               *int32 `range:"10,3600"`
	EvaluationPeriods                *int32 `range:"1,"`
	EvaluationWindow                 *EvaluationWindow
	ExtendedStatistic                string
	InsufficientDataActions          []string `len:",5" elemlen:"1,1024"`
	MetricName                       string   `len:"1,255"`
	Metrics                          []MetricDataQuery
	Namespace                        string   `len:"1,255" pattern:"[^:].*"`
	OKActions                        []string `len:",5" elemlen:"1,1024"`
	Period                           *int32   `range:"1,"`
	Statistic                        string   `enum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Tags                             []Tag
	Threshold                        *float64
	ThresholdMetricId                string `len:"1,255"`
	TreatMissingData                 string `len:"1,255"`
	Unit                             string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

// PutCompositeAlarmInput is the input of PutCompositeAlarm.
type PutCompositeAlarmInput struct {
	ActionsEnabled                   *bool
	ActionsSuppressor                string `len:"1,1600"`
	ActionsSuppressorExtensionPeriod *int32
	ActionsSuppressorWaitPeriod      *int32
	AlarmActions                     []string `len:",5" elemlen:"1,1024"`
	AlarmDescription                 *string  `len:"0,1024"`
	AlarmName                        string   `required:"" len:"1,255"`
	AlarmRule                        string   `required:"" len:"1,10240"`
	InsufficientDataActions          []string `len:",5" elemlen:"1,1024"`
	OKActions                        []string `len:",5" elemlen:"1,1024"`
	Tags                             []Tag
}

// DescribeAlarmsInput is the input of DescribeAlarms.
type DescribeAlarmsInput struct {
	ActionPrefix        string   `len:"1,1024"`
	AlarmNamePrefix     string   `len:"1,255"`
	AlarmNames          []string `len:",100" elemlen:"1,255"`
	AlarmTypes          []string `elemenum:"CompositeAlarm|MetricAlarm|LogAlarm"`
	ChildrenOfAlarmName string   `len:"1,255"`
	MaxRecords          *int32   `range:"1,100"`
	NextToken           string
	ParentsOfAlarmName  string `len:"1,255"`
	StateValue          string `enum:"OK|ALARM|INSUFFICIENT_DATA"`
}

// DescribeAlarmsOutput is the output of DescribeAlarms.
type DescribeAlarmsOutput struct {
	CompositeAlarms []CompositeAlarm
	LogAlarms       []LogAlarm
	MetricAlarms    []MetricAlarm
	NextToken       string
}

// DescribeAlarmsForMetricInput is the input of DescribeAlarmsForMetric.
type DescribeAlarmsForMetricInput struct {
	Dimensions        []Dimension `len:",30"`
	ExtendedStatistic string
	MetricName        string `required:"" len:"1,255"`
	Namespace         string `required:"" len:"1,255" pattern:"[^:].*"`
	Period            *int32 `range:"1,"`
	Statistic         string `enum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Unit              string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

// DescribeAlarmsForMetricOutput is the output of DescribeAlarmsForMetric.
type DescribeAlarmsForMetricOutput struct {
	MetricAlarms []MetricAlarm
}

// DescribeAlarmHistoryInput is the input of DescribeAlarmHistory.
type DescribeAlarmHistoryInput struct {
	AlarmContributorId string   `len:"1,16"`
	AlarmName          string   `len:"1,255"`
	AlarmTypes         []string `elemenum:"CompositeAlarm|MetricAlarm|LogAlarm"`
	EndDate            *time.Time
	HistoryItemType    string `enum:"ConfigurationUpdate|StateUpdate|Action|AlarmContributorStateUpdate|AlarmContributorAction"`
	MaxRecords         *int32 `range:"1,100"`
	NextToken          string
	ScanBy             string `enum:"TimestampDescending|TimestampAscending"`
	StartDate          *time.Time
}

// DescribeAlarmHistoryOutput is the output of DescribeAlarmHistory.
type DescribeAlarmHistoryOutput struct {
	AlarmHistoryItems []AlarmHistoryItem
	NextToken         string
}

// SetAlarmStateInput is the input of SetAlarmState.
type SetAlarmStateInput struct {
	AlarmName       string  `required:"" len:"1,255"`
	StateReason     string  `required:"" len:"0,1023"`
	StateReasonData *string `len:"0,4000"`
	StateValue      string  `required:"" enum:"OK|ALARM|INSUFFICIENT_DATA"`
}

// EnableAlarmActionsInput is the input of EnableAlarmActions.
type EnableAlarmActionsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

// DisableAlarmActionsInput is the input of DisableAlarmActions.
type DisableAlarmActionsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

// DeleteAlarmsInput is the input of DeleteAlarms.
type DeleteAlarmsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

// PutDashboardInput is the input of PutDashboard.
type PutDashboardInput struct {
	DashboardBody string `required:""`
	DashboardName string `required:""`
	Tags          []Tag
}

// PutDashboardOutput is the output of PutDashboard.
type PutDashboardOutput struct {
	DashboardValidationMessages []DashboardValidationMessage
}

// GetDashboardInput is the input of GetDashboard.
type GetDashboardInput struct {
	DashboardName string `required:""`
}

// GetDashboardOutput is the output of GetDashboard.
type GetDashboardOutput struct {
	DashboardArn  string
	DashboardBody string
	DashboardName string
}

// ListDashboardsInput is the input of ListDashboards.
type ListDashboardsInput struct {
	DashboardNamePrefix string
	NextToken           string
}

// ListDashboardsOutput is the output of ListDashboards.
type ListDashboardsOutput struct {
	DashboardEntries []DashboardEntry
	NextToken        string
}

// DeleteDashboardsInput is the input of DeleteDashboards.
type DeleteDashboardsInput struct {
	DashboardNames []string `required:""`
}

// TagResourceInput is the input of TagResource.
type TagResourceInput struct {
	ResourceARN string `required:"" len:"1,1024"`
	Tags        []Tag  `required:""`
}

// UntagResourceInput is the input of UntagResource.
type UntagResourceInput struct {
	ResourceARN string   `required:"" len:"1,1024"`
	TagKeys     []string `required:"" elemlen:"1,128"`
}

// ListTagsForResourceInput is the input of ListTagsForResource.
type ListTagsForResourceInput struct {
	ResourceARN string `required:"" len:"1,1024"`
}

// ListTagsForResourceOutput is the output of ListTagsForResource.
type ListTagsForResourceOutput struct {
	Tags []Tag
}

// EntityMetricData is a structure of the API.
type EntityMetricData struct {
	Entity     *Entity
	MetricData []MetricDatum
}

// MetricDatum is a structure of the API.
type MetricDatum struct {
	Counts            []float64
	Dimensions        []Dimension `len:",30"`
	MetricName        string      `required:"" len:"1,255"`
	StatisticValues   *StatisticSet
	StorageResolution *int32 `range:"1,"`
	Timestamp         *time.Time
	Unit              string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
	Value             *float64
	Values            []float64
}

// LabelOptions is a structure of the API.
type LabelOptions struct {
	Timezone string
}

// MetricDataQuery is a structure of the API.
type MetricDataQuery struct {
	AccountId  string `len:"1,255"`
	Expression string `len:"1,2048"`
	Id         string `required:"" len:"1,255"`
	Label      string
	MetricStat *MetricStat
	Period     *int32 `range:"1,"`
	ReturnData *bool
}

// MessageData is a structure of the API.
type MessageData struct {
	Code  string
	Value string
}

// MetricDataResult is a structure of the API.
type MetricDataResult struct {
	Id         string
	Label      string
	Messages   []MessageData
	StatusCode string
	Timestamps []time.Time
	Values     []float64
}

// Dimension is a structure of the API.
type Dimension struct {
	Name  string `required:"" len:"1,255"`
	Value string `required:"" len:"1,1024"`
}

// Datapoint is a structure of the API.
type Datapoint struct {
	Average            *float64
	ExtendedStatistics map[string]float64
	Maximum            *float64
	Minimum            *float64
	SampleCount        *float64
	Sum                *float64
	Timestamp          *time.Time
	Unit               string
}

// DimensionFilter is a structure of the API.
type DimensionFilter struct {
	Name  string `required:"" len:"1,255"`
	Value string `len:"1,1024"`
}

// Metric is a structure of the API.
type Metric struct {
	Dimensions []Dimension `len:",30"`
	MetricName string      `len:"1,255"`
	Namespace  string      `len:"1,255" pattern:"[^:].*"`
}

// EvaluationCriteria is a structure of the API.
type EvaluationCriteria struct {
	PromQLCriteria *AlarmPromQLCriteria
}

// EvaluationWindow is a structure of the API.
type EvaluationWindow struct {
	SlidingWindow   *SlidingWindow
	WallClockWindow *WallClockWindow
}

// Tag is a structure of the API.
type Tag struct {
	Key   string `required:"" len:"1,128"`
	Value string `required:"" len:"0,256"`
}

// CompositeAlarm is a structure of the API.
type CompositeAlarm struct {
	ActionsEnabled                     *bool
	ActionsSuppressedBy                string
	ActionsSuppressedReason            string
	ActionsSuppressor                  string
	ActionsSuppressorExtensionPeriod   *int32
	ActionsSuppressorWaitPeriod        *int32
	AlarmActions                       []string
	AlarmArn                           string
	AlarmConfigurationUpdatedTimestamp *time.Time
	AlarmDescription                   string
	AlarmName                          string
	AlarmRule                          string
	InsufficientDataActions            []string
	OKActions                          []string
	StateReason                        string
	StateReasonData                    string
	StateTransitionedTimestamp         *time.Time
	StateUpdatedTimestamp              *time.Time
	StateValue                         string
}

// LogAlarm is a structure of the API.
type LogAlarm struct {
	ActionLogLineCount                 *int32
	ActionLogLineRoleArn               string
	ActionsEnabled                     *bool
	AlarmActions                       []string
	AlarmArn                           string
	AlarmConfigurationUpdatedTimestamp *time.Time
	AlarmDescription                   string
	AlarmName                          string
	ComparisonOperator                 string
	EvaluationState                    string
	InsufficientDataActions            []string
	OKActions                          []string
	QueryResultsToAlarm                *int32
	QueryResultsToEvaluate             *int32
	ScheduledQueryConfiguration        *ScheduledQueryConfiguration
	StateReason                        string
	StateReasonData                    string
	StateTransitionedTimestamp         *time.Time
	StateUpdatedTimestamp              *time.Time
	StateValue                         string
	Threshold                          *float64
	TreatMissingData                   string
}

// MetricAlarm is a structure of the API.
type MetricAlarm struct {
	ActionsEnabled                     *bool
	AlarmActions                       []string
	AlarmArn                           string
	AlarmConfigurationUpdatedTimestamp *time.Time
	AlarmDescription                   string
	AlarmName                          string
	ComparisonOperator                 string
	DatapointsToAlarm                  *int32
	Dimensions                         []Dimension
	EvaluateLowSampleCountPercentile   string
	EvaluationCriteria                 *EvaluationCriteria
	EvaluationInterval                 *int32
	EvaluationPeriods                  *int32
	EvaluationState                    string
	EvaluationWindow                   *EvaluationWindow
	ExtendedStatistic                  string
	InsufficientDataActions            []string
	MetricName                         string
	Metrics                            []MetricDataQuery
	Namespace                          string
	OKActions                          []string
	Period                             *int32
	StateReason                        string
	StateReasonData                    string
	StateTransitionedTimestamp         *time.Time
	StateUpdatedTimestamp              *time.Time
	StateValue                         string
	Statistic                          string
	Threshold                          *float64
	ThresholdMetricId                  string
	TreatMissingData                   string
	Unit                               string
}

// AlarmHistoryItem is a structure of the API.
type AlarmHistoryItem struct {
	AlarmContributorAttributes map[string]string
	AlarmContributorId         string
	AlarmName                  string
	AlarmType                  string
	HistoryData                string
	HistoryItemType            string
	HistorySummary             string
	Timestamp                  *time.Time
}

// DashboardValidationMessage is a structure of the API.
type DashboardValidationMessage struct {
	DataPath string
	Message  string
}

// DashboardEntry is a structure of the API.
type DashboardEntry struct {
	DashboardArn  string
	DashboardName string
	LastModified  *time.Time
	Size          *int64
}

// Entity is a structure of the API.
type Entity struct {
	Attributes    map[string]string `len:"0,10" keylen:"1,256" elemlen:"1,2048"`
	KeyAttributes map[string]string `len:"2,4" keylen:"1,32" elemlen:"1,2048"`
}

// StatisticSet is a structure of the API.
type StatisticSet struct {
	Maximum     float64 `required:""`
	Minimum     float64 `required:""`
	SampleCount float64 `required:""`
	Sum         float64 `required:""`
}

// MetricStat is a structure of the API.
type MetricStat struct {
	Metric Metric `required:""`
	Period int32  `required:"" range:"1,"`
	Stat   string `required:""`
	Unit   string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

// AlarmPromQLCriteria is a structure of the API.
type AlarmPromQLCriteria struct {
	PendingPeriod  *int32 `range:"0,86400"`
	Query          string `required:"" len:"1,10000"`
	RecoveryPeriod *int32 `range:"0,86400"`
}

// SlidingWindow is a structure of the API.
type SlidingWindow struct {
}

// WallClockWindow is a structure of the API.
type WallClockWindow struct {
	Timezone string `len:"1,50"`
}

// ScheduledQueryConfiguration is a structure of the API.
type ScheduledQueryConfiguration struct {
	AggregationExpression string
	LogGroupIdentifiers   []string
	QueryARN              string
	QueryString           string
	ScheduleConfiguration ScheduleConfiguration
	ScheduledQueryRoleARN string
	Tags                  []Tag
}

// ScheduleConfiguration is a structure of the API.
type ScheduleConfiguration struct {
	EndTimeOffset      *int64
	ScheduleExpression string
	StartTimeOffset    int64
}
