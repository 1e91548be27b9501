package aws

import "time"

// SessionRequest asks for temporary credentials of a role on behalf of an
// identity that another service has vouched for.
type SessionRequest struct {
	Role      ARN
	Name      string // RoleSessionName
	Duration  time.Duration
	Policies  []string            // JSON of session policies, all of which must allow what the session does
	Keys      map[string][]string // condition keys, for the trust policy and for the session
	Tags      map[string]string   // session tags, which the trust policy must let in too (sts:TagSession)
	Federated string              // the provider that the trust policy must name: "cognito-identity.amazonaws.com"
	Service   string              // or the service that it must name: "lambda.amazonaws.com"
}

// Session is temporary credentials.
type Session struct {
	AccessKey string // ASIA…
	Secret    string
	Token     string // to be sent along with every request
	Expires   time.Time
	Role      ARN
	ARN       ARN    // of the session: arn:aws:sts::A:assumed-role/R/S
	ID        string // AROA…:session
}

// Role is what assuming a role takes to know of it.
type Role struct {
	ARN        ARN
	ID         string // AROA…
	Trust      string // JSON of the trust policy
	MaxSession time.Duration
}

// WebIdentity is what the verified token of an identity provider says.
type WebIdentity struct {
	Provider string // as trust policies name it: "cognito-identity.amazonaws.com"
	Subject  string
	Audience string
	Keys     map[string][]string // condition keys: "cognito-identity.amazonaws.com:sub"
}
