package iam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const account = aws.AccountID("000000000000")

var root = &aws.Principal{Kind: aws.Root, Account: account, ARN: "arn:aws:iam::000000000000:root", ID: string(account)}

// world is an IAM and a caller.
type world struct {
	testing.TB
	*Service
	ops map[string]service.Operation
	who *aws.Principal
}

func newWorld(t testing.TB) *world {
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t, New(Deps{DB: db, IDs: aws.NewIDs(bytes.NewReader(noise(1 << 16)))}), map[string]service.Operation{}, root}
	for _, o := range w.Operations() {
		w.ops[o.Name()] = o
	}
	return w
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// as is the same IAM for another caller.
func (w *world) as(p *aws.Principal) *world {
	c := *w
	c.who = p
	return &c
}

func (w *world) call(op string) *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: w.who.Account, Region: "eu-west-3"}, Service: "iam", Operation: op, Principal: w.who,
		Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), SourceIP: "127.0.0.1",
	}
}

// do authorises and invokes an operation, as the gateway does.
func (w *world) do(in any) (any, error) {
	op := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	o, c := w.ops[op], w.call(op)
	accesses, err := o.Access(context.Background(), c, in)
	if err != nil {
		return nil, err
	}
	d, err := w.Authorize(context.Background(), c, accesses)
	if err != nil {
		return nil, err
	}
	if !d.Allowed {
		return nil, aws.Errorf(403, "AccessDenied", "%s", d.Message(w.who, false))
	}
	return o.Invoke(context.Background(), c, in)
}

// must is do for what has to succeed.
func must[Out any](w *world, in any) *Out {
	w.Helper()
	out, err := w.do(in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out.(*Out)
}

func (w *world) run(ins ...any) {
	w.Helper()
	for _, in := range ins {
		if _, err := w.do(in); err != nil {
			w.Fatalf("%T: %v", in, err)
		}
	}
}

func (w *world) fails(in any, code, text string) {
	w.Helper()
	_, err := w.do(in)
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, text) {
		w.Errorf("%T %+v: %v, want %s: …%s…", in, in, err, code, text)
	}
}

const (
	allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	denyAll  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}`
)

func allow(action string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%q,"Resource":"*"}]}`, action)
}

// user makes a user with a key, and returns it as the gateway sees it.
func (w *world) user(name string) *aws.Principal {
	w.Helper()
	w.run(&CreateUserInput{UserName: name})
	k := must[CreateAccessKeyOutput](w, &CreateAccessKeyInput{callerOrUser{name}}).AccessKey
	p, secret, ok, err := w.Credential(k.AccessKeyId)
	if err != nil || !ok || secret != k.SecretAccessKey || len(secret) != 40 || !strings.HasPrefix(k.AccessKeyId, "AKIA") || len(k.AccessKeyId) != 20 {
		w.Fatalf("Credential(%+v) = %v, %v", k, ok, err)
	}
	return p
}

// may reports whether a principal may do something to a resource.
func (w *world) may(p *aws.Principal, action string, resource aws.ARN) policy.Decision {
	w.Helper()
	c := w.as(p).call("X")
	d, err := w.Authorize(context.Background(), c, []service.Access{{Action: action, Resource: resource}})
	if err != nil {
		w.Fatal(err)
	}
	return d
}

