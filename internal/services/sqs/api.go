package sqs

// The shapes of the operations we implement, member for member as AWS names
// them, with the names of awsQuery where those differ.

type queueURL struct {
	QueueUrl string
}

func (q *queueURL) url() string { return q.QueueUrl }

// CreateQueueInput is the input of CreateQueue.
type CreateQueueInput struct {
	QueueName  string
	Attributes map[string]string `query:"Attribute" flat:"" mapkey:"Name" mapvalue:"Value"`
	Tags       map[string]string `wire:"tags" query:"Tag" flat:"" mapkey:"Key" mapvalue:"Value"`
}

// CreateQueueOutput is the output of CreateQueue.
type CreateQueueOutput struct {
	QueueUrl string
}

// GetQueueUrlInput is the input of GetQueueUrl.
type GetQueueUrlInput struct {
	QueueName              string
	QueueOwnerAWSAccountId string
}

// GetQueueUrlOutput is the output of GetQueueUrl.
type GetQueueUrlOutput struct {
	QueueUrl string
}

// GetQueueAttributesInput is the input of GetQueueAttributes.
type GetQueueAttributesInput struct {
	queueURL
	AttributeNames []string `query:"AttributeName" flat:""`
}

// GetQueueAttributesOutput is the output of GetQueueAttributes.
type GetQueueAttributesOutput struct {
	Attributes map[string]string `query:"Attribute" flat:"" mapkey:"Name" mapvalue:"Value"`
}

// SetQueueAttributesInput is the input of SetQueueAttributes.
type SetQueueAttributesInput struct {
	queueURL
	Attributes map[string]string `query:"Attribute" flat:"" mapkey:"Name" mapvalue:"Value"`
}

// ListQueuesInput is the input of ListQueues.
type ListQueuesInput struct {
	MaxResults      *int32
	NextToken       string
	QueueNamePrefix string
}

// ListQueuesOutput is the output of ListQueues.
type ListQueuesOutput struct {
	NextToken string
	QueueUrls []string `query:"QueueUrl" flat:""`
}

// DeleteQueueInput is the input of DeleteQueue.
type DeleteQueueInput struct{ queueURL }

// PurgeQueueInput is the input of PurgeQueue.
type PurgeQueueInput struct{ queueURL }

// body is what a message is made of.
type body struct {
	DelaySeconds            *int32
	MessageAttributes       map[string]MessageAttributeValue `query:"MessageAttribute" flat:"" mapkey:"Name" mapvalue:"Value"`
	MessageBody             string
	MessageDeduplicationId  string
	MessageGroupId          string
	MessageSystemAttributes map[string]MessageAttributeValue `query:"MessageSystemAttribute" flat:"" mapkey:"Name" mapvalue:"Value"`
}

// SendMessageInput is the input of SendMessage.
type SendMessageInput struct {
	queueURL
	body
}

// SendMessageOutput is the output of SendMessage.
type SendMessageOutput struct {
	MD5OfMessageAttributes       string
	MD5OfMessageBody             string
	MD5OfMessageSystemAttributes string
	MessageId                    string
}

// SendMessageBatchInput is the input of SendMessageBatch.
type SendMessageBatchInput struct {
	queueURL
	Entries []SendMessageBatchRequestEntry `query:"SendMessageBatchRequestEntry" flat:""`
}

// SendMessageBatchRequestEntry is one message of a batch.
type SendMessageBatchRequestEntry struct {
	Id string
	body
}

// SendMessageBatchOutput is the output of SendMessageBatch.
type SendMessageBatchOutput struct {
	Failed     []BatchResultErrorEntry       `query:"BatchResultErrorEntry" flat:""`
	Successful []SendMessageBatchResultEntry `query:"SendMessageBatchResultEntry" flat:""`
}

// SendMessageBatchResultEntry tells of one message that was sent.
type SendMessageBatchResultEntry struct {
	Id string
	SendMessageOutput
}

// BatchResultErrorEntry tells why one entry of a batch failed.
type BatchResultErrorEntry struct {
	Code        string
	Id          string
	Message     string
	SenderFault bool
}

// ReceiveMessageInput is the input of ReceiveMessage.
type ReceiveMessageInput struct {
	queueURL
	AttributeNames              []string `query:"AttributeName" flat:""`
	MaxNumberOfMessages         *int32
	MessageAttributeNames       []string `query:"MessageAttributeName" flat:""`
	MessageSystemAttributeNames []string `query:"MessageSystemAttributeName" flat:""`
	VisibilityTimeout           *int32
	WaitTimeSeconds             *int32
}

