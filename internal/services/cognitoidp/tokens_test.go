package cognitoidp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func TestForgedTokens(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	b.confirmed(t, "bea")
	ana, bea := b.signedIn(t, "ana"), b.signedIn(t, "bea")
	for use, token := range map[string]string{useAccess: ana.AccessToken, useID: ana.IdToken} {
		said, err := b.Verify(b.call(), token)
		if err != nil || said.Use != use || said.Pool != b.pool || said.Client != b.client || said.Username != "ana" || said.Scope != b.call().Scope {
			t.Errorf("%s: %+v (%v)", use, said, err)
		}
	}
	cut := func(token string) []string { return strings.Split(token, ".") }
	a, i, other := cut(ana.AccessToken), cut(ana.IdToken), cut(bea.AccessToken)
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	strange := newBenchWithoutKeys(t)
	strange.confirmed(t, "ana")
	for name, token := range map[string]string{
		"nothing":                "",
		"three words":            "a.b.c",
		"no signature":           header(`{"alg":"none"}`) + "." + a[1] + ".",
		"another's claims":       a[0] + "." + other[1] + "." + a[2],
		"signed for another use": i[0] + "." + a[1] + "." + i[2],
		"another algorithm":      header(`{"alg":"HS256","kid":"x"}`) + "." + a[1] + "." + a[2],
		"another pool's":         strange.signedIn(t, "ana").AccessToken,
		"cut short":              ana.AccessToken[:len(ana.AccessToken)-4],
		"refresh":                ana.RefreshToken,
		"use is changed":         b.forge(t, useID, map[string]any{"token_use": useAccess}),
		"without end":            b.forge(t, useID, map[string]any{"exp": nil}),
		"a pool that is not":     b.forge(t, useID, map[string]any{"iss": "http://localhost:4566/eu-west-3_AAAAAAAAA"}),
	} {
		if said, err := b.Verify(b.call(), token); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v (%v)", name, said, err)
		}
		refused(t, b, "NotAuthorizedException", "Invalid Access Token", b.getUser, GetUserInput{Bearer{token}})
	}
	// What opens one door does not open another.
	refused(t, b, "NotAuthorizedException", "Invalid Access Token", b.getUser, GetUserInput{Bearer{ana.IdToken}})
	b.now = b.now.Add(time.Hour - time.Second)
	do(t, b, b.getUser, GetUserInput{Bearer{ana.AccessToken}})
	b.now = b.now.Add(time.Second)
	if said, err := b.Verify(b.call(), ana.AccessToken); !errors.Is(err, ErrExpired) || said.Username != "ana" {
		t.Errorf("at its end a token says %+v (%v)", said, err)
	}
	refused(t, b, "NotAuthorizedException", "Access Token has expired", b.getUser, GetUserInput{Bearer{ana.AccessToken}})
}

// TestVerifiedTokens holds that what is remembered of tokens ends with their
// pool, and is bounded.
func TestVerifiedTokens(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	token := b.signedIn(t, "ana").AccessToken
	for range 2 {
		if said, err := b.Verify(b.call(), token); err != nil || said.Username != "ana" {
			t.Errorf("%+v (%v)", said, err)
		}
	}
	_, known, before := b.verified.find(token)
	if !known {
		t.Error("nothing is remembered")
	}
	do(t, b, b.deleteUserPool, DeleteUserPoolInput{UserPoolRef{b.pool}})
	b.verified.keep(token, Token{}, before) // by who began to verify it before
	if said, err := b.Verify(b.call(), token); !errors.Is(err, ErrForged) {
		t.Errorf("of a deleted pool: %+v (%v)", said, err)
	}
	for i := range 2*maxVerified + 1 {
		b.verified.keep(strconv.Itoa(i), Token{}, before+1)
	}
	if n := len(b.verified.tokens); n == 0 || n > maxVerified {
		t.Errorf("%d tokens are remembered", n)
	}
}

