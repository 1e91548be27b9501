package events

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A bus is named by its name or its ARN, and is the default one unless
// named.

type onBus struct {
	EventBusName string `len:"1,1600" pattern:"(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+"`
}

func (b *onBus) bus() string { return b.EventBusName }

type ruleName struct {
	Name string `required:"" len:"1,64" pattern:"[\\.\\-_A-Za-z0-9]+"`
	onBus
}

func (r *ruleName) rule() string { return r.Name }

type rulesTargets struct {
	Rule string `required:"" len:"1,64" pattern:"[\\.\\-_A-Za-z0-9]+"`
	onBus
}

func (r *rulesTargets) rule() string { return r.Rule }

type page struct {
	Limit     *int32 `range:"1,100"`
	NextToken string `len:"1,2048"`
}

type busName struct {
	Name string `required:"" len:"1,256" pattern:"[/\\.\\-_A-Za-z0-9]+"`
}

func (b *busName) bus() string { return b.Name }

// CreateEventBusInput is the input of CreateEventBus.
type CreateEventBusInput struct {
	busName
	Description string `len:",512"`
	Tags        []Tag
}

// CreateEventBusOutput is the output of CreateEventBus.
type CreateEventBusOutput struct {
	Description string
	EventBusArn string
}

// DeleteEventBusInput is the input of DeleteEventBus.
type DeleteEventBusInput struct{ busName }

// DescribeEventBusInput is the input of DescribeEventBus.
type DescribeEventBusInput struct {
	Name string `len:"1,1600" pattern:"(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+"`
}

func (b *DescribeEventBusInput) bus() string { return b.Name }

// EventBus shows a bus.
type EventBus struct {
	Arn              string
	CreationTime     *time.Time
	Description      string
	LastModifiedTime *time.Time
	Name             string
	Policy           string
}

// ListEventBusesInput is the input of ListEventBuses.
type ListEventBusesInput struct {
	page
	NamePrefix string `len:"1,256" pattern:"[/\\.\\-_A-Za-z0-9]+"`
}

// ListEventBusesOutput is the output of ListEventBuses.
type ListEventBusesOutput struct {
	EventBuses []EventBus
	NextToken  string
}

// PutRuleInput is the input of PutRule.
type PutRuleInput struct {
	ruleName
	Description        string `len:",512"`
	EventPattern       string `len:",4096"`
	RoleArn            string `len:"1,1600"`
	ScheduleExpression string `len:",256"`
	State              string `enum:"ENABLED|DISABLED|ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"`
	Tags               []Tag
}

// PutRuleOutput is the output of PutRule.
type PutRuleOutput struct {
	RuleArn string
}

// DeleteRuleInput is the input of DeleteRule.
type DeleteRuleInput struct {
	ruleName
	Force bool
}

// DescribeRuleInput is the input of DescribeRule.
type DescribeRuleInput struct{ ruleName }

// DescribeRuleOutput is the output of DescribeRule.
type DescribeRuleOutput struct {
	Rule
	CreatedBy string
}

// Rule shows a rule.
type Rule struct {
	Arn                string
	Description        string
	EventBusName       string
	EventPattern       string
	Name               string
	RoleArn            string
	ScheduleExpression string
	State              string
}

// ListRulesInput is the input of ListRules.
type ListRulesInput struct {
	onBus
	page
	NamePrefix string `len:"1,64" pattern:"[\\.\\-_A-Za-z0-9]+"`
}

// ListRulesOutput is the output of ListRules.
type ListRulesOutput struct {
	NextToken string
	Rules     []Rule
}

// EnableRuleInput is the input of EnableRule.
type EnableRuleInput struct{ ruleName }

// DisableRuleInput is the input of DisableRule.
type DisableRuleInput struct{ ruleName }

// PutTargetsInput is the input of PutTargets.
type PutTargetsInput struct {
	rulesTargets
	Targets []Target `required:"" len:"1,100"`
}

// PutTargetsOutput is the output of PutTargets.
type PutTargetsOutput struct {
	FailedEntries    []TargetResultEntry
	FailedEntryCount int32
}

// TargetResultEntry tells why a target failed.
type TargetResultEntry struct {
	ErrorCode    string
	ErrorMessage string
	TargetId     string
}

