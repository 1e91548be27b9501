package provider

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func noName(Naming, value.Map) any { return value.Unknown{} }

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name    string
		token   string
		in, old value.Map
		want    value.Map
		problem string
	}{
		{
			"defaults", "aws:iam/role:Role", value.Map{"name": "r", "assumeRolePolicy": "{}"}, nil,
			value.Map{"name": "r", "assumeRolePolicy": "{}", "path": "/", "maxSessionDuration": 3600.0, "forceDetachPolicies": false}, "",
		},
		{"a name is made", "aws:iam/user:User", value.Map{}, nil, value.Map{"name": value.Unknown{}, "path": "/", "forceDestroy": false}, ""},
		{"a name is kept", "aws:iam/user:User", value.Map{}, value.Map{"name": "u"}, value.Map{"name": "u", "path": "/", "forceDestroy": false}, ""},
		{"unknown is fine", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", value.Map{"role": value.Unknown{}, "policyArn": "a"}, nil, value.Map{"role": value.Unknown{}, "policyArn": "a"}, ""},
		{"nil is absent", "aws:iam/user:User", value.Map{"name": "u", "nonsense": nil}, nil, value.Map{"name": "u", "path": "/", "forceDestroy": false}, ""},
		{"a property not in the table", "aws:iam/user:User", value.Map{"name": "u", "nonsense": 1.0}, nil, nil, "property nonsense is not supported"},
		{"a member not in the table", "aws:dynamodb/table:Table", value.Map{"name": "t", "hashKey": "k", "attributes": []any{value.Map{"name": "k", "type": "S", "more": "x"}}}, nil, nil, "property attributes[0].more is not supported"},
		{"one that is elsewhere", "aws:s3/bucket:Bucket", value.Map{"bucket": "b", "website": value.Map{}}, nil, nil, "use aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"},
		{"required", "aws:iam/role:Role", value.Map{"name": "r"}, nil, nil, "property assumeRolePolicy is required"},
		{"wrong type", "aws:iam/role:Role", value.Map{"name": 1.0, "assumeRolePolicy": "{}"}, nil, nil, "property name is 1, not text"},
		{"no JSON", "aws:iam/role:Role", value.Map{"name": "r", "assumeRolePolicy": "{"}, nil, nil, "property assumeRolePolicy is not JSON"},
		{"not one of", "aws:iam/accessKey:AccessKey", value.Map{"user": "u", "status": "On"}, nil, nil, `property status is "On", not one of Active, Inactive`},
	} {
		kind, ok := Lookup(c.token)
		if !ok {
			t.Fatal(c.token)
		}
		got, problems := kind.Check(c.in, c.old, noName)
		if c.problem != "" {
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, c.problem) }) {
				t.Errorf("%s: problems %q", c.name, problems)
			}
			continue
		}
		if len(problems) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, %q", c.name, got, problems)
		}
	}
}

