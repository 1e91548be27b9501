package sts

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	account  = aws.AccountID("000000000000")
	roleName = aws.ARN("arn:aws:iam::000000000000:role/team/r")
	allowAll = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}]}`
)

var (
	root = &aws.Principal{Kind: aws.Root, Account: account, ARN: "arn:aws:iam::000000000000:root", ID: string(account)}
	user = &aws.Principal{Kind: aws.User, Account: account, ARN: "arn:aws:iam::000000000000:user/u", ID: "AIDAU", Name: "u", AccessKey: "AKIAUUUUUUUUUUUUUUUU"}
)

// directory is the Identities of a test.
type directory map[aws.ARN]aws.Role

func (d directory) Role(arn aws.ARN) (aws.Role, bool, error) {
	r, ok := d[arn]
	return r, ok, nil
}

func (d directory) Document(_ aws.AccountID, arn aws.ARN) (string, error) {
	if arn != "arn:aws:iam::aws:policy/AmazonS3FullAccess" {
		return "", aws.Errorf(404, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	return `{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}}`, nil
}

func (d directory) Owner(id string) (aws.AccountID, bool, error) {
	return account, id == user.AccessKey, nil
}

// provider is the Verifier of a test: the subject is the token's second part.
type provider struct{}

func (provider) Issuer() string { return "https://cognito-identity.amazonaws.com" }

func (provider) WebIdentity(_ context.Context, _ *aws.Call, token string) (aws.WebIdentity, error) {
	if !strings.HasSuffix(token, ".good") {
		return aws.WebIdentity{}, errBadIdentityToken("bad")
	}
	const host = "cognito-identity.amazonaws.com"
	return aws.WebIdentity{Provider: host, Subject: "r:1", Audience: "pool", Keys: map[string][]string{host + ":aud": {"pool"}, host + ":sub": {"r:1"}}}, nil
}

type world struct {
	*testing.T
	*Service
	roles directory
	now   time.Time
	db    *store.DB
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, roles: directory{}, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), db: store.OpenMemory()}
	t.Cleanup(func() {
		if err := w.db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Service = New(Deps{Sessions: w.sessions(), Verifiers: []Verifier{provider{}}})
	return w
}

// sessions are new ones over the same store, as after a restart.
func (w *world) sessions() *Sessions {
	noise := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{2}).Read(noise)
	return NewSessions(SessionsDeps{DB: w.db, IDs: aws.NewIDs(bytes.NewReader(noise)), Now: func() time.Time { return w.now }, Identities: w.roles})
}

// trust makes the role, trusting what the JSON says.
func (w *world) trust(principal, condition string) {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	w.roles[roleName] = aws.Role{ARN: roleName, ID: "AROAR", MaxSession: 2 * time.Hour, Trust: fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":["sts:AssumeRole","sts:AssumeRoleWithWebIdentity","sts:TagSession"]%s}]}`, principal, condition)}
}

func (w *world) call(op string, p *aws.Principal) *aws.Call {
	return &aws.Call{Scope: aws.Scope{Account: p.Account, Region: "eu-west-3"}, Service: "sts", Operation: op, Principal: p, Time: w.now, SourceIP: "127.0.0.1"}
}

// assume authorises and invokes AssumeRole. identity is the caller's own policy.
func (w *world) assume(who *aws.Principal, identity string, in *AssumeRoleInput) (*AssumeRoleOutput, error) {
	w.Helper()
	if in.RoleArn == "" {
		in.RoleArn = string(roleName)
	}
	if in.RoleSessionName == "" {
		in.RoleSessionName = "s1"
	}
	c := w.call("AssumeRole", who)
	accesses, err := w.onAssumeRole(context.Background(), c, in)
	if err != nil {
		return nil, err
	}
	for _, a := range accesses {
		if d := w.decide(who, identity, a); !d.Allowed {
			return nil, aws.Errorf(403, "AccessDenied", "%s", d.Message(who, false))
		}
	}
	return w.assumeRole(context.Background(), c, in)
}

