package cognitoidp

import (
	"testing"
	"time"
)

func TestCodes(t *testing.T) {
	b := newBench(t)
	b.signedUp(t, "ana")
	confirm := func(code string) ConfirmSignUpInput {
		return ConfirmSignUpInput{FromClient: b.from("ana"), ConfirmationCode: code}
	}
	forgot := func(code string) ConfirmForgotPasswordInput {
		return ConfirmForgotPasswordInput{FromClient: b.from("ana"), ConfirmationCode: code, Password: password}
	}
	old := b.code(t, "ana")
	refused(t, b, "ExpiredCodeException", "", b.confirmForgotPassword, forgot(old)) // it is for signing up
	b.now = b.now.Add(codeLife)
	refused(t, b, "ExpiredCodeException", "", b.confirmSignUp, confirm(old))
	do(t, b, b.resendConfirmationCode, ResendConfirmationCodeInput{b.from("ana")})
	code := b.code(t, "ana")
	if old != code {
		refused(t, b, "CodeMismatchException", "", b.confirmSignUp, confirm(old))
	}
	do(t, b, b.confirmSignUp, confirm(code))
	refused(t, b, "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED", b.confirmSignUp, confirm(code))

	// Guessing ends, also for the right code, until an hour is over.
	do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("ana")})
	code = b.code(t, "ana")
	for range maxWrong {
		refused(t, b, "CodeMismatchException", "", b.confirmForgotPassword, forgot("x"))
	}
	refused(t, b, "LimitExceededException", "", b.confirmForgotPassword, forgot(code))
	do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("ana")}) // a new code is no new beginning
	refused(t, b, "LimitExceededException", "", b.confirmForgotPassword, forgot(b.code(t, "ana")))
	b.now = b.now.Add(codePeriod)
	do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("ana")})
	code = b.code(t, "ana")
	do(t, b, b.confirmForgotPassword, forgot(code))
	refused(t, b, "ExpiredCodeException", "", b.confirmForgotPassword, forgot(code)) // it was used

	// Neither are codes sent without end.
	b.now = b.now.Add(codePeriod)
	for range maxSent {
		do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("ana")})
	}
	refused(t, b, "LimitExceededException", "Attempt limit exceeded, please try after some time.", b.forgotPassword, ForgotPasswordInput{b.from("ana")})
	b.now = b.now.Add(forgotLife)
	refused(t, b, "ExpiredCodeException", "", b.confirmForgotPassword, forgot(b.code(t, "ana")))
}

// TestNewAddress holds that an address is verified only by a code that went to it.
func TestNewAddress(t *testing.T) {
	for _, keep := range []bool{false, true} {
		b := newBench(t, func(p *CreateUserPoolInput, _ *CreateUserPoolClientInput) {
			if keep {
				p.UserAttributeUpdateSettings = &UserAttributeUpdateSettingsType{AttributesRequireVerificationBeforeUpdate: []string{attrEmail}}
			}
		})
		b.confirmed(t, "ana")
		me := Bearer{b.signedIn(t, "ana").AccessToken}
		email := func() (value, verified string) {
			for _, a := range do(t, b, b.getUser, GetUserInput{me}).UserAttributes {
				switch a.Name {
				case attrEmail:
					value = *a.Value
				case verifiedFlag(attrEmail):
					verified = *a.Value
				}
			}
			return value, verified
		}
		refused(t, b, "NotAuthorizedException", "A client attempted to write unauthorized attribute", b.updateUserAttributes,
			UpdateUserAttributesInput{Bearer: me, UserAttributes: []AttributeType{attribute(verifiedFlag(attrEmail), "true")}})
		do(t, b, b.updateUserAttributes, UpdateUserAttributesInput{Bearer: me, UserAttributes: []AttributeType{attribute(attrEmail, "new@example.com")}})
		value, verified := email()
		if keep && (value != "ana@example.com" || verified != "true") || !keep && (value != "new@example.com" || verified != "false") {
			t.Errorf("the address is %s, verified: %s", value, verified)
		}
		do(t, b, b.verifyUserAttribute, VerifyUserAttributeInput{Bearer: me, AttributeName: attrEmail, Code: b.code(t, "new")})
		if value, verified := email(); value != "new@example.com" || verified != "true" {
			t.Errorf("after the code the address is %s, verified: %s", value, verified)
		}
	}
}