func TestUsers(t *testing.T) {
	w := newWorld(t)
	u := must[CreateUserOutput](w, &CreateUserInput{UserName: "Saul", Path: "/team/", Tags: []Tag{{"a", "1"}}}).User
	if u.Arn != "arn:aws:iam::000000000000:user/team/Saul" || !strings.HasPrefix(u.UserId, "AIDA") || len(u.UserId) != 21 {
		t.Errorf("%+v", u)
	}
	w.fails(&CreateUserInput{UserName: "saul"}, "EntityAlreadyExists", "User with name saul already exists.")
	w.fails(&GetUserInput{callerOrUser{"nobody"}}, "NoSuchEntity", "The user with name nobody cannot be found.")
	if got := must[GetUserOutput](w, &GetUserInput{callerOrUser{"Saul"}}).User; !reflect.DeepEqual(got, u) {
		t.Errorf("%+v", got)
	}
	w.run(&UpdateUserInput{userName: userName{"Saul"}, NewUserName: "paul", NewPath: "/"})
	if got := must[GetUserOutput](w, &GetUserInput{callerOrUser{"paul"}}).User; got.UserId != u.UserId || got.Arn != "arn:aws:iam::000000000000:user/paul" {
		t.Errorf("%+v", got)
	}
	w.run(&TagUserInput{userName{"paul"}, tags{[]Tag{{"b", "2"}, {"A", "3"}}}}, &UntagUserInput{userName{"paul"}, tagKeys{[]string{"B"}}})
	if got := must[ListTagsOutput](w, &ListUserTagsInput{userName: userName{"paul"}}).Tags; !reflect.DeepEqual(got, []Tag{{"A", "3"}}) {
		t.Errorf("%v", got)
	}
	w.fails(&TagUserInput{userName{"paul"}, tags{[]Tag{{"x", "2"}, {"X", "3"}}}}, "InvalidInput", "Duplicate tag keys found")
	w.run(&DeleteUserInput{userName{"paul"}})
	w.fails(&DeleteUserInput{userName{"paul"}}, "NoSuchEntity", "paul")
	if got := must[GetUserOutput](w, &GetUserInput{}).User; got.Arn != string(root.ARN) || got.UserId != string(account) {
		t.Errorf("root: %+v", got)
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.run(&CreateUserInput{UserName: fmt.Sprintf("U%d", i)}, &CreateUserInput{UserName: fmt.Sprintf("t%d", i), Path: "/t/"})
	}
	var names []string
	in := &ListUsersInput{page: page{MaxItems: 3}, pathPrefix: pathPrefix{"/t/"}}
	for {
		out := must[ListUsersOutput](w, in)
		for _, u := range out.Users {
			names = append(names, u.UserName)
		}
		if !out.IsTruncated {
			break
		}
		in.Marker = out.Marker
	}
	if got := strings.Join(names, " "); got != "t0 t1 t2 t3 t4 t5 t6" {
		t.Error(got)
	}
	w.fails(&ListUsersInput{page: page{Marker: "?"}}, "ValidationError", "Invalid Marker")
}

func TestRoles(t *testing.T) {
	w := newWorld(t)
	r := must[CreateRoleOutput](w, &CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust, Description: "d"}).Role
	document, err := url.PathUnescape(r.AssumeRolePolicyDocument)
	if err != nil || document != trust || strings.ContainsAny(r.AssumeRolePolicyDocument, `{"+ `) || r.MaxSessionDuration != 3600 || !strings.HasPrefix(r.RoleId, "AROA") {
		t.Errorf("%+v, %v", r, err)
	}
	w.run(&UpdateRoleInput{roleName: roleName{"r"}, MaxSessionDuration: 7200})
	if got := must[GetRoleOutput](w, &GetRoleInput{roleName{"r"}}).Role; got.MaxSessionDuration != 7200 || got.Description != "d" || got.RoleLastUsed == nil {
		t.Errorf("%+v", got)
	}
	w.run(&PutRolePolicyInput{roleName{"r"}, policyName{"p"}, policyDocument{allowAll}})
	if got := must[GetInlinePolicyOutput](w, &GetRolePolicyInput{roleName{"r"}, policyName{"p"}}); got.RoleName != "r" || got.PolicyDocument != encoded(allowAll) {
		t.Errorf("%+v", got)
	}
	w.fails(&GetRolePolicyInput{roleName{"r"}, policyName{"q"}}, "NoSuchEntity", "The role policy with name q cannot be found.")
	if got := must[ListInlinePoliciesOutput](w, &ListRolePoliciesInput{roleName: roleName{"r"}}).PolicyNames; !reflect.DeepEqual(got, []string{"p"}) {
		t.Errorf("%v", got)
	}
	got, ok, err := w.Role(aws.ARN(r.Arn))
	if want := (aws.Role{ARN: aws.ARN(r.Arn), ID: r.RoleId, Trust: trust, MaxSession: 2 * time.Hour}); err != nil || !ok || got != want {
		t.Errorf("%+v", got)
	}
	for _, arn := range []aws.ARN{"arn:aws:iam::000000000000:role/x/r", "arn:aws:iam::111111111111:role/r", "arn:aws:iam::000000000000:user/r", "r"} {
		if _, ok, _ := w.Role(arn); ok {
			t.Errorf("%s is a role", arn)
		}
	}
}

