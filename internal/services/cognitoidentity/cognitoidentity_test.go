package cognitoidentity

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// roles remembers what it was asked for, and refuses the roles that it does not know.
type roles struct {
	known map[aws.ARN]bool
	asked []aws.SessionRequest
}

func (r *roles) Issue(_ context.Context, _ *aws.Call, s aws.SessionRequest) (aws.Session, error) {
	r.asked = append(r.asked, s)
	if !r.known[s.Role] {
		return aws.Session{}, aws.Errorf(http.StatusForbidden, "AccessDenied", "no")
	}
	return aws.Session{AccessKey: "ASIA", Secret: "s", Token: "t", Expires: time.Unix(1, 0)}, nil
}

// partner verifies logins of "partner.example", whose tokens are the subject.
type partner struct{}

func (partner) Provides(p PoolSettings, provider string) bool {
	return provider == "partner.example" && p.SupportedLoginProviders[provider] != ""
}

func (partner) Verify(_ context.Context, _ *aws.Call, _ PoolSettings, provider, token string) (Login, error) {
	if token == "forged" {
		return Login{}, errUnsupportedProvider()
	}
	return Login{Provider: provider, Subject: token, Claims: map[string]any{"sub": token}, AMR: []string{provider + ":" + token}}, nil
}

type bench struct {
	*Service
	roles *roles
	now   time.Time
}