func TestDiff(t *testing.T) {
	kind, _ := Lookup("aws:iam/role:Role")
	old := value.Map{"name": "r", "path": "/", "assumeRolePolicy": `{"Statement":[{"Action":["a","b"]}]}`, "description": "d"}
	for _, c := range []struct {
		name             string
		change           value.Map
		changed, replace []string
	}{
		{"nothing", value.Map{}, nil, nil},
		{"in place", value.Map{"description": "e"}, []string{"description"}, nil},
		{"removed", value.Map{"description": nil}, []string{"description"}, nil},
		{"replaced", value.Map{"path": "/p/"}, []string{"path"}, []string{"path"}},
		{"the same policy", value.Map{"assumeRolePolicy": `{ "Statement": {"Action": ["b","a"]} }`}, nil, nil},
		{"another policy", value.Map{"assumeRolePolicy": `{"Statement":[{"Action":["a"]}]}`}, []string{"assumeRolePolicy"}, nil},
		{"not known yet", value.Map{"name": value.Unknown{}}, []string{"name"}, []string{"name"}},
	} {
		in := value.Map{}
		for k, v := range old {
			in[k] = v
		}
		for k, v := range c.change {
			in[k] = v
		}
		d := kind.Diff(old, in)
		if !slices.Equal(d.Changed, c.changed) || !slices.Equal(d.Replace, c.replace) {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
}

func TestSamePolicy(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`{"Version":"2012-10-17","Statement":[]}`, `{"Statement":[],"Version":"2012-10-17"}`, true},
		{`{"Action":["x"]}`, `{"Action":"x"}`, true},
		{`{"Action":["x","y"]}`, `{"Action":["y","x"]}`, true},
		{`{"Action":["x","y"]}`, `{"Action":["x"]}`, false},
		{`{"Effect":"Allow"}`, `{"Effect":"Deny"}`, false},
		{`not JSON`, `not JSON`, true},
		{`not JSON`, `{}`, false},
	} {
		if got := SamePolicy(c.a, c.b); got != c.same {
			t.Errorf("SamePolicy(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

// sampleOf is a value a type accepts.
func sampleOf(t Type) any {
	samples := []any{
		"text", true, 7.0, "{}", value.Asset{Text: "x", Hash: "h"}, value.Map{"k": "v"}, []any{"b", "a"},
		"S", "ALL", "Active", "PROVISIONED", "KEYS_ONLY", "STANDARD",
	}
	for _, v := range samples {
		if _, err := t("", v); err == nil {
			return v
		}
	}
	return nil
}

func TestNoDifference(t *testing.T) {
	for _, token := range Tokens() {
		kind, _ := Lookup(token)
		in := value.Map{}
		for _, p := range kind.properties() {
			if v := sampleOf(p.Type); v != nil {
				in[p.Name] = v
			}
		}
		if len(in) == 0 {
			t.Errorf("%s: no sample of any property", token)
		}
		once, _ := kind.Check(in, nil, noName)
		twice, _ := kind.Check(in, once, noName)
		if d := kind.Diff(once, twice); len(d.Changed) > 0 {
			t.Errorf("%s differs from itself in %v", token, d.Changed)
		}
	}
}

func TestKindsAreWhole(t *testing.T) {
	for _, token := range Tokens() {
		kind, _ := Lookup(token)
		if kind.create == nil || kind.read == nil || kind.remove == nil {
			t.Errorf("%s lacks an operation", token)
		}
		for _, p := range kind.Inputs {
			if kind.update == nil && !p.Replace {
				t.Errorf("%s: %s can neither be changed nor replaced", token, p.Name)
			}
		}
		if kind.Name.Property != "" && !kind.Name.Shared && !slices.Contains(kind.Identity, kind.Name.Property) {
			t.Errorf("%s: its name is not part of its identity", token)
		}
	}
}

func TestPolicyDocument(t *testing.T) {
	out, err := policyDocument(t.Context(), nil, value.Map{"statements": []any{value.Map{
		"actions": []any{"s3:GetObject"}, "resources": []any{"a", "b"}, "principals": []any{value.Map{"type": "AWS", "identifiers": []any{"*"}}},
		"conditions": []any{value.Map{"test": "StringEquals", "variable": "aws:userid", "values": []any{"&{aws:username}"}}},
	}}})
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["b","a"],"Principal":{"AWS":"*"},"Condition":{"StringEquals":{"aws:userid":"${aws:username}"}}}]}`
	if err != nil || out["minifiedJson"] != want {
		t.Errorf("got %v, %v", out["minifiedJson"], err)
	}
}

func TestUnknownFunction(t *testing.T) {
	if _, err := Invoke(t.Context(), &Client{}, "aws:ec2/getAmi:getAmi", nil); err == nil || !strings.Contains(err.Error(), "getAmi") {
		t.Error(err)
	}
	if _, err := Invoke(t.Context(), &Client{}, "aws:index/getRegion:getRegion", value.Map{"planet": "x"}); err == nil || !strings.Contains(err.Error(), "planet") {
		t.Error(err)
	}
}