func TestManagedPolicies(t *testing.T) {
	w := newWorld(t)
	p := must[CreatePolicyOutput](w, &CreatePolicyInput{policyName: policyName{"p"}, policyDocument: policyDocument{allowAll}}).Policy
	if p.Arn != "arn:aws:iam::000000000000:policy/p" || p.DefaultVersionId != "v1" || !strings.HasPrefix(p.PolicyId, "ANPA") {
		t.Errorf("%+v", p)
	}
	arn := policyARN{p.Arn}
	w.fails(&CreatePolicyInput{policyName: policyName{"P"}, policyDocument: policyDocument{allowAll}}, "EntityAlreadyExists", "A policy called P already exists.")
	for range 4 {
		w.run(&CreatePolicyVersionInput{policyARN: arn, policyDocument: policyDocument{denyAll}})
	}
	w.fails(&CreatePolicyVersionInput{policyARN: arn, policyDocument: policyDocument{denyAll}}, "LimitExceeded", "up to 5 versions")
	w.run(&SetDefaultPolicyVersionInput{arn, versionID{"v3"}})
	w.fails(&DeletePolicyVersionInput{arn, versionID{"v3"}}, "DeleteConflict", "default version")
	w.run(&DeletePolicyVersionInput{arn, versionID{"v1"}})
	w.fails(&GetPolicyVersionInput{arn, versionID{"v1"}}, "NoSuchEntity", "v1")
	out := must[ListPolicyVersionsOutput](w, &ListPolicyVersionsInput{page: page{MaxItems: 3}, policyARN: arn})
	if len(out.Versions) != 3 || out.Versions[0].VersionId != "v5" || !out.Versions[2].IsDefaultVersion || !out.IsTruncated {
		t.Errorf("%+v", out)
	}
	out = must[ListPolicyVersionsOutput](w, &ListPolicyVersionsInput{page: page{Marker: out.Marker}, policyARN: arn})
	if len(out.Versions) != 1 || out.Versions[0].VersionId != "v2" || out.IsTruncated {
		t.Errorf("%+v", out)
	}
	if v := must[CreatePolicyVersionOutput](w, &CreatePolicyVersionInput{arn, policyDocument{allowAll}, true}).PolicyVersion; v.VersionId != "v6" || !v.IsDefaultVersion {
		t.Errorf("%+v", v)
	}

	w.run(&CreateUserInput{UserName: "u"}, &AttachUserPolicyInput{userName{"u"}, arn}, &AttachUserPolicyInput{userName{"u"}, arn})
	w.fails(&DeletePolicyInput{arn}, "DeleteConflict", "attached")
	if got := must[GetPolicyOutput](w, &GetPolicyInput{arn}).Policy; got.AttachmentCount != 1 {
		t.Errorf("%+v", got)
	}
	if got := must[ListEntitiesForPolicyOutput](w, &ListEntitiesForPolicyInput{policyARN: arn}); len(got.PolicyUsers) != 1 || got.PolicyUsers[0].UserName != "u" {
		t.Errorf("%+v", got)
	}
	if got := must[ListPoliciesOutput](w, &ListPoliciesInput{Scope: "Local", OnlyAttached: true}).Policies; len(got) != 1 || got[0].Arn != p.Arn {
		t.Errorf("%+v", got)
	}
	w.run(&DetachUserPolicyInput{userName{"u"}, arn})
	w.fails(&DetachUserPolicyInput{userName{"u"}, arn}, "NoSuchEntity", "was not found")
	w.fails(&DeletePolicyInput{arn}, "DeleteConflict", "more than one version")
	w.fails(&AttachUserPolicyInput{userName{"u"}, policyARN{"longenoughbutnoarnatall"}}, "ValidationError", "Invalid ARN:  Could not be parsed!")
	w.fails(&AttachUserPolicyInput{userName{"u"}, policyARN{"arn:aws:iam::000000000000:policy/q"}}, "NoSuchEntity", "does not exist or is not attachable.")
	w.fails(&GetPolicyInput{policyARN{"arn:aws:iam::111111111111:policy/p"}}, "NoSuchEntity", "was not found.")
}

