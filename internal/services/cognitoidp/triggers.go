package cognitoidp

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Triggers runs the functions that a pool's LambdaConfig names. It is lambda.
type Triggers interface {
	// Check says why a pool cannot call a function. It is asked when a trigger is configured.
	Check(ctx context.Context, c *aws.Call, function, pool aws.ARN) error
	// Invoke runs a function with an event and waits for what it answers, on
	// behalf of the pool: five seconds at most, and three times, as AWS does.
	// The call's scope is the pool's. A function that threw, crashed or took
	// too long is a *FunctionError.
	Invoke(ctx context.Context, c *aws.Call, function, pool aws.ARN, event []byte) ([]byte, error)
}

// FunctionError is what became of a function that gave no answer.
type FunctionError struct {
	Message string
	Crashed bool // it did not throw, but ended or took too long
}

func (e *FunctionError) Error() string { return e.Message }

// checkTriggers refuses triggers that we would not run, and functions that the
// pool cannot call.
func (s *Service) checkTriggers(ctx context.Context, c *aws.Call, p *pool) error {
	l := p.Settings.LambdaConfig
	if l == nil {
		return nil
	}
	for name, arn := range map[string]string{
		"UserMigration": l.UserMigration, "DefineAuthChallenge": l.DefineAuthChallenge,
		"CreateAuthChallenge": l.CreateAuthChallenge, "VerifyAuthChallengeResponse": l.VerifyAuthChallengeResponse,
	} {
		if arn != "" {
			return errAbsent("Niebla does not run the trigger %s yet", name)
		}
	}
	if err := l.settleTokenTrigger(); err != nil {
		return err
	}
	for _, arn := range []string{l.PreSignUp, l.PostConfirmation, l.PreAuthentication, l.PostAuthentication, l.PreTokenGeneration, l.CustomMessage} {
		if arn == "" {
			continue
		}
		if err := s.Triggers.Check(ctx, c, aws.ARN(arn), p.arn()); err != nil {
			return err
		}
	}
	return nil
}

// settleTokenTrigger keeps the two ways to name the token trigger in step.
func (l *LambdaConfigType) settleTokenTrigger() error {
	v := l.PreTokenGenerationConfig
	switch {
	case v == nil && l.PreTokenGeneration != "":
		l.PreTokenGenerationConfig = &PreTokenGenerationVersionConfigType{LambdaArn: l.PreTokenGeneration, LambdaVersion: "V1_0"}
	case v == nil:
	case v.LambdaVersion != "V1_0":
		return errAbsent("Niebla does not run version %s of the trigger PreTokenGeneration yet", v.LambdaVersion)
	case l.PreTokenGeneration != "" && l.PreTokenGeneration != v.LambdaArn:
		return errInvalid("PreTokenGeneration and PreTokenGenerationConfig must name the same function.")
	default:
		l.PreTokenGeneration = v.LambdaArn
	}
	return nil
}

// event is what a trigger is told.
type event struct {
	Version       string            `json:"version"`
	TriggerSource string            `json:"triggerSource"`
	Region        string            `json:"region"`
	UserPoolID    string            `json:"userPoolId"`
	UserName      string            `json:"userName"`
	CallerContext map[string]string `json:"callerContext"`
	Request       map[string]any    `json:"request"`
	Response      any               `json:"response"`
}

// told are the user's attributes as triggers see them.
func (u *user) told() map[string]string {
	values := maps.Clone(u.Attributes)
	if values == nil {
		values = map[string]string{}
	}
	values[attrSub], values["cognito:user_status"] = u.Sub, u.Status
	return values
}

// trigger runs a function, if one is configured, and reads the response that
// it puts into the event. response begins as what the event is sent with.
func (s *Service) trigger(o occasion, name, function, source string, u *user, request map[string]any, response any) error {
	if function == "" {
		return nil
	}
	if request["userAttributes"] == nil {
		request["userAttributes"] = u.told()
	}
	if o.meta != nil {
		request["clientMetadata"] = o.meta
	}
	sent, err := json.Marshal(event{
		Version: "1", TriggerSource: source, Region: string(o.pool.scope.Region), UserPoolID: o.pool.ID, UserName: u.Username,
		CallerContext: map[string]string{"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": o.client},
		Request:       request, Response: response,
	})
	if err != nil {
		return err
	}
	call := *o.call
	call.Scope = o.pool.scope // an unsigned call does not say where the pool is
	answer, err := s.Triggers.Invoke(o.ctx, &call, aws.ARN(function), o.pool.arn(), sent)
	if failed, ok := errors.AsType[*FunctionError](err); ok {
		if failed.Crashed {
			return errTriggerCrashed(name, failed.Message)
		}
		return errTrigger(name, failed.Message)
	}
	if err != nil {
		return err
	}
	var said struct {
		Request  json.RawMessage `json:"request"`
		Response json.RawMessage `json:"response"`
	}
	if json.Unmarshal(answer, &said) != nil || said.Request == nil || said.Response == nil || json.Unmarshal(said.Response, response) != nil {
		return errTriggerAnswer()
	}
	return nil
}

