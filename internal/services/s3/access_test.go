package s3

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// accesses lists what a request asks IAM for: "action resource".
func (w *world) accesses(in any) (list []string) {
	w.t.Helper()
	op := w.operation(in)
	all, err := op.Access(context.Background(), w.call(), in)
	if err != nil {
		w.t.Fatalf("%T: %v", in, err)
	}
	for _, a := range all {
		list = append(list, strings.TrimPrefix(a.Action, "s3:")+" "+strings.TrimPrefix(string(a.Resource), "arn:aws:s3:::"))
	}
	return list
}

func TestActions(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	id := strings.Repeat("A", 32)
	tagged := put("bkt", "k", "")
	tagged.Tagging, tagged.ACL = "a=b", "bucket-owner-full-control"
	copying := &CopyObjectInput{onObject: at("bkt", "k")}
	copying.CopySource = "bkt/src?versionId=" + id
	versioned := get("bkt", "k")
	versioned.VersionId = &id
	for _, c := range []struct {
		in   any
		want []string
	}{
		{&HeadBucketInput{onBucket: on("bkt")}, []string{"ListBucket bkt"}},
		{&ListObjectsV2Input{listing: listing{onBucket: on("bkt")}}, []string{"ListBucket bkt"}},
		{&ListObjectVersionsInput{listing: listing{onBucket: on("bkt")}}, []string{"ListBucketVersions bkt"}},
		{&ListMultipartUploadsInput{listing: listing{onBucket: on("bkt")}}, []string{"ListBucketMultipartUploads bkt"}},
		{&ListBucketsInput{}, []string{"ListAllMyBuckets *"}},
		{get("bkt", "k"), []string{"GetObject bkt/k"}},
		{&HeadObjectInput{reading: reading{onObject: at("bkt", "k")}}, []string{"GetObject bkt/k"}},
		{versioned, []string{"GetObjectVersion bkt/k"}},
		{&GetObjectAttributesInput{onObject: at("bkt", "k")}, []string{"GetObject bkt/k", "GetObjectAttributes bkt/k"}},
		{&GetObjectAttributesInput{onObject: at("bkt", "k"), VersionId: &id}, []string{"GetObjectVersion bkt/k", "GetObjectVersionAttributes bkt/k"}},
		{put("bkt", "k", ""), []string{"PutObject bkt/k"}},
		{tagged, []string{"PutObject bkt/k", "PutObjectTagging bkt/k", "PutObjectAcl bkt/k"}},
		{create("bkt", "k"), []string{"PutObject bkt/k"}},
		{copying, []string{"PutObject bkt/k", "GetObjectVersion bkt/src"}},
		{&DeleteObjectInput{onObject: at("bkt", "k")}, []string{"DeleteObject bkt/k"}},
		{&DeleteObjectInput{onObject: at("bkt", "k"), VersionId: &id}, []string{"DeleteObjectVersion bkt/k"}},
		{&AbortMultipartUploadInput{onUpload: onUpload{at("bkt", "k"), id}}, []string{"AbortMultipartUpload bkt/k"}},
		{&ListPartsInput{onUpload: onUpload{at("bkt", "k"), id}}, []string{"ListMultipartUploadParts bkt/k"}},
		{&DeleteBucketCorsInput{onBucket: on("bkt")}, []string{"PutBucketCORS bkt"}},
		{&DeletePublicAccessBlockInput{onBucket: on("bkt")}, []string{"PutBucketPublicAccessBlock bkt"}},
		{&GetBucketEncryptionInput{onBucket: on("bkt")}, []string{"GetEncryptionConfiguration bkt"}},
		{&CreateBucketInput{onBucket: on("new")}, []string{"CreateBucket new"}},
	} {
		if got := w.accesses(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%T: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestConditionKeys(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	tagged := put("bkt", "k", "")
	tagged.Tagging = "team=fog"
	do[PutObjectOutput](w, tagged)
	keys := func(in any) map[string][]string {
		all, err := w.operation(in).Access(context.Background(), w.call(), in)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Keys
	}
	for _, c := range []struct {
		in         any
		key, value string
	}{
		{get("bkt", "k"), "s3:ExistingObjectTag/team", "fog"},
		{tagged, "s3:RequestObjectTag/team", "fog"},
		{tagged, "s3:RequestObjectTagKeys", "team"},
		{&ListObjectsV2Input{listing: listing{onBucket: on("bkt"), Prefix: "p/", Delimiter: "/"}, MaxKeys: "7"}, "s3:prefix", "p/"},
		{&ListObjectsV2Input{listing: listing{onBucket: on("bkt"), Prefix: "p/", Delimiter: "/"}, MaxKeys: "7"}, "s3:delimiter", "/"},
		{&ListObjectsV2Input{listing: listing{onBucket: on("bkt"), Prefix: "p/", Delimiter: "/"}, MaxKeys: "7"}, "s3:max-keys", "7"},
		{&ListObjectsInput{listing: listing{onBucket: on("bkt")}}, "s3:prefix", ""},
	} {
		if got := keys(c.in)[c.key]; !slices.Equal(got, []string{c.value}) {
			t.Errorf("%T: %s is %q, want %q", c.in, c.key, got, c.value)
		}
	}
}

func policyFor(bucket, principal, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal +
		`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"` + condition + `}]}`
}

func TestPublicPolicies(t *testing.T) {
	for _, c := range []struct {
		principal, condition string
		public               bool
	}{
		{`"*"`, "", true},
		{`{"AWS":"*"}`, "", true},
		{`{"AWS":["arn:aws:iam::111111111111:root","*"]}`, "", true},
		{`{"AWS":"arn:aws:iam::111111111111:root"}`, "", false},
		{`{"Service":"cloudfront.amazonaws.com"}`, `{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::1:distribution/E"}}`, false},
		{`"*"`, `{"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::000000000000:distribution/E"}}`, false},
		{`"*"`, `{"StringLike":{"aws:SourceArn":"arn:aws:s3:::*"}}`, false},
		{`"*"`, `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`, true},
		{`"*"`, `{"StringEquals":{"aws:SourceAccount":["000000000000"]}}`, false},
		{`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-*"}}`, true},
		{`"*"`, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, false},
		{`"*"`, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, true},
		{`"*"`, `{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, true},
		{`"*"`, `{"StringEqualsIfExists":{"aws:SourceAccount":"000000000000"}}`, true},
		{`"*"`, `{"StringLike":{"aws:Referer":"https://x/*"}}`, true},
		{`"*"`, `{"Bool":{"aws:SecureTransport":"true"}}`, true},
	} {
		if got := isPublic(policyFor("b", c.principal, c.condition)); got != c.public {
			t.Errorf("%s %s: public %v", c.principal, c.condition, got)
		}
	}
}

func TestBucketPolicy(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	public := policyFor("bkt", `"*"`, "")
	w.refused("NoSuchBucketPolicy", &GetBucketPolicyInput{onBucket: on("bkt")})
	set := func(doc string) *PutBucketPolicyInput { return &PutBucketPolicyInput{onBucket: on("bkt"), Policy: doc} }
	if e := w.refused("AccessDenied", set(public)); !strings.Contains(e.Message, "BlockPublicPolicy") {
		t.Error(e)
	}
	w.refused("MalformedPolicy", set(`{"Version":`))
	w.refused("MalformedPolicy", set(policyFor("another", `{"AWS":"000000000000"}`, "")))
	for action, resource := range map[string]string{"s3:GetObject": "bkt", "s3:ListBucket": "bkt/*"} {
		doc := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"` + action + `","Resource":"arn:aws:s3:::` + resource + `"}}`
		if e := w.refused("MalformedPolicy", set(doc)); !strings.Contains(e.Message, "does not apply") {
			t.Error(e)
		}
	}
	w.refused("MalformedPolicy", set(policyFor("bkt", `{"AWS":"000000000000"}`, "")+strings.Repeat(" ", maxPolicy)))

	for pattern, about := range map[string]bool{"bkt": true, "b*": true, "*": true, "b?t": true, "b*t*": true, "bk": false, "bktx": false, "?": false, "*x": false} {
		if like(pattern, "bkt") != about {
			t.Errorf("%q is about the bucket: %v", pattern, !about)
		}
	}

	do[Empty](w, &PutPublicAccessBlockInput{onBucket: on("bkt"), PublicAccessBlockConfiguration: &PublicAccessBlock{RestrictPublicBuckets: true}})
	do[NoContent](w, set(public))
	if out := do[GetBucketPolicyOutput](w, &GetBucketPolicyInput{onBucket: on("bkt")}); out.Policy != public {
		t.Error("the policy was changed")
	}
	if out := do[GetBucketPolicyStatusOutput](w, &GetBucketPolicyStatusInput{onBucket: on("bkt")}); !out.PolicyStatus.IsPublic {
		t.Error("not public")
	}

	// RestrictPublicBuckets keeps the grant from all but the owner's account.
	granted := func() bool {
		in := get("bkt", "k")
		all, err := w.operation(in).Access(context.Background(), w.call(), in)
		return err == nil && all[0].ResourcePolicy != nil && all[0].Owner == testAccount
	}
	anonymous, stranger, owner := &aws.Principal{}, &aws.Principal{Kind: aws.User, Account: "111111111111"}, w.as
	for _, restricted := range []bool{true, false} {
		for p, inside := range map[*aws.Principal]bool{anonymous: false, stranger: false, owner: true, {Kind: aws.ServicePrincipal}: true} {
			w.as = p
			if got := granted(); got != (inside || !restricted) {
				t.Errorf("restricted %v, principal %v: granted %v", restricted, p.Kind, got)
			}
		}
		w.as = owner
		do[NoContent](w, &DeletePublicAccessBlockInput{onBucket: on("bkt")})
	}
	w.refused("NoSuchPublicAccessBlockConfiguration", &GetPublicAccessBlockInput{onBucket: on("bkt")})
	do[NoContent](w, &DeleteBucketPolicyInput{onBucket: on("bkt")})
	w.refused("NoSuchBucketPolicy", &GetBucketPolicyInput{onBucket: on("bkt")})
}

func TestBuckets(t *testing.T) {
	w := newWorld(t)
	for name, valid := range map[string]bool{
		"abc": true, "a.b.c": true, "my-bucket-1": true, "ab": false, "Abc": false, "a_b": false, "-abc": false, "abc-": false,
		"a..b": false, "192.168.0.1": false, "xn--abc": false, "abc-s3alias": false, "sthree-x": false, strings.Repeat("a", 64): false, "": false, "../x": false,
	} {
		if got := validBucketName(name); got != valid {
			t.Errorf("%q: valid %v", name, got)
		}
	}
	w.refused("InvalidBucketName", &CreateBucketInput{onBucket: on("A")})
	w.refused("IllegalLocationConstraintException", &CreateBucketInput{onBucket: on("here")})
	w.bucket("zzz")
	w.bucket("aaa")
	w.bucket("mmm")
	w.refused("BucketAlreadyOwnedByYou", &CreateBucketInput{onBucket: on("aaa"), CreateBucketConfiguration: &CreateBucketConfiguration{LocationConstraint: "eu-west-3"}})
	owner := w.as
	w.as = &aws.Principal{Kind: aws.Root, Account: "111111111111"}
	w.refused("BucketAlreadyExists", &CreateBucketInput{onBucket: on("aaa"), CreateBucketConfiguration: &CreateBucketConfiguration{LocationConstraint: "eu-west-3"}})
	if out := do[ListBucketsOutput](w, &ListBucketsInput{}); len(out.Buckets) != 0 {
		t.Errorf("another account sees %v", out.Buckets)
	}
	w.as = owner
	in := &ListBucketsInput{MaxBuckets: "1"}
	var names []string
	for {
		out := do[ListBucketsOutput](w, in)
		for _, b := range out.Buckets {
			names = append(names, b.Name)
		}
		if in.ContinuationToken = out.ContinuationToken; in.ContinuationToken == "" {
			break
		}
	}
	if fmt.Sprint(names) != "[aaa mmm zzz]" {
		t.Errorf("listed %v", names)
	}
	if out := do[ListBucketsOutput](w, &ListBucketsInput{Prefix: "m"}); len(out.Buckets) != 1 {
		t.Errorf("by prefix: %v", out.Buckets)
	}
	// What is made anew is empty, and has nothing of the old one.
	w.versioning("aaa", versioningEnabled)
	do[NoContent](w, &DeleteBucketInput{onBucket: on("aaa")})
	w.refused("NoSuchBucket", &HeadBucketInput{onBucket: on("aaa")})
	w.bucket("aaa")
	if out := do[GetBucketVersioningOutput](w, &GetBucketVersioningInput{onBucket: on("aaa")}); out.Status != "" {
		t.Errorf("versioning %q of a new bucket", out.Status)
	}
}

// TestEveryOperationIsAuthorised calls each operation with everything denied.
func TestEveryOperationIsAuthorised(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	do[PutObjectOutput](w, put("bkt", "k", "x"))
	for _, op := range w.Operations() {
		in := op.NewInput()
		fill(in)
		all, err := op.Access(context.Background(), w.call(), in)
		if op.Name() == "DeleteObjects" {
			continue // asks for each object: TestDeleteObjects
		}
		if err != nil || len(all) == 0 {
			t.Errorf("%s asks for nothing: %v", op.Name(), err)
		}
		for _, a := range all {
			if !strings.HasPrefix(a.Action, "s3:") || a.Resource == "" {
				t.Errorf("%s asks for %+v", op.Name(), a)
			}
		}
	}
}

// fill gives an input its bucket and key.
func fill(in any) {
	switch in := in.(type) {
	case *CreateBucketInput:
		in.onBucket = on("new")
	case *CopyObjectInput:
		in.onObject, in.CopySource = at("bkt", "c"), "bkt/k"
	case *UploadPartCopyInput:
		in.onObject, in.CopySource = at("bkt", "c"), "bkt/k"
	case objectInput:
		reflect.ValueOf(in).Elem().FieldByName("Bucket").SetString("bkt")
		reflect.ValueOf(in).Elem().FieldByName("Key").SetString("k")
	case bucketInput:
		reflect.ValueOf(in).Elem().FieldByName("Bucket").SetString("bkt")
	}
}

func TestDenied(t *testing.T) {
	w := newWorld(t)
	w.bucket("bkt")
	w.deny = func(a service.Access) bool { return a.Action == "s3:PutObjectTagging" }
	do[PutObjectOutput](w, put("bkt", "k", "x"))
	in := put("bkt", "k", "x")
	in.Tagging = "a=b"
	w.refused("AccessDenied", in)
}