func TestAmazonsPolicies(t *testing.T) {
	w := newWorld(t)
	admin := policyARN{"arn:aws:iam::aws:policy/AdministratorAccess"}
	if got := must[GetPolicyOutput](w, &GetPolicyInput{admin}).Policy; got.Arn != admin.PolicyArn || got.PolicyName != "AdministratorAccess" {
		t.Errorf("%+v", got)
	}
	w.fails(&DeletePolicyInput{admin}, "AccessDenied", "")
	w.fails(&CreatePolicyVersionInput{policyARN: admin, policyDocument: policyDocument{denyAll}}, "AccessDenied", "")
	ids := map[string]string{}
	for _, p := range must[ListPoliciesOutput](w, &ListPoliciesInput{Scope: "AWS"}).Policies {
		v := must[GetPolicyVersionOutput](w, &GetPolicyVersionInput{policyARN{p.Arn}, versionID{p.DefaultVersionId}}).PolicyVersion
		document, _ := url.PathUnescape(v.Document)
		if err := checkManaged(document); err != nil && !strings.Contains(err.Error(), "quota") {
			t.Errorf("%s: %v", p.Arn, err)
		}
		if ids[p.PolicyId] != "" {
			t.Errorf("%s and %s have one id", p.Arn, ids[p.PolicyId])
		}
		ids[p.PolicyId] = p.Arn
	}
	if len(ids) < 30 {
		t.Errorf("%d policies", len(ids))
	}
	u := w.user("u")
	w.run(&AttachUserPolicyInput{userName{"u"}, policyARN{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}})
	if !w.may(u, "s3:GetObject", "arn:aws:s3:::b/k").Allowed || w.may(u, "s3:PutObject", "arn:aws:s3:::b/k").Allowed {
		t.Error("AmazonS3ReadOnlyAccess")
	}
}

func TestAccessKeys(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	self := w.as(u)
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"self"}, policyDocument{allow("iam:*AccessKey*")}})
	second := must[CreateAccessKeyOutput](self, &CreateAccessKeyInput{}).AccessKey
	w.fails(&CreateAccessKeyInput{callerOrUser{"u"}}, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
	w.fails(&CreateAccessKeyInput{}, "ValidationError", "Must specify userName")
	if got := must[ListAccessKeysOutput](self, &ListAccessKeysInput{}).AccessKeyMetadata; len(got) != 2 || got[0].UserName != "u" {
		t.Errorf("%+v", got)
	}
	open := func() bool {
		_, _, ok, err := w.Credential(second.AccessKeyId)
		if err != nil {
			t.Error(err)
		}
		return ok
	}
	if !open() {
		t.Error("a new key does not open")
	}
	self.run(&UpdateAccessKeyInput{accessKeyID: accessKeyID{second.AccessKeyId}, Status: inactive})
	if open() {
		t.Error("an inactive key opens")
	}
	self.run(&UpdateAccessKeyInput{accessKeyID: accessKeyID{second.AccessKeyId}, Status: active})
	if !open() {
		t.Error("an activated key does not open")
	}
	w.run(&UpdateUserInput{userName: userName{"u"}, NewUserName: "v"})
	if p, _, _, _ := w.Credential(second.AccessKeyId); p == nil || p.Name != "v" || p.ARN != "arn:aws:iam::000000000000:user/v" {
		t.Errorf("after renaming: %+v", p)
	}
	w.run(&DeleteAccessKeyInput{callerOrUser{"v"}, accessKeyID{second.AccessKeyId}})
	if open() {
		t.Error("a deleted key opens")
	}
	w.fails(&DeleteAccessKeyInput{callerOrUser{"v"}, accessKeyID{second.AccessKeyId}}, "NoSuchEntity", "The Access Key with id "+second.AccessKeyId+" cannot be found.")
	if owner, ok, _ := w.Owner(u.AccessKey); !ok || owner != account {
		t.Errorf("Owner = %v, %v", owner, ok)
	}
}

func TestDeleteConflicts(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	admin := policyARN{"arn:aws:iam::aws:policy/AdministratorAccess"}
	w.run(&CreateGroupInput{GroupName: "g"}, &AddUserToGroupInput{groupName{"g"}, "u"}, &AttachUserPolicyInput{userName{"u"}, admin},
		&PutUserPolicyInput{userName{"u"}, policyName{"p"}, policyDocument{allowAll}})
	del := &DeleteUserInput{userName{"u"}}
	w.fails(&DeleteGroupInput{groupName{"g"}}, "DeleteConflict", "must remove users from group first.")
	w.fails(del, "DeleteConflict", "Cannot delete entity, must remove users from group first.")
	w.run(&RemoveUserFromGroupInput{groupName{"g"}, "u"}, &DeleteGroupInput{groupName{"g"}})
	w.fails(del, "DeleteConflict", "must delete access keys first.")
	w.run(&DeleteAccessKeyInput{callerOrUser{"u"}, accessKeyID{u.AccessKey}})
	w.fails(del, "DeleteConflict", "must detach all policies first.")
	w.run(&DetachUserPolicyInput{userName{"u"}, admin})
	w.fails(del, "DeleteConflict", "must delete policies first.")
	w.run(&DeleteUserPolicyInput{userName{"u"}, policyName{"p"}}, del)

	w.run(&CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust}, &AttachRolePolicyInput{roleName{"r"}, admin})
	w.fails(&DeleteRoleInput{roleName{"r"}}, "DeleteConflict", "must detach all policies first.")
}