// RemoveTargetsInput is the input of RemoveTargets.
type RemoveTargetsInput struct {
	rulesTargets
	Force bool
	Ids   []string `required:"" len:"1,100" elemlen:"1,64" elempattern:"[\\.\\-_A-Za-z0-9]+"`
}

// ListTargetsByRuleInput is the input of ListTargetsByRule.
type ListTargetsByRuleInput struct {
	rulesTargets
	page
}

// ListTargetsByRuleOutput is the output of ListTargetsByRule.
type ListTargetsByRuleOutput struct {
	NextToken string
	Targets   []Target
}

// ListRuleNamesByTargetInput is the input of ListRuleNamesByTarget.
type ListRuleNamesByTargetInput struct {
	onBus
	page
	TargetArn string `required:"" len:"1,1600"`
}

// ListRuleNamesByTargetOutput is the output of ListRuleNamesByTarget.
type ListRuleNamesByTargetOutput struct {
	NextToken string
	RuleNames []string
}

// Target is what a rule sends its events to.
type Target struct {
	Arn              string `required:"" len:"1,1600"`
	DeadLetterConfig *DeadLetterConfig
	Id               string `required:"" len:"1,64" pattern:"[\\.\\-_A-Za-z0-9]+"`
	Input            string `len:",8192"`
	InputPath        string `len:",256"`
	InputTransformer *InputTransformer
	RetryPolicy      *RetryPolicy
	RoleArn          string `len:"1,1600"`
}

// DeadLetterConfig names the queue for events that were given up.
type DeadLetterConfig struct {
	Arn string `len:"1,1600"`
}

// InputTransformer makes a text of parts of an event.
type InputTransformer struct {
	InputPathsMap map[string]string `len:",100" keylen:"1,256" keypattern:"[A-Za-z0-9\\_\\-]+" elemlen:",256"`
	InputTemplate string            `required:"" len:"1,8192"`
}

// RetryPolicy says how long to try.
type RetryPolicy struct {
	MaximumEventAgeInSeconds *int32 `range:"60,86400"`
	MaximumRetryAttempts     *int32 `range:"0,185"`
}

// PutEventsInput is the input of PutEvents.
type PutEventsInput struct {
	Entries []PutEventsRequestEntry `required:"" len:"1,10"`
}

// PutEventsRequestEntry is an event to be.
type PutEventsRequestEntry struct {
	Detail       string
	DetailType   string
	EventBusName string   `len:"1,1600" pattern:"(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[\\.\\-_A-Za-z0-9/]+"`
	Resources    []string `elemlen:",2048"`
	Source       string
	Time         *time.Time
}

// PutEventsOutput is the output of PutEvents.
type PutEventsOutput struct {
	Entries          []PutEventsResultEntry
	FailedEntryCount int32
}

// PutEventsResultEntry tells what became of an entry.
type PutEventsResultEntry struct {
	ErrorCode    string
	ErrorMessage string
	EventId      string
}

// TestEventPatternInput is the input of TestEventPattern.
type TestEventPatternInput struct {
	Event        string `required:""`
	EventPattern string `required:"" len:",4096"`
}

// TestEventPatternOutput is the output of TestEventPattern.
type TestEventPatternOutput struct {
	Result bool
}

// PutPermissionInput is the input of PutPermission.
type PutPermissionInput struct {
	onBus
	Action      string `len:"1,64" pattern:"events:[a-zA-Z]+"`
	Condition   *Condition
	Policy      string
	Principal   string `len:"1,12" pattern:"(\\d{12}|\\*)"`
	StatementId string `len:"1,64" pattern:"[a-zA-Z0-9-_]+"`
}

// Condition narrows a permission to an organisation.
type Condition struct {
	Key   string `required:""`
	Type  string `required:""`
	Value string `required:""`
}

// RemovePermissionInput is the input of RemovePermission.
type RemovePermissionInput struct {
	onBus
	RemoveAllPermissions bool
	StatementId          string `len:"1,64" pattern:"[a-zA-Z0-9-_]+"`
}

// Tag is a tag of a rule or a bus.
type Tag struct {
	Key   string `required:"" len:"1,128"`
	Value string `required:"" len:"0,256"`
}

type resourceARN struct {
	ResourceARN string `required:"" len:"1,1600"`
}

func (r *resourceARN) resource() string { return r.ResourceARN }

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
