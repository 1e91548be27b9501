package cognitoidp

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// answers makes a function put a response into its event.
func answers(response string) func([]byte) ([]byte, error) {
	return func(sent []byte) ([]byte, error) {
		e := map[string]json.RawMessage{}
		if err := json.Unmarshal(sent, &e); err != nil {
			return nil, err
		}
		e["response"] = json.RawMessage(response)
		return json.Marshal(e)
	}
}

func fails(err error) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) { return nil, err }
}

func triggered(p *CreateUserPoolInput, _ *CreateUserPoolClientInput) {
	p.LambdaConfig = &LambdaConfigType{
		PreSignUp: someFunction, PostConfirmation: someFunction, PreAuthentication: someFunction, PostAuthentication: someFunction,
		PreTokenGeneration: someFunction, CustomMessage: someFunction,
	}
}

func TestTriggers(t *testing.T) {
	b := newBench(t, triggered)
	f := b.functions
	in := SignUpInput{
		FromClient: b.from("ana"), Password: password, UserAttributes: []AttributeType{attribute(attrEmail, "ana@example.com")},
		ValidationData: []AttributeType{attribute("invitation", "7")},
	}
	in.ClientMetadata = map[string]string{"app": "web"}
	for _, c := range map[string]struct {
		answer     func([]byte) ([]byte, error)
		code, text string
	}{
		"threw":   {fails(&FunctionError{Message: "not invited"}), "UserLambdaValidationException", "PreSignUp failed with error not invited."},
		"crashed": {fails(&FunctionError{Message: "exit status 1", Crashed: true}), "UnexpectedLambdaException", "PreSignUp failed with error exit status 1."},
		"null":    {func([]byte) ([]byte, error) { return []byte("null"), nil }, "InvalidLambdaResponseException", "Unrecognizable lambda output"},
		"no JSON": {func([]byte) ([]byte, error) { return []byte("ok"), nil }, "InvalidLambdaResponseException", ""},
		"shape":   {answers(`{"autoConfirmUser":"yes"}`), "InvalidLambdaResponseException", ""},
		"phone":   {answers(`{"autoVerifyPhone":true}`), "InvalidLambdaResponseException", ""}, // there is none
	} {
		f.answers["PreSignUp_SignUp"] = c.answer
		refused(t, b, c.code, c.text, b.signUp, in)
		refused(t, b, "UserNotFoundException", "", b.adminGetUser, AdminGetUserInput{b.ref("ana")})
	}
	f.answers["PreSignUp_SignUp"] = fails(errors.New("disk"))
	if _, err := b.signUp(t.Context(), b.call(), &in); err == nil || err.Error() != "disk" {
		t.Errorf("an error of ours is %v", err)
	}

	// It may confirm, and then the other trigger is told.
	f.answers["PreSignUp_SignUp"], f.asked = answers(`{"autoConfirmUser":true,"autoVerifyEmail":true}`), nil
	if out := do(t, b, b.signUp, in); !out.UserConfirmed {
		t.Error("the user is not confirmed")
	}
	if len(f.asked) != 2 {
		t.Fatalf("%d functions were asked", len(f.asked))
	}
	for i, parts := range [][]string{
		{`"triggerSource":"PreSignUp_SignUp"`, `"userName":"ana"`, `"validationData":{"invitation":"7"}`, `"clientMetadata":{"app":"web"}`, `"userPoolId":"` + b.pool, `"clientId":"` + b.client, `"region":"eu-west-3"`},
		{`"triggerSource":"PostConfirmation_ConfirmSignUp"`, `"cognito:user_status":"CONFIRMED"`, `"email_verified":"true"`},
	} {
		for _, part := range parts {
			if !strings.Contains(string(f.asked[i]), part) {
				t.Errorf("the event %s lacks %s", f.asked[i], part)
			}
		}
	}

	// Claims are for it to change, but not who somebody is.
	f.answers["TokenGeneration_Authentication"] = answers(`{"claimsOverrideDetails":{"claimsToAddOrOverride":{"plan":"gold","sub":"eve","aud":"x"},"claimsToSuppress":["email","iss"],"groupOverrideDetails":{"groupsToOverride":["g"]}}}`)
	said, err := b.Verify(b.call(), b.signedIn(t, "ana").IdToken)
	if err != nil || said.Claims["plan"] != "gold" || said.Subject == "eve" || said.Client != b.client || said.Claims["email"] != nil || len(said.Groups) != 1 {
		t.Errorf("the token says %v (%v)", said.Claims, err)
	}
	f.answers["PreAuthentication_Authentication"] = fails(&FunctionError{Message: "closed on Sundays"})
	refused(t, b, "UserLambdaValidationException", "PreAuthentication failed with error closed on Sundays.", b.initiateAuth, b.byPassword("ana", password))
	delete(f.answers, "PreAuthentication_Authentication")
	f.answers["PostAuthentication_Authentication"] = fails(&FunctionError{Message: "full"})
	refused(t, b, "UserLambdaValidationException", "PostAuthentication failed with error full.", b.initiateAuth, b.byPassword("ana", password))

	f.answers["CustomMessage_ForgotPassword"] = answers(`{"emailSubject":"Hola {username}","emailMessage":"Tu código: {####}"}`)
	do(t, b, b.forgotPassword, ForgotPasswordInput{b.from("ana")})
	if list, err := b.box.List("ana@example.com", 1); err != nil || list[0].Subject != "Hola ana" || list[0].Body != "Tu código: "+b.code(t, "ana") {
		t.Errorf("the mail is %+v (%v)", list, err)
	}
}

// TestTriggersAreChecked holds that what could not be called is refused when it
// is configured, and not when somebody signs up.
func TestTriggersAreChecked(t *testing.T) {
	b := newBench(t)
	update := func(l LambdaConfigType) UpdateUserPoolInput {
		return UpdateUserPoolInput{UserPoolRef: UserPoolRef{b.pool}, PoolSettings: PoolSettings{LambdaConfig: &l}}
	}
	refused(t, b, "ResourceNotFoundException", "", b.updateUserPool, update(LambdaConfigType{PostConfirmation: someFunction + "else"}))
	refused(t, b, "NotImplemented", "", b.updateUserPool, update(LambdaConfigType{DefineAuthChallenge: someFunction}))
	refused(t, b, "NotImplemented", "", b.updateUserPool, update(LambdaConfigType{PreTokenGenerationConfig: &PreTokenGenerationVersionConfigType{someFunction, "V2_0"}}))
	do(t, b, b.updateUserPool, update(LambdaConfigType{PreTokenGenerationConfig: &PreTokenGenerationVersionConfigType{someFunction, "V1_0"}}))
	got := do(t, b, b.describeUserPool, DescribeUserPoolInput{UserPoolRef{b.pool}}).UserPool.LambdaConfig
	if got.PreTokenGeneration != someFunction {
		t.Errorf("the configuration is %+v", got)
	}
}
