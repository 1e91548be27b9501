package s3

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// postPolicy is what the signer of a form allows to be posted.
type postPolicy struct {
	expires    time.Time
	conditions []postCondition
	length     *lengthRange
}

// lengthRange is a content-length-range.
type lengthRange struct{ least, most int64 }

// postCondition is ["eq", "$field", "value"] or ["starts-with", ...].
type postCondition struct{ operator, field, value string }

func (p postCondition) String() string {
	return fmt.Sprintf("[%q, %q, %q]", p.operator, "$"+p.field, p.value)
}

// signedPolicy verifies the signature of a form's policy and makes its signer
// the caller. A form without one comes from nobody, and has no policy.
func (s *Service) signedPolicy(ctx context.Context, c *aws.Call, f *form) (*postPolicy, error) {
	encoded, ok := f.fields["policy"]
	if !ok {
		if f.fields["x-amz-signature"]+f.fields["signature"]+f.fields["awsaccesskeyid"]+f.fields["x-amz-credential"] != "" {
			return nil, errField("Policy")
		}
		return nil, nil
	}
	p, err := s.signer(ctx, f, encoded)
	if err != nil {
		return nil, err
	}
	c.Principal, c.Account = p, p.Account
	policy, err := parsePostPolicy(encoded)
	if err != nil {
		return nil, err
	}
	if !c.Time.Before(policy.expires) {
		return nil, errPolicy("Policy expired.")
	}
	return policy, nil
}

// signer returns who signed a policy, by either version of the signature.
func (s *Service) signer(ctx context.Context, f *form, policy string) (*aws.Principal, error) {
	if credential := f.fields["x-amz-credential"]; credential != "" || f.fields["x-amz-algorithm"] != "" {
		return s.signerV4(ctx, f, policy, credential)
	}
	key, signature := f.fields["awsaccesskeyid"], f.fields["signature"]
	switch {
	case key == "":
		return nil, errField("AWSAccessKeyId")
	case signature == "":
		return nil, errField("Signature")
	}
	p, secret, err := s.Credentials.Open(ctx, key, f.fields["x-amz-security-token"])
	if err != nil {
		return nil, errUnknownKey(key)
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(policy))
	if !hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(signature)) {
		return nil, errSignature(key, signature, policy)
	}
	return p, nil
}

func (s *Service) signerV4(ctx context.Context, f *form, policy, credential string) (*aws.Principal, error) {
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"} {
		if f.fields[lower(name)] == "" {
			return nil, errField(name)
		}
	}
	scope := strings.Split(credential, "/")
	if len(scope) != 5 || scope[3] != "s3" || scope[4] != "aws4_request" || f.fields["x-amz-algorithm"] != "AWS4-HMAC-SHA256" {
		return nil, errArgument("X-Amz-Credential", credential, "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	p, secret, err := s.Credentials.Open(ctx, scope[0], f.fields["x-amz-security-token"])
	if err != nil {
		return nil, errUnknownKey(scope[0])
	}
	key := []byte("AWS4" + secret)
	for _, part := range append(scope[1:], policy) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	signature := f.fields["x-amz-signature"]
	if !hmac.Equal([]byte(hex.EncodeToString(key)), []byte(signature)) {
		return nil, errSignature(scope[0], signature, policy)
	}
	return p, nil
}

func errUnknownKey(key string) *aws.Error {
	return aws.Errorf(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.").With("AWSAccessKeyId", key)
}

func errSignature(key, signature, policy string) *aws.Error {
	return aws.Errorf(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.").
		With("AWSAccessKeyId", key).With("StringToSign", policy).With("SignatureProvided", signature)
}

func errPolicy(reason string) *aws.Error {
	return aws.Errorf(403, "AccessDenied", "Invalid according to Policy: %s", reason)
}

func errPolicyDocument(reason string) *aws.Error {
	return aws.Errorf(400, "InvalidPolicyDocument", "Invalid Policy: %s", reason)
}

// parsePostPolicy reads a policy: base64 of JSON.
func parsePostPolicy(encoded string) (*postPolicy, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, errPolicyDocument("Invalid JSON.")
	}
	var doc map[string]jsontext.Value
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, errPolicyDocument("Invalid JSON.")
	}
	p := new(postPolicy)
	var expiration string
	if doc["expiration"] == nil || json.Unmarshal(doc["expiration"], &expiration) != nil {
		return nil, errPolicyDocument("Policy missing expiration.")
	}
	if p.expires, err = time.Parse(time.RFC3339, expiration); err != nil {
		return nil, errPolicyDocument("Invalid 'expiration' value: '" + expiration + "'")
	}
	var list []jsontext.Value
	if doc["conditions"] == nil || json.Unmarshal(doc["conditions"], &list) != nil {
		return nil, errPolicyDocument("Policy missing conditions.")
	}
	for _, v := range list {
		if err := p.add(v); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// add reads one condition.
func (p *postPolicy) add(v jsontext.Value) error {
	if v.Kind() == '{' {
		var simple map[string]jsontext.Value
		if json.Unmarshal(v, &simple) != nil || len(simple) == 0 {
			return errPolicyDocument("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
		}
		for name, value := range simple {
			p.conditions = append(p.conditions, postCondition{"eq", lower(name), scalar(value)})
		}
		return nil
	}
	var list []jsontext.Value
	if json.Unmarshal(v, &list) != nil || len(list) != 3 {
		return errPolicyDocument("Invalid Condition: must be an object or a list of three.")
	}
	switch operator := lower(scalar(list[0])); operator {
	case "content-length-range":
		least, err1 := strconv.ParseInt(scalar(list[1]), 10, 64)
		most, err2 := strconv.ParseInt(scalar(list[2]), 10, 64)
		if err1 != nil || err2 != nil || least < 0 {
			return errPolicyDocument("Invalid content-length-range.")
		}
		p.length = &lengthRange{least, most}
	case "eq", "starts-with":
		name, ok := strings.CutPrefix(scalar(list[1]), "$")
		if !ok {
			return errPolicyDocument("Invalid Condition: the field must begin with '$'.")
		}
		p.conditions = append(p.conditions, postCondition{operator, lower(name), scalar(list[2])})
	default:
		return errPolicyDocument("Invalid Condition: unknown operation '" + operator + "'.")
	}
	return nil
}

// free are the fields that no condition need cover.
var free = map[string]bool{
	"policy": true, "file": true, "signature": true, "awsaccesskeyid": true,
	"x-amz-signature": true, "x-amz-checksum-algorithm": true,
}

// allows checks a form against its policy.
func (p *postPolicy) allows(f *form) error {
	if p == nil {
		return nil
	}
	covered := map[string]bool{}
	for _, cond := range p.conditions {
		covered[cond.field] = true
		value := f.fields[cond.field]
		if cond.field == "bucket" {
			value = f.bucket
		}
		if !cond.holds(value) {
			return errPolicy("Policy Condition failed: " + cond.String())
		}
	}
	if !covered["bucket"] { // which a form names by where it is posted
		return errPolicy("Extra input fields: bucket")
	}
	for name := range f.fields {
		if !covered[name] && !free[name] && !strings.HasPrefix(name, "x-ignore-") {
			return errPolicy("Extra input fields: " + name)
		}
	}
	return nil
}

func (p postCondition) holds(value string) bool {
	if p.operator == "eq" {
		return value == p.value
	}
	if p.field != "content-type" {
		return strings.HasPrefix(value, p.value)
	}
	for part := range strings.SplitSeq(value, ",") { // a list of types
		if !strings.HasPrefix(strings.TrimSpace(part), p.value) {
			return false
		}
	}
	return true
}
