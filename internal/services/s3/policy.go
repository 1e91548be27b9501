package s3

import (
	"context"
	"net/netip"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
)

// maxPolicy is the size of the largest bucket policy.
const maxPolicy = 20 << 10

func (s *Service) putBucketPolicy(_ context.Context, c *aws.Call, in *PutBucketPolicyInput) (*NoContent, error) {
	if in.Policy == "" {
		return nil, errMissingBody()
	}
	if len(in.Policy) > maxPolicy {
		return nil, errMalformedPolicy("Policies must be smaller than 20KB")
	}
	p, err := policy.Parse(in.Policy, policy.Resource)
	if err != nil {
		return nil, errMalformedPolicy(reasonOf(err))
	}
	if !onlyAbout(p, in.Bucket) {
		return nil, errMalformedPolicy("Policy has invalid resource")
	}
	for _, st := range statementsOf(in.Policy) {
		if !st.coherent() {
			return nil, errMalformedPolicy("Action does not apply to any resource(s) in statement")
		}
	}
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		if b.Block != nil && b.Block.BlockPublicPolicy && isPublic(in.Policy) {
			return errBlocked(c, "s3:PutBucketPolicy", string(b.arn()), "policies", "BlockPublicPolicy")
		}
		b.Policy = in.Policy
		return nil
	})
}

// reasonOf words what is wrong with a policy as S3 does.
func reasonOf(err error) string {
	reason := strings.TrimPrefix(err.Error(), "policy: ")
	if strings.Contains(strings.ToLower(reason), "json") {
		return "Policies must be valid JSON and the first byte must be '{'"
	}
	return reason
}

func (s *Service) getBucketPolicy(_ context.Context, _ *aws.Call, in *GetBucketPolicyInput) (*GetBucketPolicyOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Policy == "" {
		return nil, errNoPolicy(b.Name)
	}
	return &GetBucketPolicyOutput{b.Policy}, nil
}

func (s *Service) deleteBucketPolicy(_ context.Context, _ *aws.Call, in *DeleteBucketPolicyInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Policy = ""
		return nil
	})
}

func (s *Service) getBucketPolicyStatus(_ context.Context, _ *aws.Call, in *GetBucketPolicyStatusInput) (*GetBucketPolicyStatusOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Policy == "" {
		return nil, errNoPolicy(b.Name)
	}
	return &GetBucketPolicyStatusOutput{PolicyStatus{b.public}}, nil
}

// statement is what S3 itself reads of a policy's statement. The policy has
// been parsed strictly before.
type statement struct {
	Effect    string
	Principal jsontext.Value
	Action    oneOrMore
	Resource  oneOrMore
	Condition map[string]map[string]oneOrMore
}

// coherent reports whether each action applies to some resource: to a bucket,
// or to the objects in one. A pattern of actions may be both.
func (st *statement) coherent() bool {
	bucket, objects := len(st.Resource) == 0, len(st.Resource) == 0
	for _, r := range st.Resource {
		inside := strings.Contains(r, "/")
		bucket = bucket || !inside
		objects = objects || inside || strings.HasSuffix(r, "*")
	}
	for _, a := range st.Action {
		name, ok := strings.CutPrefix(lower(a), "s3:")
		if !ok || strings.ContainsAny(name, "*?") {
			continue
		}
		if onObjects(name) && !objects || !onObjects(name) && !bucket {
			return false
		}
	}
	return true
}

// onObjects reports whether an action is on objects rather than on buckets.
func onObjects(action string) bool {
	for _, p := range []string{
		"getobject", "putobject", "deleteobject", "restoreobject", "replicate", "abortmultipartupload", "updateobject",
		"listmultipartuploadparts", "bypassgovernance", "objectowneroverride", "initiatereplication",
	} {
		if strings.HasPrefix(action, p) {
			return true
		}
	}
	return false
}

