package cognitoidp

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// signIn is one step of a sign-in.
type signIn struct {
	occasion
	cl    client
	admin bool
	given map[string]string // AuthParameters or ChallengeResponses
}

func (s *Service) initiateAuth(ctx context.Context, c *aws.Call, in *InitiateAuthInput) (*AuthOutput, error) {
	p, cl, err := s.open(in.ClientId)
	if err != nil {
		return nil, err
	}
	return s.begin(&signIn{occasion{ctx, c, &p, cl.ID, in.ClientMetadata}, cl, false, in.AuthParameters}, in.AuthFlow)
}

func (s *Service) adminInitiateAuth(ctx context.Context, c *aws.Call, in *AdminInitiateAuthInput) (*AuthOutput, error) {
	p, cl, err := s.openOwn(c, in.UserPoolId, in.ClientId)
	if err != nil {
		return nil, err
	}
	return s.begin(&signIn{occasion{ctx, c, &p, cl.ID, in.ClientMetadata}, cl, true, in.AuthParameters}, in.AuthFlow)
}

// begin takes the first step of a flow.
func (s *Service) begin(x *signIn, flow string) (*AuthOutput, error) {
	adminFlow := flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH"
	switch {
	case adminFlow && !x.admin, flow == "USER_PASSWORD_AUTH" && x.admin:
		return nil, errInvalid("Initiate Auth method not supported.")
	case adminFlow:
		if !x.cl.allows("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH") {
			return nil, errInvalid("Auth flow not enabled for this client")
		}
		return s.beginPassword(x)
	case flow == "USER_PASSWORD_AUTH":
		if !x.cl.allows("ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH") {
			return nil, errInvalid("USER_PASSWORD_AUTH flow not enabled for this client")
		}
		return s.beginPassword(x)
	case flow == "USER_SRP_AUTH":
		if !x.cl.allowsAlways("ALLOW_USER_SRP_AUTH") {
			return nil, errInvalid("USER_SRP_AUTH is not enabled for the client.")
		}
		return s.beginSRP(x)
	case flow == "CUSTOM_AUTH":
		return nil, errInvalid("Custom auth lambda trigger is not configured for the user pool.")
	case flow == "USER_AUTH":
		return nil, errInvalid("USER_AUTH flow not enabled for this client")
	case refreshFlow(flow):
		return s.beginRefresh(x)
	}
	return nil, errInvalid("Initiate Auth method not supported.")
}