func newBench(t testing.TB, verifiers ...Verifier) *bench {
	db := store.OpenMemory()
	t.Cleanup(func() { db.Close() })
	b := &bench{roles: &roles{known: map[aws.ARN]bool{guestRole: true, userRole: true}}, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	b.Service = New(Deps{DB: db, IDs: aws.NewIDs(nil), Now: func() time.Time { return b.now }, Roles: b.roles, Verifiers: verifiers})
	return b
}

const (
	guestRole = "arn:aws:iam::000000000000:role/guest"
	userRole  = "arn:aws:iam::000000000000:role/user"
)

func (b *bench) call() *aws.Call {
	return &aws.Call{Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: b.now, Principal: &aws.Principal{}}
}

func do[In, Out any](t testing.TB, b *bench, h func(context.Context, *aws.Call, *In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := h(t.Context(), b.call(), &in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

func refused[In, Out any](t testing.TB, b *bench, code string, h func(context.Context, *aws.Call, *In) (*Out, error), in In) {
	t.Helper()
	_, err := h(t.Context(), b.call(), &in)
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%T: %v, want %s", in, err, code)
	}
}

func yes() *bool { b := true; return &b }

// newPool is a pool with guests, the classic flow, a partner and both roles.
func (b *bench) newPool(t testing.TB) string {
	id := do(t, b, b.createIdentityPool, CreateIdentityPoolInput{PoolSettings{
		IdentityPoolName: "p", AllowUnauthenticatedIdentities: yes(), AllowClassicFlow: yes(),
		SupportedLoginProviders: map[string]string{"partner.example": "app"},
	}}).IdentityPoolId
	do(t, b, b.setIdentityPoolRoles, SetIdentityPoolRolesInput{
		IdentityPoolId: id, Roles: map[string]string{unauthenticated: guestRole, authenticated: userRole},
	})
	return id
}

func TestGuestCredentials(t *testing.T) {
	b := newBench(t)
	pool := b.newPool(t)
	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	out := do(t, b, b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id})
	if out.Credentials.SecretKey != "s" || out.IdentityId != id {
		t.Errorf("answer = %+v", out)
	}
	got := b.roles.asked[0]
	if got.Role != guestRole || got.Name != "CognitoIdentityCredentials" || got.Federated != hostName || got.Duration != time.Hour {
		t.Errorf("asked for %+v", got)
	}
	for key, want := range map[string]string{":aud": pool, ":sub": id, ":amr": unauthenticated} {
		if v := got.Keys[hostName+key]; len(v) != 1 || v[0] != want {
			t.Errorf("%s = %q, want %q", key, v, want)
		}
	}
	if len(got.Policies) != 1 {
		t.Fatalf("session policies = %q", got.Policies)
	}
	guests, err := policy.Parse(got.Policies[0], policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]policy.Effect{
		"dynamodb:PutItem": policy.Allow, "s3:GetObject": policy.Allow, "kms:Decrypt": policy.Allow,
		"kms:CreateKey": policy.NoMatch, "iam:GetUser": policy.NoMatch, "sts:AssumeRole": policy.NoMatch, "ssm:GetParameter": policy.NoMatch,
	} {
		d := policy.Decide(&policy.Case{
			Request:  policy.Request{Principal: &aws.Principal{Kind: aws.AssumedRole}, Action: action, Resource: "*", Keys: func(string) []string { return nil }},
			Identity: []policy.Attached{{Name: "guest", Policy: guests}},
		})
		if d.Allowed != (want == policy.Allow) {
			t.Errorf("%s: allowed is %v", action, d.Allowed)
		}
	}
}

func TestRolesThatGiveNothing(t *testing.T) {
	b := newBench(t)
	pool := b.newPool(t)
	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	do(t, b, b.setIdentityPoolRoles, SetIdentityPoolRolesInput{IdentityPoolId: pool, Roles: map[string]string{unauthenticated: "arn:aws:iam::000000000000:role/other"}})
	refused(t, b, "InvalidIdentityPoolConfigurationException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id})
	do(t, b, b.setIdentityPoolRoles, SetIdentityPoolRolesInput{IdentityPoolId: pool, Roles: map[string]string{authenticated: userRole}})
	refused(t, b, "InvalidIdentityPoolConfigurationException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id})
}

func TestLogins(t *testing.T) {
	b := newBench(t, partner{})
	pool := b.newPool(t)
	ana := map[string]string{"partner.example": "ana"}
	for _, bad := range []map[string]string{{"partner.example": "forged"}, {"accounts.google.com": "x"}, {"accounts.google.com": "x", "partner.example": "ana"}} {
		refused(t, b, "NotAuthorizedException", b.getID, GetIdInput{IdentityPoolId: pool, Logins: bad})
	}

	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: ana}).IdentityId
	if again := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: ana}).IdentityId; again != id {
		t.Errorf("the same login gave %s, then %s", id, again)
	}
	bea := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: map[string]string{"partner.example": "bea"}}).IdentityId
	if bea == id {
		t.Errorf("two logins share %s", id)
	}
	do(t, b, b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id, Logins: ana})
	got := b.roles.asked[0]
	if got.Role != userRole || len(got.Policies) != 0 || !slices.Equal(got.Keys[hostName+":amr"], []string{authenticated, "partner.example", "partner.example:ana"}) {
		t.Errorf("asked for %+v", got)
	}
	refused(t, b, "NotAuthorizedException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id})
	refused(t, b, "NotAuthorizedException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: bea, Logins: ana})

	// A guest who signs in stays who it was; but nobody takes another's login.
	guest := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	cid := map[string]string{"partner.example": "cid"}
	do(t, b, b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: guest, Logins: cid})
	if got := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: cid}).IdentityId; got != guest {
		t.Errorf("cid is %s, want the guest %s", got, guest)
	}
	other := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	refused(t, b, "NotAuthorizedException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: other, Logins: cid})

	refused(t, b, "NotAuthorizedException", b.unlinkIdentity, UnlinkIdentityInput{IdentityId: id, Logins: map[string]string{}, LoginsToRemove: []string{"partner.example"}})
	do(t, b, b.unlinkIdentity, UnlinkIdentityInput{IdentityId: id, Logins: ana, LoginsToRemove: []string{"partner.example"}})
	if got := do(t, b, b.describeIdentity, DescribeIdentityInput{IdentityId: id}).Logins; len(got) != 0 {
		t.Errorf("logins after unlinking: %q", got)
	}
	if fresh := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: ana}).IdentityId; fresh == id {
		t.Errorf("an unlinked login still leads to %s", id)
	}
}

