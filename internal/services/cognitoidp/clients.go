package cognitoidp

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// client is an app client as stored.
type client struct {
	ID, Name, Secret  string
	Created, Modified time.Time
	Settings          ClientSettings
}

// clientAt says where a client is: calls of users name only the client.
type clientAt struct {
	Scope aws.Scope
	Pool  string
}

func (s *Service) getClient(tx *store.Tx, p pool, id string) (client, error) {
	cl, ok := s.clients.Get(tx, p.scope, p.ID, id)
	if !ok {
		return client{}, errClientNotFound(id)
	}
	return cl, nil
}

// open finds the pool and the client of a call that names only the client.
func (s *Service) open(id string) (p pool, cl client, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		at, ok := s.clientsOf.Get(tx, aws.Scope{}, id)
		if !ok {
			return errClientNotFound(id)
		}
		if p, err = s.get(tx, at.Scope, at.Pool); err != nil {
			return err
		}
		cl, err = s.getClient(tx, p, id)
		return err
	})
	return p, cl, err
}

// openOwn finds one of the caller's pools and its client.
func (s *Service) openOwn(c *aws.Call, poolID, clientID string) (p pool, cl client, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		if p, err = s.get(tx, c.Scope, poolID); err != nil {
			return err
		}
		cl, err = s.getClient(tx, p, clientID)
		return err
	})
	return p, cl, err
}

func (cl *client) describe(p *pool) *UserPoolClientType {
	d := &UserPoolClientType{
		ClientId: cl.ID, ClientName: cl.Name, ClientSecret: cl.Secret, ClientSettings: cl.Settings,
		CreationDate: cl.Created, LastModifiedDate: cl.Modified, UserPoolId: p.ID,
	}
	d.ReadAttributes, d.WriteAttributes = unlessEmpty(d.ReadAttributes), unlessEmpty(d.WriteAttributes)
	d.SupportedIdentityProviders = unlessEmpty(d.SupportedIdentityProviders)
	return d
}

const secretLength = 51

func (s *Service) createUserPoolClient(_ context.Context, c *aws.Call, in *CreateUserPoolClientInput) (*CreateUserPoolClientOutput, error) {
	out := &CreateUserPoolClientOutput{}
	cl := client{Name: in.ClientName, Secret: in.ClientSecret, Created: c.Time, Modified: c.Time, Settings: in.ClientSettings}
	if in.GenerateSecret {
		if cl.Secret != "" {
			return nil, errInvalid("GenerateSecret and ClientSecret cannot both be set.")
		}
		cl.Secret = s.IDs.Lower(secretLength)
	}
	return out, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		if err := cl.settle(&p); err != nil {
			return err
		}
		if cl.ID, err = s.clientID(tx, &p, cl.Name); err != nil {
			return err
		}
		s.clientsOf.Put(tx, aws.Scope{}, clientAt{p.scope, p.ID}, cl.ID)
		s.clients.Put(tx, p.scope, cl, p.ID, cl.ID)
		out.UserPoolClient = cl.describe(&p)
		return nil
	})
}

var clientIDPattern = regexp.MustCompile(`^[\w+]{1,128}$`)

// clientID is the id that the pool's tags ask for, or a new one. A second
// client of the same name cannot have the pinned id, and gets a new one.
func (s *Service) clientID(tx *store.Tx, p *pool, name string) (string, error) {
	id, pinned := p.Settings.UserPoolTags[clientPinTag+name]
	if !pinned {
		return s.IDs.Lower(26), nil
	}
	if !clientIDPattern.MatchString(id) {
		return "", errInvalid("The tag %s%s of the user pool must be a client id: letters and digits.", clientPinTag, name)
	}
	if at, taken := s.clientsOf.Get(tx, aws.Scope{}, id); taken {
		if at.Pool != p.ID {
			return "", errInvalid("A client with the id %s exists in another user pool.", id)
		}
		return s.IDs.Lower(26), nil
	}
	return id, nil
}

// standardFlows are those of a client that names none.
var standardFlows = []string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"}

