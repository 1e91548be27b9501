package sns

// The shapes of the operations we implement, member for member as AWS names
// them.

type topicARN struct {
	TopicArn string
}

func (t *topicARN) topic() string { return t.TopicArn }

type subscriptionARN struct {
	SubscriptionArn string
}

func (s *subscriptionARN) subscription() string { return s.SubscriptionArn }

type resourceARN struct {
	ResourceArn string `required:"" len:"1,1011"`
}

func (r *resourceARN) topic() string { return r.ResourceArn }

// CreateTopicInput is the input of CreateTopic.
type CreateTopicInput struct {
	Name       string
	Attributes map[string]string
	Tags       []Tag
}

// CreateTopicOutput is the output of CreateTopic.
type CreateTopicOutput struct{ topicARN }

// DeleteTopicInput is the input of DeleteTopic.
type DeleteTopicInput struct{ topicARN }

// ListTopicsInput is the input of ListTopics.
type ListTopicsInput struct {
	NextToken string
}

// ListTopicsOutput is the output of ListTopics.
type ListTopicsOutput struct {
	NextToken string
	Topics    []Topic
}

// Topic names a topic.
type Topic struct{ topicARN }

// GetTopicAttributesInput is the input of GetTopicAttributes.
type GetTopicAttributesInput struct{ topicARN }

// GetTopicAttributesOutput is the output of GetTopicAttributes.
type GetTopicAttributesOutput struct {
	Attributes map[string]string
}

// SetTopicAttributesInput is the input of SetTopicAttributes.
type SetTopicAttributesInput struct {
	topicARN
	AttributeName  string
	AttributeValue string
}

// SubscribeInput is the input of Subscribe.
type SubscribeInput struct {
	topicARN
	Attributes            map[string]string
	Endpoint              string
	Protocol              string
	ReturnSubscriptionArn bool
}

// SubscribeOutput is the output of Subscribe.
type SubscribeOutput struct{ subscriptionARN }

// ConfirmSubscriptionInput is the input of ConfirmSubscription.
type ConfirmSubscriptionInput struct {
	topicARN
	AuthenticateOnUnsubscribe string
	Token                     string
}

// ConfirmSubscriptionOutput is the output of ConfirmSubscription.
type ConfirmSubscriptionOutput struct{ subscriptionARN }

// UnsubscribeInput is the input of Unsubscribe.
type UnsubscribeInput struct{ subscriptionARN }

// ListSubscriptionsInput is the input of ListSubscriptions.
type ListSubscriptionsInput struct {
	NextToken string
}

// ListSubscriptionsOutput is the output of ListSubscriptions.
type ListSubscriptionsOutput struct {
	NextToken     string
	Subscriptions []Subscription
}

// Subscription shows a subscription.
type Subscription struct {
	Endpoint        string
	Owner           string
	Protocol        string
	SubscriptionArn string
	TopicArn        string
}

// ListSubscriptionsByTopicInput is the input of ListSubscriptionsByTopic.
type ListSubscriptionsByTopicInput struct {
	topicARN
	NextToken string
}

// GetSubscriptionAttributesInput is the input of GetSubscriptionAttributes.
type GetSubscriptionAttributesInput struct{ subscriptionARN }

// GetSubscriptionAttributesOutput is the output of GetSubscriptionAttributes.
type GetSubscriptionAttributesOutput struct {
	Attributes map[string]string
}

// SetSubscriptionAttributesInput is the input of SetSubscriptionAttributes.
type SetSubscriptionAttributesInput struct {
	subscriptionARN
	AttributeName  string
	AttributeValue string
}

// notice is what is published.
type notice struct {
	Message           string
	MessageAttributes map[string]MessageAttributeValue `mapkey:"Name" mapvalue:"Value"`
	MessageStructure  string
	Subject           string

	email string // what is mailed instead, of services that write to people too
}

// MessageAttributeValue is the value of an attribute of a message.
type MessageAttributeValue struct {
	BinaryValue []byte
	DataType    string
	StringValue string
}

// PublishInput is the input of Publish.
type PublishInput struct {
	topicARN
	notice
	PhoneNumber string `sensitive:""`
	TargetArn   string
}

// PublishOutput is the output of Publish.
type PublishOutput struct {
	MessageId string
}

// PublishBatchInput is the input of PublishBatch.
type PublishBatchInput struct {
	topicARN
	PublishBatchRequestEntries []PublishBatchRequestEntry
}

// PublishBatchRequestEntry is one message of a batch.
type PublishBatchRequestEntry struct {
	Id string
	notice
}

// PublishBatchOutput is the output of PublishBatch.
type PublishBatchOutput struct {
	Failed     []BatchResultErrorEntry
	Successful []PublishBatchResultEntry
}

// BatchResultErrorEntry tells why one entry of a batch failed.
type BatchResultErrorEntry struct {
	Code        string
	Id          string
	Message     string
	SenderFault bool
}

// PublishBatchResultEntry tells of one message that was published.
type PublishBatchResultEntry struct {
	Id        string
	MessageId string
}

// Tag is a tag of a topic.
type Tag struct {
	Key   string `required:"" len:"1,128"`
	Value string `required:"" len:"0,256"`
}

// TagResourceInput is the input of TagResource.
type TagResourceInput struct {
	resourceARN
	Tags []Tag `required:""`
}

// UntagResourceInput is the input of UntagResource.
type UntagResourceInput struct {
	resourceARN
	TagKeys []string `required:"" elemlen:"1,128"`
}

// ListTagsForResourceInput is the input of ListTagsForResource.
type ListTagsForResourceInput struct{ resourceARN }

// ListTagsForResourceOutput is the output of ListTagsForResource.
type ListTagsForResourceOutput struct {
	Tags []Tag
}

// TagsChanged is the output of TagResource and UntagResource.
type TagsChanged struct{}

// AddPermissionInput is the input of AddPermission.
type AddPermissionInput struct {
	topicARN
	AWSAccountId []string
	ActionName   []string
	Label        string
}

// RemovePermissionInput is the input of RemovePermission.
type RemovePermissionInput struct {
	topicARN
	Label string
}