// mapped is a visit of somebody with claims, to a pool with one mapping.
func mapped(m RoleMapping, claims map[string]any) *visit {
	return &visit{
		pool: pool{
			Roles:    map[string]string{authenticated: userRole},
			Mappings: map[string]RoleMapping{"partner.example:app": m},
			TagMaps:  map[string]tagMap{},
		},
		identity: identity{ID: "i"},
		logins:   []Login{{Provider: "partner.example", Client: "app", Subject: "ana", Claims: claims}},
	}
}

func TestRoleMappings(t *testing.T) {
	const a, b = "arn:aws:iam::000000000000:role/a", "arn:aws:iam::000000000000:role/b"
	token := RoleMapping{Type: byToken, AmbiguousRoleResolution: "AuthenticatedRole"}
	strict := RoleMapping{Type: byToken, AmbiguousRoleResolution: "Deny"}
	rules := RoleMapping{Type: byRules, AmbiguousRoleResolution: "Deny", RulesConfiguration: &RulesConfiguration{Rules: []MappingRule{
		{Claim: "plan", MatchType: "Equals", Value: "gold", RoleARN: a},
		{Claim: "cognito:groups", MatchType: "Contains", Value: "admin", RoleARN: a},
		{Claim: "email", MatchType: "StartsWith", Value: "bea@", RoleARN: b},
		{Claim: "plan", MatchType: "NotEqual", Value: "free", RoleARN: b},
	}}}
	both := map[string]any{userRoles: []any{a, b}}
	for name, c := range map[string]struct {
		mapping RoleMapping
		claims  map[string]any
		custom  string
		want    string // "" is a refusal
	}{
		"no claims":              {token, nil, "", userRole},
		"no claims, denied":      {strict, nil, "", ""},
		"one role":               {strict, map[string]any{userRoles: []any{a}}, "", a},
		"two roles":              {token, both, "", userRole},
		"two roles, denied":      {strict, both, "", ""},
		"the preferred":          {strict, map[string]any{userRoles: []any{a, b}, preferredRole: b}, "", b},
		"the one asked for":      {strict, both, b, b},
		"one that is not theirs": {token, both, userRole, ""},
		"equal":                  {rules, map[string]any{"plan": "gold"}, "", a},
		"one of the groups":      {rules, map[string]any{"cognito:groups": []any{"x", "admins"}}, "", a},
		"starts with":            {rules, map[string]any{"email": "bea@example.com"}, "", b},
		"another than":           {rules, map[string]any{"plan": "silver"}, "", b},
		"none applies":           {rules, map[string]any{"plan": "free", "email": "ana@example.com"}, "", ""},
		"nothing to compare":     {rules, nil, "", ""},
		"rules give no choice":   {rules, map[string]any{"plan": "gold"}, a, ""},
		"the claim is no text":   {rules, map[string]any{"plan": 7.0}, "", b},
	} {
		got, err := mapped(c.mapping, c.claims).role(c.custom)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q (%v), want %q", name, got, err, c.want)
		}
	}
	if got, err := mapped(RoleMapping{}, nil).pool.standardRole(unauthenticated); err == nil {
		t.Errorf("a role that the pool has not is %s", got)
	}
	guest := &visit{pool: pool{Roles: map[string]string{unauthenticated: guestRole}}}
	if got, err := guest.role(""); got != guestRole || err != nil {
		t.Errorf("a guest gets %s (%v)", got, err)
	}
	if got, err := guest.role(userRole); err == nil {
		t.Errorf("a guest who asks gets %s", got)
	}

	s := newBench(t)
	pool := s.newPool(t)
	for _, bad := range []RoleMapping{{Type: byToken}, {Type: byRules, AmbiguousRoleResolution: "Deny"}, {Type: byToken, AmbiguousRoleResolution: "Deny", RulesConfiguration: rules.RulesConfiguration}} {
		refused(t, s, "InvalidParameterException", s.setIdentityPoolRoles, SetIdentityPoolRolesInput{
			IdentityPoolId: pool, Roles: map[string]string{}, RoleMappings: map[string]RoleMapping{"partner.example:app": bad},
		})
	}
}

