package sns

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// subscription is a subscription as stored.
type subscription struct {
	ID         string
	Topic      aws.ARN
	Protocol   string
	Endpoint   string
	Attributes map[string]string // that were set
	Owner      aws.AccountID
	Principal  aws.ARN // who subscribed
	Origin     string  // of this cloud, as the subscriber reached it: for links
	Made       time.Time
	Token      string // that confirms it
	Confirmed  bool
	Signed     bool // only its owner may end it
}

func (sub *subscription) arn() string { return string(sub.Topic) + ":" + sub.ID }

// place is where a subscription is.
type place struct {
	Scope     aws.Scope
	Topic, ID string
}

// patience is how long a subscription waits for its confirmation.
const patience = 48 * time.Hour

func (sub *subscription) expired(now time.Time) bool {
	return !sub.Confirmed && now.Sub(sub.Made) > patience
}

// of lists the subscriptions of a topic.
func (s *Service) of(tx *store.Tx, t *topic, now time.Time) (list []subscription) {
	for _, sub := range s.subscriptions.All(tx, t.scope, t.Name) {
		if !sub.expired(now) {
			list = append(list, sub)
		}
	}
	return list
}

// find returns the subscription that an ARN names.
func (s *Service) find(tx *store.Tx, arn string) (sub subscription, at place, err error) {
	p, ok := aws.ARN(arn).Parse()
	name, id, two := strings.Cut(p.Resource, ":")
	if !ok || p.Service != "sns" || !two || strings.Contains(id, ":") {
		return sub, at, errInvalid("SubscriptionArn Reason: An ARN must have at least 6 elements, not %d", strings.Count(arn, ":")+1)
	}
	at = place{p.Scope, name, id}
	if sub, ok = s.subscriptions.Get(tx, at.Scope, name, id); !ok {
		return sub, at, errNoSubscription()
	}
	return sub, at, nil
}

func (s *Service) onSubscribe(_ context.Context, _ *aws.Call, in *SubscribeInput) ([]service.Access, error) {
	a, err := s.accesses(in.TopicArn, "Subscribe")
	if err == nil {
		a[0].Keys = map[string][]string{"sns:Endpoint": {in.Endpoint}, "sns:Protocol": {in.Protocol}}
	}
	return a, err
}

var (
	mailAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	phoneNumber = regexp.MustCompile(`^\+?[0-9][0-9 ().-]{3,30}$`)
)

// checkEndpoint validates an endpoint, and reports whether it must confirm.
func (s *Service) checkEndpoint(c *aws.Call, protocol, endpoint string) (confirm bool, err error) {
	valid := endpoint != ""
	switch protocol {
	case "http", "https":
		u, err := url.Parse(endpoint)
		if err == nil && u.Scheme != protocol {
			return false, errInvalid("Endpoint must match the specified protocol")
		}
		valid, confirm = err == nil && u.Host != "", true
	case "email", "email-json":
		valid, confirm = mailAddress.MatchString(endpoint), true
	case "sms":
		valid = phoneNumber.MatchString(endpoint)
	case "sqs", "lambda":
		p, ok := aws.ARN(endpoint).Parse()
		if valid = ok && p.Service == protocol; !valid {
			break
		}
		if protocol == "sqs" && strings.HasSuffix(endpoint, ".fifo") {
			return false, errInvalid("Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics")
		}
		if s.Targets.Check(c, aws.ARN(endpoint)) != nil && p.Account == c.Account {
			return false, errInvalid("Endpoint Reason: %s does not exist", endpoint)
		}
	case "application", "firehose":
		return false, errUnsupported("The protocol " + protocol)
	default:
		return false, errInvalid("Protocol")
	}
	if !valid {
		return false, errInvalid("Endpoint")
	}
	return confirm, nil
}

