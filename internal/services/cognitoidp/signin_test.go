package cognitoidp

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/srp"
)

// handshake is a client's side of a sign-in by SRP.
type handshake struct {
	client srp.Client
	params map[string]string
}

func (b *bench) srp(name string, c srp.Client) InitiateAuthInput {
	return InitiateAuthInput{AuthFlow: "USER_SRP_AUTH", ClientId: b.client, AuthParameters: map[string]string{"USERNAME": name, "SRP_A": srp.FormatNumber(c.A)}}
}

func (b *bench) beginSRP(t testing.TB, name string) handshake {
	t.Helper()
	h := handshake{client: srp.NewClient(b.IDs.Bytes(128))}
	out := do(t, b, b.initiateAuth, b.srp(name, h.client))
	if out.ChallengeName != passwordVerifier {
		t.Fatalf("challenged with %q", out.ChallengeName)
	}
	h.params = out.ChallengeParameters
	return h
}

// answer is the response of somebody who has a password.
func (h handshake) answer(t testing.TB, b *bench, password string) RespondToAuthChallengeInput {
	t.Helper()
	salt, _ := srp.ParseNumber(h.params["SALT"])
	server, _ := srp.ParseNumber(h.params["SRP_B"])
	block, err := base64.StdEncoding.DecodeString(h.params["SECRET_BLOCK"])
	if err != nil {
		t.Fatal(err)
	}
	who := srp.User{Pool: b.pool[len("eu-west-3_"):], ID: h.params["USER_ID_FOR_SRP"]}
	key, err := h.client.Key(who, password, salt.Bytes(), server)
	if err != nil {
		t.Fatal(err)
	}
	stamp := b.now.Format(timestampLayout)
	return RespondToAuthChallengeInput{ChallengeName: passwordVerifier, ClientId: b.client, ChallengeResponses: map[string]string{
		"USERNAME": h.params["USERNAME"], "TIMESTAMP": stamp, "PASSWORD_CLAIM_SECRET_BLOCK": h.params["SECRET_BLOCK"],
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(srp.Signature(key, who, block, stamp)),
	}}
}

func TestSRP(t *testing.T) {
	b := newBench(t)
	sub := b.confirmed(t, "ana")
	h := b.beginSRP(t, "ana")
	right := h.answer(t, b, password)
	out := do(t, b, b.respondToAuthChallenge, right)
	said, err := b.Verify(b.call(), out.AuthenticationResult.IdToken)
	if err != nil || said.Subject != sub || said.Username != "ana" || said.Client != b.client {
		t.Errorf("signed in as %+v (%v)", said, err)
	}
	// The same proof is good once, and a wrong one not at all.
	refused(t, b, "NotAuthorizedException", "Invalid session for the user, session can only be used once.", b.respondToAuthChallenge, right)
	wrong := b.beginSRP(t, "ana")
	refused(t, b, "NotAuthorizedException", "Incorrect username or password.", b.respondToAuthChallenge, wrong.answer(t, b, "another"))
	refused(t, b, "NotAuthorizedException", "Invalid session for the user, session can only be used once.", b.respondToAuthChallenge, wrong.answer(t, b, password))
	for _, change := range []struct{ name, value, code string }{
		{"PASSWORD_CLAIM_SIGNATURE", "", "InvalidParameterException"},
		{"PASSWORD_CLAIM_SIGNATURE", "!", "NotAuthorizedException"},
		{"PASSWORD_CLAIM_SECRET_BLOCK", "AAAA", "NotAuthorizedException"},
		{"TIMESTAMP", "2026-11-22", "InvalidParameterException"},
		{"TIMESTAMP", "Sun Nov 22 09:00:00 UTC 2026", "NotAuthorizedException"},
		{"USERNAME", "bea", "NotAuthorizedException"},
	} {
		in := b.beginSRP(t, "ana").answer(t, b, password)
		in.ChallengeResponses[change.name] = change.value
		refused(t, b, change.code, "", b.respondToAuthChallenge, in)
	}
	// With a multiple of N (srp: TestDegenerateA) the key would be known without a password.
	for _, a := range []string{"0", "", "xyz", "-1"} {
		in := b.srp("ana", srp.NewClient(b.IDs.Bytes(128)))
		in.AuthParameters["SRP_A"] = a
		refused(t, b, "InvalidParameterException", "", b.initiateAuth, in)
	}
	late := b.beginSRP(t, "ana")
	b.now = b.now.Add(3 * time.Minute)
	refused(t, b, "NotAuthorizedException", "Invalid session for the user, session is expired.", b.respondToAuthChallenge, late.answer(t, b, password))
}