// lambda is the pool's configuration, which may be empty.
func (p *pool) lambda() LambdaConfigType {
	if p.Settings.LambdaConfig == nil {
		return LambdaConfigType{}
	}
	return *p.Settings.LambdaConfig
}

// signUpAnswer is what PreSignUp may decide.
type signUpAnswer struct {
	AutoConfirmUser bool `json:"autoConfirmUser"`
	AutoVerifyEmail bool `json:"autoVerifyEmail"`
	AutoVerifyPhone bool `json:"autoVerifyPhone"`
}

func (s *Service) preSignUp(o occasion, source string, u *user, validation []AttributeType) (a signUpAnswer, err error) {
	request := map[string]any{"userAttributes": u.Attributes}
	if len(validation) > 0 {
		request["validationData"] = valuesOf(validation)
	}
	err = s.trigger(o, "PreSignUp", o.pool.lambda().PreSignUp, "PreSignUp_"+source, u, request, &a)
	return a, err
}

func (s *Service) postConfirmation(o occasion, source string, u *user) error {
	return s.trigger(o, "PostConfirmation", o.pool.lambda().PostConfirmation, "PostConfirmation_"+source, u, map[string]any{}, &struct{}{})
}

func (s *Service) preAuthentication(o occasion, u *user, unknown bool) error {
	return s.trigger(o, "PreAuthentication", o.pool.lambda().PreAuthentication, "PreAuthentication_Authentication", u,
		map[string]any{"validationData": map[string]string{}, "userNotFound": unknown}, &struct{}{})
}

func (s *Service) postAuthentication(o occasion, u *user) error {
	return s.trigger(o, "PostAuthentication", o.pool.lambda().PostAuthentication, "PostAuthentication_Authentication", u,
		map[string]any{"newDeviceUsed": false}, &struct{}{})
}

// message is what CustomMessage may write.
type message struct {
	SMS     *string `json:"smsMessage"`
	Email   *string `json:"emailMessage"`
	Subject *string `json:"emailSubject"`
}

func (s *Service) customMessage(o occasion, u *user, source string) (m message, err error) {
	err = s.trigger(o, "CustomMessage", o.pool.lambda().CustomMessage, "CustomMessage_"+source, u,
		map[string]any{"codeParameter": "{####}", "usernameParameter": "{username}"}, &m)
	return m, err
}

// apply puts what the trigger wrote in place of the pool's own.
func (m message) apply(attribute, subject, body string) (string, string) {
	if attribute == attrPhone {
		if m.SMS != nil {
			body = *m.SMS
		}
		return subject, body
	}
	if m.Subject != nil {
		subject = *m.Subject
	}
	if m.Email != nil {
		body = *m.Email
	}
	return subject, body
}

// tokenAnswer is what PreTokenGeneration may change.
type tokenAnswer struct {
	Details *struct {
		Add      map[string]any `json:"claimsToAddOrOverride"`
		Suppress []string       `json:"claimsToSuppress"`
		Groups   *groupClaims   `json:"groupOverrideDetails"`
	} `json:"claimsOverrideDetails"`
}

// groupClaims are what tokens say of a user's groups.
type groupClaims struct {
	Groups    []string `json:"groupsToOverride"`
	Roles     []string `json:"iamRolesToOverride"`
	Preferred string   `json:"preferredRole,omitempty"`
}

func (s *Service) preTokenGeneration(o occasion, source string, u *user, g groupClaims) (a tokenAnswer, err error) {
	err = s.trigger(o, "PreTokenGeneration", o.pool.lambda().PreTokenGeneration, "TokenGeneration_"+source, u,
		map[string]any{"groupConfiguration": g}, &a)
	return a, err
}