// oneOrMore is a list that may be written as its only element.
type oneOrMore []string

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (l *oneOrMore) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() == '[' {
		var list []jsontext.Value
		if err := json.Unmarshal(v, &list); err != nil {
			return err
		}
		for _, e := range list {
			*l = append(*l, scalar(e))
		}
		return nil
	}
	*l = oneOrMore{scalar(v)}
	return nil
}

// scalar is a JSON scalar as text.
func scalar(v jsontext.Value) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

func statementsOf(document string) []statement {
	var doc struct{ Statement jsontext.Value }
	if json.Unmarshal([]byte(document), &doc) != nil {
		return nil
	}
	var list []statement
	if doc.Statement.Kind() == '{' {
		list = make([]statement, 1)
		_ = json.Unmarshal(doc.Statement, &list[0])
		return list
	}
	_ = json.Unmarshal(doc.Statement, &list)
	return list
}

// onlyAbout reports whether all resources of a policy are the bucket, or in
// it, or patterns that can be.
func onlyAbout(p *policy.Policy, bucket string) bool {
	for _, r := range p.Resources() {
		name, _, _ := strings.Cut(strings.TrimPrefix(r, "arn:aws:s3:::"), "/")
		if r != "*" && (!strings.HasPrefix(r, "arn:aws:s3:::") || !like(name, bucket)) {
			return false
		}
	}
	return true
}

// like matches a pattern of * and ?.
func like(pattern, s string) bool {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '*':
			for j := i; j <= len(s); j++ {
				if like(pattern[i+1:], s[min(j, len(s)):]) {
					return true
				}
			}
			return false
		case i >= len(s) || c != '?' && c != s[i]:
			return false
		}
	}
	return len(pattern) == len(s)
}

// isPublic reports whether a policy is public as Block Public Access defines
// it: a statement allows everybody, and no condition fixes who that is.
func isPublic(document string) bool {
	for _, st := range statementsOf(document) {
		if st.Effect == "Allow" && everybody(st.Principal) && !narrowed(st.Condition) {
			return true
		}
	}
	return false
}

func everybody(principal jsontext.Value) bool {
	if principal.Kind() == '"' {
		return scalar(principal) == "*"
	}
	var p struct{ AWS, CanonicalUser oneOrMore }
	if json.Unmarshal(principal, &p) != nil {
		return false
	}
	for _, a := range p.AWS {
		if a == "*" {
			return true
		}
	}
	return false
}

// fixing are the condition keys that make a policy not public when they are
// compared with fixed values.
var fixing = map[string]bool{
	"aws:principalorgid": true, "aws:principalorgpaths": true, "aws:principalarn": true, "aws:principalaccount": true,
	"aws:sourcearn": true, "aws:sourceaccount": true, "aws:sourceowner": true, "aws:sourceorgid": true,
	"aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourceip": true, "aws:userid": true,
	"s3:dataaccesspointarn": true, "s3:dataaccesspointaccount": true, "s3:resourceaccount": false,
}

func narrowed(conditions map[string]map[string]oneOrMore) bool {
	for operator, block := range conditions {
		operator = strings.ToLower(operator)
		if strings.Contains(operator, "not") || strings.HasSuffix(operator, "ifexists") ||
			strings.HasPrefix(operator, "forallvalues:") || operator == "null" {
			continue
		}
		for key, values := range block {
			if fixing[strings.ToLower(key)] && fixed(operator, values) {
				return true
			}
		}
	}
	return false
}

// fixed reports whether all values name somebody: no wildcard but within an
// account's ARNs, no address range that is the whole world.
func fixed(operator string, values oneOrMore) bool {
	for _, v := range values {
		if strings.HasPrefix(operator, "ipaddress") {
			p, err := netip.ParsePrefix(v)
			if err == nil && (p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 32) {
				return false
			}
			continue
		}
		if parts := strings.Split(v, ":"); len(parts) >= 6 { // an ARN: its account must be there
			if strings.ContainsAny(parts[4], "*?") {
				return false
			}
			continue
		}
		if strings.ContainsAny(v, "*?") || strings.Contains(v, "${") {
			return false
		}
	}
	return len(values) > 0
}
