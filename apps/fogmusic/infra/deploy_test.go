package main

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A plan is what the program registers, by type and name.
type plan struct {
	mu        sync.Mutex
	resources map[string]resource.PropertyMap
}

func (p *plan) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resources[args.TypeToken+" "+args.Name] = args.Inputs
	out := args.Inputs.Copy()
	out["arn"] = resource.NewProperty("arn:" + args.Name)
	out["keyId"] = resource.NewProperty("key-id")
	return args.Name + "-id", out, nil
}

func (p *plan) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return resource.PropertyMap{"accountId": resource.NewProperty("123456789012")}, nil
}

func deployed(t *testing.T, config map[string]string) *plan {
	t.Helper()
	p := &plan{resources: map[string]resource.PropertyMap{}}
	config["aws:region"] = "eu-west-3"
	with := func(info *pulumi.RunInfo) { info.Config = config }
	if err := pulumi.RunErr(deploy, pulumi.WithMocks("fog-music", "prod", p), with); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *plan) text(t *testing.T, resource, property string) string {
	t.Helper()
	r, ok := p.resources[resource]
	if !ok {
		t.Fatalf("there is no %s", resource)
	}
	v := r[propertyKey(property)]
	if !v.IsString() {
		t.Fatalf("%s has no text %s", resource, property)
	}
	return v.StringValue()
}

func propertyKey(name string) resource.PropertyKey { return resource.PropertyKey(name) }

// What guests may do is a short list of reads, and writes of their own row.
func TestGuestsHaveLeastPrivilege(t *testing.T) {
	p := deployed(t, map[string]string{})
	var document struct {
		Statement []struct {
			Sid       string
			Effect    string
			Action    any
			Resource  string
			Condition map[string]map[string]any
		}
	}
	if err := json.Unmarshal([]byte(p.text(t, "aws:iam/rolePolicy:RolePolicy guest", "policy")), &document); err != nil {
		t.Fatal(err)
	}
	reads := map[string]bool{
		"dynamodb:GetItem": true, "dynamodb:Query": true, "dynamodb:Scan": true, "s3:GetObject": true, "kms:Decrypt": true,
	}
	for _, s := range document.Statement {
		if s.Resource == "" || s.Resource == "*" || strings.HasPrefix(s.Resource, "*") {
			t.Errorf("%s: resource %q", s.Sid, s.Resource)
		}
		for _, action := range actions(s.Action) {
			if strings.Contains(action, "*") {
				t.Errorf("%s: action %s", s.Sid, action)
			}
			own := s.Condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] != nil
			if !reads[action] && !own {
				t.Errorf("%s: %s is not bound to the guest's own row", s.Sid, action)
			}
			if own && s.Condition["Null"]["dynamodb:LeadingKeys"] != "false" {
				t.Errorf("%s: a request that names no key passes", s.Sid)
			}
			if own && (action == "dynamodb:Scan" || action == "dynamodb:Query") {
				t.Errorf("%s: %s of the guests' rows", s.Sid, action)
			}
		}
	}
	if len(document.Statement) != 4 {
		t.Errorf("%d statements", len(document.Statement))
	}
}

func actions(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var all []string
	for _, e := range v.([]any) {
		all = append(all, e.(string))
	}
	return all
}

// Only covers are public, and a stack that is not for trials cannot be lost by
// a slip.
func TestProduction(t *testing.T) {
	p := deployed(t, map[string]string{"fog-music:webOrigins": `["https://music.example"]`})
	if got := p.text(t, "aws:s3/bucket:Bucket media", "bucket"); got != "fog-music-prod-123456789012-media" {
		t.Errorf("bucket %s", got)
	}
	if got := p.text(t, "aws:s3/bucketPolicy:BucketPolicy media", "policy"); !strings.Contains(got, `"arn:media/thumbnails/*"`) || strings.Contains(got, "songs") {
		t.Errorf("policy %s", got)
	}
	for _, bucket := range []string{"media", "web"} {
		if p.resources["aws:s3/bucket:Bucket "+bucket]["forceDestroy"].BoolValue() {
			t.Errorf("destroy would empty the bucket %s", bucket)
		}
	}
	for _, table := range []string{"catalogo", "usuarios"} {
		if !p.resources["aws:dynamodb/table:Table "+table]["deletionProtectionEnabled"].BoolValue() {
			t.Errorf("the table %s can be deleted", table)
		}
	}
	rules := p.resources["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration media"]["corsRules"].ArrayValue()
	if origins := rules[0].ObjectValue()["allowedOrigins"].ArrayValue(); len(origins) != 1 || origins[0].StringValue() != "https://music.example" {
		t.Errorf("origins %v", origins)
	}
}

func TestTrials(t *testing.T) {
	p := deployed(t, map[string]string{"fog-music:trials": "true", "fog-music:bucketPrefix": "mine"})
	if got := p.text(t, "aws:s3/bucket:Bucket web", "bucket"); got != "mine-web" {
		t.Errorf("bucket %s", got)
	}
	if !p.resources["aws:s3/bucket:Bucket media"]["forceDestroy"].BoolValue() || p.resources["aws:dynamodb/table:Table catalogo"]["deletionProtectionEnabled"].BoolValue() {
		t.Error("a stack for trials cannot be destroyed")
	}
}
