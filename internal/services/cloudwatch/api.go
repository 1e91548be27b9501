package cloudwatch

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

// AlarmSettings are the members that putting and describing an alarm share.
type AlarmSettings struct {
	ActionsEnabled          *bool
	AlarmActions            []string    `len:",5" elemlen:"1,1024"`
	AlarmDescription        string      `len:"0,1024"`
	AlarmName               string      `required:"" len:"1,255"`
	ComparisonOperator      string      `required:"" enum:"GreaterThanOrEqualToThreshold|GreaterThanThreshold|LessThanThreshold|LessThanOrEqualToThreshold"`
	DatapointsToAlarm       *int        `range:"1,"`
	Dimensions              []Dimension `len:",30"`
	EvaluationPeriods       int         `required:"" range:"1,"`
	ExtendedStatistic       string
	InsufficientDataActions []string `len:",5" elemlen:"1,1024"`
	MetricName              string   `len:"1,255"`
	Metrics                 []MetricDataQuery
	Namespace               string   `len:"1,255" pattern:"[^:].*"`
	OKActions               []string `len:",5" elemlen:"1,1024"`
	Period                  *int     `range:"1,"`
	Statistic               string   `enum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Threshold               *float64
	TreatMissingData        string `len:"1,255"`
	Unit                    string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

type PutMetricAlarmInput struct {
	AlarmSettings
	Tags []Tag
}

type MetricAlarm struct {
	AlarmSettings
	AlarmArn                           string
	AlarmConfigurationUpdatedTimestamp time.Time
	StateReason                        string
	StateReasonData                    string
	StateTransitionedTimestamp         time.Time
	StateUpdatedTimestamp              time.Time
	StateValue                         string
}

type PutMetricDataInput struct {
	MetricData []MetricDatum
	Namespace  string `required:"" len:"1,255" pattern:"[^:].*"`
}

type GetMetricDataInput struct {
	EndTime           time.Time `required:""`
	MaxDatapoints     int
	MetricDataQueries []MetricDataQuery `required:""`
	NextToken         string
	ScanBy            string    `enum:"TimestampDescending|TimestampAscending"`
	StartTime         time.Time `required:""`
}

type GetMetricDataOutput struct {
	Messages          []MessageData
	MetricDataResults []MetricDataResult
	NextToken         string
}

type GetMetricStatisticsInput struct {
	Dimensions         []Dimension `len:",30"`
	EndTime            time.Time   `required:""`
	ExtendedStatistics []string    `len:"1,10"`
	MetricName         string      `required:"" len:"1,255"`
	Namespace          string      `required:"" len:"1,255" pattern:"[^:].*"`
	Period             int         `required:"" range:"1,"`
	StartTime          time.Time   `required:""`
	Statistics         []string    `len:"1,5" elemenum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Unit               string      `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

type GetMetricStatisticsOutput struct {
	Datapoints []Datapoint
	Label      string
}

type ListMetricsInput struct {
	Dimensions     []DimensionFilter `len:",10"`
	MetricName     string            `len:"1,255"`
	Namespace      string            `len:"1,255" pattern:"[^:].*"`
	NextToken      string
	RecentlyActive string `enum:"PT3H"`
}

type ListMetricsOutput struct {
	Metrics   []Metric
	NextToken string
}

type DescribeAlarmsInput struct {
	ActionPrefix    string   `len:"1,1024"`
	AlarmNamePrefix string   `len:"1,255"`
	AlarmNames      []string `len:",100" elemlen:"1,255"`
	AlarmTypes      []string `elemenum:"CompositeAlarm|MetricAlarm"`
	MaxRecords      int      `range:"1,100"`
	NextToken       string
	StateValue      string `enum:"OK|ALARM|INSUFFICIENT_DATA"`
}

type DescribeAlarmsOutput struct {
	MetricAlarms []MetricAlarm
	NextToken    string
}

type DescribeAlarmsForMetricInput struct {
	Dimensions        []Dimension `len:",30"`
	ExtendedStatistic string
	MetricName        string `required:"" len:"1,255"`
	Namespace         string `required:"" len:"1,255" pattern:"[^:].*"`
	Period            *int   `range:"1,"`
	Statistic         string `enum:"SampleCount|Average|Sum|Minimum|Maximum"`
	Unit              string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}

type DescribeAlarmsForMetricOutput struct {
	MetricAlarms []MetricAlarm
}

type DescribeAlarmHistoryInput struct {
	AlarmName       string   `len:"1,255"`
	AlarmTypes      []string `elemenum:"CompositeAlarm|MetricAlarm"`
	EndDate         time.Time
	HistoryItemType string `enum:"ConfigurationUpdate|StateUpdate|Action|AlarmContributorStateUpdate|AlarmContributorAction"`
	MaxRecords      int    `range:"1,100"`
	NextToken       string
	ScanBy          string `enum:"TimestampDescending|TimestampAscending"`
	StartDate       time.Time
}

type DescribeAlarmHistoryOutput struct {
	AlarmHistoryItems []AlarmHistoryItem
	NextToken         string
}

type SetAlarmStateInput struct {
	AlarmName       string `required:"" len:"1,255"`
	StateReason     string `required:"" len:"0,1023"`
	StateReasonData string `len:"0,4000"`
	StateValue      string `required:"" enum:"OK|ALARM|INSUFFICIENT_DATA"`
}

type EnableAlarmActionsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

type DisableAlarmActionsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

type DeleteAlarmsInput struct {
	AlarmNames []string `required:"" len:",100" elemlen:"1,255"`
}

type PutDashboardInput struct {
	DashboardBody string `required:""`
	DashboardName string `required:""`
	Tags          []Tag
}

type PutDashboardOutput struct {
	DashboardValidationMessages []DashboardValidationMessage
}

type GetDashboardInput struct {
	DashboardName string `required:""`
}

type GetDashboardOutput struct {
	DashboardArn  string
	DashboardBody string
	DashboardName string
}

type ListDashboardsInput struct {
	DashboardNamePrefix string
	NextToken           string
}

type ListDashboardsOutput struct {
	DashboardEntries []DashboardEntry
	NextToken        string
}

type DeleteDashboardsInput struct {
	DashboardNames []string `required:""`
}

// The query protocol has a wrapper for each of these.
type (
	DeleteDashboardsOutput struct{}
	TagResourceOutput      struct{}
	UntagResourceOutput    struct{}
)

type TagResourceInput struct {
	ResourceARN string `required:"" len:"1,1024"`
	Tags        []Tag  `required:""`
}

type UntagResourceInput struct {
	ResourceARN string   `required:"" len:"1,1024"`
	TagKeys     []string `required:"" elemlen:"1,128"`
}

type ListTagsForResourceInput struct {
	ResourceARN string `required:"" len:"1,1024"`
}

type ListTagsForResourceOutput struct {
	Tags []Tag
}

type MetricDatum struct {
	Counts            []float64
	Dimensions        []Dimension `len:",30"`
	MetricName        string      `required:"" len:"1,255"`
	StatisticValues   *StatisticSet
	StorageResolution *int `range:"1,"`
	Timestamp         time.Time
	Unit              string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
	Value             *float64
	Values            []float64
}

type MetricDataQuery struct {
	Expression string `len:"1,2048"`
	Id         string `required:"" len:"1,255"`
	Label      string
	MetricStat *MetricStat
	Period     *int `range:"1,"`
	ReturnData *bool
}

type MessageData struct {
	Code  string
	Value string
}

type MetricDataResult struct {
	Id         string
	Label      string
	Messages   []MessageData
	StatusCode string
	Timestamps []time.Time
	Values     []float64
}

type Dimension struct {
	Name  string `required:"" len:"1,255"`
	Value string `required:"" len:"1,1024"`
}

type Datapoint struct {
	Average            *float64
	ExtendedStatistics map[string]float64
	Maximum            *float64
	Minimum            *float64
	SampleCount        *float64
	Sum                *float64
	Timestamp          time.Time
	Unit               string
}

type DimensionFilter struct {
	Name  string `required:"" len:"1,255"`
	Value string `len:"1,1024"`
}

type Metric struct {
	Dimensions []Dimension `len:",30"`
	MetricName string      `len:"1,255"`
	Namespace  string      `len:"1,255" pattern:"[^:].*"`
}

type Tag struct {
	Key   string `required:"" len:"1,128"`
	Value string `required:"" len:"0,256"`
}

type AlarmHistoryItem struct {
	AlarmName       string
	AlarmType       string
	HistoryData     string
	HistoryItemType string
	HistorySummary  string
	Timestamp       time.Time
}

type DashboardValidationMessage struct {
	DataPath string
	Message  string
}

type DashboardEntry struct {
	DashboardArn  string
	DashboardName string
	LastModified  time.Time
	Size          int64
}

type StatisticSet struct {
	Maximum     float64 `required:""`
	Minimum     float64 `required:""`
	SampleCount float64 `required:""`
	Sum         float64 `required:""`
}

type MetricStat struct {
	Metric Metric `required:""`
	Period int    `required:"" range:"1,"`
	Stat   string `required:""`
	Unit   string `enum:"Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"`
}