// TestChangedBehindACode holds that a code is good only for the address that it
// went to.
func TestChangedBehindACode(t *testing.T) {
	b := newBench(t)
	b.signedUp(t, "ana")
	code := b.code(t, "ana")
	do(t, b, b.adminUpdateUserAttributes, AdminUpdateUserAttributesInput{UserRef: b.ref("ana"), UserAttributes: []AttributeType{attribute(attrEmail, "eve@example.com")}})
	refused(t, b, "ExpiredCodeException", "", b.confirmSignUp, ConfirmSignUpInput{FromClient: b.from("ana"), ConfirmationCode: code})
}

func TestAliases(t *testing.T) {
	b := newBench(t, func(p *CreateUserPoolInput, _ *CreateUserPoolClientInput) {
		p.AliasAttributes = []string{attrEmail, attrPreferredName}
	})
	shared := []AttributeType{attribute(attrEmail, "ana@example.com")}
	signUp := func(name string) {
		do(t, b, b.signUp, SignUpInput{FromClient: b.from(name), Password: password, UserAttributes: shared})
	}
	signUp("ana")
	refused(t, b, "UserNotFoundException", "", b.initiateAuth, b.byPassword("ana@example.com", password)) // not verified yet
	first := b.code(t, "ana")
	signUp("bea") // both may claim it until one shows it
	second := b.code(t, "ana")
	do(t, b, b.confirmSignUp, ConfirmSignUpInput{FromClient: b.from("ana"), ConfirmationCode: first})
	who := func(alias string) string {
		t.Helper()
		said, err := b.Verify(b.call(), b.signedIn(t, alias).AccessToken)
		if err != nil {
			t.Fatal(err)
		}
		return said.Username
	}
	if got := who("ANA@example.com"); got != "ana" {
		t.Errorf("the alias leads to %s", got)
	}
	in := ConfirmSignUpInput{FromClient: b.from("bea"), ConfirmationCode: second}
	refused(t, b, "AliasExistsException", "An account with the email already exists.", b.confirmSignUp, in)
	in.ForceAliasCreation = true
	do(t, b, b.confirmSignUp, in)
	if got := who("ana@example.com"); got != "bea" {
		t.Errorf("the alias leads to %s", got)
	}
	do(t, b, b.adminUpdateUserAttributes, AdminUpdateUserAttributesInput{UserRef: b.ref("bea"), UserAttributes: []AttributeType{attribute(attrEmail, "bea@example.com"), attribute(verifiedFlag(attrEmail), "true")}})
	refused(t, b, "UserNotFoundException", "", b.initiateAuth, b.byPassword("ana@example.com", password))
	if got := who("bea@example.com"); got != "bea" {
		t.Errorf("the new alias leads to %s", got)
	}
	refused(t, b, "InvalidParameterException", "Username cannot be of email format, since user pool is configured for email alias.", b.signUp,
		SignUpInput{FromClient: b.from("x@example.com"), Password: password})
	do(t, b, b.adminDeleteUser, AdminDeleteUserInput{b.ref("bea@example.com")})
	refused(t, b, "UserNotFoundException", "", b.adminGetUser, AdminGetUserInput{b.ref("bea")})
	refused(t, b, "UserNotFoundException", "", b.adminGetUser, AdminGetUserInput{b.ref("bea@example.com")})
}

// TestNames is a pool where names are addresses.
func TestNames(t *testing.T) {
	b := newBench(t, func(p *CreateUserPoolInput, _ *CreateUserPoolClientInput) { p.UsernameAttributes = []string{attrEmail} })
	refused(t, b, "InvalidParameterException", "Username should be an email.", b.signUp, SignUpInput{FromClient: b.from("ana"), Password: password})
	in := SignUpInput{FromClient: b.from("ana@example.com"), Password: password}
	sub := do(t, b, b.signUp, in).UserSub
	refused(t, b, "UsernameExistsException", "An account with the given email already exists.", b.signUp, in)
	in.Username = "Ana@Example.com"
	refused(t, b, "UsernameExistsException", "An account with the given email already exists.", b.signUp, in)
	do(t, b, b.confirmSignUp, ConfirmSignUpInput{FromClient: in.FromClient, ConfirmationCode: b.code(t, "ana")})
	said, err := b.Verify(b.call(), b.signedIn(t, "ANA@example.com").AccessToken)
	if err != nil || said.Username != sub || said.Subject != sub {
		t.Errorf("signed in as %+v (%v)", said, err)
	}
	h := b.beginSRP(t, "ana@example.com")
	if h.params["USER_ID_FOR_SRP"] != sub {
		t.Errorf("the password is bound to %s, want %s", h.params["USER_ID_FOR_SRP"], sub)
	}
	do(t, b, b.respondToAuthChallenge, h.answer(t, b, password))
	b.now = b.now.Add(time.Hour)
}