func TestMalformedPolicies(t *testing.T) {
	w := newWorld(t)
	w.run(&CreateUserInput{UserName: "u"})
	bad := policyDocument{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}`}
	w.fails(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, bad}, "MalformedPolicyDocument", "prefaced by a vendor")
	w.fails(&GetUserPolicyInput{userName{"u"}, policyName{"p"}}, "NoSuchEntity", "")
	w.fails(&CreatePolicyInput{policyName: policyName{"p"}, policyDocument: bad}, "MalformedPolicyDocument", "prefaced by a vendor")
	w.fails(&CreatePolicyInput{policyName: policyName{"p"}, policyDocument: policyDocument{strings.Replace(allowAll, "2012-10-17", "2008-10-17", 1)}},
		"MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.")
	w.fails(&CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: "{"}, "MalformedPolicyDocument", "This policy contains invalid Json")
	w.fails(&CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: strings.Replace(trust, `"000000000000"`, `"arn:aws:iam::000000000000:user/nobody"`, 1)},
		"MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/nobody"`)
	w.run(&CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: strings.Replace(trust, `"000000000000"`, `"arn:aws:iam::000000000000:user/u"`, 1)})
	long := policyDocument{strings.Replace(allowAll, `"*"}`, `["arn:aws:s3:::`+strings.Repeat("x", 2000)+`"]}`, 1)}
	w.fails(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, long}, "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user u")
	spaced := policyDocument{strings.Replace(allowAll, ",", ","+strings.Repeat(" ", 3000), 1)}
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, spaced})
}

func TestAuthorizeSeesChanges(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	const object = "arn:aws:s3:::b/k"
	expect := func(step, want string) {
		t.Helper()
		d := w.may(u, "s3:GetObject", object)
		got := d.Reason
		if d.Allowed {
			got = "by " + d.Decided.Policy
		}
		if got != want {
			t.Errorf("%s: %s, want %s", step, got, want)
		}
	}
	none := "because no identity-based policy allows the s3:GetObject action"
	expect("nothing", none)
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, policyDocument{allow("s3:Get*")}})
	expect("inline", "by inline policy p of user u")
	w.run(&DeleteUserPolicyInput{userName{"u"}, policyName{"p"}})
	expect("inline deleted", none)

	w.run(&CreateGroupInput{GroupName: "g"}, &AttachGroupPolicyInput{groupName{"g"}, policyARN{"arn:aws:iam::aws:policy/AmazonS3FullAccess"}})
	expect("not in the group", none)
	w.run(&AddUserToGroupInput{groupName{"g"}, "u"})
	expect("in the group", "by arn:aws:iam::aws:policy/AmazonS3FullAccess")
	w.run(&UpdateGroupInput{groupName: groupName{"g"}, NewGroupName: "h"})
	expect("in the renamed group", "by arn:aws:iam::aws:policy/AmazonS3FullAccess")

	own := must[CreatePolicyOutput](w, &CreatePolicyInput{policyName: policyName{"own"}, policyDocument: policyDocument{allow("ec2:*")}}).Policy.Arn
	w.run(&PutUserPermissionsBoundaryInput{userName{"u"}, boundary{own}})
	expect("boundary", "because no permissions boundary allows the s3:GetObject action")
	w.run(&CreatePolicyVersionInput{policyARN{own}, policyDocument{allowAll}, true})
	expect("wider boundary", "by arn:aws:iam::aws:policy/AmazonS3FullAccess")
	w.run(&CreatePolicyVersionInput{policyARN{own}, policyDocument{denyAll}, true})
	expect("denying boundary", "with an explicit deny in a permissions boundary")
	w.run(&DeleteUserPermissionsBoundaryInput{userName{"u"}})
	w.fails(&DeleteUserPermissionsBoundaryInput{userName{"u"}}, "NoSuchEntity", "does not have a permissions boundary")
	expect("no boundary", "by arn:aws:iam::aws:policy/AmazonS3FullAccess")

	if err := w.DB.Clear(); err != nil {
		t.Fatal(err)
	}
	expect("everything gone", none)
}

