package sns

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// topic is a topic as stored.
type topic struct {
	Name       string
	Attributes map[string]string // that were set
	Tags       []Tag

	scope aws.Scope // where it was found
}

func (t *topic) arn() aws.ARN { return topicOf(t.scope, t.Name) }

func topicOf(s aws.Scope, name string) aws.ARN { return aws.MakeARN("sns", s, name) }

var namePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// locate tells which topic an ARN is of.
func locate(arn string) (aws.Scope, string, error) {
	p, ok := aws.ARN(arn).Parse()
	if !ok {
		return aws.Scope{}, "", errInvalid("TopicArn Reason: An ARN must have at least 6 elements, not %d", strings.Count(arn, ":")+1)
	}
	if p.Service != "sns" || strings.Contains(p.Resource, ":") {
		return aws.Scope{}, "", errInvalid("TopicArn")
	}
	return p.Scope, p.Resource, nil
}

func (s *Service) get(tx *store.Tx, arn string) (topic, error) {
	at, name, err := locate(arn)
	if err != nil {
		return topic{}, err
	}
	t, ok := s.topics.Get(tx, at, name)
	if !ok {
		return topic{}, errNoTopic()
	}
	t.scope = at
	return t, nil
}

// read returns the topic that an ARN names.
func (s *Service) read(arn string) (t topic, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		t, err = s.get(tx, arn)
		return err
	})
	return t, err
}

// change applies f to a topic, and stores it.
func (s *Service) change(arn string, f func(*topic) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, arn)
		if err != nil {
			return err
		}
		if err := f(&t); err != nil {
			return err
		}
		s.topics.Put(tx, t.scope, t, t.Name)
		return nil
	})
}

// defaultPolicy lets the account's own services in. Its users need policies of
// their own.
func (t *topic) defaultPolicy() string {
	actions := []string{"GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"}
	for i := range actions {
		actions[i] = `"SNS:` + actions[i] + `"`
	}
	return `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":[` +
		strings.Join(actions, ",") + `],"Resource":"` + string(t.arn()) + `","Condition":{"StringEquals":{"AWS:SourceOwner":"` + string(t.scope.Account) + `"}}}]}`
}

func (t *topic) policy() string {
	if p := t.Attributes["Policy"]; p != "" {
		return p
	}
	return t.defaultPolicy()
}

// access is what a request wants to do with a topic.
func (s *Service) access(t *topic, action string) (service.Access, error) {
	p, err := s.policies.Compile(t.policy())
	return service.Access{Action: "sns:" + action, Resource: t.arn(), ResourcePolicy: p, Owner: t.scope.Account}, err
}

// aboutTopic is an input that names a topic by its ARN.
type aboutTopic[In any] interface {
	*In
	topic() string
}

// onTopic authorises against the topic that an input names.
func onTopic[In any, P aboutTopic[In]](s *Service, action string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return s.accesses(P(in).topic(), action)
	}
}

func (s *Service) accesses(arn, action string) ([]service.Access, error) {
	t, err := s.read(arn)
	if err != nil {
		return nil, err
	}
	a, err := s.access(&t, action)
	return []service.Access{a}, err
}

func onCreateTopic(_ context.Context, c *aws.Call, in *CreateTopicInput) ([]service.Access, error) {
	a := service.Access{Resource: topicOf(c.Scope, in.Name)}
	if len(in.Tags) > 0 {
		a.Keys = map[string][]string{}
		for _, t := range in.Tags {
			a.Keys["aws:RequestTag/"+t.Key] = []string{t.Value}
			a.Keys["aws:TagKeys"] = append(a.Keys["aws:TagKeys"], t.Key)
		}
	}
	return []service.Access{a}, nil
}