func TestLockOut(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	wrong := func() error {
		_, err := b.initiateAuth(t.Context(), b.call(), new(b.byPassword("ana", "wrong")))
		return err
	}
	said := func(want string) {
		t.Helper()
		err := wrong()
		if e, ok := errors.AsType[*aws.Error](err); !ok || e.Message != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	const incorrect, locked = "Incorrect username or password.", "Password attempts exceeded"
	for range freeFailures {
		said(incorrect)
	}
	lock := time.Second
	for range 12 {
		said(locked)
		refused(t, b, "NotAuthorizedException", locked, b.initiateAuth, b.byPassword("ana", password)) // nor by the right one
		refused(t, b, "NotAuthorizedException", locked, b.respondToAuthChallenge, b.beginSRP(t, "ana").answer(t, b, password))
		b.now = b.now.Add(lock - time.Millisecond)
		said(locked)
		b.now = b.now.Add(time.Millisecond)
		said(incorrect)
		lock = min(2*lock, longestLock)
	}
	b.now = b.now.Add(lock)
	b.signedIn(t, "ana") // and that makes up for it
	for range freeFailures {
		said(incorrect)
	}
	said(locked)
	do(t, b, b.adminSetUserPassword, AdminSetUserPasswordInput{UserRef: b.ref("ana"), Password: password, Permanent: true})
	b.signedIn(t, "ana")
}

func TestUnknownUsers(t *testing.T) {
	b := newBench(t, discreet)
	b.confirmed(t, "ana")
	refused(t, b, "NotAuthorizedException", "Incorrect username or password.", b.initiateAuth, b.byPassword("ana", "wrong"))
	refused(t, b, "NotAuthorizedException", "Incorrect username or password.", b.initiateAuth, b.byPassword("bea", "wrong"))
	for range freeFailures { // one who does not exist is not locked out either way: nothing is stored of them
		refused(t, b, "NotAuthorizedException", "Incorrect username or password.", b.initiateAuth, b.byPassword("bea", "wrong"))
	}

	// SRP poses the same challenge each time, and whoever answers it is wrong.
	ana, bea, again := b.beginSRP(t, "ana"), b.beginSRP(t, "bea"), b.beginSRP(t, "Bea")
	if bea.params["SALT"] != again.params["SALT"] || bea.params["SRP_B"] == again.params["SRP_B"] {
		t.Errorf("somebody unknown has the salts %s and %s", bea.params["SALT"], again.params["SALT"])
	}
	for name := range ana.params {
		if bea.params[name] == "" {
			t.Errorf("the challenge of somebody unknown has no %s", name)
		}
	}
	if n := len(bea.params["SALT"]) - len(ana.params["SALT"]); n < -8 || n > 8 {
		t.Errorf("salts are %s and %s", ana.params["SALT"], bea.params["SALT"])
	}
	refused(t, b, "NotAuthorizedException", "Incorrect username or password.", b.respondToAuthChallenge, bea.answer(t, b, password))
	refused(t, b, "NotAuthorizedException", "Invalid session for the user, session can only be used once.", b.respondToAuthChallenge, bea.answer(t, b, password))

	sent := do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("bea")}).CodeDeliveryDetails
	if same := do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("bea")}).CodeDeliveryDetails; *sent != *same || sent.DeliveryMedium != "EMAIL" {
		t.Errorf("a code went to %+v, then to %+v", sent, same)
	}
	if list, err := b.box.List("", 9); err != nil || len(list) != 1 {
		t.Errorf("%d mails (%v)", len(list), err)
	}
	do(t, b, b.resendConfirmationCode, ResendConfirmationCodeInput{b.from("bea")})
	for _, name := range []string{"ana", "bea"} {
		refused(t, b, "ExpiredCodeException", "", b.confirmForgotPassword, ConfirmForgotPasswordInput{FromClient: b.from(name), ConfirmationCode: "123456", Password: password})
	}
	refused(t, b, "ExpiredCodeException", "", b.confirmSignUp, ConfirmSignUpInput{FromClient: b.from("bea"), ConfirmationCode: "123456"})

	open := newBench(t)
	refused(t, open, "UserNotFoundException", "User does not exist.", open.initiateAuth, open.byPassword("bea", "wrong"))
	refused(t, open, "UserNotFoundException", "User does not exist.", open.initiateAuth, open.srp("bea", srp.NewClient([]byte{9})))
	refused(t, open, "UserNotFoundException", "Username/client id combination not found.", open.forgotPassword, ForgotPasswordInput{open.from("bea")})
}