func session(r Role, name string) *aws.Principal {
	return &aws.Principal{
		Kind: aws.AssumedRole, Account: account, ARN: aws.ARN("arn:aws:sts::000000000000:assumed-role/" + r.RoleName + "/" + name),
		Role: aws.ARN(r.Arn), ID: r.RoleId + ":" + name, SessionName: name,
	}
}

func TestSessionsEndWithTheirRole(t *testing.T) {
	w := newWorld(t)
	grant := &PutRolePolicyInput{roleName{"r"}, policyName{"p"}, policyDocument{allowAll}}
	r := must[CreateRoleOutput](w, &CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust}).Role
	w.run(grant)
	s := session(r, "s")
	if !w.may(s, "s3:GetObject", "arn:aws:s3:::b/k").Allowed {
		t.Error("the session may not")
	}
	w.run(&DeleteRolePolicyInput{roleName{"r"}, policyName{"p"}}, &DeleteRoleInput{roleName{"r"}},
		&CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust}, grant)
	if w.may(s, "s3:GetObject", "arn:aws:s3:::b/k").Allowed {
		t.Error("a session of the deleted role may")
	}
	for _, name := range []aws.ARN{s.Role, s.ARN} {
		p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+string(name)+`"},"Action":"*","Resource":"*"}]}`, policy.Resource)
		if err != nil {
			t.Fatal(err)
		}
		c := w.call("GetObject")
		c.Principal = s
		d, err := w.Authorize(t.Context(), c, []service.Access{{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourcePolicy: p}})
		if err != nil || d.Allowed {
			t.Errorf("what was granted to %s reaches a session of an earlier role of that name (%v)", name, err)
		}
	}
}

func TestSessionPolicies(t *testing.T) {
	w := newWorld(t)
	r := must[CreateRoleOutput](w, &CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust}).Role
	w.run(&PutRolePolicyInput{roleName{"r"}, policyName{"p"}, policyDocument{allowAll}})
	s := session(r, "s")
	s.SessionPolicies = []string{allow("s3:*"), allow("*")}
	if !w.may(s, "s3:GetObject", "*").Allowed {
		t.Error("s3")
	}
	if d := w.may(s, "sqs:SendMessage", "*"); d.Reason != "because no session policy allows the sqs:SendMessage action" {
		t.Errorf("%+v", d)
	}
}

// Each key is tested through a policy that asks for it.
func TestConditionKeys(t *testing.T) {
	w := newWorld(t)
	r := must[CreateRoleOutput](w, &CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust, Tags: []Tag{{"Team", "fog"}}}).Role
	s := session(r, "s")
	s.Keys = map[string][]string{"cognito-identity.amazonaws.com:sub": {"r:1"}, "cognito-identity.amazonaws.com:amr": {"unauthenticated", "x"}}
	s.Issued = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	u := w.user("u")
	lambda := &aws.Principal{Kind: aws.ServicePrincipal, Account: account, Name: "lambda.amazonaws.com", Keys: map[string][]string{"aws:SourceArn": {"arn:x"}}}
	for _, c := range []struct {
		who       *aws.Principal
		key, want string
	}{
		{s, "aws:currenttime", "2026-11-22T08:00:00Z"},
		{s, "aws:epochtime", "1795334400"},
		{s, "aws:sourceip", "127.0.0.1"},
		{s, "aws:securetransport", "false"},
		{s, "aws:requestedregion", "eu-west-3"},
		{s, "aws:resourceaccount", "000000000000"},
		{s, "aws:principalarn", "arn:aws:iam::000000000000:role/r"},
		{s, "aws:principalaccount", "000000000000"},
		{s, "aws:principaltype", "AssumedRole"},
		{s, "aws:principaltag/team", "fog"},
		{s, "aws:userid", r.RoleId + ":s"},
		{s, "aws:username", ""},
		{s, "aws:tokenissuetime", "2026-11-22T07:00:00Z"},
		{s, "aws:multifactorauthpresent", "false"},
		{s, "aws:useragent", ""},
		{s, "cognito-identity.amazonaws.com:sub", "r:1"},
		{s, "cognito-identity.amazonaws.com:amr", "unauthenticated x"},
		{s, "dynamodb:leadingkeys", "a b"},
		{u, "aws:username", "u"},
		{u, "aws:principalarn", "arn:aws:iam::000000000000:user/u"},
		{u, "aws:principaltype", "User"},
		{u, "aws:multifactorauthpresent", ""},
		{u, "aws:tokenissuetime", ""},
		{root, "aws:principaltype", "Account"},
		{lambda, "aws:principalservicename", "lambda.amazonaws.com"},
		{lambda, "aws:principalisawsservice", "true"},
		{lambda, "aws:sourcearn", "arn:x"},
		{lambda, "aws:principalaccount", ""},
	} {
		g := &grants{}
		if c.who.Kind == aws.User || c.who.Kind == aws.AssumedRole {
			var err error
			if g, err = w.grantsOf(c.who); err != nil {
				t.Fatal(err)
			}
		}
		k := keyring{w.as(c.who).call("X"), &service.Access{Keys: map[string][]string{"dynamodb:LeadingKeys": {"a", "b"}}}, g}
		if got := strings.Join(k.values(c.key), " "); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.key, c.who.ARN, got, c.want)
		}
	}
}