// ReceiveMessageOutput is the output of ReceiveMessage.
type ReceiveMessageOutput struct {
	Messages []Message `query:"Message" flat:""`
}

// Message is a received message.
type Message struct {
	Attributes             map[string]string `query:"Attribute" flat:"" mapkey:"Name" mapvalue:"Value"`
	Body                   string
	MD5OfBody              string
	MD5OfMessageAttributes string
	MessageAttributes      map[string]MessageAttributeValue `query:"MessageAttribute" flat:"" mapkey:"Name" mapvalue:"Value"`
	MessageId              string
	ReceiptHandle          string
}

// MessageAttributeValue is the value of an attribute of a message.
type MessageAttributeValue struct {
	BinaryValue []byte
	DataType    string
	StringValue string
}

// ChangeMessageVisibilityInput is the input of ChangeMessageVisibility.
type ChangeMessageVisibilityInput struct {
	queueURL
	ReceiptHandle     string
	VisibilityTimeout *int32
}

// ChangeMessageVisibilityBatchInput is the input of ChangeMessageVisibilityBatch.
type ChangeMessageVisibilityBatchInput struct {
	queueURL
	Entries []ChangeMessageVisibilityBatchRequestEntry `query:"ChangeMessageVisibilityBatchRequestEntry" flat:""`
}

// ChangeMessageVisibilityBatchRequestEntry is one change of a batch.
type ChangeMessageVisibilityBatchRequestEntry struct {
	Id                string
	ReceiptHandle     string
	VisibilityTimeout *int32
}

// ChangeMessageVisibilityBatchOutput is the output of ChangeMessageVisibilityBatch.
type ChangeMessageVisibilityBatchOutput struct {
	Failed     []BatchResultErrorEntry `query:"BatchResultErrorEntry" flat:""`
	Successful []BatchResultEntry      `query:"ChangeMessageVisibilityBatchResultEntry" flat:""`
}

// BatchResultEntry names an entry of a batch that was carried out.
type BatchResultEntry struct {
	Id string
}

// DeleteMessageInput is the input of DeleteMessage.
type DeleteMessageInput struct {
	queueURL
	ReceiptHandle string
}

// DeleteMessageBatchInput is the input of DeleteMessageBatch.
type DeleteMessageBatchInput struct {
	queueURL
	Entries []DeleteMessageBatchRequestEntry `query:"DeleteMessageBatchRequestEntry" flat:""`
}

// DeleteMessageBatchRequestEntry is one deletion of a batch.
type DeleteMessageBatchRequestEntry struct {
	Id            string
	ReceiptHandle string
}

// DeleteMessageBatchOutput is the output of DeleteMessageBatch.
type DeleteMessageBatchOutput struct {
	Failed     []BatchResultErrorEntry `query:"BatchResultErrorEntry" flat:""`
	Successful []BatchResultEntry      `query:"DeleteMessageBatchResultEntry" flat:""`
}

// TagQueueInput is the input of TagQueue.
type TagQueueInput struct {
	queueURL
	Tags map[string]string `query:"Tag" flat:"" mapkey:"Key" mapvalue:"Value"`
}

// UntagQueueInput is the input of UntagQueue.
type UntagQueueInput struct {
	queueURL
	TagKeys []string `query:"TagKey" flat:""`
}

// ListQueueTagsInput is the input of ListQueueTags.
type ListQueueTagsInput struct{ queueURL }

// ListQueueTagsOutput is the output of ListQueueTags.
type ListQueueTagsOutput struct {
	Tags map[string]string `query:"Tag" flat:"" mapkey:"Key" mapvalue:"Value"`
}

// ListDeadLetterSourceQueuesInput is the input of ListDeadLetterSourceQueues.
type ListDeadLetterSourceQueuesInput struct {
	queueURL
	MaxResults *int32
	NextToken  string
}

// ListDeadLetterSourceQueuesOutput is the output of ListDeadLetterSourceQueues.
type ListDeadLetterSourceQueuesOutput struct {
	NextToken string
	QueueUrls []string `wire:"queueUrls" query:"QueueUrl" flat:""`
}

// AddPermissionInput is the input of AddPermission.
type AddPermissionInput struct {
	queueURL
	AWSAccountIds []string `query:"AWSAccountId" flat:""`
	Actions       []string `query:"ActionName" flat:""`
	Label         string
}

// RemovePermissionInput is the input of RemovePermission.
type RemovePermissionInput struct {
	queueURL
	Label string
}
