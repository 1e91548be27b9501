package s3

// GetBucketNotificationConfigurationInput is the input of GetBucketNotificationConfiguration.
type GetBucketNotificationConfigurationInput struct {
	_ struct{} `http:"GET /{Bucket}?notification"`
	onBucket
}

// PutBucketNotificationConfigurationInput is the input of PutBucketNotificationConfiguration.
type PutBucketNotificationConfigurationInput struct {
	_ struct{} `http:"PUT /{Bucket}?notification"`
	onBucket
	SkipDestinationValidation bool                       `wire:"x-amz-skip-destination-validation" loc:"header"`
	NotificationConfiguration *NotificationConfiguration `loc:"payload"`
}

// NotificationConfiguration says who is told of what happens in a bucket.
type NotificationConfiguration struct {
	_                            struct{}                      `root:"NotificationConfiguration"`
	TopicConfigurations          []TopicConfiguration          `wire:"TopicConfiguration" flat:""`
	QueueConfigurations          []QueueConfiguration          `wire:"QueueConfiguration" flat:""`
	LambdaFunctionConfigurations []LambdaFunctionConfiguration `wire:"CloudFunctionConfiguration" flat:""`
	EventBridgeConfiguration     *Empty
}

// LambdaFunctionConfiguration has a function called.
type LambdaFunctionConfiguration struct {
	Id                string
	LambdaFunctionArn string   `wire:"CloudFunction"`
	Events            []string `wire:"Event" flat:""`
	Filter            *NotificationConfigurationFilter
}

// QueueConfiguration has messages sent to a queue.
type QueueConfiguration struct {
	Id       string
	QueueArn string   `wire:"Queue"`
	Events   []string `wire:"Event" flat:""`
	Filter   *NotificationConfigurationFilter
}

// TopicConfiguration has messages published to a topic.
type TopicConfiguration struct {
	Id       string
	TopicArn string   `wire:"Topic"`
	Events   []string `wire:"Event" flat:""`
	Filter   *NotificationConfigurationFilter
}

// NotificationConfigurationFilter says which keys count.
type NotificationConfigurationFilter struct {
	Key *S3KeyFilter `wire:"S3Key"`
}

// S3KeyFilter is a list of rules, all of which must hold.
type S3KeyFilter struct {
	FilterRules []FilterRule `wire:"FilterRule" flat:""`
}

// FilterRule is how a key begins or ends.
type FilterRule struct{ Name, Value string }
