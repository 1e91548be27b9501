package sqs

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// redrive is a queue's RedrivePolicy.
type redrive struct {
	Target aws.ARN
	Max    int // receives
}

// parseRedrive reads a RedrivePolicy; "" is none. The number may be a string.
func parseRedrive(text string) (*redrive, error) {
	if text == "" {
		return nil, nil
	}
	var p struct {
		Target *aws.ARN        `json:"deadLetterTargetArn"`
		Max    json.RawMessage `json:"maxReceiveCount"`
	}
	invalid := func(reason string) (*redrive, error) { return nil, errValue(text, "RedrivePolicy", reason) }
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return invalid("Redrive policy is not a valid JSON map.")
	}
	if p.Target == nil {
		return invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
	}
	if p.Max == nil {
		return invalid("Redrive policy does not contain mandatory attribute: maxReceiveCount.")
	}
	number := string(p.Max)
	var quoted string
	if json.Unmarshal(p.Max, &quoted) == nil {
		number = quoted
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 1000 {
		return invalid("Invalid value for maxReceiveCount: " + number + ", valid values are from 1 to 1000 both inclusive.")
	}
	return &redrive{*p.Target, n}, nil
}

// redriveAllow is a queue's RedriveAllowPolicy.
type redriveAllow struct {
	Permission string    `json:"redrivePermission"`
	Sources    []aws.ARN `json:"sourceQueueArns"`
}

// parseRedriveAllow reads a RedriveAllowPolicy; "" allows all.
func parseRedriveAllow(text string) (redriveAllow, error) {
	p := redriveAllow{Permission: "allowAll"}
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, errValue(text, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy, as it’s not in JSON format.")
	}
	switch p.Permission {
	case "allowAll", "denyAll":
		if len(p.Sources) > 0 {
			return p, errValue(text, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy, as sourceQueueArns goes with byQueue only.")
		}
	case "byQueue":
		if len(p.Sources) == 0 || len(p.Sources) > 10 {
			return p, errValue(text, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy, as it needs 1 to 10 sourceQueueArns.")
		}
	default:
		return p, errValue(text, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy, as redrivePermission is not allowAll, denyAll or byQueue.")
	}
	return p, nil
}

func checkRedriveAllow(text string) error {
	_, err := parseRedriveAllow(text)
	return err
}

// checkRedrive makes sure that a new RedrivePolicy leads to a queue that wants
// it.
func (s *Service) checkRedrive(tx *store.Tx, q *queue, text string) error {
	p, err := parseRedrive(text)
	if err != nil || p == nil {
		return err
	}
	dead, ok := s.deadLetters(tx, q, p)
	if !ok {
		return errValue(text, "RedrivePolicy", "Dead letter target does not exist.")
	}
	allow, err := parseRedriveAllow(dead.Attributes["RedriveAllowPolicy"])
	if err != nil {
		return err
	}
	if allow.Permission == "denyAll" || allow.Permission == "byQueue" && !slices.Contains(allow.Sources, q.arn()) {
		return errValue(text, "RedrivePolicy", "Dead letter target does not allow redrive from "+string(q.arn())+".")
	}
	return nil
}

// deadLetters returns the queue that a RedrivePolicy leads to, which must be
// of the same account and region.
func (s *Service) deadLetters(tx *store.Tx, q *queue, p *redrive) (dead queue, ok bool) {
	at, valid := p.Target.Parse()
	if !valid || at.Service != "sqs" || at.Scope != q.scope {
		return queue{}, false
	}
	dead, ok = s.queues.Get(tx, q.scope, at.Resource)
	dead.scope = q.scope
	return dead, ok
}

func (s *Service) listDeadLetterSourceQueues(_ context.Context, c *aws.Call, in *ListDeadLetterSourceQueuesInput) (*ListDeadLetterSourceQueuesOutput, error) {
	dead, err := s.read(c, in.QueueUrl)
	if err != nil {
		return nil, err
	}
	out := &ListDeadLetterSourceQueuesOutput{QueueUrls: []string{}}
	urls, next, err := s.page(c, in.MaxResults, in.NextToken, func(q *queue) bool {
		p, err := parseRedrive(q.Attributes["RedrivePolicy"])
		return err == nil && p != nil && p.Target == dead.arn()
	})
	out.QueueUrls, out.NextToken = append(out.QueueUrls, urls...), next
	return out, err
}