// refreshFlow reports whether a flow renews tokens.
func refreshFlow(flow string) bool { return flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN" }

// parameter is one that a step cannot do without.
func (x *signIn) parameter(name string) (string, error) {
	v := x.given[name]
	if v == "" {
		return "", errInvalid("Missing required parameter %s", name)
	}
	return v, nil
}

// parameters are several of them.
func (x *signIn) parameters(names ...string) ([]string, error) {
	var values []string
	for _, name := range names {
		v, err := x.parameter(name)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// newcomer finds who wants to sign in. A user who does not exist gets an
// error, unless the client is discreet: then known is false.
func (s *Service) newcomer(x *signIn, name string) (u user, known bool, err error) {
	if err := x.cl.checkParameter(name, x.given["SECRET_HASH"]); err != nil {
		return user{}, false, err
	}
	u, known, err = s.peek(x.pool, name)
	switch {
	case err != nil:
		return user{}, false, err
	case !known && !x.cl.discreet():
		return user{}, false, errUserNotFound()
	case !known:
		u = user{Username: name}
		return u, false, s.preAuthentication(x.occasion, &u, true)
	case u.Disabled:
		return user{}, false, errDisabled()
	}
	return u, true, s.preAuthentication(x.occasion, &u, false)
}

// beginPassword signs in with the password itself.
func (s *Service) beginPassword(x *signIn) (*AuthOutput, error) {
	given, err := x.parameters("USERNAME", "PASSWORD")
	if err != nil {
		return nil, err
	}
	u, known, err := s.newcomer(x, given[0])
	if err != nil {
		return nil, err
	}
	if !known {
		s.verifier(x.pool, u.Username, given[1]) // takes the time that a user who exists takes
		return nil, errWrongPassword()
	}
	if err := s.checkOldPassword(x.call, x.pool, &u, given[1]); err != nil {
		return nil, err
	}
	return s.proven(x, &u)
}

// proven goes on with who has shown to know the password.
func (s *Service) proven(x *signIn, u *user) (*AuthOutput, error) {
	switch u.Status {
	case statusUnconfirmed:
		return nil, errNotConfirmed()
	case statusReset:
		return nil, errResetRequired()
	case statusForceChange:
		if !u.TemporaryUntil.IsZero() && !x.call.Time.Before(u.TemporaryUntil) {
			return nil, errTemporaryExpired()
		}
		return s.askNewPassword(x, u)
	}
	return s.welcome(x, u, "Authentication")
}

// askNewPassword challenges a user who signed in with a temporary password.
func (s *Service) askNewPassword(x *signIn, u *user) (*AuthOutput, error) {
	required := []string{}
	for _, a := range x.pool.Schema {
		if a.Required && a.Name != attrSub && u.Attributes[a.Name] == "" {
			required = append(required, attributePrefix+a.Name)
		}
	}
	missing, err := json.Marshal(required)
	if err != nil {
		return nil, err
	}
	attributes, err := json.Marshal(u.Attributes)
	if err != nil {
		return nil, err
	}
	session, err := s.challenge(x, challenge{Kind: newPasswordRequired, Username: u.Username})
	if err != nil {
		return nil, err
	}
	return &AuthOutput{
		ChallengeName: newPasswordRequired, Session: session,
		ChallengeParameters: map[string]string{
			"USER_ID_FOR_SRP": u.Username, "requiredAttributes": string(missing), "userAttributes": string(attributes),
		},
	}, nil
}

// welcome gives tokens to a user who signed in.
func (s *Service) welcome(x *signIn, u *user, source string) (*AuthOutput, error) {
	if err := s.postAuthentication(x.occasion, u); err != nil {
		return nil, err
	}
	result, err := s.issue(x, u, source)
	if err != nil {
		return nil, err
	}
	if err := s.active(x.call, x.pool, u); err != nil {
		return nil, err
	}
	return &AuthOutput{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

func (s *Service) respondToAuthChallenge(ctx context.Context, c *aws.Call, in *RespondToAuthChallengeInput) (*AuthOutput, error) {
	p, cl, err := s.open(in.ClientId)
	if err != nil {
		return nil, err
	}
	return s.respond(&signIn{occasion{ctx, c, &p, cl.ID, in.ClientMetadata}, cl, false, in.ChallengeResponses}, in.ChallengeName, in.Session)
}

func (s *Service) adminRespondToAuthChallenge(ctx context.Context, c *aws.Call, in *AdminRespondToAuthChallengeInput) (*AuthOutput, error) {
	p, cl, err := s.openOwn(c, in.UserPoolId, in.ClientId)
	if err != nil {
		return nil, err
	}
	return s.respond(&signIn{occasion{ctx, c, &p, cl.ID, in.ClientMetadata}, cl, true, in.ChallengeResponses}, in.ChallengeName, in.Session)
}

// respond takes a further step.
func (s *Service) respond(x *signIn, name, session string) (*AuthOutput, error) {
	switch name {
	case passwordVerifier:
		return s.verifySRP(x)
	case newPasswordRequired:
		return s.takeNewPassword(x, session)
	}
	return nil, errInvalid("Niebla does not pose the challenge %s, so that there is nothing to respond to.", name)
}

// attributePrefix is before the names of attributes among challenge responses.
const attributePrefix = "userAttributes."

// takeNewPassword is the response to askNewPassword.
func (s *Service) takeNewPassword(x *signIn, session string) (*AuthOutput, error) {
	given, err := x.parameters("USERNAME", "NEW_PASSWORD")
	if err != nil {
		return nil, err
	}
	if err := x.cl.checkParameter(given[0], x.given["SECRET_HASH"]); err != nil {
		return nil, err
	}
	k, err := s.peekChallenge(x, newPasswordRequired, session)
	if err != nil {
		return nil, err
	}
	u, known, err := s.peek(x.pool, given[0])
	if err != nil || !known || u.Username != k.Username {
		return nil, orError(err, errSession(""))
	}
	values, err := x.newAttributes(&u)
	if err != nil {
		return nil, err
	}
	if err := x.pool.checkPassword(given[1], usersChoice); err != nil {
		return nil, err
	}
	if err := u.fresh(x.pool, given[1]); err != nil {
		return nil, err
	}
	v := s.verifier(x.pool, u.Username, given[1])
	err = s.edit(x.pool, u.Username, func(tx *store.Tx, now *user) error {
		if err := s.useChallenge(tx, x, newPasswordRequired, session); err != nil {
			return err
		}
		now.setPassword(v)
		now.set(values)
		now.Status, now.Modified = statusConfirmed, x.call.Time
		u = *now
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.welcome(x, &u, "NewPasswordChallenge")
}

// newAttributes are those that a user gives along with a new password: what
// the pool requires and an administrator left out.
func (x *signIn) newAttributes(u *user) (map[string]string, error) {
	values := map[string]string{}
	for name, v := range x.given {
		if len(name) > len(attributePrefix) && name[:len(attributePrefix)] == attributePrefix {
			values[name[len(attributePrefix):]] = v
		}
	}
	if err := x.pool.admitAttributes(&x.cl, values); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(values) {
		if (name == attrEmail || name == attrPhone) && u.Attributes[name] != "" {
			return nil, errNotAuthorized("Cannot modify an already provided %s", name)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(x.pool.Schema), func(a SchemaAttributeType) bool {
		return !a.Required || a.Name == attrSub || u.Attributes[a.Name] != "" || values[a.Name] != ""
	})
	if len(missing) > 0 {
		return nil, errInvalid("Invalid attributes given, %s is missing", missing[0].Name)
	}
	return values, nil
}