// settle checks a client's settings and fills in AWS' defaults.
func (cl *client) settle(p *pool) error {
	set := &cl.Settings
	if err := cmp.Or(set.checkFlows(), set.checkOAuth()); err != nil {
		return err
	}
	for _, name := range set.SupportedIdentityProviders {
		if name != "COGNITO" {
			return errInvalid("The provider %s does not exist for User Pool %s.", name, p.ID)
		}
	}
	for _, name := range slices.Concat(set.ReadAttributes, set.WriteAttributes) {
		if _, ok := p.attribute(name); !ok {
			return errInvalid("Invalid read/write attributes specified while creating a client: %s", name)
		}
	}
	for _, a := range p.Schema {
		if len(set.WriteAttributes) > 0 && a.Required && a.Name != attrSub && !slices.Contains(set.WriteAttributes, a.Name) {
			return errInvalid("Invalid write attributes specified while creating a client: required attribute %s must be writable", a.Name)
		}
	}
	if len(set.ExplicitAuthFlows) == 0 {
		set.ExplicitAuthFlows = standardFlows
	}
	if set.EnableTokenRevocation == nil {
		set.EnableTokenRevocation = flag(true)
	}
	if set.AuthSessionValidity == nil {
		set.AuthSessionValidity = number(3)
	}
	if set.RefreshTokenValidity == nil || *set.RefreshTokenValidity == 0 {
		set.RefreshTokenValidity = number(30)
	}
	set.PreventUserExistenceErrors = cmp.Or(set.PreventUserExistenceErrors, "LEGACY")
	return set.checkLives()
}

// checkOAuth refuses what the hosted login would need. Clients say that they
// have none of it by empty lists.
func (set *ClientSettings) checkOAuth() error {
	if len(set.AllowedOAuthFlows)+len(set.AllowedOAuthScopes)+len(set.CallbackURLs)+len(set.LogoutURLs) > 0 {
		return errAbsent("Niebla does not have the hosted login and OAuth grants yet: AllowedOAuthFlows, AllowedOAuthScopes, CallbackURLs and LogoutURLs must be empty")
	}
	set.AllowedOAuthFlows, set.AllowedOAuthScopes, set.CallbackURLs, set.LogoutURLs = nil, nil, nil, nil
	return nil
}

func (set *ClientSettings) checkFlows() error {
	modern := 0
	for _, f := range set.ExplicitAuthFlows {
		if strings.HasPrefix(f, "ALLOW_") {
			modern++
		}
		if f == "ALLOW_USER_AUTH" {
			return errAbsent("Niebla does not do choice-based sign-in yet: ALLOW_USER_AUTH")
		}
	}
	if modern != 0 && modern != len(set.ExplicitAuthFlows) {
		return errInvalid("ExplicitAuthFlows with and without the prefix ALLOW_ cannot be used together.")
	}
	if set.rotates() && slices.Contains(set.ExplicitAuthFlows, "ALLOW_REFRESH_TOKEN_AUTH") {
		return errInvalid("Refresh token rotation cannot be used with ALLOW_REFRESH_TOKEN_AUTH.")
	}
	return nil
}

// units are what the API counts a token's life in.
var units = map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}

// life is a number of units; standard stands in for either.
func life(n *int32, unit, standardUnit string, standard time.Duration) time.Duration {
	if n == nil {
		return standard
	}
	return time.Duration(*n) * units[cmp.Or(unit, standardUnit)]
}

// lives are how long the client's tokens last.
func (set *ClientSettings) lives() (access, id, refresh time.Duration) {
	u := TokenValidityUnitsType{}
	if set.TokenValidityUnits != nil {
		u = *set.TokenValidityUnits
	}
	return life(set.AccessTokenValidity, u.AccessToken, "hours", time.Hour),
		life(set.IdTokenValidity, u.IdToken, "hours", time.Hour),
		life(set.RefreshTokenValidity, u.RefreshToken, "days", 30*24*time.Hour)
}

func (set *ClientSettings) checkLives() error {
	const day = 24 * time.Hour
	access, id, refresh := set.lives()
	switch {
	case access < 5*time.Minute || access > day:
		return errInvalid("Invalid range for token validity. Access token validity must be between 5 minutes and 24 hours.")
	case id < 5*time.Minute || id > day:
		return errInvalid("Invalid range for token validity. ID token validity must be between 5 minutes and 24 hours.")
	case refresh < time.Hour || refresh > 3650*day:
		return errInvalid("Invalid range for token validity. Refresh token validity must be between 60 minutes and 3650 days.")
	case access > refresh || id > refresh:
		return errInvalid("Invalid range for token validity. Access and ID tokens cannot outlive the refresh token.")
	}
	return nil
}

func (set *ClientSettings) rotates() bool {
	return set.RefreshTokenRotation != nil && set.RefreshTokenRotation.Feature == "ENABLED"
}

// allows reports whether the client may use a flow: by its name, or by the one
// that it had before.
func (cl *client) allows(flow, before string) bool {
	return slices.Contains(cl.Settings.ExplicitAuthFlows, flow) || slices.Contains(cl.Settings.ExplicitAuthFlows, before)
}

// allowsAlways is allows for flows that clients have by default when they use
// the names of before.
func (cl *client) allowsAlways(flow string) bool {
	return slices.Contains(cl.Settings.ExplicitAuthFlows, flow) ||
		!slices.ContainsFunc(cl.Settings.ExplicitAuthFlows, func(f string) bool { return strings.HasPrefix(f, "ALLOW_") })
}