func (s *Service) createTopic(_ context.Context, c *aws.Call, in *CreateTopicInput) (*CreateTopicOutput, error) {
	switch {
	case strings.HasSuffix(in.Name, ".fifo"), in.Attributes["FifoTopic"] == "true":
		return nil, errFIFO()
	case !namePattern.MatchString(in.Name):
		return nil, errInvalid("Topic Name")
	}
	made := topic{Name: in.Name, Attributes: map[string]string{}, Tags: in.Tags, scope: c.Scope}
	if err := checkTags(made.Tags); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		if err := s.set(&made, name, in.Attributes[name]); err != nil {
			return nil, err
		}
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		old, exists := s.topics.Get(tx, c.Scope, in.Name)
		if !exists {
			s.topics.Put(tx, c.Scope, made, made.Name)
			return nil
		}
		for name, v := range made.Attributes {
			if old.Attributes[name] != v {
				return errInvalid("Attributes Reason: Topic already exists with different attributes")
			}
		}
		if len(in.Tags) > 0 && !sameTags(old.Tags, in.Tags) {
			return errInvalid("Tags Reason: Topic already exists with different tags")
		}
		return nil
	})
	return &CreateTopicOutput{topicARN{string(made.arn())}}, err
}

// feedback are the attributes that have deliveries logged.
var feedback = regexp.MustCompile(`^(HTTP|SQS|Lambda|Firehose|Application)((Success|Failure)FeedbackRoleArn|SuccessFeedbackSampleRate)$`)

// set checks an attribute and sets it.
func (s *Service) set(t *topic, name, value string) error {
	switch name {
	case "DisplayName":
		if len(value) > 100 {
			return errInvalid("DisplayName Reason: must be at most 100 characters long")
		}
	case "Policy":
		if _, err := s.policies.Compile(value); err != nil {
			return errInvalid("Policy Error: %v", strings.TrimPrefix(err.Error(), "policy: "))
		}
	case "SignatureVersion":
		if value != "1" && value != "2" {
			return errInvalid("SignatureVersion")
		}
	case "TracingConfig":
		if value != "PassThrough" {
			return errUnsupported("Another TracingConfig than PassThrough")
		}
	case "FifoTopic":
		if value == "false" {
			return nil
		}
		return errFIFO()
	case "DeliveryPolicy", "KmsMasterKeyId":
		if value != "" {
			return errUnsupported(name)
		}
	default:
		if !feedback.MatchString(name) {
			return errInvalid("AttributeName")
		}
		if value != "" && value != "0" { // zero percent of the deliveries is none
			return errUnsupported("The log of deliveries (" + name + ")")
		}
		return nil
	}
	if value == "" {
		delete(t.Attributes, name)
	} else {
		t.Attributes[name] = value
	}
	return nil
}

func (s *Service) setTopicAttributes(_ context.Context, _ *aws.Call, in *SetTopicAttributesInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(in.TopicArn, func(t *topic) error { return s.set(t, in.AttributeName, in.AttributeValue) })
}

// retryPolicy is how deliveries over HTTP are retried: see httpRetry.
const retryPolicy = `{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}`

func (s *Service) getTopicAttributes(_ context.Context, c *aws.Call, in *GetTopicAttributesInput) (*GetTopicAttributesOutput, error) {
	var all map[string]string
	err := s.DB.View(func(tx *store.Tx) error {
		t, err := s.get(tx, in.TopicArn)
		if err != nil {
			return err
		}
		pending, confirmed := 0, 0
		for _, sub := range s.of(tx, &t, c.Time) {
			if sub.Confirmed {
				confirmed++
			} else {
				pending++
			}
		}
		all = map[string]string{
			"TopicArn": string(t.arn()), "Owner": string(t.scope.Account), "DisplayName": "", "EffectiveDeliveryPolicy": retryPolicy,
			"SubscriptionsPending": strconv.Itoa(pending), "SubscriptionsConfirmed": strconv.Itoa(confirmed), "SubscriptionsDeleted": "0",
		}
		maps.Copy(all, t.Attributes)
		all["Policy"] = t.policy()
		return nil
	})
	return &GetTopicAttributesOutput{all}, err
}

// pageSize is how many topics or subscriptions one answer lists.
const pageSize = 100

func (s *Service) listTopics(_ context.Context, c *aws.Call, in *ListTopicsInput) (*ListTopicsOutput, error) {
	out := &ListTopicsOutput{Topics: []Topic{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		last := ""
		for _, t := range s.topics.After(tx, c.Scope, []string{in.NextToken}) {
			if len(out.Topics) == pageSize {
				out.NextToken = last
				break
			}
			out.Topics = append(out.Topics, Topic{topicARN{string(topicOf(c.Scope, t.Name))}})
			last = t.Name
		}
		return nil
	})
}

