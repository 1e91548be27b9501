package provider

import (
	"context"
	"net/url"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func topicKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:sns/topic:Topic",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "displayName", Type: str},
				{Name: "policy", Type: document, Computed: true, Policy: true},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "beginningArchiveTime", "owner", "tagsAll"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 256},
			Identity: []string{"name", "region"},
			create:   createTopic, read: readTopic, update: updateTopic, remove: removeTopic,
			find: byInputs(func(r *Resource) string { return r.arn("sns", r.text("name")) }, readTopic),
		},
		{
			Token: "aws:sns/topicPolicy:TopicPolicy",
			Inputs: []Property{
				{Name: "arn", Type: str, Required: true, Replace: true},
				{Name: "policy", Type: document, Required: true, Policy: true},
			},
			Computed: []string{"owner"},
			Identity: []string{"arn"},
			create:   byPutting(func(r *Resource) string { return r.text("arn") }, putTopicPolicy),
			update:   putTopicPolicy, read: readTopicPolicy, remove: removeTopicPolicy,
			find: putAgain,
		},
		{
			Token: "aws:sns/topicSubscription:TopicSubscription",
			Inputs: []Property{
				{Name: "topic", Type: str, Required: true, Replace: true},
				{Name: "protocol", Type: oneOf("lambda", "sqs", "http", "https", "email", "email-json", "sms"), Required: true, Replace: true},
				{Name: "endpoint", Type: str, Required: true, Replace: true},
				{Name: "filterPolicy", Type: document, Policy: true},
				{Name: "filterPolicyScope", Type: oneOf("MessageAttributes", "MessageBody"), Computed: true},
				{Name: "rawMessageDelivery", Type: boolean, Default: false},
				{Name: "redrivePolicy", Type: document, Policy: true},
			},
			Computed: []string{"arn", "confirmationWasAuthenticated", "ownerId", "pendingConfirmation"},
			create:   createSubscription, read: readSubscription, update: updateSubscription, remove: removeSubscription,
		},
	}
}

// sns calls an operation of SNS; what is not there is errGone.
func (c *Client) sns(ctx context.Context, operation string, in url.Values, out any) error {
	return notFound(c.query(ctx, "sns", "2010-03-31", operation, in, out), "NotFound", "NotFoundException")
}

// snsEntries is a map of attributes in an answer.
type snsEntries []struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func (e snsEntries) get(name string) string {
	for _, a := range e {
		if a.Key == name {
			return a.Value
		}
	}
	return ""
}

func createTopic(ctx context.Context, r *Resource) (string, error) {
	var out struct {
		Arn string `xml:"CreateTopicResult>TopicArn"`
	}
	in := formTags(form("Name", r.text("name")), r.In["tags"])
	n := 0
	for _, a := range [][2]string{{"DisplayName", r.text("displayName")}, {"Policy", r.text("policy")}} {
		if a[1] != "" {
			n++
			in.Set("Attributes.entry."+strconv.Itoa(n)+".key", a[0])
			in.Set("Attributes.entry."+strconv.Itoa(n)+".value", a[1])
		}
	}
	err := r.sns(ctx, "CreateTopic", in, &out)
	return out.Arn, err
}

