package kms

import (
	"reflect"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
)

// everything is an identity policy that allows all there is.
func everything(t testing.TB) []policy.Attached {
	t.Helper()
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	return []policy.Attached{{Name: "everything", Policy: p}}
}

// decide is what the gateway asks for one access.
func decide(c *aws.Call, a service.Access, identity []policy.Attached) policy.Decision {
	action := a.Action
	if action == "" {
		action = "kms:" + c.Operation
	}
	return policy.Decide(&policy.Case{
		Request: policy.Request{
			Principal: c.Principal, Action: action, Resource: a.Resource,
			Keys: func(name string) []string {
				for k, v := range a.Keys {
					if strings.EqualFold(k, name) {
						return v
					}
				}
				return nil
			},
		},
		Identity: identity, ResourcePolicy: a.ResourcePolicy, Owner: a.Owner, PolicyDecides: a.PolicyDecides,
	})
}

func saul(c *aws.Call) *aws.Call {
	c.Principal = &aws.Principal{Kind: aws.User, Account: c.Account, ARN: "arn:aws:iam::000000000000:user/saul", Name: "saul"}
	return c
}

// TestKeyPolicyDecides asks every operation that names a key, as a user whom
// IAM allows everything, under a key policy that does not let IAM decide.
func TestKeyPolicyDecides(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	do(t, b, b.createAlias, CreateAliasInput{AliasName: "alias/a", TargetKeyId: id})
	blob := do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("x")}).CiphertextBlob
	asked := 0
	for _, op := range b.Operations() {
		in := reflect.ValueOf(op.NewInput()).Elem()
		named := false
		for name, value := range map[string]any{
			"KeyId": id, "TargetKeyId": id, "DestinationKeyId": id, "AliasName": "alias/a", "CiphertextBlob": blob,
		} {
			if f := in.FieldByName(name); f.IsValid() && op.Name() != "ListAliases" {
				f.Set(reflect.ValueOf(value))
				named = true
			}
		}
		if !named {
			continue
		}
		asked++
		for _, step := range []struct {
			policy string
			want   bool
		}{
			{defaultPolicy("000000000000"), true},
			{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ana"},"Action":"kms:*","Resource":"*"}}`, false},
		} {
			do(t, b, b.putKeyPolicy, PutKeyPolicyInput{KeyId: id, Policy: step.policy, BypassPolicyLockoutSafetyCheck: true})
			c := saul(b.call())
			c.Operation = op.Name()
			list, err := op.Access(t.Context(), c, in.Addr().Interface())
			if err != nil {
				t.Fatalf("%s: %v", op.Name(), err)
			}
			allowed := true
			for _, a := range list {
				allowed = allowed && decide(c, a, everything(t)).Allowed
			}
			if allowed != step.want {
				t.Errorf("%s: allowed is %v under %.80s", op.Name(), allowed, step.policy)
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d operations name a key", asked)
	}
}

func TestConditionsOfKeyPolicies(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	for _, tc := range []struct {
		name, condition string
		context         map[string]string
		want            bool
	}{
		{"the right context", `{"StringEquals":{"kms:EncryptionContext:song":"1"}}`, map[string]string{"song": "1"}, true},
		{"another context", `{"StringEquals":{"kms:EncryptionContext:song":"1"}}`, map[string]string{"song": "2"}, false},
		{"no context", `{"StringEquals":{"kms:EncryptionContext:song":"1"}}`, nil, false},
		{"keys of the context", `{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["song"]}}`, map[string]string{"song": "1", "x": "2"}, false},
		{"the caller's account", `{"StringEquals":{"kms:CallerAccount":"000000000000"}}`, nil, true},
		{"a service in between", `{"StringEquals":{"kms:ViaService":"s3.eu-west-3.amazonaws.com"}}`, nil, false},
	} {
		document := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/saul"},"Action":"kms:Encrypt","Resource":"*","Condition":` + tc.condition + `}}`
		do(t, b, b.putKeyPolicy, PutKeyPolicyInput{KeyId: id, Policy: document, BypassPolicyLockoutSafetyCheck: true})
		c := saul(b.call())
		c.Operation = "Encrypt"
		list, err := byName[EncryptInput](b.Service)(t.Context(), c, &EncryptInput{KeyId: id, EncryptionContext: tc.context})
		if err != nil {
			t.Fatal(err)
		}
		if got := decide(c, list[0], nil); got.Allowed != tc.want {
			t.Errorf("%s: allowed is %v (%s)", tc.name, got.Allowed, got.Reason)
		}
	}
}