// TestRevocation holds that tokens end when what they come from ends.
func TestRevocation(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, b *bench, r *AuthenticationResultType){
		"signing out": func(t *testing.T, b *bench, r *AuthenticationResultType) {
			do(t, b, b.globalSignOut, GlobalSignOutInput{Bearer{r.AccessToken}})
		},
		"being signed out": func(t *testing.T, b *bench, r *AuthenticationResultType) {
			do(t, b, b.adminUserGlobalSignOut, AdminUserGlobalSignOutInput{b.ref("ana")})
		},
		"revoking": func(t *testing.T, b *bench, r *AuthenticationResultType) {
			do(t, b, b.revokeToken, RevokeTokenInput{ClientId: b.client, Token: r.RefreshToken})
			do(t, b, b.revokeToken, RevokeTokenInput{ClientId: b.client, Token: r.RefreshToken})
		},
		"disabling": func(t *testing.T, b *bench, r *AuthenticationResultType) {
			do(t, b, b.adminDisableUser, AdminDisableUserInput{b.ref("ana")})
			refused(t, b, "NotAuthorizedException", "User is disabled.", b.initiateAuth, b.byPassword("ana", password))
			do(t, b, b.adminEnableUser, AdminEnableUserInput{b.ref("ana")})
		},
		"deleting": func(t *testing.T, b *bench, r *AuthenticationResultType) {
			do(t, b, b.deleteUser, DeleteUserInput{Bearer{r.AccessToken}})
			b.confirmed(t, "ana") // somebody else of that name
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.confirmed(t, "ana")
			r := b.signedIn(t, "ana")
			do(t, b, b.getUser, GetUserInput{Bearer{r.AccessToken}})
			do(t, b, b.initiateAuth, b.byRefresh(r.RefreshToken))
			end(t, b, r)
			code := "NotAuthorizedException"
			if name == "deleting" {
				code = "UserNotFoundException"
			}
			refused(t, b, code, "", b.getUser, GetUserInput{Bearer{r.AccessToken}})
			refused(t, b, "NotAuthorizedException", "", b.initiateAuth, b.byRefresh(r.RefreshToken))
			refused(t, b, "NotAuthorizedException", "", b.getTokensFromRefreshToken, GetTokensFromRefreshTokenInput{ClientId: b.client, RefreshToken: r.RefreshToken})
			checked := []Audience{{Provider: "cognito-idp.eu-west-3.amazonaws.com/" + b.pool, Client: b.client, Check: true}}
			if _, err := b.Login(b.call(), checked, checked[0].Provider, r.IdToken); err == nil {
				t.Error("an identity pool that asks takes the token")
			}
			checked[0].Check = false
			if _, err := b.Login(b.call(), checked, checked[0].Provider, r.IdToken); err != nil {
				t.Errorf("an identity pool that does not ask: %v", err)
			}
		})
	}
}

// TestRotation holds that a refresh token that was replaced is good in its
// grace only, and that rotation needs the operation made for it.
func TestRotation(t *testing.T) {
	grace := int32(30)
	b := newBench(t, func(_ *CreateUserPoolInput, cl *CreateUserPoolClientInput) {
		cl.ExplicitAuthFlows = []string{"ALLOW_USER_PASSWORD_AUTH"}
		cl.RefreshTokenRotation = &RefreshTokenRotationType{Feature: "ENABLED", RetryGracePeriodSeconds: &grace}
	})
	b.confirmed(t, "ana")
	first := b.signedIn(t, "ana").RefreshToken
	refused(t, b, "InvalidParameterException", "", b.initiateAuth, b.byRefresh(first))
	by := func(token string) GetTokensFromRefreshTokenInput {
		return GetTokensFromRefreshTokenInput{ClientId: b.client, RefreshToken: token}
	}
	second := do(t, b, b.getTokensFromRefreshToken, by(first)).AuthenticationResult.RefreshToken
	third := do(t, b, b.getTokensFromRefreshToken, by(first)).AuthenticationResult.RefreshToken // the answer was lost
	if second == first || third == second {
		t.Error("a refresh token was not replaced")
	}
	b.now = b.now.Add(time.Duration(grace) * time.Second)
	refused(t, b, "RefreshTokenReuseException", "", b.getTokensFromRefreshToken, by(first))
	fourth := do(t, b, b.getTokensFromRefreshToken, by(third)).AuthenticationResult
	if fourth.AccessToken == "" || fourth.RefreshToken == third {
		t.Errorf("answer = %+v", fourth)
	}
}

func TestTemporaryPassword(t *testing.T) {
	b := newBench(t)
	do(t, b, b.adminCreateUser, AdminCreateUserInput{UserRef: b.ref("ana"), TemporaryPassword: "T3mporary!"})
	out := do(t, b, b.initiateAuth, b.byPassword("ana", "T3mporary!"))
	if out.ChallengeName != newPasswordRequired || out.AuthenticationResult != nil {
		t.Fatalf("answer = %+v", out)
	}
	in := RespondToAuthChallengeInput{
		ChallengeName: newPasswordRequired, ClientId: b.client, Session: out.Session,
		ChallengeResponses: map[string]string{"USERNAME": "ana", "NEW_PASSWORD": "short"},
	}
	refused(t, b, "InvalidPasswordException", "", b.respondToAuthChallenge, in)
	in.ChallengeResponses["NEW_PASSWORD"] = password
	do(t, b, b.respondToAuthChallenge, in)
	refused(t, b, "NotAuthorizedException", "", b.respondToAuthChallenge, in)
	b.signedIn(t, "ana")

	do(t, b, b.adminSetUserPassword, AdminSetUserPasswordInput{UserRef: b.ref("ana"), Password: "T3mporary!"})
	b.now = b.now.AddDate(0, 0, standardTemporaryDays)
	refused(t, b, "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.", b.initiateAuth, b.byPassword("ana", "T3mporary!"))
}

// BenchmarkSignIn is what one sign-in by password takes.
func BenchmarkSignIn(b *testing.B) {
	at := newBench(b)
	at.confirmed(b, "ana")
	at.signedIn(b, "ana") // makes the keys
	for b.Loop() {
		at.signedIn(b, "ana")
	}
}