func TestEveryAccessMustBeAllowed(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, policyDocument{allow("s3:GetObject")}})
	d, err := w.Authorize(context.Background(), w.as(u).call("CopyObject"), []service.Access{
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/k"}, {Action: "s3:PutObject", Resource: "arn:aws:s3:::b/k"},
	})
	if err != nil || d.Allowed || d.Action != "s3:PutObject" || len(d.Trace) != 2 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestEveryOperationIsDenied(t *testing.T) {
	w := newWorld(t)
	u := w.as(w.user("u"))
	for name, op := range w.ops {
		in := op.NewInput()
		_, err := u.do(in)
		var e *aws.Error
		if !errors.As(err, &e) || e.Code != "AccessDenied" || !strings.Contains(e.Message, "is not authorized to perform: iam:"+name+" on resource: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What takes its own refusal holds up nothing else, and is what the decision tells of.
func TestRefusalIsTaken(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, policyDocument{allow("s3:GetObject")}})
	var refusals []string
	access := func(action string, takes bool) service.Access {
		a := service.Access{Action: action, Resource: "arn:aws:s3:::b/k"}
		if takes {
			a.Refused = func(why string) { refusals = append(refusals, why) }
		}
		return a
	}
	const put = "User: arn:aws:iam::000000000000:user/u is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:PutObject action"
	for _, c := range []struct {
		name     string
		accesses []service.Access
		allowed  bool
		action   string
		refusals []string
		looked   int
	}{
		{"none", []service.Access{access("s3:GetObject", true)}, true, "s3:GetObject", nil, 1},
		{"the only one", []service.Access{access("s3:PutObject", true)}, true, "s3:PutObject", []string{put}, 1},
		{"two of three", []service.Access{access("s3:PutObject", true), access("s3:GetObject", true), access("s3:PutObject", true)}, true, "s3:PutObject", []string{put, put}, 3},
		{"beside one that must be", []service.Access{access("s3:PutObject", true), access("s3:ListBucket", false), access("s3:GetObject", true)}, false, "s3:ListBucket", []string{put}, 2},
	} {
		refusals = nil
		d, err := w.Authorize(t.Context(), w.as(u).call("X"), c.accesses)
		if err != nil || d.Allowed != c.allowed || d.Action != c.action || len(d.Trace) != c.looked || !slices.Equal(refusals, c.refusals) {
			t.Errorf("%s: %v, %+v, refusals %q", c.name, err, d, refusals)
		}
		if told := strings.HasPrefix(d.Reason, "but for this, because"); told != (c.allowed && c.refusals != nil) {
			t.Errorf("%s: %s", c.name, d.Reason)
		}
	}
}

func TestSimulate(t *testing.T) {
	w := newWorld(t)
	u := w.user("u")
	w.run(&PutUserPolicyInput{userName{"u"}, policyName{"p"}, policyDocument{allow("s3:*")}})
	out := must[SimulatePolicyOutput](w, &SimulatePrincipalPolicyInput{
		PolicySourceArn: string(u.ARN), ActionNames: []string{"s3:GetObject", "sqs:SendMessage", "s3:PutObject"}, ResourceArns: []string{"arn:aws:s3:::b/k"},
		PolicyInputList: []string{strings.Replace(strings.Replace(allow("s3:PutObject"), "Allow", "Deny", 1), `"*"}`, `"*","Condition":{"StringEquals":{"aws:RequestedRegion":"x"}}}`, 1)},
		ContextEntries:  []ContextEntry{{"aws:RequestedRegion", "string", []string{"x"}}},
	})
	var got []string
	for _, r := range out.EvaluationResults {
		got = append(got, r.EvalDecision)
	}
	if strings.Join(got, " ") != "allowed implicitDeny explicitDeny" {
		t.Errorf("%v", got)
	}
	w.fails(&SimulatePrincipalPolicyInput{PolicySourceArn: "arn:aws:iam::000000000000:user/nobody"}, "NoSuchEntity", "nobody")
}

// Deleting a user by force asks for all a user can have.
func TestNone(t *testing.T) {
	w := newWorld(t)
	w.run(&CreateUserInput{UserName: "u"}, &ListSSHPublicKeysInput{callerOrUser: callerOrUser{"u"}}, &ListSigningCertificatesInput{callerOrUser: callerOrUser{"u"}},
		&ListMFADevicesInput{callerOrUser: callerOrUser{"u"}}, &ListVirtualMFADevicesInput{}, &ListServiceSpecificCredentialsInput{callerOrUser: callerOrUser{"u"}})
	w.fails(&ListSSHPublicKeysInput{callerOrUser: callerOrUser{"v"}}, "NoSuchEntity", "The user with name v cannot be found.")
	w.fails(&GetLoginProfileInput{callerOrUser{"u"}}, "NoSuchEntity", "Login Profile for User u cannot be found.")
	w.fails(&DeleteLoginProfileInput{callerOrUser{"v"}}, "NoSuchEntity", "The user with name v cannot be found.")
}

func TestAccount(t *testing.T) {
	w := newWorld(t)
	w.run(&CreateAccountAliasInput{"fog-music"}, &CreateUserInput{UserName: "u"})
	w.fails(&CreateAccountAliasInput{"a--b"}, "ValidationError", "alias")
	if got := must[ListAccountAliasesOutput](w, &ListAccountAliasesInput{}).AccountAliases; !reflect.DeepEqual(got, []string{"fog-music"}) {
		t.Errorf("%v", got)
	}
	foreign := w.as(&aws.Principal{Kind: aws.Root, Account: "111111111111", ARN: "arn:aws:iam::111111111111:root"})
	foreign.fails(&CreateAccountAliasInput{"fog-music"}, "EntityAlreadyExists", "fog-music")
	foreign.fails(&GetUserInput{callerOrUser{"u"}}, "NoSuchEntity", "u")
	w.run(&DeleteAccountAliasInput{"fog-music"})
	w.fails(&DeleteAccountAliasInput{"fog-music"}, "NoSuchEntity", "fog-music")
	if got := must[GetAccountSummaryOutput](w, &GetAccountSummaryInput{}).SummaryMap; got["Users"] != 1 || got["Groups"] != 0 {
		t.Errorf("%v", got)
	}
}

func BenchmarkAuthorizeRole(b *testing.B) {
	w := newWorld(b)
	r := must[CreateRoleOutput](w, &CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trust}).Role
	w.run(&PutRolePolicyInput{roleName{"r"}, policyName{"p"}, policyDocument{`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Scan"],"Resource":"arn:aws:dynamodb:eu-west-3:000000000000:table/Catalogo"},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::media/songs/*"},
		{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:UpdateItem"],"Resource":"arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios",
		 "Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]}}}]}`}})
	s := session(r, "s")
	s.Keys = map[string][]string{"cognito-identity.amazonaws.com:sub": {"eu-west-3:1"}, "cognito-identity.amazonaws.com:aud": {"p"}}
	s.SessionPolicies = []string{allow("dynamodb:*")}
	c := w.as(s).call("UpdateItem")
	c.Service = "dynamodb"
	accesses := []service.Access{{Resource: "arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios", Keys: map[string][]string{"dynamodb:LeadingKeys": {"eu-west-3:1"}}}}
	b.ReportAllocs()
	for b.Loop() {
		if d, err := w.Authorize(context.Background(), c, accesses); err != nil || !d.Allowed {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkAuthorizeRoot(b *testing.B) {
	w := newWorld(b)
	c := w.call("GetItem")
	accesses := []service.Access{{Resource: "arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios"}}
	b.ReportAllocs()
	for b.Loop() {
		if d, err := w.Authorize(context.Background(), c, accesses); err != nil || !d.Allowed {
			b.Fatal(d, err)
		}
	}
}