func (w *world) decide(who *aws.Principal, identity string, a service.Access) policy.Decision {
	c := &policy.Case{
		Request:        policy.Request{Principal: who, Action: a.Action, Resource: a.Resource, Keys: requestKeys(w.call("AssumeRole", who), a.Keys)},
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner, PolicyDecides: a.PolicyDecides, TrustPolicy: true,
	}
	if identity != "" {
		p, err := policy.Parse(identity, policy.Identity)
		if err != nil {
			w.Fatal(err)
		}
		c.Identity = []policy.Attached{{Name: "mine", Policy: p}}
	}
	return policy.Decide(c)
}

func (w *world) expect(err error, code, text string) {
	w.Helper()
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, text) {
		w.Errorf("%v, want %s: …%s…", err, code, text)
	}
}

// open opens issued credentials.
func (w *world) open(c Credentials) *aws.Principal {
	w.Helper()
	p, secret, err := w.Sessions.Open(c.AccessKeyId, c.SessionToken)
	if err != nil || secret != c.SecretAccessKey {
		w.Fatalf("Open: %v", err)
	}
	return p
}

func TestAssumeRole(t *testing.T) {
	w := newWorld(t)
	const denied = "User: arn:aws:iam::000000000000:user/u is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/team/r"
	w.trust(`{"AWS":"111111111111"}`, "")
	_, err := w.assume(user, allowAll, &AssumeRoleInput{})
	w.expect(err, "AccessDenied", denied)
	w.trust(`{"AWS":"000000000000"}`, "")
	_, err = w.assume(user, "", &AssumeRoleInput{})
	w.expect(err, "AccessDenied", denied)

	out, err := w.assume(user, allowAll, &AssumeRoleInput{DurationSeconds: 7200})
	if err != nil {
		t.Fatal(err)
	}
	if out.AssumedRoleUser != (AssumedRoleUser{"arn:aws:sts::000000000000:assumed-role/r/s1", "AROAR:s1"}) || out.PackedPolicySize != nil {
		t.Errorf("%+v", out)
	}
	if c := out.Credentials; !c.Expiration.Equal(w.now.Add(2*time.Hour)) || !strings.HasPrefix(c.AccessKeyId, "ASIA") || len(c.AccessKeyId) != 20 || len(c.SecretAccessKey) != 40 || len(c.SessionToken) > 1024 {
		t.Errorf("%+v", c)
	}
	p := w.open(out.Credentials)
	if p.Kind != aws.AssumedRole || p.Role != roleName || p.ARN != "arn:aws:sts::000000000000:assumed-role/r/s1" || p.ID != "AROAR:s1" || p.Account != account {
		t.Errorf("%+v", p)
	}
	if _, err := w.assume(root, "", &AssumeRoleInput{}); err != nil {
		t.Errorf("root: %v", err)
	}

	_, err = w.assume(user, allowAll, &AssumeRoleInput{DurationSeconds: 7201})
	w.expect(err, "ValidationError", "exceeds the MaxSessionDuration set for this role.")
	_, err = w.assume(p, allowAll, &AssumeRoleInput{DurationSeconds: 3601})
	w.expect(err, "ValidationError", "1 hour session limit for roles assumed by role chaining")
	for _, arn := range []string{"arn:aws:iam::000000000000:user/u", "not-an-arn-but-long-enough", "arn:aws:iam::1:role/r",
		"arn:aws-cn:iam::000000000000:role/team/r", "arn:aws:iam:eu-west-3:000000000000:role/team/r"} {
		_, err = w.assume(user, allowAll, &AssumeRoleInput{RoleArn: arn})
		w.expect(err, "ValidationError", arn+" is invalid")
	}

	w.trust(`{"AWS":"arn:aws:iam::000000000000:user/u"}`, `{"StringEquals":{"sts:ExternalId":"x1"}}`)
	_, err = w.assume(user, "", &AssumeRoleInput{ExternalId: "x2"})
	w.expect(err, "AccessDenied", denied)
	if _, err = w.assume(user, "", &AssumeRoleInput{ExternalId: "x1"}); err != nil {
		t.Error(err)
	}
}