// BenchmarkVerify is a token that comes again, and one that comes for the first time.
func BenchmarkVerify(b *testing.B) {
	at := newBench(b)
	at.confirmed(b, "ana")
	token := at.signedIn(b, "ana").AccessToken
	for _, again := range []bool{true, false} {
		b.Run(strconv.FormatBool(again), func(b *testing.B) {
			for b.Loop() {
				if !again {
					at.verified.forget()
				}
				if _, err := at.Verify(at.call(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// forge signs claims with one of the pool's own keys: what only a leak could do.
func (b *bench) forge(t testing.TB, use string, changes map[string]any) string {
	t.Helper()
	var p pool
	err := b.DB.View(func(tx *store.Tx) (err error) {
		p, err = b.find(tx, b.pool)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := b.signer(&p, use)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{"iss": p.issuer(b.call()), "sub": "x", "token_use": use, "exp": b.now.Add(time.Hour).Unix()}
	maps.Copy(claims, changes)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestLogin(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	r := b.signedIn(t, "ana")
	provider := "cognito-idp.eu-west-3.amazonaws.com/" + b.pool
	ours := []Audience{{Provider: "localhost:4566/" + b.pool, Client: "another"}, {Provider: provider, Client: b.client}}
	for _, name := range []string{provider, "localhost:4566/" + b.pool} {
		if !Provides(ours, name) {
			t.Errorf("%s is not ours", name)
		}
		said, err := b.Login(b.call(), ours, name, r.IdToken)
		if err != nil || said.Provider() != provider || said.Claims["email"] != "ana@example.com" || said.Claims["email_verified"] != true {
			t.Errorf("%s: %+v (%v)", name, said, err)
		}
	}
	for _, name := range []string{"accounts.google.com", b.pool, "cognito-idp.eu-west-3.amazonaws.com/eu-west-3_AAAAAAAAA"} {
		if Provides(ours, name) {
			t.Errorf("%s is ours", name)
		}
	}
	for text, try := range map[string]struct {
		audiences       []Audience
		provider, token string
	}{
		"Invalid login token. Couldn't verify signed token.":            {ours, provider, "a.b.c"},
		"Invalid login token. Missing a required claim: aud":            {ours, provider, r.AccessToken},
		"Invalid login token. Issuer doesn't match providerName":        {ours, "x/eu-west-3_AAAAAAAAA", r.IdToken},
		"Token is not from a supported provider of this identity pool.": {ours[:1], provider, r.IdToken},
	} {
		_, err := b.Login(b.call(), try.audiences, try.provider, try.token)
		if e, ok := errors.AsType[*aws.Error](err); !ok || e.Message != text {
			t.Errorf("%v, want %s", err, text)
		}
	}
	b.now = b.now.Add(time.Hour)
	_, err := b.Login(b.call(), ours, provider, r.IdToken)
	if e, ok := errors.AsType[*aws.Error](err); !ok || !strings.HasPrefix(e.Message, "Invalid login token. Token expired: ") {
		t.Errorf("an expired token: %v", err)
	}
}

// TestDocuments holds that whoever has only what a pool publishes can check its tokens.
func TestDocuments(t *testing.T) {
	b := newBenchWithoutKeys(t)
	b.confirmed(t, "ana")
	r := b.signedIn(t, "ana")
	get := func(host, path string, into any) int {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		if !b.Claims(req) {
			t.Errorf("%s is not claimed", path)
		}
		w := httptest.NewRecorder()
		c := b.call()
		c.Host = host
		b.ServeHTTP(w, req, c)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return w.Code
	}
	var found struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	for _, host := range []string{"localhost:4566", "cognito-idp.eu-west-3.amazonaws.com"} {
		if code := get(host, "/"+b.pool+"/.well-known/openid-configuration", &found); code != http.StatusOK || found.Issuer != "http://"+host+"/"+b.pool {
			t.Errorf("%s: %d %+v", host, code, found)
		}
	}
	var set jose.JSONWebKeySet
	if code := get("localhost:4566", "/"+b.pool+"/.well-known/jwks.json", &set); code != http.StatusOK || len(set.Keys) != 2 {
		t.Errorf("%d: %+v", code, set)
	}
	for _, token := range []string{r.IdToken, r.AccessToken} {
		signed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		var said jwt.Claims
		if err := signed.Claims(set, &said); err != nil || said.Issuer != "http://localhost:4566/"+b.pool {
			t.Errorf("%+v (%v)", said, err)
		}
	}
	if code := get("x", "/eu-west-3_AAAAAAAAA/.well-known/jwks.json", &found); code != http.StatusNotFound {
		t.Errorf("a pool that is not there answers %d", code)
	}
	for _, key := range set.Keys {
		if !key.IsPublic() {
			t.Error("a private key is published")
		}
	}
	for _, path := range []string{"/", "/bucket/.well-known/jwks.json", "/" + b.pool, "/" + b.pool + "/.well-known/jwks.json/x"} {
		if b.Claims(httptest.NewRequest(http.MethodGet, path, nil)) {
			t.Errorf("%s is claimed", path)
		}
	}
}

// TestGroupClaims holds what tokens say of groups, and that order is by precedence.
func TestGroupClaims(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	said, err := b.Verify(b.call(), b.signedIn(t, "ana").IdToken)
	if err != nil || said.Claims["cognito:groups"] != nil || said.Claims["cognito:roles"] != nil {
		t.Errorf("without groups: %v (%v)", said.Claims, err)
	}
	for i, name := range []string{"late", "first", "second"} {
		g := GroupSettings{GroupRef: GroupRef{UserPoolRef{b.pool}, name}, RoleArn: "arn:aws:iam::000000000000:role/" + name}
		if i > 0 {
			g.Precedence = number(int32(i))
		}
		do(t, b, b.createGroup, CreateGroupInput{g})
		do(t, b, b.adminAddUserToGroup, AdminAddUserToGroupInput{GroupName: name, UserRef: b.ref("ana")})
	}
	r := b.signedIn(t, "ana")
	said, err = b.Verify(b.call(), r.IdToken)
	if err != nil || !slices.Equal(said.Groups, []string{"first", "second", "late"}) || said.Claims["cognito:preferred_role"] != "arn:aws:iam::000000000000:role/first" {
		t.Errorf("%v (%v)", said.Claims, err)
	}
	if said, err = b.Verify(b.call(), r.AccessToken); err != nil || len(said.Groups) != 3 || said.Claims["cognito:roles"] != nil {
		t.Errorf("access: %v (%v)", said.Claims, err)
	}
}

func FuzzVerify(f *testing.F) {
	b := newBench(f)
	b.confirmed(f, "ana")
	r := b.signedIn(f, "ana")
	f.Add("")
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4L2V1LXdlc3QtM19BQUFBQUFBQUEifQ.AA")
	f.Fuzz(func(t *testing.T, token string) {
		said, err := b.Verify(b.call(), token)
		if err == nil && token != r.IdToken && token != r.AccessToken {
			t.Errorf("%q is taken for %+v", token, said)
		}
	})
}

func FuzzRefreshToken(f *testing.F) {
	b := newBench(f)
	b.confirmed(f, "ana")
	right := b.signedIn(f, "ana").RefreshToken
	f.Add("")
	f.Add(right[:60])
	f.Fuzz(func(t *testing.T, token string) {
		_, err := b.initiateAuth(t.Context(), b.call(), new(b.byRefresh(token)))
		if e, ok := errors.AsType[*aws.Error](err); err != nil && !ok || err == nil && token != right {
			t.Errorf("%q: %v (%v)", token, err, e)
		}
	})
}

func FuzzFilter(f *testing.F) {
	p := &pool{}
	ana := &user{Username: "ana", Sub: "1", Status: statusConfirmed, Attributes: map[string]string{"name": `a"b\`}}
	f.Add(`name = "a\"b\\"`)
	f.Add(`username ^= "a"`)
	f.Add(`"status"="Enabled"`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text)
		if err != nil {
			return
		}
		whole := got
		whole.prefix = true
		if got.selects(p, ana) && got.value != "" && !whole.selects(p, ana) {
			t.Errorf("%q selects whole values that do not begin with it", text)
		}
		if got.attribute == "" && strings.TrimSpace(text) != "" {
			t.Errorf("%q selects everybody", text)
		}
	})
}

func TestFilter(t *testing.T) {
	p := &pool{}
	ana := &user{Username: "ana", Sub: "s1", Status: statusConfirmed, Disabled: true, Attributes: map[string]string{"name": `a"b\`, "email": "ana@example.com"}}
	for text, want := range map[string]bool{
		"": true, "  ": true, `username = "ana"`: true, `username = "Ana"`: true, `username = "an"`: false, `username ^= "an"`: true,
		`"email" ^= "ANA@"`: true, `email="bea@example.com"`: false, `sub = "s1"`: true, `sub ^= "s"`: true, `name = "a\"b\\"`: true,
		`cognito:user_status = "confirmed"`: true, `cognito:user_status = "UNCONFIRMED"`: false, `status = "Disabled"`: true,
		`status = "Enabled"`: false, `phone_number ^= ""`: false,
	} {
		f, err := parseFilter(text)
		if err != nil || f.selects(p, ana) != want {
			t.Errorf("%q: %v (%v), want %v", text, !want, err, want)
		}
	}
	for _, bad := range []string{"x", `name`, `name = ana`, `name > "a"`, `custom:x = "1"`, `name = "a" and name = "b"`, `name = "a`, `password = "x"`} {
		if f, err := parseFilter(bad); err == nil {
			t.Errorf("%q is %+v", bad, f)
		}
	}
}