func TestPrincipalTags(t *testing.T) {
	claims := map[string]any{
		"sub": "ana", "aud": "app", "level": 7.0, "vip": true, "groups": []any{"x", "y"}, "long": strings.Repeat("x", 257), "odd": "a<b",
	}
	all := map[string]string{"userId": "sub", "level": "level", "vip": "vip", "groups": "groups", "long": "long", "odd": "odd", "none": "none"}
	for name, c := range map[string]struct {
		tags tagMap
		want map[string]string
	}{
		"no map":   {tagMap{}, map[string]string{}},
		"defaults": {tagMap{Defaults: true}, map[string]string{"client": "app", "username": "ana"}},
		"chosen":   {tagMap{Claims: all}, map[string]string{"userId": "ana", "level": "7", "vip": "true"}},
	} {
		v := mapped(RoleMapping{}, claims)
		v.pool.TagMaps["partner.example"] = c.tags
		if got := v.tags(); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}

	b := newBench(t, partner{})
	pool := b.newPool(t)
	set := SetPrincipalTagAttributeMapInput{IdentityPoolId: pool, IdentityProviderName: "partner.example", UseDefaults: true, PrincipalTags: map[string]string{"a": "b"}}
	refused(t, b, "InvalidParameterException", b.setPrincipalTagAttributeMap, set)
	set.UseDefaults = false
	for _, bad := range []string{"a<b", "aws:x"} {
		set.PrincipalTags = map[string]string{bad: "sub"}
		refused(t, b, "InvalidParameterException", b.setPrincipalTagAttributeMap, set)
	}
	set.PrincipalTags = map[string]string{"userid": "sub", "userId": "sub"}
	refused(t, b, "InvalidParameterException", b.setPrincipalTagAttributeMap, set)
	refused(t, b, "ResourceNotFoundException", b.getPrincipalTagAttributeMap, GetPrincipalTagAttributeMapInput{IdentityPoolId: pool, IdentityProviderName: "partner.example"})
	set.PrincipalTags = map[string]string{"userId": "sub"}
	do(t, b, b.setPrincipalTagAttributeMap, set)
	got := do(t, b, b.getPrincipalTagAttributeMap, GetPrincipalTagAttributeMapInput{IdentityPoolId: pool, IdentityProviderName: "partner.example"})
	if got.PrincipalTags["userId"] != "sub" || got.UseDefaults {
		t.Errorf("the map is %+v", got)
	}
	ana := map[string]string{"partner.example": "ana"}
	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: ana}).IdentityId
	do(t, b, b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: id, Logins: ana})
	if tags := b.roles.asked[0].Tags; !maps.Equal(tags, map[string]string{"userId": "ana"}) {
		t.Errorf("the session's tags are %v", tags)
	}
}

func TestTokens(t *testing.T) {
	b := newBench(t)
	pool := b.newPool(t)
	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	token := do(t, b, b.getOpenIDToken, GetOpenIdTokenInput{IdentityId: id}).Token

	who, err := b.WebIdentity(t.Context(), b.call(), token)
	if err != nil || who.Audience != pool || who.Subject != id || !slices.Equal(who.Keys[hostName+":amr"], []string{unauthenticated}) {
		t.Errorf("the token says %+v (%v)", who, err)
	}
	check := func(b *bench, token, code string) {
		t.Helper()
		_, err := b.WebIdentity(t.Context(), b.call(), token)
		var e *aws.Error
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("%.40q: %v, want %s", token, err, code)
		}
	}
	parts := strings.Split(token, ".")
	other := strings.Split(do(t, b, b.getOpenIDToken, GetOpenIdTokenInput{IdentityId: do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId}).Token, ".")
	for _, bad := range []string{"", "a.b.c", parts[0] + "." + other[1] + "." + parts[2], "eyJhbGciOiJub25lIn0." + parts[1] + "."} {
		check(b, bad, "InvalidIdentityToken")
	}
	foreign := newBench(t)
	check(foreign, token, "InvalidIdentityToken") // it has no key yet
	do(t, foreign, foreign.getOpenIDToken, GetOpenIdTokenInput{IdentityId: do(t, foreign, foreign.getID, GetIdInput{IdentityPoolId: foreign.newPool(t)}).IdentityId})
	check(foreign, token, "InvalidIdentityToken") // it has another

	b.now = b.now.Add(tokenLife)
	check(b, token, "ExpiredTokenException")
	b.now = b.now.Add(-time.Minute)
	do(t, b, b.deleteIdentities, DeleteIdentitiesInput{IdentityIdsToDelete: []string{id}})
	check(b, token, "InvalidIdentityToken")
}