func (s *Service) subscribe(_ context.Context, c *aws.Call, in *SubscribeInput) (*SubscribeOutput, error) {
	confirm, err := s.checkEndpoint(c, in.Protocol, in.Endpoint)
	if err != nil {
		return nil, err
	}
	made := subscription{
		ID: s.IDs.UUID(), Topic: aws.ARN(in.TopicArn), Protocol: in.Protocol, Endpoint: in.Endpoint, Attributes: map[string]string{},
		Owner: c.Principal.Account, Principal: c.Principal.ARN, Origin: c.Origin(), Made: c.Time, Token: s.IDs.Hex(96), Confirmed: !confirm,
	}
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		if err := s.setOn(c, &made, name, in.Attributes[name]); err != nil {
			return nil, err
		}
	}
	if err := made.check(); err != nil {
		return nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, in.TopicArn)
		if err != nil {
			return err
		}
		for _, old := range s.of(tx, &t, c.Time) {
			if old.Protocol == made.Protocol && old.Endpoint == made.Endpoint {
				if !maps.Equal(old.Attributes, made.Attributes) && len(in.Attributes) > 0 {
					return errInvalid("Attributes Reason: Subscription already exists with different attributes")
				}
				if made = old; made.Confirmed {
					return nil
				}
				return s.ask(tx, &t, &made, c.Time)
			}
		}
		s.subscriptions.Put(tx, t.scope, made, t.Name, made.ID)
		if made.Confirmed {
			return nil
		}
		s.tokens.Put(tx, aws.Scope{}, place{t.scope, t.Name, made.ID}, made.Token)
		return s.ask(tx, &t, &made, c.Time)
	})
	if err != nil {
		return nil, err
	}
	if !made.Confirmed && !in.ReturnSubscriptionArn {
		return &SubscribeOutput{subscriptionARN{"pending confirmation"}}, nil
	}
	return &SubscribeOutput{subscriptionARN{made.arn()}}, nil
}

// setOn checks an attribute of a subscription and sets it.
func (s *Service) setOn(c *aws.Call, sub *subscription, name, value string) error {
	switch name {
	case "RawMessageDelivery":
		if value = strings.ToLower(value); value != "true" && value != "false" {
			return errInvalid("RawMessageDelivery")
		}
		if sub.Protocol != "sqs" && sub.Protocol != "http" && sub.Protocol != "https" && value == "true" {
			return errInvalid("Attributes Reason: Delivery protocol [%s] does not support raw message delivery.", sub.Protocol)
		}
	case "FilterPolicy", "FilterPolicyScope":
		if name == "FilterPolicyScope" && value != byAttributes && value != byBody {
			return errInvalid("FilterPolicyScope: Invalid value [%s]. Please use either MessageBody or MessageAttributes", value)
		}
		if value == "{}" && name == "FilterPolicy" {
			value = ""
		}
	case "RedrivePolicy":
		if value != "" {
			target, err := parseRedrive(value)
			if err != nil {
				return err
			}
			if err := s.Targets.Check(c, target); err != nil {
				return errInvalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
			}
		}
	case "DeliveryPolicy", "SubscriptionRoleArn", "ReplayPolicy":
		if value != "" {
			return errUnsupported(name)
		}
	default:
		return errInvalid("AttributeName")
	}
	if value == "" {
		delete(sub.Attributes, name)
	} else {
		sub.Attributes[name] = value
	}
	return nil
}

// check validates what the attributes say together.
func (sub *subscription) check() error {
	_, err := compileFilter(sub.Attributes["FilterPolicy"], sub.Attributes["FilterPolicyScope"])
	return err
}

// parseRedrive returns the queue that a RedrivePolicy names.
func parseRedrive(text string) (aws.ARN, error) {
	var p struct {
		Target *aws.ARN `json:"deadLetterTargetArn"`
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return "", errInvalid("RedrivePolicy: failed to parse JSON.")
	}
	if p.Target == nil {
		return "", errInvalid("RedrivePolicy: does not contain deadLetterTargetArn")
	}
	if at, ok := p.Target.Parse(); !ok || at.Service != "sqs" {
		return "", errInvalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
	}
	return *p.Target, nil
}

func (s *Service) confirmSubscription(_ context.Context, c *aws.Call, in *ConfirmSubscriptionInput) (*ConfirmSubscriptionOutput, error) {
	sub, err := s.confirm(in.TopicArn, in.Token, in.AuthenticateOnUnsubscribe == "true", c.Time)
	if err != nil {
		return nil, err
	}
	return &ConfirmSubscriptionOutput{subscriptionARN{sub.arn()}}, nil
}

// confirm makes a subscription count, for who has its token.
func (s *Service) confirm(topicARN, token string, signed bool, now time.Time) (sub subscription, err error) {
	err = s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, topicARN)
		if err != nil {
			return err
		}
		at, ok := s.tokens.Get(tx, aws.Scope{}, token)
		if !ok || at.Scope != t.scope || at.Topic != t.Name {
			return errToken()
		}
		if sub, ok = s.subscriptions.Get(tx, at.Scope, at.Topic, at.ID); !ok || sub.expired(now) {
			return errToken()
		}
		if !sub.Confirmed {
			sub.Confirmed, sub.Signed = true, signed
			s.subscriptions.Put(tx, at.Scope, sub, at.Topic, at.ID)
		}
		return nil
	})
	return sub, err
}

