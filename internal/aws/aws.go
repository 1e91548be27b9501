// Package aws holds the vocabulary every other package speaks: accounts,
// regions, ARNs, who is calling, and the one error type that reaches a client.
// It imports only the standard library.
//
// Invariants:
//   - An error that is not an *Error never reaches a client (gateway: TestInternalErrorsStayInside).
//   - Equal bytes of randomness give equal identifiers (TestIDsAreDeterministic).
package aws

import (
	"strings"
	"time"
)

// AccountID is a twelve-digit AWS account number.
type AccountID string

// Region is an AWS region name such as "eu-west-3".
type Region string

// Scope is the tenant a piece of state belongs to. Global state (bucket names,
// access keys, IAM) leaves Region, or both fields, empty.
type Scope struct {
	Account AccountID
	Region  Region
}

// Global is the scope of state that belongs to an account but to no region.
func (s Scope) Global() Scope { return Scope{Account: s.Account} }

// ARN is a full Amazon Resource Name.
type ARN string

// MakeARN builds the ARN of a resource in a scope: MakeARN("kms", s, "key/1").
func MakeARN(service string, s Scope, resource string) ARN {
	return ARN("arn:aws:" + service + ":" + string(s.Region) + ":" + string(s.Account) + ":" + resource)
}

// ARNParts are the six fields of an ARN, less the leading "arn".
type ARNParts struct {
	Partition, Service string
	Scope
	Resource string
}

// Parse splits the ARN; ok is false when it does not have six fields.
func (a ARN) Parse() (p ARNParts, ok bool) {
	f := strings.SplitN(string(a), ":", 6)
	if len(f) != 6 || f[0] != "arn" {
		return ARNParts{}, false
	}
	return ARNParts{f[1], f[2], Scope{AccountID(f[4]), Region(f[3])}, f[5]}, true
}

// Resource returns the part of the ARN after the account, or "".
func (a ARN) Resource() string {
	p, _ := a.Parse()
	return p.Resource
}

// PrincipalKind says what sort of identity is calling.
type PrincipalKind int

// The kinds of principal.
const (
	Anonymous        PrincipalKind = iota // no signature
	Root                                  // the account's root key pair
	User                                  // an IAM user
	AssumedRole                           // temporary credentials of a role
	ServicePrincipal                      // one of our own services acting for an account
	Federated                             // an identity that a provider vouches for, about to assume a role; Name is the provider
)

// Principal is who is calling.
type Principal struct {
	Kind    PrincipalKind
	Account AccountID
	ARN     ARN    // arn:aws:iam::A:user/n, arn:aws:sts::A:assumed-role/R/S, arn:aws:iam::A:root
	ID      string // aws:userid: AIDA…, AROA…:session, or the account
	Name    string // user name, or the service's host name ("lambda.amazonaws.com")

	AccessKey string // the key id that signed, "" when anonymous

	// Of a role session:
	Role            ARN                 // the role's own ARN
	SessionName     string              // RoleSessionName
	SessionPolicies []string            // JSON of the session policies, all of which must allow
	Keys            map[string][]string // condition keys the session carries, e.g. "cognito-identity.amazonaws.com:sub"
	Issued          time.Time
	Expires         time.Time
}

// Call is everything known about a request before its input is decoded.
// It is passed explicitly: a handler's dependencies are its parameters.
type Call struct {
	Scope // the account and region the request acts in

	RequestID string
	Service   string // "kms"
	Operation string // "Encrypt"
	Time      time.Time
	Principal *Principal // never nil; Kind Anonymous when unsigned

	SourceIP  string
	UserAgent string
	Referer   string
	TLS       bool
	Host      string // host:port that the client used to reach us
	Presigned bool   // authenticated by query parameters

	// Ignored lists input members the client sent and the operation does not
	// model. The gateway reports them; strict mode refuses them.
	Ignored []string
}

// Origin is scheme://host:port as the client reached us, for the URLs we hand
// out.
func (c *Call) Origin() string {
	if c.TLS {
		return "https://" + c.Host
	}
	return "http://" + c.Host
}