func readTopic(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		Attributes snsEntries `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := r.sns(ctx, "GetTopicAttributes", form("TopicArn", r.ID), &out); err != nil {
		return nil, err
	}
	return value.Map{"arn": r.ID, "beginningArchiveTime": "", "owner": out.Attributes.get("Owner"), "policy": out.Attributes.get("Policy")}, nil
}

func (r *Resource) setTopic(ctx context.Context, arn, name, v string) error {
	in := form("TopicArn", arn, "AttributeName", name)
	in.Set("AttributeValue", v)
	return r.sns(ctx, "SetTopicAttributes", in, nil)
}

func updateTopic(ctx context.Context, r *Resource) error {
	if r.Changed("displayName") {
		if err := r.setTopic(ctx, r.ID, "DisplayName", r.text("displayName")); err != nil {
			return err
		}
	}
	if p := r.text("policy"); p != "" && r.Changed("policy") {
		if err := r.setTopic(ctx, r.ID, "Policy", p); err != nil {
			return err
		}
	}
	return r.retag(func(gone []string) error {
		in := form("ResourceArn", r.ID)
		for i, k := range gone {
			in.Set("TagKeys.member."+strconv.Itoa(i+1), k)
		}
		return r.sns(ctx, "UntagResource", in, nil)
	}, func(tags value.Map) error {
		return r.sns(ctx, "TagResource", formTags(form("ResourceArn", r.ID), tags), nil)
	})
}

func removeTopic(ctx context.Context, r *Resource) error {
	return unlessGone(r.sns(ctx, "DeleteTopic", form("TopicArn", r.ID), nil))
}

func putTopicPolicy(ctx context.Context, r *Resource) error {
	return r.setTopic(ctx, r.text("arn"), "Policy", r.text("policy"))
}

func readTopicPolicy(ctx context.Context, r *Resource) (value.Map, error) {
	out, err := readTopic(ctx, r)
	if err != nil {
		return nil, err
	}
	return value.Map{"owner": out["owner"]}, nil
}

// removeTopicPolicy leaves what a topic has from the start: its owner may do all.
func removeTopicPolicy(ctx context.Context, r *Resource) error {
	owner := `{"Version":"2008-10-17","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":` +
		`["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],` +
		`"Resource":"` + r.ID + `","Condition":{"StringEquals":{"AWS:SourceOwner":"` + r.Account + `"}}}]}`
	return unlessGone(r.setTopic(ctx, r.ID, "Policy", owner))
}

func createSubscription(ctx context.Context, r *Resource) (string, error) {
	var out struct {
		Arn string `xml:"SubscribeResult>SubscriptionArn"`
	}
	in := form("TopicArn", r.text("topic"), "Protocol", r.text("protocol"), "Endpoint", r.text("endpoint"), "ReturnSubscriptionArn", "true")
	for i, a := range r.subscriptionAttributes() {
		in.Set("Attributes.entry."+strconv.Itoa(i+1)+".key", a[0])
		in.Set("Attributes.entry."+strconv.Itoa(i+1)+".value", a[1])
	}
	err := r.sns(ctx, "Subscribe", in, &out)
	return out.Arn, err
}

// subscriptionAttributes are those that are set.
func (r *Resource) subscriptionAttributes() (list [][2]string) {
	raw := ""
	if r.flag("rawMessageDelivery") {
		raw = "true"
	}
	for _, a := range [][2]string{
		{"FilterPolicyScope", r.text("filterPolicyScope")}, {"FilterPolicy", r.text("filterPolicy")},
		{"RawMessageDelivery", raw}, {"RedrivePolicy", r.text("redrivePolicy")},
	} {
		if a[1] != "" {
			list = append(list, a)
		}
	}
	return list
}

func readSubscription(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		Attributes snsEntries `xml:"GetSubscriptionAttributesResult>Attributes>entry"`
	}
	if err := r.sns(ctx, "GetSubscriptionAttributes", form("SubscriptionArn", r.ID), &out); err != nil {
		return nil, err
	}
	a := out.Attributes
	return value.Map{
		"arn": r.ID, "ownerId": a.get("Owner"), "confirmationWasAuthenticated": a.get("ConfirmationWasAuthenticated") == "true",
		"pendingConfirmation": a.get("PendingConfirmation") == "true",
	}, nil
}

func updateSubscription(ctx context.Context, r *Resource) error {
	for _, a := range [][2]string{{"filterPolicyScope", "FilterPolicyScope"}, {"filterPolicy", "FilterPolicy"}, {"rawMessageDelivery", "RawMessageDelivery"}, {"redrivePolicy", "RedrivePolicy"}} {
		if !r.Changed(a[0]) {
			continue
		}
		v := r.text(a[0])
		if a[0] == "rawMessageDelivery" {
			v = strconv.FormatBool(r.flag(a[0]))
		}
		if a[0] == "filterPolicy" && v == "" {
			v = "{}"
		}
		in := form("SubscriptionArn", r.ID, "AttributeName", a[1])
		in.Set("AttributeValue", v)
		if err := r.sns(ctx, "SetSubscriptionAttributes", in, nil); err != nil {
			return err
		}
	}
	return nil
}

// removeSubscription unsubscribes. A subscription that nobody confirmed cannot
// be, and goes by itself.
func removeSubscription(ctx context.Context, r *Resource) error {
	return unlessGone(notFound(r.sns(ctx, "Unsubscribe", form("SubscriptionArn", r.ID), nil), "InvalidParameter"))
}