// discreet reports whether the client hides which users exist.
func (cl *client) discreet() bool { return cl.Settings.PreventUserExistenceErrors == "ENABLED" }

func (cl *client) reads(attribute string) bool {
	return len(cl.Settings.ReadAttributes) == 0 || attribute == attrSub || slices.Contains(cl.Settings.ReadAttributes, attribute)
}

// writes reports whether the client may write an attribute. Whether something
// is verified is for administrators to write.
func (cl *client) writes(attribute string) bool {
	if attribute == verifiedFlag(attrEmail) || attribute == verifiedFlag(attrPhone) || strings.HasPrefix(attribute, developerPrefix) {
		return false
	}
	return len(cl.Settings.WriteAttributes) == 0 || slices.Contains(cl.Settings.WriteAttributes, attribute)
}

// hash is the SECRET_HASH of a username.
func (cl *client) hash(username string) string {
	h := hmac.New(sha256.New, []byte(cl.Secret))
	h.Write([]byte(username + cl.ID))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// checkHash checks the SECRET_HASH of operations that take it as a member.
func (cl *client) checkHash(username, hash string) error {
	if cl.Secret == "" && hash == "" || cl.Secret != "" && same(hash, cl.hash(username)) {
		return nil
	}
	return errNotAuthorized("Unable to verify secret hash for client %s", cl.ID)
}

// checkParameter checks the SECRET_HASH among the parameters of a sign-in.
func (cl *client) checkParameter(username, hash string) error {
	switch {
	case cl.Secret == "" && hash == "", cl.Secret != "" && same(hash, cl.hash(username)):
		return nil
	case cl.Secret == "":
		return errNotAuthorized("Unable to verify secret hash for client %s", cl.ID)
	case hash == "":
		return errNotAuthorized("Client %s is configured with secret but SECRET_HASH was not received", cl.ID)
	}
	return errNotAuthorized("SecretHash does not match for the client: %s", cl.ID)
}

// checkSecret checks the secret itself, where an operation takes that.
func (cl *client) checkSecret(secret string) error {
	if !same(secret, cl.Secret) {
		return errNotAuthorized("Unable to verify secret for client %s", cl.ID)
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Service) describeUserPoolClient(_ context.Context, c *aws.Call, in *DescribeUserPoolClientInput) (*DescribeUserPoolClientOutput, error) {
	p, cl, err := s.openOwn(c, in.UserPoolId, in.ClientId)
	if err != nil {
		return nil, err
	}
	return &DescribeUserPoolClientOutput{UserPoolClient: cl.describe(&p)}, nil
}

// updateUserPoolClient replaces the settings: what is left out returns to its
// default, except the name.
func (s *Service) updateUserPoolClient(_ context.Context, c *aws.Call, in *UpdateUserPoolClientInput) (*UpdateUserPoolClientOutput, error) {
	out := &UpdateUserPoolClientOutput{}
	return out, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		cl, err := s.getClient(tx, p, in.ClientId)
		if err != nil {
			return err
		}
		cl.Name, cl.Settings, cl.Modified = cmp.Or(in.ClientName, cl.Name), in.ClientSettings, c.Time
		if err := cl.settle(&p); err != nil {
			return err
		}
		s.clients.Put(tx, p.scope, cl, p.ID, cl.ID)
		out.UserPoolClient = cl.describe(&p)
		return nil
	})
}

func (s *Service) deleteUserPoolClient(_ context.Context, c *aws.Call, in *DeleteUserPoolClientInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		if _, err := s.getClient(tx, p, in.ClientId); err != nil {
			return err
		}
		s.clientsOf.Delete(tx, aws.Scope{}, in.ClientId)
		s.clients.Delete(tx, p.scope, p.ID, in.ClientId)
		return nil
	})
}

func (s *Service) listUserPoolClients(_ context.Context, c *aws.Call, in *ListUserPoolClientsInput) (*ListUserPoolClientsOutput, error) {
	from, err := newPage(in.MaxResults, in.NextToken, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	out := &ListUserPoolClientsOutput{UserPoolClients: []UserPoolClientDescription{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		for _, cl := range s.clients.After(tx, p.scope, from.after, p.ID) {
			if len(out.UserPoolClients) == from.limit {
				out.NextToken = pageToken(out.UserPoolClients[len(out.UserPoolClients)-1].ClientId)
				break
			}
			out.UserPoolClients = append(out.UserPoolClients, UserPoolClientDescription{ClientId: cl.ID, ClientName: cl.Name, UserPoolId: p.ID})
		}
		return nil
	})
}
