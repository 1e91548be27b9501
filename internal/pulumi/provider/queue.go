package provider

import (
	"context"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var sqs = target{"sqs", "AmazonSQS", "application/x-amz-json-1.0"}

func queueKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:sqs/queue:Queue",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "delaySeconds", Type: number, Default: 0.0},
				{Name: "maxMessageSize", Type: number, Computed: true},
				{Name: "messageRetentionSeconds", Type: number, Default: 345600.0},
				{Name: "policy", Type: document, Computed: true, Policy: true},
				{Name: "receiveWaitTimeSeconds", Type: number, Default: 0.0},
				{Name: "redriveAllowPolicy", Type: document, Policy: true},
				{Name: "redrivePolicy", Type: document, Policy: true},
				{Name: "visibilityTimeoutSeconds", Type: number, Default: 30.0},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "url", "tagsAll"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 80},
			Identity: []string{"name", "region"},
			create:   createQueue, read: readQueue, update: updateQueue, remove: removeQueue,
		},
		{
			Token: "aws:sqs/queuePolicy:QueuePolicy",
			Inputs: []Property{
				{Name: "queueUrl", Type: str, Required: true, Replace: true},
				{Name: "policy", Type: document, Required: true, Policy: true},
			},
			Identity: []string{"queueUrl"},
			create: byPutting(func(r *Resource) string { return r.text("queueUrl") }, func(ctx context.Context, r *Resource) error {
				return r.setQueue(ctx, r.text("queueUrl"), jsonObject{"Policy": r.text("policy")})
			}),
			update: func(ctx context.Context, r *Resource) error {
				return r.setQueue(ctx, r.ID, jsonObject{"Policy": r.text("policy")})
			},
			read: func(ctx context.Context, r *Resource) (value.Map, error) {
				_, err := readQueue(ctx, r)
				return value.Map{}, err
			},
			remove: func(ctx context.Context, r *Resource) error {
				return unlessGone(r.setQueue(ctx, r.ID, jsonObject{"Policy": ""}))
			},
			find: putAgain,
		},
	}
}

// queue calls an operation of SQS; a queue that is not there is errGone.
func (r *Resource) queue(ctx context.Context, operation string, in jsonObject, out any) error {
	return notFound(r.json(ctx, sqs, operation, in, out), "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
}

func (r *Resource) setQueue(ctx context.Context, url string, attributes jsonObject) error {
	return r.queue(ctx, "SetQueueAttributes", jsonObject{"QueueUrl": url, "Attributes": attributes}, nil)
}

// queueAttributes are all that are set, as texts.
func queueAttributes(r *Resource) jsonObject {
	in := jsonObject{}
	for property, name := range map[string]string{
		"delaySeconds": "DelaySeconds", "maxMessageSize": "MaximumMessageSize", "messageRetentionSeconds": "MessageRetentionPeriod",
		"receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds", "visibilityTimeoutSeconds": "VisibilityTimeout",
	} {
		if r.In[property] != nil {
			in[name] = strconv.Itoa(integer(r.In[property]))
		}
	}
	for property, name := range map[string]string{"policy": "Policy", "redriveAllowPolicy": "RedriveAllowPolicy", "redrivePolicy": "RedrivePolicy"} {
		if v := r.text(property); v != "" || r.Old != nil && r.Changed(property) {
			in[name] = v
		}
	}
	return in
}

func createQueue(ctx context.Context, r *Resource) (string, error) {
	in := jsonObject{"QueueName": r.text("name"), "Attributes": queueAttributes(r)}
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["tags"] = tags
	}
	var out struct{ QueueUrl string }
	err := r.queue(ctx, "CreateQueue", in, &out)
	return out.QueueUrl, err
}

func readQueue(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct{ Attributes map[string]string }
	if err := r.queue(ctx, "GetQueueAttributes", jsonObject{"QueueUrl": r.ID, "AttributeNames": []string{"All"}}, &out); err != nil {
		return nil, err
	}
	return value.Map{"arn": out.Attributes["QueueArn"], "url": r.ID}, nil
}

func updateQueue(ctx context.Context, r *Resource) error {
	if err := r.setQueue(ctx, r.ID, queueAttributes(r)); err != nil {
		return err
	}
	return r.retag(func(gone []string) error {
		return r.queue(ctx, "UntagQueue", jsonObject{"QueueUrl": r.ID, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.queue(ctx, "TagQueue", jsonObject{"QueueUrl": r.ID, "Tags": tags}, nil)
	})
}

func removeQueue(ctx context.Context, r *Resource) error {
	return unlessGone(r.queue(ctx, "DeleteQueue", jsonObject{"QueueUrl": r.ID}, nil))
}