func TestClassicFlowIsOffUnlessAllowed(t *testing.T) {
	b := newBench(t)
	pool := do(t, b, b.createIdentityPool, CreateIdentityPoolInput{PoolSettings{IdentityPoolName: "p", AllowUnauthenticatedIdentities: yes()}}).IdentityPoolId
	id := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	refused(t, b, "InvalidParameterException", b.getOpenIDToken, GetOpenIdTokenInput{IdentityId: id})
}

func TestDeletedPoolLeavesNothing(t *testing.T) {
	b := newBench(t, partner{})
	pool := b.newPool(t)
	guest := do(t, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId
	do(t, b, b.getID, GetIdInput{IdentityPoolId: pool, Logins: map[string]string{"partner.example": "ana"}})
	do(t, b, b.deleteIdentityPool, DeleteIdentityPoolInput{IdentityPoolId: pool})
	refused(t, b, "ResourceNotFoundException", b.getID, GetIdInput{IdentityPoolId: pool})
	refused(t, b, "ResourceNotFoundException", b.getCredentialsForIdentity, GetCredentialsForIdentityInput{IdentityId: guest})
	err := b.DB.View(func(tx *store.Tx) error {
		for _, w := range b.owners.Everywhere(tx) {
			t.Errorf("left behind: %+v", w)
		}
		for _, i := range b.identities.Everywhere(tx) {
			t.Errorf("left behind: %+v", i)
		}
		for _, l := range b.logins.Everywhere(tx) {
			t.Errorf("left behind: %+v", l)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPinnedPool(t *testing.T) {
	b := newBench(t)
	make := func(id string) CreateIdentityPoolInput {
		return CreateIdentityPoolInput{PoolSettings{IdentityPoolName: "p", AllowUnauthenticatedIdentities: yes(), IdentityPoolTags: map[string]string{pinTag: id}}}
	}
	const id = "eu-west-3:00000000-0000-4000-8000-0000000000f0"
	if got := do(t, b, b.createIdentityPool, make(id)).IdentityPoolId; got != id {
		t.Errorf("id = %s", got)
	}
	refused(t, b, "ResourceConflictException", b.createIdentityPool, make(id))
	for _, bad := range []string{"", "x", "us-east-1:00000000-0000-4000-8000-0000000000f0", "eu-west-3:ZZ"} {
		refused(t, b, "InvalidParameterException", b.createIdentityPool, make(bad))
	}
}

func FuzzWebIdentity(f *testing.F) {
	b := newBench(f)
	pool := b.newPool(f)
	token := do(f, b, b.getOpenIDToken, GetOpenIdTokenInput{IdentityId: do(f, b, b.getID, GetIdInput{IdentityPoolId: pool}).IdentityId}).Token
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJIUzI1NiJ9.e30.AA")
	f.Fuzz(func(t *testing.T, text string) {
		if who, err := b.WebIdentity(t.Context(), b.call(), text); err == nil && text != token {
			t.Errorf("%q is taken for %+v", text, who)
		}
	})
}
