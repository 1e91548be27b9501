package s3

// PutBucketMetricsConfigurationInput is the input of PutBucketMetricsConfiguration.
type PutBucketMetricsConfigurationInput struct {
	_ struct{} `http:"PUT /{Bucket}?metrics"`
	onMetrics
	MetricsConfiguration *MetricsConfiguration `loc:"payload"`
}

// onMetrics is what requests about one configuration of metrics carry.
type onMetrics struct {
	onBucket
	Id string `wire:"id" loc:"query" required:""`
}

// GetBucketMetricsConfigurationInput is the input of GetBucketMetricsConfiguration.
type GetBucketMetricsConfigurationInput struct {
	_ struct{} `http:"GET /{Bucket}?metrics"`
	onMetrics
}

// DeleteBucketMetricsConfigurationInput is the input of DeleteBucketMetricsConfiguration.
type DeleteBucketMetricsConfigurationInput struct {
	_ struct{} `http:"DELETE /{Bucket}?metrics"`
	onMetrics
}

// ListBucketMetricsConfigurationsInput is the input of ListBucketMetricsConfigurations.
type ListBucketMetricsConfigurationsInput struct {
	_ struct{} `http:"GET /{Bucket}?metrics"`
	onBucket
	ContinuationToken string `wire:"continuation-token" loc:"query"`
}

// ListBucketMetricsConfigurationsOutput is the output of ListBucketMetricsConfigurations.
type ListBucketMetricsConfigurationsOutput struct {
	_                        struct{}               `root:"ListMetricsConfigurationsResult"`
	MetricsConfigurationList []MetricsConfiguration `wire:"MetricsConfiguration" flat:""`
	IsTruncated              bool
	ContinuationToken        string
	NextContinuationToken    string
}

// MetricsConfiguration says of which requests metrics are made.
type MetricsConfiguration struct {
	_      struct{} `root:"MetricsConfiguration"`
	Id     string
	Filter *MetricsFilter
}

// MetricsFilter picks objects. Only by prefix: the rest is refused.
type MetricsFilter struct {
	Prefix         string
	AccessPointArn string
	Tag            *Tag
	And            *Empty
}