func (s *Service) deleteTopic(_ context.Context, _ *aws.Call, in *DeleteTopicInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, in.TopicArn)
		if err != nil {
			return err
		}
		for _, sub := range s.subscriptions.All(tx, t.scope, t.Name) {
			s.tokens.Delete(tx, aws.Scope{}, sub.Token)
		}
		s.subscriptions.DeleteAll(tx, t.scope, t.Name)
		s.topics.Delete(tx, t.scope, t.Name)
		return nil
	})
}

// document is a topic's policy, with its statements left as they are.
type document struct {
	Version   string            `json:"Version"`
	ID        string            `json:"Id,omitempty"`
	Statement []json.RawMessage `json:"Statement"`
}

// statement is what AddPermission adds.
type statement struct {
	Sid       string              `json:"Sid"`
	Effect    string              `json:"Effect"`
	Principal map[string][]string `json:"Principal"`
	Action    []string            `json:"Action"`
	Resource  aws.ARN             `json:"Resource"`
}

// statements takes a policy apart. It was parsed strictly when it was set.
func (t *topic) statements() (d document, err error) {
	var one struct {
		document
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(t.policy()), &one); err != nil {
		return d, err
	}
	d = one.document
	if err := json.Unmarshal(one.Statement, &d.Statement); err != nil {
		d.Statement = []json.RawMessage{one.Statement}
	}
	return d, nil
}

// labelled returns the index of the statement with a Sid, or -1.
func (d *document) labelled(sid string) int {
	return slices.IndexFunc(d.Statement, func(raw json.RawMessage) bool {
		var s struct{ Sid string }
		return json.Unmarshal(raw, &s) == nil && s.Sid == sid
	})
}

func (t *topic) setStatements(d document) error {
	b, err := json.Marshal(d)
	t.Attributes["Policy"] = string(b)
	return err
}

// grantable are the actions that an owner can let others do.
var grantable = []string{"Publish", "Subscribe", "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "ListSubscriptionsByTopic"}

func (s *Service) addPermission(_ context.Context, _ *aws.Call, in *AddPermissionInput) (*service.Empty, error) {
	if in.Label == "" || len(in.AWSAccountId) == 0 || len(in.ActionName) == 0 {
		return nil, errInvalid("Label, AWSAccountId and ActionName are required")
	}
	for _, a := range in.ActionName {
		if !slices.Contains(grantable, a) {
			return nil, errInvalid("Policy statement action out of service scope!")
		}
	}
	return &service.Empty{}, s.change(in.TopicArn, func(t *topic) error {
		d, err := t.statements()
		if err != nil {
			return err
		}
		if d.labelled(in.Label) >= 0 {
			return errInvalid("Statement already exists")
		}
		st := statement{Sid: in.Label, Effect: "Allow", Principal: map[string][]string{}, Resource: t.arn()}
		for _, id := range in.AWSAccountId {
			st.Principal["AWS"] = append(st.Principal["AWS"], "arn:aws:iam::"+id+":root")
		}
		for _, a := range in.ActionName {
			st.Action = append(st.Action, "SNS:"+a)
		}
		b, err := json.Marshal(st)
		if err != nil {
			return err
		}
		d.Statement = append(d.Statement, b)
		if err := t.setStatements(d); err != nil {
			return err
		}
		_, err = s.policies.Compile(t.Attributes["Policy"])
		if err != nil {
			return errInvalid("AWSAccountId")
		}
		return nil
	})
}

func (s *Service) removePermission(_ context.Context, _ *aws.Call, in *RemovePermissionInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(in.TopicArn, func(t *topic) error {
		d, err := t.statements()
		if err != nil {
			return err
		}
		if i := d.labelled(in.Label); i >= 0 {
			d.Statement = slices.Delete(d.Statement, i, i+1)
		}
		return t.setStatements(d)
	})
}