func (s *Service) unsubscribe(_ context.Context, c *aws.Call, in *UnsubscribeInput) (*service.Empty, error) {
	return &service.Empty{}, s.end(in.SubscriptionArn, func(sub *subscription) error {
		if sub.Owner != c.Account && !strings.HasPrefix(string(sub.Topic), "arn:aws:sns:"+string(c.Region)+":"+string(c.Account)+":") {
			return aws.Errorf(403, "AuthorizationError", "not authorized to perform: SNS:Unsubscribe on resource: %s", in.SubscriptionArn)
		}
		return nil
	})
}

// end removes a subscription; one that is gone is removed as well as any.
func (s *Service) end(arn string, may func(*subscription) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		sub, at, err := s.find(tx, arn)
		if e, ok := err.(*aws.Error); ok && e.Code == "NotFound" {
			return nil
		}
		if err != nil {
			return err
		}
		if err := may(&sub); err != nil {
			return err
		}
		s.tokens.Delete(tx, aws.Scope{}, sub.Token)
		s.subscriptions.Delete(tx, at.Scope, at.Topic, at.ID)
		return nil
	})
}

func (sub *subscription) describe() Subscription {
	d := Subscription{
		Endpoint: sub.Endpoint, Owner: string(sub.Owner), Protocol: sub.Protocol, SubscriptionArn: sub.arn(), TopicArn: string(sub.Topic),
	}
	if !sub.Confirmed {
		d.SubscriptionArn = "PendingConfirmation"
	}
	return d
}

func (s *Service) listSubscriptions(_ context.Context, c *aws.Call, in *ListSubscriptionsInput) (*ListSubscriptionsOutput, error) {
	return s.page(c.Scope, c.Time, in.NextToken)
}

func (s *Service) listSubscriptionsByTopic(_ context.Context, c *aws.Call, in *ListSubscriptionsByTopicInput) (*ListSubscriptionsOutput, error) {
	at, name, err := locate(in.TopicArn)
	if err != nil {
		return nil, err
	}
	return s.page(at, c.Time, in.NextToken, name)
}

// page lists subscriptions, from the one after the token.
func (s *Service) page(at aws.Scope, now time.Time, token string, prefix ...string) (*ListSubscriptionsOutput, error) {
	out := &ListSubscriptionsOutput{Subscriptions: []Subscription{}}
	after := prefix
	if token != "" {
		name, id, ok := strings.Cut(token, ":")
		if !ok || len(prefix) > 0 && prefix[0] != name {
			return nil, errInvalid("NextToken")
		}
		after = []string{name, id}
	}
	return out, s.DB.View(func(tx *store.Tx) error {
		last := ""
		for key, sub := range s.subscriptions.After(tx, at, after, prefix...) {
			if sub.expired(now) {
				continue
			}
			if len(out.Subscriptions) == pageSize {
				out.NextToken = last
				break
			}
			out.Subscriptions = append(out.Subscriptions, sub.describe())
			last = strings.Join(key, ":")
		}
		return nil
	})
}

func (s *Service) getSubscriptionAttributes(_ context.Context, c *aws.Call, in *GetSubscriptionAttributesInput) (*GetSubscriptionAttributesOutput, error) {
	var sub subscription
	err := s.DB.View(func(tx *store.Tx) (err error) {
		sub, _, err = s.find(tx, in.SubscriptionArn)
		if err == nil && sub.expired(c.Time) {
			err = errNoSubscription()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all := map[string]string{
		"SubscriptionArn": sub.arn(), "TopicArn": string(sub.Topic), "Owner": string(sub.Owner), "Protocol": sub.Protocol, "Endpoint": sub.Endpoint,
		"PendingConfirmation": strconv.FormatBool(!sub.Confirmed), "ConfirmationWasAuthenticated": strconv.FormatBool(sub.Confirmed && sub.ours()),
		"RawMessageDelivery": "false", "SubscriptionPrincipal": string(sub.Principal),
	}
	if sub.Attributes["FilterPolicy"] != "" {
		all["FilterPolicyScope"] = byAttributes
	}
	maps.Copy(all, sub.Attributes)
	return &GetSubscriptionAttributesOutput{all}, nil
}

// ours reports whether an endpoint needs no confirmation.
func (sub *subscription) ours() bool {
	return sub.Signed || sub.Protocol == "sqs" || sub.Protocol == "lambda" || sub.Protocol == "sms"
}

func (s *Service) setSubscriptionAttributes(_ context.Context, c *aws.Call, in *SetSubscriptionAttributesInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		sub, at, err := s.find(tx, in.SubscriptionArn)
		if err != nil {
			return err
		}
		if err := s.setOn(c, &sub, in.AttributeName, in.AttributeValue); err != nil {
			return err
		}
		if err := sub.check(); err != nil {
			return err
		}
		s.subscriptions.Put(tx, at.Scope, sub, at.Topic, at.ID)
		return nil
	})
}
