package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var eventBridge = target{"events", "AWSEvents", "application/x-amz-json-1.1"}

func ruleKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:cloudwatch/eventRule:EventRule",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "description", Type: str},
				{Name: "eventBusName", Type: str, Default: "default", Replace: true},
				{Name: "eventPattern", Type: document, Policy: true},
				{Name: "scheduleExpression", Type: str},
				{Name: "roleArn", Type: str},
				{Name: "state", Type: oneOf("ENABLED", "DISABLED"), Default: "ENABLED"},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "tagsAll"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 64},
			Identity: []string{"eventBusName", "name", "region"},
			create:   createRule, read: readRule, update: updateRule, remove: removeRule,
			find: byInputs(ruleID, readRule),
		},
		{
			Token: "aws:cloudwatch/eventTarget:EventTarget",
			Inputs: []Property{
				{Name: "rule", Type: str, Required: true, Replace: true},
				{Name: "eventBusName", Type: str, Default: "default", Replace: true},
				{Name: "targetId", Type: str, Replace: true, Computed: true},
				{Name: "arn", Type: str, Required: true},
				{Name: "deadLetterConfig", Type: object(Property{Name: "arn", Type: str})},
				{Name: "input", Type: str},
				{Name: "inputPath", Type: str},
				{Name: "inputTransformer", Type: object(
					Property{Name: "inputPaths", Type: mapOf(str)},
					Property{Name: "inputTemplate", Type: str, Required: true},
				)},
				{Name: "retryPolicy", Type: object(
					Property{Name: "maximumEventAgeInSeconds", Type: number},
					Property{Name: "maximumRetryAttempts", Type: number},
				)},
				{Name: "roleArn", Type: str},
			},
			Name:     Naming{Property: "targetId", Max: 64},
			Identity: []string{"eventBusName", "rule", "targetId"},
			create:   byPutting(func(r *Resource) string { return r.text("rule") + "-" + r.text("targetId") }, putRuleTarget),
			update:   putRuleTarget, read: readRuleTarget, remove: removeRuleTarget,
			find: putAgain,
		},
	}
}

// ruleID is a rule's name, after that of its bus where it is not the default.
func ruleID(r *Resource) string {
	if bus := r.text("eventBusName"); bus != "default" {
		return bus + "/" + r.text("name")
	}
	return r.text("name")
}

// events calls an operation of EventBridge; what is not there is errGone.
func (r *Resource) events(ctx context.Context, operation string, in jsonObject, out any) error {
	return notFound(r.json(ctx, eventBridge, operation, in, out), "ResourceNotFoundException")
}

func createRule(ctx context.Context, r *Resource) (string, error) {
	in := members(r.In, "name", "description", "eventBusName", "eventPattern", "scheduleExpression", "roleArn", "state")
	if tags := awsTags(r.In["tags"], "Key", "Value"); len(tags) > 0 {
		in["Tags"] = tags
	}
	return ruleID(r), r.events(ctx, "PutRule", in, nil)
}

func readRule(ctx context.Context, r *Resource) (value.Map, error) {
	bus, name, ok := strings.Cut(r.ID, "/")
	if !ok {
		bus, name = "default", r.ID
	}
	var out struct{ Arn string }
	err := r.events(ctx, "DescribeRule", jsonObject{"Name": name, "EventBusName": bus}, &out)
	return value.Map{"arn": out.Arn}, err
}

func updateRule(ctx context.Context, r *Resource) error {
	in := members(r.In, "name", "description", "eventBusName", "eventPattern", "scheduleExpression", "roleArn", "state")
	if err := r.events(ctx, "PutRule", in, nil); err != nil {
		return err
	}
	rule, err := readRule(ctx, r)
	if err != nil {
		return err
	}
	return r.retag(func(gone []string) error {
		return r.events(ctx, "UntagResource", jsonObject{"ResourceARN": rule["arn"], "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.events(ctx, "TagResource", jsonObject{"ResourceARN": rule["arn"], "Tags": awsTags(tags, "Key", "Value")}, nil)
	})
}

func removeRule(ctx context.Context, r *Resource) error {
	return unlessGone(r.events(ctx, "DeleteRule", members(r.In, "name", "eventBusName"), nil))
}

func putRuleTarget(ctx context.Context, r *Resource) error {
	t := members(r.In, "targetId:Id", "arn", "input", "inputPath", "roleArn")
	put(t, "DeadLetterConfig", members(nested(r.In, "deadLetterConfig"), "arn"))
	put(t, "RetryPolicy", members(nested(r.In, "retryPolicy"), "maximumEventAgeInSeconds", "maximumRetryAttempts"))
	put(t, "InputTransformer", members(nested(r.In, "inputTransformer"), "inputPaths:InputPathsMap", "inputTemplate"))
	in := members(r.In, "rule", "eventBusName")
	in["Targets"] = []any{t}
	var out struct {
		FailedEntries []struct{ ErrorCode, ErrorMessage string }
	}
	if err := r.events(ctx, "PutTargets", in, &out); err != nil {
		return err
	}
	for _, e := range out.FailedEntries {
		return fmt.Errorf("events:PutTargets: %s: %s", e.ErrorCode, e.ErrorMessage)
	}
	return nil
}

func readRuleTarget(ctx context.Context, r *Resource) (value.Map, error) {
	for next := ""; ; {
		in := members(r.In, "rule", "eventBusName")
		if next != "" {
			in["NextToken"] = next
		}
		var page struct {
			Targets   []struct{ Id string }
			NextToken string
		}
		if err := r.events(ctx, "ListTargetsByRule", in, &page); err != nil {
			return nil, err
		}
		for _, t := range page.Targets {
			if t.Id == r.text("targetId") {
				return value.Map{}, nil
			}
		}
		if next = page.NextToken; next == "" {
			return nil, errGone
		}
	}
}

func removeRuleTarget(ctx context.Context, r *Resource) error {
	in := members(r.In, "rule", "eventBusName")
	in["Ids"] = []any{r.text("targetId")}
	return unlessGone(r.events(ctx, "RemoveTargets", in, nil))
}
