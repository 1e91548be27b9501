package sqs

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxMessage is the size of the largest message, and of the largest batch.
const maxMessage = 1 << 20

// setting is an attribute whose value is a number within bounds.
type setting struct {
	initial  string
	min, max int
}

var settings = map[string]setting{
	"DelaySeconds":                  {"0", 0, 900},
	"MaximumMessageSize":            {strconv.Itoa(maxMessage), 1024, maxMessage},
	"MessageRetentionPeriod":        {"345600", 60, 1209600},
	"ReceiveMessageWaitTimeSeconds": {"0", 0, 20},
	"VisibilityTimeout":             {"30", 0, maxVisibility},
}

// maxVisibility is the longest visibility timeout, in seconds.
const maxVisibility = 43200

// number returns a numeric attribute.
func (q *queue) number(name string) int {
	v, ok := q.Attributes[name]
	if !ok {
		v = settings[name].initial
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		panic("sqs: stored attribute " + name + ": " + err.Error()) // it was checked when it was set
	}
	return n
}

func (q *queue) retention() time.Duration {
	return time.Duration(q.number("MessageRetentionPeriod")) * time.Second
}

// setAttributes checks attributes and sets them.
func (s *Service) setAttributes(tx *store.Tx, q *queue, attributes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		if n, ok := settings[name]; ok {
			i, err := strconv.Atoi(value)
			if err != nil || i < n.min || i > n.max {
				return errAttributeValue(name)
			}
			q.Attributes[name] = strconv.Itoa(i)
			continue
		}
		var err error
		switch name {
		case "Policy":
			if _, bad := s.policies.Compile(value); bad != nil {
				err = errAttributeValue(name)
			}
		case "RedrivePolicy":
			err = s.checkRedrive(tx, q, value)
		case "RedriveAllowPolicy":
			err = checkRedriveAllow(value)
		case "SqsManagedSseEnabled":
			if value != "true" && value != "false" {
				err = errAttributeValue(name)
			}
		case "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds":
			if value != "" {
				err = errUnsupported("Queues are not encrypted with KMS here: leave %s out.", name)
			}
		case "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit":
			err = errFIFO()
		default:
			err = errUnknownAttribute(name)
		}
		if err != nil {
			return err
		}
		if value == "" {
			delete(q.Attributes, name)
		} else {
			q.Attributes[name] = value
		}
	}
	return nil
}

// sameAttributes refuses to make a queue that exists with other attributes.
func sameAttributes(q *queue, wanted map[string]string) error {
	has := q.settings()
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if has[name] != wanted[name] {
			return errQueueExists(name)
		}
	}
	return nil
}

// settings are the attributes that can be set.
func (q *queue) settings() map[string]string {
	all := map[string]string{"SqsManagedSseEnabled": "true"}
	for name, n := range settings {
		all[name] = n.initial
	}
	maps.Copy(all, q.Attributes)
	return all
}

func (s *Service) setQueueAttributes(_ context.Context, c *aws.Call, in *SetQueueAttributesInput) (*service.Empty, error) {
	if len(in.Attributes) == 0 {
		return nil, errMissing("Attribute.Name")
	}
	return &service.Empty{}, s.change(c, in.QueueUrl, func(tx *store.Tx, q *queue) error {
		q.Modified = c.Time
		return s.setAttributes(tx, q, in.Attributes)
	})
}

var counted = []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"}

func (s *Service) getQueueAttributes(_ context.Context, c *aws.Call, in *GetQueueAttributesInput) (*GetQueueAttributesOutput, error) {
	var q queue
	var n counts
	err := s.DB.View(func(tx *store.Tx) (err error) {
		q, err = s.find(tx, c, in.QueueUrl)
		if err == nil && slices.ContainsFunc(in.AttributeNames, func(name string) bool { return name == "All" || slices.Contains(counted, name) }) {
			n = q.count(tx, c.Time)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all := q.settings()
	all["QueueArn"] = string(q.arn())
	all["CreatedTimestamp"] = strconv.FormatInt(q.Created.Unix(), 10)
	all["LastModifiedTimestamp"] = strconv.FormatInt(q.Modified.Unix(), 10)
	for i, v := range []int{n.visible, n.inFlight, n.delayed} {
		all[counted[i]] = strconv.Itoa(v)
	}
	if slices.Contains(in.AttributeNames, "All") {
		return &GetQueueAttributesOutput{all}, nil
	}
	out := &GetQueueAttributesOutput{}
	for _, name := range in.AttributeNames {
		v, ok := all[name]
		if !ok && !optional(name) {
			return nil, errUnknownAttribute(name)
		}
		if ok {
			if out.Attributes == nil {
				out.Attributes = map[string]string{}
			}
			out.Attributes[name] = v
		}
	}
	return out, nil
}

// optional reports attributes that a queue may have and that are not shown
// when it has not.
func optional(name string) bool {
	switch name {
	case "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds",
		"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit":
		return true
	}
	return false
}
