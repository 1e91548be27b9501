package stack

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// member is somebody who signed up, confirmed and signed in.
type member struct {
	id             string
	token, idToken string
}

var code = regexp.MustCompile(`\b\d{6}\b`)

func (c *cloud) signUp(t *testing.T, name string) member {
	t.Helper()
	idp := cognitoidentityprovider.NewFromConfig(c.cfg)
	client, address, password := aws.String(stack.outputs.ClientID), aws.String(name+"@biihlive.example"), aws.String("Secreto123")
	up, err := idp.SignUp(ctx(t), &cognitoidentityprovider.SignUpInput{
		ClientId: client, Username: address, Password: password,
		UserAttributes: []types.AttributeType{{Name: aws.String("email"), Value: address}, {Name: aws.String("nickname"), Value: &name}},
	})
	if err != nil {
		t.Fatal(err)
	}
	mails := c.mail(t, *address, "")
	if len(mails) != 1 {
		t.Fatalf("%d mails to %s", len(mails), *address)
	}
	if _, err := idp.ConfirmSignUp(ctx(t), &cognitoidentityprovider.ConfirmSignUpInput{
		ClientId: client, Username: address, ConfirmationCode: aws.String(code.FindString(mails[0])),
	}); err != nil {
		t.Fatal(err)
	}
	in, err := idp.InitiateAuth(ctx(t), &cognitoidentityprovider.InitiateAuthInput{
		ClientId: client, AuthFlow: types.AuthFlowTypeUserPasswordAuth, AuthParameters: map[string]string{"USERNAME": *address, "PASSWORD": *password},
	})
	if err != nil {
		t.Fatal(err)
	}
	return member{*up.UserSub, *in.AuthenticationResult.AccessToken, *in.AuthenticationResult.IdToken}
}

// keys are a member's keys to AWS itself.
func (c *cloud) keys(t *testing.T, m member) aws.Config {
	t.Helper()
	identities := cognitoidentity.NewFromConfig(c.cfg)
	logins := map[string]string{"cognito-idp." + stack.outputs.Region + ".amazonaws.com/" + stack.outputs.PoolID: m.idToken}
	id, err := identities.GetId(ctx(t), &cognitoidentity.GetIdInput{IdentityPoolId: &stack.outputs.IdentityPoolID, Logins: logins})
	if err != nil {
		t.Fatal(err)
	}
	out, err := identities.GetCredentialsForIdentity(ctx(t), &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: id.IdentityId, Logins: logins})
	if err != nil {
		t.Fatal(err)
	}
	return as(c.cfg, *out.Credentials.AccessKeyId, *out.Credentials.SecretKey, *out.Credentials.SessionToken)
}

// graphQL is an answer of the API.
type graphQL struct {
	status int
	Data   map[string]json.RawMessage
	Errors []struct {
		ErrorType, Message string
		Path               []any
	}
}

// query asks the API with a token, or without one with the API key.
func (c *cloud) query(t *testing.T, token, query string, variables map[string]any) (out graphQL) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		header.Set("Authorization", token)
	} else {
		header.Set("x-api-key", stack.outputs.APIKey)
	}
	res := c.do(t, http.MethodPost, stack.outputs.GraphQLURL, header, body)
	out.status = res.status
	if err := json.Unmarshal(res.body, &out); err != nil {
		t.Fatalf("%v: %d %s", err, res.status, res.body)
	}
	return out
}

// data is the value of a field that was answered without errors.
func (g graphQL) data(t *testing.T, field string, into any) {
	t.Helper()
	if g.status != http.StatusOK || len(g.Errors) > 0 {
		t.Fatalf("%d %+v", g.status, g.Errors)
	}
	if err := json.Unmarshal(g.Data[field], into); err != nil {
		t.Fatalf("%v: %s", err, g.Data[field])
	}
}
