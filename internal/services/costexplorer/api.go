package costexplorer

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type GetCostAndUsageInput struct {
	Filter      *Expression
	Granularity string            `required:"" enum:"DAILY|MONTHLY|HOURLY"`
	GroupBy     []GroupDefinition `len:",2"`
	Metrics     []string          `required:""`
	TimePeriod  DateInterval      `required:""`
}

type GetCostAndUsageOutput struct {
	GroupDefinitions []GroupDefinition
	ResultsByTime    []ResultByTime
}

type DateInterval struct {
	End   string `required:"" len:"0,40" pattern:"(\\d{4}-\\d{2}-\\d{2})(T\\d{2}:\\d{2}:\\d{2}Z)?"`
	Start string `required:"" len:"0,40" pattern:"(\\d{4}-\\d{2}-\\d{2})(T\\d{2}:\\d{2}:\\d{2}Z)?"`
}

type GroupDefinition struct {
	Key  string `len:"0,1024"`
	Type string `enum:"DIMENSION|TAG|COST_CATEGORY"`
}

type Expression struct {
	And        []Expression
	Dimensions *DimensionValues
	Not        *Expression
	Or         []Expression
}

type DimensionValues struct {
	Key    string
	Values []string
}

type ResultByTime struct {
	Estimated  bool
	Groups     []Group
	TimePeriod DateInterval
	Total      map[string]MetricValue
}

type Group struct {
	Keys    []string
	Metrics map[string]MetricValue
}

type MetricValue struct{ Amount, Unit string }
