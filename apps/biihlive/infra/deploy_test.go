package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	properties "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A plan is what the program registers, by type and name.
type plan struct {
	mu        sync.Mutex
	resources map[string]properties.PropertyMap
}

func (p *plan) NewResource(args pulumi.MockResourceArgs) (string, properties.PropertyMap, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resources[args.TypeToken+" "+args.Name] = args.Inputs
	out := args.Inputs.Copy()
	out["arn"] = properties.NewProperty("arn:" + args.Name)
	out["streamArn"] = properties.NewProperty("arn:" + args.Name + "/stream")
	out["executionArn"] = properties.NewProperty("arn:" + args.Name + "/execution")
	out["uris"] = properties.NewProperty(properties.PropertyMap{"GRAPHQL": properties.NewProperty("https://graphql.example")})
	return args.Name + "-id", out, nil
}

func (p *plan) Call(pulumi.MockCallArgs) (properties.PropertyMap, error) {
	return properties.PropertyMap{"accountId": properties.NewProperty("123456789012")}, nil
}

func deployed(t *testing.T, config map[string]string) *plan {
	t.Helper()
	p := &plan{resources: map[string]properties.PropertyMap{}}
	config["aws:region"] = "eu-west-3"
	with := func(info *pulumi.RunInfo) { info.Config = config }
	if err := pulumi.RunErr(deploy, pulumi.WithMocks("biihlive", "prod", p), with); err != nil {
		t.Fatal(err)
	}
	return p
}

// all are the resources of a type, by name.
func (p *plan) all(t *testing.T, kind string) map[string]properties.PropertyMap {
	t.Helper()
	found := map[string]properties.PropertyMap{}
	for key, r := range p.resources {
		if name, ok := strings.CutPrefix(key, kind+" "); ok {
			found[name] = r
		}
	}
	if len(found) == 0 {
		t.Fatalf("there is no %s", kind)
	}
	return found
}

type document struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource any
	}
}

func list(v any) (all []string) {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	for _, e := range v.([]any) {
		all = append(all, e.(string))
	}
	return all
}

// No role may do everything of a service, and hardly anything to everything.
func TestRolesHaveLeastPrivilege(t *testing.T) {
	p := deployed(t, map[string]string{})
	for name, r := range p.all(t, "aws:iam/rolePolicy:RolePolicy") {
		var d document
		if err := json.Unmarshal([]byte(r["policy"].StringValue()), &d); err != nil {
			t.Fatal(err)
		}
		for _, s := range d.Statement {
			for _, a := range list(s.Action) {
				if strings.Contains(a, "*") {
					t.Errorf("%s: action %s", name, a)
				}
				for _, to := range list(s.Resource) {
					if strings.HasPrefix(to, "*") && a != "dynamodb:ListStreams" {
						t.Errorf("%s: %s to %s", name, a, to)
					}
				}
			}
		}
	}
}

// Members put files into their own folders, and do nothing else with AWS.
func TestMembersHaveTheirOwnFolders(t *testing.T) {
	p := deployed(t, map[string]string{})
	var d document
	if err := json.Unmarshal([]byte(p.all(t, "aws:iam/rolePolicy:RolePolicy")["member"]["policy"].StringValue()), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Statement) != 1 || fmt.Sprint(list(d.Statement[0].Action)) != "[s3:PutObject]" {
		t.Fatalf("%+v", d)
	}
	own := regexp.MustCompile(`^arn:media/(profile-photos|fotos|videos)/\$\{aws:PrincipalTag/userId\}/[^/]+$`)
	for _, to := range list(d.Statement[0].Resource) {
		if !own.MatchString(to) {
			t.Errorf("members write to %s", to)
		}
	}
	if _, has := p.all(t, "aws:iam/rolePolicy:RolePolicy")["guest"]; has {
		t.Error("guests may do something")
	}
}

// The description's three behaviors; what members upload is never a page.
func TestBehaviors(t *testing.T) {
	p := deployed(t, map[string]string{})
	kept := map[string]float64{}
	for name, policy := range p.all(t, "aws:cloudfront/cachePolicy:CachePolicy") {
		kept[name+"-id"] = policy["defaultTtl"].NumberValue()
		if name != "web" && (policy["minTtl"] != policy["defaultTtl"] || policy["maxTtl"] != policy["defaultTtl"]) {
			t.Errorf("%s depends on what its files say", name)
		}
	}
	want := map[string]float64{"/profile-photos/*": 24 * 3600, "/fotos/*": 365 * 24 * 3600, "/videos/*": 0}
	behaviors := p.all(t, "aws:cloudfront/distribution:Distribution")["edge"]["orderedCacheBehaviors"].ArrayValue()
	for _, v := range behaviors {
		b := v.ObjectValue()
		path := b["pathPattern"].StringValue()
		if seconds, ok := want[path]; !ok || kept[b["cachePolicyId"].StringValue()] != seconds {
			t.Errorf("%s is kept %v seconds, want %v", path, kept[b["cachePolicyId"].StringValue()], seconds)
		}
		if !b.HasValue("responseHeadersPolicyId") {
			t.Errorf("%s could be a page", path)
		}
	}
	if len(behaviors) != len(want) {
		t.Errorf("%d behaviors", len(behaviors))
	}
}

// A stack that is not for trials cannot be lost by a slip.
func TestProduction(t *testing.T) {
	p := deployed(t, map[string]string{"biihlive:mediaBucket": "mine"})
	for name, b := range p.all(t, "aws:s3/bucket:Bucket") {
		if b["forceDestroy"].BoolValue() || !strings.HasPrefix(b["bucket"].StringValue(), "mine") {
			t.Errorf("the bucket %s: %v", name, b)
		}
	}
	for name, table := range p.all(t, "aws:dynamodb/table:Table") {
		if !table["deletionProtectionEnabled"].BoolValue() {
			t.Errorf("the table %s can be deleted", name)
		}
	}
	if got := p.all(t, "aws:cognito/userPool:UserPool")["members"]["deletionProtection"].StringValue(); got != "ACTIVE" {
		t.Errorf("the user pool's protection is %s", got)
	}
}

func TestTrials(t *testing.T) {
	p := deployed(t, map[string]string{"biihlive:trials": "true", "biihlive:alarmMail": "a@b.example"})
	for name, b := range p.all(t, "aws:s3/bucket:Bucket") {
		if !b["forceDestroy"].BoolValue() {
			t.Errorf("destroy cannot empty the bucket %s", name)
		}
	}
	if got := p.all(t, "aws:sns/topicSubscription:TopicSubscription")["alarms"]["endpoint"].StringValue(); got != "a@b.example" {
		t.Errorf("alarms are mailed to %s", got)
	}
}