func TestNoSuchRole(t *testing.T) {
	w := newWorld(t)
	w.trust(`{"AWS":"111111111111"}`, "")
	for _, who := range []*aws.Principal{user, root} {
		_, there := w.assume(who, allowAll, &AssumeRoleInput{})
		_, gone := w.assume(who, allowAll, &AssumeRoleInput{RoleArn: "arn:aws:iam::000000000000:role/none"})
		w.expect(there, "AccessDenied", "")
		w.expect(gone, "AccessDenied", "")
		if strings.ReplaceAll(gone.Error(), "role/none", "role/team/r") != there.Error() {
			t.Errorf("%v\n%v", there, gone)
		}
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	w.trust(`"*"`, "")
	out, err := w.assume(user, "", &AssumeRoleInput{})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Credentials
	refuse := func(name, key, token string, want error) {
		t.Helper()
		if _, _, err := w.Sessions.Open(key, token); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, _ := base64.StdEncoding.DecodeString(c.SessionToken)
	for i := range raw {
		b := bytes.Clone(raw)
		b[i] ^= 1
		refuse(fmt.Sprintf("byte %d changed", i), c.AccessKeyId, base64.StdEncoding.EncodeToString(b), ErrBadToken)
		refuse(fmt.Sprintf("cut to %d", i), c.AccessKeyId, base64.StdEncoding.EncodeToString(raw[:i]), ErrBadToken)
	}
	refuse("no base64", c.AccessKeyId, "?", ErrBadToken)
	refuse("unopened with another key", "ASIAAAAAAAAAAAAAAAAA", c.SessionToken, ErrBadToken)
	w.open(c)
	refuse("opened, with another key", "ASIAAAAAAAAAAAAAAAAA", c.SessionToken, ErrBadToken)

	w.Sessions = w.sessions()
	w.open(c) // after a restart
	w.now = w.now.Add(time.Hour - time.Second)
	w.open(c)
	w.now = w.now.Add(time.Second)
	refuse("expired", c.AccessKeyId, c.SessionToken, ErrExpiredToken)
	w.Sessions = w.sessions()
	refuse("expired before it was opened", c.AccessKeyId, c.SessionToken, ErrExpiredToken)

	db := store.OpenMemory()
	defer db.Close()
	w.Sessions = NewSessions(SessionsDeps{DB: db, IDs: aws.NewIDs(nil), Now: func() time.Time { return w.now }, Identities: w.roles})
	refuse("of another cloud", c.AccessKeyId, c.SessionToken, ErrBadToken)
}

func TestCacheIsBounded(t *testing.T) {
	w := newWorld(t)
	for i := range maxOpened + 10 {
		w.Sessions.remember(fmt.Sprint(i), &sealed{})
	}
	if n := len(w.Sessions.opened.tokens); n > maxOpened {
		t.Errorf("%d tokens", n)
	}
}

func TestSessionPolicies(t *testing.T) {
	w := newWorld(t)
	w.trust(`"*"`, "")
	inline := `{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:::${x}"}]}`
	managed := []PolicyDescriptorType{{"arn:aws:iam::aws:policy/AmazonS3FullAccess"}}
	out, err := w.assume(user, "", &AssumeRoleInput{Policy: inline, PolicyArns: managed})
	if err != nil {
		t.Fatal(err)
	}
	if n := out.PackedPolicySize; n == nil || *n < 1 || *n > 100 {
		t.Errorf("PackedPolicySize %v", n)
	}
	documents := w.open(out.Credentials).SessionPolicies
	if len(documents) != 1 {
		t.Fatalf("%q", documents)
	}
	p, err := policy.Parse(documents[0], policy.Identity)
	if err != nil {
		t.Fatalf("%v: %s", err, documents[0])
	}
	for request, want := range map[string]policy.Effect{
		"s3:GetObject arn:aws:s3:::b/k": policy.Allow, "sqs:SendMessage arn:aws:sqs:::${x}": policy.Allow, "sns:Publish *": policy.NoMatch,
	} {
		action, resource, _ := strings.Cut(request, " ")
		if m := p.Evaluate(&policy.Request{Action: action, Resource: aws.ARN(resource)}); m.Effect != want {
			t.Errorf("%s: %v", request, m.Effect)
		}
	}
	_, err = w.assume(user, "", &AssumeRoleInput{Policy: "{"})
	w.expect(err, "MalformedPolicyDocument", "invalid Json")
	_, err = w.assume(user, "", &AssumeRoleInput{PolicyArns: []PolicyDescriptorType{{"arn:aws:iam::aws:policy/None"}}})
	w.expect(err, "NoSuchEntity", "None")
	noise := make([]byte, 4000)
	rand.NewChaCha8([32]byte{3}).Read(noise)
	_, err = w.assume(user, "", &AssumeRoleInput{Policy: strings.Replace(allowAll, `"*"}`, `"arn:aws:s3:::`+base64.RawURLEncoding.EncodeToString(noise)+`"}`, 1)})
	w.expect(err, "PackedPolicyTooLarge", "%")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.trust(`"*"`, "")
	out, err := w.assume(user, "", &AssumeRoleInput{Tags: []Tag{{"Team", "fog"}, {"Step", "1"}}, TransitiveTagKeys: []string{"team"}, RoleSessionName: "a"})
	if err != nil {
		t.Fatal(err)
	}
	p := w.open(out.Credentials)
	if !reflect.DeepEqual(p.Keys["aws:PrincipalTag/Team"], []string{"fog"}) || !reflect.DeepEqual(p.Keys["aws:PrincipalTag/Step"], []string{"1"}) {
		t.Errorf("%v", p.Keys)
	}
	_, err = w.assume(user, "", &AssumeRoleInput{Tags: []Tag{{"a", "1"}, {"A", "2"}}})
	w.expect(err, "InvalidParameterValue", "Duplicate tag keys found.")
	_, err = w.assume(user, "", &AssumeRoleInput{TransitiveTagKeys: []string{"a"}})
	w.expect(err, "InvalidParameterValue", "must be included in the requested tags")
	_, err = w.assume(user, "", &AssumeRoleInput{SourceIdentity: "me"})
	w.expect(err, "AccessDenied", "sts:SetSourceIdentity")
}

func TestTransitiveTags(t *testing.T) {
	w := newWorld(t)
	w.trust(`"*"`, "")
	out, err := w.assume(user, "", &AssumeRoleInput{Tags: []Tag{{"Team", "fog"}, {"Step", "1"}}, TransitiveTagKeys: []string{"Team"}})
	if err != nil {
		t.Fatal(err)
	}
	first := w.open(out.Credentials)
	_, err = w.assume(first, "", &AssumeRoleInput{Tags: []Tag{{"team", "x"}}})
	w.expect(err, "InvalidParameterValue", "conflicts with a transitive tag key from the calling session")
	if out, err = w.assume(first, "", &AssumeRoleInput{}); err != nil {
		t.Fatal(err)
	}
	second := w.open(out.Credentials)
	if want := map[string][]string{"aws:PrincipalTag/Team": {"fog"}, "sts:TransitiveTagKeys": {"Team"}}; !reflect.DeepEqual(second.Keys, want) {
		t.Errorf("%v", second.Keys)
	}
}

func TestIssue(t *testing.T) {
	w := newWorld(t)
	const host = "cognito-identity.amazonaws.com"
	request := aws.SessionRequest{Role: roleName, Name: "CognitoIdentityCredentials", Duration: time.Hour, Policies: []string{allowAll},
		Keys: map[string][]string{host + ":aud": {"pool"}, host + ":sub": {"r:1"}}, Federated: host}
	c := w.call("GetCredentialsForIdentity", &aws.Principal{Kind: aws.Anonymous, Account: account})
	_, err := w.Sessions.Issue(context.Background(), c, request)
	w.expect(err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	w.trust(`{"Federated":"`+host+`"}`, `{"StringEquals":{"`+host+`:aud":"other"}}`)
	_, err = w.Sessions.Issue(context.Background(), c, request)
	w.expect(err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	w.trust(`{"Federated":"`+host+`"}`, `{"StringEquals":{"`+host+`:aud":"pool"}}`)
	made, err := w.Sessions.Issue(context.Background(), c, request)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := w.Sessions.Open(made.AccessKey, made.Token)
	if err != nil || p.Keys[host+":sub"][0] != "r:1" || p.SessionPolicies[0] != allowAll || p.Keys["aws:FederatedProvider"][0] != host {
		t.Errorf("%+v, %v", p, err)
	}
	if made.ARN != "arn:aws:sts::000000000000:assumed-role/r/CognitoIdentityCredentials" || made.ID != "AROAR:CognitoIdentityCredentials" {
		t.Errorf("%+v", made)
	}

	// Tags must be let in too, and arrive where policies test them.
	request.Tags = map[string]string{"userId": "ana"}
	w.trust(`{"Federated":"`+host+`"}`, `{"StringEquals":{"aws:RequestTag/userId":"bea"}}`)
	_, err = w.Sessions.Issue(context.Background(), c, request)
	w.expect(err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	w.trust(`{"Federated":"`+host+`"}`, `{"StringEquals":{"aws:RequestTag/userId":"ana"}}`)
	if made, err = w.Sessions.Issue(context.Background(), c, request); err != nil {
		t.Fatal(err)
	}
	if p, _, err := w.Sessions.Open(made.AccessKey, made.Token); err != nil || !reflect.DeepEqual(p.Keys["aws:PrincipalTag/userId"], []string{"ana"}) || p.Keys[host+":sub"] == nil {
		t.Errorf("%+v, %v", p, err)
	}
	if len(request.Keys) != 2 {
		t.Errorf("the request's keys became %v", request.Keys)
	}
	request.Tags = nil

	request.Federated, request.Service = "", "lambda.amazonaws.com"
	_, err = w.Sessions.Issue(context.Background(), c, request)
	w.expect(err, "AccessDenied", "Not authorized to perform sts:AssumeRole")
	w.trust(`{"Service":"lambda.amazonaws.com"}`, "")
	if _, err = w.Sessions.Issue(context.Background(), c, request); err != nil {
		t.Error(err)
	}
	request.Duration = 3 * time.Hour
	_, err = w.Sessions.Issue(context.Background(), c, request)
	w.expect(err, "ValidationError", "MaxSessionDuration")
}

func TestWebIdentity(t *testing.T) {
	w := newWorld(t)
	w.trust(`{"Federated":"cognito-identity.amazonaws.com"}`, "")
	token := func(issuer, signature string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"`+issuer+`"}`)) + "." + signature
	}
	assume := func(token string, role aws.ARN) (*AssumeRoleWithWebIdentityOutput, error) {
		c := w.call("AssumeRoleWithWebIdentity", &aws.Principal{Kind: aws.Anonymous})
		return w.assumeRoleWithWebIdentity(context.Background(), c, &AssumeRoleWithWebIdentityInput{RoleArn: string(role), RoleSessionName: "s1", WebIdentityToken: token})
	}
	good := token("https://cognito-identity.amazonaws.com", "good")
	out, err := assume(good, roleName)
	if err != nil {
		t.Fatal(err)
	}
	if out.Provider != "cognito-identity.amazonaws.com" || out.SubjectFromWebIdentityToken != "r:1" || out.Audience != "pool" {
		t.Errorf("%+v", out)
	}
	if p := w.open(out.Credentials); p.Keys["cognito-identity.amazonaws.com:sub"][0] != "r:1" || len(p.SessionPolicies) != 0 {
		t.Errorf("%+v", p)
	}
	_, err = assume(good, "arn:aws:iam::000000000000:role/none")
	w.expect(err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	_, err = assume(token("https://cognito-identity.amazonaws.com", "bad"), roleName)
	w.expect(err, "InvalidIdentityToken", "bad")
	_, err = assume(token("https://x.test", "good"), roleName)
	w.expect(err, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://x.test")
	for _, s := range []string{"x", "a.b.c", "..", token("", "good")} {
		_, err = assume(s, roleName)
		w.expect(err, "InvalidIdentityToken", "")
	}
}

func TestSessionToken(t *testing.T) {
	w := newWorld(t)
	get := func(who *aws.Principal, seconds int32) (*GetSessionTokenOutput, error) {
		return w.getSessionToken(context.Background(), w.call("GetSessionToken", who), &GetSessionTokenInput{seconds})
	}
	out, err := get(user, 0)
	if err != nil || !out.Credentials.Expiration.Equal(w.now.Add(12*time.Hour)) {
		t.Fatalf("%+v, %v", out, err)
	}
	p := w.open(out.Credentials)
	if p.Kind != aws.User || p.ARN != user.ARN || p.ID != user.ID || p.AccessKey != out.Credentials.AccessKeyId || user.AccessKey == p.AccessKey {
		t.Errorf("%+v", p)
	}
	_, err = get(p, 0)
	w.expect(err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
	if out, err = get(root, 7200); err != nil || !out.Credentials.Expiration.Equal(w.now.Add(time.Hour)) {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestAccessKeyInfo(t *testing.T) {
	w := newWorld(t)
	get := func(id string) (string, error) {
		out, err := w.getAccessKeyInfo(context.Background(), w.call("GetAccessKeyInfo", user), &GetAccessKeyInfoInput{id})
		if err != nil {
			return "", err
		}
		return out.Account, nil
	}
	for _, a := range []aws.AccountID{"000000000000", "123456789012", "999999999999"} {
		made, err := w.Sessions.make(&aws.Principal{Account: a}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := get(made.AccessKey); got != string(a) || err != nil {
			t.Errorf("%s, %v", got, err)
		}
	}
	if got, err := get(user.AccessKey); got != string(account) || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	for _, id := range []string{"AKIAAAAAAAAAAAAAAAAA", "ASIA7777777777777777", "ASIA1111111111111111"} {
		_, err := get(id)
		w.expect(err, "InvalidClientTokenId", "")
	}
}

func TestCallerIdentity(t *testing.T) {
	w := newWorld(t)
	out, err := w.getCallerIdentity(context.Background(), w.call("GetCallerIdentity", user), &GetCallerIdentityInput{})
	if err != nil || *out != (GetCallerIdentityOutput{string(account), string(user.ARN), "AIDAU"}) {
		t.Errorf("%+v, %v", out, err)
	}
}

func FuzzOpen(f *testing.F) {
	db := store.OpenMemory()
	f.Cleanup(func() {
		if err := db.Close(); err != nil {
			f.Error(err)
		}
	})
	s := NewSessions(SessionsDeps{DB: db, IDs: aws.NewIDs(nil), Now: func() time.Time { return time.Time{} }, Identities: directory{}})
	f.Add("AVNpbXBsZQ==")
	f.Add("AQ==")
	f.Fuzz(func(t *testing.T, token string) {
		if _, _, err := s.Open("ASIAAAAAAAAAAAAAAAAA", token); !errors.Is(err, ErrBadToken) {
			t.Errorf("%q: %v", token, err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	db := store.OpenMemory()
	defer db.Close()
	s := NewSessions(SessionsDeps{DB: db, IDs: aws.NewIDs(nil), Now: time.Now, Identities: directory{}})
	made, err := s.make(&aws.Principal{Kind: aws.AssumedRole, Account: account, Role: roleName, SessionPolicies: []string{allowAll}}, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Open(made.AccessKey, made.Token); err != nil {
			b.Fatal(err)
		}
	}
}
